package rules

import (
	"strings"
)

// gets notes data that the subject gets from somebody.
func (g *gatherer) gets(l *line, c clause, subject party, data []*assetFact) {
	from := g.ledTo(l, c, "from")
	if from.name == "" && !c.passive {
		from = g.fronted(l, c)
	}
	if c.verb.has("receives") {
		if from.name == "" {
			from = product
		}
		if !c.passive {
			g.flow(l, from, subject, "sends", data)
		}
		return
	}
	switch {
	case subject.name != theProduct && !c.passive:
		if from.name == "" {
			from = product
		}
		g.flow(l, from, subject, "provides", data)
		return
	case from.name == "":
		if d := g.dependencyAt(l, c.verb.To, c.right); d != nil {
			from = party{name: d.Name, dependency: d}
		}
	}
	if from.name != theProduct {
		g.flow(l, from, product, "provides", data)
	}
}

// fronted is the source that a clause begins with: "From the register we get the name".
func (g *gatherer) fronted(l *line, c clause) party {
	if start, end, ok := after(l, c.left, c.verb.From, "from"); ok && start == c.left+1 {
		if p := g.recipient(l, start, end); p.name != "" {
			return p
		}
		return g.anybody(l, start, end)
	}
	return party{}
}

// proves notes the data by which somebody shows who he is.
func (g *gatherer) proves(l *line, c clause, subject party) {
	who := subject
	if c.passive {
		who = g.passiveSubject(l, c)
	} else if who.name == theProduct {
		who = g.you(l)
	}
	data := g.dataIn(l, c.verb.To, c.right)
	if len(data) == 0 {
		names, _ := g.list(l, c.verb.To, c.right)
		for _, n := range names {
			if a := g.unknown(l, n, true, false); a != nil {
				data = append(data, a)
			}
		}
	}
	to := product
	if d := g.dependencyAt(l, c.verb.To, c.right); d != nil {
		to = party{name: d.Name, dependency: d}
	}
	if who.actor != nil || who.name == reader {
		g.flow(l, who, to, "provides", data)
	}
}

// takesIn notes data that people put in, or that the product takes from them.
func (g *gatherer) takesIn(l *line, c clause, subject party, data []*assetFact) {
	if from := g.led(l, c, "from"); from.name != "" && from.name != theProduct {
		to := product
		if subject.dependency != nil {
			to = subject
		}
		g.flow(l, from, to, "provides", data)
		return
	}
	if c.verb.has("collects") {
		g.asks(l, c, subject, data)
		return
	}
	action := third(c.verb.entry.Names[0])
	switch {
	case c.passive && c.verb.Term == "give" && !l.led(c, "by", "to") && g.passiveSubject(l, c).name != "" && len(g.noted(l, c.verb.To, c.right)) > 0:
		g.flow(l, product, g.passiveSubject(l, c), "sends", g.noted(l, c.verb.To, c.right)) // "the insurer is given the reading"
	case subject.name != "" && subject.name != theProduct && subject.dependency == nil:
		to := g.led(l, c, "to", "into", "in")
		if to.dependency == nil {
			to = product
		}
		g.flow(l, subject, to, action, data)
	case subject.dependency != nil && (l.form(c.verb.To) == "us" || len(data) > 0 && !c.passive):
		g.flow(l, subject, product, "provides", data)
	case c.passive && l.subject.actor != nil && !l.led(c, "by"):
		g.flow(l, l.subject, product, action, data)
	case c.passive && !l.led(c, "by", "to"):
		who := g.ownerOf(l, c.left, c.verb.From)
		if who.name == "" {
			who = g.you(l)
		}
		g.flow(l, who, product, action, data)
	case !c.passive && l.commands(c):
		g.flow(l, g.you(l), product, action, data)
	}
}

// commands reports whether nobody stands before the verb: "Pick a date, type in your number".
func (l *line) commands(c clause) bool {
	k := c.verb.From - 1
	for k >= 0 && (l.tags[k] == conjunction || l.tags[k] == adverb) {
		k--
	}
	return k < 0 || ends(l.between(k+1)) || strings.ContainsAny(l.between(k+1), ",(")
}

// led reports whether one of the words stands after the clause's verb.
func (l *line) led(c clause, leads ...string) bool {
	_, _, ok := after(l, c.verb.To, c.right, leads...)
	return ok
}

// asks notes data that the product, or somebody, asks for.
func (g *gatherer) asks(l *line, c clause, subject party, data []*assetFact) {
	who := g.addressed(l, c)
	if len(data) == 0 {
		data = g.dataIn(l, c.verb.To, c.right)
	}
	if who.name == "" {
		who = g.ownerOf(l, c.verb.To, c.right)
	}
	switch {
	case subject.actor != nil && who.name == "" && (c.verb.Term == "ask_for" || c.verb.Term == "request" || c.verb.Term == "need"):
		g.flow(l, product, subject, "sends", data) // "the operator can request the values"
	case subject.actor != nil && subject.zone() != "inside" && who.name == "":
		g.flow(l, subject, product, "provides", data) // "the courier captures the signature"
	case subject.actor != nil && who.actor != nil && who.actor != subject.actor && c.verb.Term == "need":
		g.flow(l, who, product, "provides", data) // "players under 13 need a parent's address"
	case subject.actor != nil && who.actor != nil && who.actor != subject.actor:
		g.flow(l, who, subject, "provides", data)
	case subject.actor != nil:
		g.flow(l, subject, product, third(c.verb.entry.Names[0]), data)
	case who.actor != nil:
		g.flow(l, who, product, "provides", data)
	}
}

// ownerOf is whose data the words from..to name: "the donor's bank details".
func (g *gatherer) ownerOf(l *line, from, to int) party {
	for _, m := range l.marked(actorTerm, from, to) {
		if possessive(l.Sentence, m.To-1) && !m.has("hostile") {
			a := g.actor(l, m)
			return party{name: a.Name, actor: a}
		}
	}
	for k := from; k < to; k++ {
		if possessive(l.Sentence, k) && g.g.person(&l.Words[k]) && !g.noise(l, k) {
			name := singularOf(strings.TrimSuffix(strings.TrimSuffix(l.form(k), "'s"), "’s"))
			if a := g.actors[name]; a != nil {
				return party{name: a.Name, actor: a}
			}
			if e := g.lexicon.entry(actorTerm, name); e != nil {
				a := g.somebody(l, name, name, e.Kind, false)
				return party{name: a.Name, actor: a}
			}
		}
	}
	return party{}
}

// takesOut notes data that somebody sees or takes away.
func (g *gatherer) takesOut(l *line, c clause, subject party, data []*assetFact) {
	to, action := g.led(l, c, "to", "into"), "shows"
	if c.verb.has("exports") {
		to, action = g.led(l, c, "to", "into", "for"), "exports"
	}
	switch {
	case to.dependency != nil && action == "exports", to.actor != nil && to.zone() != "inside":
		g.flow(l, product, to, action, data)
	case subject.dependency != nil && action == "shows":
		g.flow(l, product, subject, "sends", data) // "is read by an OCR service"
	case subject.name != theProduct:
		g.flow(l, product, subject, action, data)
	}
}
