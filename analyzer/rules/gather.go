package rules

import (
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// gather reads facts from the marks: assets, actors, dependencies, flows, safeguards and steps, each thing once, in the order
// in which the document first speaks of it.
func (f *facts) gather() {
	g := &gatherer{facts: f, g: &f.lexicon.grammar, assets: map[string]*assetFact{}, actors: map[string]*actorFact{},
		dependencies: map[string]*dependencyFact{}, flows: map[string][]*flowFact{}, own: map[string]bool{}, kin: map[*entry][]*assetFact{},
		stated: map[string]bool{}, candidates: map[string]*candidate{}, explained: map[string]bool{}, sections: map[int]uint8{}, names: map[string][][]string{}, calls: map[string]string{}, suffixes: map[string]*dependencyFact{}, cast: map[string]bool{}, castLast: map[string]bool{}, castFull: map[string]string{}, titles: map[string]bool{}, heads: map[string][]string{}}
	if lang := f.text.Doc.Language; lang != "" && lang != "en" {
		return // the grammar is English: silent rather than wrong
	}
	for _, w := range reading.Words(f.text.Doc.Title) {
		g.own[w.Form] = true
	}
	g.christen()
	for i := range g.text.Doc.Sections {
		if words := reading.Words(g.text.Doc.Sections[i].Title); len(words) > 0 && acronym(g.text.Doc.Sections[i].Title[words[len(words)-1].Start:words[len(words)-1].End]) {
			g.titles[words[len(words)-1].Form] = true
		}
	}
	g.introduce()
	g.learnNames()
	for i := range f.text.Sentences {
		g.sentence(i)
	}
	g.recur()
	g.mentions()
	g.protect()
	g.finish()
	g.journeys()
	g.actions()
	g.warnLong()
}

// A gatherer collects facts while it goes through a document.
type gatherer struct {
	*facts
	g            *grammar
	assets       map[string]*assetFact
	actors       map[string]*actorFact
	dependencies map[string]*dependencyFact
	flows        map[string][]*flowFact // by their ends
	order        []fact                 // all of the above, in order of discovery
	withheld     []denied               // things that the text says it does without
	safeguards   []safeguardFact
	stated       map[string]bool            // kinds of safeguards by text and by sentence
	suffixes     map[string]*dependencyFact // unknown dependencies by the last word of their names
	kin          map[*entry][]*assetFact
	own          map[string]bool       // words of the document's title: the product's own name
	flowed       int                   // the last sentence that a flow was found in
	names        map[string][][]string // names of things relied on that the lexicon does not know, in words, by the first one
	cast         map[string]bool       // what the document itself calls people
	castFull     map[string]string     // by its last word: a name of several words; "" if there are two
	castLast     map[string]bool       // the last words of these
	titles       map[string]bool       // last words of section titles that are coined: "TradeHistory"
	recent       *dependencyFact       // the one named last: "the provider"
	calls        map[string]string     // by term: the name of a kind of service, where the document gives it one

	heads map[string][]string // stems of table headers

	paidKnown, isPaid     bool // whether the document is about paying, once that was asked
	schoolKnown, isSchool bool // the same of schools

	rowSteps int // steps found in rows of tables, which may tell of staff alone

	sections   map[int]uint8         // what the titles of sections announce
	explained  map[string]bool       // what the glossary explains, by key
	candidates map[string]*candidate // things that are assets if the document goes on about them, by key
	maybe      []*candidate          // the same, in order
	mentioned  []mention             // where words stand that are assets if something is done with them elsewhere

	long []int // sentences too long to be read

	line *line // the sentence being read
	last *line // the one before, if it belongs to the same paragraph
}

// A fact goes into the set once the whole document is read.
type fact interface{ put(g *gatherer) }

// A line is a sentence being read for facts.
type line struct {
	*reading.Sentence
	marks   []mark
	tags    []pos
	lead    *line // what leads into a list item
	g       *grammar
	who     *actorFact // of a table row: the actor under "Role"
	subject party      // of the clause that was read last
	data    []*assetFact
	names   bool // what is read is a cell or list of names, whatever they would be in a sentence
}

// sentence reads the sentence with the index i.
func (g *gatherer) sentence(i int) {
	s := &g.text.Sentences[i]
	switch s.Kind {
	case document.Heading:
		g.persona(s)
		g.last = nil
		return
	case document.Code, document.Hidden:
		g.last = nil
		return
	}
	if s.Stance.Open || s.Stance.Aside {
		return
	}
	if len(s.Words) > maxWords {
		g.long = append(g.long, s.Num)
		return
	}
	l := g.parse(s)
	if g.meta(l) {
		g.last = nil
		return
	}
	if (s.Stance.Planned || s.Stance.OutOfScope) && !g.directed(l) {
		g.leaveOut(l)
		return
	}
	if g.last != nil && g.last.Block != s.Block {
		g.last = nil
	}
	g.line = l
	if s.Kind == document.TableRow {
		g.table(l)
	} else {
		g.people(l)
		g.define(l)
		g.things(l, 0, len(l.Words), false)
		g.belongings(l)
		g.handled(l)
		g.relied(l)
		g.listed(l)
		g.moves(l)
		g.rights(l)
	}
	g.protections(l)
	g.last = l
}

// meta reports whether a line says something of the document itself: "Owner: Solinex Labs" before the text begins.
func (g *gatherer) meta(l *line) bool {
	const early = 30
	if l.Num > early || l.Kind == document.TableRow || len(l.Words) < 2 || !g.g.metaRows[l.Words[0].Stem] {
		return false
	}
	return strings.Contains(l.between(1), ":") || strings.Contains(l.between(2), ":")
}

// warnLong says which sentences were too long to be read.
func (g *gatherer) warnLong() {
	if len(g.long) == 0 {
		return
	}
	first := g.long[0]
	text, line := "1 sentence has", g.text.Sentences[first-1].Span
	if n := len(g.long); n > 1 {
		text = fmt.Sprint(n, " sentences have")
	}
	g.set.Warnings = append(g.set.Warnings, proposal.Warning{Code: "long_sentence", Sentence: first,
		Message: fmt.Sprintf("%s more than %d words, the first one on line %d: nobody and nothing in them is listed as a fact", text, maxWords, g.text.Doc.LineOf(line.Start))})
}

// maxWords is how long a sentence may be that is read for facts: longer ones are no sentences, and would take too long.
const maxWords = 300

// parse tags a sentence, and what leads into it.
func (g *gatherer) parse(s *reading.Sentence) *line {
	l := &line{Sentence: s, g: g.g, marks: g.marks[s.Num-1], tags: g.tagged(s)}
	if s.Lead > 0 && s.Lead < s.Num {
		lead := &g.text.Sentences[s.Lead-1]
		l.lead = &line{Sentence: lead, g: g.g, marks: g.marks[lead.Num-1], tags: g.tagged(lead)}
	}
	return l
}

// tagged returns the parts of speech of a sentence's words.
func (g *gatherer) tagged(s *reading.Sentence) []pos {
	tags := g.tags[s.Num-1]
	if tags == nil {
		tags = make([]pos, len(s.Words))
		g.g.tag(s, tags)
	}
	return tags
}

// marked returns the line's marks of a class that begin within from..to.
func (l *line) marked(c class, from, to int) []*mark {
	var in []*mark
	for i := range l.marks {
		if m := &l.marks[i]; m.Class == c && m.From >= from && m.From < to {
			in = append(in, m)
		}
	}
	return in
}

// form returns the word at i in lower case, "" outside.
func (l *line) form(i int) string {
	if i < 0 || i >= len(l.Words) {
		return ""
	}
	return l.Words[i].Form
}

// words returns the text of the words from..to.
func (l *line) words(from, to int) string {
	if from >= to {
		return ""
	}
	return l.Text[l.Words[from].Start:l.Words[to-1].End]
}

// between returns what stands between the word i and the one before.
func (l *line) between(i int) string {
	if i <= 0 || i >= len(l.Words) {
		return ""
	}
	return l.Text[l.Words[i-1].End:l.Words[i].Start]
}

// breaks reports whether what stands between two words ends a clause; the colon of "9:30" does not.
func breaks(between string) bool {
	return strings.ContainsAny(between, ";()—|") || strings.ContainsAny(between, ":.!?") && (strings.Contains(between, " ") || strings.Contains(between, "\n"))
}

// ends reports whether what stands between two words ends a clause even for what follows a remark in brackets.
func ends(between string) bool { return breaks(strings.Trim(between, "()")) }

// evidence adds a sentence number, each once, in order.
func evidence(e *proposal.Evidence, num int) {
	if i, found := slices.BinarySearch(e.Sentences, num); !found {
		e.Sentences = slices.Insert(e.Sentences, i, num)
	}
}

// capitalised begins a text with a capital.
func capitalised(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// lowered begins a text without one, acronyms and names in the middle of capitals aside.
func lowered(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if text == "" || acronym(first) || len(first) == 1 && first != "A" {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}

// fill puts values into the braces of a template.
func fill(template string, values ...string) string {
	return strings.NewReplacer(values...).Replace(template)
}

// listOf joins names as people do: "a, b and c"; at most three of them.
func listOf(names []string) string {
	if len(names) > 3 {
		names = names[:3:3]
		names[2] = "more"
	}
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// christen learns the product's own name from its first sentences: "Acme Pay lets workers …".
func (g *gatherer) christen() {
	const early = 40
	for i := range g.text.Sentences {
		s := &g.text.Sentences[i]
		if i == early {
			return
		}
		k := 0
		for k < len(s.Words) && k < 4 && s.Words[k].Capital {
			k++
		}
		if first := g.firstPos(s); s.Kind == document.Heading || k == 0 || k >= len(s.Words) || first != noun && first != determiner {
			continue
		}
		if s.Words[k].Form == "is" && !g.describes(s, k+1) {
			continue // "If Northwind is down", "Northwind is our provider"
		}
		switch s.Words[k].Form {
		case "lets", "allows", "helps", "enables", "gives", "is", "connects", "brings", "makes", "offers":
			for _, w := range s.Words[:k] {
				if !g.lexicon.known(&w) {
					g.own[w.Form] = true
				}
			}
		}
	}
}

// firstPos is the part of speech that a sentence's first word has by itself.
func (g *gatherer) firstPos(s *reading.Sentence) pos {
	if len(s.Words) == 0 {
		return noun
	}
	return g.g.closed[s.Words[0].Form]
}

// describes reports whether the words from k on say what a product is, and not that it is one that this one relies on.
func (g *gatherer) describes(s *reading.Sentence, k int) bool {
	if k >= len(s.Words) || g.g.closed[s.Words[k].Form] != determiner || s.Words[k].Form == "our" {
		return false
	}
	for i := k; i < min(k+7, len(s.Words)); i++ {
		switch s.Words[i].Stem {
		case "provid", "vendor", "supplier", "processor", "partner", "gateway":
			return false
		}
	}
	return true
}
