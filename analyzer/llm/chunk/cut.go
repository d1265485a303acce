package chunk

import (
	"sort"

	"whatif/analyzer/document"
)

// A cutter cuts a stretch of a document's sentences. Indexes are into Document.Sentences; the border i lies before sentence i.
type cutter struct {
	doc   *document.Document
	from  int
	sum   []int // sum[i]: tokens of the sentences from from to from+i
	ranks ranks // of the borders between the sentences
}

func newCutter(doc *document.Document, from, to int, count func(string) int) *cutter {
	c := &cutter{doc: doc, from: from, sum: make([]int, to-from+1)}
	for i := from; i < to; i++ {
		c.sum[i-from+1] = c.sum[i-from] + max(count(Line(doc, i+1)), 0) + perLine
	}
	c.ranks = rank(doc, from, to)
	return c
}

// weight returns the tokens of the sentences from from up to to.
func (c *cutter) weight(from, to int) int { return c.sum[to-c.from] - c.sum[from-c.from] }

// cut calls emit for each part of from to to, in order.
//
// The best border comes first and the parts are cut again, as long as they are too large. Were the document filled up from its
// start instead, one more sentence would move all borders after it.
func (c *cutter) cut(from, to, most int, emit func(from, to int)) {
	at := 0
	if c.weight(from, to) > most {
		at = c.border(from, to, most/3)
	}
	if at == 0 {
		emit(from, to)
		return
	}
	c.cut(from, at, most, emit)
	c.cut(at, to, most, emit)
}

// border returns the best border between from and to that leaves at least the tokens on both sides. If a sentence is so long
// that there is none, it returns one beside that sentence, and 0 if nothing but headings can be parted from it.
func (c *cutter) border(from, to, tokens int) int {
	start, end := c.sum[from-c.from], c.sum[to-c.from]
	lo := c.from + sort.SearchInts(c.sum, start+max(tokens, 1))
	hi := c.from + sort.SearchInts(c.sum, end-max(tokens, 1)+1) // the first border too far to the right
	if lo < hi {
		return c.ranks.best(lo-c.from, hi-c.from) + c.from
	}
	left, right := lo-1, lo // the borders on both sides of the long sentence
	canLeft, canRight := left > from && !c.onlyHeadings(from, left), right < to
	switch {
	case canLeft && canRight:
		led, leads := class(c.doc, left) == afterLead, class(c.doc, right) == afterLead
		if led == leads && c.weight(from, left) > c.weight(right, to) || !led && leads {
			return left
		}
		return right
	case canLeft:
		return left
	case canRight:
		return right
	}
	return 0
}

func (c *cutter) onlyHeadings(from, to int) bool {
	for i := from; i < to; i++ {
		if c.doc.Sentences[i].Kind != document.Heading {
			return false
		}
	}
	return true
}
