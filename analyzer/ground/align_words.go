package ground

import (
	"slices"

	"whatif/analyzer/reading"
)

// A pair is a word of the quote and the word of the window that it is aligned to, by index.
type pair struct{ here, there int }

// What an alignment gains by a word that is in both, and loses by one that is only in the quote or only in the document.
const (
	gain = 2
	loss = 1
)

// pair aligns the quote to the window, words compared by stem, so that the gain is highest (Smith and Waterman), and returns
// the pairs in order. Of equal alignments the one that ends first is taken.
func (a *aligner) pair(window []place) []pair {
	rows, cols := len(a.words)+1, len(window)+1
	score := make([]int32, rows*cols)
	best := 0
	for i := 1; i < rows; i++ {
		for j := 1; j < cols; j++ {
			at := i*cols + j
			s := max(0, score[at-cols]-loss, score[at-1]-loss)
			if a.words[i-1].Stem == a.at(window[j-1]).Stem {
				s = max(s, score[at-cols-1]+gain)
			}
			score[at] = s
			if s > score[best] {
				best = at
			}
		}
	}
	return a.trace(window, score, best)
}

// trace follows the best alignment back from where it ends.
func (a *aligner) trace(window []place, score []int32, at int) []pair {
	cols := len(window) + 1
	var pairs []pair
	for score[at] > 0 {
		i, j := at/cols, at%cols
		switch {
		case a.words[i-1].Stem == a.at(window[j-1]).Stem && score[at] == score[at-cols-1]+gain:
			pairs = append(pairs, pair{i - 1, j - 1})
			at -= cols + 1
		case score[at] == score[at-1]-loss:
			at--
		default:
			at -= cols
		}
	}
	slices.Reverse(pairs)
	return pairs
}

// turns reports whether what the two differ in turns the meaning: a number or a word of denial that only one of them has.
func (a *aligner) turns(pairs []pair, window []place) bool {
	k := 0
	for i, w := range a.words {
		if k < len(pairs) && pairs[k].here == i {
			k++
			continue
		}
		if weighty(w.Form) {
			return true
		}
	}
	k = 0
	for j := pairs[0].there; j <= pairs[len(pairs)-1].there; j++ {
		if pairs[k].there == j {
			k++
			continue
		}
		if weighty(a.at(window[j]).Form) {
			return true
		}
	}
	return false
}

// weighty reports a word that a quote must not lose or add: a number, a denial, "only".
func weighty(form string) bool {
	return form[0] >= '0' && form[0] <= '9' || form == "only" || reading.Denies(form)
}
