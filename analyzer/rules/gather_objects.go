package rules

import (
	"slices"
)

// dataIn returns the assets named in the words from..to. With what says of which verb, unknown objects count too.
func (g *gatherer) dataIn(l *line, from, to int) []*assetFact {
	var data []*assetFact
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != assetTerm || m.weak || m.From < from || m.From >= to || l.Stance.Denies(m.To-1) || g.elsewhere(m) {
			continue
		}
		data = append(data, g.asset(l, m))
	}
	return data
}

// object returns the data that a clause is about, and notes its state.
func (g *gatherer) object(l *line, c clause, from, to int) []*assetFact {
	data := g.dataIn(l, from, to)
	if len(data) == 0 && to > from && l.tags[from] == pronoun && len(l.data) > 0 {
		switch l.form(from) {
		case "it", "them", "they", "these":
			data = l.data
		}
	}
	if len(data) == 0 && to > from && len(l.data) == 0 && g.last != nil {
		switch l.form(from) {
		case "it", "them", "they":
			data = g.last.data
		}
	}
	if c.passive {
		from = g.listStart(l, c)
	}
	data = append(data, g.unknowns(l, c, from, to)...)
	for _, a := range data {
		a.firm = true
		for _, s := range c.verb.entry.States {
			if s != "processed" && !slices.Contains(a.States, s) {
				a.States = append(a.States, s)
			}
		}
	}
	if len(data) > 0 {
		l.data = data
	}
	return data
}
