package export

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// A model is a draft made ready for export: every text visible, the diagram drawn up, and each finding with what was decided about it.
type model struct {
	*threatmodel.Draft
	render.Diagram
	findings   []finding
	assets     map[string]*threatmodel.Asset
	safeguards map[string]*threatmodel.Safeguard
}

// A finding is an abuse case and what somebody decided about it.
type finding struct {
	*threatmodel.AbuseCase
	review.Standing
}

func newModel(d *threatmodel.Draft, opt Options) *model {
	m := &model{Draft: render.Cleaned(d), Diagram: render.DiagramOf(d), assets: map[string]*threatmodel.Asset{}, safeguards: map[string]*threatmodel.Safeguard{}}
	for i := range m.AbuseCases {
		// Decisions are looked up with the draft as it was read: their evidence is the sum of its quotes.
		m.findings = append(m.findings, finding{&m.AbuseCases[i], standing(&d.AbuseCases[i], opt)})
	}
	for i := range m.Assets {
		m.assets[m.Assets[i].ID] = &m.Assets[i]
	}
	for i := range m.Safeguards {
		m.safeguards[m.Safeguards[i].ID] = &m.Safeguards[i]
	}
	return m
}

// standing returns how a finding stands: by the file of decisions, or else by what the draft itself says.
func standing(c *threatmodel.AbuseCase, opt Options) review.Standing {
	f := &record.Finding{ID: c.ID}
	for _, cite := range c.Citations {
		f.Regions = append(f.Regions, record.Region{Quote: cite.Quote})
	}
	file := opt.Decisions
	if file.Find(c.ID) == nil && c.Review.State != threatmodel.StateDraft && c.Review.State != "" {
		file = &review.File{Decisions: []review.Decision{{ID: c.ID, State: c.Review.State, By: c.Review.By, At: c.Review.At, Note: c.Review.Note}}}
	}
	s := file.Of(f, opt.Today)
	if s.Decision != nil {
		d := *s.Decision
		d.By, d.At, d.Note = render.EscapeTerminal(d.By), render.EscapeTerminal(d.At), render.EscapeTerminal(d.Note)
		s.Decision = &d
	}
	return s
}

// rejected reports a finding that somebody threw out.
func (f *finding) rejected() bool { return f.Decided && f.Decision.State == threatmodel.StateRejected }

// lived reports a finding that is right and lived with.
func (f *finding) lived() bool { return f.Decided && !f.rejected() && f.Suppresses() }

// accepted reports a finding that somebody found right and that is to be acted on.
func (f *finding) accepted() bool { return f.Decided && !f.Suppresses() }

// decision says what was decided, "" if nothing was. A decision that does not hold says so.
func (f *finding) decision() string {
	switch {
	case f.Decision == nil:
		return ""
	case f.Expired:
		return f.Decision.Why() + " (expired)"
	case f.Stale:
		return f.Decision.Why() + " (the cited text has changed since)"
	}
	return f.Decision.Why()
}

// state is the decision in one word of the vocabulary, "draft" where none holds.
func (f *finding) state() string {
	if f.Decision == nil || f.Expired || f.Stale {
		return string(threatmodel.StateDraft)
	}
	return string(f.Decision.State)
}

// kept returns the findings that keep wants, and how many it does not.
func (m *model) kept(keep func(*finding) bool) (list []*finding, out int) {
	for i := range m.findings {
		if f := &m.findings[i]; keep(f) {
			list = append(list, f)
		}
	}
	return list, len(m.findings) - len(list)
}

// notRejected returns the findings that nobody rejected, and notes the others.
func (m *model) notRejected(left *Left) []*finding {
	list, out := m.kept(func(f *finding) bool { return !f.rejected() })
	left.count(out, "rejected finding", "rejected findings")
	return list
}

// open returns the questions that are asked: without an answer, and worth asking.
func (m *model) open() []*threatmodel.Question {
	var list []*threatmodel.Question
	for i := range m.Questions {
		if q := &m.Questions[i]; q.Status != threatmodel.Answered && !q.Spare {
			list = append(list, q)
		}
	}
	return list
}

// title names the document.
func (m *model) title() string {
	return cmp.Or(fold(m.Document.Title), fold(m.Document.Path), "Untitled document")
}

// about says where all this comes from, in a sentence or two.
func (m *model) about() string {
	return "Draft threat model of " + cmp.Or(fold(m.Document.Path), "a document") + ", made by " + cmp.Or(fold(m.Tool.Name), "whatif") + " " +
		fold(m.Tool.Version) + ". A person has to judge it: every finding cites the sentence it stands on."
}

// quote cites a finding's first sentence with its place, "" if it has none.
func (m *model) quote(cites []threatmodel.Citation) string {
	if len(cites) == 0 {
		return ""
	}
	return "“" + fold(cites[0].Quote) + "” (" + m.place(cites[0]) + ")"
}

// place names where a citation stands: "line 41, 3.2 Sharing".
func (m *model) place(c threatmodel.Citation) string {
	text := render.Place(c, m.Document.Format)
	if s := fold(c.Section); s != "" {
		text += ", " + s
	}
	return text
}

// names returns the names of assets by their ids.
func (m *model) names(ids []string) []string {
	var names []string
	for _, id := range ids {
		if a := m.assets[id]; a != nil && fold(a.Name) != "" {
			names = append(names, fold(a.Name))
		}
	}
	return names
}

// describe tells a finding in paragraphs: the question, who gains, what it would do, the evidence, the decision.
func (m *model) describe(f *finding) []string {
	var out []string
	add := func(label, text string) {
		if text = fold(text); text != "" {
			out = append(out, label+text)
		}
	}
	add("", f.WhatIf)
	add("Who gains: ", f.WhoBenefits)
	add("What they gain: ", f.AttackerGain)
	add("For users: ", f.Consequences.Users)
	add("For the business: ", f.Consequences.Business)
	add("For its name: ", f.Consequences.Reputation)
	for _, c := range f.Citations {
		add("The document says: ", "“"+fold(c.Quote)+"” ("+m.place(c)+")")
	}
	for _, a := range f.Absences {
		add("The document does not say: ", a.What+searched(a.Searched))
	}
	add("Priority: ", string(f.Priority)+". "+f.PriorityReason)
	add("Decision: ", f.decision())
	return out
}

func searched(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " (searched for: " + strings.Join(words, ", ") + ")"
}

// requirement says a suggested requirement with how to tell that it is met.
func requirement(r threatmodel.Requirement) string {
	text := fold(r.Text)
	for _, a := range r.Acceptance {
		text += " " + fold(a)
	}
	return strings.TrimSpace(text)
}

// count notes n things that are left out.
func (l *Left) count(n int, one, many string) {
	switch {
	case n == 1:
		*l = append(*l, "1 "+one)
	case n > 1:
		*l = append(*l, strconv.Itoa(n)+" "+many)
	}
}

// The parts of a draft that a format may have no place for.
const (
	partAssets part = iota
	partActors
	partDependencies
	partFlows
	partJourney
	partSafeguards
	partQuestions
	partFindings
)

type part int

// rest notes the parts that a format has no place for. What was dropped and warnings have a place in none.
func (l *Left) rest(m *model, parts ...part) {
	words := [...]struct {
		n         int
		one, many string
	}{
		partAssets: {len(m.Assets), "asset", "assets"}, partActors: {len(m.Actors), "actor", "actors"}, partDependencies: {len(m.Dependencies), "dependency", "dependencies"},
		partFlows: {len(m.DataFlows), "data flow", "data flows"}, partJourney: {len(m.Journey), "step of the journey", "steps of the journey"},
		partSafeguards: {len(m.Safeguards), "safeguard", "safeguards"}, partQuestions: {len(m.open()), "open question", "open questions"},
		partFindings: {len(m.findings), "finding", "findings"},
	}
	for _, p := range parts {
		l.count(words[p].n, words[p].one, words[p].many)
	}
	l.count(len(m.Dropped), "proposal that was dropped", "proposals that were dropped")
	l.count(len(m.Warnings), "warning", "warnings")
}

// fold returns s on one line, white space between words made one space.
func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// upper returns s with its first letter in upper case.
func upper(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}
