package rules

import (
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// learnNames finds the names of companies and services that the lexicon does not know, wherever the document says that the
// product relies on them. Other sentences may then speak of them without saying so again: "Northwind confirms the order."
func (g *gatherer) learnNames() {
	for i := range g.text.Sentences {
		s := &g.text.Sentences[i]
		if s.Kind == document.Heading || s.Kind == document.Code || s.Kind == document.Hidden || len(s.Words) > maxWords {
			continue
		}
		if s.Stance.Open || s.Stance.Aside || s.Stance.Planned || s.Stance.OutOfScope || !slices.ContainsFunc(s.Words, namesMaybe) {
			continue
		}
		l := g.parse(s)
		for k := range l.Words {
			if !l.Words[k].Capital {
				continue
			}
			if s.Kind == document.TableRow {
				if from, to, _ := g.newDependency(l, k); to > from {
					g.learnName(l, from, to)
				}
			} else if to := g.opening(l, k); to > k {
				g.learnName(l, k, to)
			} else if g.opensWith(l, k) && g.freshName(l, k) {
				if to := g.nameEnd(l, k); g.supplied(l, k, to) || g.partnerTitled(l, k, to) {
					g.learnName(l, k, to)
				}
			} else if g.properName(l, k) && !g.properName(l, k-1) {
				if to := g.nameEnd(l, k); !g.compared(l, k) && g.relies(l, k, to) {
					g.learnName(l, k, to)
				}
			}
		}
	}
}

// namesMaybe reports a word that says that a sentence may hold a name: a capital after its first word, or "us".
func namesMaybe(w reading.Word) bool { return w.Capital || w.Form == "us" }

// nameEnd is where a name ends that begins at the word i.
func (g *gatherer) nameEnd(l *line, i int) int {
	to := i + 1
	for to < len(l.Words) && adjacent(l.Sentence, to) && !helps(l, to) && (g.properName(l, to) || l.Words[to].Capital && !g.g.services[l.Words[to].Stem]) && !possessive(l.Sentence, to-1) {
		to++
	}
	return to
}

// helps reports whether the word is "SHALL", "MUST" or the like, which is no part of a name, however it is written.
func helps(l *line, i int) bool {
	switch l.form(i) {
	case "shall", "must", "may", "will", "should", "can", "cannot", "not", "is", "are", "has", "does", "need":
		return true
	}
	return false
}

func (g *gatherer) learnName(l *line, from, to int) {
	var forms []string
	for k := from; k < to; k++ {
		forms = append(forms, l.form(k))
	}
	g.christens(l, from, to)
	known := g.names[forms[0]]
	if !slices.ContainsFunc(known, func(n []string) bool { return slices.Equal(n, forms) }) {
		g.names[forms[0]] = append(known, forms)
	}
}

// namedAt returns where a learnt name ends that begins at the word i, i if none does.
func (g *gatherer) namedAt(l *line, i int) int {
	if len(g.names) == 0 || !l.Words[i].Capital {
		return i
	}
	end := i
	for _, name := range g.names[l.Words[i].Form] {
		to := i + len(name)
		if to <= end || to > len(l.Words) || g.marked(l, i) {
			continue
		}
		same := true
		for k := i; k < to; k++ {
			same = same && l.form(k) == name[k-i] && (l.Words[k].Capital || topLevel[l.form(k)])
		}
		if same {
			end = to
		}
	}
	return end
}

// coinage reports whether a name is written as only products are, "ParcelPoint", and stands where one does or gets something.
func (g *gatherer) coinage(l *line, from, to int) bool {
	word := l.words(from, from+1)
	if to-from != 1 || !camel(word) || strings.Contains(l.Text, "`") {
		return false
	}
	if g.record(word) {
		return false
	}
	if possessive(l.Sentence, to-1) {
		return true
	}
	if to < len(l.Words) && adjacent(l.Sentence, to) && (l.tags[to] == verb || l.tags[to] == auxiliary || l.tags[to] == modal) {
		return true
	}
	switch l.form(from - 1) {
	case "from", "to", "by", "via", "with", "in", "through", "use", "uses", "into", "and", "or", "our":
		return true
	}
	return false
}

// record reports whether a coined word is the name of a record rather than of a product: "TradeHistory".
func (g *gatherer) record(word string) bool {
	last := strings.ToLower(word[strings.LastIndexFunc(word, unicode.IsUpper):])
	for _, stem := range reading.Stems(last) {
		if g.g.tails[stem] || g.g.holders[stem] || g.g.product[stem] {
			return true
		}
	}
	return false
}

// camel reports a capital within a word that begins with one and goes on in small letters: "ParcelPoint".
func camel(word string) bool {
	runes := []rune(strings.TrimSuffix(strings.TrimSuffix(word, "'s"), "’s"))
	if len(runes) < 5 || !unicode.IsUpper(runes[0]) || !unicode.IsLower(runes[1]) {
		return false
	}
	for i := 2; i < len(runes)-1; i++ {
		if unicode.IsUpper(runes[i]) && unicode.IsLower(runes[i+1]) {
			return true
		}
	}
	return false
}

// topLevel are endings of names of companies on the web.
var topLevel = map[string]bool{"com": true, "io": true, "ai": true, "net": true, "app": true, "dev": true, "cloud": true}

// opening returns where a name ends that begins the sentence, where a capital says nothing, if its verb says what it does for
// the product: "Ledgerly provides us with the score". It returns k if there is none.
func (g *gatherer) opening(l *line, k int) int {
	if l.Words[k].Capital && k+1 < len(l.Words) && l.between(k+1) == "." && topLevel[l.form(k+1)] {
		return k + 2 // "CM.com"
	}
	if k != 0 || g.own[l.form(0)] || g.lexicon.known(&l.Words[0]) {
		return k
	}
	if len(l.Words) > 2 && (l.tags[1] == modal || l.tags[1] == auxiliary || helps(l, 1) || strings.HasSuffix(l.form(1), "s") && (l.tags[1] == verb || l.tags[2] == determiner || l.tags[2] == pronoun || l.tags[2] == clauseWord) || strings.Contains(l.between(1), "(")) && camel(l.words(0, 1)) && !g.record(l.words(0, 1)) {
		return 1 // "BookBrain will suggest"
	}
	to := 1
	for to < len(l.Words) && to < 3 && l.Words[to].Capital && adjacent(l.Sentence, to) {
		to++
	}
	if to+1 >= len(l.Words) || !strings.HasSuffix(l.form(to), "s") || g.marked(l, 0) || len(l.form(0)) < 4 {
		return k
	}
	if _, isVerb := g.g.verbs[l.Words[0].Stem]; isVerb || g.g.closed[l.form(0)] != noun || g.g.notNames[l.form(0)] || g.g.product[l.Words[0].Stem] || g.g.person(&l.Words[0]) {
		return k
	}
	if l.form(to+1) == "us" && l.tags[to] == verb {
		return to
	}
	if l.form(to) == "is" && l.tags[to+1] == determiner && len(l.marked(dependencyTerm, to+1, to+5)) > 0 {
		return to
	}
	if slices.Contains([]string{"provides", "hosts", "returns", "supplies", "processes"}, l.form(to)) && camel(l.words(0, 1)) {
		return to
	}
	return k
}
