package document

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// maxSentence is how many bytes a stretch without any full stop may have before it is cut at a semicolon or white space.
const maxSentence = 4000

// appendCuts splits the text of one paragraph into half-open ranges that cover it: the borders of Unicode's rules (UAX 29),
// without those that abbreviations, names and addresses only seem to make, and with those that careless writing hides.
func appendCuts(cuts [][2]int, text string) [][2]int {
	c := cutter{text: text, cuts: cuts}
	for from := 0; from < len(text); {
		end := windowEnd(text, from)
		seg := sentences.FromString(text[from:end])
		for seg.Next() {
			if p := from + seg.End(); p < end && !c.holdsTogether(p) {
				c.cut(p)
			}
		}
		from = end
	}
	c.cut(len(text))
	return c.cuts
}

// windowEnd returns up to where the text is segmented at one go: to its end, but for a long stretch without any letter, over
// which the rules look back again and again.
func windowEnd(text string, from int) int {
	const longest = 100
	if len(text)-from <= 10*longest {
		return len(text)
	}
	marks := 0
	for i := from; i < len(text); i++ {
		c := text[i]
		if marks++; c >= utf8.RuneSelf || c|0x20 >= 'a' && c|0x20 <= 'z' {
			marks = 0
		}
		if marks == longest {
			return i + 1
		}
	}
	return len(text)
}

// A cutter goes through a text from its start.
type cutter struct {
	text string
	from int // where the sentence at hand begins
	cuts [][2]int

	check  int  // up to where brackets and quotation marks were counted
	depth  int  // brackets open there
	quoted bool // a quotation is open there
}

// cut ends the sentence at hand before offset p.
func (c *cutter) cut(p int) {
	for _, q := range c.glued(p) {
		c.long(q)
	}
	c.long(p)
	c.check, c.depth, c.quoted = p, 0, false
}

// long appends the stretch up to p, in pieces if it is very long.
func (c *cutter) long(p int) {
	for p-c.from > maxSentence {
		window := c.text[c.from : c.from+maxSentence]
		at := strings.LastIndex(window, "; ") + 1
		if at < maxSentence/2 {
			at = strings.LastIndexFunc(window, blank)
		}
		if at < maxSentence/2 {
			for at = maxSentence; at > 0 && !utf8.RuneStart(c.text[c.from+at]); at-- {
			}
		}
		if at <= 0 {
			break
		}
		c.cuts = append(c.cuts, [2]int{c.from, c.from + at})
		c.from += at
	}
	if p > c.from {
		c.cuts = append(c.cuts, [2]int{c.from, p})
		c.from = p
	}
}

// holdsTogether reports whether the border at p, which Unicode's rules see, is none.
func (c *cutter) holdsTogether(p int) bool {
	left := c.text[c.from:p]
	right := c.text[p:]
	body := strings.TrimRightFunc(left, blank)
	if !saysWord(tail(body)) {
		return true
	}
	if !saysWord(right[:min(len(right), 64)]) && len(right) <= 64 {
		return true // nothing but marks and emoji to come
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(right, opens))
	if strings.ContainsAny(left[len(body):], "\n\r\u2028\u2029") {
		return unicode.IsLower(next) && !endsSentence(body)
	}
	stop := strings.TrimRightFunc(body, closes)
	last, _ := utf8.DecodeLastRuneInString(stop)
	if len(body) == len(left) && last < utf8.RuneSelf {
		return !c.startsAnew(stop, right) // no white space: an address, a name
	}
	if c.inAside(p) {
		return true
	}
	if last == '.' {
		return c.abbreviates(stop, right)
	}
	return unicode.IsLower(next) && (len(stop) < len(body) || !unicode.IsLower(firstLetter(left)))
}

func opens(r rune) bool  { return strings.ContainsRune("\"'“‘«„([{*_", r) || blank(r) }
func closes(r rune) bool { return strings.ContainsRune("\"'”’»)]}*_", r) || blank(r) }

// tail returns the end of s, as far back as it takes to look at its last words.
func tail(s string) string { return s[max(0, len(s)-64):] }

func firstLetter(s string) rune {
	i := strings.IndexFunc(s, unicode.IsLetter)
	if i < 0 {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r
}

func saysWord(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
	}
	return false
}

// maxAside is how many bytes after a border a bracket or a quotation may close that was opened before it.
const maxAside = 200

// inAside reports whether p stands within the brackets of a short aside, or within a short quotation in the middle of a
// sentence: Show "Link expired. Ask for a new one."
func (c *cutter) inAside(p int) bool {
	c.count(p)
	if c.depth == 0 && !c.quoted {
		return false
	}
	depth := c.depth
	ahead := c.text[p:min(len(c.text), p+maxAside)]
	if c.quoted && strings.ContainsAny(ahead, "\"”") {
		return true
	}
	for i := 0; i < len(ahead) && depth > 0; i++ {
		switch ahead[i] {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return true
			}
		}
	}
	return false
}

// count follows brackets and quotation marks up to p. A quotation that begins a sentence may hold sentences of its own.
func (c *cutter) count(p int) {
	const curly = "“"
	for ; c.check < p; c.check++ {
		switch c.text[c.check] {
		case '(', '[':
			c.depth++
		case ')', ']':
			c.depth = max(c.depth-1, 0)
		case '"':
			c.quoted = !c.quoted && saysWord(c.text[c.from:min(c.check, c.from+64)])
		case curly[0]:
			if rest := c.text[c.check:]; strings.HasPrefix(rest, "“") {
				c.quoted = saysWord(c.text[c.from:min(c.check, c.from+64)])
			} else if strings.HasPrefix(rest, "”") {
				c.quoted = false
			}
		}
	}
}

var (
	enumerator = lazy(`^[\s(\[]*(?:(?:\p{L}+ )?\d{1,3}(?:\.\d{1,3})*[a-z]?|[A-Za-z]|[ivxIVX]{1,5})[.)]$`)
	dotted     = lazy(`^(?:\p{L}\.){2,}$`)
	zone       = lazy(`^(?:[A-Z]{2,4}|[A-Z][a-z]+/[A-Z][a-z]+)\b`)
)

// abbreviates reports whether the full stop that left ends with belongs to its last word.
func (c *cutter) abbreviates(left, right string) bool {
	if len(left) < 24 && enumerator().MatchString(left) {
		return true
	}
	word := strings.TrimLeftFunc(lastWord(left), opens)
	name := strings.ToLower(strings.TrimSuffix(word, "."))
	next := nextWord(right)
	digit := next != "" && next[0] >= '0' && next[0] <= '9'
	switch abbreviations[name] {
	case beforeAny:
		return true
	case beforeNumber:
		return digit
	case beforeName:
		return !starters[strings.ToLower(next)]
	}
	switch {
	case name == "a.m" || name == "p.m":
		return zone().MatchString(next)
	case dotted().MatchString(word):
		return !starters[strings.ToLower(next)]
	case isInitial(name, word):
		return c.afterName(left[:len(left)-len(word)]) && !starters[strings.ToLower(next)]
	case len(name) <= 2 && isNumber(name):
		return abbreviations[strings.ToLower(next)] == month
	}
	return false
}

// lastWord returns the word that s ends with, as far as it reaches back.
func lastWord(s string) string {
	s = tail(s)
	return s[strings.LastIndexFunc(s, startsWord)+1:]
}

func startsWord(r rune) bool { return blank(r) || strings.ContainsRune("([/–—", r) }

// nextWord returns the first word of s.
func nextWord(s string) string {
	s = strings.TrimLeftFunc(s[:min(len(s), 80)], opens)
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '/' }); i >= 0 {
		s = s[:i]
	}
	return s
}

func isInitial(name, word string) bool {
	r, n := utf8.DecodeRuneInString(word)
	return n == len(word)-1 && len(name) > 0 && unicode.IsUpper(r)
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// afterName reports whether an initial may follow: at the start, after another initial, a title or a first name.
func (c *cutter) afterName(left string) bool {
	left = strings.TrimRightFunc(left, blank)
	if left == "" || strings.HasSuffix(left, ".") {
		return true
	}
	word := lastWord(left)
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(word, opens))
	return unicode.IsUpper(r) && !labels[strings.ToLower(word)]
}

// startsAnew reports whether a sentence ends with left and another begins with right, though no space divides them.
func (c *cutter) startsAnew(left, right string) bool {
	left = tail(left)
	word := strings.TrimRight(left[strings.LastIndexFunc(left, blank)+1:], ".!?")
	if len(word) < 2 || strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLower(r) && !unicode.IsDigit(r) }) >= 0 {
		return false
	}
	if len(left) == len(word)+1 || !strings.ContainsFunc(left[:len(left)-len(word)-1], blank) {
		return false
	}
	next := nextWord(right)
	r, _ := utf8.DecodeRuneInString(next)
	return unicode.IsUpper(r) && starters[strings.ToLower(next)] && strings.HasPrefix(strings.TrimLeftFunc(right, opens)[len(next):], " ")
}

// glued returns the borders before p that Unicode's rules don't see: a full stop without a space after it, and full stops in
// the writing of people who use no capitals.
func (c *cutter) glued(p int) []int {
	var found []int
	small := unicode.IsLower(firstLetter(c.text[c.from:min(p, c.from+40)]))
	from := c.from
	for i := from; i < p; i++ {
		n := strings.IndexByte(c.text[i:p], '.')
		if n < 0 || i+n+1 >= p {
			break
		}
		i += n
		left, right := c.text[from:i+1], c.text[i+1:p]
		switch {
		case c.startsAnew(left, right):
			found, from = append(found, i+1), i+1
		case small && right[0] == ' ' && len(right) > 1 && c.endsPlainly(left, right) && !c.inAside(i+1):
			found, from = append(found, i+2), i+2
		}
	}
	return found
}

// endsPlainly reports whether left ends in an ordinary word and a full stop, and right goes on with a small letter.
func (c *cutter) endsPlainly(left, right string) bool {
	word := strings.TrimSuffix(lastWord(left), ".")
	if len(word) < 2 || strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLower(r) }) >= 0 || abbreviations[word] != 0 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(right[1:])
	return unicode.IsLower(r) && strings.Contains(tail(left), " ")
}

var userStory = lazy(`(?i)^as (?:an?|the) [^.;:]{2,80}?,? (?:I|we) (?:want|need|can|would|should|may|must|expect|could|will|am)\b`)

// isUserStory reports "As a …, I want …".
func isUserStory(text string) bool {
	return len(text) > 10 && len(text) < 2000 && text[0]|0x20 == 'a' && text[1]|0x20 == 's' && text[2] == ' ' && userStory().MatchString(text)
}
