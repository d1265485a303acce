package classify

import (
	"strings"
	"unicode/utf8"

	"whatif/analyzer/document"
)

// A shape is what can be seen of a sentence without knowing its words; a sentence has a set of them.
type shape uint16

const (
	version     shape = 1 << iota // begins with a version: "v1.2", "[2.0.1]", "1.4.0 - 2025-01-02"
	dated                         // has a date in digits: 2026-01-31, 31.1.2026
	stamped                       // begins with a date and a time of day
	question                      // ends in a question mark
	row                           // is a row of a table
	story                         // is a user story
	digits                        // is digits for a third or more
	codelike                      // has words of a program: a_b, f(), --flag, path/to
	link                          // is nothing but a link, or a name of a file
	placeholder                   // has something to fill in: [name], <name>, {{name}}, ____
	numbered                      // begins with the number of a requirement: FR-1, R-02, US3
	short                         // has at most three words
	item                          // is an item of a list
)

// shapeNames are the shapes as a book names them.
var shapeNames = map[string]shape{
	"version": version, "date": dated, "timestamp": stamped, "question": question, "row": row, "story": story, "digits": digits, "code": codelike,
	"link": link, "placeholder": placeholder, "numbered": numbered, "short": short, "item": item,
}

// longest is how many bytes of a sentence its shapes are taken from.
const longest = 400

// shapesOf returns the shapes of a sentence.
func shapesOf(s *document.Sentence, source string) shape {
	text := s.Text[:min(len(s.Text), longest)]
	set := shape(0)
	add := func(sh shape, is bool) {
		if is {
			set |= sh
		}
	}
	add(row, s.Kind == document.TableRow)
	add(story, s.Kind == document.UserStory)
	add(item, s.Kind == document.ListItem)
	add(question, strings.HasSuffix(text, "?"))
	add(placeholder, hasPlaceholder(text))
	add(link, isLink(text, source[s.Span.Start:min(s.Span.End, s.Span.Start+longest)]))
	t := lookAt(text)
	add(digits, t.digits*3 >= t.digits+t.letters && t.digits > 2)
	add(short, t.words <= 3)
	add(codelike, t.code)
	if t.digits > 0 {
		at, long := findDate(text)
		add(dated, at >= 0)
		add(stamped, at >= 0 && at <= 1 && hasTime(text[at+long:]))
		add(version, beginsWithVersion(text))
		add(numbered, beginsWithNumber(text))
	}
	return set
}

// isProse reports a line in a block of code that reads like a sentence.
func isProse(text string) bool {
	t := lookAt(text)
	return t.words >= 6 && !t.code && t.letters*10 >= len(text)*7 && !strings.ContainsAny(text, "{}<>;=|")
}

// A sight is what one look at the bytes of a text tells.
type sight struct {
	letters, digits, words int
	code                   bool
}

func lookAt(text string) sight {
	var s sight
	before := byte(' ')
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case '0' <= c && c <= '9':
			s.digits++
		case isLetter(c):
			s.letters++
			s.code = s.code || 'A' <= c && c <= 'Z' && 'a' <= before && before <= 'z' && i+1 < len(text) && isLetter(text[i+1])
			if !isLetter(before) {
				s.words++
			}
		case i+1 < len(text):
			s.code = s.code || codeAt(before, c, text[i+1])
		}
		before = c
	}
	return s
}

// codeAt reports a punctuation mark that stands as it does in programs only, by the bytes before and after it.
func codeAt(before, c, after byte) bool {
	switch c {
	case '_':
		return isLetter(before) && isLetter(after)
	case '(':
		return after == ')' && isLetter(before)
	case '-':
		return before == '-' && isLetter(after)
	case ':':
		return after == ':'
	case '=':
		return after == '=' || isLetter(before) && after != ' '
	case '$', '@':
		return isLetter(after) && !isLetter(before) || after == '{'
	case '/':
		return (before == ' ' || before == '.' || before == '~') && isLetter(after)
	case '.':
		return isLetter(before) && 'a' <= after && after <= 'z'
	}
	return false
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80 }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// digitsAt returns how many digits stand at the beginning of a text.
func digitsAt(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

// findDate returns the place and length of the first date in digits, -1 where there is none.
func findDate(text string) (at, long int) {
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) || i > 0 && isDigit(text[i-1]) {
			continue
		}
		a := digitsAt(text[i:])
		if i+a >= len(text) || !strings.ContainsRune("-/.", rune(text[i+a])) {
			continue
		}
		b := digitsAt(text[i+a+1:])
		j := i + a + 1 + b
		if b == 0 || b > 2 || j >= len(text) || text[j] != text[i+a] {
			continue
		}
		if c := digitsAt(text[j+1:]); a == 4 && (c == 1 || c == 2) || a <= 2 && c == 4 {
			return i, j + 1 + c - i
		}
	}
	return -1, 0
}

// hasTime reports a text that goes on with a time of day.
func hasTime(text string) bool {
	text = strings.TrimLeft(text, " T|,")
	n := digitsAt(text)
	return (n == 1 || n == 2) && n+2 < len(text) && text[n] == ':' && digitsAt(text[n+1:]) == 2
}

// beginsWithVersion reports a text that begins as a section of a changelog does. The number of a section is no version.
func beginsWithVersion(text string) bool {
	marked := false
	for _, lead := range []string{"[", "version ", "release ", "v", "r"} {
		if len(text) > len(lead) && strings.EqualFold(text[:len(lead)], lead) {
			text, marked = text[len(lead):], true
		}
	}
	parts := 0
	for {
		n := digitsAt(text)
		if n == 0 {
			break
		}
		parts++
		text = text[n:]
		if len(text) == 0 || text[0] != '.' {
			break
		}
		text = text[1:]
	}
	rest := strings.TrimLeft(text, "]) :")
	first, _ := utf8.DecodeRuneInString(rest)
	after := rest == "" || strings.ContainsRune("-(/–—", first) || isDigit(rest[0])
	return parts >= 2 && (marked || after) || parts == 1 && marked && after && len(rest) > 0
}

// beginsWithNumber reports a text that begins with some capitals and a number: FR-1, US3.
func beginsWithNumber(text string) bool {
	n := 0
	for n < len(text) && n < 6 && 'A' <= text[n] && text[n] <= 'Z' {
		n++
	}
	if n == 0 || n > 5 || n >= len(text) {
		return false
	}
	text = strings.TrimLeft(text[n:], "-_. ")
	d := digitsAt(text)
	return d > 0 && d < 5 && (d == len(text) || !isLetter(text[d]))
}

// isLink reports a text that is all of a Markdown link or an address, or one word that ends like a file's name.
func isLink(text, source string) bool {
	source = strings.TrimSpace(source)
	if strings.HasPrefix(source, "[") && strings.HasSuffix(source, ")") && strings.Count(source, "](") == 1 {
		return true
	}
	if strings.Contains(text, " ") {
		return false
	}
	dot := strings.LastIndexByte(text, '.')
	return strings.HasPrefix(text, "http") || dot > 0 && len(text)-dot <= 5 && dot+1 < len(text) && isLetter(text[dot+1])
}

// hasPlaceholder reports brackets or lines to write something into.
func hasPlaceholder(text string) bool {
	if strings.Contains(text, "____") || strings.Contains(text, "{{") || strings.Contains(text, "TBD") || strings.Contains(text, "TODO") {
		return true
	}
	for _, pair := range []string{"[]", "<>"} {
		from := strings.IndexByte(text, pair[0])
		if from < 0 {
			continue
		}
		long := strings.IndexByte(text[from:], pair[1])
		if long > 3 && isLetter(text[from+1]) && !strings.HasPrefix(text[from+long+1:], "(") {
			return true
		}
	}
	return false
}
