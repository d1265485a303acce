package rules

import (
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// A dependencyFact is a dependency with what is known so far.
type dependencyFact struct {
	proposal.Dependency
	entry  *entry // nil if found by pattern
	does   string // what it does in the document's words, third person
	data   []string
	unsure bool
}

// put adds the dependency to the set, its templates filled with the document's words.
func (d *dependencyFact) put(g *gatherer) {
	d.Confidence, d.Basis = "high", "stated"
	if d.unsure {
		d.Confidence = "medium"
	}
	e := d.entry
	if e == nil {
		e = g.lexicon.entry(dependencyTerm, map[string]string{"internal": "billing_service"}[d.Kind])
		if e == nil {
			e = g.lexicon.entry(dependencyTerm, "integration_platform")
		}
	}
	data := listOf(d.data)
	if data == "" {
		data = "the data that it handles"
	}
	called := d.Name
	if first, _, _ := strings.Cut(called, " "); strings.ToLower(called[:1]) == called[:1] && !acronym(first) {
		called = "the " + called
	}
	values := []string{"{name}", called, "{data}", data}
	d.Role = e.Role
	fails := fill(e.IfItFails, values...)
	switch {
	case d.does != "":
		d.Role = d.does
		fails = "When " + called + " no longer " + d.does + ", " + fails
	case len(d.data) > 0 && d.entry == nil:
		d.Role = "receives " + data
	}
	d.IfItFails = capitalised(fails)
	d.IfCompromised = capitalised(fill(e.IfCompromised, values...))
	g.set.Dependencies = append(g.set.Dependencies, d.Dependency)
}

// relied notes the dependencies of a sentence.
func (g *gatherer) relied(l *line) {
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class == dependencyTerm && !g.compared(l, m.From) && !l.Stance.Denies(m.From) {
			g.dependency(l, m)
		}
	}
	for i := range l.Words {
		if from, to, kind := g.newDependency(l, i); to > from {
			g.named(l, from, to, kind)
		}
	}
}

// compared reports whether a name only serves as an example of something else: "like Airbnb".
func (g *gatherer) compared(l *line, i int) bool {
	switch l.form(i - 1) {
	case "like", "unlike", "than", "vs", "versus", "competitor", "competitors":
		return true
	case "to":
		return l.form(i-2) == "similar"
	case "in":
		return l.form(i-2) == "as"
	}
	return false
}

// dependency notes a dependency that the lexicon knows.
func (g *gatherer) dependency(l *line, m *mark) *dependencyFact {
	name := l.words(m.From, m.np[1])
	if !m.entry.Capital && !unicode.IsUpper(rune(l.words(m.From, m.From+1)[0])) || m.From == 0 && !m.entry.Capital && !strings.ContainsFunc(name[1:], unicode.IsUpper) {
		name = lowered(name)
	}
	if !m.entry.Capital && m.np[1]-m.From > 1 && !strings.ContainsFunc(name[1:], unicode.IsUpper) {
		name = lowered(name)
	}
	key := m.Term
	if len(m.entry.Names) > 1 {
		key += "/" + strings.ToLower(l.words(m.From, m.To)) // Mixpanel and Amplitude share an entry, not a thing
		if !m.entry.Capital && m.entry.Kind != "vendor" || !strings.ContainsFunc(m.entry.Names[0], unicode.IsUpper) {
			key = m.Term
		}
	}
	if called := g.calls[m.Term]; called != "" && m.np[1] == m.To {
		d := g.service(l, "?"+strings.ToLower(called), called, m.entry.Kind, m.entry)
		if name != called && !contains(d.Aliases, name) {
			d.Aliases = append(d.Aliases, name)
		}
		return d
	}
	return g.service(l, key, name, m.entry.Kind, m.entry)
}

// service notes a dependency under a key.
func (g *gatherer) service(l *line, key, name, kind string, e *entry) *dependencyFact {
	d := g.dependencies[key]
	if d == nil {
		d = &dependencyFact{Dependency: proposal.Dependency{Name: name, Kind: kind}, entry: e, unsure: e == nil}
		g.dependencies[key] = d
		g.order = append(g.order, d)
	} else if name != d.Name && !contains(d.Aliases, name) {
		d.Aliases = append(d.Aliases, name)
	}
	evidence(&d.Evidence, l.Num)
	g.recent = d
	return d
}

// named notes a dependency by the words from..to, which the lexicon does not know.
func (g *gatherer) named(l *line, from, to int, kind string) *dependencyFact {
	name := unowned(strings.Join(strings.Fields(l.words(from, to)), " "))
	if d := g.suffixes[name]; d != nil {
		evidence(&d.Evidence, l.Num)
		return d // "Mutual" after "Meridian Mutual"
	}
	d := g.service(l, "?"+strings.ToLower(name), name, kind, nil)
	if to-from > 1 {
		g.suffixes[l.words(to-1, to)] = d
	}
	return d
}

// newDependency reports whether an unknown dependency begins at the word i: a name after "via", "powered by" and the like, or
// "the reservations service".
func (g *gatherer) newDependency(l *line, i int) (from, to int, kind string) {
	if to := g.namedAt(l, i); to > i {
		return i, to, "vendor"
	}
	if g.properName(l, i) && !g.properName(l, i-1) {
		to = g.nameEnd(l, i)
		if g.relies(l, i, to) {
			return i, to, "vendor"
		}
		return 0, 0, ""
	}
	if l.Words[i].Capital && g.opensWith(l, i) && g.freshName(l, i) {
		if to = g.nameEnd(l, i); g.supplied(l, i, to) || g.partnerTitled(l, i, to) {
			return i, to, "vendor"
		}
	}
	if from, ok := g.machine(l, i); ok {
		return from, i + 1, "internal"
	}
	other := elsewhere[singularOf(l.form(i))]
	if !g.g.services[l.Words[i].Stem] && !other || l.tags[i] != noun || g.marked(l, i) || i+1 < len(l.Words) && adjacent(l.Sentence, i+1) && l.tags[i+1] == noun {
		return 0, 0, ""
	}
	from = i
	for from > 0 && i-from < 2 && adjacent(l.Sentence, from) && l.tags[from-1] == noun && !g.g.product[l.Words[from-1].Stem] && !g.g.services[l.Words[from-1].Stem] {
		from--
	}
	if form := l.form(i); from == i && i > 0 && ownStores[form] && (l.form(i-1) == "own" || l.form(i-1) == "main" || l.form(i-1) == "central") {
		return i - 1, i + 1, "internal" // "our own database"
	}
	if from == i || g.noise(l, i) || g.namesThing(l, from, other) {
		return 0, 0, ""
	}
	switch l.form(i - 1) {
	case "public", "rest", "partner", "our", "new", "web", "mobile", "customer", "service", "managed", "free", "room", "developer":
		return 0, 0, ""
	}
	k := from - 1
	for k >= 0 && l.tags[k] == determiner {
		k--
	}
	if other && (k < 0 || !handsOver[l.form(k)] && !(keeps[singularOf(l.form(i))] && (l.form(k) == "on" || l.form(k) == "in")) || !l.carries(k)) {
		return 0, 0, ""
	}
	if k < 0 && from > 0 || k >= 0 && l.tags[k] == clauseWord {
		if g.breaksDown(l, i+1) {
			return from, i + 1, "internal" // "If the limits service does not answer"
		}
		return 0, 0, ""
	}
	if k >= 0 && (l.tags[k] == preposition || l.tags[k] == verb || l.tags[k] == toWord) {
		return from, i + 1, "internal"
	}
	return 0, 0, ""
}

// ownStores are places that keep data, of one's own.
var ownStores = map[string]bool{"database": true, "warehouse": true, "server": true, "servers": true, "databases": true}

// elsewhere are words for systems which may be the product itself, but not where data is handed over to them or comes from them.
var elsewhere = map[string]bool{"system": true, "portal": true, "register": true, "software": true, "archive": true, "ledger": true, "tool": true, "server": true}

// keeps are those of them that data is kept in.
var keeps = map[string]bool{"server": true, "archive": true, "register": true, "ledger": true}

var handsOver = map[string]bool{"to": true, "into": true, "from": true, "by": true, "with": true}

// carries reports whether a verb that moves data stands before the word k.
func (l *line) carries(k int) bool {
	for i := range l.marks {
		if m := &l.marks[i]; m.Class == flowTerm && m.From < k && k-m.From < 12 && l.predicate(m) {
			return true
		}
	}
	return false
}

// namesThing is marked, but for features: a "dispatch service" is there for dispatching.
func (g *gatherer) namesThing(l *line, i int, other bool) bool {
	for _, m := range l.marks {
		if other && m.Class == actorTerm && m.has("partner") {
			continue // "the police portal"
		}
		if m.From <= i && i < m.To && (m.Class == assetTerm || m.Class == actorTerm || m.Class == dependencyTerm) {
			return true
		}
	}
	return false
}

// marked reports whether a mark of a thing or person covers the word i.
func (g *gatherer) marked(l *line, i int) bool {
	for _, m := range l.marks {
		if m.From <= i && i < m.To && (m.Class == assetTerm || m.Class == actorTerm || m.Class == dependencyTerm || m.Class == featureTerm) {
			return true
		}
	}
	return false
}

// properName reports whether the word i looks like the name of something: a capital where none is due, and no word that
// the engine knows.
func (g *gatherer) properName(l *line, i int) bool {
	if i < 0 || i >= len(l.Words) {
		return false
	}
	w := &l.Words[i]
	if !w.Capital || g.own[w.Form] || len(w.Form) < 3 || i == 0 || strings.ContainsAny(l.between(i), ".:!?|\"“`'") && l.between(i) != " " {
		return false
	}
	word := l.words(i, i+1)
	if strings.ToUpper(word) == word && (len(word) > 6 || !g.handedOver(l, i)) {
		return false // an abbreviation or a state: CSV, OAUTH, PENDING
	}
	if g.coined(l, i) {
		return false
	}
	_, isVerb := g.g.verbs[w.Stem]
	isVerb = isVerb && (g.g.inflected[w.Form] || w.Form == w.Stem) // "Textly" has the stem of a verb, and is none
	return l.tags[i] == noun && !isVerb && !g.g.things[w.Stem] && !g.g.tails[w.Stem] && !g.g.product[w.Stem] && !g.g.services[w.Stem] &&
		!(g.g.person(w) && g.lexicon.known(w)) && !g.g.holders[w.Stem] && !g.marked(l, i) && !g.g.notNames[w.Form]
}

// handedOver reports whether a verb that moves data leads to the word i: "fetched from EPEX".
func (g *gatherer) handedOver(l *line, i int) bool {
	if lead := l.form(i - 1); lead != "to" && lead != "from" {
		return false
	}
	return i > 1 && l.tags[i-2] == verb
}

// coined reports whether a word is the document's own name for a record, or says where something is from: "TradeHistory" is
// the title of a section, "Ugandan" stands before a noun.
func (g *gatherer) coined(l *line, i int) bool {
	form := l.form(i)
	for _, end := range []string{"an", "ish", "ese"} {
		if strings.HasSuffix(form, end) && len(form) > 5 && i+1 < len(l.Words) && adjacent(l.Sentence, i+1) && l.tags[i+1] == noun && !l.Words[i+1].Capital {
			return true
		}
	}
	return g.titles[form]
}

// relies reports whether the words around the name from..to say that the product relies on it.
func (g *gatherer) relies(l *line, from, to int) bool {
	if to < len(l.Words) && adjacent(l.Sentence, to) {
		if n := l.Words[to].Stem; g.g.services[n] && n != "databas" || slices.Contains([]string{"integration", "sdk", "webhook", "plugin"}, singularOf(l.form(to))) {
			return true
		}
	}
	switch singularOf(l.form(from - 1)) {
	case "partner", "provider", "vendor", "supplier", "insurer", "processor", "currently", "called", "company", "software", "exchange", "bank", "service", "subprocessor":
		return true
	case "system", "tool", "platform", "app", "database", "api":
		return l.tags[from-1] == noun && from > 1 && l.tags[from-2] == noun && !g.own[l.form(from-2)]
	}
	if g.apposed(l, to) || g.supplied(l, from, to) {
		return true
	}
	if prev := from - 1; prev > 0 && strings.Contains(l.between(from), "(") && l.tags[prev] == noun && (g.g.services[l.Words[prev].Stem] || elsewhere[l.form(prev)]) {
		return true // "the terminal operating system (Navis)"
	}
	if strings.Contains(l.between(from), "(") && from > 0 && len(l.marked(dependencyTerm, max(0, from-3), from)) > 0 {
		return true // "a cloud provider (Northbeam)"
	}
	if to < len(l.Words) && strings.Contains(l.between(to), "(") && len(l.marked(dependencyTerm, to, to+3)) > 0 {
		return true // "Opera (our PMS)"
	}
	if next := l.form(to); (next == "is" || next == "are") && l.tags[min(to+1, len(l.Words)-1)] == determiner && len(l.marked(dependencyTerm, to+1, to+6)) > 0 {
		return true // "Mews is the property management system"
	}
	if g.coinage(l, from, to) {
		return true
	}
	before := l.form(from - 1)
	if l.tags[max(from-1, 0)] == determiner {
		before = l.form(from - 2)
	}
	verbs := map[string]string{
		"by": "done built power provid host process handl suppli run deliv manag analys transcrib translat check verifi print ship calcul comput convert scan screen moder transmit collect enrich settl store kept render scor oper maintain fulfil issu", "on": "host run reli deploy built build store kept", "with": "integr sync connect partner synchron synchronis share shared exchang",
		"from": "come import fetch pull retriev load receiv ingest read", "in": "store save keep kept held manag", "to": "go goe connect push sync forward export migrat written write save store sent send report ship stream deliv pass hand transfer upload feed post transmit submit expos rout back relay dispatch handov copi outsourc archiv append back", "into": "connect push sync forward export migrat written write save store sent send report ship stream deliv transfer upload feed post load book copi import", "using": "*", "via": "*", "through": "*",
	}[before]
	if verbs == "*" {
		return true
	}
	if verbs == "" {
		return slices.Contains([]string{"use", "uses", "call", "calls", "integrate", "integrates"}, before)
	}
	if before == "in" && (l.tags[max(from-2, 0)] == noun || l.form(from-2) == "hosted") {
		return false // "on our servers in Frankfurt"
	}
	if before == "in" && !camel(l.words(from, from+1)) {
		return false // "data is stored in Prague"
	}
	for k := from - 1; k >= max(0, from-9); k-- {
		if slices.Contains(strings.Fields(verbs), l.Words[k].Stem) {
			return true
		}
	}
	return false
}

// apposed reports whether what follows a name says that it is a service: "Brightcall, our dialling vendor".
func (g *gatherer) apposed(l *line, to int) bool {
	if to+1 >= len(l.Words) || !strings.Contains(l.between(to), ",") && !strings.Contains(l.between(to), "(") || l.tags[to] != determiner {
		return false
	}
	for k := to + 1; k < min(to+6, len(l.Words)) && adjacent(l.Sentence, k); k++ {
		w := &l.Words[k]
		if k+1 < len(l.Words) && adjacent(l.Sentence, k+1) && l.tags[k+1] == noun {
			continue
		}
		return g.g.services[w.Stem] || slices.Contains([]string{"partner", "supplier", "insurer", "carrier", "courier", "contractor", "agency", "tool", "system", "software", "company", "subcontractor", "subprocessor"}, singularOf(w.Form))
	}
	return false
}

// dependencyOf returns the dependency that a mark stands for, if it was noted.
func (g *gatherer) dependencyAt(l *line, from, to int) *dependencyFact {
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class == dependencyTerm && m.From >= from && m.From < to && !g.compared(l, m.From) {
			return g.dependency(l, m)
		}
	}
	for i := from; i < to; i++ {
		if a, b, kind := g.newDependency(l, i); b > a && a >= from {
			return g.named(l, a, b, kind)
		}
	}
	return nil
}

// roleFrom notes what a dependency does, from the verb before "via", "through" or "by" it, or from "use X to".
func (g *gatherer) roleFrom(d *dependencyFact, verb string, data []*assetFact) {
	if d.does != "" || len(data) == 0 {
		return
	}
	d.does = third(verb) + " " + listOf(namesOf(data))
}

func namesOf(assets []*assetFact) []string {
	var names []string
	for _, a := range assets {
		names = append(names, a.Name)
	}
	return names
}

// third puts a verb into the third person: "send" is "sends", "carry over" is "carries over".
func third(verb string) string {
	head, rest, _ := strings.Cut(verb, " ")
	switch {
	case strings.HasSuffix(head, "s") || strings.HasSuffix(head, "sh") || strings.HasSuffix(head, "ch") || strings.HasSuffix(head, "x") || strings.HasSuffix(head, "z") || head == "go" || head == "do":
		head += "es"
	case len(head) > 1 && strings.HasSuffix(head, "y") && !strings.ContainsRune("aeiou", rune(head[len(head)-2])):
		head = head[:len(head)-1] + "ies"
	case head == "be":
		head = "is"
	case head == "have":
		head = "has"
	default:
		head += "s"
	}
	return strings.TrimSpace(head + " " + rest)
}

// titleOf is the section that a line stands in.
func (g *gatherer) titleOf(s *reading.Sentence) string { return g.text.Doc.Sections[s.Section].Title }
