package rules

import (
	"cmp"
	"slices"
)

// mostEvidence is how many sentences a finding stands on at most.
const mostEvidence = 5

// findings makes findings of the rule's places, best first, and withholds those that the document answers.
func (a *asker) findings(r *rule, places []*place) []*finding {
	var made []*finding
	for i, p := range places {
		if len(made) == r.Limit || i >= 8 {
			break
		}
		fd := a.finding(r, p, places)
		if answer, ok := a.answered(fd, p); ok {
			if len(made) == 0 && i == 0 {
				a.withhold(fd, "safeguarded", "the document answers it: "+clip(a.facts.text.Sentences[answer.sentence].Text, 20), []int32{answer.sentence})
			}
			continue
		}
		a.lower(fd, p)
		if slices.ContainsFunc(made, func(m *finding) bool { return m.anchor == fd.anchor || m.subject == fd.subject }) {
			continue
		}
		made = append(made, fd)
	}
	return made
}

// finding gathers a place's evidence, assets and words.
func (a *asker) finding(r *rule, p *place, places []*place) *finding {
	fd := &finding{rule: r, anchor: p.hits[0].sentence, closeness: p.closeness, span: [2]int32{p.hits[0].from, p.hits[0].to}}
	add := func(h hit) {
		if !h.heading && len(fd.sentences) < mostEvidence && !slices.Contains(fd.sentences, h.sentence) {
			fd.sentences = append(fd.sentences, h.sentence)
		}
	}
	for i, h := range p.hits {
		if p.met[i] {
			add(h)
		}
	}
	section := a.facts.text.Sentences[fd.anchor].Section
	for _, same := range []bool{true, false} {
		for _, other := range places {
			if other.closeness+1 >= p.closeness && (a.facts.text.Sentences[other.hits[0].sentence].Section == section) == same {
				add(other.hits[0])
			}
		}
	}
	fd.assets = a.assetsOf(fd, p)
	fd.words = a.wordsOf(fd, p)
	return fd
}

// assetsOf returns the assets in the finding's evidence, the most sensitive first; where there are none, those that share a
// telling word with it.
func (a *asker) assetsOf(fd *finding, p *place) []int {
	var found []int
	take := func(sentence int32) {
		for _, h := range a.assetsAt(sentence) {
			if !slices.Contains(found, int(h.fact)) {
				found = append(found, int(h.fact))
			}
		}
	}
	for i, c := range fd.rule.When {
		if p.met[i] && len(c.Assets) > 0 && p.hits[i].phrase < 0 {
			take(p.hits[i].sentence)
		}
	}
	for _, s := range fd.sentences {
		take(s)
	}
	if len(found) == 0 {
		found = a.namesakes(fd.sentences)
	}
	slices.SortStableFunc(found, func(x, y int) int {
		return cmp.Compare(sensitivityRank(a.facts.set.Assets[y].Sensitivity), sensitivityRank(a.facts.set.Assets[x].Sensitivity))
	})
	return found[:min(len(found), 4)]
}

// namesakes returns the assets whose name shares a telling word with one of the sentences: "location reporting begins" is about
// the live location that another sentence collects. Assets that merely stand nearby are not what a finding is about.
func (a *asker) namesakes(sentences []int32) []int {
	var found []int
	for _, n := range sentences {
		for _, w := range a.facts.text.Sentences[n].Words {
			for _, i := range a.named[w.Stem] {
				if !slices.Contains(found, i) {
					found = append(found, i)
				}
			}
		}
	}
	slices.Sort(found)
	return found
}
