package ground

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// A stand is the sentences that a proposal stands on: numbers in order, each once, and how each was found.
type stand struct {
	nums  []int
	match map[int]threatmodel.Match // of those not found exactly
}

// resolve finds the sentences of ev. Numbers that do not exist, hidden sentences and quotes that are not in the document
// support nothing; if nothing else is left, the fault says so.
func (c *checker) resolve(ev proposal.Evidence) (stand, fault) { return c.resolveWith(ev, false) }

// resolveWith is resolve, and hidden sentences count where they are told to.
func (c *checker) resolveWith(ev proposal.Evidence, hidden bool) (stand, fault) {
	st := stand{match: map[int]threatmodel.Match{}}
	var f fault
	note := func(reason threatmodel.DropReason, detail string) {
		if !f.is() {
			f = fault{reason: reason, detail: detail}
		}
	}
	for _, num := range ev.Sentences {
		s := c.doc.Sentence(num)
		switch {
		case s == nil:
			note(threatmodel.NoSuchSentence, fmt.Sprintf("the document has no sentence %d", num))
		case s.Kind == document.Hidden && !hidden:
			note(threatmodel.Unsupported, "line "+c.line(num)+" is hidden from readers")
		default:
			st.nums = append(st.nums, num)
		}
	}
	for _, quote := range ev.Quotes {
		at, ok := c.align(quote)
		if !ok {
			note(threatmodel.QuoteNotFound, "not in the document: "+clip(quote, 120))
			continue
		}
		c.stands(&st, at, note)
	}
	if len(st.nums) == 0 {
		note(threatmodel.Unsupported, "it points to no sentence")
		return st, f
	}
	slices.Sort(st.nums)
	st.nums = slices.Compact(st.nums)
	return st, fault{}
}

// stands adds the sentences that a quote was found in.
func (c *checker) stands(st *stand, at aligned, note func(threatmodel.DropReason, string)) {
	for num := at.first; num <= at.last; num++ {
		if c.doc.Sentence(num).Kind == document.Hidden {
			note(threatmodel.Unsupported, "line "+c.line(num)+" is hidden from readers")
			continue
		}
		if at.match != threatmodel.Exact && !slices.Contains(st.nums, num) {
			st.match[num] = at.match
		}
		st.nums = append(st.nums, num)
	}
}

// cite makes the citations of st. Their words are the source's own.
func (c *checker) cite(st stand) []threatmodel.Citation {
	out := make([]threatmodel.Citation, 0, len(st.nums))
	for _, num := range st.nums {
		match := threatmodel.Exact
		if m, ok := st.match[num]; ok {
			match = m
		}
		out = append(out, c.citation(num, match))
	}
	return out
}

// citation points to the sentence with the number num.
func (c *checker) citation(num int, match threatmodel.Match) threatmodel.Citation {
	s := c.doc.Sentence(num)
	first, last := c.doc.LinesOf(s.Span)
	return threatmodel.Citation{Section: c.doc.Sections[s.Section].Title, Sentence: num, Quote: c.doc.Quote(s),
		Start: s.Span.Start, End: s.Span.End, LineStart: first, LineEnd: last, Page: s.Page, Match: match}
}

// line returns the line that the sentence begins on, for messages.
func (c *checker) line(num int) string {
	first, _ := c.doc.LinesOf(c.doc.Sentence(num).Span)
	return strconv.Itoa(first)
}

// clip shortens s to about n bytes, at a rune.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
