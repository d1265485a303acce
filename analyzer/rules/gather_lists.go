package rules

import (
	"strings"
)

// A span is a noun phrase of a line: its words, half open, without determiners and the like, and where its head ends: in "logs of
// each flight" after the logs.
type span struct{ from, to, head int }

// maxNames is how many things a list within a sentence may name.
const maxNames = 24

// list reads the noun phrases of a list that begins the words from..to, "the valve position, the set point and the name of the
// operator", and returns where it ends.
func (g *gatherer) list(l *line, from, to int) (names []span, end int) {
	for k := from; k < to && len(names) < maxNames; {
		n := g.phrase(l, k, to)
		if n.from == n.to {
			return names, k
		}
		names = append(names, n)
		if k = n.to; k < to && strings.Contains(l.between(k), "(") {
			k = l.closing(k, to)
		}
		if k+1 < to && l.form(k) == "per" {
			k += 2 // "the price per litre and the total"
		}
		if k >= to {
			return names, to
		}
		goesOn := strings.ContainsAny(l.between(k), ",/&+")
		if l.tags[k] == conjunction && !ends(l.between(k)) {
			k, goesOn = k+1, true
		} else if l.form(k) == "as" && l.form(k+1) == "well" && l.form(k+2) == "as" {
			k, goesOn = k+3, true
		}
		if !goesOn {
			return names, k
		}
	}
	return names, to
}

// closing is the first word after the bracket that opens before the word k, k if it does not close.
func (l *line) closing(k, to int) int {
	for i := k + 1; i < to; i++ {
		if strings.Contains(l.between(i), ")") {
			return i
		}
	}
	return k
}

// phrase finds the noun phrase that begins the words from..to, determiners and generic adjectives left out; "a scan of the
// passport" is the passport, "the name of the operator" is one thing.
func (g *gatherer) phrase(l *line, from, to int) span {
	start, end := g.simple(l, from, to)
	if start == end || end+1 >= to || l.form(end) != "of" || !adjacent(l.Sentence, end) {
		return span{start, end, end}
	}
	inner, after := g.simple(l, end+1, to)
	switch {
	case inner == after:
		return span{start, end, end}
	case g.g.wrappers[l.Words[end-1].Stem]:
		return span{inner, after, after}
	case g.g.measures[l.Words[end-1].Stem] && strings.HasSuffix(l.form(after-1), "s"):
		return span{from, from, from} // "number of users", but "reference number of the patient"
	}
	return span{start, after, end}
}

// simple finds the noun phrase that begins the words from..to, up to "of" or whatever else follows its head.
func (g *gatherer) simple(l *line, from, to int) (start, end int) {
	for from < to && (l.tags[from] == determiner || l.tags[from] == adverb || l.tags[from] == number || g.g.generic[l.form(from)]) && !possessive(l.Sentence, from) {
		from++
	}
	for end = from; end < to && (l.tags[end] == noun || l.tags[end] == adjective || l.tags[end] == number && end > from || l.tags[end] == verb && l.inAsset(end)); end++ {
		if end > from && !adjacent(l.Sentence, end) {
			break
		}
	}
	from = g.g.afterVerb(l.Sentence, from, max(from, end-1))
	if end == from || end-from > maxPhrase || l.tags[end-1] != noun && !l.inAsset(end-1) {
		return from, from
	}
	return from, end
}

// inAsset reports whether the word k belongs to a known asset: "cost" in "cost centre" is no verb.
func (l *line) inAsset(k int) bool {
	for i := range l.marks {
		if m := &l.marks[i]; m.Class == assetTerm && m.From <= k && k < m.To {
			return true
		}
	}
	return false
}

// maxPhrase is how many words the name of an unknown thing may have.
const maxPhrase = 5

// listStart is where the subject of a passive verb begins, all things that it lists included.
func (g *gatherer) listStart(l *line, c clause) int {
	k := c.subject
	for k > c.left && (l.tags[k-1] == auxiliary || l.tags[k-1] == modal || l.tags[k-1] == adverb || l.tags[k-1] == negator) {
		k--
	}
	return max(c.left, g.listFrom(l, k))
}

// lists reads the list that begins the words from..to, and those that go on from it: "the roster with driver names".
func (g *gatherer) lists(l *line, from, to int) []span {
	var all []span
	for from < to {
		if l.form(from) == "it" || l.form(from) == "them" {
			from = l.goesOn(from+1, to)
			continue
		}
		names, end := g.list(l, from, to)
		if all = append(all, names...); len(names) == 0 {
			break
		}
		from = l.goesOn(end, to)
	}
	return all
}

// overAdverbial skips what may stand between a verb and its object: "show for each bed the initials".
func (g *gatherer) overAdverbial(l *line, from, to int) int {
	if from >= to || l.tags[from] != preposition {
		return from
	}
	if _, end := g.simple(l, from+1, to); end < to && end > from+1 && l.tags[end] == determiner && !ends(l.between(end)) {
		return end
	}
	return from
}

// goesOn returns where more of what a clause is about begins at or after the word k, "including the name" or "such as photos",
// to if nothing does.
func (l *line) goesOn(k, to int) int {
	if k+1 >= to || ends(l.between(k)) {
		return to
	}
	switch l.form(k) {
	case "with":
		if next := l.form(k + 1); next != "a" && next != "an" { // what follows "with a" is a tool
			return k + 1
		}
	case "including", "like", "containing", "plus":
		return k + 1
	case "such", "together", "along":
		if next := l.form(k + 1); next == "as" || next == "with" {
			return k + 2
		}
	}
	return to
}

// company notes what stands in one list with a known asset: "name, nationality and arrival date". It returns where the list ends.
func (g *gatherer) company(l *line, m *mark, to int) int {
	names, end := g.list(l, g.listFrom(l, m.np[0]), to)
	known := 0
	for _, n := range names {
		if n.from < m.np[1] && m.np[0] < n.to || len(l.marked(assetTerm, n.from, n.to)) > 0 {
			known++
		}
	}
	if known == len(names) {
		return max(end, m.To)
	}
	most := 2*known >= len(names) || g.announced(l) || l.enumerates(m.np[0], end)
	for _, n := range names {
		if e := g.lexicon.hints[bySingular.of(&l.Words[n.head-1])]; most || e != nil && e.Sensitivity != "low" {
			g.unknown(l, n, true, true)
		}
	}
	return max(end, m.To)
}

// enumerates reports whether a list with the word k in it stands after a colon or in brackets: "(name, plan, contract value)".
func (l *line) enumerates(k, end int) bool {
	for ; k > 0 && k < end; k-- {
		if b := l.between(k); strings.ContainsAny(b, ":(") {
			return true
		} else if ends(b) {
			return false
		}
	}
	return false
}

// listFrom is where the list begins in which the word k stands.
func (g *gatherer) listFrom(l *line, k int) int {
	start := k
	for k > 0 && !ends(l.between(k)) {
		switch t := l.tags[k-1]; {
		case t == noun || t == adjective || t == determiner || t == number || l.form(k-1) == "of":
			start = k - 1
		case t == conjunction:
		default:
			return start
		}
		k--
	}
	return start
}

// item notes what a list item under "We store:" names before it says more about it.
func (g *gatherer) item(l *line) {
	names, end := g.list(l, 0, len(l.Words))
	if end < len(l.Words) && !ends(l.between(end)) && l.tags[end] == verb {
		return
	}
	for _, n := range names {
		g.unknown(l, n, true, true)
	}
}
