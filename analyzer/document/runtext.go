package document

import "strings"

// A runText is the visible text of a block with the way back to the source.
type runText struct {
	text    string
	runs    []run // the visible ones
	offsets []int // where each begins in text
	hidden  []run // the veiled ones that no sentence has taken yet
}

// reset takes the runs of the next block.
func (t *runText) reset(runs []run, shift int) {
	t.text, t.runs, t.offsets, t.hidden = "", t.runs[:0], t.offsets[:0], t.hidden[:0]
	at := 0
	for _, r := range runs {
		r.start, r.end = r.start+shift, r.end+shift
		if r.veiled {
			t.hidden = append(t.hidden, r)
		} else if r.text != "" {
			t.runs, t.offsets = append(t.runs, r), append(t.offsets, at)
			at += len(r.text)
		}
	}
	if len(t.runs) == 1 {
		t.text = t.runs[0].text
		return
	}
	var text strings.Builder
	text.Grow(at)
	for _, r := range t.runs {
		text.WriteString(r.text)
	}
	t.text = text.String()
}

// blank reports text that is white space only.
func (t *runText) blank() bool { return strings.TrimFunc(t.text, unseenEdge) == "" }

// at returns the index of the run that the byte of text at offset belongs to.
func (t *runText) at(offset int) int {
	lo, hi := 0, len(t.offsets)
	for lo+1 < hi {
		mid := (lo + hi) / 2
		if t.offsets[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// sourceStart returns where the byte of text at offset begins in the source.
func (t *runText) sourceStart(offset int) int {
	i := t.at(offset)
	if r := t.runs[i]; r.verbatim() {
		return r.start + offset - t.offsets[i]
	}
	return t.runs[i].start
}

// sourceEnd returns where the byte of text before offset ends in the source.
func (t *runText) sourceEnd(offset int) int {
	i := t.at(offset - 1)
	if r := t.runs[i]; r.verbatim() {
		return r.start + offset - t.offsets[i]
	}
	return t.runs[i].end
}

// keepWhole takes out cuts that fall within a run that is one piece.
func (t *runText) keepWhole(cuts [][2]int) [][2]int {
	out := cuts[:0]
	for _, c := range cuts {
		if len(out) > 0 {
			i := t.at(c[0])
			if t.offsets[i] < c[0] && !t.runs[i].verbatim() {
				out[len(out)-1][1] = c[1]
				continue
			}
		}
		out = append(out, c)
	}
	return out
}
