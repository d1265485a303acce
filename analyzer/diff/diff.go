// Package diff tells what changed between two drafts of a document: which dangers came, went and weigh otherwise, what was answered, and
// which text made it so.
//
// In come two drafts, with their documents' sentences where those are known; out comes a Report, printed in several forms.
package diff

import (
	"slices"

	"whatif/analyzer/document"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// A Side is a draft of then or of now.
type Side struct {
	Draft     *threatmodel.Draft // nil: there was no such document
	Sentences []Place            // of the whole document; nil: only those that the draft cites are known
}

// SideOf is a draft with the document that it was made from; doc may be nil.
func SideOf(draft *threatmodel.Draft, doc *document.Document) Side {
	s := Side{Draft: draft}
	if doc == nil {
		return s
	}
	for i := range doc.Sentences {
		one := &doc.Sentences[i]
		line, _ := doc.LinesOf(one.Span)
		s.Sentences = append(s.Sentences, Place{Quote: doc.Quote(one), Line: line, Page: one.Page, Section: doc.Sections[one.Section].Title, heading: one.Kind == document.Heading})
	}
	return s
}

// A Change says what became of something.
type Change string

// The changes.
const (
	New      Change = "new"
	Gone     Change = "gone"
	Changed  Change = "changed"
	Answered Change = "answered" // a question that was open or answered in part
	Silent   Change = "silent"   // a question that was answered, and is not
)

// A Document is what changed in one document.
type Document struct {
	Name       string      `json:"name"`
	Was        string      `json:"was,omitempty"`    // its name then, where that is another
	Change     Change      `json:"change,omitempty"` // new or gone, of the document as a whole
	Error      string      `json:"error,omitempty"`  // why it could not be compared
	Otherwise  bool        `json:"made_otherwise"`   // the drafts were made by other rules, prompts, versions or models
	Findings   []Finding   `json:"findings"`
	Questions  []Question  `json:"questions"`
	Safeguards []Safeguard `json:"safeguards"`
}

// A Finding is an abuse case that is not as it was.
type Finding struct {
	Change      Change                    `json:"change"`
	What        []string                  `json:"what,omitempty"` // of a changed one: priority, title, sentence
	ID          string                    `json:"id"`
	WasID       string                    `json:"was_id,omitempty"`
	Title       string                    `json:"title"`
	WasTitle    string                    `json:"was_title,omitempty"`
	Category    threatmodel.AbuseCategory `json:"category"`
	Priority    threatmodel.Level         `json:"priority"`
	WasPriority threatmodel.Level         `json:"was_priority,omitempty"`
	Cause       Cause                     `json:"cause"`
}

// has reports that this is among what changed.
func (f *Finding) has(what string) bool { return slices.Contains(f.What, what) }

// A Question is one whose answer came or went.
type Question struct {
	Change Change `json:"change"`
	Key    string `json:"key"`
	ID     string `json:"id"`
	Text   string `json:"text"`
	Cause  Cause  `json:"cause"`
}

// A Safeguard is a protection that came or went.
type Safeguard struct {
	Change Change `json:"change"`
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Text   string `json:"text"`
	Cause  Cause  `json:"cause"`
}

// Of tells what changed from one side to the other.
func Of(name string, was, now Side) Document {
	c := newComparison(was, now)
	d := Document{Name: name, Findings: []Finding{}, Questions: []Question{}, Safeguards: []Safeguard{}}
	switch {
	case was.Draft == nil:
		d.Change = New
	case now.Draft == nil:
		d.Change = Gone
	default:
		a, b := &was.Draft.Engine, &now.Draft.Engine
		d.Otherwise = a.PromptsSHA256 != b.PromptsSHA256 || a.Framework != b.Framework || a.Model != b.Model || a.Kind != b.Kind ||
			was.Draft.Tool.Version != now.Draft.Tool.Version
	}
	c.findings(&d)
	c.questions(&d)
	c.safeguards(&d)
	return d
}

// findings compares the abuse cases: what is new first, then what changed, then what is gone, each in its draft's order.
func (c *comparison) findings(d *Document) {
	before, after := c.was.draft.AbuseCases, c.now.draft.AbuseCases
	follow := review.Follow(c.was.draft, c.now.draft)
	for j := range after {
		f := &after[j]
		out := Finding{ID: f.ID, Title: f.Title, Category: f.Category, Priority: f.Priority}
		i := slices.Index(follow, j)
		if i < 0 {
			out.Change, out.Cause = New, c.came(f)
			d.Findings = append(d.Findings, out)
		} else if out.compare(&before[i], f); len(out.What) > 0 {
			out.Cause = c.moved(before[i].Citations, f.Citations)
			d.Findings = append(d.Findings, out)
		}
	}
	slices.SortStableFunc(d.Findings, func(a, b Finding) int { return order(a.Change) - order(b.Change) })
	for i := range before {
		if f := &before[i]; follow[i] < 0 {
			d.Findings = append(d.Findings, Finding{Change: Gone, ID: f.ID, Title: f.Title, Category: f.Category, Priority: f.Priority, Cause: c.went(f)})
		}
	}
}

func order(c Change) int { return slices.Index([]Change{New, Changed, Gone}, c) }

// compare notes what is other than it was.
func (f *Finding) compare(was, now *threatmodel.AbuseCase) {
	f.Change = Changed
	if was.ID != now.ID {
		f.WasID = was.ID
	}
	if was.Priority != now.Priority {
		f.What, f.WasPriority = append(f.What, "priority"), was.Priority
	}
	if line(was.Title) != line(now.Title) {
		f.What, f.WasTitle = append(f.What, "title"), was.Title
	}
	if review.EvidenceSum(quotes(was.Citations)) != review.EvidenceSum(quotes(now.Citations)) {
		f.What = append(f.What, "sentence")
	}
}

// questions finds those whose answer came or went. One that only one of the frameworks asks is not among them.
func (c *comparison) questions(d *Document) {
	before := map[string]*threatmodel.Question{}
	for i := range c.was.draft.Questions {
		q := &c.was.draft.Questions[i]
		before[q.Question] = q
	}
	for i := range c.now.draft.Questions {
		q := &c.now.draft.Questions[i]
		was := before[q.Question]
		if was == nil || (was.Status == threatmodel.Answered) == (q.Status == threatmodel.Answered) {
			continue
		}
		out := Question{Change: Answered, Key: q.Question, ID: q.ID, Text: q.Text}
		if q.Status == threatmodel.Answered {
			out.Cause = c.cause(nil, first(q.Citations))
		} else {
			out.Change, out.Cause = Silent, c.cause(first(was.Citations), nil)
		}
		d.Questions = append(d.Questions, out)
	}
	slices.SortStableFunc(d.Questions, func(a, b Question) int {
		return slices.Index([]Change{Answered, Silent}, a.Change) - slices.Index([]Change{Answered, Silent}, b.Change)
	})
}

// alikeSafeguard is how much the sentences of one safeguard have in common, then and now.
const alikeSafeguard = 0.5

// safeguards finds those that came or went.
func (c *comparison) safeguards(d *Document) {
	before, after := c.was.draft.Safeguards, c.now.draft.Safeguards
	taken := make([]bool, len(before))
	same := func(fits func(a, b *threatmodel.Safeguard) bool, b *threatmodel.Safeguard) bool {
		for i := range before {
			if !taken[i] && fits(&before[i], b) {
				taken[i] = true
				return true
			}
		}
		return false
	}
	stays := make([]bool, len(after))
	for _, fits := range []func(a, b *threatmodel.Safeguard) bool{
		func(a, b *threatmodel.Safeguard) bool { return a.ID == b.ID },
		func(a, b *threatmodel.Safeguard) bool {
			return a.Kind == b.Kind && review.WordsOf(a.Text).Alike(review.WordsOf(b.Text)) >= alikeSafeguard
		},
	} {
		for j := range after {
			stays[j] = stays[j] || same(fits, &after[j])
		}
	}
	for j := range after {
		if s := &after[j]; !stays[j] {
			d.Safeguards = append(d.Safeguards, Safeguard{New, s.ID, s.Kind, s.Text, c.cause(nil, first(s.Citations))})
		}
	}
	for i := range before {
		if s := &before[i]; !taken[i] {
			d.Safeguards = append(d.Safeguards, Safeguard{Gone, s.ID, s.Kind, s.Text, c.cause(first(s.Citations), nil)})
		}
	}
}

func quotes(cited []threatmodel.Citation) []string {
	out := make([]string, len(cited))
	for i := range cited {
		out[i] = cited[i].Quote
	}
	return out
}
