package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// Notes and lists tell flows without a verb: "reminder mail to the owner", "Sign-up: name, phone", a list of fields under
// "The customer sees".

// terse notes the flows of a sentence in which no verb told any.
func (g *gatherer) terse(l *line) {
	if g.flowed == l.Num || l.Stance.Negated || !slices.ContainsFunc(l.marks, func(m mark) bool { return m.Class == assetTerm && !m.weak }) {
		return
	}
	if g.fields(l); g.flowed == l.Num {
		return
	}
	if g.ledByNouns(l); g.flowed == l.Num {
		return
	}
	if g.through(l); g.flowed == l.Num || l.Kind == document.TableRow {
		return
	}
	g.beside(l)
}

// beside notes what goes to or comes from the only service that a sentence names beside data.
func (g *gatherer) beside(l *line) {
	var d *dependencyFact
	at := 0
	for k := range l.Words {
		x := g.dependencyAt(l, k, k+1)
		if x == nil || x == d {
			continue
		}
		if d != nil {
			return
		}
		d, at = x, k
	}
	if d == nil || l.Stance.Denies(at) || g.carriesOnly(l, d) && !l.has("send") {
		return
	}
	p := party{name: d.Name, dependency: d}
	data := g.noted(l, 0, len(l.Words))
	if at > 0 && l.form(at-1) == "from" || at > 1 && l.form(at-2) == "from" {
		g.flow(l, p, product, "provides", data)
		return
	}
	g.flow(l, product, p, "sends", data)
}

// ledByNouns reads a preposition that leads from data to somebody: "4-digit code from the customer".
func (g *gatherer) ledByNouns(l *line) {
	for k := 1; k+1 < len(l.Words); k++ {
		lead := l.form(k)
		if lead != "to" && lead != "from" || l.tags[k] != preposition && l.tags[k] != toWord || l.tags[k+1] == verb || l.Stance.Denies(k) {
			continue
		}
		data := g.dataBefore(l, k)
		if len(data) == 0 {
			continue
		}
		p := g.partyIn(l, k+1, l.phraseEnd(k+1))
		switch {
		case p.name == "" || p.name == theProduct:
		case lead == "from":
			g.flow(l, p, product, "provides", data)
		default:
			g.flow(l, product, p, "sends", data)
		}
	}
}

// phraseEnd is where the noun phrase ends that begins at the word k.
func (l *line) phraseEnd(k int) int {
	end := k
	for end < len(l.Words) && end < k+6 && (end == k || adjacent(l.Sentence, end)) && (l.tags[end] == noun || l.tags[end] == determiner || l.tags[end] == adjective || l.tags[end] == number) {
		end++
	}
	return end
}

// dataBefore returns the data named shortly before the word k, with no verb between that would say something else of it.
func (g *gatherer) dataBefore(l *line, k int) []*assetFact {
	const reach = 7
	from := k
	for from > 0 && k-from < reach && !ends(l.between(from)) && l.tags[from-1] != modal && l.tags[from-1] != auxiliary && l.tags[from-1] != clauseWord && (l.tags[from-1] != verb || strings.HasSuffix(l.form(from-1), "ed")) {
		from--
	}
	return g.noted(l, from, k)
}

// through notes what goes to a service that is named beside data: "bank transfer through Northwind", "checks by Northwind".
func (g *gatherer) through(l *line) {
	for k := 0; k < len(l.Words); k++ {
		switch l.form(k) {
		case "through", "via", "over", "by", "using", "with":
		default:
			continue
		}
		if l.Stance.Denies(k) || k+1 == len(l.Words) {
			continue
		}
		d := g.dependencyAt(l, k+1, l.phraseEnd(k+1))
		if d == nil {
			continue
		}
		left, right := k, k
		for left > 0 && !ends(l.between(left)) {
			left--
		}
		for right < len(l.Words) && !ends(l.between(right)) {
			right++
		}
		g.flow(l, product, party{name: d.Name, dependency: d}, "sends", g.noted(l, left, right))
		return
	}
}

// fields reads a list of data, without a verb of its own, by what leads into it: a label, the item above or the title.
func (g *gatherer) fields(l *line) {
	if l.Kind == document.TableRow {
		return
	}
	start := l.label()
	if l.moving(start) {
		return
	}
	data := g.noted(l, start, len(l.Words))
	if len(data) < 2 {
		return
	}
	way, who := 0, party{}
	if start > 0 {
		way, who = g.way(l, start)
	}
	if way == 0 && l.lead != nil {
		way, who = g.way(l.lead, len(l.lead.Words))
	}
	if way == 0 && l.lead == nil {
		way, who = g.titleWay(l)
	}
	if way == 0 {
		return
	}
	if who.name == "" || who.name == theProduct {
		if who = l.subject; who.actor == nil {
			who = g.you(l)
		}
	}
	if way < 0 {
		g.flow(l, who, product, "provides", data)
	} else {
		g.flow(l, product, who, "shows", data)
	}
}

// label is where the text begins after a label like "Sign up:", 0 if there is none.
func (l *line) label() int {
	for k := 1; k < min(5, len(l.Words)); k++ {
		if strings.ContainsAny(l.between(k), ":–—") {
			return k
		}
	}
	return 0
}

// moving reports whether a verb that moves data, or a modal, stands in the words from on: then it is no list of fields.
func (l *line) moving(from int) bool {
	for k := from; k < len(l.Words); k++ {
		if l.tags[k] == modal || l.tags[k] == auxiliary || l.tags[k] == verb && !strings.HasSuffix(l.form(k), "ed") && !strings.HasSuffix(l.form(k), "ing") {
			return true
		}
	}
	return false
}

// way tells what the first words of a line say of the data that follows: -1 if somebody gives it, 1 if somebody gets it, 0 if
// they do not say; and who that is.
func (g *gatherer) way(l *line, to int) (int, party) {
	who := g.partyIn(l, 0, to)
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != flowTerm || m.From >= to || !l.predicate(m) || l.Stance.Denies(m.From) {
			continue
		}
		switch m.entry.Direction {
		case "sees", "receives", "shows", "exports", "tells", "sends":
			return 1, who
		case "gives", "collects", "proves":
			return -1, who
		}
	}
	for k := 0; k < to; k++ {
		switch {
		case giveHeads[l.Words[k].Stem]:
			return -1, who
		case seeHeads[l.Words[k].Stem]:
			return 1, who
		}
	}
	return 0, who
}

// titleWay is way of the section's title.
func (g *gatherer) titleWay(l *line) (int, party) {
	for _, stem := range reading.Stems(g.titleOf(l.Sentence)) {
		switch {
		case giveHeads[stem]:
			return -1, party{}
		case seeHeads[stem]:
			return 1, party{}
		}
	}
	return 0, party{}
}

// Words, by stem, for places where people give or get data.
var (
	giveHeads = headSet("signup sign-up registration register enrolment enrol onboarding form questionnaire application apply checkout submission intake")
	seeHeads  = headSet("dashboard screen board digest notification email e-mail receipt view overview profile export csv printout offer summary preview")
)

// titleSubject is who the title above a sentence names, if it is short and names somebody at its end: "Dispatch desk" above
// "Sees all couriers live".
func (g *gatherer) titleSubject(l *line) party {
	if len(l.Words) < 2 || l.tags[0] != verb && l.tags[0] != modal || l.tags[0] == verb && !strings.HasSuffix(l.form(0), "s") {
		return party{}
	}
	words := reading.Words(g.titleOf(l.Sentence))
	if len(words) == 0 || len(words) > 4 {
		return party{}
	}
	name := strings.ToLower(g.titleOf(l.Sentence)[words[0].Start:words[len(words)-1].End])
	for _, key := range []string{name, singularOf(name), singularOf(words[len(words)-1].Form)} {
		if a := g.actors[key]; a != nil {
			return party{name: a.Name, actor: a}
		}
		if e := g.lexicon.entry(actorTerm, key); e != nil && slices.Contains(e.Names, key) {
			a := g.somebody(l, key, key, e.Kind, false)
			return party{name: a.Name, actor: a}
		}
	}
	return party{}
}
