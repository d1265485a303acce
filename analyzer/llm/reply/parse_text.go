package reply

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// quoteAt returns the width of the quotation mark that opens a text at a place, 0 if there is none.
func (p *parser) quoteAt(at int) int {
	if at >= len(p.src) {
		return 0
	}
	r, size := utf8.DecodeRuneInString(p.src[at:])
	if strings.ContainsRune("\"'`“”„‟‘’‚＂", r) {
		return size
	}
	return 0
}

// closing returns the marks that may close a text that was opened by one.
func closing(open string) string {
	switch open {
	case `"`, "'", "`":
		return open
	case "‘", "’", "‚":
		return "‘’'"
	}
	return "“”‟＂\""
}

// text reads a text in quotes. A quotation mark that is not followed by what may follow a text is part of it.
func (p *parser) text(around []byte) node {
	start := p.at + p.quoteAt(p.at)
	closers := closing(p.src[p.at:start])
	for at := start; at < len(p.src); {
		i := strings.IndexAny(p.src[at:], closers+`\`)
		if i < 0 {
			break
		}
		at += i
		if p.src[at] == '\\' {
			at = min(at+2, len(p.src))
			continue
		}
		next := at + p.runeLen(at)
		if p.mayFollowText(next, around) {
			p.at = next
			return node{kind: textNode, text: unescaped(p.src[start:at])}
		}
		at = next
	}
	p.at, p.ended = len(p.src), true
	return node{cut: true}
}

// mayFollowText reports whether a text may have ended before a place.
func (p *parser) mayFollowText(at int, around []byte) bool {
	look := p.ahead(at)
	look.skipSpace("")
	if look.done() || look.peek() == '}' || look.peek() == ']' {
		return true
	}
	sameLine := false
	if c := look.peek(); c == ',' || c == ';' {
		look.skipSpace(",;")
	} else if look.at == at {
		return false
	} else {
		sameLine = !strings.Contains(p.src[at:look.at], "\n")
	}
	if look.done() || look.peek() == '}' || look.peek() == ']' {
		return true
	}
	quoted := look.quoteAt(look.at) != 0
	if around[len(around)-1] == '{' {
		_, ok := look.key()
		return (ok || look.done()) && (quoted || !sameLine) || look.peek() == '{'
	}
	c := look.peek()
	return quoted || !sameLine && (c == '{' || c == '[' || c == '-' || c == '.' || digitAt(look.src, look.at) || look.word())
}

// word reports one of the words that are values in JSON.
func (p *parser) word() bool {
	for _, w := range []string{"true", "false", "null", "True", "False", "None"} {
		if strings.HasPrefix(p.src[p.at:], w) {
			return true
		}
	}
	return false
}

// bare reads a value without quotes: a number, a word of JSON, Python or JavaScript, or any other words.
func (p *parser) bare() node {
	start := p.at
	for p.at < len(p.src) {
		if strings.IndexByte(",]}{[\n", p.src[p.at]) >= 0 && p.at > start || strings.HasPrefix(p.src[p.at:], "```") {
			break
		}
		if p.at > start && p.src[p.at-1] <= ' ' && (p.comment() > 0 || p.src[p.at] == '"') {
			break
		}
		p.at++
	}
	word := strings.TrimSpace(p.src[start:p.at])
	if p.done() { // it may have gone on: 1 may be 12
		p.ended = true
		return node{cut: true}
	}
	switch strings.ToLower(word) {
	case "true":
		return node{kind: boolNode, yes: true}
	case "false":
		return node{kind: boolNode}
	case "", "null", "none", "nil", "undefined", "nan", "+nan", "-nan", "infinity", "+infinity", "-infinity", "inf", "-inf", "...", "…",
		"int", "integer", "number", "float", "string", "str", "bool", "boolean": // of a form that was said back
		return node{}
	}
	if isNumber(word) {
		return node{kind: numberNode, text: word}
	}
	return node{kind: textNode, text: word}
}

// isNumber reports figures as JSON has them, with a plus sign or without figures on one side of the point too.
func isNumber(word string) bool {
	figures := false
	for i, c := range []byte(word) {
		switch {
		case c >= '0' && c <= '9':
			figures = true
		case c == '.' || (c == 'e' || c == 'E') && figures:
		case (c == '-' || c == '+') && (i == 0 || word[i-1] == 'e' || word[i-1] == 'E'):
		default:
			return false
		}
	}
	return figures && strings.Count(word, ".") < 2 && strings.Count(strings.ToLower(word), "e") < 2
}

// unescaped resolves the escapes of a text. One that JSON does not have stands for its character, or for itself before a letter.
func unescaped(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case 'n', 'r', 't', 'b', 'f':
			b.WriteByte("\n\r\t\b\f"[strings.IndexByte("nrtbf", c)])
		case 'u':
			r, used := escapedRune(text[i+1:])
			if used == 0 {
				b.WriteString(`\u`)
				continue
			}
			b.WriteRune(r)
			i += used
		default:
			if unicode.IsLetter(rune(c)) && c < utf8.RuneSelf {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapedRune reads what follows \u, the second half of a pair too, and returns how many bytes it took.
func escapedRune(text string) (rune, int) {
	r := hex4(text)
	if r < 0 {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if strings.HasPrefix(text[4:], `\u`) {
		if full := utf16.DecodeRune(r, hex4(text[6:])); full != utf8.RuneError {
			return full, 10
		}
	}
	return utf8.RuneError, 4
}

// hex4 returns the value of four hexadecimal figures, -1 if there are none.
func hex4(text string) rune {
	if len(text) < 4 {
		return -1
	}
	var r rune
	for _, c := range []byte(text[:4]) {
		i := strings.IndexByte("0123456789abcdef", c|0x20)
		if i < 0 || c < '0' {
			return -1
		}
		r = r<<4 | rune(i)
	}
	return r
}
