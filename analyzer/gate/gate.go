// Package gate decides whether findings fail a check: those that are pressing, undecided and not in the baseline.
//
// In come records, decisions and a baseline; out come a verdict and its forms for people, code hosts and test runners.
package gate

import (
	"slices"
	"time"

	"whatif/analyzer/framework"
	"whatif/analyzer/record"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// Options say what fails a check.
type Options struct {
	FailOn    threatmodel.Level      // the lowest priority that fails; "": no finding does
	Require   []string               // keys of questions that every document that is asked them must answer
	Framework *framework.Framework   // for the words of the questions
	Baseline  *Baseline              // what was known before; nil: nothing
	There     func(name string) bool // reports whether a document of the baseline is still where it was
	Looked    func(name string) bool // reports whether it would have been looked at if it were there; nil: all would
	Today     time.Time
}

// A Finding is a finding and how it stands in the check.
type Finding struct {
	*record.Finding
	Standing review.Standing
	Known    bool   // it is in the baseline
	Changed  bool   // it is in the baseline with another text or priority, or in another document
	From     string // the document's name in the baseline, where it was another
	Fails    bool
}

// A Question is a required question that a document was asked.
type Question struct {
	record.Question
	Text  string
	Fails bool
}

// A Document is one document and how it stands in the check.
type Document struct {
	Record    *record.Record
	Findings  []Finding
	Questions []Question // required ones
	Hidden    []Entry    // of the baseline, not shown since stronger findings stand in the draft
	Gone      []Entry    // of the baseline, no longer found in it
	Answered  []string   // keys of questions that were open in the baseline
	Orphans   int        // decisions about findings that it does not have
}

// A Verdict is the outcome of a check.
type Verdict struct {
	FailOn     threatmodel.Level
	Documents  int // that were analysed
	Failed     int // that could not be
	Partial    int // that were analysed in part
	Findings   int // of all documents
	New        int // findings that fail since they are pressing, undecided and new
	Expired    int // findings that fail since a decision about them has expired
	Unanswered int // required questions that fail
	Partly     int // required questions that are answered in part
	Known      int // findings that do not fail since they are in the baseline
	Decided    int // findings that do not fail since they are decided
	Lower      int // findings that do not fail since they are not pressing
	Hidden     int // findings of the baseline that are not shown, since stronger ones are
	Loose      int // decisions that hold whatever the text says, since they name no evidence
	Stale      int // decisions about another text than that of today
	Orphans    int
	Gone       int // findings of the baseline that are not found any more in documents that were looked at
	Answered   int // questions of the baseline that are answered now

	Unasked  []string  // keys of required questions that no document was asked
	Vanished []Entry   // findings of the baseline whose documents are gone, sorted: nobody knows whether that is better
	LeftOut  []LeftOut // documents that were found and not looked at
}

// A LeftOut is a document that was found and not looked at.
type LeftOut struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`       // why
	Of     string `json:"of,omitempty"` // of a copy: the name of the document with the same bytes
}

// Passes reports whether nothing fails. What could not be analysed is another matter.
func (v *Verdict) Passes() bool { return v.New+v.Expired+v.Unanswered == 0 }

// A Gate judges documents one by one.
type Gate struct {
	opt     Options
	verdict Verdict
	claimed map[*Entry]bool // entries of the baseline that were found again
	there   map[string]bool
	asked   map[string]bool // required questions
}

// New returns a gate.
func New(opt Options) *Gate {
	return &Gate{opt: opt, verdict: Verdict{FailOn: opt.FailOn}, claimed: map[*Entry]bool{}, there: map[string]bool{}, asked: map[string]bool{}}
}

// Judge judges one document. decisions may be nil.
func (g *Gate) Judge(r *record.Record, decisions *review.File) *Document {
	d, v := &Document{Record: r}, &g.verdict
	g.there[r.Name] = true
	if !r.HasDraft() {
		v.Failed++
		return d
	}
	v.Documents++
	if r.State == record.Partial {
		v.Partial++
	}
	for i := range r.Findings {
		d.Findings = append(d.Findings, g.finding(r, &r.Findings[i], decisions))
	}
	g.questions(d)
	if r.State == record.Done {
		d.Hidden, d.Gone = g.opt.Baseline.unclaimed(r, g.claimed)
		d.Orphans = orphans(decisions, r)
	}
	v.Gone += len(d.Gone)
	v.Hidden += len(d.Hidden)
	v.Answered += len(d.Answered)
	v.Orphans += d.Orphans
	return d
}

// finding judges one finding and counts it.
func (g *Gate) finding(r *record.Record, f *record.Finding, decisions *review.File) Finding {
	out, v := Finding{Finding: f, Standing: decisions.Of(f, g.opt.Today)}, &g.verdict
	if e := g.find(r, f); e != nil {
		g.claimed[e] = true
		out.Known = true
		if e.Document != r.Name {
			out.From = e.Document
		}
		out.Changed = out.From != "" || e.Priority != f.Priority || e.Evidence != review.EvidenceOf(f)
	}
	v.Findings++
	if out.Standing.Stale {
		v.Stale++
	}
	if out.Standing.Decided && out.Standing.Decision.Evidence == "" {
		v.Loose++
	}
	switch {
	case out.Standing.Decided:
		v.Decided++
	case out.Standing.Expired && g.opt.FailOn != "":
		out.Fails = true
		v.Expired++
	case out.Known:
		v.Known++
	case g.opt.FailOn == "" || f.Priority.Rank() < g.opt.FailOn.Rank():
		v.Lower++
	default:
		out.Fails = true
		v.New++
	}
	return out
}

// find returns a finding's entry in the baseline: that with its fingerprint, else one with the same title about the same text whose id is
// not in the document any more, else one of a document that is gone, with the same id or the same title about the same text. A fingerprint holds the document's name, so that it is another once the document is moved.
func (g *Gate) find(r *record.Record, f *record.Finding) *Entry {
	b := g.opt.Baseline
	if b == nil {
		return nil
	}
	if e := b.byPrint[f.Fingerprint]; e != nil {
		return e
	}
	for _, list := range [][]*Entry{b.byID[f.ID], b.byText[textKey(f.Title, review.EvidenceOf(f))]} {
		for _, e := range list {
			if g.claimed[e] {
				continue
			}
			if e.Document == r.Name && !has(r, e) || e.Document != r.Name && !g.isThere(e.Document) {
				return e
			}
		}
	}
	return nil
}

// has reports whether the document has the finding under the very id.
func has(r *record.Record, e *Entry) bool {
	return slices.ContainsFunc(r.Findings, func(f record.Finding) bool { return f.Fingerprint == e.Fingerprint })
}

func (g *Gate) isThere(name string) bool {
	there, known := g.there[name]
	if !known {
		there = g.opt.There != nil && g.opt.There(name)
		g.there[name] = there
	}
	return there
}

// questions judges the required questions, and finds those that were open and are answered now.
func (g *Gate) questions(d *Document) {
	for i := range d.Record.Questions {
		q := &d.Record.Questions[i]
		if q.Status == threatmodel.Answered && g.opt.Baseline.wasOpen(d.Record.Name, q.Key) {
			d.Answered = append(d.Answered, q.Key)
		}
		if !slices.Contains(g.opt.Require, q.Key) {
			continue
		}
		g.asked[q.Key] = true
		out := Question{Question: *q, Text: q.Key, Fails: q.Status == threatmodel.Unanswered}
		if g.opt.Framework != nil {
			if asked := g.opt.Framework.Question(q.Key); asked != nil {
				out.Text = asked.Text
			}
		}
		d.Questions = append(d.Questions, out)
		if out.Fails {
			g.verdict.Unanswered++
		} else if q.Status == threatmodel.Partly {
			g.verdict.Partly++
		}
	}
}

// orphans counts the decisions about findings that a document does not have.
func orphans(decisions *review.File, r *record.Record) int {
	n := 0
	if decisions == nil {
		return 0
	}
	for i := range decisions.Decisions {
		if !slices.ContainsFunc(r.Findings, func(f record.Finding) bool { return f.ID == decisions.Decisions[i].ID }) {
			n++
		}
	}
	return n
}

// LeaveOut notes a document that is not looked at.
func (g *Gate) LeaveOut(l LeftOut) { g.verdict.LeftOut = append(g.verdict.LeftOut, l) }

// Finish returns the verdict. It is called once, after every document is judged.
func (g *Gate) Finish() *Verdict {
	v := &g.verdict
	v.Vanished = g.opt.Baseline.vanished(g.claimed, g.isThere, func(name string) bool { return g.opt.Looked == nil || g.opt.Looked(name) })
	for _, key := range g.opt.Require {
		if !g.asked[key] && v.Documents > 0 {
			v.Unasked = append(v.Unasked, key)
		}
	}
	return v
}
