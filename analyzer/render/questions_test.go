package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"whatif/analyzer/threatmodel"
)

// TestOpenQuestionsAgree prints the same number of open questions wherever one stands.
func TestOpenQuestionsAgree(t *testing.T) {
	d := &threatmodel.Draft{AbuseCases: []threatmodel.AbuseCase{{ID: "WI-1", Title: "A", Priority: threatmodel.High}}}
	for i, q := range []threatmodel.Question{
		{Ask: threatmodel.AskPM, Status: threatmodel.Unanswered},
		{Ask: threatmodel.AskPM, Status: threatmodel.Partly},
		{Ask: "", Status: threatmodel.Unanswered},
		{Ask: threatmodel.AskPM, Status: threatmodel.Answered},
		{Ask: threatmodel.AskPM, Status: threatmodel.Unanswered, Spare: true},
		{Ask: threatmodel.AskAppSec, Status: threatmodel.Unanswered},
	} {
		q.ID, q.Text = fmt.Sprint("Q-", i), fmt.Sprintf("Question %d?", i)
		d.Questions = append(d.Questions, q)
	}
	d.Complete()
	if n := OpenQuestions(d); n != 3 {
		t.Errorf("%d open questions, want 3", n)
	}
	var md, html bytes.Buffer
	if err := Markdown(&md, d, MarkdownOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&html, d, nil); err != nil {
		t.Fatal(err)
	}
	for name, report := range map[string]string{"markdown": md.String(), "page": html.String()} {
		if !strings.Contains(report, "3 questions are open for the product manager") {
			t.Errorf("the %s does not say that 3 questions are open", name)
		}
	}
	for _, want := range []string{`<b>3</b> <span>open questions`, `Questions <span class="n">3</span>`} {
		if !strings.Contains(html.String(), want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if n := strings.Count(md.String(), "- [ ] **Question"); n != 3 {
		t.Errorf("the Markdown report asks %d questions, want 3", n)
	}
}
