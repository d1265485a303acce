package render

import (
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/threatmodel"
)

// A view is a draft made ready for people: every text visible, everything found by its id, the cases numbered.
type view struct {
	*threatmodel.Draft
	assets     map[string]*threatmodel.Asset
	flows      map[string]*threatmodel.DataFlow
	safeguards map[string]*threatmodel.Safeguard
	cases      map[string]int // id to place in AbuseCases, from 1
	source     string         // what line links begin with, "" for no links
}

// newView makes the view of d. source is as in [MarkdownOptions].
func newView(d *threatmodel.Draft, source string) *view {
	v := &view{Draft: cleaned(d), assets: map[string]*threatmodel.Asset{}, flows: map[string]*threatmodel.DataFlow{},
		safeguards: map[string]*threatmodel.Safeguard{}, cases: map[string]int{}}
	for i := range v.DataFlows {
		v.flows[v.DataFlows[i].ID] = &v.DataFlows[i]
	}
	for i := range v.Safeguards {
		v.safeguards[v.Safeguards[i].ID] = &v.Safeguards[i]
	}
	for i := range v.AbuseCases {
		v.cases[v.AbuseCases[i].ID] = i + 1
	}
	if source == "" {
		source = d.Document.Path
	}
	v.source = mdTarget(source)
	v.order()
	return v
}

// order puts the facts that matter most first: sensitive data, and parties that may do something. The cases are in order.
func (v *view) order() {
	slices.SortStableFunc(v.Assets, func(a, b threatmodel.Asset) int { return b.Sensitivity.Rank() - a.Sensitivity.Rank() })
	slices.SortStableFunc(v.Actors, func(a, b threatmodel.Actor) int {
		return min(len(b.Privileges), 1) - min(len(a.Privileges), 1)
	})
	for i := range v.Assets {
		v.assets[v.Assets[i].ID] = &v.Assets[i]
	}
}

// title names the document.
func (v *view) title() string {
	if t := fold(v.Document.Title); t != "" {
		return t
	}
	if v.Document.Path != "" && v.Document.Path != "-" {
		return v.Document.Path
	}
	return "Untitled document"
}

// first returns the places of at most three cases to talk about first: the most pressing, of different kinds where that
// costs no priority. Those that a person rejected are not among them, nor those of low priority.
func (v *view) first() []int {
	var picked []int
	used := map[threatmodel.AbuseCategory]bool{}
	for rank := threatmodel.High.Rank(); rank >= threatmodel.Medium.Rank(); rank-- {
		for _, again := range []bool{false, true} {
			for i := range v.AbuseCases {
				c := &v.AbuseCases[i]
				if len(picked) == 3 {
					return picked
				}
				if c.Priority.Rank() != rank || c.Review.State == threatmodel.StateRejected || used[c.Category] != again || has(picked, i) {
					continue
				}
				picked, used[c.Category] = append(picked, i), true
			}
		}
	}
	return picked
}

func has(in []int, n int) bool {
	for _, i := range in {
		if i == n {
			return true
		}
	}
	return false
}

// extent says in one or two sentences what the draft is about.
func (v *view) extent() string {
	var sensitive, vendors int
	for _, a := range v.Assets {
		if a.Sensitivity == threatmodel.High {
			sensitive++
		}
	}
	for _, d := range v.Dependencies {
		if d.Kind == "vendor" {
			vendors++
		}
	}
	names := "The document names "
	if v.unread() == readHardly {
		names = "What was read of the document names "
	}
	s := names + count(len(v.Assets), "kind of data", "kinds of data")
	if sensitive > 0 {
		s += fmt.Sprintf(" (%d highly sensitive)", sensitive)
	}
	s += ", " + count(len(v.Actors), "party that takes part", "parties that take part") + " and " + count(vendors, "vendor") + "."
	if n := OpenQuestions(v.Draft); n > 0 && !v.nothingFirst() {
		s += " " + upper(count(n, "question is", "questions are")) + " open for the product manager."
	}
	return s
}

// priorities counts the cases by priority: high, medium, low and unknown.
func (v *view) priorities() [3]int {
	var n [3]int
	for _, c := range v.AbuseCases {
		switch c.Priority.Rank() {
		case 3:
			n[0]++
		case 2:
			n[1]++
		default:
			n[2]++
		}
	}
	return n
}

// open returns the questions that are asked of ask: those that the document does not answer in full and that matter most.
func (v *view) open(ask threatmodel.Ask) []threatmodel.Question {
	var out []threatmodel.Question
	for i := range v.Questions {
		if q := &v.Questions[i]; asks(q, ask) {
			out = append(out, *q)
		}
	}
	return out
}

// asks reports an open question that is asked of ask. Whose reader is not known, the product manager gets.
func asks(q *threatmodel.Question, ask threatmodel.Ask) bool {
	return (q.Ask == ask || ask == threatmodel.AskPM && q.Ask != threatmodel.AskAppSec) && q.Status != threatmodel.Answered && !q.Spare
}

// OpenQuestions counts the open questions that a report asks of the product manager. Every place that prints this number
// takes it from here, so that they agree.
func OpenQuestions(d *threatmodel.Draft) int {
	n := 0
	for i := range d.Questions {
		if asks(&d.Questions[i], threatmodel.AskPM) {
			n++
		}
	}
	return n
}

// answered returns the questions that the document answers, in full or partly, and those that are open and not asked.
func (v *view) answered() []threatmodel.Question {
	var out []threatmodel.Question
	for _, q := range v.Questions {
		if q.Status == threatmodel.Answered || q.Status == threatmodel.Partly || q.Spare {
			out = append(out, q)
		}
	}
	return out
}

// names returns the names of assets by their ids; an id of no asset is left out.
func (v *view) names(ids []string) []string {
	var out []string
	for _, id := range ids {
		if a := v.assets[id]; a != nil {
			out = append(out, fold(a.Name))
		}
	}
	return out
}

// goes returns where an asset goes: the destinations of its flows, each once, and what ends up where.
func (v *view) goes(id string) []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range v.DataFlows {
		for _, a := range f.Data {
			if dest := fold(f.Destination); a == id && dest != "" && !seen[key(dest)] {
				seen[key(dest)] = true
				out = append(out, dest)
			}
		}
	}
	return out
}

// stepActor names who takes a step, "" where the step's own words do so at their start.
func stepActor(s threatmodel.Step) string {
	actor := fold(s.Actor)
	if text := []rune(strings.ToLower(fold(s.Text))); strings.Contains(string(text[:min(len(text), len(actor)+24)]), strings.ToLower(actor)) {
		return ""
	}
	return upper(actor)
}

// key folds a party's name for comparing.
func key(name string) string {
	return strings.TrimPrefix(strings.ToLower(fold(name)), "the ")
}
