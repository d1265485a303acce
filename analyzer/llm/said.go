package llm

// What the templates are filled in with. Words of the document and of earlier replies come as they may be sent: redacted, and on
// one line.

// partData is one part of the document, as all requests about it begin.
type partData struct {
	HeadMark  string         // around the document's head; one for a run
	Mark      string         // around the part; one for each part
	Questions []questionData // of the framework
	Title     string
	Outline   []string
	Path      []string
	Before    []string
	Lines     []string
}

type questionData struct{ Key, Text string }

// taskData is what a task is told with: it is the same for every part of every document.
type taskData struct{ Form string }

// factsData asks for facts.
type factsData struct{ Mark string }

// againData asks for what was missed.
type againData struct {
	Mark    string
	Known   []string // facts found before
	Noticed []string // facts that the built-in engine found and the model did not
}

// whatIfData asks for dangers.
type whatIfData struct {
	Mark  string
	Known []string // facts from other parts, K1 the first
	Named []string // assets, actors and dependencies of this part
	Most  int      // dangers
}

// judgeData asks for verdicts.
type judgeData struct {
	Mark  string
	Known []string // safeguards, K1 the first
	Cases []claimData
}

type claimData struct {
	Title, WhatIf string
	Sentences     []string
}

// questionsData asks about open questions.
type questionsData struct {
	Mark  string
	Title string
	Known []string
	Open  []questionData
}

// singleData asks one small question.
type singleData struct{ Mark, Form, Ask string }

type sample struct {
	block string
	data  any
}

// samples try each template: every branch is taken.
var samples = map[string][]sample{
	"system.tmpl":    {{"", nil}},
	"part.tmpl":      {{"", partData{Questions: []questionData{{"k", "t"}}, Outline: []string{"o"}, Path: []string{"p"}, Before: []string{"b"}, Lines: []string{"l"}}}},
	"facts.tmpl":     {{"task", taskData{}}, {"ask", factsData{}}},
	"again.tmpl":     {{"task", taskData{}}, {"ask", againData{}}, {"ask", againData{Known: []string{"k"}, Noticed: []string{"n"}}}},
	"what_if.tmpl":   {{"task", taskData{}}, {"ask", whatIfData{}}, {"ask", whatIfData{Known: []string{"k"}, Named: []string{"n"}}}},
	"judge.tmpl":     {{"task", taskData{}}, {"ask", judgeData{Known: []string{"k"}, Cases: []claimData{{Sentences: []string{"s"}}}}}},
	"questions.tmpl": {{"task", taskData{}}, {"ask", questionsData{Known: []string{"k"}, Open: []questionData{{}}}}},
	"single.tmpl":    {{"ask", singleData{}}, {"assets", nil}, {"actors", nil}, {"dependencies", nil}, {"safeguards", nil}, {"steps", nil}, {"flows", nil}, {"what_if", nil}},
}
