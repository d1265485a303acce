package rules

import (
	"slices"
)

// dataIn returns the assets named in the words from..to. With what says of which verb, unknown objects count too.
func (g *gatherer) dataIn(l *line, from, to int) []*assetFact {
	var data []*assetFact
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != assetTerm || m.weak || m.From < from || m.From >= to || l.Stance.Denies(m.To-1) {
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
		from = g.subjectStart(l, c)
	}
	data = append(data, g.unknowns(l, c, from, to, len(data) == 0)...)
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

// unknowns returns what a clause names as its objects without the lexicon knowing them: after "store" anything, after other
// verbs what is called like data, "room number" or "intake sheet".
func (g *gatherer) unknowns(l *line, c clause, from, to int, any bool) []*assetFact {
	if c.verb.has("processes") && !takesUnknown(c.verb) {
		return nil
	}
	var data []*assetFact
	for k := from; k < to; k++ {
		start, end := g.phrase(l, k, to)
		if start == end {
			if l.tags[k] != conjunction && l.tags[k] != determiner && l.tags[k] != adverb && l.tags[k] != adjective && l.tags[k] != number {
				break
			}
			continue
		}
		if any && takesUnknown(c.verb) || end-start > 1 && g.g.tails[l.Words[end-1].Stem] {
			if a := g.unknown(l, start, end, c.verb); a != nil && !slices.Contains(data, a) {
				data = append(data, a)
			}
		}
		k = end - 1
	}
	return data
}

// takesUnknown reports whether what the verb is done to is data, whatever it is called.
func takesUnknown(m *mark) bool {
	switch m.entry.Direction {
	case "sends", "shares", "exports", "stores":
		switch m.Term {
		case "issue", "feed", "pipe", "redirect", "pass_on", "hold", "keep", "maintain", "host", "preserve", "return", "index", "encrypt", "hash", "push", "release_to", "sell", "dump":
		default:
			return true
		}
	}
	switch m.Term {
	case "store", "save", "collect", "upload", "retain", "persist", "transmit", "export", "download", "import", "archive", "encrypt", "capture", "submit", "sync", "gather", "fetch", "record", "send", "share", "forward", "transfer":
		return true
	}
	return false
}
