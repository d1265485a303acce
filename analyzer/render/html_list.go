package render

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"whatif/analyzer/document"
)

// listTag matches the tags of a page's lists, and what holds no list whatever stands in it.
var listTag = regexp.MustCompile(`(?is)<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|<(/?)(ol|ul|menu|li)(?:\s[^<>]*)?>`)

// startNumber matches where an ordered list begins to count, or what an item says it is.
var startNumber = regexp.MustCompile(`(?i)\s(?:start|value)\s*=\s*["']?(-?\d{1,9})\b`)

// A pageItem is an item of a page's list: where it begins, and its number, "" for a bullet.
type pageItem struct {
	start  int
	marker string
}

// pageItems finds the items of all lists of a page, in order.
func pageItems(doc *document.Document) []pageItem {
	type list struct {
		ordered bool
		next    int
	}
	var open []list
	var out []pageItem
	for _, m := range listTag.FindAllStringSubmatchIndex(doc.Source, -1) {
		if m[4] < 0 {
			continue
		}
		tag, closes := doc.Source[m[0]:m[1]], m[2] != m[3]
		switch name := strings.ToLower(doc.Source[m[4]:m[5]]); {
		case name != "li" && closes:
			open = open[:max(len(open)-1, 0)]
		case name != "li":
			open = append(open, list{name == "ol", numberIn(tag, 1)})
		case !closes && len(open) > 0 && open[len(open)-1].ordered:
			l := &open[len(open)-1]
			n := numberIn(tag, l.next)
			l.next = n + 1
			out = append(out, pageItem{m[1], strconv.Itoa(n) + "."})
		case !closes:
			out = append(out, pageItem{m[1], ""})
		}
	}
	return out
}

// numberIn returns the number that a tag gives, usual if none.
func numberIn(tag string, usual int) int {
	if m := startNumber.FindStringSubmatch(tag); m != nil {
		usual, _ = strconv.Atoi(m[1])
	}
	return usual
}

// pageNumber returns the number of the item that s begins; a further paragraph of an item has none.
func (l *listNumbers) pageNumber(doc *document.Document, s *document.Sentence) string {
	if l.items == nil {
		l.items = append(pageItems(doc), pageItem{start: len(doc.Source) + 1})
	}
	at, _ := slices.BinarySearchFunc(l.items, s.Span.Start+1, func(p pageItem, start int) int { return p.start - start })
	if at == 0 || at == l.item {
		return ""
	}
	l.item = at
	return l.items[at-1].marker
}
