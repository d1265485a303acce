package llm

import (
	"cmp"
	"context"
	"slices"

	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// mostOpen is how many open questions a model is asked to propose answers to.
const mostOpen = 10

// questionsFor returns the questions that are asked of the document: the core ones, and those of the packs whose feature it has.
func (r *run) questionsFor() []*framework.Question {
	asked := map[string]bool{}
	if r.rules != nil {
		for _, q := range r.rules.Questions {
			asked[q.Key] = true
		}
	}
	packs := map[string]bool{"": true}
	for i := range r.fw.Packs {
		packs[r.fw.Packs[i].Key] = r.rules == nil && shows(r.text, &r.fw.Packs[i])
	}
	var questions []*framework.Question
	for i := range r.fw.Questions {
		if q := &r.fw.Questions[i]; asked[q.Key] || packs[q.Pack] {
			questions = append(questions, q)
		}
	}
	return questions
}

// shows reports whether a document has as many of a pack's signs as it needs.
func shows(text *reading.Text, p *framework.Pack) bool {
	found := 0
	for _, sign := range p.Signs {
		if len(text.Find(framework.Plain(sign))) > 0 {
			found++
		}
	}
	return found >= max(p.Needs, 1)
}

// answer puts what the model says a part answers among the questions. Answers to one question are put together. Where the document
// speaks to its reader's tools, none closes a question.
func (r *run) answer(p *part, f *answerForm) {
	i := slices.IndexFunc(r.asked, func(q *framework.Question) bool { return q.Key == f.Question })
	nums, _ := p.global(f.S)
	if i < 0 || len(nums) == 0 {
		r.set.Withheld = append(r.set.Withheld, proposal.Withheld{Kind: "question", Text: cmp.Or(f.Question, "(no key)"), Reason: string(threatmodel.Invalid),
			Detail: "the model answers a question that was not asked, or points to no line", Evidence: proposal.Evidence{Sentences: nums}})
		return
	}
	status := threatmodel.Partly
	if f.Whole && !r.steered {
		status = threatmodel.Answered
	}
	q := r.asked[i]
	if at := slices.IndexFunc(r.set.Questions, func(q proposal.Question) bool { return q.Key == f.Question }); at >= 0 {
		old := &r.set.Questions[at]
		old.Evidence.Sentences = append(old.Evidence.Sentences, nums...)
		if status == threatmodel.Answered && old.Status != string(threatmodel.Answered) {
			old.Status, old.Answer = string(status), f.Answer
		}
		return
	}
	r.set.Questions = append(r.set.Questions, proposal.Question{Key: q.Key, Text: q.Text, Why: q.Why, Ask: q.Ask, Status: string(status), Answer: f.Answer,
		Weight: q.Weight, Evidence: proposal.Evidence{Sentences: nums}})
}

// askOpen is the last pass: what the questions that are still open mean for this product, and what might be answered. Answers are
// proposals, and marked as such.
func (r *run) askOpen(ctx context.Context) {
	open := r.open()
	for _, q := range open {
		r.set.Questions = append(r.set.Questions, proposal.Question{Key: q.Key, Text: q.Text, Why: q.Why, Ask: q.Ask,
			Status: string(threatmodel.Unanswered), Weight: q.Weight, Searched: q.Signs[:min(len(q.Signs), 8)]})
	}
	if len(open) == 0 || len(r.facts) == 0 || len(r.cases) == 0 || r.opt.Single {
		return // where nothing is wrong no question presses
	}
	mark := r.newMark()
	d := questionsData{Mark: mark, Title: r.head.Title}
	d.Known = r.lines(r.gist(r.fit.chunk * 2 / 3))
	for _, q := range open[:min(len(open), mostOpen)] {
		d.Open = append(d.Open, questionData{q.Key, q.Text})
	}
	q := query{pass: passQuestions, name: r.doc.Title, marks: []string{mark}, form: "questions"}
	var err error
	if q.user, err = r.opt.Prompts.write("questions.tmpl", "ask", d); err != nil {
		r.failed(q, err)
		return
	}
	form, _, err := ask[questionsForm](ctx, r, q, nil)
	if err != nil {
		r.failed(q, err)
		return
	}
	r.takeProposed(form, d.Open)
}

// takeProposed puts what a model proposes beside the open questions that it was asked.
func (r *run) takeProposed(form *questionsForm, asked []questionData) {
	for _, f := range form.Questions {
		if !slices.ContainsFunc(asked, func(q questionData) bool { return q.Key == f.Key }) {
			r.set.Withheld = append(r.set.Withheld, proposal.Withheld{Kind: "question", Text: cmp.Or(f.Key, "(no key)"), Reason: string(threatmodel.Invalid),
				Detail: "the model proposes an answer to a question that it was not asked"})
			continue
		}
		o := &r.set.Questions[slices.IndexFunc(r.set.Questions, func(q proposal.Question) bool { return q.Key == f.Key })]
		o.Why, o.Proposed = cmp.Or(f.Why, o.Why), cmp.Or(o.Proposed, f.Proposed)
	}
}

// gist chooses facts that tell what a document is about, as many as fit into a number of tokens: those that weigh most, in the
// document's order.
func (r *run) gist(room int) []fact {
	order := make([]int, 0, len(r.facts))
	for i := range r.facts {
		if k := r.facts[i].kind; k != "flow" && k != "step" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(r.facts[y].weight, r.facts[x].weight), cmp.Compare(len(r.facts[y].sentences), len(r.facts[x].sentences)))
	})
	for i, n := range order {
		if room -= r.opt.Count(r.facts[n].text) + 3; room < 0 {
			order = order[:i]
			break
		}
	}
	slices.Sort(order)
	chosen := make([]fact, len(order))
	for i, n := range order {
		chosen[i] = r.facts[n]
	}
	return chosen
}

// open returns the questions that neither engine found an answer to, those that matter most first.
func (r *run) open() []*framework.Question {
	settled := map[string]bool{}
	weight := map[string]int{}
	for _, q := range r.set.Questions {
		settled[q.Key] = true
	}
	if r.rules != nil {
		for _, q := range r.rules.Questions {
			settled[q.Key] = settled[q.Key] || q.Status != string(threatmodel.Unanswered)
			weight[q.Key] = q.Weight
		}
	}
	var open []*framework.Question
	for _, q := range r.asked {
		if !settled[q.Key] {
			open = append(open, q)
		}
	}
	slices.SortStableFunc(open, func(x, y *framework.Question) int {
		return cmp.Compare(cmp.Or(weight[y.Key], y.Weight), cmp.Or(weight[x.Key], x.Weight))
	})
	return open
}
