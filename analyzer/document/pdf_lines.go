package document

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A pdfLine is a line of text, or the part of one that stands in a column of its own.
type pdfLine struct {
	pdfSpan
	right2 float64 // how far text of its kind reaches: the right edge of its column
}

// pdfLines joins the spans of all pages into lines.
func pdfLines(pages []pdfPage) []pdfLine {
	var lines []pdfLine
	for _, p := range pages {
		first := len(lines)
		for _, s := range p.spans {
			if last := len(lines) - 1; last >= first && sameLine(lines[last], s) {
				lines[last].extend(s)
				continue
			}
			lines = append(lines, pdfLine{pdfSpan: s})
		}
		setEdges(lines[first:])
	}
	return lines
}

func sameLine(l pdfLine, s pdfSpan) bool {
	if l.hidden != s.hidden || l.block() != s.block() || l.isLabel() != s.isLabel() {
		return false
	}
	size := math.Max(l.size, s.size)
	if s.base > l.top || s.top < l.base || s.left < l.right-0.5*size {
		return false
	}
	gap := s.left - l.right
	return gap < 1.8*size || (s.tag == nil && gap < 5*size && isMarker(l.text)) || (s.tag != nil && s.tag.id > 0)
}

func (s *pdfSpan) block() int {
	if s.tag == nil {
		return 0
	}
	return s.tag.id
}

func (s *pdfSpan) isLabel() bool { return s.tag != nil && s.tag.label }
func (s *pdfSpan) tagged() bool  { return s.tag != nil && s.tag.id > 0 }

func (l *pdfLine) extend(s pdfSpan) {
	if s.spaced || s.left-l.right > 0.25*math.Max(l.size, s.size) {
		l.text += " "
	}
	if len(s.text) > len(l.text) {
		l.size, l.base = s.size, s.base
	}
	l.bold, l.mono = l.bold && s.bold, l.mono && s.mono
	l.text += s.text
	l.right, l.top, l.bottom = math.Max(l.right, s.right), math.Max(l.top, s.top), math.Min(l.bottom, s.bottom)
}

// setEdges finds how far the text of each line's column reaches. Lines of about the same left edge and size make a column;
// where some follow each other, they alone decide, for a page may be set in columns below and not above.
func setEdges(lines []pdfLine) {
	type column struct{ left, size float64 }
	reach := map[column]float64{}
	key := func(l pdfLine) column {
		return column{math.Round(l.left / (4 * math.Max(l.size, 1))), math.Round(l.size)}
	}
	for _, l := range lines {
		k := key(l)
		reach[k] = math.Max(reach[k], l.right)
	}
	for i := 0; i < len(lines); {
		j, right := i+1, lines[i].right
		for j < len(lines) && math.Abs(lines[j].size-lines[i].size) < 0.6 && math.Abs(lines[j].left-lines[j-1].left) < 5*lines[i].size && lines[j].base < lines[j-1].base {
			right = math.Max(right, lines[j].right)
			j++
		}
		for n := i; n < j; n++ {
			lines[n].right2 = right
			if k := key(lines[n]); j-i < 4 {
				for d := -2.0; d <= 2; d++ {
					lines[n].right2 = math.Max(lines[n].right2, reach[column{k.left + d, k.size}])
				}
			}
		}
		i = j
	}
}

var itemMark = lazy(`^(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,4}\.?)$`)

// isMarker reports a bullet or a number that stands before a list item or heading.
func isMarker(text string) bool {
	text = strings.TrimFunc(text, blank)
	if r, n := utf8.DecodeRuneInString(text); n > 0 && n == len(text) && strings.ContainsRune(bullets+"-–—*o", r) {
		return true
	}
	return itemMark().MatchString(text)
}

// markedItem matches a line that begins with a number of a list.
var markedItem = lazy(`^(\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)])\s+\S`)

// markerLen returns the length of the mark that a list item begins with, and what to print for it.
func markerLen(text string) (n int, mark string) {
	if n := bulletLen(text); n > 0 {
		return n, "- "
	}
	if m := markedItem().FindStringSubmatchIndex(text); m != nil {
		return m[3] + len(text[m[3]:]) - len(strings.TrimLeftFunc(text[m[3]:], blank)), text[m[2]:m[3]] + " "
	}
	return 0, ""
}

const hyphens = "-\u2010\u00ad\u0002\ufffe"

// A hyphenation knows the words of a document, to tell words broken at a line's end from words with a hyphen.
type hyphenation struct {
	lines []pdfLine
	words map[string]bool
}

// join puts two lines together.
func (h *hyphenation) join(above, below string) string {
	cut, between := h.seam(above, below)
	return above[:len(above)-cut] + between + below
}

// seam says how many bytes at the end of one line go, and what stands between it and the next. A hyphen goes where it only
// broke a word.
func (h *hyphenation) seam(above, below string) (cut int, between string) {
	r, n := utf8.DecodeLastRuneInString(above)
	next, _ := utf8.DecodeRuneInString(below)
	if n == 0 || !strings.ContainsRune(hyphens, r) {
		return 0, " "
	}
	stem := above[:len(above)-n]
	before, _ := utf8.DecodeLastRuneInString(stem)
	if !unicode.IsLetter(before) && !unicode.IsDigit(before) {
		return 0, " "
	}
	soft := r == '\u00ad'
	if soft || (unicode.IsLower(next) && unicode.IsLetter(before) && h.broken(stem, below)) {
		return n, ""
	}
	return n, "-"
}

// broken reports whether the last word of stem and the first of below are one.
func (h *hyphenation) broken(stem, below string) bool {
	first := strings.ToLower(stem[strings.LastIndexFunc(stem, blank)+1:])
	second := strings.ToLower(below)
	if i := strings.IndexFunc(second, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }); i >= 0 {
		second = second[:i]
	}
	if strings.Contains(first, "-") {
		return false // the word has hyphens of its own
	}
	if h.words == nil {
		h.words = map[string]bool{}
		for _, l := range h.lines {
			words := strings.FieldsFunc(strings.ToLower(l.text), func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
			for i := 1; i < len(words)-1; i++ { // those at a line's ends may be halves
				h.words[words[i]] = true
			}
		}
	}
	if h.words[first+second] {
		return true
	}
	return !h.words[first+"-"+second] && !(h.words[first] && h.words[second] && len(first) > 2 && len(second) > 2)
}
