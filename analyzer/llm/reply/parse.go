package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// longestKey is how many bytes a property's name may have: it bounds what is looked at before a brace is taken for prose.
	longestKey = 100

	// farthest is how many bytes are looked at to tell what a mark means.
	farthest = 1000
)

// A parser reads what was meant as JSON: with comments, single and printed quotes, words without quotes, commas too many or too
// few, brackets that are missing or do not match, and an end before its time. Valid JSON it reads as encoding/json does, unless a
// property's name is very long. It only goes forward and looks ahead over a bounded stretch: its time is linear in the length.
type parser struct {
	src   string
	at    int
	ended bool // the text ended where more was to come
}

// value reads the value at the parser's place. The kinds of the brackets around it tell what a wrong bracket closes.
func (p *parser) value(around []byte) node {
	switch c := p.peek(); {
	case c == '{' || c == '[':
		if len(around) >= maxNesting {
			p.skipNested()
			return node{cut: p.ended}
		}
		p.at++
		if c == '{' {
			return p.object(append(around, c))
		}
		return p.list(append(around, c))
	case p.quoteAt(p.at) != 0:
		return p.text(around)
	}
	return p.bare()
}

// object reads what follows an opening brace.
func (p *parser) object(around []byte) node {
	n := node{kind: objectNode}
	for {
		p.skipSpace(",;")
		switch c := p.peek(); {
		case p.done():
			p.ended, n.cut = true, true
			return n
		case c == '}':
			p.at++
			return n
		case c == ']' && inside(around, '['), c == '{' && inside(around, '['):
			return n // its own brace is missing
		}
		key, ok := p.key()
		if p.done() {
			p.ended, n.cut = true, true
			return n
		}
		if !ok {
			p.skipJunk()
			continue
		}
		p.skipSpace("")
		if p.done() || strings.IndexByte(",}]", p.peek()) >= 0 { // no value
			continue
		}
		v := p.value(around)
		n.keys, n.items = append(n.keys, key), append(n.items, v)
		n.cut = n.cut || v.cut
	}
}

// list reads what follows an opening bracket.
func (p *parser) list(around []byte) node {
	n := node{kind: listNode}
	for {
		p.skipSpace(",;")
		switch c := p.peek(); {
		case p.done():
			p.ended, n.cut = true, true
			return n
		case c == ']':
			p.at++
			return n
		case c == '}' && inside(around, '{'), inside(around, '{') && p.atKey():
			return n // its own bracket is missing
		case c == '}' || c == ':' || c == ')':
			p.at++
			continue
		}
		v := p.value(around)
		n.items = append(n.items, v)
		n.cut = n.cut || v.cut
	}
}

// atKey reports a property's name in quotes.
func (p *parser) atKey() bool {
	if p.quoteAt(p.at) == 0 {
		return false
	}
	look := p.ahead(p.at)
	_, ok := look.key()
	return ok
}

// inside reports a bracket of the kind around the innermost one.
func inside(around []byte, bracket byte) bool {
	return strings.IndexByte(string(around[:len(around)-1]), bracket) >= 0
}

// opens reports whether the bracket at the parser's place starts JSON rather than something in prose.
func (p *parser) opens() bool {
	look := p.ahead(p.at + 1)
	look.skipSpace("")
	if look.done() {
		return true
	}
	c := look.peek()
	if p.peek() == '{' {
		if c == '}' {
			return true
		}
		_, ok := look.key()
		return ok || look.done()
	}
	return c == '{' || c == '[' || c == ']' || c == '-' || c >= '0' && c <= '9' || look.quoteAt(look.at) != 0 ||
		c == 'S' && look.at+1 < len(look.src) && look.src[look.at+1] <= '9'
}

// key reads a property's name and the colon after it. If there is none it reports false and has not moved, but for a text that
// ends in it: then nothing is left.
func (p *parser) key() (string, bool) {
	name, end := p.name()
	if end == len(p.src) {
		p.at = end
		return "", false
	}
	look := p.ahead(end)
	look.skipSpace("")
	switch {
	case look.done():
		p.at = look.at
	case end > p.at && (look.peek() == ':' || look.peek() == '='):
		p.at = look.at + 1
		if look.peek() == '=' && p.peek() == '>' {
			p.at++
		}
		return name, true
	}
	return "", false
}

// name looks at a property's name and returns it with its end: that of the text if it may go on there. The end is the place itself if there is none.
func (p *parser) name() (string, int) {
	most := min(len(p.src), p.at+longestKey)
	width := p.quoteAt(p.at)
	closers := ""
	if width > 0 {
		closers = closing(p.src[p.at : p.at+width])
	}
	for end := p.at + width; end < most; {
		r, size := utf8.DecodeRuneInString(p.src[end:])
		switch {
		case width > 0 && r == '\\':
			size++
		case width > 0 && strings.ContainsRune(closers, r):
			return unescaped(p.src[p.at+width : end]), end + size
		case width == 0 && r != '_' && r != '-' && r != ' ' && !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return strings.TrimSpace(p.src[p.at:end]), end
		}
		end += size
	}
	if most == len(p.src) {
		return "", most
	}
	return "", p.at
}

// skipJunk passes over what no object can hold, up to where it may go on.
func (p *parser) skipJunk() {
	_, size := utf8.DecodeRuneInString(p.src[p.at:])
	p.at += size
	if i := strings.IndexAny(p.src[p.at:], ",{}]\n"); i >= 0 {
		p.at += i
		return
	}
	p.at = len(p.src)
}

// skipNested passes over brackets that lie too deep.
func (p *parser) skipNested() {
	open, quoted := 0, false
	for ; p.at < len(p.src); p.at++ {
		switch c := p.src[p.at]; {
		case c == '\\' && quoted:
			p.at++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			open++
		case c == '}' || c == ']':
			if open--; open == 0 {
				p.at++
				return
			}
		}
	}
	p.at, p.ended = len(p.src), true
}

// skipSpace passes over white space, comments, and the marks given. A fence that closes is the end of the text.
func (p *parser) skipSpace(marks string) {
	for p.at < len(p.src) {
		rest := p.src[p.at:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' || r < utf8.RuneSelf && strings.IndexByte(marks, byte(r)) >= 0:
			p.at += size
		case strings.HasPrefix(rest, "```"):
			p.src = p.src[:p.at]
		default:
			n := p.comment()
			if n == 0 {
				return
			}
			p.at += n
		}
	}
}

// comment returns the length of the comment at the parser's place, 0 if there is none.
func (p *parser) comment() int {
	rest := p.src[p.at:]
	switch {
	case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "#") && !digitAt(rest, 1):
		return until(rest, "\n")
	case strings.HasPrefix(rest, "/*"):
		return until(rest, "*/")
	}
	return 0
}

// ahead returns a parser that looks at what comes after a place, but not far.
func (p *parser) ahead(at int) parser {
	return parser{src: p.src[:min(len(p.src), at+farthest)], at: min(at, len(p.src))}
}

// until returns where the first end in text ends.
func until(text, end string) int {
	if i := strings.Index(text, end); i >= 0 {
		return i + len(end)
	}
	return len(text)
}

func digitAt(text string, i int) bool { return i < len(text) && text[i] >= '0' && text[i] <= '9' }

func (p *parser) done() bool { return p.at >= len(p.src) }

func (p *parser) peek() byte {
	if p.done() {
		return 0
	}
	return p.src[p.at]
}

func (p *parser) runeLen(at int) int {
	_, size := utf8.DecodeRuneInString(p.src[at:])
	return size
}
