package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// table reads a row of a table by the words of its headers.
func (g *gatherer) table(l *line) {
	if len(l.Cells) == 2 && len(l.Words) > 0 && g.g.metaRows[l.Words[0].Stem] {
		return // about the document itself
	}
	if header := !slices.ContainsFunc(l.Cells, func(c document.Cell) bool { return c.Text != c.Header }); header {
		return
	}
	at := 0
	var who *actorFact
	for _, c := range l.Cells {
		from, to := at, at
		words := len(reading.Words(c.Text))
		to = min(from+words, len(l.Words))
		at = to
		switch {
		case reading.Forbids(c.Header):
			g.things(l, from, to, false)
			if who != nil {
				g.refused(who, c, l.Num)
			}
			continue
		case g.headed(c, g.g.actorHeads), doerHeads[strings.ToLower(strings.TrimSpace(c.Header))] && len(g.partiesIn(l, from, to)) > 0:
			if a := g.cellActor(l, from, to); a != nil {
				who, a.firm = a, true
			}
		case g.headed(c, g.g.dataHeads) && !g.headed(c, g.g.notData) || g.headed(c, seenHeads):
			g.cellData(l, from, to)
		default:
			g.things(l, from, to, false)
		}
		if who != nil && !g.headed(c, g.g.actorHeads) {
			g.cellRight(who, c, l.Num)
		}
	}
	l.who = who
	g.relied(l)
	if !g.route(l) {
		g.listed(l)
		g.rowFlows(l)
	}
	g.moves(l)
	g.rights(l)
	if who == nil {
		g.people(l)
	}
}

// doerHeads are whole headers of columns for who takes a step.
var doerHeads = map[string]bool{"by": true, "who does it": true, "done by": true, "by whom": true}

// seenHeads are words, by stem, in headers of what somebody may see: "Can see", "Gets".
var seenHeads = map[string]bool{"see": true, "sees": true, "view": true, "receiv": true, "get": true, "visibl": true}

// headed reports whether the header of a cell has one of the words. One that forbids has none.
func (g *gatherer) headed(c document.Cell, words map[string]bool) bool {
	if reading.Forbids(c.Header) {
		return false
	}
	for _, s := range g.headStems(c.Header) {
		if words[s] {
			return true
		}
	}
	return false
}

// maxHeads bounds how many headers' stems are kept: a table asks for the same ones in every row.
const maxHeads = 1 << 12

// headStems returns the stems of a header's words.
func (g *gatherer) headStems(header string) []string {
	stems, known := g.heads[header]
	if !known {
		stems = reading.Stems(header)
		if len(g.heads) < maxHeads {
			g.heads[header] = stems
		}
	}
	return stems
}

// cellActor notes the actor of a cell under a header like "Role".
func (g *gatherer) cellActor(l *line, from, to int) *actorFact {
	var found *actorFact
	for _, m := range l.marked(actorTerm, from, to) {
		if a := g.actor(l, m); found == nil {
			found = a
		}
	}
	for k := from + 1; k < to; k++ {
		if strings.Contains(l.between(k), "(") {
			to = k // "Transport (Northwind)"
		}
	}
	if found == nil && to-from >= 1 && to-from <= 3 && l.tags[to-1] == noun && !g.marked(l, to-1) && !g.g.things[l.Words[to-1].Stem] && !g.g.product[l.Words[to-1].Stem] && !g.g.tails[l.Words[to-1].Stem] {
		name := actorName(l, from, to)
		found = g.somebody(l, "?"+strings.ToLower(name), name, "user", false)
	}
	return found
}

// cellData notes the assets of a cell under a header like "Data"; a short cell that the lexicon does not know is one itself.
func (g *gatherer) cellData(l *line, from, to int) {
	for k := from; k < to; k++ {
		if form := l.form(k); l.tags[k] == verb && !strings.HasSuffix(form, "ed") && !strings.HasSuffix(form, "ing") {
			l.tags[k] = noun // "grade", "cost": names stand here, no sentences
		}
	}
	g.things(l, from, to, true)
	l.names = true
	for _, n := range g.lists(l, from, to) {
		g.unknown(l, n, true, true)
	}
	l.names = false
}

// cellRight notes what a cell beside a role says that it may do: a sentence, or a yes under "Export".
func (g *gatherer) cellRight(a *actorFact, c document.Cell, num int) {
	text := strings.TrimSpace(c.Text)
	if text == "" || reading.RefusedCell(text) {
		return
	}
	switch strings.ToLower(strings.Trim(text, ".!*_ ")) {
	case "yes", "y", "x", "✓", "✔", "✔️", "☑", "✅", "true", "full", "allowed":
		if c.Header != "" {
			g.privilege(a, "can "+lowered(c.Header), num)
		}
		return
	}
	for _, stem := range g.headStems(c.Header) {
		switch stem {
		case "can", "permiss", "access", "may", "right", "privileg", "allow", "abil", "action", "capabl", "see":
			g.privilege(a, "can "+lowered(strings.TrimPrefix(strings.TrimPrefix(text, "Can "), "can ")), num)
			return
		}
	}
}

// refused notes as a safeguard that a role has no right to what stands in a cell under "May not".
func (g *gatherer) refused(who *actorFact, c document.Cell, num int) {
	text := strings.TrimRight(lowered(strings.TrimSpace(c.Text)), ".; ")
	if len(reading.Words(text)) == 0 || reading.RefusedCell(text) {
		return
	}
	s := safeguardFact{section: g.text.Sentences[num-1].Section, Safeguard: proposal.Safeguard{Text: who.Name + " cannot " + text, Kind: "least privilege", Confidence: "high"}}
	evidence(&s.Evidence, num)
	if !g.stated[s.Text] {
		g.stated[s.Text] = true
		g.safeguards = append(g.safeguards, s)
	}
}
