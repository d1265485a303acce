package rules

import (
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
)

// An actorFact is an actor with what is known so far.
type actorFact struct {
	proposal.Actor
	unsure bool           // found by pattern
	firm   bool           // does or gets something: one mention is enough
	rights map[string]int // places in Privileges by their text in lower case
}

// put adds the actor to the set.
func (a *actorFact) put(g *gatherer) {
	if !a.firm && len(a.Evidence.Sentences) < 2 {
		return // only mentioned: "interest from banks"
	}
	a.Confidence, a.Basis = "high", "stated"
	if a.unsure {
		a.Confidence = "medium"
	}
	g.set.Actors = append(g.set.Actors, a.Actor)
}

// people notes the actors of a sentence.
func (g *gatherer) people(l *line) {
	if l.Kind == document.UserStory {
		g.storyActor(l)
	}
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != actorTerm || m.weak || m.has("hostile") {
			continue
		}
		if m.entry.Weak && !g.acts(l, m.From, m.To) || l.renamed(m) || l.quoted(m.From, m.To) {
			continue
		}
		acts := g.acts(l, m.From, m.To)
		if vague[m.Term] || thirdParties[strings.ToLower(l.words(m.From, m.To))] {
			continue
		}
		a := g.actor(l, m)
		a.firm = a.firm || acts || a.Kind == "child" || a.Kind == "staff" || a.Kind == "admin" || l.Kind == document.ListItem && g.announces(g.titleOf(l.Sentence), g.g.castHeads)
	}
	for i := range l.Words {
		if g.newRole(l, i) {
			g.role(l, i).firm = true
		}
	}
}

// thirdParties are words for just any company.
var thirdParties = map[string]bool{"third party": true, "third parties": true, "external party": true, "external parties": true, "other companies": true}

// vague are terms for just anybody, who take part only where they do or get something of which the document speaks.
var vague = map[string]bool{"person": true, "individual": true, "anyone": true, "public": true}

// quoted reports whether the words from..to stand in quotation marks by themselves: we say "family", never "tracking".
func (l *line) quoted(from, to int) bool {
	before, after := l.Text[:l.Words[from].Start], l.Text[l.Words[to-1].End:]
	return strings.HasSuffix(before, `"`) && strings.HasPrefix(after, `"`) || strings.HasSuffix(before, "“") && (strings.HasPrefix(after, "”") || strings.HasPrefix(after, ",”"))
}

// renamed reports whether a word for somebody is part of a name: "Modern Treasury".
func (l *line) renamed(m *mark) bool {
	if m.From > 0 && l.Words[m.From].Capital && l.Words[m.From-1].Capital && strings.TrimSpace(l.between(m.From)) == "&" {
		return true // "Hartmann & Sons"
	}
	return m.From > 1 && l.Words[m.From].Capital && l.Words[m.From-1].Capital && adjacent(l.Sentence, m.From) && !l.titled()
}

// titled reports whether most words begin with a capital, where a capital says nothing.
func (l *line) titled() bool {
	n := 0
	for i := range l.Words {
		if l.Words[i].Capital {
			n++
		}
	}
	return 2*n > len(l.Words)
}

// acts reports whether the words from..to are somebody who does or gets something.
func (g *gatherer) acts(l *line, from, to int) bool {
	if to < len(l.Words) && l.form(to) == "of" {
		to = l.ableTo(to)
	}
	led := from - 1
	for led >= 0 && (l.tags[led] == determiner || l.tags[led] == adjective) {
		led--
	}
	if subject := led < 0 || l.tags[led] != preposition || strings.Contains(l.between(led+1), ","); subject && to < len(l.Words) && strings.Trim(l.between(to), " ") == "" {
		switch l.tags[to] {
		case modal, verb:
			return true
		case auxiliary:
			return true
		}
	}
	k := from - 1
	for k >= 0 && (l.tags[k] == determiner || l.tags[k] == adjective) {
		k--
	}
	if k >= 0 && l.tags[k] == verb && k < from && adjacent(l.Sentence, k+1) {
		return true // "inviting friends"
	}
	switch l.form(k) {
	case "to", "by", "with", "as", "for":
		for _, m := range l.marks {
			if m.Class == flowTerm && m.From < k {
				return true
			}
		}
	}
	return false
}

// ableTo returns where the verb stands that goes with a subject that ends at k: after "of the account", "must" and "be able to".
func (l *line) ableTo(k int) int {
	if l.form(k) == "of" && k+2 < len(l.Words) && l.tags[k+1] == determiner {
		for k += 2; k < len(l.Words) && adjacent(l.Sentence, k) && l.tags[k] == noun; k++ {
		}
	}
	for k < len(l.Words) && adjacent(l.Sentence, k) && (l.tags[k] == modal || l.tags[k] == adverb) {
		k++
	}
	if next := l.form(k + 1); l.tags[min(k, len(l.Words)-1)] == auxiliary && (next == "able" || next == "allowed") && l.form(k+2) == "to" {
		k += 3
	}
	return k
}

// actor notes somebody whom the lexicon knows.
func (g *gatherer) actor(l *line, m *mark) *actorFact {
	from := m.np[0]
	for from < m.From && (l.tags[from] != noun || g.g.generic[l.form(from)] || g.g.notNames[l.form(from)] || l.form(from) == "pilot" || l.form(from) == "beta" || possessive(l.Sentence, from)) {
		from++
	}
	name := actorName(l, from, m.np[1])
	key := strings.ToLower(name)
	if m.entry.One && from >= m.From {
		key = m.Term
	}
	kind := m.entry.Kind
	if prev := l.form(m.From - 1); kind == "child" && (prev == "adult" || prev == "grown" || strings.HasPrefix(name, "adult ")) {
		kind = "user" // somebody's child, but none
	}
	return g.somebody(l, key, name, kind, false)
}

// somebody notes an actor under a key.
func (g *gatherer) somebody(l *line, key, name, kind string, unsure bool) *actorFact {
	a := g.actors[key]
	if a == nil {
		a = &actorFact{Actor: proposal.Actor{Name: name, Kind: kind}, unsure: unsure}
		g.actors[key] = a
		g.order = append(g.order, a)
	} else if name != a.Name && !contains(a.Aliases, name) {
		a.Aliases = append(a.Aliases, name)
	}
	evidence(&a.Evidence, l.Num)
	return a
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}

// actorName returns the words from..to as the name of one person: "Clinic administrators" is "clinic administrator".
func actorName(l *line, from, to int) string {
	name := l.words(from, to)
	lastWord := l.words(to-1, to)
	if l.g.massPlural[l.form(to-1)] {
		name = strings.TrimSuffix(name, lastWord) + strings.ToLower(lastWord)
	} else if !acronym(lastWord) {
		name = strings.TrimSuffix(name, lastWord) + singularOf(l.form(to-1))
	} else {
		name = strings.TrimSuffix(strings.TrimSuffix(name, "'s"), "’s")
	}
	first := l.words(from, from+1)
	if !acronym(first) {
		name = lowered(name)
	}
	return strings.Join(strings.Fields(name), " ")
}

// newRole reports whether the word i is somebody whom the lexicon does not know, in a place where only somebody can be.
func (g *gatherer) newRole(l *line, i int) bool {
	w := &l.Words[i]
	if from, ok := g.castEnd(l, i); ok && !g.actorAt(l, from, i+1) && !possessive(l.Sentence, i) {
		return true
	}
	if g.team(l, i) {
		return true
	}
	if form := singularOf(l.form(i)); form == "person" || form == "individual" {
		return false
	}
	if l.tags[i] != noun || !g.g.person(w) || g.g.services[w.Stem] || g.g.role(w) && g.lexicon.known(w) || possessive(l.Sentence, i) {
		return false
	}
	for _, m := range l.marks {
		if m.From <= i && i < m.To || m.np[0] <= i && i < m.np[1] && m.Class != assetTerm {
			return false
		}
	}
	if g.noise(l, i) || i+1 >= len(l.Words) || !adjacent(l.Sentence, i+1) {
		return false
	}
	switch l.tags[i+1] {
	case modal:
		return true
	case verb:
		return strings.HasSuffix(w.Form, "s") != strings.HasSuffix(l.form(i+1), "s") && !passive(l, i+1)
	}
	return false
}

// team reports whether the word i ends the name of a group of people who do something: "the claims desk checks", "People
// Services closes the record".
func (g *gatherer) team(l *line, i int) bool {
	w := &l.Words[i]
	if i == 0 || !adjacent(l.Sentence, i) || l.tags[i-1] != noun || i+1 >= len(l.Words) || !adjacent(l.Sentence, i+1) || l.tags[i+1] != verb && l.tags[i+1] != modal {
		return false
	}
	if !g.g.teams[w.Form] && !(w.Form == "services" && w.Capital && l.Words[i-1].Capital) {
		return false
	}
	return !g.marked(l, i) && !g.noise(l, i) && !passive(l, i+1) && !g.g.generic[l.form(i-1)]
}

// actorAt reports whether the lexicon knows somebody in the words from..to.
func (g *gatherer) actorAt(l *line, from, to int) bool {
	for i := range l.marks {
		if m := &l.marks[i]; (m.Class == actorTerm || m.Class == dependencyTerm) && m.From < to && m.To > from && m.np[0] <= from {
			return true
		}
	}
	return false
}

// noise reports whether the word is part of a phrase that the lexicon calls noise.
func (g *gatherer) noise(l *line, i int) bool {
	match := &g.lexicon.match[byStem]
	first := max(0, i-3)
	words := l.Words[first:min(len(l.Words), i+8)] // names of noise are short
	var few [12]int64
	ids := few[:len(words)]
	match.numbers(words, byStem, ids)
	i -= first
	found := false
	for k := 0; k <= i; k++ {
		match.each(words, ids, k, func(end *ending, to int) {
			found = found || end.entry.Class == noiseTerm && to > i
		})
	}
	return found
}

// role notes the actor whose head is the word i.
func (g *gatherer) role(l *line, i int) *actorFact {
	from := i
	cast, ok := g.castEnd(l, i)
	if ok {
		from = cast
	}
	for !ok && from > 0 && i-from < 2 && adjacent(l.Sentence, from) && l.tags[from-1] == noun && !possessive(l.Sentence, from-1) && !g.g.generic[l.form(from-1)] {
		from--
	}
	name := actorName(l, from, i+1)
	if l.form(i) == "services" {
		name = l.words(from, i+1) // "People Services"
	}
	if full := g.castFull[name]; full != "" && g.actors["?"+full] != nil {
		a := g.actors["?"+full]
		evidence(&a.Evidence, l.Num)
		return a
	}
	kind := "user"
	known := g.lexicon.entry(actorTerm, singularOf(l.form(i))) // a "care agent" is an agent
	switch {
	case from < i && known != nil && known.Kind != "":
		kind = known.Kind
	case strings.Contains(name, "admin"):
		kind = "admin"
	case g.staffish(l, from) || g.g.teams[l.form(i)] || l.form(i) == "services":
		kind = "staff"
	}
	return g.somebody(l, "?"+strings.ToLower(name), name, kind, true)
}

// staffish reports whether a role is one of the company's own people, by the words before it.
func (g *gatherer) staffish(l *line, from int) bool {
	switch l.form(from - 1) {
	case "our", "internal":
		return true
	}
	return false
}

// storyActor notes who speaks in "As a room parent, I want …".
func (g *gatherer) storyActor(l *line) *actorFact {
	from := 1
	if l.form(0) != "as" {
		return nil
	}
	for from < len(l.Words) && l.tags[from] == determiner {
		from++
	}
	to := from
	for to < len(l.Words) && to-from < 5 && (to == from || adjacent(l.Sentence, to)) && (l.tags[to] == noun || l.tags[to] == adjective || l.tags[to] == verb && l.form(to+1) != "to") {
		if l.form(to) == "i" || l.form(to) == "we" {
			break
		}
		to++
	}
	if to == from {
		return nil
	}
	for k := len(l.marks) - 1; k >= 0; k-- {
		if m := &l.marks[k]; m.Class == actorTerm && m.From >= from && m.To <= to && m.To == to {
			a := g.actor(l, m)
			a.firm = true
			return a
		}
	}
	name := actorName(l, from, to)
	if name == "" || g.g.product[l.Words[to-1].Stem] {
		return nil
	}
	a := g.somebody(l, "?"+strings.ToLower(name), name, "user", false)
	a.firm = true
	return a
}
