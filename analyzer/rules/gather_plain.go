package rules

import (
	"strings"
)

// plain reports whether a term that often means something else is an asset here: a verb does something with it, it belongs to
// somebody, or it stands in a list of assets.
func (g *gatherer) plain(l *line, m *mark) bool {
	for i := m.np[0]; i < m.From; i++ {
		if g.g.person(&l.Words[i]) {
			return true // "patient's letter", "guest names"
		}
	}
	switch l.form(m.np[0] - 1) {
	case "their", "his", "her", "my", "your":
		if l.peopled() {
			return true
		}
	}
	if m.np[0] < m.From && possessive(l.Sentence, m.From-1) && m.has("personal") {
		return false // "the board's name"
	}
	for i := range l.marks {
		k := &l.marks[i]
		if k == m {
			continue
		}
		if k.Class == assetTerm && !k.weak && (!k.entry.Weak || k.To-k.From > 1) && listedTogether(l, k, m) {
			return true
		}
		if k.Class == flowTerm && l.tags[k.From] == verb && !m.has("listed") && governs(l, k, m) {
			return true
		}
	}
	return !m.has("listed") && g.handles(l, m)
}

// handles reports whether what somebody makes, signs or approves is the term: "creates a request".
func (g *gatherer) handles(l *line, m *mark) bool {
	for k := max(0, m.np[0]-14); k < m.np[0]; k++ {
		if l.tags[k] == verb && g.g.handling[l.Words[k].Stem] && governs(l, &mark{From: k, To: k + 1}, m) {
			return true
		}
	}
	return false
}

// peopled reports whether the line, or what leads into it, speaks of somebody.
func (l *line) peopled() bool {
	return len(l.marked(actorTerm, 0, len(l.Words))) > 0 || l.lead != nil && l.lead.peopled() || l.Kind == "user_story"
}

// listedTogether reports whether two marks are neighbours in a list: "name, email and photo".
func listedTogether(l *line, a, b *mark) bool {
	if a.From > b.From {
		a, b = b, a
	}
	if b.np[0]-a.np[1] > 8 {
		return false
	}
	for i := a.np[1]; i < b.np[0]; i++ {
		if l.tags[i] == verb || l.tags[i] == modal || l.tags[i] == clauseWord || l.tags[i] == auxiliary || l.tags[i] == toWord || l.tags[i] == preposition && l.form(i) != "of" {
			return false
		}
	}
	return true
}

// reach are words beyond which a verb's object does not lie.
var reach = map[string]bool{"before": true, "after": true, "until": true, "during": true, "without": true, "than": true}

// governs reports whether the verb k takes the noun m as its object, or as its subject in the passive.
func governs(l *line, k, m *mark) bool {
	if k.To == m.np[0] && strings.HasSuffix(l.form(k.From), "ing") && l.tags[max(0, k.From-1)] == preposition {
		return false // "per editing session"
	}
	if m.From >= k.To {
		for i := k.To; i < m.np[0]; i++ {
			if l.tags[i] == clauseWord || l.tags[i] == modal || l.tags[i] == verb && i > k.To || reach[l.form(i)] || breaks(l.between(i)) {
				return false
			}
		}
		return m.np[0]-k.To < 14
	}
	if m.np[1] > k.From || !passive(l, k.From) {
		return false
	}
	for i := m.np[1]; i < k.From; i++ {
		if l.tags[i] == clauseWord || l.tags[i] == verb {
			return false
		}
	}
	return k.From-m.np[1] < 8
}

// passive reports whether the verb at i is in the passive: "is sent", "photos uploaded by".
func passive(l *line, i int) bool {
	form := l.form(i)
	if !strings.HasSuffix(form, "ed") && !l.g.participle[form] {
		return false
	}
	k := i - 1
	for k >= 0 && (l.tags[k] == adverb || l.tags[k] == negator || l.tags[k] == conjunction || l.tags[k] == verb && strings.HasSuffix(l.form(k), "ed")) {
		k--
	}
	switch l.form(k) {
	case "is", "are", "was", "were", "be", "been", "being", "gets", "get", "got", "isn't", "aren't":
		return true
	}
	switch l.form(i + 1) {
	case "by", "to", "with", "via", "through", "in", "from", "on", "at", "into", "after", "for":
		return k >= 0 && l.tags[k] == noun && k == i-1
	}
	return false
}
