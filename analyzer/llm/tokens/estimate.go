package tokens

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Weights of the estimate, in hundredths of a token. They were set by what o200k_base counts in testdata and fixtures, and about
// a quarter above it: other models' vocabularies are mostly smaller.
const (
	wordWeight    = 118 // a word of up to shortWord letters
	shortWord     = 5
	letterWeight  = 27  // a further letter
	partWeight    = 100 // a further part of one, as in userAccountSettings
	accentWeight  = 90  // a letter with a mark, in a longer word
	shortAccent   = 20  // in a short one
	rareAccent    = 60  // more for those outside Western Europe
	capitalWeight = 47  // a letter of a word in capitals
	digitWeight   = 50  // many models have a token for each
	denseWeight   = 85  // a character of keys, hashes and other text without words
	markWeight    = 105
	againWeight   = 6  // the same punctuation again
	nextWeight    = 55 // other punctuation right after it
	breakWeight   = 100
	emojiWeight   = 300
	symbolWeight  = 190
)

// estimate reckons the tokens of a text of which no encoding is known.
func estimate(text string) int {
	sum := 0
	for len(text) > 0 {
		c, size := utf8.DecodeRuneInString(text)
		n, weight := size, 0
		switch k := kindOf(c); {
		case k == space:
			n, weight = spaces(text)
		case k == digit || k == letter && latin(c):
			n, weight = word(text)
		case k == letter:
			n, weight = script(text)
		case c < utf8.RuneSelf:
			n, weight = marks(text)
		case 0x3000 <= c && c < 0x3040, 0xFF00 <= c && c < 0xFFF0: // of Chinese and Japanese
			weight = markWeight
		case c >= 0x1F000:
			weight = emojiWeight
		default:
			weight = symbolWeight
		}
		sum += weight
		text = text[n:]
	}
	return sum/100 + 1
}

func latin(c rune) bool { return c < 0x250 || 0x1E00 <= c && c < 0x1F00 }

// spaces weighs white space. One space belongs to the word after it.
func spaces(text string) (n, weight int) {
	n = span(text, func(c rune) bool { return kindOf(c) == space })
	if text[:n] == " " {
		return n, 0
	}
	for i := range n {
		if i == 0 || text[i] != text[i-1] {
			weight += breakWeight
		}
	}
	return n, min(weight, breakWeight*(1+n/3))
}

// marks weighs ASCII punctuation.
func marks(text string) (n, weight int) {
	weight = markWeight
	for n = 1; n < len(text) && text[n] < utf8.RuneSelf && kindOf(rune(text[n])) == mark; n++ {
		if text[n] == text[n-1] {
			weight += againWeight
		} else {
			weight += nextWeight
		}
	}
	return n, weight
}

// script weighs letters of one of the other scripts.
func script(text string) (n, weight int) {
	c, _ := utf8.DecodeRuneInString(text)
	each := letterOf(c)
	n = span(text, func(c rune) bool { return kindOf(c) == letter && !latin(c) && letterOf(c) == each })
	return n, max(each*utf8.RuneCountInString(text[:n]), wordWeight)
}

// letterOf weighs one letter of a script.
func letterOf(c rune) int {
	switch {
	case unicode.Is(unicode.Cyrillic, c):
		return 38
	case unicode.In(c, unicode.Arabic, unicode.Devanagari):
		return 52
	case unicode.In(c, unicode.Greek, unicode.Hebrew, unicode.Thai):
		return 65
	case unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
		return 100
	case unicode.Is(unicode.Mn, c):
		return 52
	}
	return 110
}

// word weighs Latin letters and digits.
func word(text string) (n, weight int) {
	n = span(text, func(c rune) bool { k := kindOf(c); return k == digit || k == letter && latin(c) })
	text = text[:n]
	changes := 0
	for i := 0; i < len(text); {
		size, w := part(text[i:])
		if i += size; changes > 0 {
			w -= wordWeight - partWeight
		}
		weight += w
		changes++
	}
	if n >= 8 && 4*changes >= n && strings.ContainsAny(text, "0123456789") {
		return n, n * denseWeight
	}
	return n, weight
}

// part weighs the first part of a word: digits, capitals, or letters with at most a capital at their head.
func part(text string) (n, weight int) {
	if n = span(text, func(c rune) bool { return kindOf(c) == digit }); n > 0 {
		return n, max(n*digitWeight, markWeight)
	}
	upper := span(text, unicode.IsUpper)
	lower := span(text[upper:], func(c rune) bool { return kindOf(c) == letter && !unicode.IsUpper(c) })
	if _, last := utf8.DecodeLastRuneInString(text[:upper]); lower > 0 && upper > last {
		upper -= last // the last of several capitals is the head of the next part: "HTTPServer"
		lower = 0
	}
	n = upper + lower
	letters := utf8.RuneCountInString(text[:n])
	weight = accents(text[:n], letters > shortWord)
	if lower == 0 && letters > 1 {
		return n, weight + max(letters*capitalWeight, wordWeight)
	}
	return n, weight + wordWeight + max(letters-shortWord, 0)*letterWeight
}

// accents weighs the letters with marks of a word, over what they weigh as letters.
func accents(word string, long bool) (weight int) {
	for _, c := range word {
		switch {
		case c < utf8.RuneSelf:
			continue
		case long:
			weight += accentWeight
		default:
			weight += shortAccent
		}
		if 0x100 <= c && c < 0x250 {
			weight += rareAccent
		}
	}
	return weight
}

// span returns the bytes of text up to the first character that is not of the set.
func span(text string, set func(rune) bool) int {
	if i := strings.IndexFunc(text, func(c rune) bool { return !set(c) }); i >= 0 {
		return i
	}
	return len(text)
}
