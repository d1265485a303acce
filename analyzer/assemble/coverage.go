package assemble

import (
	"cmp"
	"slices"

	"whatif/analyzer/document"
	"whatif/analyzer/ground"
	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// statusOrder is the order in which questions are listed.
var statusOrder = []threatmodel.QuestionStatus{threatmodel.Unanswered, threatmodel.Partly, threatmodel.Answered}

// mostAsked is how many open questions one reader is asked. The others are listed, and may wait.
const mostAsked = 10

// questions puts every question in once, open ones that matter most first. Where engines differ, the fuller answer stands.
func (a *assembler) questions() {
	all := members(a.results, func(r *ground.Result) []ground.Held[proposal.Question] { return r.Questions })
	type weighted struct {
		threatmodel.Question
		weight int
	}
	at := map[string]int{}
	var out []weighted
	for _, m := range all {
		q := threatmodel.Question{Question: m.Item.Key, Text: m.Item.Text, Why: m.Item.Why, Ask: threatmodel.Ask(m.Item.Ask),
			Status: threatmodel.QuestionStatus(m.Item.Status), Answer: m.Item.Answer, ProposedAnswer: m.Item.Proposed, Searched: m.Item.Searched,
			Citations: m.Citations}
		i, ok := at[q.Question]
		if !ok {
			at[q.Question] = len(out)
			out = append(out, weighted{q, m.Item.Weight})
			continue
		}
		cited := unite(out[i].Citations, q.Citations)
		fuller, other := q, out[i].Question
		if slices.Index(statusOrder, q.Status) <= slices.Index(statusOrder, out[i].Status) {
			fuller, other = other, q
		}
		out[i].Question = filled(fuller, other)
		out[i].Citations = cited
	}
	slices.SortStableFunc(out, func(x, y weighted) int {
		return cmp.Or(cmp.Compare(slices.Index(statusOrder, x.Status), slices.Index(statusOrder, y.Status)), cmp.Compare(y.weight, x.weight))
	})
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(out[y].weight, out[x].weight) })
	asked := map[threatmodel.Ask]int{}
	for _, i := range order {
		if q := &out[i]; q.Status != threatmodel.Answered {
			q.Spare = q.weight < 0 || asked[q.Ask] == mostAsked
			if !q.Spare {
				asked[q.Ask]++
			}
		}
	}
	meanings := make([]string, len(out))
	for i := range out {
		meanings[i] = out[i].Question.Question
	}
	for i, id := range a.ids(threatmodel.QuestionID, meanings) {
		out[i].ID = id
		a.draft.Questions = append(a.draft.Questions, out[i].Question)
	}
}

// filled returns q with what it leaves empty taken from other, another engine's word on the same question. An answer stays with
// the engine whose status stands.
func filled(q, other threatmodel.Question) threatmodel.Question {
	q.Text, q.Why, q.Ask = cmp.Or(q.Text, other.Text), cmp.Or(q.Why, other.Why), cmp.Or(q.Ask, other.Ask)
	if len(q.Searched) == 0 {
		q.Searched = other.Searched
	}
	if q.Status != threatmodel.Answered {
		q.ProposedAnswer = cmp.Or(q.ProposedAnswer, other.ProposedAnswer)
	}
	return q
}

// remarks lists what was left out, and the warnings.
func (a *assembler) remarks() {
	for _, r := range a.results {
		a.draft.Dropped = append(a.draft.Dropped, r.Dropped...)
	}
	slices.SortStableFunc(a.draft.Dropped, func(x, y threatmodel.Dropped) int {
		return cmp.Or(cmp.Compare(uint(slices.Index(threatmodel.DroppedKinds, x.Kind)), uint(slices.Index(threatmodel.DroppedKinds, y.Kind))), cmp.Compare(x.Kind, y.Kind),
			cmp.Compare(x.Reason, y.Reason), cmp.Compare(first(x.Cited), first(y.Cited)), cmp.Compare(x.Text, y.Text),
			cmp.Compare(x.Detail, y.Detail), cmp.Compare(x.Rule, y.Rule))
	})
	a.draft.Dropped = slices.CompactFunc(a.draft.Dropped, func(x, y threatmodel.Dropped) bool {
		return x.Kind == y.Kind && x.Text == y.Text && x.Reason == y.Reason && x.Detail == y.Detail && x.Rule == y.Rule
	})
	for _, w := range a.doc.Warnings {
		section := ""
		if s := a.doc.Sentence(w.Sentence); s != nil {
			section = a.doc.Sections[s.Section].Title
		}
		a.draft.Warnings = append(a.draft.Warnings, threatmodel.Warning{Code: w.Code, Message: w.Message, Section: section})
	}
	for _, r := range a.results {
		a.draft.Warnings = append(a.draft.Warnings, r.Warnings...)
	}
}

// cover counts how much of the document the draft stands on.
func (a *assembler) cover() {
	sections := make([]threatmodel.SectionCoverage, len(a.doc.Sections))
	cited := make([]bool, len(a.doc.Sentences)+1)
	count := func(list []threatmodel.Citation) {
		for _, c := range list {
			cited[c.Sentence] = true
		}
	}
	a.eachCited(count)
	for _, c := range a.draft.AbuseCases {
		seen := map[int]bool{}
		for _, at := range c.Citations {
			if sec := a.doc.Sentence(at.Sentence).Section; !seen[sec] {
				seen[sec] = true
				sections[sec].AbuseCases++
			}
		}
	}
	a.countSentences(sections, cited)
	for _, q := range a.draft.Questions {
		switch q.Status {
		case threatmodel.Answered:
			a.draft.Coverage.Questions.Answered++
		case threatmodel.Partly:
			a.draft.Coverage.Questions.Partly++
		default:
			a.draft.Coverage.Questions.Unanswered++
		}
	}
}

// countSentences fills the sentence counts, headings among them. A section of which only the heading is visible is left out
// unless that is cited, so that the sections' citations add up.
func (a *assembler) countSentences(sections []threatmodel.SectionCoverage, cited []bool) {
	cov := &a.draft.Coverage
	stated := make([]bool, len(sections))
	for i := range a.doc.Sentences {
		s := &a.doc.Sentences[i]
		if s.Kind == document.Hidden {
			continue
		}
		cov.Sentences++
		sections[s.Section].Sentences++
		if cited[s.Num] {
			cov.SentencesCited++
			sections[s.Section].Citations++
		}
		stated[s.Section] = stated[s.Section] || s.Kind != document.Heading
	}
	for i := range sections {
		if stated[i] || sections[i].Citations > 0 {
			sections[i].Section = a.doc.Sections[i].Title
			cov.Sections = append(cov.Sections, sections[i])
		}
	}
}

// eachCited calls count with the citations of every finding.
func (a *assembler) eachCited(count func([]threatmodel.Citation)) {
	d := a.draft
	for i := range d.Assets {
		count(d.Assets[i].Citations)
	}
	for i := range d.Actors {
		count(d.Actors[i].Citations)
	}
	for i := range d.Dependencies {
		count(d.Dependencies[i].Citations)
	}
	for i := range d.DataFlows {
		count(d.DataFlows[i].Citations)
	}
	for i := range d.Journey {
		count(d.Journey[i].Citations)
	}
	for i := range d.Safeguards {
		count(d.Safeguards[i].Citations)
	}
	for i := range d.AbuseCases {
		count(d.AbuseCases[i].Citations)
	}
	for i := range d.Questions {
		count(d.Questions[i].Citations)
	}
}
