package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A nameList finds names as whole words: "Ann" in "Ann's" and "Ann-Marie", not in "annual". In scripts that part no words a name is
// found anywhere.
type nameList struct {
	byFirst map[string][][]string // the words of each name, folded, by the first one, longest first
	within  []string              // names in scripts that part no words
}

func newNameList(names []string) nameList {
	l := nameList{byFirst: map[string][][]string{}}
	for _, n := range names {
		if strings.IndexFunc(n, spaceless) >= 0 {
			l.within = append(l.within, strings.TrimSpace(n))
			continue
		}
		var words []string
		for _, w := range wordsOf(n) {
			words = append(words, foldWord(n[w.start:w.end]))
		}
		if len(words) == 0 {
			continue
		}
		all := l.byFirst[words[0]]
		at := 0
		for at < len(all) && len(all[at]) >= len(words) {
			at++
		}
		all = append(all, nil)
		copy(all[at+1:], all[at:])
		all[at] = words
		l.byFirst[words[0]] = all
	}
	return l
}

// find adds where the names stand in text.
func (l *nameList) find(text string, spans []span) []span {
	for _, n := range l.within {
		for from := 0; n != ""; {
			i := strings.Index(text[from:], n)
			if i < 0 {
				break
			}
			spans = append(spans, span{from + i, from + i + len(n), name})
			from += i + len(n)
		}
	}
	if len(l.byFirst) == 0 {
		return spans
	}
	words := wordsOf(text)
	for i := range words {
		for _, n := range l.byFirst[foldWord(text[words[i].start:words[i].end])] {
			if stands(text, words[i:], n) {
				spans = append(spans, span{words[i].start, words[i+len(n)-1].end, name})
				break
			}
		}
	}
	return spans
}

// stands reports that words begin with the name's, with no more between them than parts the words of a name.
func stands(text string, words []span, name []string) bool {
	if len(words) < len(name) {
		return false
	}
	for i, w := range name {
		if i > 0 && (foldWord(text[words[i].start:words[i].end]) != w || words[i].start-words[i-1].end > 4 || strings.ContainsAny(text[words[i-1].end:words[i].start], "\n!?;:|()[]")) {
			return false
		}
	}
	return true
}

// wordsOf returns where the words of text stand: letters, digits and their marks.
func wordsOf(text string) []span {
	var out []span
	start := -1
	for i, r := range text {
		in := unicode.IsLetter(r) || unicode.IsDigit(r) || start >= 0 && unicode.Is(unicode.M, r)
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			out = append(out, span{start: start, end: i})
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, span{start: start, end: len(text)})
	}
	return out
}

// foldWord returns a word as it is compared: composed, in lower case, with one letter for those that capitals do not tell apart: "ß"
// is "ss", a final sigma a sigma.
func foldWord(word string) string {
	for i := 0; i < len(word); i++ {
		if word[i] >= utf8.RuneSelf {
			return cases.Fold().String(strings.ToLower(norm.NFC.String(word)))
		}
	}
	return strings.ToLower(word)
}

// spaceless reports letters of scripts that part no words.
func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
