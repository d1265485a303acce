package rules

// answerQuestions adds every question that is asked of the document and says how far the document answers it.
func (f *facts) answerQuestions() {}
