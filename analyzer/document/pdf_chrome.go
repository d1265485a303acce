package document

import (
	"fmt"
	"math"
	"strings"
	"unicode"
)

// edge is the part of a page's height, at the top and at the bottom, in which headers and footers stand.
const edge = 0.12

var pageNumber = lazy(`(?i)^(?:page|seite|p\.|- )?\s*#+\s*(?:(?:/|of|von|sur|de)\s*#+)?(?: -)?$`)

// dropRepeated takes headers, footers and page numbers out: what stands at the same height on most pages and differs at most
// in its digits.
func dropRepeated(pages []pdfPage) {
	count := map[string]int{}
	for i := range pages {
		seen := map[string]bool{}
		for _, l := range pages[i].edgeLines() {
			if !seen[l.key] {
				seen[l.key] = true
				count[l.key]++
			}
		}
	}
	for i := range pages {
		p := &pages[i]
		drop := map[int]bool{}
		for _, l := range p.edgeLines() {
			if pageNumber().MatchString(l.text) || (count[l.key] >= 2 && count[l.key]*5 >= len(pages)*2) {
				for _, s := range l.spans {
					drop[s] = true
				}
			}
		}
		kept := p.spans[:0:0]
		for j, s := range p.spans {
			if !drop[j] {
				kept = append(kept, s)
			}
		}
		p.spans = kept
	}
}

// An edgeLine is a line at the top or the bottom of a page.
type edgeLine struct {
	key   string // text and height
	text  string // digits made alike
	spans []int  // indexes
	base  float64
}

func (p *pdfPage) edgeLines() []edgeLine {
	var lines []edgeLine
	for i, s := range p.spans {
		y := s.base - p.bottom
		if p.height <= 0 || s.hidden || (y > edge*p.height && y < (1-edge)*p.height) {
			continue
		}
		if last := len(lines) - 1; last >= 0 && math.Abs(lines[last].base-s.base) < 1 {
			lines[last].text += " " + s.text
			lines[last].spans = append(lines[last].spans, i)
			continue
		}
		lines = append(lines, edgeLine{text: s.text, spans: []int{i}, base: s.base})
	}
	for i := range lines {
		l := &lines[i]
		l.text = strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return '#'
			}
			return r
		}, foldBlanks(l.text))
		for strings.Contains(l.text, "##") {
			l.text = strings.ReplaceAll(l.text, "##", "#")
		}
		l.key = fmt.Sprintf("%.0f %s", l.base/3, l.text)
	}
	return lines
}
