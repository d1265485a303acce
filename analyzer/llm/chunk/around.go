package chunk

import (
	"slices"

	"whatif/analyzer/document"
)

// mostBefore is how many sentences before a chunk are shown with it.
const mostBefore = 3

// chunk returns the sentences from from up to to with what a reader must know about them.
func (c *cutter) chunk(from, to int) Chunk {
	k := Chunk{Sentences: make([]int, to-from), Tokens: c.weight(from, to), Title: "(beginning)"}
	for i := range k.Sentences {
		k.Sentences[i] = from + i + 1
	}
	first := &c.doc.Sentences[from]
	section := &c.doc.Sections[first.Section]
	k.Path = section.Path
	if first.Kind == document.Heading {
		k.Path = k.Path[:max(len(k.Path)-1, 0)] // its own title stands in the chunk
	}
	k.Path = slices.Clone(k.Path)
	if section.Title != "" {
		k.Title = section.Title
	}
	k.Before = c.before(from, to)
	return k
}

// before returns what leads into the chunk's list items and, if it starts in the middle of a section, the sentences right before
// it. What stands in another section is left out: it would make an edit there an edit here.
func (c *cutter) before(from, to int) []int {
	var nums []int
	add := func(num int) {
		if len(nums) < mostBefore && !slices.Contains(nums, num) {
			nums = append(nums, num)
		}
	}
	for i := from; i < min(to, from+50); i++ { // a lead-in before the chunk leads into its first items
		s := &c.doc.Sentences[i]
		if s.Kind == document.Heading {
			break
		}
		for lead := s.Lead; lead > 0; lead = c.doc.Sentences[lead-1].Lead {
			if lead <= from {
				add(lead)
			}
		}
	}
	if c.doc.Sentences[from].Kind != document.Heading {
		for i := from - 1; i >= 0 && i >= from-mostBefore; i-- {
			s := &c.doc.Sentences[i]
			if s.Kind == document.Heading || s.Section != c.doc.Sentences[from].Section {
				break
			}
			if s.Kind != document.Hidden {
				add(s.Num)
			}
		}
	}
	slices.Sort(nums)
	return nums
}
