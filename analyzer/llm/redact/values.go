package redact

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// A valueList finds values that are known. Its work grows with the text, not with the number of values: a value is looked up by
// its first bytes and its length.
type valueList struct {
	all     map[string]bool
	lengths map[[keyBytes]byte][]int // of the values that begin so, longest first
}

const (
	keyBytes   = 4 // that a value is looked up by
	leastValue = 6
)

// add adds a value. A word, or what is shorter than any good secret, is hidden where it is seen to be one, not wherever it stands.
func (l *valueList) add(text string) {
	word := strings.IndexFunc(text[min(1, len(text)):], func(r rune) bool { return !unicode.IsLower(r) }) < 0
	if len(text) < leastValue || word || l.all[text] {
		return
	}
	if l.all == nil {
		l.all, l.lengths = map[string]bool{}, map[[keyBytes]byte][]int{}
	}
	l.all[text] = true
	key := [keyBytes]byte([]byte(text[:keyBytes]))
	if n, found := slices.BinarySearchFunc(l.lengths[key], len(text), func(x, y int) int { return cmp.Compare(y, x) }); !found {
		l.lengths[key] = slices.Insert(l.lengths[key], n, len(text))
	}
}

// find adds where the values stand in text. Those within another are left out.
func (l *valueList) find(text string, spans []span) []span {
	if len(l.all) == 0 {
		return spans
	}
	for i := 0; i+keyBytes <= len(text); i++ {
		for _, n := range l.lengths[[keyBytes]byte([]byte(text[i:i+keyBytes]))] {
			if i+n <= len(text) && l.all[text[i:i+n]] {
				spans = append(spans, span{i, i + n, secret})
				break
			}
		}
	}
	return spans
}
