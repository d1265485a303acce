package rules

import (
	"slices"
	"strings"
)

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
	if form := l.form(i + 1); (form == "number" || form == "numbers" || form == "details" || form == "name") && adjacent(l.Sentence, i+1) {
		return false // "the customer's phone number"
	}
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
		if l.subject.actor != nil || l.subject.dependency != nil {
			return l.subject
		}
		if g.last != nil && (g.last.subject.actor != nil || g.last.subject.dependency != nil) {
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
