package llm

import (
	"cmp"
	"fmt"
	"slices"

	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// leastAlike is the share of words from which two dangers of different kinds on one sentence are taken for the same.
const leastAlike = 0.25

// pair finds, for each danger of the model, the built-in engine's finding that is the same danger, and puts the findings that
// the model never spoke of behind its dangers.
func (r *run) pair() {
	if r.rules == nil {
		return
	}
	type match struct {
		c, rule int
		score   float64
	}
	var matches []match
	said := make([]map[string]bool, len(r.rules.AbuseCases))
	for j := range said {
		said[j] = wordsOf(&r.rules.AbuseCases[j])
	}
	for i, d := range r.cases {
		mine := wordsOf(&d.item)
		for j := range r.rules.AbuseCases {
			if score := kinship(&d.item, &r.rules.AbuseCases[j], mine, said[j]); score > 0 {
				matches = append(matches, match{i, j, score})
			}
		}
	}
	slices.SortStableFunc(matches, func(x, y match) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.c, y.c), cmp.Compare(x.rule, y.rule))
	})
	taken := map[int]bool{}
	for _, m := range matches {
		if d := r.cases[m.c]; d.kin == nil && !taken[m.rule] {
			taken[m.rule] = true
			d.kin = &r.rules.AbuseCases[m.rule]
			relate(&d.item, d.kin)
		}
	}
	for j := range r.rules.AbuseCases {
		if !taken[j] {
			r.cases = append(r.cases, &danger{item: r.rules.AbuseCases[j], kin: &r.rules.AbuseCases[j], ruled: true})
		}
	}
}

// stake notes, before a model is asked anything, how sensitive the worst data of each finding is: that which it names, or else that
// of its sentences.
func stake(set *proposal.Set) {
	for i := range set.AbuseCases {
		c := &set.AbuseCases[i]
		for _, a := range set.Assets {
			named := slices.ContainsFunc(c.Assets, func(name string) bool { return threatmodel.Fold(name) == threatmodel.Fold(a.Name) })
			beside := len(c.Assets) == 0 && slices.ContainsFunc(a.Evidence.Sentences, func(n int) bool { return slices.Contains(c.Evidence.Sentences, n) })
			if (named || beside) && threatmodel.Level(a.Sensitivity).Rank() > threatmodel.Level(c.Stake).Rank() {
				c.Stake = a.Sensitivity
			}
		}
	}
}

// wordsOf returns what an abuse case speaks of.
func wordsOf(a *proposal.AbuseCase) map[string]bool { return meaning(a.Title + " " + a.WhatIf) }

// kinship tells how surely two findings are one danger: they stand on a sentence that carries both, and are of one kind or say
// much the same. 0: they are not.
func kinship(model, rule *proposal.AbuseCase, mine, other map[string]bool) float64 {
	if !slices.ContainsFunc(model.Evidence.Sentences, func(n int) bool { return slices.Contains(rule.Evidence.Sentences, n) }) {
		return 0
	}
	score := alike(mine, other)
	lead := model.Evidence.Sentences[0] == rule.Evidence.Sentences[0]
	same := model.Category == rule.Category
	if !(same && (lead || score > 0.08)) && score < leastAlike {
		return 0
	}
	if same {
		score += 0.5
	}
	if lead {
		score += 0.25
	}
	return score
}

// relate marks findings as one danger.
func relate(a, b *proposal.AbuseCase) {
	kin := cmp.Or(a.Kin, b.Kin)
	if kin == "" {
		kin = fmt.Sprint(a.Category, " ", a.Evidence.Sentences, " ", a.Title)
	}
	a.Kin, b.Kin = kin, kin
}

// unite makes two dangers one, with all that each is one with already, unless both have a finding of the built-in engine: it knows
// what it tells apart, and one that a judge could put behind another would be gone.
func (r *run) unite(a, b *danger) {
	all, more := r.oneWith(a), r.oneWith(b)
	ruled := func(d *danger) bool { return d.kin != nil }
	if slices.Contains(all, b) || slices.ContainsFunc(all, ruled) && slices.ContainsFunc(more, ruled) {
		return
	}
	relate(&a.item, &b.item)
	for _, d := range append(all, more...) {
		if d.item.Kin = a.item.Kin; d.kin != nil {
			d.kin.Kin = a.item.Kin
		}
	}
}

// oneWith lists what is one danger with d, and d itself.
func (r *run) oneWith(d *danger) []*danger {
	var all []*danger
	for _, x := range r.cases {
		if x == d || x.item.Kin != "" && x.item.Kin == d.item.Kin {
			all = append(all, x)
		}
	}
	return all
}
