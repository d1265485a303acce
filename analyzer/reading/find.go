package reading

import (
	"slices"
	"strings"
	"unicode/utf8"

	"whatif/analyzer/document"
)

// gap is how many other words may stand between two words of a phrase: "delete the old account" has "delete account".
const gap = 2

// maxSpelt is how many words a phrase may have to be looked for in other spellings.
const maxSpelt = 8

// A Hit is one place where a phrase was found.
type Hit struct {
	Sentence int // number
	From, To int // indexes into the sentence's Words, half open
}

// Find returns where phrase stands, in document order: its words by stem, in order, at most two other words between
// neighbours. Words that are written as one or as two are the same: "log in", "login" and "log-in". A sentence is reported
// once. Headings and hidden text are not searched.
func (t *Text) Find(phrase string) []Hit {
	var hits []Hit
	p := PhraseOf(phrase)
	for i, stems := range p.spellings {
		found := t.find(stems)
		if i == 0 {
			hits = found
			continue
		}
		hits = append(hits, found...)
	}
	for _, parts := range p.splits { // both must be words that the document has
		if len(t.byStem[parts[0]]) > 0 && len(t.byStem[parts[1]]) > 0 {
			hits = append(hits, t.findNext(parts[:])...)
		}
	}
	slices.SortStableFunc(hits, func(x, y Hit) int { return x.Sentence - y.Sentence })
	return slices.CompactFunc(hits, func(x, y Hit) bool { return x.Sentence == y.Sentence })
}

// find returns where the stems stand.
func (t *Text) find(stems []string) []Hit {
	var hits []Hit
	for _, i := range t.rarest(stems) {
		if s := &t.Sentences[i]; searched(s) {
			if from, to, ok := Match(s.Words, stems); ok {
				hits = append(hits, Hit{s.Num, from, to})
			}
		}
	}
	return hits
}

// findNext returns where the stems stand one right after the other.
func (t *Text) findNext(stems []string) []Hit {
	var hits []Hit
	for _, i := range t.rarest(stems) {
		s := &t.Sentences[i]
		for k := 0; searched(s) && k < len(s.Words); k++ {
			if stemsAt(s.Words, k, stems) {
				hits = append(hits, Hit{s.Num, k, k + len(stems)})
				break
			}
		}
	}
	return hits
}

func searched(s *Sentence) bool { return s.Kind != document.Hidden && s.Kind != document.Heading }

// rarest returns the sentences that have the rarest of the stems.
func (t *Text) rarest(stems []string) []int32 {
	if len(stems) == 0 {
		return nil
	}
	rarest := t.byStem[stems[0]]
	for i := 1; i < len(stems) && len(rarest) > 0; i++ {
		if at := t.byStem[stems[i]]; len(at) < len(rarest) {
			rarest = at
		}
	}
	return rarest
}

// A Phrase is what is looked for in many documents, split into words once. It is not changed.
type Phrase struct {
	Words     []Word
	spellings [][]string
	splits    [][2]string
}

// phrases are kept, up to a number and a length: rules ask for the same ones in every document, a model for others each time.
var phrases = newCache[*Phrase](1 << 13)

const maxPhrase = 1 << 7 // bytes

// PhraseOf splits a phrase that is looked for.
func PhraseOf(text string) *Phrase {
	if p, ok := phrases.get(text); ok {
		return p
	}
	text = strings.Clone(text) // it may be a part of a document, and is kept
	words := Words(text)
	p := &Phrase{words, spellings(words), splits(words)}
	if len(text) <= maxPhrase {
		phrases.put(text, p)
	}
	return p
}

// spellings returns the stems of a phrase, and the stems with each two neighbours written as one word: "sign in" is also
// "signin".
func spellings(words []Word) [][]string {
	if len(words) == 0 {
		return nil
	}
	all := [][]string{stemsOf(words)}
	for i := 1; i < len(words) && len(words) <= maxSpelt; i++ {
		glued := words[i-1].Form + words[i].Form
		if len(glued) < 5 || strings.ContainsRune(glued, '\'') {
			continue
		}
		_, stem := fold(glued)
		stems := append(stemsOf(words[:i-1]), stem)
		all = append(all, append(stems, stemsOf(words[i+1:])...))
	}
	return all
}

// splits returns the ways in which a phrase of one word could be two words of a document, by their stems: "login" is "log in".
func splits(words []Word) [][2]string {
	if len(words) != 1 {
		return nil
	}
	var out [][2]string
	form := words[0].Form
	for i := 2; i <= len(form)-2; i++ {
		if !utf8.RuneStart(form[i]) {
			continue
		}
		_, a := fold(form[:i])
		_, b := fold(form[i:])
		out = append(out, [2]string{a, b})
	}
	return out
}

// With returns the indexes of the sentences that have a word with the stem, ascending. Callers must not change it.
func (t *Text) With(stem string) []int32 { return t.byStem[stem] }

// Match finds the stems in words, in order, at most two other words between neighbours, and returns the half-open range of
// word indexes that the first such place covers. No stems are nowhere.
func Match(words []Word, stems []string) (from, to int, ok bool) {
	if len(stems) == 0 {
		return 0, 0, false
	}
	for i := range words {
		if words[i].Stem != stems[0] {
			continue
		}
		at, k := i, 1
		for j := i + 1; k < len(stems) && j < len(words) && j-at <= gap+1; j++ {
			if words[j].Stem == stems[k] {
				at, k = j, k+1
			}
		}
		if k == len(stems) {
			return i, at + 1, true
		}
	}
	return 0, 0, false
}
