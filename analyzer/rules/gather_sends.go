package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
)

// tells notes data that somebody is told: by the product, or by the one who emails, texts or calls.
func (g *gatherer) tells(l *line, c clause, subject party, data []*assetFact) {
	to := g.ledTo(l, c, "to")
	switch {
	case to.name != "":
	case c.passive:
		to, data = g.passiveSubject(l, c), g.dataIn(l, c.verb.To, c.right)
	default:
		to = g.addressed(l, c)
		data = g.dataIn(l, c.verb.To, c.right)
	}
	if to.name != "" && to.dependency == nil {
		g.flow(l, subject, to, third(c.verb.entry.Names[0]), data)
	}
}

// passiveSubject is who a passive verb is done to: "the teacher is told".
func (g *gatherer) passiveSubject(l *line, c clause) party {
	if p := g.recipient(l, g.subjectStart(l, c), c.subject); p.name != "" {
		return p
	}
	if p := g.nearest(l, c.left, c.subject); p.name != "" || l.Kind != document.UserStory {
		return p
	}
	return l.subject // "as a patient, I want to be told"
}

// shows notes data that somebody is shown.
func (g *gatherer) shows(l *line, c clause, subject party, data []*assetFact) {
	to := g.ledTo(l, c, "to", "for")
	switch {
	case to.name != "":
	case c.passive:
		to = g.passiveSubject(l, c)
		if to.actor != nil {
			data = g.dataIn(l, c.verb.To, c.right) // "the visitor is shown the name"
		}
	default:
		to = g.addressed(l, c)
	}
	if to.name == "" && !c.passive {
		to = g.viewer(l, c)
	}
	if to.name == "" && !c.passive && subject.name == theProduct && c.verb.Term != "include" {
		if to = g.you(l); g.last != nil && g.last.subject.actor != nil {
			to = g.last.subject // "The driver gets a link. The page shows the code."
		}
		data = g.noted(l, c.verb.To, c.right)
	}
	if to.actor == nil && to.name != reader {
		return
	}
	g.flow(l, g.source(subject), to, "shows", data)
	for _, p := range g.allLed(l, c, "to") {
		if p.actor != nil && p.actor != to.actor {
			g.flow(l, g.source(subject), p, "shows", data) // "is shown to the parent and the teacher"
		}
	}
}

// viewer is who looks at what shows something: "the driver's tablet shows the names".
func (g *gatherer) viewer(l *line, c clause) party {
	for _, m := range l.marked(actorTerm, max(c.left, c.verb.From-4), c.verb.From) {
		if possessive(l.Sentence, m.To-1) && g.holds(l, m.To) && !m.has("hostile") {
			a := g.actor(l, m)
			return party{name: a.Name, actor: a}
		}
	}
	return party{}
}

// addressed is who stands right after the verb: "sends the customer a receipt", "texts them the code".
func (g *gatherer) addressed(l *line, c clause) party {
	end := c.verb.To
	for end < min(c.verb.To+5, c.right) && l.tags[end] != preposition && l.tags[end] != toWord {
		end++
	}
	if c.verb.has("shows") && strings.Contains(l.between(l.listedAfter(c.verb.To, end)), ",") {
		return party{} // "shows restaurant, pay, street": one of the things that are shown
	}
	if p := g.partyIn(l, c.verb.To, end); p.actor != nil || p.name == reader {
		return p
	}
	if k := c.verb.To; (c.verb.has("tells") || c.verb.has("sends")) && k < end && l.tags[k] == determiner {
		for k++; k < end && l.tags[k] == noun; k++ {
		}
		if k < end && l.tags[k] == determiner {
			return g.anybody(l, c.verb.To, k) // "tells the hub each opening"
		}
	}
	return party{}
}

// source is the party that shows or sends: a person shows nothing by himself, the product does.
func (g *gatherer) source(p party) party {
	if p.dependency != nil {
		return p
	}
	return product
}

// sends notes data that somebody is sent.
func (g *gatherer) sends(l *line, c clause, subject party, data []*assetFact) {
	leads := []string{"to", "into", "at"}
	if c.verb.has("shares") {
		leads = append(leads, "with")
	}
	to := g.ledTo(l, c, leads...)
	switch {
	case to.name == "" && !c.passive:
		to = g.addressed(l, c)
	case to.name == "" && len(data) == 0:
		if to = g.passiveSubject(l, c); to.actor == nil { // "parents are sent a message"
			to = party{}
		}
		data = g.noted(l, c.verb.To, c.right)
	}
	if to.name == "" {
		to = g.addressee(l, c)
	}
	switch {
	case to.name == "" && g.public(l, c):
		g.flow(l, product, party{name: "public", actor: g.somebody(l, "public", "public", "anonymous", true)}, "publishes", data)
	case to.name == "" && subject.dependency != nil && !(c.passive && subject.dependency.entry == nil) && !g.carriesOnly(l, subject.dependency):
		g.flow(l, subject, product, "provides", data)
	case to.name == "" && subject.dependency != nil:
		g.roleFrom(subject.dependency, c.verb.entry.Names[0], data)
		g.flow(l, product, subject, "sends", data)
	case to.name == "":
		if from := g.led(l, c, "from"); from.dependency != nil {
			g.flow(l, from, product, "provides", data)
		} else if subject.name != theProduct && subject.zone() != "inside" && !c.passive {
			g.flow(l, subject, product, third(c.verb.entry.Names[0]), data)
		}
	default:
		all := g.allLed(l, c, leads...)
		if len(all) == 0 {
			all = []party{to}
		}
		for _, to := range all {
			g.flow(l, subject, to, third(c.verb.entry.Names[0]), data)
		}
		if p := g.addressee(l, c); p.name == linkHolder {
			g.flow(l, subject, p, third(c.verb.entry.Names[0]), data) // "shared with our insurer by a public link"
		}
	}
}

// carriesOnly reports whether a dependency carries what it is given, and has nothing of its own to send.
func (g *gatherer) carriesOnly(l *line, d *dependencyFact) bool {
	if d.entry == nil {
		return false
	}
	for _, tag := range []string{"messaging", "logistics", "hosting", "payments", "analytics"} {
		if slices.Contains(d.entry.tags, tag) {
			return true
		}
	}
	return false
}

// public reports whether something is put where everybody can see it: "published on the public website".
func (g *gatherer) public(l *line, c clause) bool {
	start, end, ok := after(l, c.verb.To, c.right, "on", "in", "to", "at")
	if !ok {
		return false
	}
	for k := start; k < end; k++ {
		switch l.form(k) {
		case "public", "publicly", "internet", "web", "website", "homepage", "everyone", "everybody":
			return true
		}
	}
	return false
}

// linkHolder is who gets what a link opens.
const linkHolder = "whoever has the link"

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
				return party{name: linkHolder, actor: g.somebody(l, "?link", linkHolder, "anonymous", true)}
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
	for _, m := range l.marked(actorTerm, max(0, at-2), at) {
		if possessive(l.Sentence, m.To-1) && m.To == at {
			a := g.actor(l, m)
			return party{name: a.Name, actor: a} // "a specialist's address"
		}
	}
	if at > 0 && possessive(l.Sentence, at-1) && g.g.person(&l.Words[at-1]) && !g.marked(l, at-1) {
		a := g.role(l, at-1)
		return party{name: a.Name, actor: a}
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
	if p := g.ownerOf(l, 0, len(l.Words)); p.name != "" || g.last == nil {
		return p
	}
	return g.ownerOf(g.last, 0, len(g.last.Words)) // "the guest's number … sent to that number"
}

// listedAfter is the first word in from..to that punctuation parts from what stands before it, or to.
func (l *line) listedAfter(from, to int) int {
	for k := from + 1; k < to; k++ {
		if !adjacent(l.Sentence, k) {
			return k
		}
	}
	return to
}
