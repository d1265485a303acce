package document

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// glimpseLength is how many characters of a hidden text a warning shows.
const glimpseLength = 80

// tagCharacters are the invisible twins of ASCII: U+E0041 stands for A.
const tagCharacters = 0xE0000

// glimpse quotes the beginning of a hidden text on one line. Words spelled in tag characters are made visible, other
// characters that nobody sees are escaped.
func glimpse(text string) string {
	text = strings.Map(func(r rune) rune {
		if r >= tagCharacters+' ' && r <= tagCharacters+'~' {
			return r - tagCharacters
		}
		return r
	}, validUTF8(text[:min(len(text), 4096)]))
	text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "<!--"), "-->")
	text = strings.Join(strings.Fields(text), " ")
	more := ""
	if utf8.RuneCountInString(text) > glimpseLength {
		text, more = strings.TrimSpace(string([]rune(text)[:glimpseLength])), "…"
	}
	shown := strconv.QuoteToGraphic(text)
	shown = strings.ReplaceAll(shown[1:len(shown)-1], `\"`, `"`)
	return "“" + shown + more + "”"
}
