package analyzer

import (
	"fmt"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// warnLanguage says first of all when the built-in engine, which reads English only, drafted alone from a text in another
// language: what is missing in such a draft was not read. Where the language is not known, a draft without any data and any
// finding is the sign.
func warnLanguage(d *threatmodel.Draft, doc *document.Document) {
	var message string
	switch {
	case d.Engine.Kind != string(threatmodel.FromRules) || doc.Language == "en":
		return
	case doc.Language != "":
		message = fmt.Sprintf("The document reads as %s; the built-in engine reads English only, so this draft says little about it.",
			document.LanguageName(doc.Language))
	case len(d.Assets) == 0 && len(d.AbuseCases) == 0 && d.Coverage.Sentences > 0:
		message = "The document may not be in English, which is all that the built-in engine reads; if so, this draft says little about it."
	default:
		return
	}
	d.Warnings = append([]threatmodel.Warning{{Code: "language", Message: message}}, d.Warnings...)
}
