package rules

import (
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// A span is a noun phrase of a line: its words, half open, without determiners and the like, and where its head ends: in "logs of
// each flight" after the logs.
type span struct{ from, to, head int }

// maxNames is how many things a list within a sentence may name.
const maxNames = 24

// list reads the noun phrases of a list that begins the words from..to, "the valve position, the set point and the name of the
// operator", and returns where it ends.
func (g *gatherer) list(l *line, from, to int) (names []span, end int) {
	for k := from; k < to && len(names) < maxNames; {
		n := g.phrase(l, k, to)
		if n.from == n.to {
			return names, k
		}
		names = append(names, n)
		if k = n.to; k < to && strings.Contains(l.between(k), "(") {
			k = l.closing(k, to)
		}
		if k+1 < to && l.form(k) == "per" {
			k += 2 // "the price per litre and the total"
		}
		if k >= to {
			return names, to
		}
		goesOn := strings.ContainsAny(l.between(k), ",/&+")
		if l.tags[k] == conjunction && !ends(l.between(k)) {
			k, goesOn = k+1, true
		} else if l.form(k) == "as" && l.form(k+1) == "well" && l.form(k+2) == "as" {
			k, goesOn = k+3, true
		}
		if !goesOn {
			return names, k
		}
	}
	return names, to
}

// closing is the first word after the bracket that opens before the word k, k if it does not close.
func (l *line) closing(k, to int) int {
	for i := k + 1; i < to; i++ {
		if strings.Contains(l.between(i), ")") {
			return i
		}
	}
	return k
}

// phrase finds the noun phrase that begins the words from..to, determiners and generic adjectives left out; "a scan of the
// passport" is the passport, "the name of the operator" is one thing.
func (g *gatherer) phrase(l *line, from, to int) span {
	start, end := g.simple(l, from, to)
	if start == end || end+1 >= to || l.form(end) != "of" || !adjacent(l.Sentence, end) {
		return span{start, end, end}
	}
	inner, after := g.simple(l, end+1, to)
	switch {
	case inner == after:
		return span{start, end, end}
	case g.g.wrappers[l.Words[end-1].Stem]:
		return span{inner, after, after}
	case g.g.measures[l.Words[end-1].Stem] && strings.HasSuffix(l.form(after-1), "s"):
		return span{from, from, from} // "number of users", but "reference number of the patient"
	}
	return span{start, after, end}
}

// simple finds the noun phrase that begins the words from..to, up to "of" or whatever else follows its head.
func (g *gatherer) simple(l *line, from, to int) (start, end int) {
	for from < to && (l.tags[from] == determiner || l.tags[from] == adverb || l.tags[from] == number || g.g.generic[l.form(from)]) && !possessive(l.Sentence, from) {
		from++
	}
	for end = from; end < to && (l.tags[end] == noun || l.tags[end] == adjective || l.tags[end] == number && end > from || l.tags[end] == verb && l.inAsset(end)); end++ {
		if end > from && !adjacent(l.Sentence, end) {
			break
		}
	}
	from = g.g.afterVerb(l.Sentence, from, max(from, end-1))
	if end == from || end-from > maxPhrase || l.tags[end-1] != noun && !l.inAsset(end-1) {
		return from, from
	}
	return from, end
}

// inAsset reports whether the word k belongs to a known asset: "cost" in "cost centre" is no verb.
func (l *line) inAsset(k int) bool {
	for i := range l.marks {
		if m := &l.marks[i]; m.Class == assetTerm && m.From <= k && k < m.To {
			return true
		}
	}
	return false
}

// maxPhrase is how many words the name of an unknown thing may have.
const maxPhrase = 5

// listStart is where the subject of a passive verb begins, all things that it lists included.
func (g *gatherer) listStart(l *line, c clause) int {
	k := c.subject
	for k > c.left && (l.tags[k-1] == auxiliary || l.tags[k-1] == modal || l.tags[k-1] == adverb || l.tags[k-1] == negator) {
		k--
	}
	start := k
	for k > c.left && !ends(l.between(k)) {
		switch t := l.tags[k-1]; {
		case t == noun || t == adjective || t == determiner || t == number || l.form(k-1) == "of":
			start = k - 1
		case t == conjunction:
		default:
			return start
		}
		k--
	}
	return start
}

// unknowns returns what a clause names as its objects without the lexicon knowing them: after "store" anything, after other
// verbs what is called like data, "room number" or "intake sheet".
func (g *gatherer) unknowns(l *line, c clause, from, to int, any bool) []*assetFact {
	any = takesUnknown(c.verb)
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

// lists reads the list that begins the words from..to, and those that go on from it: "the roster with driver names".
func (g *gatherer) lists(l *line, from, to int) []span {
	var all []span
	for from < to {
		if l.form(from) == "it" || l.form(from) == "them" {
			from = l.goesOn(from+1, to)
			continue
		}
		names, end := g.list(l, from, to)
		if all = append(all, names...); len(names) == 0 {
			break
		}
		from = l.goesOn(end, to)
	}
	return all
}

// overAdverbial skips what may stand between a verb and its object: "show for each bed the initials".
func (g *gatherer) overAdverbial(l *line, from, to int) int {
	if from >= to || l.tags[from] != preposition {
		return from
	}
	if _, end := g.simple(l, from+1, to); end < to && end > from+1 && l.tags[end] == determiner && !ends(l.between(end)) {
		return end
	}
	return from
}

// goesOn returns where more of what a clause is about begins at or after the word k, "including the name" or "such as photos",
// to if nothing does.
func (l *line) goesOn(k, to int) int {
	if k+1 >= to || ends(l.between(k)) {
		return to
	}
	switch l.form(k) {
	case "with":
		if next := l.form(k + 1); next != "a" && next != "an" { // what follows "with a" is a tool
			return k + 1
		}
	case "including", "like", "containing", "plus":
		return k + 1
	case "such", "together", "along":
		if next := l.form(k + 1); next == "as" || next == "with" {
			return k + 2
		}
	}
	return to
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

// A candidate is what may be data if the document goes on about it.
type candidate struct {
	asset *assetFact
	stem  string // of its last word
}

// perhaps notes something that is data if the document goes on about it.
func (g *gatherer) perhaps(l *line, name, key string) {
	const most = 1000
	c := g.candidates[key]
	if c == nil {
		if len(g.candidates) == most {
			return
		}
		stems := strings.Fields(key)
		c = &candidate{asset: g.newUnknown(name, key), stem: strings.TrimPrefix(stems[len(stems)-1], "?")}
		g.candidates[key] = c
		g.maybe = append(g.maybe, c)
	}
	evidence(&c.asset.Evidence, l.Num)
}

// define remembers what a glossary says the meaning of: "Winner file: the list that is made after each draw."
func (g *gatherer) define(l *line) {
	const most = 4 // words
	if !g.announces(g.titleOf(l.Sentence), g.g.glossaryHeads) {
		return
	}
	for k := 1; k < len(l.Words) && k <= most; k++ {
		if strings.ContainsAny(l.between(k), ":—–") || strings.Contains(l.between(k), " - ") || l.form(k) == "is" || l.form(k) == "means" {
			start, end := g.simple(l, 0, k)
			if end == k {
				g.explained["?"+strings.Join(reading.Stems(l.words(start, end)), " ")] = true
			}
			return
		}
	}
}

// recur takes in what the document does something with again and again: that is what the product is about.
func (g *gatherer) recur() {
	const doneTo, spokenOf = 3, 6
	for _, c := range g.maybe {
		if n := len(c.asset.Evidence.Sentences); g.assets[c.asset.key] == nil && (n >= doneTo || g.explained[c.asset.key] || len(g.text.With(c.stem)) >= spokenOf*(3-min(n, 2))) {
			g.assets[c.asset.key] = c.asset
			g.order = append(g.order, c.asset)
		}
	}
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
		g.lexicon.known(head) && !called, g.lexicon.asset(head) && !l.inAsset(n.head-1) && !l.names: // known, and something else here: "hero image"
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
