package rules

import (
	"regexp"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// longestRole is how many words a name for people has at most that the document introduces.
const longestRole = 3

// introduce learns what the document itself calls people, wherever it says so: "Site Lead: a person who …", the list under
// "Users", "As a room parent, I want …". Later sentences may then speak of them like of anybody whom the lexicon knows.
func (g *gatherer) introduce() {
	for i := range g.text.Sentences {
		s := &g.text.Sentences[i]
		if s.Kind == document.Heading || s.Kind == document.Code || s.Kind == document.Hidden || len(s.Words) < 2 || len(s.Words) > maxWords {
			continue
		}
		switch {
		case s.Kind == document.UserStory:
			if l := g.parse(s); l.form(0) == "as" {
				g.learn(l, g.storyRole(l))
			}
		case strings.Contains(s.Text, ":"):
			l := g.parse(s)
			if to := g.defined(l); to > 0 {
				g.learn(l, [2]int{0, to})
			}
		case s.Kind == document.ListItem && g.announces(g.titleOf(s), g.g.castHeads):
			l := g.parse(s)
			g.learn(l, g.listedRole(l))
		}
	}
}

// announces reports whether a section's title holds one of the phrases.
func (g *gatherer) announces(title string, phrases []string) bool {
	title = " " + strings.Join(strings.Fields(strings.ToLower(title)), " ")
	for _, p := range phrases {
		if strings.Contains(title, " "+p) {
			return true
		}
	}
	return false
}

// learn remembers a name for people.
func (g *gatherer) learn(l *line, np [2]int) {
	from, to := np[0], np[1]
	for from < to && (l.tags[from] == determiner || l.tags[from] == number || g.g.generic[l.form(from)]) {
		from++
	}
	if from >= to || to-from > longestRole || len(l.form(to-1)) < 3 || g.g.notNames[l.form(to-1)] || g.g.product[l.Words[to-1].Stem] {
		return
	}
	g.cast[roleKey(l, from, to)] = true
	g.castLast[singularOf(l.form(to-1))] = true
	if last := &l.Words[to-1]; to-from > 1 && !g.lexicon.known(last) && !g.g.things[last.Stem] && !g.g.tails[last.Stem] {
		short := singularOf(last.Form) // "guides" after "group guides"
		if full, known := g.castFull[short]; !known {
			g.cast[short], g.castFull[short] = true, roleKey(l, from, to)
		} else if full != roleKey(l, from, to) {
			g.castFull[short] = "" // more than one
		}
	}
}

func roleKey(l *line, from, to int) string {
	var key strings.Builder
	for i := from; i < to; i++ {
		if i > from {
			key.WriteByte(' ')
		}
		if form := l.form(i); i == to-1 {
			key.WriteString(singularOf(form))
		} else {
			key.WriteString(form)
		}
	}
	return key.String()
}

// storyRole returns where the speaker of a user story is named.
func (g *gatherer) storyRole(l *line) [2]int {
	from := 1
	for from < len(l.Words) && l.tags[from] == determiner {
		from++
	}
	to := from
	for to < len(l.Words) && (to == from || adjacent(l.Sentence, to)) && l.form(to) != "i" && l.form(to) != "we" && (l.tags[to] == noun || l.tags[to] == adjective || l.tags[to] == verb) {
		to++
	}
	return [2]int{from, to}
}

var aName = regexp.MustCompile(`^[A-Z][\pL'’ -]{1,40}$`)

// defined returns the end of a name at the line's start that the words after a colon call somebody, 0 if there is none:
// "Integrator: a third-party engineer who commissions robots".
func (g *gatherer) defined(l *line) int {
	to := 1
	for to < len(l.Words) && to <= longestRole && !strings.Contains(l.between(to), ":") {
		to++
	}
	if to >= len(l.Words) || to > longestRole || !aName.MatchString(l.words(0, to)) || l.tags[to-1] != noun && !l.Words[to-1].Capital {
		return 0
	}
	k := to
	for k < len(l.Words) && k < to+6 && (l.tags[k] == determiner || l.tags[k] == adjective || l.tags[k] == noun) && (k == to || adjacent(l.Sentence, k)) {
		k++
	}
	if listed := l.Kind == document.ListItem && g.announces(g.titleOf(l.Sentence), rolesOnly); listed && !g.marked(l, to-1) && !g.g.notParties[singularOf(l.form(to-1))] && !g.g.things[l.Words[to-1].Stem] && l.tags[to-1] == noun {
		return to // "Professionals: offer what they can do"
	}
	if k == to || l.tags[k-1] != noun || !g.somebodyAt(l, k-1) {
		return 0
	}
	switch l.form(k) {
	case "who", "with", "responsible":
		return to
	case "of":
		if acronym(l.words(0, 1)) {
			return to // "DOS: Director of Studies"
		}
	}
	if l.Kind == document.ListItem && l.tags[to-1] == noun && g.announces(g.titleOf(l.Sentence), g.g.castHeads) {
		return to
	}
	return 0
}

// rolesOnly are beginnings of headings under which what stands before a colon is somebody, and no trait of somebody.
var rolesOnly = []string{"user roles", "users", "roles", "actors", "target users", "stakeholders", "participants", "parties", "people"}

// somebodyAt reports whether the word is somebody: by the lexicon, or by its form.
func (g *gatherer) somebodyAt(l *line, i int) bool {
	if g.g.person(&l.Words[i]) {
		return true
	}
	for j := range l.marks {
		if m := &l.marks[j]; m.Class == actorTerm && m.From <= i && i < m.To {
			return true
		}
	}
	return false
}

// listedRole returns the name that begins an item of a list of people: "The gynaecologist, who follows the patient".
func (g *gatherer) listedRole(l *line) [2]int {
	from := 0
	for from < len(l.Words) && l.tags[from] == determiner {
		from++
	}
	to := from
	for to < len(l.Words) && (to == from || adjacent(l.Sentence, to)) && (l.tags[to] == noun || l.tags[to] == adjective) {
		to++
	}
	if to == from || !g.somebodyAt(l, to-1) {
		return [2]int{}
	}
	return [2]int{from, to}
}

// persona notes who a heading introduces by name: "3.4 Ros, till colleague".
func (g *gatherer) persona(s *reading.Sentence) {
	n := len(s.Words)
	if n < 2 || n > 8 || !strings.Contains(s.Text, ",") || s.Stance.OutOfScope {
		return
	}
	l := g.parse(s)
	from := n - 1
	for from > 0 && adjacent(s, from) {
		from--
	}
	if from == 0 || n-from > longestRole || !strings.Contains(l.between(from), ",") || from > 3 || !l.Words[from-1].Capital || !g.somebodyAt(l, n-1) {
		return
	}
	name := actorName(l, from, n)
	g.somebody(l, name, name, "user", false).firm = true
}

// castAt returns where a name for people ends that the document introduced and that begins at the word i, i if none does.
func (g *gatherer) castAt(l *line, i int) int {
	if len(g.cast) == 0 {
		return i
	}
	for n := min(longestRole, len(l.Words)-i); n > 0; n-- {
		if g.cast[roleKey(l, i, i+n)] && !(i+n < len(l.Words) && adjacent(l.Sentence, i+n) && l.tags[i+n] == noun && !possessive(l.Sentence, i+n-1)) {
			return i + n
		}
	}
	return i
}

// castEnd reports whether a name for people that the document introduced ends with the word i, and where it begins.
func (g *gatherer) castEnd(l *line, i int) (from int, ok bool) {
	if len(g.cast) == 0 || !g.castLast[singularOf(l.form(i))] {
		return 0, false
	}
	for n := min(longestRole, i+1); n > 0; n-- {
		if g.castAt(l, i+1-n) == i+1 {
			return i + 1 - n, true
		}
	}
	return 0, false
}
