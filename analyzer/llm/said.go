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
	Part      int // 1-based
	Parts     int // 0: not said
	Path      []string
	Before    []string
	Lines     []string
}

type questionData struct{ Key, Text string }

// factsData asks for facts.
type factsData struct{ Mark, Form string }

// againData asks for what was missed.
type againData struct {
	Mark, Form string
	Known      []string // facts found before
	Noticed    []string // facts that the built-in engine found and the model did not
}

// whatIfData asks for dangers.
type whatIfData struct {
	Mark, Form string
	Known      []string // facts from other parts, K1 the first
	Named      []string // assets and actors of this part
	Steps      []string // of this part
	Most       int      // dangers
}

// judgeData asks for verdicts.
type judgeData struct {
	Mark, Form string
	Known      []string // safeguards, K1 the first
	Cases      []claimData
}

type claimData struct {
	Title, WhatIf string
	Sentences     []string
}

// questionsData asks about open questions.
type questionsData struct {
	Mark, Form string
	Title      string
	Known      []string
	Open       []questionData
}

// singleData asks one small question.
type singleData struct{ Mark, Form, Ask string }

type sample struct {
	block string
	data  any
}

// samples try each template: every branch is taken.
var samples = map[string][]sample{
	"part.tmpl":      {{"", partData{Questions: []questionData{{"k", "t"}}, Outline: []string{"o"}, Parts: 1, Path: []string{"p"}, Before: []string{"b"}, Lines: []string{"l"}}}},
	"facts.tmpl":     {{"", factsData{}}},
	"again.tmpl":     {{"", againData{}}, {"", againData{Known: []string{"k"}, Noticed: []string{"n"}}}},
	"what_if.tmpl":   {{"", whatIfData{}}, {"", whatIfData{Known: []string{"k"}, Named: []string{"n"}, Steps: []string{"s"}}}},
	"judge.tmpl":     {{"", judgeData{Known: []string{"k"}, Cases: []claimData{{Sentences: []string{"s"}}}}}},
	"questions.tmpl": {{"", questionsData{Known: []string{"k"}, Open: []questionData{{}}}}},
	"single.tmpl":    {{"ask", singleData{}}, {"assets", nil}, {"actors", nil}, {"dependencies", nil}, {"safeguards", nil}, {"steps", nil}, {"flows", nil}, {"what_if", nil}},
	"system.tmpl":    {{"", nil}},
}
