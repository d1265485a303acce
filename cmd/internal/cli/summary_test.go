package cli

import (
	"testing"

	"whatif/analyzer/threatmodel"
)

// TestOpenQuestions counts what the report asks of the product manager, not all that the coverage lists.
func TestOpenQuestions(t *testing.T) {
	d := &threatmodel.Draft{Questions: []threatmodel.Question{
		{Ask: threatmodel.AskPM, Status: threatmodel.Unanswered},
		{Ask: threatmodel.AskPM, Status: threatmodel.Partly},
		{Ask: threatmodel.AskPM, Status: threatmodel.Answered},
		{Ask: threatmodel.AskPM, Status: threatmodel.Unanswered, Spare: true},
		{Ask: threatmodel.AskAppSec, Status: threatmodel.Unanswered},
	}}
	d.Coverage.Questions.Unanswered, d.Coverage.Questions.Partly = 3, 1
	if got := openQuestions(d); got != "2 open questions" {
		t.Errorf("got %q", got)
	}
}
