package rules

import (
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// unknowns returns what a clause names as its objects without the lexicon knowing them: after "store" anything, after other
// verbs what is called like data, "room number" or "intake sheet".
func (g *gatherer) unknowns(l *line, c clause, from, to int) []*assetFact {
	any := takesUnknown(c.verb)
	if !any && (c.verb.has("processes") && c.verb.Term != "update" && c.verb.Term != "edit" && c.verb.Term != "change" || c.verb.has("deletes") && c.verb.Term == "clear") {
		return nil
	}
	any = any || seenBy(c.verb) && l.somebodyIn(c)
	var data []*assetFact
	names := g.lists(l, g.overAdverbial(l, from, to), to)
	any = any || len(names) > 2 && (c.verb.has("shows") || c.verb.has("stores") || c.verb.has("receives")) && slices.ContainsFunc(names, func(n span) bool { return g.enough(l, n, false, false) })
	single := handedOver(c.verb) || any && len(names) > 2
	for _, n := range names {
		if a := g.unknown(l, n, any, single); a != nil && !slices.Contains(data, a) {
			data = append(data, a)
		}
	}
	return data
}

// seenBy reports whether what somebody does so to is likely data: what a clerk sees, gets or prints.
func seenBy(m *mark) bool {
	switch m.Term {
	case "see", "view", "read", "look_at", "inspect", "review", "listen_to", "hear", "examine", "consult", "watch",
		"receive", "get", "look_up", "retrieve", "pull", "query", "show", "display", "print", "present_to",
		"give", "write", "file", "provide", "declare", "dictate", "report", "supply", "draft", "scan", "photograph", "hand_in", "ask_for", "paste", "add", "keep", "hold", "maintain":
		return true
	}
	return false
}

// somebodyIn reports whether a person takes part in the clause: before an active verb, or led in after a passive one.
func (l *line) somebodyIn(c clause) bool {
	from, to := c.left, c.verb.From
	if c.passive {
		from, to = c.verb.To, c.right
	}
	for i := range l.marks {
		if m := &l.marks[i]; m.Class == actorTerm && !m.weak && m.From >= from && m.To <= to && !possessive(l.Sentence, m.To-1) {
			return true
		}
	}
	if l.Kind == document.UserStory {
		return true
	}
	return l.lead != nil && len(l.lead.marked(actorTerm, 0, len(l.lead.Words))) > 0
}

// takesUnknown reports whether what the verb is done to is data, whatever it is called.
func takesUnknown(m *mark) bool {
	switch m.entry.Direction {
	case "exports", "stores":
		switch m.Term {
		case "hold", "keep", "maintain", "host", "preserve", "index", "dump", "back_up":
		default:
			return true
		}
	}
	switch m.Term {
	case "collect", "upload", "transmit", "import", "capture", "submit", "gather", "fetch", "record", "share", "forward", "transfer",
		"enter", "insert", "type", "fill_in", "log", "attach", "sync", "send", "measure", "disclose", "stream", "publish":
		return true
	}
	return false
}

// handedOver reports whether the verb is only used of documents and the like: whatever somebody uploads is data.
func handedOver(v *mark) bool {
	switch v.Term {
	case "upload", "submit", "download", "attach", "export":
		return true
	}
	return false
}

// unknown notes an asset that is found by what is done with it, "we store the X", or by where it stands. any says that
// whatever stands there is data, not only what is called so; single, that one word in the singular is enough. It returns nil
// if the words hold no such thing.
func (g *gatherer) unknown(l *line, n span, any, single bool) *assetFact {
	if !g.datum(l, n) {
		return nil
	}
	name := strings.ReplaceAll(nameOf(l.Sentence, n.from, n.to), "_", " ")
	key := "?" + strings.Join(reading.Stems(name), " ")
	a := g.assets[key]
	if a == nil && !g.enough(l, n, any, single) {
		g.perhaps(l, name, key)
		return nil
	}
	if a == nil {
		a = g.newUnknown(name, key)
		g.assets[key] = a
		g.order = append(g.order, a)
	}
	evidence(&a.Evidence, l.Num)
	g.owner(l, a, [2]int{n.from, n.to})
	return a
}

// handled notes what somebody makes, signs or approves, if it is called like data: "creates a loan request".
func (g *gatherer) handled(l *line) {
	for k := range l.Words {
		if l.tags[k] != verb || !g.g.handling[l.Words[k].Stem] || l.Stance.Denies(k) || passive(l, k) || slices.ContainsFunc(l.marks, func(m mark) bool { return m.Class == flowTerm && m.From == k }) {
			continue
		}
		names := g.lists(l, k+1, len(l.Words))
		any := len(names) > 2 && slices.ContainsFunc(names, func(n span) bool { return g.enough(l, n, false, false) })
		for _, n := range names {
			g.unknown(l, n, any, any)
		}
	}
}

// belongings notes what a sentence says is somebody's, if its words tell what it is about: "his diplomas", "the debtor's dog
// licence".
func (g *gatherer) belongings(l *line) {
	if !l.peopled() {
		return
	}
	for k := 0; k+1 < len(l.Words); k++ {
		from := k + 1
		switch l.form(k) {
		case "his", "her", "their", "my", "your":
		default:
			if !possessive(l.Sentence, k) || l.tags[k] != noun || !g.g.person(&l.Words[k]) {
				continue
			}
		}
		if l.Stance.Denies(k) || !adjacent(l.Sentence, from) {
			continue
		}
		names, _ := g.list(l, from, len(l.Words))
		for _, n := range names {
			if e := g.lexicon.hints[bySingular.of(&l.Words[n.head-1])]; e != nil && e.Sensitivity != "low" {
				g.unknown(l, n, true, n.to-n.from > 1)
			}
		}
	}
}

// enough reports whether one mention is enough to take a noun phrase for data.
func (g *gatherer) enough(l *line, n span, any, single bool) bool {
	head, words := &l.Words[n.head-1], n.to-n.from
	switch called := g.g.tails[head.Stem]; {
	case !any:
		hint := g.lexicon.hints[bySingular.of(head)]
		return words > 1 && (called || hint != nil && hint.Sensitivity != "low")
	case !called && !single && !g.private(l, n) && (abstract(head.Form) || strings.HasSuffix(head.Form, "ing") || strings.HasSuffix(head.Form, "ed")):
		return false
	}
	// A bare "number" or "support" says too little.
	return words > 1 || strings.HasSuffix(head.Form, "s") || single || g.g.alone[head.Form] || n.from > 0 && l.tags[n.from-1] == determiner && g.lexicon.hints[bySingular.of(head)] != nil
}

// private reports whether what describes the last word of a name makes it private: "welfare decision".
func (g *gatherer) private(l *line, n span) bool {
	if n.to-n.from < 2 {
		return false
	}
	_, sensitivity := g.lexicon.hint(l.words(n.from, n.head-1) + " " + l.words(n.head, n.to))
	return sensitivity == "high"
}

// newUnknown returns an asset that the lexicon does not know by name, but may know something of by its words.
func (g *gatherer) newUnknown(name, key string) *assetFact {
	a := &assetFact{key: key, Asset: proposal.Asset{Name: name, Category: "other", Sensitivity: "medium",
		Gain: "Read, change or pass on " + name + " without a right to"}}
	if !strings.Contains(name, " ") {
		a.Sensitivity = "low" // one word that says nothing of anybody
	}
	if e, sensitivity := g.lexicon.hint(name); e != nil {
		a.Category, a.Sensitivity, a.Regulations = e.Category, sensitivity, e.Regulations
		a.Gain = capitalised(fill(e.Gain, "{it}", name))
	}
	return a
}

// datum reports whether a noun phrase that the lexicon does not know may be data.
func (g *gatherer) datum(l *line, n span) bool {
	head, words := &l.Words[n.head-1], n.to-n.from
	called := g.g.tails[head.Stem]
	called = called || g.g.soft[head.Stem] && g.private(l, n) // "political views", "sick days"
	switch {
	case possessive(l.Sentence, n.head-1), len(head.Form) < 3, l.code(n),
		g.g.things[head.Stem] && (words == 1 || !called), g.g.things[l.Words[n.from].Stem] && words == 2 && !called && !possessive(l.Sentence, n.from),
		g.g.person(head), g.g.product[head.Stem], g.g.holders[head.Stem],
		g.lexicon.known(head) && !called, g.lexicon.asset(head) && !l.inAsset(n.head-1) && !l.names && n.head == n.to: // known, and something else here: "hero image"
		return false
	case !called && l.proper(n), l.coined(n):
		return false // the name of a product or feature
	}
	for i := range l.marks {
		m := &l.marks[i]
		if m.From >= n.to || m.To <= n.from {
			continue
		}
		switch m.Class {
		case dependencyTerm, safeguardTerm:
			return false
		case assetTerm:
			if !m.weak && m.From < n.head {
				return false // known by that name
			}
		case actorTerm:
			if m.To == n.head {
				return false
			}
		case featureTerm:
			if m.From <= n.from && m.To >= n.to {
				return false
			}
		}
	}
	return true
}

// abstract reports whether a word names a quality or an action: "readiness", "availability".
func abstract(form string) bool {
	for _, end := range []string{"ness", "ility", "ance", "ence", "ism", "hood", "ment", "sion", "tion", "ations", "ments", "ency", "ancy", "ity"} {
		if strings.HasSuffix(form, end) {
			return true
		}
	}
	return false
}

// code reports whether the words belong to a path, an address or another piece of code.
func (l *line) code(n span) bool {
	from, to := l.Words[n.from].Start, l.Words[n.to-1].End
	for from > 0 && l.Text[from-1] > ' ' {
		from--
	}
	for to < len(l.Text) && l.Text[to] > ' ' {
		to++
	}
	text := l.Text[from:to]
	if strings.HasPrefix(text, "/") || strings.Contains(text, "://") || strings.Contains(text, "/:") || strings.ContainsAny(text, "{}<>=$") || strings.Contains(text, "()") {
		return true
	}
	for k := n.from; k < n.to; k++ {
		switch l.Text[l.Words[k].Start:l.Words[k].End] {
		case "GET", "POST", "PUT", "PATCH", "DELETE", "HTTP", "TRUE", "FALSE", "NULL":
			return true
		}
	}
	return false
}

// coined reports whether a word is written as programs and brands are: "createdAt", "M5StickC"; "IBAN" and "IDs" are not.
func (l *line) coined(n span) bool {
	for k := n.from; k < n.to; k++ {
		lower, upper, word := false, false, l.Text[l.Words[k].Start:l.Words[k].End]
		for i, r := range word {
			lower = lower || unicode.IsLower(r)
			upper = upper || i > 0 && unicode.IsUpper(r)
		}
		if lower && upper && !strings.HasSuffix(word, "s") {
			return true
		}
	}
	return false
}

// proper reports whether the words are a name of their own in the middle of a sentence: "the Pet Feed".
func (l *line) proper(n span) bool {
	for k := max(n.from, 1); k < n.to; k++ {
		if w := &l.Words[k]; w.Capital && !acronym(l.Text[w.Start:w.End]) && !possessive(l.Sentence, k) {
			return true
		}
	}
	return false
}
