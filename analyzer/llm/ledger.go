package llm

import (
	"cmp"
	"slices"
)

// maxLedger is how many facts from other parts are shown with one.
const maxLedger = 40

// ledger chooses the facts from other parts that a reader of this one should know: those that speak of the same things, then
// protections and what would hurt most, as far as there is room. A fact that is not chosen does not shape the request, so that an
// edit there leaves the reply here as it was.
func (r *run) ledger(p *part) []fact {
	type scored struct {
		fact
		score, at int
	}
	here := r.meaningOf(p.Sentences)
	var all []scored
	for i, f := range r.facts {
		if f.kind == "step" || f.standsIn(p) {
			continue
		}
		near := min(shared(f.stems, here), 3)
		if near == 0 && f.weight < 2 {
			continue
		}
		all = append(all, scored{f, 3*near + 2*f.weight, i})
	}
	slices.SortStableFunc(all, func(x, y scored) int { return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.at, y.at)) })
	room := r.fit.ledger
	chosen := all[:0]
	for _, f := range all {
		if room -= r.opt.Count(f.text) + 5; room < 0 || len(chosen) == maxLedger {
			break
		}
		chosen = append(chosen, f)
	}
	slices.SortFunc(chosen, func(x, y scored) int { return cmp.Compare(x.at, y.at) })
	facts := make([]fact, len(chosen))
	for i := range chosen {
		facts[i] = chosen[i].fact
	}
	return facts
}

// standsIn reports whether a part has a sentence of the fact.
func (f *fact) standsIn(p *part) bool {
	return slices.ContainsFunc(f.sentences, func(num int) bool { return slices.Contains(p.Sentences, num) })
}

// safeguardsIn lists the safeguards that a part states: a danger there may name them as in place.
func (r *run) safeguardsIn(p *part) []fact {
	var own []fact
	for _, f := range r.facts {
		if f.kind == "safeguard" && f.standsIn(p) {
			own = append(own, f)
		}
	}
	return own
}

// meaningOf returns what sentences speak of.
func (r *run) meaningOf(nums []int) map[string]bool {
	stems := map[string]bool{}
	for _, num := range nums {
		for _, w := range r.text.Sentences[num-1].Words {
			if !small[w.Form] {
				stems[w.Stem] = true
			}
		}
	}
	return stems
}

// lines writes facts as they are sent.
func (r *run) lines(facts []fact) []string {
	var lines []string
	for _, f := range facts {
		text := r.words.Hide(f.text)
		if f.noticed {
			text += " (noticed by a program that matches words)"
		}
		lines = append(lines, text)
	}
	return lines
}
