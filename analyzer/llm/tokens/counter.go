package tokens

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
)

// A Counter counts the tokens of texts. Many goroutines may use it.
type Counter struct {
	load func() *tiktoken.Tiktoken // nil: estimate
}

// NewCounter returns a counter for an encoding; "" or one that is not known gives an estimate that is seldom too low. The ranks
// are loaded at the first count.
func NewCounter(encoding string) *Counter { return &Counter{load: encodings[encoding]} }

// encodings are loaded once in a process, at the first count: it takes a tenth to a fifth of a second.
var encodings = map[string]func() *tiktoken.Tiktoken{
	tiktoken.MODEL_O200K_BASE:  sync.OnceValue(func() *tiktoken.Tiktoken { return load(tiktoken.MODEL_O200K_BASE) }),
	tiktoken.MODEL_CL100K_BASE: sync.OnceValue(func() *tiktoken.Tiktoken { return load(tiktoken.MODEL_CL100K_BASE) }),
}

func known(encoding string) bool { return encodings[encoding] != nil }

// The library's own loader fetches ranks over the network; this one has them embedded.
var offline = sync.OnceFunc(func() { tiktoken.SetBpeLoader(loader.NewOfflineLoader()) })

// load returns nil if the ranks can't be read, which a test excludes: they are embedded.
func load(encoding string) *tiktoken.Tiktoken {
	offline()
	t, err := tiktoken.GetEncoding(encoding)
	if err != nil {
		return nil
	}
	return t
}

// Count returns the number of tokens of text.
func (c *Counter) Count(text string) int {
	if text == "" {
		return 0
	}
	if c.load != nil {
		if t := c.load(); t != nil {
			return count(t, text)
		}
	}
	return estimate(text)
}

// longestRun is how many letters, or other characters of one kind, are counted as one piece. The library takes a time that is the
// square of a piece's length, and no word of a language is as long.
const longestRun = 256

// count counts a text, cut within its long runs. A cut changes the count by one or two; text without long runs is not cut.
func count(t *tiktoken.Tiktoken, text string) int {
	n, from, run, last := 0, 0, 0, kind(0)
	for i, c := range text {
		k := kindOf(c)
		if k != last {
			run, last = 0, k
		}
		if run == longestRun && k != digit { // digits are counted in threes anyway
			n += len(t.EncodeOrdinary(text[from:i]))
			from, run = i, 0
		}
		run++
	}
	return n + len(t.EncodeOrdinary(text[from:]))
}

// A kind of characters, as the encodings' patterns part them.
type kind byte

const (
	letter kind = iota + 1
	digit
	space
	mark
)

func kindOf(c rune) kind {
	if c < utf8.RuneSelf {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			return letter
		case '0' <= c && c <= '9':
			return digit
		case c == ' ', '\t' <= c && c <= '\r':
			return space
		}
		return mark
	}
	switch {
	case unicode.IsLetter(c), unicode.IsMark(c):
		return letter
	case unicode.IsNumber(c):
		return digit
	case unicode.IsSpace(c):
		return space
	}
	return mark
}
