package render

import (
	"strings"
	"testing"

	"whatif/analyzer/threatmodel"
)

// TestVerdictIsModest never takes what was not found, or not read, for harmless.
func TestVerdictIsModest(t *testing.T) {
	long := threatmodel.Coverage{Sentences: 40, Sections: []threatmodel.SectionCoverage{{Section: "One", Sentences: 40}}}
	low := []threatmodel.AbuseCase{{ID: "WI-1", Priority: threatmodel.Low}}
	for name, test := range map[string]struct {
		draft threatmodel.Draft
		want  string
	}{
		"nothing found":  {threatmodel.Draft{Coverage: long}, "No what-if rule found something to ask here."},
		"short":          {threatmodel.Draft{Coverage: threatmodel.Coverage{Sentences: 9}}, "Too short to judge"},
		"short, headed":  {threatmodel.Draft{Coverage: threatmodel.Coverage{Sentences: 10, Sections: long.Sections}}, "Too short to judge"},
		"other language": {threatmodel.Draft{Coverage: long, Warnings: []threatmodel.Warning{{Code: "long_sentence"}, {Code: "language"}}}, "could not be read well enough"},
		"long sentence":  {threatmodel.Draft{Coverage: long, Warnings: []threatmodel.Warning{{Code: "long_sentence"}}}, "not all of the document was read"},
		"low, unread":    {threatmodel.Draft{Coverage: long, AbuseCases: low, Warnings: []threatmodel.Warning{{Code: "pages_without_text"}}}, "not all of the document was read"},
		"below":          {threatmodel.Draft{Coverage: long, Dropped: []threatmodel.Dropped{{Reason: threatmodel.BelowThreshold}}}, "1 finding below it was left out."},
		"low":            {threatmodel.Draft{Coverage: long, AbuseCases: low}, "1 possible misuse was found, none above low priority."},
	} {
		if got := newView(&test.draft, "").verdict(); !strings.Contains(got, test.want) {
			t.Errorf("%s: the verdict is %q, want %q in it", name, got, test.want)
		}
	}
}

// TestCalmWarns takes back that all was read where it was not.
func TestCalmWarns(t *testing.T) {
	for code, unread := range map[string]bool{"language": true, "long_sentence": true, "hidden_text": true, "format_mismatch": false} {
		d := threatmodel.Draft{Warnings: []threatmodel.Warning{{Code: code}}}
		if got := strings.Contains(newView(&d, "").calm(), "Nothing can be concluded"); got != unread {
			t.Errorf("with a warning of %s: warned %v, want %v", code, got, unread)
		}
	}
}
