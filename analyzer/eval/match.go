package eval

import (
	"cmp"
	"slices"

	"whatif/analyzer/threatmodel"
)

// An item is a label, or a thing in a draft, in the form in which the two are matched.
type item struct {
	text     string // for people
	rule     string // of a finding
	lines    Lines
	optional bool // of a label: right if found, no miss if not
}

func (it *item) entry() Entry { return Entry{Text: it.text, Lines: it.lines.String(), Rule: it.rule} }

// pairing says which label each thing in the draft was found to be.
type pairing struct {
	label  []int // of each found thing its label, -1 if none
	repeat []int // of each found thing without a label: a label that it fits and another took, -1 if none
}

// pair matches labels with found things, one to one, the best fit first and among equals the first of each. fit returns 0 for
// what does not match; it is asked only where both stand on a common line.
func pair(labels, found []item, fit func(label, found int) int) pairing {
	type fitting struct{ label, found, fit int }
	var all []fitting
	for l := range labels {
		for f := range found {
			if !labels[l].lines.overlap(found[f].lines) {
				continue
			}
			if n := fit(l, f); n > 0 {
				all = append(all, fitting{l, f, n})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b fitting) int { return cmp.Compare(b.fit, a.fit) })
	p := pairing{make([]int, len(found)), make([]int, len(found))}
	for f := range found {
		p.label[f], p.repeat[f] = -1, -1
	}
	taken := make([]bool, len(labels))
	for _, x := range all {
		if p.label[x.found] < 0 && !taken[x.label] {
			p.label[x.found], taken[x.label] = x.label, true
		}
	}
	for _, x := range all {
		if p.label[x.found] < 0 && p.repeat[x.found] < 0 {
			p.repeat[x.found] = x.label
		}
	}
	return p
}

// score counts a pairing.
func (p pairing) score(labels, found []item) *Score {
	s := &Score{Found: len(found), Matched: []Match{}, Missed: []Entry{}, Extra: []Entry{}, Repeats: []Match{}}
	hit := make([]bool, len(labels))
	for f := range found {
		switch l := p.label[f]; {
		case l >= 0:
			hit[l] = true
			s.Right++
			s.Matched = append(s.Matched, Match{labels[l].entry(), found[f].entry()})
		case p.repeat[f] >= 0:
			s.Repeated++
			s.Repeats = append(s.Repeats, Match{labels[p.repeat[f]].entry(), found[f].entry()})
		default:
			s.Extra = append(s.Extra, found[f].entry())
		}
	}
	for l := range labels {
		switch {
		case labels[l].optional:
		case hit[l]:
			s.Labelled++
			s.Hit++
		default:
			s.Labelled++
			s.Missed = append(s.Missed, labels[l].entry())
		}
	}
	return s
}

// linesOf returns the lines of citations, those of one place once.
func linesOf(cited []threatmodel.Citation) Lines {
	var lines Lines
	for i := range cited {
		if r := (Range{cited[i].LineStart, cited[i].LineEnd}); !slices.Contains(lines, r) {
			lines = append(lines, r)
		}
	}
	slices.SortFunc(lines, func(a, b Range) int { return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last)) })
	return lines
}
