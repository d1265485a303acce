package rules

import (
	"regexp"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// A safeguardFact is a protection with the place where it stands.
type safeguardFact struct {
	proposal.Safeguard
	section int
}

// protections notes the safeguards that a sentence states.
func (g *gatherer) protections(l *line) {
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != safeguardTerm || !m.denies && l.Stance.Denies(m.To-1) || !g.protects(l, m) || lax(l.Sentence, l.marks, m.From, m.To) {
			continue
		}
		from, to := l.around(m)
		s := safeguardFact{section: l.Section, Safeguard: proposal.Safeguard{Text: strings.TrimRight(lowered(unnumbered(l.words(from, to))), ".;, "),
			Kind: strings.ReplaceAll(m.entry.Kind, "_", " "), Confidence: "high"}}
		if l.Kind == "user_story" || m.To-m.From == 1 {
			s.Confidence = "medium"
		}
		evidence(&s.Evidence, l.Num)
		for _, k := range l.marked(assetTerm, 0, len(l.Words)) {
			if a := g.assets[assetKey(l.Sentence, k)]; a != nil && !contains(s.Protects, a.Name) {
				s.Protects = append(s.Protects, a.Name)
			}
		}
		if !g.stated[s.Text] { // one sentence is one safeguard, whatever kinds of words it has
			g.stated[s.Text] = true
			g.safeguards = append(g.safeguards, s)
		}
		return
	}
}

// protects reports whether the words are a protection where they stand: not what somebody wants to do, not the name of a
// field, not what a plan of tests says.
func (g *gatherer) protects(l *line, m *mark) bool {
	if l.Kind == document.UserStory {
		for k := m.From - 1; k > 0; k-- {
			if l.form(k) == "so" {
				return false // "so I can submit proof of service"
			}
		}
	}
	if l.Kind == document.TableRow && slices.ContainsFunc(l.Cells, func(c document.Cell) bool { return g.headed(c, typeHeads) }) {
		return false
	}
	if len(m.entry.With) == 0 {
		return true
	}
	for _, w := range m.entry.With {
		if _, _, ok := reading.Match(l.Words, reading.Stems(w)); ok {
			return true
		}
	}
	return false
}

// typeHeads are headers of tables of fields, which describe data and protect nothing.
var typeHeads = map[string]bool{"type": true}

var leadingNumber = regexp.MustCompile(`^(?:[A-Z]{0,4}-?\d+(?:\.\d+)*[.):]?)\s+(?:[A-Z])`)

// unnumbered takes a requirement's number off its text: "4.1 A unit must …".
func unnumbered(text string) string {
	if m := leadingNumber.FindString(text); m != "" {
		return text[len(m)-1:]
	}
	return text
}

// maxClause is how many words a privilege's or a step's text has at most, if it must be cut.
const maxClause = 24

// maxProtection is how many words a safeguard's text has at most: a cut one may say the opposite.
const maxProtection = 45

// around returns the words that say what the mark is about: the sentence, or of a long one the part between punctuation.
func (l *line) around(m *mark) (from, to int) {
	from, to = 0, len(l.Words)
	if to <= maxProtection {
		return from, to
	}
	from, to = m.From, m.To
	for from > 0 && !breaks(l.between(from)) {
		from--
	}
	for to < len(l.Words) && !breaks(l.between(to)) && to-from < maxProtection {
		to++
	}
	return from, to
}

// protect says of each safeguard that names no asset what it protects: the first assets of its section.
func (g *gatherer) protect() {
	const most = 3
	sections := map[int][]string{}
	for _, x := range g.order {
		a, ok := x.(*assetFact)
		if !ok {
			continue
		}
		for _, num := range a.Evidence.Sentences {
			sec := g.text.Sentences[num-1].Section
			if names := sections[sec]; len(names) < most && !contains(names, a.Name) {
				sections[sec] = append(names, a.Name)
			}
		}
	}
	for i := range g.safeguards {
		if s := &g.safeguards[i]; len(s.Protects) == 0 {
			s.Protects = sections[s.section]
		}
	}
}

// finish puts everything into the set.
func (g *gatherer) finish() {
	g.address()
	g.weigh()
	for _, x := range g.order {
		x.put(g)
	}
	for _, s := range g.safeguards {
		g.set.Safeguards = append(g.set.Safeguards, s.Safeguard)
	}
	seen := map[string]bool{}
	for _, w := range g.withheld {
		if g.assets[w.key] == nil && !seen[w.key] {
			seen[w.key] = true
			g.set.Withheld = append(g.set.Withheld, w.Withheld)
		}
	}
}

// rights notes what actors may do: "admins can export all invoices", "Admins can:" and its items.
func (g *gatherer) rights(l *line) {
	if l.lead != nil {
		if a, says := g.granted(l.lead); a != nil && says == "" && len(l.Words) > 0 {
			g.privilege(a, "can "+lowered(l.clip(0)), l.Num)
			return
		}
	}
	if a, says := g.granted(l); a != nil && says != "" {
		g.privilege(a, says, l.Num)
	}
	if l.Kind == "user_story" {
		g.wish(l)
	}
}

// granted returns the actor whom the line says may do something, and what; "" if the line only leads into it.
func (g *gatherer) granted(l *line) (*actorFact, string) {
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != actorTerm || m.weak || vague[m.Term] || m.has("hostile") || m.To >= len(l.Words) || possessive(l.Sentence, m.To-1) {
			continue
		}
		k := m.To
		for k < len(l.Words) && l.tags[k] == adverb {
			k++
		}
		if k >= len(l.Words) || !adjacent(l.Sentence, k) || l.Stance.Denies(min(k+1, len(l.Words)-1)) {
			continue
		}
		right := ""
		switch form := l.form(k); {
		case form == "can" || form == "may" || form == "could":
			right = "can "
			k++
		case (form == "is" || form == "are") && (l.form(k+1) == "able" || l.form(k+1) == "allowed" || l.form(k+1) == "permitted") && l.form(k+2) == "to":
			right = "can "
			k += 3
		case form == "has" && l.form(k+1) == "access" || form == "have" && l.form(k+1) == "access":
			right = "has access"
			k += 2
		default:
			continue
		}
		a := g.actor(l, m)
		if k >= len(l.Words) {
			return a, ""
		}
		return a, strings.TrimSpace(right + strings.TrimPrefix(" "+l.clip(k), map[bool]string{true: "", false: " "}[right == "has access"]))
	}
	return nil, ""
}

// clip returns the words from on, up to the end of their clause.
func (l *line) clip(from int) string {
	to := from
	for to < len(l.Words) && to-from < maxClause {
		if to > from && (breaks(l.between(to)) || l.tags[to] == clauseWord && (l.form(to) == "so" || l.form(to) == "because" || l.form(to) == "but")) {
			break
		}
		to++
	}
	return strings.TrimSpace(l.words(from, to))
}

func (g *gatherer) privilege(a *actorFact, text string, num int) {
	key := strings.ToLower(text)
	if i, ok := a.rights[key]; ok {
		evidence(&a.Privileges[i].Evidence, num)
		return
	}
	if a.rights == nil {
		a.rights = map[string]int{}
	}
	a.rights[key] = len(a.Privileges)
	a.firm = true
	p := proposal.Privilege{Text: text}
	evidence(&p.Evidence, num)
	a.Privileges = append(a.Privileges, p)
	evidence(&a.Evidence, num)
}

// wish notes what a user story lets its actor do.
func (g *gatherer) wish(l *line) {
	a := g.storyActor(l)
	if a == nil {
		return
	}
	if from := g.wishStart(l); from > 0 {
		g.privilege(a, "can "+l.clip(from), l.Num)
	}
}

// wishStart is where the verb of "I want to …" stands, 0 if there is none.
func (g *gatherer) wishStart(l *line) int {
	for k := 1; k+1 < len(l.Words); k++ {
		switch l.form(k) {
		case "to":
			switch l.form(k - 1) {
			case "want", "need", "able", "like", "wish", "have", "wants", "needs":
				if l.form(k+1) == "be" && l.form(k+2) == "able" {
					continue
				}
				return k + 1
			}
		case "can", "may", "must", "should":
			if p := l.form(k - 1); p == "i" || p == "we" {
				return k + 1
			}
		}
	}
	return 0
}
