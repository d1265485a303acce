package rules

import (
	"slices"
	"strings"
)

// moves notes what happens to data in a sentence: flows, and the states of assets.
func (g *gatherer) moves(l *line) {
	l.subject = g.leadSubject(l)
	for _, c := range g.clauses(l) {
		if l.Stance.Denies(c.verb.From) {
			continue
		}
		g.move(l, c)
	}
	if l.subject.name == "" {
		l.subject = g.partyIn(l, 0, len(l.Words))
	}
}

// move reads one clause.
func (g *gatherer) move(l *line, c clause) {
	subject := g.subjectOf(l, c)
	var data []*assetFact
	if c.passive {
		data = g.object(l, c, c.left, c.subject)
		if len(data) == 0 && strings.Contains(l.words(c.left, c.subject), "which") {
			data = l.data
		}
	} else {
		data = g.object(l, c, c.verb.To, g.objectEnd(l, c))
	}
	if c.verb.has("goes") {
		if to := g.led(l, clause{verb: &mark{To: max(0, c.verb.To-1)}, right: c.right}, "to", "into", "in", "at"); to.name != "" {
			g.flow(l, product, to, "sends", g.object(l, c, c.left, c.verb.From))
		}
		return
	}
	if by, end, ok := after(l, c.verb.To, c.right, "by"); ok && c.passive {
		if p := g.partyIn(l, by, end); p.name != "" {
			subject = p
		} else {
			subject = product
		}
	} else if c.passive {
		subject = product
	}
	if through, end, ok := after(l, c.verb.To, c.right, "via", "through", "using", map[bool]string{true: "via", false: "by"}[c.passive]); ok {
		if d := g.dependencyAt(l, through, end); d != nil {
			if subject.actor == nil {
				g.roleFrom(d, c.verb.entry.Names[0], data)
			}
			g.flow(l, product, party{name: d.Name, dependency: d}, "sends", data)
		}
	}
	g.direct(l, c, subject, data)
	if subject.name != "" {
		l.subject = subject
	}
}

// direct notes the flows of a clause by its verb's direction.
func (g *gatherer) direct(l *line, c clause, subject party, data []*assetFact) {
	switch c.verb.entry.Direction {
	case "sends", "shares":
		g.sends(l, c, subject, data)
	case "gives", "collects":
		if to := g.led(l, c, "to", "into"); to.dependency != nil && (c.passive || subject.actor == nil) {
			g.flow(l, product, to, "sends", data)
			break
		}
		g.takesIn(l, c, subject, data)
	case "receives", "fetches":
		g.gets(l, c, subject, data)
	case "tells", "shows":
		g.tells(l, c, subject, data)
	case "sees", "exports":
		g.takesOut(l, c, subject, data)
	case "syncs":
		if to := g.led(l, c, "with", "to", "between"); to.dependency != nil {
			g.roleFrom(to.dependency, "exchange", data)
			g.flow(l, product, to, "sends", data)
		}
	case "stores":
		if to := g.led(l, c, "in", "on", "at", "with"); to.dependency != nil {
			g.roleFrom(to.dependency, "store", data)
			g.flow(l, product, to, "stores", data)
			break
		}
		g.worksOn(l, c, subject, data)
	case "processes":
		g.worksOn(l, c, subject, data)
	}
}

// worksOn notes that a dependency stores or processes data: it must have got it.
func (g *gatherer) worksOn(l *line, c clause, subject party, data []*assetFact) {
	if subject.dependency != nil {
		g.roleFrom(subject.dependency, c.verb.entry.Names[0], data)
		g.flow(l, product, subject, "sends", data)
	}
}

// gets notes data that the subject gets from somebody.
func (g *gatherer) gets(l *line, c clause, subject party, data []*assetFact) {
	from := g.led(l, c, "from")
	if c.verb.has("receives") {
		if from.name == "" {
			from = product
		}
		if !c.passive {
			g.flow(l, from, subject, "sends", data)
		}
		return
	}
	if from.name == "" {
		if d := g.dependencyAt(l, c.verb.To, c.right); d != nil {
			from = party{name: d.Name, dependency: d}
		}
	}
	if from.dependency != nil || from.actor != nil {
		g.flow(l, from, product, "provides", data)
	}
}

// tells notes data that somebody is told or shown.
func (g *gatherer) tells(l *line, c clause, subject party, data []*assetFact) {
	if c.verb.has("tells") {
		to := g.partyIn(l, c.verb.To, c.right)
		if c.passive {
			to, data = g.partyIn(l, c.left, c.verb.From), g.dataIn(l, c.verb.To, c.right)
		}
		if to.actor != nil {
			g.flow(l, product, to, "sends", data)
		}
		return
	}
	to := g.led(l, c, "to")
	if to.name == "" && !c.passive {
		to = g.partyIn(l, c.verb.To, min(c.verb.To+4, c.right))
	}
	if to.actor != nil {
		g.flow(l, g.source(subject), to, "shows", data)
	}
}

// source is the party that shows or sends: a person shows nothing by himself, the product does.
func (g *gatherer) source(p party) party {
	if p.dependency != nil {
		return p
	}
	return product
}

func (g *gatherer) sends(l *line, c clause, subject party, data []*assetFact) {
	to := g.led(l, c, "to", "with", "into", "at")
	if to.name == "" && !c.passive {
		if p := g.partyIn(l, c.verb.To, min(c.verb.To+4, c.right)); p.actor != nil {
			to = p // "sends the customer a receipt"
		}
	}
	if to.name == "" {
		to = g.addressee(l, c)
	}
	switch {
	case to.name == "" && subject.dependency != nil:
		g.roleFrom(subject.dependency, c.verb.entry.Names[0], data)
		g.flow(l, product, subject, "sends", data)
	case to.name == "":
		if from := g.led(l, c, "from"); from.dependency != nil {
			g.flow(l, from, product, "provides", data)
		} else if subject.actor != nil && subject.zone() != "inside" && !c.passive {
			g.flow(l, subject, product, third(c.verb.entry.Names[0]), data)
		}
	default:
		all := g.allLed(l, c, "to", "with", "into", "at")
		if len(all) == 0 {
			all = []party{to}
		}
		for _, to := range all {
			g.flow(l, subject, to, third(c.verb.entry.Names[0]), data)
		}
	}
}

// addressee is who gets what is sent to an address, a number or by a link, where nobody is named: whose address it is, or
// whoever holds it.
func (g *gatherer) addressee(l *line, c clause) party {
	start, end, ok := after(l, c.verb.To, c.right, "to", "by", "as", "via")
	for ok {
		for i := start; i < end; i++ {
			switch singularOf(l.form(i)) {
			case "link", "url":
				if l.form(i+1) == "to" {
					continue
				}
				return party{name: "whoever has the link", actor: g.somebody(l, "?link", "whoever has the link", "anonymous", true)}
			case "address", "email", "e-mail", "mail", "number", "inbox", "sms":
				if to := g.contact(l, start, c.right, i); to.name != "" {
					return to
				}
			}
		}
		start, end, ok = after(l, start, c.right, "to", "by", "as", "via")
	}
	return party{}
}

// contact is who stands behind an address or number in the words from..to: the one whose data was just spoken of, or anybody.
func (g *gatherer) contact(l *line, from, to, at int) party {
	for i := from; i < to; i++ {
		switch l.form(i) {
		case "any", "another", "external", "other", "different":
			return party{name: "recipient", actor: g.somebody(l, "recipient", "recipient", "anonymous", true)}
		}
	}
	if l.form(at) == "address" && !slices.Contains([]string{"email", "mail"}, l.form(at-1)) {
		return party{}
	}
	switch {
	case l.subject.actor != nil:
		return l.subject
	case g.last != nil && g.last.subject.actor != nil:
		return g.last.subject
	}
	return party{}
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
	action := third(c.verb.entry.Names[0])
	switch {
	case subject.actor != nil:
		to := g.led(l, c, "to", "into", "in")
		if to.dependency == nil {
			to = product
		}
		g.flow(l, subject, to, action, data)
	case subject.dependency != nil:
		g.flow(l, product, subject, "sends", data)
	case c.verb.has("collects"):
		if who := g.partyIn(l, c.verb.To, c.right); who.actor != nil {
			g.flow(l, who, product, "provides", data)
		}
	}
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
	case subject.actor != nil:
		g.flow(l, product, subject, action, data)
	}
}
