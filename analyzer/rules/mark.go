package rules

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// mark finds the lexicon's terms in every sentence but code and hidden text. It returns ctx's error, or the lexicon's.
func (f *facts) mark(ctx context.Context) error {
	if f.lexicon == nil {
		l, err := builtIn()
		if err != nil {
			return err
		}
		f.lexicon = l
	}
	f.marks = make([][]mark, len(f.text.Sentences))
	f.tags = make([][]pos, len(f.text.Sentences))
	m := marker{lexicon: f.lexicon, numbers: map[string]wordNumbers{}}
	for i := range f.text.Sentences {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		s := &f.text.Sentences[i]
		if s.Kind == document.Hidden || s.Kind == document.Code {
			continue
		}
		if f.marks[i] = m.sentence(s); f.marks[i] != nil {
			f.tags[i] = m.keep()
		}
	}
	return ctx.Err()
}

// A marker marks one sentence after another; its buffers are used again.
type marker struct {
	lexicon *lexicon
	tags    []pos
	ids     [len(matcher{})][]int64
	found   []mark
	slab    []pos // where tags are kept
	numbers map[string]wordNumbers
}

// wordNumbers are the numbers of a word in the matcher's tries, -1 where no term has it.
type wordNumbers [len(matcher{})]int64

// maxNumbers bounds how many words' numbers are kept: natural language has few distinct words, hostile input has many.
const maxNumbers = 1 << 15

// number returns the numbers of a word; any reports whether some term has it. Words of one form are the same in all spellings.
func (m *marker) number(w *reading.Word) (n wordNumbers, any bool) {
	n, known := m.numbers[w.Form]
	if !known {
		n = m.lexicon.match.numbers(w)
		if len(m.numbers) < maxNumbers {
			m.numbers[w.Form] = n
		}
	}
	return n, n != noNumbers
}

var noNumbers = wordNumbers{-1, -1, -1}

// keep copies the tags of the sentence just marked to where they stay.
func (m *marker) keep() []pos {
	const size = 1 << 14
	if cap(m.slab)-len(m.slab) < len(m.tags) {
		m.slab = make([]pos, 0, max(size, len(m.tags)))
	}
	at := len(m.slab)
	m.slab = append(m.slab, m.tags...)
	return m.slab[at:len(m.slab):len(m.slab)]
}

func (m *marker) sentence(s *reading.Sentence) []mark {
	l, any := m.lexicon, false
	n := len(s.Words)
	if cap(m.tags) < n {
		m.tags = make([]pos, 2*n)
	}
	m.tags = m.tags[:n]
	for sp := range m.ids {
		if cap(m.ids[sp]) < n {
			m.ids[sp] = make([]int64, 2*n)
		}
		m.ids[sp] = m.ids[sp][:n]
	}
	for i := range s.Words {
		ids, some := m.number(&s.Words[i])
		for sp, id := range ids {
			m.ids[sp][i] = id
		}
		any = any || some
	}
	if !any {
		return nil
	}
	l.grammar.tag(s, m.tags)
	var marks []mark
	for from := 0; from < n; from += window {
		m.find(s, from, min(from+window, n))
		marks = append(marks, m.name(s, longest(m.found))...)
	}
	return marks
}

// window is how many words are looked at together: terms are compared with each other, which must not take the square of a
// sentence that goes on for pages.
const window = 256

// find puts the terms that begin at the words from..to of s into found.
func (m *marker) find(s *reading.Sentence, from, to int) {
	l := m.lexicon
	m.found = m.found[:0]
	for i := from; i < to; i++ {
		for sp := range m.ids {
			l.match[sp].each(s.Words, m.ids[sp], i, func(end *ending, to int) {
				if e := end.entry; m.fits(e, s, i, to) {
					m.found = append(m.found, mark{Class: e.Class, Term: e.Key, Tags: e.tags, From: i, To: to, entry: e, denies: end.denies})
				}
			})
		}
	}
}

// fits reports whether the words from..to of s may be the entry: spelling, part of speech and neighbours are as it wants.
func (m *marker) fits(e *entry, s *reading.Sentence, from, to int) bool {
	last := to - 1
	if to-from > 1 && (e.Class == safeguardTerm || e.Class == featureTerm) && crosses(s, from, to) || e.Class == dependencyTerm && from > 0 && s.Words[from].Start-s.Words[from-1].End == 1 && s.Text[s.Words[from-1].End] == '-' {
		return false // "Approved only — PDF", "ESP32-S3"
	}
	if e.Class == assetTerm && to-from > 1 && !together(s, from, to) {
		return false // "users, content", "job, location"
	}
	switch {
	case (e.Capital || to-from == 1 && e.abbreviation(s.Words[from].Form)) && !s.Words[from].Capital,
		e.Capital && (len(e.NotBefore)+len(e.NotAfter)+len(e.After)+len(e.Before) > 0 || e.Weak) && opens(s, from) && !listed(s, from, to),
		e.Noun && m.tags[last] == verb,
		e.Verb && m.tags[from] != verb:
		return false
	}
	if (e.Class == assetTerm || e.Class == actorTerm) && to-from == 1 && m.tags[from] == verb && !e.Verb {
		return false
	}
	before, after := neighbour(s, from-1, from), neighbour(s, to, to)
	return !slices.Contains(e.NotAfter, before) && !slices.Contains(e.NotBefore, after) &&
		(len(e.After) == 0 || slices.Contains(e.After, before)) &&
		(len(e.Before) == 0 || slices.Contains(e.Before, after))
}

// together reports whether the words from..to stand next to each other, nothing but space or a hyphen between them.
func together(s *reading.Sentence, from, to int) bool {
	for i := from + 1; i < to; i++ {
		if !adjacent(s, i) {
			return false
		}
	}
	return true
}

// crosses reports whether a dash, semicolon, colon or bracket stands between the words from..to: no phrase goes across one.
func crosses(s *reading.Sentence, from, to int) bool {
	for i := from + 1; i < to; i++ {
		if between := s.Text[s.Words[i-1].End:s.Words[i].Start]; strings.ContainsAny(between, "—–;:()|") || between == " - " {
			return true
		}
	}
	return false
}

// abbreviation reports whether a short word is one of the entry's names in capitals: "EIN" is no German "ein".
func (e *entry) abbreviation(form string) bool {
	return len(form) <= 3 && slices.Contains(e.Names, strings.ToUpper(form))
}

// opens reports whether the word i begins the sentence, where a capital says nothing.
func opens(s *reading.Sentence, i int) bool { return i == 0 }

// listed reports whether the words from..to are all of the sentence or a table cell's beginning: a name by itself.
func listed(s *reading.Sentence, from, to int) bool {
	return from == 0 && (to == len(s.Words) || !adjacent(s, to))
}

// neighbour returns the stem of the word at i if nothing but white space stands at the border.
func neighbour(s *reading.Sentence, i, border int) string {
	if i < 0 || i >= len(s.Words) || !adjacent(s, border) {
		return ""
	}
	return s.Words[i].Stem
}

// longest keeps, of marks of one class that overlap, the longest, the first among equals; and of assets, actors and
// dependencies only what does not stand within a longer term: in "payment provider" no payment is named.
func longest(found []mark) []mark {
	slices.SortStableFunc(found, func(a, b mark) int {
		return cmp.Or(cmp.Compare(b.To-b.From, a.To-a.From), cmp.Compare(a.From, b.From))
	})
	kept := make([]mark, 0, len(found))
	for i := range found {
		if !slices.ContainsFunc(kept, func(k mark) bool { return silences(&k, &found[i]) }) {
			kept = append(kept, found[i])
		}
	}
	kept = slices.DeleteFunc(kept, func(k mark) bool { return k.Class == noiseTerm })
	slices.SortStableFunc(kept, func(a, b mark) int { return cmp.Compare(a.From, b.From) })
	return kept
}

// silences reports whether m is not said where the longer, or equally long, mark k is.
func silences(k, m *mark) bool {
	if k.To <= m.From || m.To <= k.From {
		return false
	}
	within := k.From <= m.From && m.To <= k.To
	shorter := m.To-m.From < k.To-k.From
	switch {
	case k.Class == noiseTerm:
		return within
	case k.Class == m.Class:
		// Terms of one name in different entries, and safeguards of different kinds, are said together.
		return shorter || m.Class == assetTerm || m.Class == actorTerm || m.Class == dependencyTerm
	case m.Class == assetTerm || m.Class == actorTerm || m.Class == dependencyTerm:
		named := k.Class == assetTerm || k.Class == actorTerm || k.Class == dependencyTerm ||
			k.Class == featureTerm && m.Class == assetTerm && m.To < k.To // "password reset", not "connect a bank account"
		return named && within && shorter
	}
	return false
}

// name gives assets, actors and dependencies the words that the document calls them by.
func (m *marker) name(s *reading.Sentence, marks []mark) []mark {
	for i := range marks {
		k := &marks[i]
		k.np = [2]int{k.From, k.To}
		if k.Class == assetTerm || k.Class == actorTerm || k.Class == dependencyTerm {
			g := &m.lexicon.grammar
			np := g.around(s, m.tags, k.From, k.To, k.Class)
			k.np, k.weak = [2]int{np.from, np.to}, np.weak || k.Class == assetTerm && possessive(s, np.to-1)
			if k.Name = nameOf(s, np.start, np.to); k.entry.Capital {
				k.Name = s.Text[s.Words[np.start].Start:s.Words[np.to-1].End]
			}
			continue
		}
		k.Name = s.Text[s.Words[k.From].Start:s.Words[k.To-1].End]
	}
	for i := range marks {
		for j := range marks {
			k, m := &marks[i], &marks[j]
			if i != j && k.Class == assetTerm && m.Class == assetTerm && m.np[0] < k.To && k.From < m.np[1] && m.To-m.From < k.To-k.From {
				m.weak = true // "payment" in "payment card on file"
			}
		}
	}
	return marks
}

// A nounPhrase is a head with the words that belong to it.
type nounPhrase struct {
	from, start, to int  // from is where it begins, start where its name begins, without "new" and the like
	weak            bool // the head only describes another noun: "email template"
}

// phraseReach is how many words a name may have before its head.
const phraseReach = 3

// around finds the noun phrase around the term from..to.
func (g *grammar) around(s *reading.Sentence, tags []pos, from, to int, c class) nounPhrase {
	np := nounPhrase{from: from, start: from, to: to}
	np.to, np.weak = g.after(s, tags, to, c)
	if c == dependencyTerm {
		return np
	}
	for np.from > 0 && from-np.from < phraseReach && g.joins(s, tags, np.from, c) {
		np.from--
	}
	if c == assetTerm {
		np.from = g.afterVerb(s, np.from, from)
		if np.from+2 <= from && tags[np.from+1] == number && acronym(s.Text[s.Words[np.from].Start:s.Words[np.from].End]) {
			np.from += 2 // "FR-14 Bank details"
		}
	}
	np.start = np.from
	if k := np.from; k > 0 && k < from && strings.ContainsAny(s.Text[s.Words[k-1].End:s.Words[k].Start], "-‑") && s.Words[k-1].End+4 > s.Words[k].Start {
		if tags[k-1] == number {
			np.from, np.start = k-1, k-1
			return np // "30-day location history"
		}
		np.from, np.start = k+1, k+1 // "brand" in "on-brand post"
	}
	for np.start < from && (g.generic[s.Words[np.start].Form] || tags[np.start] == number && !strings.HasPrefix(s.Text[s.Words[np.start].End:], "-")) {
		np.start++
	}
	return np
}

// afterVerb returns where the words from..head, which were taken for nouns, really begin: in "the camera records video" after the
// verb. A noun that describes another one is seldom in the plural.
func (g *grammar) afterVerb(s *reading.Sentence, from, head int) int {
	start := from
	for k := from; k < head; k++ {
		w := &s.Words[k]
		if k == from && g.verbLike(s, k) {
			start = k + 1
			continue
		}
		if _, verb := g.verbs[w.Stem]; verb && k > 0 && w.Form == w.Stem+"s" && !g.massPlural[w.Form] && !possessive(s, k) {
			start = k + 1
		}
	}
	return start
}

// verbLike reports whether the word i begins a clause and looks like its verb, whatever it was taken for: "Maps job titles",
// "overseeing transactions".
func (g *grammar) verbLike(s *reading.Sentence, i int) bool {
	w := &s.Words[i]
	if i > 0 && adjacent(s, i) && s.Words[i-1].Form != "and" && s.Words[i-1].Form != "or" {
		return strings.HasSuffix(w.Form, "ing") && !g.nominal[w.Form] && len(w.Form) > 6
	}
	_, verb := g.verbs[w.Stem]
	return verb && w.Form == w.Stem+"s" || strings.HasSuffix(w.Form, "ing") && !g.nominal[w.Form] && len(w.Form) > 5
}

// after returns where a noun phrase ends whose head ends at to: "card" goes on in "card number", not in "card field". It is
// weak if its head only describes the noun that follows.
func (g *grammar) after(s *reading.Sentence, tags []pos, to int, c class) (end int, weak bool) {
	for ; to < len(s.Words) && adjacent(s, to) && tags[to] == noun && !possessive(s, to-1); to++ {
		stem := s.Words[to].Stem
		switch {
		case c == assetTerm && g.tails[stem], c == dependencyTerm && g.services[stem]:
		case c == assetTerm && g.holders[stem]:
			return to, false
		default:
			return to, true
		}
	}
	return to, false
}

// joins reports whether the word before the word i belongs to the noun phrase that begins at i.
func (g *grammar) joins(s *reading.Sentence, tags []pos, i int, c class) bool {
	p := i - 1
	if !adjacent(s, i) || tags[p] != noun && tags[p] != adjective && !(tags[p] == number && c == assetTerm) {
		return false
	}
	if possessive(s, p) {
		return c == assetTerm && !g.product[s.Words[p].Stem]
	}
	if c == actorTerm && g.person(&s.Words[p]) && strings.HasSuffix(s.Words[p].Form, "s") {
		return false // "drivers customers" is two
	}
	return true
}

// nameOf returns the words from..to as a name: white space folded, the first word in lower case unless it is an acronym or
// a name.
func nameOf(s *reading.Sentence, from, to int) string {
	text := s.Text[s.Words[from].Start:s.Words[to-1].End]
	r, n := utf8.DecodeRuneInString(text)
	first := s.Text[s.Words[from].Start:s.Words[from].End]
	if unicode.IsUpper(r) && !acronym(first) && (from == 0 || !strings.ContainsFunc(text[n:], unicode.IsUpper)) {
		text = string(unicode.ToLower(r)) + text[n:]
	}
	return strings.Join(strings.Fields(text), " ")
}

// acronym reports a word with a capital after its first letter: "IBAN", "eID", "GitHub".
func acronym(word string) bool {
	_, n := utf8.DecodeRuneInString(word)
	return strings.ContainsFunc(word[n:], unicode.IsUpper)
}
