// Package eval measures drafts against labels that people made by reading the documents alone.
//
// In come a draft, its document and the [Gold] that lies beside it; out comes a [Report] with what was found, missed and made
// up, of each kind and in total. What counts as found is decided here alone: by evidence first, then by words.
package eval

import (
	"slices"
	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// The kinds of things that are matched with labels, in the order in which they are reported.
const (
	Assets       = "assets"
	Actors       = "actors"
	Dependencies = "dependencies"
	DataFlows    = "data_flows"
	Safeguards   = "safeguards"
	Journey      = "journey"
	AbuseCases   = "abuse_cases"
)

// Kinds are all of them.
var Kinds = []string{Assets, Actors, Dependencies, DataFlows, Safeguards, Journey, AbuseCases}

// A Document is how one draft compares with the labels of its document.
type Document struct {
	Document  string            `json:"document"` // path, as it was given
	Split     string            `json:"split"`
	Harmless  bool              `json:"harmless"`
	Lines     int               `json:"lines"`
	Kinds     map[string]*Score `json:"kinds"`
	Citations Citations         `json:"citations"`
	Grades    Grades            `json:"grades"`
	Questions Questions         `json:"questions"`
	Findings  map[string]int    `json:"findings"` // abuse cases by priority
}

// A Score counts one kind of thing in one document.
type Score struct {
	Labelled int `json:"labelled"` // labels that must be found: all that are not optional, of abuse cases the must-finds
	Hit      int `json:"hit"`      // of these, how many were found
	Found    int `json:"found"`    // things in the draft
	Right    int `json:"right"`    // of these, how many agree with a label, each label counted once
	Repeated int `json:"repeated"` // agree with a label that another one has taken: neither right nor wrong

	Matched []Match `json:"matched"`
	Missed  []Entry `json:"missed"`
	Extra   []Entry `json:"extra"`
	Repeats []Match `json:"repeats"`
}

// An Entry is a label or a thing in a draft, to be shown to people.
type Entry struct {
	Text  string `json:"text"`
	Lines string `json:"lines"` // of the document, 1-based: "12, 40-42"
	Rule  string `json:"rule,omitempty"`
}

// A Match is a label and what was found for it.
type Match struct {
	Label Entry `json:"label"`
	Found Entry `json:"found"`
}

// Citations count the places in a draft that point into the document, and those that are there word for word.
type Citations struct {
	Total    int `json:"total"`
	Verified int `json:"verified"`
}

// Grades count, among the things that were matched, how many are put into the class that the label gives.
type Grades struct {
	Sensitivity Share `json:"sensitivity"` // of assets
	Category    Share `json:"category"`    // of assets
	ActorKind   Share `json:"actor_kind"`
	AbuseKind   Share `json:"abuse_category"` // of abuse cases
}

// A Share is a part of a whole.
type Share struct {
	Right int `json:"right"`
	Of    int `json:"of"`
}

func (s *Share) add(right bool) {
	s.Of++
	if right {
		s.Right++
	}
}

// Questions compare the status of the labelled questions.
type Questions struct {
	Status        Share    `json:"status"`         // the same status as the label
	WronglySilent []string `json:"wrongly_silent"` // keys: the draft says unanswered, the document answers
	WronglySure   []string `json:"wrongly_sure"`   // keys: the draft says answered, the document is silent
}

// Compare scores the draft of doc against its labels. split, if the labels name none, is "all".
func Compare(gold *Gold, doc *document.Document, draft *threatmodel.Draft) *Document {
	cited := verify(doc, draft)
	draft = ofProduct(draft)
	c := newComparison(gold, draft)
	d := &Document{
		Document: doc.Path, Split: gold.Split, Harmless: gold.Harmless, Lines: doc.Lines(), Kinds: map[string]*Score{},
		Citations: cited, Questions: compareQuestions(gold, draft), Findings: map[string]int{},
	}
	for _, level := range threatmodel.Levels {
		d.Findings[string(level)] = 0
	}
	for i := range draft.AbuseCases {
		d.Findings[string(draft.AbuseCases[i].Priority)]++
	}
	d.Kinds[Assets] = c.assets(&d.Grades)
	d.Kinds[Actors] = c.actors(&d.Grades)
	d.Kinds[Dependencies] = c.dependencies()
	d.Kinds[DataFlows] = c.flows()
	d.Kinds[Safeguards] = c.safeguards()
	d.Kinds[Journey] = c.journey()
	d.Kinds[AbuseCases] = c.abuseCases(&d.Grades)
	return d
}

// ofProduct returns the draft without findings about the document itself (a password in it, words that speak to tools), which labels
// of a product do not list.
func ofProduct(draft *threatmodel.Draft) *threatmodel.Draft {
	d := *draft
	d.AbuseCases = slices.DeleteFunc(slices.Clone(d.AbuseCases), func(a threatmodel.AbuseCase) bool {
		return a.Rule == "document-secret" || a.Rule == "document-steers"
	})
	return &d
}

// compareQuestions compares the labelled questions with what the draft says of them. A question of a pack that was not asked
// counts as unanswered.
func compareQuestions(gold *Gold, draft *threatmodel.Draft) Questions {
	q := Questions{WronglySilent: []string{}, WronglySure: []string{}}
	status := map[string]threatmodel.QuestionStatus{}
	for i := range draft.Questions {
		status[draft.Questions[i].Question] = draft.Questions[i].Status
	}
	for _, label := range gold.Questions {
		got, ok := status[label.Key]
		if !ok {
			got = threatmodel.Unanswered
		}
		q.Status.add(got == label.Status)
		switch {
		case label.Status == threatmodel.Answered && got == threatmodel.Unanswered:
			q.WronglySilent = append(q.WronglySilent, label.Key)
		case label.Status == threatmodel.Unanswered && got == threatmodel.Answered:
			q.WronglySure = append(q.WronglySure, label.Key)
		}
	}
	return q
}
