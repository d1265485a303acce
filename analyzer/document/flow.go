package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// An outline remembers which sentence leads into the list item that comes next: the item that it is nested in, or the
// paragraph that the list follows ("Admins can:").
type outline struct {
	intro int   // the paragraph before a list, if it leads into one
	items []int // the last item at each depth, the outermost first
}

// lead returns the number of the sentence that leads into an item at depth, 0 if none does.
func (o *outline) lead(depth int) int {
	for d := min(depth-1, len(o.items)); d > 0; d-- {
		if o.items[d-1] > 0 {
			return o.items[d-1]
		}
	}
	return o.intro
}

// note takes in the block just added, num being its last sentence.
func (o *outline) note(doc *Document, kind Kind, depth, num int) {
	switch kind {
	case Hidden, Code:
		return
	case ListItem, UserStory:
		if depth > 0 {
			for len(o.items) < depth {
				o.items = append(o.items, 0)
			}
			o.items = o.items[:depth]
			o.items[depth-1] = num
			return
		}
	}
	o.items, o.intro = o.items[:0], 0
	if kind == Prose && leadsIn(doc.Sentences[num-1].Text) {
		o.intro = num
	}
}

// leadsIn reports a paragraph's last sentence that is left open for a list to end it.
func leadsIn(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(text, blank))
	return !strings.ContainsRune(".!?。！？…)\"”»", r)
}

// endsSentence reports text that a new sentence may follow.
func endsSentence(text string) bool {
	text = strings.TrimRightFunc(text, func(r rune) bool { return blank(r) || strings.ContainsRune(`"'”’»)]`, r) })
	r, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune(".!?:。！？：…", r)
}

// looksLikeTitle reports a short line that reads as a heading rather than a sentence.
func looksLikeTitle(text string) bool {
	text = strings.TrimFunc(text, blank)
	if len(text) > 100 || !hasLetter(text) {
		return false
	}
	words := strings.Fields(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	first, _ := utf8.DecodeRuneInString(text)
	return len(words) <= 9 && !strings.ContainsRune(".!?:;,。！？：；，…", last) && !unicode.IsLower(first)
}

const bullets = "•◦▪▫●○■□‣⁃∙·➢➤►▶✓✔✗✘❖◆◇\uf0b7\uf0a7\uf0d8\uf0fc"

// bulletLen returns how many bytes of s are a bullet and the white space after it, 0 if s does not begin with one.
func bulletLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || !strings.ContainsRune(bullets+"-–—*o", r) {
		return 0
	}
	rest := strings.TrimLeftFunc(s[n:], blank)
	if rest == "" || len(rest) == len(s[n:]) && !strings.ContainsRune(bullets, r) {
		return 0
	}
	if next, _ := utf8.DecodeRuneInString(rest); r == 'o' && !unicode.IsUpper(next) {
		return 0
	}
	return len(s) - len(rest)
}

// headerLike reports whether the first row of a table that marks no header reads as one: a short label over every column,
// and something longer below.
func headerLike(rows [][]string) bool {
	if len(rows) < 2 || len(rows[0]) < 2 {
		return false
	}
	seen := map[string]bool{}
	first := 0
	for _, c := range rows[0] {
		if !looksLikeTitle(c) || len(strings.Fields(c)) > 5 || seen[c] || startsWithDigit(c) {
			return false
		}
		seen[c] = true
		first += len(c)
	}
	body := 0
	for _, row := range rows[1:] {
		for _, c := range row {
			body += len(c)
		}
	}
	return body/(len(rows)-1) > first
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
