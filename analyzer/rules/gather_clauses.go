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
	return g.titleSubject(l)
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
