package rules

import (
	"slices"
	"strings"
)

// A clause is a verb that moves data, with what stands before and after it.
type clause struct {
	verb        *mark
	left, right int // the words before the verb from left, the words after it up to right
	subject     int // where what stands before the verb ends: for "are stored in S3 and scanned", before "are"
	passive     bool
	fresh       bool // nothing of the clause before is on the left
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
		if m.Class != flowTerm || !l.predicate(m) || g.noise(l, m.From) {
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
			if l.tags[k] == clauseWord && l.form(k) != "where" || ends(l.between(k)) && !l.listsOn(k) {
				c.right = k
				break
			}
		}
		for k := m.From; k > c.left; k-- {
			if l.tags[k-1] == clauseWord && !slices.Contains([]string{"which", "that", "who"}, l.form(k-1)) || ends(l.between(k)) {
				c.left, c.fresh = k, true
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

// listsOn reports whether a colon stands before the word k and nothing but a list after it: "guides see the booking: class, age".
func (l *line) listsOn(k int) bool {
	if !strings.HasPrefix(strings.TrimSpace(l.between(k)), ":") {
		return false
	}
	for ; k < len(l.Words); k++ {
		if l.tags[k] == verb || l.tags[k] == modal || l.tags[k] == auxiliary || l.tags[k] == clauseWord {
			return false
		}
	}
	return true
}

// predicate reports whether a flow verb is one where it stands.
func (l *line) predicate(m *mark) bool {
	if m.Term == "get" {
		if m.To >= len(l.Words) || !adjacent(l.Sentence, m.To) {
			return false
		}
		switch l.tags[m.To] {
		case determiner, noun, adjective, number:
			return true // "gets an email", but "gets sent"
		}
		return false
	}
	return l.tags[m.From] == verb || m.has("goes") || m.has("open") || m.has("sees") && !m.entry.Verb
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
	if strings.Contains(l.between(to), ",") {
		return to
	}
	for k := to - 1; k >= max(from, 1); k-- {
		if ends(l.between(k)) {
			return k
		}
		if l.tags[k] == conjunction || l.tags[k] == clauseWord || strings.Contains(l.between(k), ",") && (l.tags[k] != noun || g.actorAt(l, k, k+1)) {
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
			if m.From != k || m.Class == actorTerm && (m.weak || m.From+1 == m.To && l.form(m.From) == "family" && !g.acts(l, m.From, m.To) || m.Term == "person" || m.Term == "individual" || l.quoted(m.From, m.To)) || m.Class == actorTerm && possessive(l.Sentence, m.To-1) && !g.holds(l, m.To) {
				continue
			}
			switch {
			case m.Class == actorTerm && m.Term == "anyone" || m.Class == actorTerm && thirdParties[strings.ToLower(l.words(m.From, m.To))]:
				return party{name: strings.ToLower(l.words(m.From, m.To))}
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
		if g.recent != nil && g.backReference(l, k) {
			evidence(&g.recent.Evidence, l.Num)
			return party{name: g.recent.Name, dependency: g.recent}
		}
		if p := g.pronounAt(l, k); p.name != "" {
			return p
		}
		if w := &l.Words[k]; w.Form == "we" || w.Form == "us" || g.g.product[w.Stem] && l.tags[k] == noun || g.own[w.Form] && w.Capital && l.tags[k] == noun {
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

// holds reports whether the word i is where somebody gets to see things: "the broker's inbox".
func (g *gatherer) holds(l *line, i int) bool {
	switch singularOf(l.form(i)) {
	case "inbox", "phone", "app", "dashboard", "screen", "calendar", "account", "device", "browser", "tablet", "feed", "mailbox", "wallet", "portal", "board", "terminal", "handheld", "watch":
		return true
	case "email", "e-mail":
		return l.form(i+1) != "address"
	}
	return false
}

// pronounAt is whom a pronoun stands for: the one who reads the text, or who was spoken of last.
func (g *gatherer) pronounAt(l *line, k int) party {
	switch l.form(k) {
	case "you":
		return g.you(l)
	case "they", "he", "she", "them", "him":
		if l.tags[k] != pronoun {
			break
		}
		if l.subject.actor != nil {
			return l.subject
		}
		if g.last != nil && g.last.subject.actor != nil {
			return g.last.subject
		}
	}
	return party{}
}

// backReference reports whether the word k stands for the dependency named last: "sent to the provider".
func (g *gatherer) backReference(l *line, k int) bool {
	switch l.form(k) {
	case "provider", "vendor", "processor", "supplier", "service":
		return l.form(k-1) == "the" && (k+1 == len(l.Words) || !adjacent(l.Sentence, k+1) || l.tags[k+1] != noun) && !g.marked(l, k) && l.Num-lastOf(g.recent.Evidence.Sentences) <= 3
	}
	return false
}

func lastOf(nums []int) int {
	if len(nums) == 0 {
		return 0
	}
	return nums[len(nums)-1]
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
		if slices.Contains(leads, l.form(k)) && (l.tags[k] == preposition || l.tags[k] == toWord) && !(k > 0 && l.form(k) == "to" && l.form(k-1) == "up") {
			end = k + 1
			for end < to && l.tags[end] != preposition && l.tags[end] != toWord && l.tags[end] != clauseWord && l.tags[end] != verb || end < to && l.form(end) == "of" {
				end++
			}
			return k + 1, end, true
		}
	}
	return 0, 0, false
}

// subjectOf returns who does what the clause says; the product if nobody is named.
func (g *gatherer) subjectOf(l *line, c clause) party {
	left := c.left
	if left > 0 && !c.fresh && l.form(c.verb.From-1) != "to" {
		left = max(left, g.clauseStart(l, left, c.verb.From)) // what stands before is the object of another verb
	}
	if p := g.relative(l, c); p.name != "" {
		return p
	}
	if p := g.nearest(l, left, c.verb.From); p.name != "" && !c.passive {
		return p
	}
	if !c.passive && c.verb.entry.Verb {
		if p := g.doer(l, left, c.verb.From); p.name != "" {
			return p
		}
	}
	if l.subject.name != "" {
		return l.subject
	}
	return product
}

// abstractNoun reports a word for something that can't hold data: "retention".
func abstractNoun(form string) bool {
	for _, end := range []string{"tion", "tions", "sion", "ment", "ness", "ity", "ance", "ence", "ism", "ship", "ing", "age"} {
		if strings.HasSuffix(form, end) {
			return true
		}
	}
	return false
}

// inBrackets reports whether the word k stands in brackets: what they hold is a remark.
func (l *line) inBrackets(k int) bool {
	if k >= len(l.Words) {
		return false
	}
	before := l.Text[:l.Words[k].Start]
	return strings.LastIndexByte(before, '(') > strings.LastIndexByte(before, ')')
}

// relative is whom "which" or "who" before the verb stands for: the one named right before.
func (g *gatherer) relative(l *line, c clause) party {
	k := c.verb.From - 1
	for k > 0 && (l.tags[k] == modal || l.tags[k] == adverb) {
		k--
	}
	switch l.form(k) {
	case "which", "who", "that":
	default:
		return party{}
	}
	for b := k - 1; b >= max(0, k-4); b-- {
		if p := g.partyIn(l, b, b+1); p.name != "" {
			return p
		}
	}
	return party{}
}

// doer is what stands right before the verb as its subject, known or not: "the gate camera reports", "the harbour master sees".
func (g *gatherer) doer(l *line, from, to int) party {
	k := to
	for k > from && (l.tags[k-1] == modal || l.tags[k-1] == adverb || l.inBrackets(k-1) && !l.inBrackets(to)) {
		k--
	}
	if k < len(l.Words) && strings.ContainsAny(l.between(k), ",;:|") {
		return party{}
	}
	start := k
	for start > from && k-start < 3 && (l.tags[start-1] == noun || l.tags[start-1] == adjective) && (start == k || adjacent(l.Sentence, start)) && !possessive(l.Sentence, start-1) {
		start--
	}
	if start == k || start > 0 && l.tags[start-1] == preposition || l.tags[k-1] != noun {
		return party{}
	}
	if g.g.person(&l.Words[k-1]) && !g.marked(l, k-1) && !g.noise(l, k-1) {
		a := g.role(l, k-1)
		return party{name: a.Name, actor: a}
	}
	return g.anybody(l, start, k)
}

// nearest returns the party that stands closest before the word to and is not led in by a preposition: in "the system allows
// clerks to submit" the clerks submit.
func (g *gatherer) nearest(l *line, from, to int) party {
	const reach = 40 // words
	var best party
	for k := max(from, to-reach); k < to; k++ {
		b := k - 1
		for b >= from && (l.tags[b] == determiner || l.tags[b] == adjective) && !strings.Contains(l.between(b+1), ",") {
			b--
		}
		if l.inBrackets(k) && !l.inBrackets(to) {
			continue
		}
		if best.name != "" && b >= from && !strings.Contains(l.between(b+1), ",") && (l.tags[b] == preposition || l.tags[b] == toWord || l.tags[b] == conjunction) {
			continue
		}
		if p := g.partyIn(l, k, k+1); p.name != "" {
			best = p
		}
	}
	if best.name == "" && !strings.Contains(l.words(from, to), "(") {
		return g.partyIn(l, from, to)
	}
	return best
}

// objectEnd is where the object of a verb ends: at the words that lead to another party.
func (g *gatherer) objectEnd(l *line, c clause) int {
	for k := c.verb.To; k < c.right; k++ {
		switch l.form(k) {
		case "to":
			if l.form(k-1) != "up" { // "attach up to four photos"
				return k
			}
		case "from", "via", "through", "by", "into":
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

// ledTo is led, but knows people by the form of the word too: who gets what is sent.
func (g *gatherer) ledTo(l *line, c clause, leads ...string) party {
	if p := g.led(l, c, leads...); p.name != "" {
		return p
	}
	if start, end, ok := after(l, c.verb.To, c.right, leads...); ok {
		if p := g.recipient(l, start, end); p.name != "" {
			return p
		}
		return g.anybody(l, start, end)
	}
	return party{}
}

// anybody returns whatever the words from..to name first as a party, known or not: where data comes from or goes to, a device,
// an office or another system stands.
func (g *gatherer) anybody(l *line, from, to int) party {
	for from < to && (l.tags[from] == determiner || l.tags[from] == adjective || l.tags[from] == number) {
		from++
	}
	end := from
	for end < to && (end == from || adjacent(l.Sentence, end)) && (l.tags[end] == noun || l.tags[end] == adjective && end > from) {
		end++
	}
	if end == from || end-from > 3 {
		return party{}
	}
	last := &l.Words[end-1]
	if end-from == 1 && (abstractNoun(last.Form) || last.Capital && (from > 0 || singularOf(last.Form) == last.Form)) || l.tags[end-1] != noun || g.g.notParties[singularOf(last.Form)] || g.noise(l, end-1) || l.Words[from].Form == "same" || possessive(l.Sentence, end-1) || len(last.Form) < 3 {
		return party{}
	}
	if g.g.product[last.Stem] {
		if end-from == 1 || g.own[l.form(from)] || l.form(from-1) == "our" {
			return product
		}
	} else if (g.g.tails[last.Stem] || g.g.holders[last.Stem]) && last.Stem != "book" {
		return party{}
	}
	for i := range l.marks {
		if m := &l.marks[i]; !m.weak && m.From < end && m.To >= end && (m.Class == assetTerm || m.Class == actorTerm || m.Class == dependencyTerm) {
			return party{}
		}
	}
	return party{name: nameOf(l.Sentence, from, end)}
}

// recipient returns the party in the words from..to, where only a party can be: whatever looks like a person is one.
func (g *gatherer) recipient(l *line, from, to int) party {
	if p := g.partyIn(l, from, to); p.name != "" {
		return p
	}
	for k := from; k < to; k++ {
		w := &l.Words[k]
		if l.tags[k] != noun || k+1 < to && adjacent(l.Sentence, k+1) && l.tags[k+1] == noun {
			continue
		}
		group := g.g.teams[w.Form] && k > from && l.tags[k-1] == noun
		if (g.g.person(w) || group) && !g.g.services[w.Stem] && !possessive(l.Sentence, k) && !g.marked(l, k) && !g.noise(l, k) {
			a := g.role(l, k)
			return party{name: a.Name, actor: a}
		}
		if l.form(k+1) != "of" {
			break
		}
	}
	return party{}
}

// allLed returns all parties that the words lead to: "shared with the seller and with DHL".
func (g *gatherer) allLed(l *line, c clause, leads ...string) []party {
	var all []party
	for from := c.verb.To; ; {
		start, end, ok := after(l, from, c.right, leads...)
		if !ok {
			return all
		}
		for _, p := range g.partiesIn(l, start, end) {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
		from = start
	}
}

// partiesIn returns all parties named in the words from..to.
func (g *gatherer) partiesIn(l *line, from, to int) []party {
	var all []party
	for k := from; k < to; k++ {
		if p := g.partyIn(l, k, k+1); p.name != "" && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}
