// Package ground checks evidence. It decides what may be in a draft.
//
// In come proposals; out come the ones whose evidence holds, with citations taken from the source, and the others with the
// reason why not. Sentence numbers are resolved, quotes are aligned, claims of silence are searched for.
package ground

import (
	"context"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// A Held is a proposal whose evidence holds.
type Held[T any] struct {
	Item      T
	Citations []threatmodel.Citation   // in document order, each sentence once, never empty
	Absences  []threatmodel.Absence    // of an abuse case
	Extra     [][]threatmodel.Citation // of an actor: citations of each of its privileges
}

// A Result is what is left of the proposals.
type Result struct {
	Origin       threatmodel.Origin
	Assets       []Held[proposal.Asset]
	Actors       []Held[proposal.Actor]
	Dependencies []Held[proposal.Dependency]
	Flows        []Held[proposal.Flow]
	Steps        []Held[proposal.Step]
	Safeguards   []Held[proposal.Safeguard]
	AbuseCases   []Held[proposal.AbuseCase]
	Questions    []Held[proposal.Question] // the one kind that may have no citation: an unanswered question
	Dropped      []threatmodel.Dropped
	Warnings     []threatmodel.Warning
}

// Check checks every proposal of set against the document. The set is not changed. An error means that ctx ended.
func Check(ctx context.Context, text *reading.Text, set *proposal.Set) (*Result, error) {
	c := newChecker(text, cleanSet(set))
	steps := []func(){c.assets, c.actors, c.dependencies, c.flows, c.steps, c.safeguards, c.questions, c.withheld, c.warnings}
	for _, step := range steps {
		step()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	for i := range c.set.AbuseCases {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c.abuseCase(&c.set.AbuseCases[i])
	}
	return c.out, nil
}

// A checker checks one set against one document.
type checker struct {
	text *reading.Text
	doc  *document.Document
	set  *proposal.Set // a clean copy
	out  *Result

	found    map[string][]reading.Hit // by phrase searched for
	twice    map[string]bool          // abuse cases seen
	headings map[string]bool          // the words of every heading; nil until needed
}

func newChecker(text *reading.Text, set *proposal.Set) *checker {
	origin := threatmodel.Origin(set.Origin)
	if origin != threatmodel.FromLLM && origin != threatmodel.FromBoth {
		origin = threatmodel.FromRules
	}
	return &checker{text: text, doc: text.Doc, set: set, out: &Result{Origin: origin},
		found: map[string][]reading.Hit{}, twice: map[string]bool{}}
}

// A fault is why a proposal is not in the draft; the zero fault is none.
type fault struct {
	reason threatmodel.DropReason
	detail string
	cited  []threatmodel.Citation // sentences that speak against it, or that it pointed to
}

func (f fault) is() bool { return f.reason != "" }

func (c *checker) drop(kind, text string, f fault, rule string) {
	if text == "" {
		text = "(no name)"
	}
	c.out.Dropped = append(c.out.Dropped, threatmodel.Dropped{Kind: kind, Text: text, Reason: f.reason, Detail: f.detail,
		Rule: rule, Cited: f.cited})
}

// withheld passes on what the engine itself left out.
func (c *checker) withheld() {
	for _, w := range c.set.Withheld {
		reason := threatmodel.DropReason(w.Reason)
		if !known(threatmodel.DropReasons, reason) {
			reason = threatmodel.Invalid
		}
		st, _ := c.resolve(w.Evidence)
		kind := w.Kind
		if !known(threatmodel.DroppedKinds, kind) {
			kind = "abuse_case"
		}
		c.drop(kind, w.Text, fault{reason, w.Detail, c.cite(st)}, w.Rule)
	}
}

// warnings passes on the engine's warnings, with the section that they are about.
func (c *checker) warnings() {
	for _, w := range c.set.Warnings {
		section := ""
		if s := c.doc.Sentence(w.Sentence); s != nil {
			section = c.doc.Sections[s.Section].Title
		}
		c.out.Warnings = append(c.out.Warnings, threatmodel.Warning{Code: w.Code, Message: w.Message, Section: section})
	}
}
