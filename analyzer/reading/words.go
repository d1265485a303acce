package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"

	"whatif/analyzer/document"
)

// Words splits text into words.
func Words(text string) []Word { return AppendWords(make([]Word, 0, len(text)/5+1), text) }

// AppendWords appends the words of text.
func AppendWords(words []Word, text string) []Word {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !wordRune(r) {
			i += n
			continue
		}
		end := wordEnd(text, i)
		w := Word{Start: i, End: end, Capital: unicode.IsUpper(r), Glued: i > 0 && !unicode.IsSpace(rune(text[i-1]))}
		w.Form, w.Stem = fold(text[i:end])
		words = append(words, w)
		i = end
	}
	return words
}

// A slab holds the words of many sentences, so that each does not need memory of its own.
type slab []Word

// slabWords is how many words a slab has room for at most, if no sentence needs more.
const slabWords = 4096

// newSlab returns a slab for the words of a short document; a long one's words take several.
func newSlab(sentences []document.Sentence) slab {
	bytes, longest := 0, 0
	for i := range sentences {
		n := len(sentences[i].Text)
		bytes, longest = bytes+n, max(longest, n)
	}
	return make(slab, 0, min(slabWords, bytes/4+longest/2+1))
}

// words splits text into words that lie in the slab.
func (s *slab) words(text string) []Word {
	if cap(*s)-len(*s) < len(text)/2+1 { // a word and what parts it from the next take two bytes at least
		*s = make(slab, 0, max(slabWords, len(text)/2+1))
	}
	from := len(*s)
	*s = AppendWords(*s, text)
	return (*s)[from:len(*s):len(*s)]
}

// wordEnd returns where the word that starts at i ends: at the first rune that is no letter or digit, an apostrophe within
// the word aside.
func wordEnd(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if wordRune(r) {
			i += n
			continue
		}
		if next, _ := utf8.DecodeRuneInString(text[i+n:]); (r == '\'' || r == '’') && unicode.IsLetter(next) {
			i += n
			continue
		}
		if (r == '-' || r == '‑') && i > 0 && (text[i-1] == 'e' || text[i-1] == 'E') && strings.HasPrefix(strings.ToLower(text[i+n:]), "mail") &&
			(i == 1 || !wordRune(lastRune(text[:i-1]))) {
			i += n // "e-mail" is one word
			continue
		}
		break
	}
	return i
}

func lastRune(s string) rune { r, _ := utf8.DecodeLastRuneInString(s); return r }

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

type folded struct{ form, stem string }

// irregular are plurals that the stemmer leaves apart from their singular.
var irregular = map[string]string{"children": "child", "people": "person", "men": "man", "women": "woman", "persons": "person"}

// foldCache is bounded: natural language has few distinct words, hostile input has many.
var foldCache = newCache[folded](1 << 16)

// fold returns the word in lower case without a possessive, and its stem.
func fold(word string) (form, stem string) {
	if f, ok := foldCache.get(word); ok {
		return f.form, f.stem
	}
	form = strings.ToLower(strings.ReplaceAll(word, "’", "'"))
	form = strings.TrimSuffix(strings.TrimSuffix(form, "'s"), "'")
	if strings.HasPrefix(form, "e-mail") || strings.HasPrefix(form, "e‑mail") {
		form = "email" + form[strings.Index(form, "mail")+4:]
	}
	stem = form
	if one, ok := irregular[form]; ok {
		stem = one
	} else if len(form) < 64 {
		stem = english.Stem(form, true)
	}
	foldCache.put(strings.Clone(word), folded{strings.Clone(form), strings.Clone(stem)})
	return form, stem
}

// Stems returns the stems of a phrase's words, in order.
func Stems(phrase string) []string {
	var room [8]Word // for most phrases
	return stemsOf(AppendWords(room[:0], phrase))
}

func stemsOf(words []Word) []string {
	stems := make([]string, len(words))
	for i := range words {
		stems[i] = words[i].Stem
	}
	return stems
}
