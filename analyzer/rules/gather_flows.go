package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/proposal"
)

// theProduct is the party that the document is about.
const theProduct = "the product"

// A party is one end of a flow: an actor, a dependency, or the product itself.
type party struct {
	name       string
	actor      *actorFact
	dependency *dependencyFact
}

var product = party{name: theProduct}

// zone is where a party stands: flows between zones cross a boundary.
func (p party) zone() string {
	switch {
	case p.dependency != nil && p.dependency.Kind != "internal":
		return "outside"
	case p.actor == nil:
		return "inside"
	}
	switch p.actor.Kind {
	case "staff", "admin", "system":
		return "inside"
	case "user", "child":
		return "user"
	}
	return "outside"
}

// A flowFact is a flow with what is known so far.
type flowFact struct {
	from, to party
	action   string
	data     []*assetFact
	evidence proposal.Evidence
	unsure   bool
}

// put adds the flow to the set.
func (x *flowFact) put(g *gatherer) {
	f := proposal.Flow{Source: x.from.name, Destination: x.to.name, Action: x.action, Evidence: x.evidence,
		CrossesBoundary: x.from.zone() != x.to.zone(), Confidence: "high", Basis: "stated"}
	if x.from.actor != nil {
		f.Source = x.from.actor.Name
	}
	if x.to.actor != nil {
		f.Destination = x.to.actor.Name
	}
	if x.unsure {
		f.Confidence = "medium"
	}
	f.Data = namesOf(x.data)
	g.set.Flows = append(g.set.Flows, f)
}

// flow notes data on its way.
func (g *gatherer) flow(l *line, from, to party, action string, data []*assetFact) {
	if from.name == to.name || from.name == "" || to.name == "" || len(data) == 0 {
		return
	}
	key := from.name + "→" + to.name
	x := g.flows[key]
	if x == nil {
		x = &flowFact{from: from, to: to, action: action}
		g.flows[key] = x
		g.order = append(g.order, x)
	}
	for _, a := range data {
		if !slices.Contains(x.data, a) {
			x.data = append(x.data, a)
		}
	}
	if to.dependency != nil {
		for _, n := range namesOf(data) {
			if !slices.Contains(to.dependency.data, n) {
				to.dependency.data = append(to.dependency.data, n)
			}
		}
	}
	evidence(&x.evidence, l.Num)
}

// A clause is a verb that moves data, with what stands before and after it.
type clause struct {
	verb        *mark
	left, right int // the words before the verb from left, the words after it up to right
	subject     int // where what stands before the verb ends: for "are stored in S3 and scanned", before "are"
	passive     bool
}

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

// leadSubject is who the sentence is about before it says so: the subject of what leads into it.
func (g *gatherer) leadSubject(l *line) party {
	if l.who != nil {
		return party{name: l.who.Name, actor: l.who}
	}
	if l.lead != nil {
		if p := g.partyIn(l.lead, 0, len(l.lead.Words)); p.name != "" {
			return p
		}
	}
	if l.Kind == "user_story" {
		if a := g.storyActor(l); a != nil {
			return party{name: a.Name, actor: a}
		}
	}
	if g.last != nil && len(l.Words) > 0 {
		switch l.form(0) {
		case "they", "he", "she", "then":
			return g.last.subject
		}
	}
	return party{}
}

// clauses cuts a sentence at its flow verbs.
func (g *gatherer) clauses(l *line) []clause {
	var cs []clause
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != flowTerm || l.tags[m.From] != verb && !m.has("goes") || g.noise(l, m.From) {
			continue
		}
		c := clause{verb: m, left: 0, right: len(l.Words), subject: m.From, passive: passive(l, m.From)}
		if n := len(cs); n > 0 {
			c.left = cs[n-1].verb.To
			cs[n-1].right = min(cs[n-1].right, g.clauseStart(l, cs[n-1].verb.To, m.From))
		}
		for k := m.To; k < len(l.Words); k++ {
			if l.tags[k] == verb && k > m.To+1 && l.tags[k-1] == noun && g.clauseStart(l, m.To, k) < k-1 && !strings.HasSuffix(l.form(k), "ed") && !strings.HasSuffix(l.form(k), "ing") {
				c.right = g.clauseStart(l, m.To, k)
				break
			}
			if l.tags[k] == clauseWord && l.form(k) != "where" || breaks(l.between(k)) {
				c.right = k
				break
			}
		}
		for k := m.From; k > c.left; k-- {
			if l.tags[k-1] == clauseWord && !slices.Contains([]string{"which", "that", "who"}, l.form(k-1)) || breaks(l.between(k)) {
				c.left = k
				break
			}
		}
		if n := len(cs); n > 0 && cs[n-1].passive && l.continued(cs[n-1].verb.To, m.From) {
			c.left, c.subject, c.passive = cs[n-1].left, cs[n-1].subject, true
		}
		cs = append(cs, c)
	}
	return cs
}

// continued reports whether the verb at "to" has the subject of the passive verb that ends at from: "is encrypted and stored".
func (l *line) continued(from, to int) bool {
	k := to - 1
	for k >= from && (l.tags[k] == auxiliary || l.tags[k] == modal || l.tags[k] == adverb) {
		k--
	}
	form := l.form(to)
	return (k < from || l.tags[k] == conjunction || strings.Contains(l.between(k+1), ",")) && (strings.HasSuffix(form, "ed") || l.g.participle[form])
}

// clauseStart returns where, between two verbs, the second one's clause begins: at its subject, after "and" or a comma.
func (g *gatherer) clauseStart(l *line, from, to int) int {
	for k := to - 1; k > from; k-- {
		if l.tags[k] == conjunction || l.tags[k] == clauseWord || strings.Contains(l.between(k), ",") && l.tags[k] != noun {
			return k
		}
	}
	return to
}

// partyIn returns the first party named in the words from..to.
func (g *gatherer) partyIn(l *line, from, to int) party {
	for k := from; k < to; k++ {
		for i := range l.marks {
			m := &l.marks[i]
			if m.From != k || m.weak && m.Class == actorTerm || possessive(l.Sentence, m.To-1) && m.Class == actorTerm {
				continue
			}
			switch {
			case m.Class == actorTerm && !m.has("hostile"):
				a := g.actor(l, m)
				return party{name: a.Name, actor: a}
			case m.Class == dependencyTerm && !g.compared(l, k):
				d := g.dependency(l, m)
				return party{name: d.Name, dependency: d}
			}
		}
		if g.newRole(l, k) {
			a := g.role(l, k)
			return party{name: a.Name, actor: a}
		}
		if a, b, kind := g.newDependency(l, k); b > a {
			d := g.named(l, a, b, kind)
			return party{name: d.Name, dependency: d}
		}
		if w := &l.Words[k]; w.Form == "we" || g.g.product[w.Stem] && l.tags[k] == noun || g.own[w.Form] && w.Capital && l.tags[k] == noun {
			if g.marked(l, k) {
				continue // "payroll system"
			}
			if k+1 < to && adjacent(l.Sentence, k+1) && l.tags[k+1] == noun {
				continue // "app user": the noun that follows says who
			}
			return product
		}
	}
	return party{}
}

// dataIn returns the assets named in the words from..to. With what says of which verb, unknown objects count too.
func (g *gatherer) dataIn(l *line, from, to int) []*assetFact {
	var data []*assetFact
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != assetTerm || m.weak || m.From < from || m.From >= to || l.Stance.Denies(m.To-1) {
			continue
		}
		data = append(data, g.asset(l, m))
	}
	return data
}

// object returns the data that a clause is about, and notes its state.
func (g *gatherer) object(l *line, c clause, from, to int) []*assetFact {
	data := g.dataIn(l, from, to)
	if len(data) == 0 && to > from && l.tags[from] == pronoun && len(l.data) > 0 {
		switch l.form(from) {
		case "it", "them", "they", "these":
			data = l.data
		}
	}
	if len(data) == 0 && to > from && len(l.data) == 0 && g.last != nil {
		switch l.form(from) {
		case "it", "them", "they":
			data = g.last.data
		}
	}
	if c.passive {
		from = g.subjectStart(l, c)
	}
	data = append(data, g.unknowns(l, c, from, to, len(data) == 0)...)
	for _, a := range data {
		a.firm = true
		for _, s := range c.verb.entry.States {
			if s != "processed" && !slices.Contains(a.States, s) {
				a.States = append(a.States, s)
			}
		}
	}
	if len(data) > 0 {
		l.data = data
	}
	return data
}

// unknowns returns what a clause names as its objects without the lexicon knowing them: after "store" anything, after other
// verbs what is called like data, "room number" or "intake sheet".
func (g *gatherer) unknowns(l *line, c clause, from, to int, any bool) []*assetFact {
	if c.verb.has("processes") && !takesUnknown(c.verb) {
		return nil
	}
	var data []*assetFact
	for k := from; k < to; k++ {
		start, end := g.phrase(l, k, to)
		if start == end {
			if l.tags[k] != conjunction && l.tags[k] != determiner && l.tags[k] != adverb && l.tags[k] != adjective && l.tags[k] != number {
				break
			}
			continue
		}
		if any && takesUnknown(c.verb) || end-start > 1 && g.g.tails[l.Words[end-1].Stem] {
			if a := g.unknown(l, start, end, c.verb); a != nil && !slices.Contains(data, a) {
				data = append(data, a)
			}
		}
		k = end - 1
	}
	return data
}

// takesUnknown reports whether what the verb is done to is data, whatever it is called.
func takesUnknown(m *mark) bool {
	switch m.Term {
	case "store", "save", "collect", "upload", "retain", "persist", "transmit", "export", "download", "import", "archive", "encrypt", "capture", "submit", "sync", "gather", "fetch", "record", "send", "share", "forward", "transfer":
		return true
	}
	return false
}

// subjectStart is where the subject of a passive verb begins.
func (g *gatherer) subjectStart(l *line, c clause) int {
	k := c.subject - 1
	for k > c.left && (l.tags[k] == auxiliary || l.tags[k] == modal || l.tags[k] == adverb || l.tags[k] == negator) {
		k--
	}
	for k > c.left && adjacent(l.Sentence, k) && (l.tags[k-1] == noun || l.tags[k-1] == adjective) {
		k--
	}
	return k
}

// after finds one of the words in from..to and returns where the phrase that it leads begins and ends; ok is false if it is
// not there.
func after(l *line, from, to int, leads ...string) (start, end int, ok bool) {
	for k := from; k < to; k++ {
		if slices.Contains(leads, l.form(k)) && (l.tags[k] == preposition || l.tags[k] == toWord) {
			end = k + 1
			for end < to && l.tags[end] != preposition && l.tags[end] != toWord && l.tags[end] != clauseWord && l.tags[end] != verb || end < to && l.form(end) == "of" {
				end++
			}
			return k + 1, end, true
		}
	}
	return 0, 0, false
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

// subjectOf returns who does what the clause says; the product if nobody is named.
func (g *gatherer) subjectOf(l *line, c clause) party {
	left := c.left
	if left > 0 && l.form(c.verb.From-1) != "to" {
		left = max(left, g.clauseStart(l, left, c.verb.From)) // what stands before is the object of another verb
	}
	if p := g.nearest(l, left, c.verb.From); p.name != "" && !c.passive {
		return p
	}
	if l.subject.name != "" {
		return l.subject
	}
	return product
}

// nearest returns the party that stands closest before the word to and is not led in by a preposition: in "the system allows
// clerks to submit" the clerks submit.
func (g *gatherer) nearest(l *line, from, to int) party {
	var best party
	for k := from; k < to; k++ {
		b := k - 1
		for b >= from && (l.tags[b] == determiner || l.tags[b] == adjective) {
			b--
		}
		if best.name != "" && b >= from && (l.tags[b] == preposition || l.tags[b] == toWord || l.tags[b] == conjunction) {
			continue
		}
		if p := g.partyIn(l, k, k+1); p.name != "" {
			best = p
		}
	}
	if best.name == "" {
		return g.partyIn(l, from, to)
	}
	return best
}

// objectEnd is where the object of a verb ends: at the words that lead to another party.
func (g *gatherer) objectEnd(l *line, c clause) int {
	for k := c.verb.To; k < c.right; k++ {
		switch l.form(k) {
		case "to", "from", "via", "through", "by", "into":
			return k
		case "with":
			if c.verb.has("shares") || c.verb.has("syncs") {
				return k
			}
		}
	}
	return c.right
}

// led returns the party that one of the words leads to.
func (g *gatherer) led(l *line, c clause, leads ...string) party {
	for from := c.verb.To; ; {
		start, end, ok := after(l, from, c.right, leads...)
		if !ok {
			return party{}
		}
		if p := g.partyIn(l, start, end); p.name != "" {
			return p
		}
		from = start
	}
}

// direct notes the flows of a clause by its verb's direction.
func (g *gatherer) direct(l *line, c clause, subject party, data []*assetFact) {
	switch c.verb.entry.Direction {
	case "sends", "shares":
		g.sends(l, c, subject, data)
	case "tells":
		to := g.partyIn(l, c.verb.To, c.right)
		if c.passive {
			to = g.partyIn(l, c.left, c.verb.From)
			data = g.dataIn(l, c.verb.To, c.right)
		}
		if to.actor != nil {
			g.flow(l, product, to, "sends", data)
		}
	case "gives", "collects":
		if to := g.led(l, c, "to", "into"); to.dependency != nil && (c.passive || subject.actor == nil) {
			g.flow(l, product, to, "sends", data)
			break
		}
		g.takesIn(l, c, subject, data)
	case "receives":
		from := g.led(l, c, "from")
		if from.name == "" {
			from = product
		}
		if !c.passive {
			g.flow(l, from, subject, "sends", data)
		}
	case "fetches":
		from := g.led(l, c, "from")
		if from.name == "" {
			if d := g.dependencyAt(l, c.verb.To, c.right); d != nil {
				from = party{name: d.Name, dependency: d}
			}
		}
		if from.dependency != nil || from.actor != nil {
			g.flow(l, from, product, "provides", data)
		}
	case "shows":
		to := g.led(l, c, "to")
		if to.name == "" && !c.passive {
			to = g.partyIn(l, c.verb.To, min(c.verb.To+4, c.right))
		}
		if to.actor != nil {
			g.flow(l, g.source(subject), to, "shows", data)
		}
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
		} else if subject.dependency != nil {
			g.roleFrom(subject.dependency, c.verb.entry.Names[0], data)
			g.flow(l, product, subject, "sends", data)
		}
	case "processes":
		if subject.dependency != nil {
			g.roleFrom(subject.dependency, c.verb.entry.Names[0], data)
			g.flow(l, product, subject, "sends", data)
		}
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
	switch {
	case to.name == "" && subject.dependency != nil:
		g.roleFrom(subject.dependency, c.verb.entry.Names[0], data)
		g.flow(l, product, subject, "sends", data)
	case to.name == "":
		if subject.actor != nil && subject.zone() != "inside" && !c.passive {
			g.flow(l, subject, product, third(c.verb.entry.Names[0]), data)
		}
	default:
		for _, to := range g.allLed(l, c, "to", "with", "into", "at") {
			g.flow(l, subject, to, third(c.verb.entry.Names[0]), data)
		}
	}
}

// allLed returns all parties that the words lead to: "shared with the seller and with DHL".
func (g *gatherer) allLed(l *line, c clause, leads ...string) []party {
	var all []party
	for from := c.verb.To; ; {
		start, end, ok := after(l, from, c.right, leads...)
		if !ok {
			return all
		}
		for k := start; k < end; k++ {
			if p := g.partyIn(l, k, k+1); p.name != "" && !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
		from = start
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
	to := g.led(l, c, "to", "into")
	action := "shows"
	if c.verb.has("exports") {
		action = "exports"
	}
	switch {
	case to.dependency != nil && action == "exports", to.actor != nil && to.zone() != "inside":
		g.flow(l, product, to, action, data)
	case subject.actor != nil:
		g.flow(l, product, subject, action, data)
	}
}
