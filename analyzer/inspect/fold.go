package inspect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold returns text as the patterns see it: lower case, without accents, wide and ornamental letters as plain ones, curly
// quotation marks straight, and words of mixed alphabets in Latin letters, since nobody but a forger mixes them.
func fold(text string) string {
	ascii := true
	for i := 0; ascii && i < len(text); i++ {
		ascii = text[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToLower(text)
	}
	var out strings.Builder
	out.Grow(len(text))
	mixed := false
	for i, r := range text {
		switch {
		case r < utf8.RuneSelf:
			out.WriteByte(lower(text[i]))
		default:
			mixed = mixed || lookalike(r) != 0
			foldRune(&out, r)
		}
	}
	if mixed {
		return unmask(out.String())
	}
	return out.String()
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// foldRune writes what the patterns see of a rune that is not ASCII.
func foldRune(out *strings.Builder, r rune) {
	switch {
	case r >= 0x2e80 && r < 0xf900 && !(r >= 0xac00 && r < 0xd7b0) && r < 0xe000: // Chinese and Japanese are as they are
		out.WriteRune(r)
	case r >= 0x2010 && r <= 0x203a || r == '«' || r == '»' || r == '`' || r == '´':
		out.WriteString(plainMark(r))
	case plainLetters[r] != "":
		out.WriteString(plainLetters[r])
	default:
		var one [utf8.UTFMax]byte
		n := utf8.EncodeRune(one[:], r)
		parts := one[:n]
		if d := norm.NFKD.Properties(parts).Decomposition(); d != nil {
			parts = d
		}
		for _, p := range string(parts) {
			if !unicode.Is(accents, p) && !invisible(p) {
				out.WriteRune(unicode.ToLower(p))
			}
		}
	}
}

// accents are the marks that Latin, Greek and Cyrillic letters carry. Marks of other scripts are part of the word.
var accents = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x300, Hi: 0x36f, Stride: 1}}}

func invisible(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r == 0xfeff || r == 0xad || r >= 0x2060 && r <= 0x2064 || r >= 0xfe00 && r <= 0xfe0f
}

func plainMark(r rune) string {
	switch r {
	case '‘', '’', '‚', '‛', '′', '‹', '›', '`', '´':
		return "'"
	case '“', '”', '„', '‟', '″', '«', '»':
		return `"`
	case '…':
		return "..."
	case '‐', '‑', '‒', '–', '—', '―':
		return "-"
	}
	if invisible(r) || r >= 0x202a && r <= 0x202e {
		return ""
	}
	return " "
}

// plainLetters are letters that Unicode does not take apart.
var plainLetters = map[rune]string{'ł': "l", 'Ł': "l", 'ı': "i", 'İ': "i", 'ø': "o", 'Ø': "o", 'ß': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'đ': "d", 'Đ': "d"}

// lookalikes are Cyrillic and Greek letters, folded, that are read as Latin ones.
var lookalikes = map[rune]byte{'а': 'a', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'һ': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l', 'м': 'm', 'п': 'n', 'о': 'o',
	'р': 'p', 'ԛ': 'q', 'г': 'r', 'ѕ': 's', 'т': 't', 'ս': 'u', 'ν': 'v', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'у': 'y', 'α': 'a', 'ε': 'e', 'ι': 'i', 'κ': 'k', 'ο': 'o',
	'ρ': 'p', 'τ': 't', 'υ': 'u', 'χ': 'x', 'η': 'n', 'σ': 'o', 'ց': 'g', 'ո': 'n'}

func lookalike(r rune) byte { return lookalikes[unicode.ToLower(r)] }

// unmask turns the lookalikes in words that also hold Latin letters into these, and so those in short words between such words.
func unmask(text string) string {
	out := []byte(text)[:0:0]
	for len(text) > 0 {
		n := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
		if n == 0 {
			_, n = utf8.DecodeRuneInString(text)
			out, text = append(out, text[:n]...), text[n:]
			continue
		}
		if n < 0 {
			n = len(text)
		}
		out = appendPlain(out, text[:n])
		text = text[n:]
	}
	return string(out)
}

func appendPlain(out []byte, word string) []byte {
	latin, foreign := false, false
	for _, r := range word {
		latin = latin || r < utf8.RuneSelf
		foreign = foreign || lookalikes[r] != 0
	}
	if !latin || !foreign {
		return append(out, word...)
	}
	for _, r := range word {
		if c := lookalikes[r]; c != 0 {
			out = append(out, c)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}
