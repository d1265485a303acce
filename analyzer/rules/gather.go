package rules

func (f *facts) gather() {}
