package rules

import (
	"cmp"
	"context"
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
	j.spare()
	j.scan.release()
	return nil
}

// A judge says how far a document answers questions.
type judge struct {
	facts *facts
	book  *phrasebook
	plain map[string]string // signs as people read them
	scan  *scanner
	hits  [][]hit
	cases map[string][]*proposal.AbuseCase // abuse cases by the question that they belong to
	found map[string]*tally                // by kind of fact: how many stand in each sentence
	bears []bearing                        // by sentence: what it may answer
	given []given                          // by sentence that may answer something: what it gives

	features map[string]sentenceSet // by pack: the sentences that have one of its signs
	score    []int32                // by sentence: of the part at hand; else 0
	whole    sentenceSet            // of the part at hand; else empty

	line     []lineWord      // the sentence at hand
	used     []int           // by sentence: how often a question has named it
	named    map[string]int  // facts that a question has named
	proposed map[string]bool // answers that were proposed
}

// newJudge searches the document for every sign of the framework.
func newJudge(f *facts) (*judge, error) {
	signs, err := signsOf(f.framework)
	if err != nil {
		return nil, err
	}
	n := len(f.text.Sentences)
	j := &judge{facts: f, book: signs.book, plain: signs.plain, cases: map[string][]*proposal.AbuseCase{},
		found: map[string]*tally{}, features: map[string]sentenceSet{}, score: make([]int32, n), whole: newSentenceSet(n),
		used: make([]int, n), named: map[string]int{}, proposed: map[string]bool{}}
	j.scan = j.book.scanner()
	j.hits = j.scan.scan(f.text)
	for i := range f.set.AbuseCases {
		c := &f.set.AbuseCases[i]
		j.cases[c.Question] = append(j.cases[c.Question], c)
	}
	j.findFacts()
	j.findBearings()
	j.findGiven()
	for i := range f.framework.Packs {
		j.features[f.framework.Packs[i].Key] = j.about(&framework.Question{About: f.framework.Packs[i].Signs})
	}
	return j, nil
}

// factKinds are the kinds of facts that questions may ask for.
var factKinds = []string{"asset", "actor", "privilege", "dependency", "flow", "step", "safeguard"}

// findFacts counts the facts in each sentence.
func (j *judge) findFacts() {
	set := j.facts.set
	for _, kind := range factKinds {
		j.found[kind] = newTally(len(j.facts.text.Sentences))
	}
	add := func(kind string, weight int, e proposal.Evidence) {
		found := j.found[kind]
		for _, n := range e.Sentences {
			if n >= 1 && n <= len(j.facts.text.Sentences) && j.facts.text.Sentences[n-1].Kind != document.Heading {
				found.count[n-1] += int32(weight)
				found.at.add(int32(n - 1))
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

// shows reports whether the document has the pack's feature: as many of its signs as it needs, in as many sentences.
func (j *judge) shows(p *framework.Pack) bool {
	need := max(p.Needs, 1)
	signs, sentences := 0, map[int32]bool{}
	for _, sign := range p.Signs {
		any := false
		for _, h := range j.hitsOf(sign) {
			sentences[h.sentence] = true
			any = any || !h.heading
		}
		if any {
			signs++
		}
	}
	return signs >= need && len(sentences) >= need
}

func (j *judge) hitsOf(sign string) []hit {
	id, ok := j.book.find(sign)
	if !ok {
		return nil
	}
	return j.hits[id]
}

// judge answers one question from the text.
func (j *judge) judge(q *framework.Question) proposal.Question {
	said := proposal.Question{Key: q.Key, Text: q.Text, Ask: q.Ask, Searched: j.inVain(q)}
	v := j.verdict(q)
	said.Status = v.status
	if said.Status == "answered" {
		said.Answer = j.facts.text.Sentences[v.answers[0]].Text
		said.Evidence = numbers(v.answers)
		said.Weight = 1
		return said
	}
	why := j.why(q, v)
	said.Why, said.Evidence = why.text, numbers(v.answers)
	if len(v.answers) == 0 && why.found {
		said.Evidence = numbers([]int32{why.sentence})
	}
	said.Proposed = j.proposal(q)
	said.Weight = j.weight(q, v, why)
	return said
}

// inVain lists the signs of the question that the text does not have.
func (j *judge) inVain(q *framework.Question) []string {
	var signs []string
	for _, part := range q.Parts {
		for _, sign := range part.Signs {
			if len(j.hitsOf(sign)) > 0 {
				continue
			}
			if one := j.plain[sign]; !slices.Contains(signs, one) {
				signs = append(signs, one)
			}
		}
	}
	return signs
}

// mostAsked is how many questions are asked of a document that has nothing to steal and nothing to misuse.
const mostAsked = 2

// weight orders open questions: what the framework says, then how many findings hang on the answer and how sensitive the
// data at hand is. It is below zero for a question about nothing that the document has.
func (j *judge) weight(q *framework.Question, v verdict, why because) int {
	n := 10 * max(q.Weight, 1)
	n += 6 * min(len(j.cases[q.Key]), 3)
	if why.found {
		n += 2 * min(int(j.found["asset"].count[why.sentence]), 3)
		if q.Pack != "" {
			n += 3 // it is about a feature that the document has
		}
	} else if len(j.cases[q.Key]) == 0 {
		return -1
	}
	if v.status == "partly" {
		n -= 15
	}
	return max(n, 1)
}

// spare spares the reader of a harmless document all questions but a few.
func (j *judge) spare() {
	if len(j.facts.set.AbuseCases) > 0 || slices.ContainsFunc(j.facts.set.Assets, func(a proposal.Asset) bool { return a.Sensitivity == "high" }) {
		return
	}
	order := make([]int, len(j.facts.set.Questions))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Compare(j.facts.set.Questions[y].Weight, j.facts.set.Questions[x].Weight)
	})
	asked := map[string]int{}
	for _, i := range order {
		q := &j.facts.set.Questions[i]
		if q.Status == "answered" {
			continue
		}
		if asked[q.Ask]++; asked[q.Ask] > mostAsked {
			q.Weight = -1
		}
	}
}
