package rules

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
)

// answerQuestions adds every question that is asked of the document, the core ones and those of packs whose feature it has,
// and says how far the document answers each.
func (f *facts) answerQuestions(ctx context.Context) error {
	if f.framework == nil {
		return nil
	}
	j, err := newJudge(f)
	if err != nil {
		return err
	}
	shown := map[string]bool{"": true}
	for i := range f.framework.Packs {
		shown[f.framework.Packs[i].Key] = j.shows(&f.framework.Packs[i])
	}
	for i := range f.framework.Questions {
		if err := ctx.Err(); err != nil {
			return err
		}
		if q := &f.framework.Questions[i]; shown[q.Pack] {
			f.set.Questions = append(f.set.Questions, j.judge(q))
		}
	}
	return nil
}

// A judge says how far a document answers questions.
type judge struct {
	facts *facts
	book  *phrasebook
	hits  [][]hit
	cases map[string][]*proposal.AbuseCase // abuse cases by the question that they belong to
	found map[string]map[int32]int         // by kind of fact: how many stand in each sentence
}

// newJudge searches the document for every sign of the framework.
func newJudge(f *facts) (*judge, error) {
	j := &judge{facts: f, book: newPhrasebook(nil), cases: map[string][]*proposal.AbuseCase{}}
	for i := range f.framework.Packs {
		if _, err := j.book.addAll(f.framework.Packs[i].Signs); err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.framework.Packs[i].Key, err)
		}
	}
	for i := range f.framework.Questions {
		for _, p := range f.framework.Questions[i].Parts {
			if _, err := j.book.addAll(p.Signs); err != nil {
				return nil, fmt.Errorf("question %s: %w", f.framework.Questions[i].Key, err)
			}
		}
	}
	j.hits = j.book.scan(f.text)
	for i := range f.set.AbuseCases {
		c := &f.set.AbuseCases[i]
		j.cases[c.Question] = append(j.cases[c.Question], c)
	}
	j.findFacts()
	return j, nil
}

// findFacts counts the facts in each sentence.
func (j *judge) findFacts() {
	set := j.facts.set
	j.found = map[string]map[int32]int{}
	add := func(kind string, weight int, e proposal.Evidence) {
		at := j.found[kind]
		if at == nil {
			at = map[int32]int{}
			j.found[kind] = at
		}
		for _, n := range e.Sentences {
			if n >= 1 && n <= len(j.facts.text.Sentences) && j.facts.text.Sentences[n-1].Kind != document.Heading {
				at[int32(n-1)] += weight
			}
		}
	}
	for i := range set.Assets {
		add("asset", sensitivityRank(set.Assets[i].Sensitivity), set.Assets[i].Evidence)
	}
	for i := range set.Actors {
		add("actor", 1, set.Actors[i].Evidence)
		for _, p := range set.Actors[i].Privileges {
			add("privilege", 1, p.Evidence)
		}
	}
	for i := range set.Dependencies {
		add("dependency", 1, set.Dependencies[i].Evidence)
	}
	for i := range set.Flows {
		add("flow", 1, set.Flows[i].Evidence)
	}
	for i := range set.Steps {
		add("step", 1, set.Steps[i].Evidence)
	}
	for i := range set.Safeguards {
		add("safeguard", 1, set.Safeguards[i].Evidence)
	}
}

// shows reports whether the document has the pack's feature.
func (j *judge) shows(p *framework.Pack) bool {
	n := 0
	for _, sign := range p.Signs {
		if len(j.hitsOf(sign)) > 0 {
			n++
		}
	}
	return n >= max(p.Needs, 1)
}

func (j *judge) hitsOf(sign string) []hit {
	id, err := j.book.add(sign)
	if err != nil || id >= len(j.hits) {
		return nil
	}
	return j.hits[id]
}

// judge answers one question from the text.
func (j *judge) judge(q *framework.Question) proposal.Question {
	said := proposal.Question{Key: q.Key, Text: q.Text, Ask: q.Ask, Searched: slices.Clone(q.Signs)}
	var answers []int32
	var missing []string
	for _, p := range q.Parts {
		at := j.answersPart(&p)
		if len(at) == 0 {
			missing = append(missing, p.Name)
		}
		for _, s := range at[:min(len(at), 2)] {
			if !slices.Contains(answers, s) {
				answers = append(answers, s)
			}
		}
	}
	switch {
	case len(answers) == 0:
		said.Status = "unanswered"
	case len(missing) > 0:
		said.Status = "partly"
	default:
		said.Status = "answered"
		said.Answer = j.facts.text.Sentences[answers[0]].Text
	}
	said.Evidence = numbers(answers)
	if said.Status != "answered" {
		said.Why = j.why(q, missing)
		said.Proposed = j.proposed(q)
	}
	said.Weight = j.weight(q, said.Status)
	return said
}

// answersPart returns the sentences that say what the part asks for, the most telling first.
func (j *judge) answersPart(p *framework.Part) []int32 {
	score := map[int32]int{}
	for _, sign := range p.Signs {
		for _, h := range j.hitsOf(sign) {
			if !h.heading {
				score[h.sentence] += 4
			}
		}
	}
	for _, kind := range p.Facts {
		for s, n := range j.found[kind] {
			score[s] += min(n, 6)
		}
	}
	at := make([]int32, 0, len(score))
	for s := range score {
		at = append(at, s)
	}
	slices.SortFunc(at, func(x, y int32) int { return cmp.Or(cmp.Compare(score[y], score[x]), cmp.Compare(x, y)) })
	return at
}

// weight orders open questions: what the framework says, then how many findings hang on the answer and how sensitive the
// data at hand is.
func (j *judge) weight(q *framework.Question, status string) int {
	n := 10 * max(q.Weight, 1)
	n += 6 * min(len(j.cases[q.Key]), 3)
	for i := range j.facts.set.Assets {
		if j.facts.set.Assets[i].Sensitivity == "high" {
			n += 4
			break
		}
	}
	if q.Pack != "" {
		n += 3 // it is about a feature that the document has
	}
	if status == "partly" {
		n -= 15
	}
	return max(n, 1)
}
