package client

import (
	"strings"
	"unicode"
)

// A growing text is a reply as it comes. It stops at white space or repetition without end, the chief faults of models that are
// held to a schema, and at a bound on its size.
type growing struct {
	text    strings.Builder
	bound   int // bytes
	blank   int // white-space characters at the end
	checked int // bytes that were looked at for repetition
	cut     bool
}

const (
	maxBlank   = 200       // white-space characters in a row; deep indentation has some 40
	maxText    = 512 << 10 // bytes of one reply: over 100,000 tokens
	perToken   = 16        // bytes of a token at most, on average; English has 4 to 5
	checkEvery = 1 << 10   // bytes between two looks for repetition
	window     = 32 << 10  // bytes that are looked at
	minRun     = 4 << 10   // bytes that a repetition must fill
	minTimes   = 12        // how often the same words must come: a list may well hold one item some times
)

// bound returns how many bytes a reply of so many tokens may have.
func bound(tokens int) int {
	if tokens <= 0 || tokens > maxText/perToken {
		return maxText
	}
	return tokens*perToken + 4<<10
}

// add appends what came. It reports false when the text has run away; then the rest is not taken.
func (g *growing) add(s string) bool {
	for s != "" && !g.cut {
		n := min(len(s), checkEvery-(g.text.Len()-g.checked))
		g.piece(s[:n])
		s = s[n:]
		if g.text.Len()-g.checked >= checkEvery {
			g.checked = g.text.Len()
			g.cut = g.cut || repeats(tail(g.text.String()))
		}
	}
	return !g.cut
}

// piece appends up to where white space or size goes too far.
func (g *growing) piece(s string) {
	for i, r := range s {
		g.blank++
		if !unicode.IsSpace(r) {
			g.blank = 0
		}
		if g.blank > maxBlank || g.text.Len()+i >= g.bound {
			s, g.cut = s[:i], true
			break
		}
	}
	g.text.WriteString(s)
}

func (g *growing) String() string { return strings.TrimSpace(g.text.String()) }

func tail(s string) string { return s[max(0, len(s)-window):] }

// repeats reports whether s ends in the same words again and again. It takes the failure function of Knuth, Morris and Pratt on s
// read backwards: of its first n bytes the smallest period is n less the function's value.
func repeats(s string) bool {
	fail := make([]int32, len(s)+1)
	at := func(i int) byte { return s[len(s)-1-i] }
	for n, k := 2, int32(0); n <= len(s); n++ {
		for k > 0 && at(int(k)) != at(n-1) {
			k = fail[k]
		}
		if at(int(k)) == at(n-1) {
			k++
		}
		fail[n] = k
		if period := n - int(k); n >= minRun && n >= minTimes*period {
			return true
		}
	}
	return false
}
