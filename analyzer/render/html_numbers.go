package render

import (
	"regexp"
	"strconv"
	"strings"

	"whatif/analyzer/document"
)

// itemNumber matches what stands before the item of an ordered list on its line: "3. ", "b) ", "iv. ", "2.1. ".
var itemNumber = regexp.MustCompile(`(?:^|[\s>])((?:\d{1,9}(?:\.\d{1,3})*|[A-Za-z]|[ivxlIVXL]{1,6})[.)])(?:\s+\[[ xX]\])?[\s*_~]*$`)

// A listNumbers follows the numbers of ordered lists. Markdown counts from the first item on, whatever the others say.
type listNumbers struct {
	last   map[int]int // the last number by the item's depth
	before int         // depth of the item before
	items  []pageItem  // of an HTML page, nil before they are looked for
	item   int         // place of the last one that a sentence began, from 1
}

// next returns the number of the item that s begins, "" if it is no item or has a bullet.
func (l *listNumbers) next(doc *document.Document, s *document.Sentence) string {
	if s.Depth == 0 || s.Kind != document.ListItem && s.Kind != document.UserStory {
		l.last, l.before = nil, 0
		return ""
	}
	if doc.Format == document.HTML {
		return l.pageNumber(doc, s)
	}
	if l.last == nil {
		l.last = map[int]int{}
	}
	for d := s.Depth + 1; d <= l.before; d++ {
		delete(l.last, d)
	}
	l.before = s.Depth
	marker := writtenNumber(doc, s)
	n, err := strconv.Atoi(strings.TrimRight(marker, ".)"))
	if err != nil {
		delete(l.last, s.Depth)
		return marker
	}
	if last, ok := l.last[s.Depth]; ok && doc.Format == document.Markdown {
		n = last + 1
	}
	l.last[s.Depth] = n
	return strconv.Itoa(n) + marker[len(marker)-1:]
}

// writtenNumber returns the number that stands before s on its line.
func writtenNumber(doc *document.Document, s *document.Sentence) string {
	line := doc.Source[max(0, s.Span.Start-80):s.Span.Start]
	line = line[strings.LastIndexAny(line, "\r\n")+1:]
	if m := itemNumber.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return ""
}
