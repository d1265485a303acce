// Package near finds documents that are nearly the same: old versions, copies with a few words changed.
//
// In come documents, one at a time, each of which becomes a sketch of a few hundred bytes; out come, of many sketches at once, groups of
// documents with how much each has in common with the first of its group. Documents of one template with different contents are not the same.
package near

import (
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/document"
)

// Size is how many numbers a sketch has.
const Size = 64

const (
	run    = 3  // words in a run: what two documents have in common is counted in runs
	fewest = 24 // runs of a document that is worth comparing
)

// Sketch returns the sketch of a document: by Broder's min-wise hashing, the least of the hashes of all its runs of three words, for each
// of 64 hash functions. Of two documents, as many of the numbers are equal as they have runs in common, by share (Jaccard). Headings are left
// out, as all documents of a template have them, and so is hidden text. It is nil for a document of a few words.
//
// Sketches are kept on disk: the same text has the same sketch on every machine.
func Sketch(doc *document.Document) []uint32 {
	s := sketcher{mins: make([]uint32, Size)}
	for i := range s.mins {
		s.mins[i] = ^uint32(0)
	}
	seen := map[uint64]bool{}
	for i := range doc.Sentences {
		if kind := doc.Sentences[i].Kind; kind == document.Heading || kind == document.Hidden {
			continue
		}
		s.sentence(doc.Sentences[i].Text, func(h uint64) {
			if len(seen) < fewest {
				seen[h] = true
			}
		})
	}
	if len(seen) < fewest {
		return nil
	}
	return s.mins
}

// A sketcher keeps the least hashes.
type sketcher struct {
	mins []uint32
}

// sentence adds the runs of a sentence: a run does not go on in the next one, so that sentences may change their places.
func (s *sketcher) sentence(text string, each func(uint64)) {
	var last [run]uint64
	n := 0
	words(text, func(h uint64) {
		copy(last[:], last[1:])
		last[run-1] = h
		if n++; n < run {
			return
		}
		sum := uint64(0)
		for _, h := range last {
			sum = mix(sum ^ h)
		}
		each(sum)
		s.add(sum)
	})
}

// add adds a run by its hash.
func (s *sketcher) add(h uint64) {
	for i := range s.mins {
		h += golden // each hash function is the next step of SplitMix64
		s.mins[i] = min(s.mins[i], uint32(mix(h)>>32))
	}
}

// golden and mix are of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
const golden = 0x9e3779b97f4a7c15

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// FNV-1a, 64 bits.
const (
	fnvStart = 14695981039346656037
	fnvPrime = 1099511628211
)

// words calls yield with the hash of each word of a text: letters and digits, in lower case. In scripts without blanks each character is one.
func words(text string, yield func(uint64)) {
	h, open := uint64(fnvStart), false
	end := func() {
		if open {
			yield(h)
			h, open = fnvStart, false
		}
	}
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		i += n
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		case r < utf8.RuneSelf || r == utf8.RuneError || !(unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)):
			end()
			continue
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			end()
			yield(mix(uint64(r)))
			continue
		default:
			r = unicode.ToLower(r)
		}
		h, open = (h^uint64(r))*fnvPrime, true
	}
	end()
}
