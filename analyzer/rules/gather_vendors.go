package rules

import (
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// supplied reports whether what stands around the name from..to shows somebody outside who does a part of the work, where no
// verb says so: "Northwind down", "Northwind's model", "the operator Northwind", "delivery (Northwind)", "Map tiles: Northwind".
func (g *gatherer) supplied(l *line, from, to int) bool {
	return g.breaksDown(l, to) || g.hasPart(l, to) || g.made(l, from) || g.bracketed(l, from, to) || g.labels(l, from, to) || g.headedName(l, from, to)
}

// breaksDown reports whether the words from to on say that what stands before them may not work: "is down", "does not answer".
func (g *gatherer) breaksDown(l *line, to int) bool {
	k := to
	for k < len(l.Words) && k < to+3 && (k > to || adjacent(l.Sentence, k)) && (l.tags[k] == auxiliary || l.tags[k] == modal || l.tags[k] == negator || l.tags[k] == adverb && l.form(k) != "offline") {
		k++
	}
	if k == len(l.Words) || !adjacent(l.Sentence, k) {
		return false
	}
	switch form := l.form(k); form {
	case "down", "unavailable", "unreachable", "outage", "outages", "offline", "downtime":
		return true
	case "fails", "fail", "respond", "answer", "responds", "answers":
		return k > to && form != "fails" && strings.HasSuffix(l.form(k-1), "t") || k == to && form == "fails" // "does not answer"
	}
	return false
}

// hasPart reports whether the name that ends at to has something that only a supplier has: "Northwind's cloud".
func (g *gatherer) hasPart(l *line, to int) bool {
	if !possessive(l.Sentence, to-1) {
		return false
	}
	for k := to; k < min(to+3, len(l.Words)) && (l.tags[k] == noun || l.tags[k] == adjective) && adjacent(l.Sentence, k); k++ {
		if k+1 < len(l.Words) && adjacent(l.Sentence, k+1) && l.tags[k+1] == noun {
			continue
		}
		return g.g.parts[l.Words[k].Stem]
	}
	return false
}

// made reports whether a word for a company or its work stands right before the name: "the manufacturer Northwind".
func (g *gatherer) made(l *line, from int) bool {
	if from > 1 && (l.form(from-1) == "from" || l.form(from-1) == "of") && adjacent(l.Sentence, from) && l.tags[from-2] == noun && g.g.services[l.Words[from-2].Stem] && l.Words[from-2].Stem != "servic" {
		return true // "the routing API from Northwind"
	}
	return from > 0 && adjacent(l.Sentence, from) && l.tags[from-1] == noun && !l.Words[from-1].Capital && g.g.makers[singularOf(l.form(from-1))]
}

// bracketed reports whether the name stands alone, or with what it is, in brackets after what is commonly bought: "the smart
// lock (Northwind)", "Cleaning (Northwind, contractor)".
func (g *gatherer) bracketed(l *line, from, to int) bool {
	if from == 0 || strings.TrimSpace(l.between(from)) != "(" {
		return false
	}
	rest := l.Text[l.Words[to-1].End:]
	if !strings.HasPrefix(rest, ")") && !strings.HasPrefix(rest, ",") && !strings.HasPrefix(rest, ";") {
		return false
	}
	if strings.HasPrefix(rest, ",") && to < len(l.Words) && g.g.makers[singularOf(l.form(to))] {
		return true
	}
	return g.outsourced(l, from-1)
}

// outsourced reports whether the word i is for what is commonly bought from others.
func (g *gatherer) outsourced(l *line, i int) bool {
	return g.g.outsourced[l.Words[i].Stem] || g.g.services[l.Words[i].Stem] || g.g.makers[singularOf(l.form(i))]
}

// labels reports whether the name is all that stands after the colon behind what is commonly bought: "Map tiles: Northwind."
func (g *gatherer) labels(l *line, from, to int) bool {
	if from == 0 || from > 3 || strings.TrimSpace(l.between(from)) != ":" || !g.outsourced(l, from-1) {
		return false
	}
	return to == len(l.Words) || !adjacent(l.Sentence, to)
}

// headedName reports whether a cell of a table holds nothing but the name, under a header for suppliers or sources.
func (g *gatherer) headedName(l *line, from, to int) bool {
	if l.Kind != document.TableRow {
		return false
	}
	at := 0
	for _, c := range l.Cells {
		start, end := at, min(at+len(reading.Words(c.Text)), len(l.Words))
		at = end
		if start == from {
			alone := to == end || strings.ContainsAny(l.between(to), "(,;")
			return alone && (g.headed(c, g.g.dependencyHeads) || camel(l.words(from, from+1)) && !g.record(l.words(from, from+1)) && g.headed(c, namedHeads))
		}
	}
	return false
}

// namedHeads are words, by stem, in headers of columns where data comes from or who does the work.
var namedHeads = headSet("source from to system via by with provider supplier owner tool destination service")

// freshName reports whether the word i, which stands where a capital says nothing, is no word that the engine or the document
// knows otherwise: it never stands in small letters.
func (g *gatherer) freshName(l *line, i int) bool {
	w := &l.Words[i]
	if !w.Capital || len(w.Form) < 4 || l.tags[i] == verb && strings.HasSuffix(w.Form, "ing") || g.own[w.Form] || g.g.closed[w.Form] != noun || i > 0 && adjacent(l.Sentence, i) && l.between(i) != " " {
		return false
	}
	_, isVerb := g.g.verbs[w.Stem]
	if isVerb && (g.g.inflected[w.Form] || w.Form == w.Stem) || g.g.things[w.Stem] || g.g.tails[w.Stem] || g.g.product[w.Stem] || g.g.services[w.Stem] || g.g.outsourced[w.Stem] || g.g.holders[w.Stem] || g.g.notNames[w.Form] || g.g.adjectives[w.Form] || g.g.generic[w.Form] || g.g.makers[singularOf(w.Form)] ||
		g.g.person(w) || abstractNoun(w.Form) || g.marked(l, i) || g.lexicon.known(w) || g.titles[w.Form] || strings.ToUpper(l.words(i, i+1)) == l.words(i, i+1) {
		return false
	}
	for _, at := range g.text.With(w.Stem) {
		if slices.ContainsFunc(g.text.Sentences[at].Words, func(o reading.Word) bool { return o.Form == w.Form && !o.Capital }) {
			return false
		}
	}
	return true
}

// partnerTitled reports whether the name opens a sentence that says what it does, under a title like "Insurance partner".
func (g *gatherer) partnerTitled(l *line, from, to int) bool {
	if from != 0 || to >= len(l.Words) || !strings.HasSuffix(l.form(to), "s") || l.form(to) == "is" {
		return false
	}
	if _, isVerb := g.g.verbs[l.Words[to].Stem]; !isVerb {
		return false
	}
	title := reading.Words(g.titleOf(l.Sentence))
	return len(title) > 0 && len(title) < 5 && g.g.makers[singularOf(title[len(title)-1].Form)]
}

// opensWith reports whether the word i stands where a capital says nothing: first of a sentence, cell or remark.
func (g *gatherer) opensWith(l *line, i int) bool {
	return i == 0 || !adjacent(l.Sentence, i)
}

// unowned takes the ending of a possessive off a name.
func unowned(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, "'s"), "’s")
}

// machine reports whether a system of one's own ends at the word i, where from is the first word of its name: "the badge gates"
// that something is taken from, "the phone bot" that does something.
func (g *gatherer) machine(l *line, i int) (from int, ok bool) {
	if !g.g.machines[l.Words[i].Stem] || l.tags[i] != noun || l.Words[i].Capital && i > 0 || i == 0 || !adjacent(l.Sentence, i) || i+1 < len(l.Words) && adjacent(l.Sentence, i+1) && l.tags[i+1] == noun {
		return 0, false
	}
	from = i
	for from > 0 && i-from < 2 && adjacent(l.Sentence, from) && (l.tags[from-1] == noun || l.tags[from-1] == adjective && !g.g.generic[l.form(from-1)]) && !possessive(l.Sentence, from-1) {
		from--
	}
	if from == i || g.g.person(&l.Words[i-1]) || g.noise(l, i) || g.namesThing(l, i, false) || g.g.product[l.Words[i-1].Stem] || g.own[l.form(i-1)] || notMachines[l.Words[i-1].Stem] {
		return 0, false
	}
	k := from - 1
	for k >= 0 && l.tags[k] == determiner {
		k--
	}
	if k >= 0 && adjacent(l.Sentence, k+1) && (l.tags[k] == preposition && l.form(k) != "of" && l.form(k) != "for" || l.tags[k] == toWord || l.tags[k] == verb && !strings.HasSuffix(l.form(k), "ed")) {
		return from, true
	}
	next := i + 1
	return from, from > 0 && l.tags[from-1] == determiner && next < len(l.Words) && adjacent(l.Sentence, next) && (l.tags[next] == verb || l.tags[next] == modal || l.breaking(next))
}

// notMachines are words before "model", "network" or "agent" that make something else of it.
var notMachines = headSet("business data pricing operating payment mental threat revenue social support sales role permission estate travel service delivery care customer billing field user wireless mobile home cost rate interaction")

// breaking is the auxiliary of "does not answer", "is down".
func (l *line) breaking(k int) bool { return l.tags[k] == auxiliary }

// christens remembers that a name is what the document calls a kind of service that stands right beside it: "the HR system
// (Northwind)", "Northwind, our payment partner". A kind with two names has none.
func (g *gatherer) christens(l *line, from, to int) {
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != dependencyTerm || m.entry.Capital || m.weak || strings.ContainsFunc(m.entry.Names[0], unicode.IsUpper) {
			continue
		}
		before := m.To == from && strings.TrimSpace(l.between(from)) == "("
		after := m.From > to && m.From <= to+2 && l.tags[to] == determiner && strings.HasPrefix(strings.TrimSpace(l.between(to)), ",")
		if !before && !after {
			continue
		}
		name := unowned(strings.Join(strings.Fields(l.words(from, to)), " "))
		if known, ok := g.calls[m.Term]; ok && known != name {
			name = ""
		}
		g.calls[m.Term] = name
	}
}
