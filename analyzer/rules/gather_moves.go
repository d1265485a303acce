package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
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
	if by, end, ok := after(l, c.verb.To, c.right, "by"); ok && c.passive && !c.verb.has("proves") {
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
	if strings.HasPrefix(c.verb.Term, "come") {
		if from := g.ledTo(l, at, "from"); from.name != "" {
			g.flow(l, from, product, "provides", data)
		}
		return
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
		if action == "sends" || to.actor != nil {
			g.flow(l, product, to, action, data)
		}
	}
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
		if to := g.led(l, c, "to", "into"); to.dependency != nil && (c.passive || subject.actor == nil) {
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

// gets notes data that the subject gets from somebody.
func (g *gatherer) gets(l *line, c clause, subject party, data []*assetFact) {
	from := g.ledTo(l, c, "from")
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
	if to.name == "" && !c.passive && subject.name == theProduct && c.verb.Term != "include" {
		if to = g.you(l); g.last != nil && g.last.subject.actor != nil {
			to = g.last.subject // "The driver gets a link. The page shows the code."
		}
		data = g.noted(l, c.verb.To, c.right)
	}
	if to.actor != nil || to.name == reader {
		g.flow(l, g.source(subject), to, "shows", data)
	}
}

// addressed is who stands right after the verb: "sends the customer a receipt", "texts them the code".
func (g *gatherer) addressed(l *line, c clause) party {
	end := c.verb.To
	for end < min(c.verb.To+5, c.right) && l.tags[end] != preposition && l.tags[end] != toWord {
		end++
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
	case to.name == "" && subject.dependency != nil && !g.carriesOnly(l, subject.dependency):
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
