package document

func language(d *Document) string { return "" }
