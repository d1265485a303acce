package chunk

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/document"
)

// Classes of borders after those of headings, which have their level: the lower, the better a place to cut.
const (
	lowestHeading = 6
	betweenBlocks = lowestHeading + 1 + iota
	betweenItems  // of a list, rows of a table, lines of code
	withinBlock
	afterLead // a heading, a lead-in or a table's header would be parted from what it leads into
)

// A border is a place to cut. Borders are in order of class, then of their words' hashes: first those of the opening words, so
// that an edit later in the sentence leaves the order as it was, then of all of it, then of where it comes among its equals.
type border struct {
	class       int
	start, full uint64
	nth, at     int
}

func (a border) compare(b border) int {
	return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.start, b.start), cmp.Compare(a.full, b.full), cmp.Compare(a.nth, b.nth))
}

func borderBefore(doc *document.Document, i int) border {
	s := &doc.Sentences[i]
	return border{class: class(doc, i), start: hash(opening(s.Text)), full: hash(s.Text), at: i}
}

// class tells how good a place to cut the border before sentence i is.
func class(doc *document.Document, i int) int {
	prev, s := &doc.Sentences[i-1], &doc.Sentences[i]
	switch {
	case prev.Kind == document.Heading, leadsInto(prev, s):
		return afterLead
	case s.Kind == document.Heading:
		return min(max(doc.Sections[s.Section].Level, 1), lowestHeading)
	case s.Block == prev.Block:
		return withinBlock
	case s.Depth > 0 && prev.Depth > 0, s.Kind == prev.Kind && (s.Kind == document.TableRow || s.Kind == document.Code):
		return betweenItems
	}
	return betweenBlocks
}

// leadsInto reports a sentence that is little without the next one: "Admins can:", a table's header, or what ends in a colon.
func leadsInto(prev, s *document.Sentence) bool {
	switch {
	case s.Kind == document.Heading:
		return false
	case s.Lead == prev.Num, strings.HasSuffix(prev.Text, ":"), strings.HasSuffix(prev.Text, "："):
		return true
	}
	return prev.Kind == document.TableRow && s.Kind == document.TableRow && !headed(prev) && headed(s)
}

// headed reports a table row whose cells have headers.
func headed(s *document.Sentence) bool {
	return slices.ContainsFunc(s.Cells, func(c document.Cell) bool { return c.Header != "" })
}

// opening returns the first words of a text, without a number before them: a section that is put in renumbers all others.
func opening(text string) string {
	text = strings.TrimLeftFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	end, words := 0, 0
	for i, r := range text {
		if r == ' ' {
			if words++; words == 3 {
				break
			}
		}
		if end = i + 1; end > 40 {
			break
		}
	}
	return text[:end]
}

// hash mixes well enough that texts which differ in one letter come in any order.
func hash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	x := h.Sum64()
	x ^= x >> 33 // the finish of MurmurHash3, in the public domain
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// ranks finds the best border of any range: a tree of minima over the borders' places in their order.
type ranks struct {
	n    int
	tree []int32 // tree[n+i] is the rank of border i, tree[k] the least of tree[2k] and tree[2k+1]
	by   []int32 // the border of each rank
}

// rank orders the borders before the sentences from+1 to to-1. They are counted from from.
func rank(doc *document.Document, from, to int) ranks {
	n := to - from
	borders := make([]border, 0, n)
	seen := map[[2]uint64]int{}
	for i := from + 1; i < to; i++ {
		b := borderBefore(doc, i)
		b.nth = seen[[2]uint64{b.full, uint64(b.class)}]
		seen[[2]uint64{b.full, uint64(b.class)}]++
		borders = append(borders, b)
	}
	slices.SortFunc(borders, border.compare)
	r := ranks{n: n, tree: make([]int32, 2*n), by: make([]int32, len(borders))}
	for i := range r.tree {
		r.tree[i] = int32(len(borders)) // none: the border before the first sentence
	}
	for k, b := range borders {
		r.by[k] = int32(b.at - from)
		r.tree[n+b.at-from] = int32(k)
	}
	for k := n - 1; k > 0; k-- {
		r.tree[k] = min(r.tree[2*k], r.tree[2*k+1])
	}
	return r
}

// best returns the best of the borders from lo up to hi, of which there must be one.
func (r ranks) best(lo, hi int) int {
	least := int32(len(r.by))
	for lo, hi = lo+r.n, hi+r.n; lo < hi; lo, hi = lo/2, hi/2 {
		if lo&1 == 1 {
			least = min(least, r.tree[lo])
			lo++
		}
		if hi&1 == 1 {
			hi--
			least = min(least, r.tree[hi])
		}
	}
	return int(r.by[least])
}
