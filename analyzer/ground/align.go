package ground

import (
	"cmp"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// Thresholds of the alignment by words.
const (
	minCoverage = 0.8  // of the quote's words, how many must stand in the document, in order
	minDensity  = 0.7  // of the words that they span there, how many must be the quote's
	minFuzzy    = 5    // words: shorter quotes must stand as they are
	maxFuzzy    = 300  // words: longer quotes must stand as they are
	maxPlaces   = 4096 // places of its rarest word at which a quote is tried word for word
	maxSeeds    = 6    // rarest words that point to where a quote may be aligned
	maxWindows  = 8    // places that are aligned
)

// aligned says where a quote stands: the numbers of its first and last sentence, and how well.
type aligned struct {
	first, last int
	match       threatmodel.Match
}

// align finds where the document says quote: word for word, or else by aligning words. The first such place is taken.
func (c *checker) align(quote string) (aligned, bool) {
	a := aligner{text: c.text, quote: strings.TrimSpace(quote), words: reading.Words(quote)}
	if len(a.words) == 0 {
		return aligned{}, false
	}
	if at, ok := a.verbatim(); ok {
		return at, true
	}
	return a.fuzzy()
}

// An aligner looks for one quote.
type aligner struct {
	text  *reading.Text
	quote string
	words []reading.Word
}

// A place is one word of the document.
type place struct{ sentence, word int } // indexes

func (a *aligner) at(p place) *reading.Word { return &a.text.Sentences[p.sentence].Words[p.word] }

// next returns the place by steps further on or back, ok false at the document's ends. Sentences without words are skipped.
func (a *aligner) next(p place, step int) (place, bool) {
	p.word += step
	for p.word < 0 || p.word >= len(a.text.Sentences[p.sentence].Words) {
		p.sentence += step
		if p.sentence < 0 || p.sentence >= len(a.text.Sentences) {
			return p, false
		}
		p.word = 0
		if step < 0 {
			p.word = len(a.text.Sentences[p.sentence].Words) - 1
		}
	}
	return p, true
}

// verbatim finds the quote's words one right after the other, whatever stands between them. A place where the bytes are the
// same too is preferred.
func (a *aligner) verbatim() (aligned, bool) {
	rare := 0
	for i, w := range a.words {
		if len(a.text.With(w.Stem)) < len(a.text.With(a.words[rare].Stem)) {
			rare = i
		}
	}
	var found aligned
	tried := 0
	for _, si := range a.text.With(a.words[rare].Stem) {
		s := &a.text.Sentences[si]
		for wi := range s.Words {
			if s.Words[wi].Form != a.words[rare].Form {
				continue
			}
			if tried++; tried > maxPlaces {
				return found, found.match != ""
			}
			at, ok := a.spell(place{int(si), wi}, rare)
			if ok && at.match == threatmodel.Exact {
				return at, true
			}
			if ok && found.match == "" {
				found = at
			}
		}
	}
	return found, found.match != ""
}

// spell checks that the quote stands where its word number k is at p.
func (a *aligner) spell(p place, k int) (aligned, bool) {
	first, last, ok := p, p, true
	for i := k - 1; i >= 0; i-- {
		if first, ok = a.next(first, -1); !ok || a.at(first).Form != a.words[i].Form {
			return aligned{}, false
		}
	}
	for i := k + 1; i < len(a.words); i++ {
		if last, ok = a.next(last, 1); !ok || a.at(last).Form != a.words[i].Form {
			return aligned{}, false
		}
	}
	at := aligned{first.sentence + 1, last.sentence + 1, threatmodel.Normalized}
	if a.sameBytes(first.sentence, last.sentence) {
		at.match = threatmodel.Exact
	}
	return at, true
}

// sameBytes reports whether the source of the sentences has the quote as it stands; for html, the visible text.
func (a *aligner) sameBytes(first, last int) bool {
	doc := a.text.Doc
	if doc.Format != document.HTML {
		return strings.Contains(doc.Source[doc.Sentences[first].Span.Start:doc.Sentences[last].Span.End], a.quote)
	}
	var texts []string
	for i := first; i <= last; i++ {
		texts = append(texts, doc.Sentences[i].Text)
	}
	return strings.Contains(strings.Join(texts, " "), a.quote)
}

// fuzzy aligns the quote by words where its rare words stand close together.
func (a *aligner) fuzzy() (aligned, bool) {
	if len(a.words) < minFuzzy || len(a.words) > maxFuzzy {
		return aligned{}, false
	}
	best, bestScore := aligned{}, 0
	for _, si := range a.windows() {
		if at, score, ok := a.window(si); ok && score > bestScore {
			best, bestScore = at, score
		}
	}
	return best, bestScore > 0
}

// windows returns the sentences that have most of the quote's rarest words, best first.
func (a *aligner) windows() []int {
	var stems []string
	for _, w := range a.words {
		if n := len(a.text.With(w.Stem)); n > 0 && n <= maxPlaces && !slices.Contains(stems, w.Stem) {
			stems = append(stems, w.Stem)
		}
	}
	slices.SortStableFunc(stems, func(x, y string) int { return cmp.Compare(len(a.text.With(x)), len(a.text.With(y))) })
	votes := map[int]int{}
	for _, stem := range stems[:min(len(stems), maxSeeds)] {
		for _, si := range a.text.With(stem) {
			votes[int(si)]++
		}
	}
	places := make([]int, 0, len(votes))
	for si := range votes {
		places = append(places, si)
	}
	slices.SortFunc(places, func(x, y int) int {
		return cmp.Or(cmp.Compare(votes[y], votes[x]), cmp.Compare(x, y))
	})
	return places[:min(len(places), maxWindows)]
}

// window aligns the quote to the words around the sentence with index si.
func (a *aligner) window(si int) (at aligned, score int, ok bool) {
	words := a.around(si)
	if len(words) == 0 {
		return aligned{}, 0, false
	}
	pairs := a.pair(words)
	if len(pairs) == 0 {
		return aligned{}, 0, false
	}
	first, last := pairs[0].there, pairs[len(pairs)-1].there
	matched := float64(len(pairs))
	if matched < minCoverage*float64(len(a.words)) || matched < minDensity*float64(last+1-first) || a.turns(pairs, words) {
		return aligned{}, 0, false
	}
	return aligned{words[first].sentence + 1, words[last].sentence + 1, threatmodel.Fuzzy}, len(pairs), true
}

// around returns the words of the sentence with index si, and as many before and after it as the quote has.
func (a *aligner) around(si int) []place {
	n := len(a.text.Sentences[si].Words)
	if n == 0 {
		return nil
	}
	p, ok := place{si, 0}, true
	for range a.words {
		q, more := a.next(p, -1)
		if !more {
			break
		}
		p = q
	}
	var out []place
	for limit := min(n, maxFuzzy) + 2*len(a.words); ok && len(out) < limit; p, ok = a.next(p, 1) {
		out = append(out, p)
	}
	return out
}
