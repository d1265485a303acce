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
	g.arrows(l)
	g.messages(l)
	g.guess(l)
	g.terse(l)
	if l.subject.name == "" {
		l.subject = g.partyIn(l, 0, len(l.Words))
	}
}

// move reads one clause.
func (g *gatherer) move(l *line, c clause) {
	subject := g.subjectOf(l, c)
	data := g.moved(l, c)
	if len(data) == 0 && (c.verb.has("sends") || c.verb.has("tells") || c.verb.has("shows")) {
		data = g.noted(l, c.verb.To, c.right) // "is told by e-mail with the receipt"
	}
	if subject.dependency != nil && !c.passive && g.serves(l, c) {
		g.flow(l, product, subject, "sends", data) // "we use Twilio to send the code"
		subject = product
	}
	if c.verb.has("goes") || c.verb.has("open") {
		g.reaches(l, c)
		return
	}
	if by, end, ok := after(l, c.verb.To, c.right, "by"); ok && c.passive && !c.verb.has("proves") && !l.otherVerb(c.verb.To, by-1) {
		if p := g.recipient(l, by, end); p.name != "" {
			subject = p
		} else {
			subject = product
		}
	} else if c.passive {
		subject = product
	}
	g.carried(l, c, subject, data)
	g.direct(l, c, subject, data)
	if subject.name != "" {
		l.subject = subject
	}
}

// otherVerb reports whether a verb stands in the words from..to: in "sent to the scheme run by Northwind" nobody is said to send.
func (l *line) otherVerb(from, to int) bool {
	for k := from; k < to; k++ {
		if (l.tags[k] == verb || l.form(k) == "run") && k == to-1 && k > from && l.tags[k-1] == noun && adjacent(l.Sentence, k) {
			return true
		}
	}
	return false
}

// serves reports whether the party before the verb only helps with it: "we use Twilio to send".
func (g *gatherer) serves(l *line, c clause) bool {
	if l.form(c.verb.From-1) != "to" {
		return false
	}
	for k := c.verb.From - 2; k >= max(0, c.verb.From-8); k-- {
		switch l.form(k) {
		case "use", "uses", "using", "call", "calls", "via", "through", "with", "on":
			return true
		}
	}
	return false
}

// moved returns what a clause moves: the subject of a passive verb, the object of another.
func (g *gatherer) moved(l *line, c clause) []*assetFact {
	switch {
	case !c.passive && c.verb.To-c.verb.From > 2:
		return g.object(l, c, c.verb.From+1, c.verb.To-1) // "pass the number on"
	case !c.passive:
		return g.object(l, c, l.pastAddressed(c), g.objectEnd(l, c))
	}
	data := g.object(l, c, c.left, c.subject)
	if start, end, ok := after(l, c.verb.To, c.right, "with"); ok && !c.verb.has("shares") && len(data) > 0 {
		for _, a := range g.noted(l, start, end) {
			if !slices.Contains(data, a) {
				data = append(data, a) // "is mailed to the board with the addresses"
			}
		}
	}
	if len(data) == 0 && strings.Contains(l.words(c.left, c.subject), "which") {
		data = l.data
	}
	return data
}

// pastAddressed is where the object of a verb begins: in "sends the customer a receipt" after the customer.
func (l *line) pastAddressed(c clause) int {
	k := c.verb.To
	for k < c.right && l.tags[k] == determiner {
		k++
	}
	for _, m := range l.marked(actorTerm, k, min(k+3, c.right)) {
		if m.np[0] <= k && !possessive(l.Sentence, m.To-1) && m.To < c.right && adjacent(l.Sentence, m.To) {
			switch l.tags[m.To] {
			case determiner, adjective, noun, number:
				return m.To
			}
		}
	}
	return c.verb.To
}

// reaches notes where data goes, or whom it is open to.
func (g *gatherer) reaches(l *line, c clause) {
	at := clause{verb: &mark{To: max(0, c.verb.To-1)}, right: c.right}
	data := g.object(l, c, c.left, c.verb.From)
	if start, end, ok := after(l, c.verb.To, len(l.Words), "with"); ok {
		for end < len(l.Words) && !ends(l.between(end)) && l.tags[end] != clauseWord {
			end++
		}
		for _, a := range g.noted(l, start, end) {
			if !slices.Contains(data, a) {
				data = append(data, a) // "go to the warehouse, with user id and spend"
			}
		}
	}
	if strings.HasPrefix(c.verb.Term, "come") {
		if from := g.ledTo(l, at, "from"); from.name != "" {
			if len(data) == 0 && from.dependency != nil {
				data = g.whatever(l, c)
			}
			g.flow(l, from, product, "provides", data)
		}
		return
	}
	if through, end, ok := after(l, c.verb.To, c.right, "via", "through", "over"); ok {
		if d := g.dependencyAt(l, through, end); d != nil {
			g.flow(l, product, party{name: d.Name, dependency: d}, "sends", data) // "codes go out through Northwind"
		}
	}
	action := "sends"
	if c.verb.has("open") {
		action = "shows"
	}
	all := g.allLed(l, at, "to", "into", "in", "at", "for", "by")
	if len(all) == 0 {
		all = append(all, g.ledTo(l, at, "to", "into"))
	}
	for _, to := range all {
		if len(data) == 0 && to.dependency != nil {
			data = g.whatever(l, c)
		}
		if action == "sends" || to.actor != nil {
			g.flow(l, product, to, action, data)
		}
	}
}

// whatever is the subject of a clause as data, whatever it is called: what comes from another system is data.
func (g *gatherer) whatever(l *line, c clause) []*assetFact {
	var data []*assetFact
	for _, n := range g.lists(l, c.left, c.verb.From) {
		if a := g.unknown(l, n, true, false); a != nil {
			data = append(data, a)
		}
	}
	return data
}

// carried notes the service that data goes through: "sent via Twilio", "by SMS (Twilio)".
func (g *gatherer) carried(l *line, c clause, subject party, data []*assetFact) {
	leads := []string{"via", "through", "using", "over"}
	if !c.passive {
		leads = append(leads, "by")
	}
	for through, end, ok := after(l, c.verb.To, c.right, leads...); ok; through, end, ok = after(l, through, c.right, leads...) {
		d := g.dependencyAt(l, through, end)
		if d == nil {
			continue
		}
		if subject.actor == nil {
			g.roleFrom(d, c.verb.entry.Names[0], data)
		}
		g.flow(l, product, party{name: d.Name, dependency: d}, "sends", data)
		break
	}
	if !c.verb.has("sends") && !c.verb.has("tells") && !c.verb.has("proves") {
		return
	}
	for k := c.verb.To + 1; k < c.right; k++ {
		if !strings.Contains(l.between(k), "(") {
			continue
		}
		if d := g.dependencyAt(l, k, k+1); d != nil {
			g.flow(l, product, party{name: d.Name, dependency: d}, "sends", data)
		}
	}
}

// direct notes the flows of a clause by its verb's direction.
func (g *gatherer) direct(l *line, c clause, subject party, data []*assetFact) {
	switch c.verb.entry.Direction {
	case "sends", "shares":
		g.sends(l, c, subject, data)
	case "gives", "collects":
		to := g.led(l, c, "to", "into")
		if to.dependency == nil && c.passive {
			to = g.led(l, c, "in", "on") // "is attached to the record in Salesforce"
		}
		if to.dependency != nil && (c.passive || subject.actor == nil) {
			g.flow(l, product, to, "sends", data)
			break
		}
		g.takesIn(l, c, subject, data)
	case "proves":
		g.proves(l, c, subject)
	case "receives", "fetches":
		g.gets(l, c, subject, data)
	case "tells":
		g.tells(l, c, subject, data)
	case "shows":
		g.shows(l, c, subject, data)
	case "sees", "exports":
		g.takesOut(l, c, subject, data)
	case "syncs":
		g.syncs(l, c, subject, data)
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

// syncs notes data that goes both ways: between the product and a service, or between people.
func (g *gatherer) syncs(l *line, c clause, subject party, data []*assetFact) {
	to := g.led(l, c, "with", "to", "between", "from")
	if to.dependency == nil {
		if all := g.partiesIn(l, c.left, c.verb.From); to.actor == nil && len(all) > 1 {
			subject, to = all[0], all[1] // "buyers and sellers exchange messages"
		}
		if subject.actor != nil && to.actor != nil {
			g.flow(l, subject, to, third(c.verb.entry.Names[0]), data)
		}
		return
	}
	if len(data) == 0 {
		data = g.dataIn(l, c.left, c.verb.From)
	}
	g.roleFrom(to.dependency, "exchange", data)
	g.flow(l, product, to, "sends", data)
	if l.has("both") || l.has("two") || l.has("bidirectional") {
		g.flow(l, to, product, "provides", data)
	}
}

// has reports whether the word stands in the line.
func (l *line) has(form string) bool {
	for i := range l.Words {
		if l.Words[i].Form == form {
			return true
		}
	}
	return false
}

// worksOn notes that a dependency stores or processes data: it must have got it.
func (g *gatherer) worksOn(l *line, c clause, subject party, data []*assetFact) {
	if subject.dependency != nil {
		g.roleFrom(subject.dependency, c.verb.entry.Names[0], data)
		g.flow(l, product, subject, "sends", data)
	}
}
