package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// listed notes what stands in a list or table of things that the product relies on, whatever it is called, with the data that
// it is there for: "Meridian Mutual API for insurance quotes" under "Dependencies".
func (g *gatherer) listed(l *line) {
	from, to := 0, len(l.Words)
	switch {
	case l.Kind == document.TableRow:
		if from, to = g.cellUnder(l, g.g.dependencyHeads); to == from {
			return
		}
	case l.Kind == document.UserStory || !g.announces(g.titleOf(l.Sentence), g.g.dependencyTitles):
		return
	}
	for from < to {
		end := from
		for end < to && (end == from || !strings.ContainsAny(l.between(end), ",;:()—–.") || l.between(end) == ".") && !g.leads(l, end) {
			end++
		}
		if end == from {
			return // nothing here is a name: "… (Mapworks), with tiles"
		}
		p := g.listedAt(l, from, end)
		if p.name != "" {
			g.purpose(l, p, end, to)
		}
		if from = end; l.Kind != document.ListItem || end < to && !strings.Contains(l.between(end), ",") {
			if from = g.nextListed(l, end, to); from == 0 {
				return
			}
		}
	}
}

// nextListed is where the next thing of a list begins: after the bracket and comma that follow a name, 0 if prose follows.
func (g *gatherer) nextListed(l *line, from, to int) int {
	if l.Kind == document.Prose && from < to && l.form(from) == "for" {
		for k := from; k < to; k++ {
			if strings.Contains(l.between(k), ",") && l.Words[k].Capital {
				return k // "Postling for e-mail, Pushmate for push"
			}
		}
	}
	if l.Kind != document.ListItem || from >= to || !strings.Contains(l.between(from), "(") {
		return 0
	}
	for k := from; k < to; k++ {
		if strings.Contains(l.between(k), "),") {
			return k
		}
	}
	return 0
}

// leads reports whether the word i ends the name of what is relied on.
func (g *gatherer) leads(l *line, i int) bool {
	switch l.tags[i] {
	case preposition, clauseWord, modal, auxiliary, toWord, pronoun, conjunction:
		return true
	case verb:
		return l.form(i) != "push" && !l.Words[i].Capital && !(l.Kind == document.TableRow && i > 0 && l.tags[i-1] == noun && strings.HasSuffix(l.form(i), "ing"))
	}
	return false
}

// listedAt notes the words from..to as a dependency, unless a known one stands in them.
func (g *gatherer) listedAt(l *line, from, to int) party {
	if d := g.dependencyAt(l, from, to); d != nil {
		return party{name: d.Name, dependency: d}
	}
	for from < to && (l.tags[from] == determiner || l.tags[from] == number || g.g.generic[l.form(from)] || strings.HasSuffix(l.form(from), "ing") && l.tags[from] == verb) {
		from++
	}
	if to-from > 5 || to <= from || l.tags[to-1] != noun && !(l.Kind == document.TableRow && l.Words[to-1].Capital) || g.somebodyAt(l, to-1) || l.Kind != document.TableRow && len(l.marked(assetTerm, from, to)) > 0 && !g.g.services[l.Words[to-1].Stem] && !g.g.product[l.Words[to-1].Stem] {
		return party{}
	}
	if w := &l.Words[to-1]; g.own[w.Form] || to-from == 1 && (g.g.notNames[w.Form] || strings.HasSuffix(w.Form, "ing") || g.g.things[w.Stem] || g.g.product[w.Stem] || g.g.services[w.Stem] || !w.Capital) || strings.ContainsAny(l.words(from, to), "/_{}") {
		return party{}
	}
	if inBrackets := strings.Contains(l.between(to), "("); inBrackets && g.dependencyAt(l, to, min(to+3, len(l.Words))) != nil {
		return party{} // "positioning vendor (TriangleWorks)"
	}
	kind := "vendor"
	switch next := l.form(to); {
	case strings.Contains(l.between(to), "(") && (next == "internal" || next == "ours"), l.form(from) == "internal", l.form(from) == "our", l.form(from) == "account":
		kind = "internal"
	}
	name := l.words(from, to)
	if to-from > 1 && !strings.ContainsFunc(name[1:], isUpper) {
		name = lowered(name)
	}
	d := g.service(l, "?"+strings.ToLower(name), name, kind, nil)
	d.unsure = false
	if to-from > 1 {
		g.suffixes[l.words(to-1, to)] = d
	}
	return party{name: d.Name, dependency: d}
}

func isUpper(r rune) bool { return r >= 'A' && r <= 'Z' }

// purpose notes the data that something relied on is there for: "Stripe for cards and payouts".
func (g *gatherer) purpose(l *line, p party, from, to int) {
	start, _, ok := after(l, from, min(to, from+4), "for")
	if !ok && from < to && strings.ContainsAny(l.between(from), ":–—") {
		start, ok = from, true // "Company register: legal form and seat"
	}
	if !ok {
		return
	}
	end := start
	for end < to && l.tags[end] != preposition && l.tags[end] != clauseWord && l.tags[end] != verb && !ends(l.between(end)) {
		end++
	}
	data := g.dataIn(l, start, end)
	switch {
	case len(data) == 0:
	case l.has("read") || l.has("provides") || l.has("from") || l.has("source"):
		g.flow(l, p, product, "provides", data)
	default:
		g.flow(l, product, p, "sends", data)
	}
}

// cellUnder returns the words of the row's cell under one of the headers.
func (g *gatherer) cellUnder(l *line, heads map[string]bool) (from, to int) {
	col := slices.IndexFunc(l.Cells, func(c document.Cell) bool { return g.headed(c, heads) })
	if col < 0 {
		return 0, 0
	}
	for _, c := range l.Cells[:col+1] {
		from, to = to, min(to+len(reading.Words(c.Text)), len(l.Words))
	}
	return from, to
}
