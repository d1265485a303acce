package inspect

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/document"
)

// Text for tools can be written so that people and filters read over it. Each disguise that is taken off here gives another text
// of the same sentence, which is scored like the first.

const (
	longToken    = 24   // bytes of a token that can hold a sentence in base64
	mostTokens   = 8    // of one sentence that are taken apart
	mostDisguise = 8192 // bytes of a sentence that are read in another way
)

// telling are words that most attempts hold.
var telling = []string{"ignore", "previous", "instructions", "disregard", "systemprompt", "system prompt", "threats", "findings", "abuse cases"}

// disguises returns the words that give away a text turned letter by letter: rot13, or written backwards.
func disguises() []string {
	var out []string
	for _, w := range telling {
		out = append(out, rot13(w), backwards(w))
	}
	return out
}

// disguises scores what a sentence says once a disguise is taken off.
func (l *looker) disguises(m *mark, text, folded string) {
	turned := l.stamp[l.book.disguised] == l.reading
	text, folded = head(text), head(folded)
	if turned {
		l.under(m, rot13(folded), "turned by rot13")
		l.under(m, backwards(folded), "written backwards")
	}
	if plain := unleet(folded); plain != "" {
		l.under(m, plain, "with digits for letters")
	}
	if plain := unspaced(folded); plain != "" {
		l.under(m, plain, "with its letters set apart")
	}
	for _, plain := range decoded(text) {
		l.under(m, fold(plain), "encoded")
	}
}

// under scores a text that was found under a disguise.
func (l *looker) under(m *mark, folded, how string) {
	found := mark{hidden: true, how: how}
	if l.read(folded) {
		l.score(&found, folded)
	}
	found.hidden = m.hidden
	if found.total() >= enough-1 {
		found.add(hiding, 1)
		m.take(found)
	}
}

func head(s string) string {
	if len(s) > mostDisguise {
		s = s[:mostDisguise]
	}
	return s
}

func rot13(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return 'a' + (r-'a'+13)%26
		case 'A' <= r && r <= 'Z':
			return 'A' + (r-'A'+13)%26
		}
		return r
	}, s)
}

func backwards(s string) string {
	runes := []rune(s)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

// leet are the digits and marks that are written for letters.
var leet = [256]byte{'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', '$': 's', '!': 'i', '|': 'l'}

// unleet returns the folded text with letters for digits, "" unless three words at least mix the two within.
func unleet(folded string) string {
	digits := 0
	for i := 1; i+1 < len(folded); i++ {
		if leet[folded[i]] != 0 && folded[i] != '|' && isLetter(folded[i-1]) && isLetter(folded[i+1]) {
			digits++
		}
	}
	if digits < 3 {
		return ""
	}
	out := []byte(folded)
	for i, c := range out {
		if leet[c] != 0 && (i > 0 && isLetter(out[i-1]) || i+1 < len(out) && (isLetter(out[i+1]) || leet[out[i+1]] != 0)) {
			out[i] = leet[c]
		}
	}
	return string(out)
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

// spaced finds "i g n o r e", also with dots or dashes.
var spaced = lazy(`(?:\b[a-z][ ._-]{1,2}){5,}[a-z]\b`)

// unspaced returns the folded text with letters that stand apart put together, "" if there are none. Where two marks part letters, words are
// parted.
func unspaced(folded string) string {
	single := 0
	for i := 1; i+1 < len(folded) && single < 6; i++ {
		switch {
		case isLetter(folded[i]) && gapByte(folded[i-1]) && gapByte(folded[i+1]):
			single++
		case isLetter(folded[i]) && isLetter(folded[i-1]):
			single = 0
		}
	}
	if single < 6 {
		return ""
	}
	glued := spaced().ReplaceAllStringFunc(folded, func(s string) string {
		var out strings.Builder
		for i := 0; i < len(s); i++ {
			if isLetter(s[i]) {
				out.WriteByte(s[i])
			} else if i+1 < len(s) && gapByte(s[i+1]) {
				out.WriteByte(' ')
				i++
			}
		}
		return out.String()
	})
	for _, w := range telling {
		glued = strings.ReplaceAll(glued, w, " "+w+" ") // where blanks were folded, words are glued together
	}
	return glued
}

func gapByte(c byte) bool { return c == ' ' || c == '.' || c == '-' || c == '_' }

// decoded returns what the long tokens of a text say in base64, hex or percent signs.
func decoded(text string) []string {
	var out []string
	if strings.Count(text, "%") >= 6 {
		if plain, err := url.QueryUnescape(text); err == nil {
			out = append(out, plain)
		}
	}
	from := 0
	for i := 0; i <= len(text) && len(out) < mostTokens; i++ {
		if i < len(text) && tokenByte(text[i]) {
			continue
		}
		if i-from >= longToken {
			if plain, ok := decodedToken(text[from:i]); ok {
				out = append(out, plain)
			}
		}
		from = i + 1
	}
	if pairs := hexPairs(text); pairs != "" {
		if raw, err := hex.DecodeString(pairs); err == nil && readable(raw) {
			out = append(out, string(raw))
		}
	}
	return out
}

func tokenByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '=' || c == '-' || c == '_'
}

func decodedToken(token string) (string, bool) {
	if raw, err := hex.DecodeString(token); err == nil && readable(raw) {
		return string(raw), true
	}
	bare := strings.TrimRight(token, "=")
	for _, code := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := code.DecodeString(bare); err == nil && readable(raw) {
			return string(raw), true
		}
	}
	return "", false
}

// hexPairs returns the bytes written as "69 67 6e" or "\x69\x67", without what parts them; "" if they are few.
func hexPairs(text string) string {
	if strings.Count(text, "6") < 6 { // half of all letters are 0x6…
		return ""
	}
	var out strings.Builder
	for i := 0; i+1 < len(text); {
		if isHex(text[i]) && isHex(text[i+1]) && (i+2 == len(text) || !isHex(text[i+2])) {
			out.WriteString(text[i : i+2])
			i += 2
			for i < len(text) && (text[i] == ' ' || text[i] == ':' || text[i] == ',' || text[i] == '\\' || text[i] == 'x' || text[i] == '0' && i+1 < len(text) && text[i+1] == 'x') {
				i++
			}
			continue
		}
		if out.Len() >= 2*longToken/2 {
			break
		}
		out.Reset()
		i++
	}
	if out.Len() < 2*longToken/2 {
		return ""
	}
	return out.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// readable reports bytes that are a text of words.
func readable(raw []byte) bool {
	if !utf8.Valid(raw) {
		return false
	}
	letters, all := 0, 0
	for _, r := range string(raw) {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
		if unicode.IsLetter(r) || r == ' ' {
			letters++
		}
		all++
	}
	return letters*10 >= all*7
}

// untag returns text with the letters that invisible tag characters stand for.
func untag(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xe0020 && r <= 0xe007e:
			return r - 0xe0000
		case r >= 0xe0000 && r <= 0xe0fff, invisible(r):
			return -1
		}
		return r
	}, text)
}

// smuggled returns what stands in tag characters, which no program shows, by the number of the sentence that it stands in or follows.
func smuggled(doc *document.Document) map[int]string {
	if !strings.Contains(doc.Source, "\xf3\xa0") { // the first bytes of every tag character
		return nil
	}
	out := map[int]string{}
	at := 0
	for i, r := range doc.Source {
		if r < 0xe0020 || r > 0xe007e {
			continue
		}
		for at < len(doc.Sentences) && doc.Sentences[at].Span.Start <= i {
			at++
		}
		if num := max(at, 1); num <= len(doc.Sentences) {
			out[num] += string(r - 0xe0000)
		}
	}
	return out
}

// titles returns the titles of the links in a source, which a reader does not see.
func titles(source string) []string {
	if !strings.Contains(source, "](") {
		return nil
	}
	var out []string
	for _, m := range linkTitle().FindAllStringSubmatch(source, mostTokens) {
		out = append(out, m[1])
	}
	return out
}

var linkTitle = lazy(`\]\([^()\s]*\s+["']([^"']+)["']\)`)
