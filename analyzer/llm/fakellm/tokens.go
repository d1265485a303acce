package fakellm

import (
	"hash/fnv"
	"iter"
	"sync"
	"unicode/utf8"
)

// Tokens are estimated: up to eight bytes of a word are one token, up to three digits, and up to two marks of punctuation in a
// row; a line break and a longer gap are one, and the one blank before a word is free. Beyond ASCII four letters of two bytes are
// a token, and each wider one is one by itself. English prose comes out within some 10 % of what OpenAI counts.
const (
	wordBytes  = 8
	digitBytes = 3
	markBytes  = 2
	farLetters = 4
)

// pieces cuts a text into what is counted: the piece and its tokens.
func pieces(text string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for len(text) > 0 {
			n, tokens := piece(text)
			if !yield(text[:n], tokens) {
				return
			}
			text = text[n:]
		}
	}
}

// piece returns the length of the first piece and its tokens.
func piece(text string) (n, tokens int) {
	switch c := text[0]; {
	case c == ' ' && len(text) > 1 && text[1] > ' ':
		return 1, 0
	case c <= ' ':
		n = run(text, func(c byte) bool { return c <= ' ' })
		return n, 1
	case isLetter(c):
		n = run(text, isLetter)
		return n, atLeast(n, wordBytes)
	case isDigit(c):
		n = run(text, isDigit)
		return n, atLeast(n, digitBytes)
	case c < utf8.RuneSelf:
		n = run(text, func(c byte) bool { return c > ' ' && c < utf8.RuneSelf && !isLetter(c) && !isDigit(c) })
		return n, atLeast(n, markBytes)
	}
	_, n = utf8.DecodeRuneInString(text)
	if n != 2 {
		return n, 1
	}
	for range farLetters - 1 {
		if _, m := utf8.DecodeRuneInString(text[n:]); m != 2 {
			break
		}
		n += 2
	}
	return n, 1
}

// atLeast divides and rounds up.
func atLeast(n, by int) int { return (n + by - 1) / by }

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// run returns how many bytes at the front are of the kind.
func run(text string, is func(byte) bool) int {
	for i := range len(text) {
		if !is(text[i]) {
			return i
		}
	}
	return len(text)
}

// Tokens estimates the tokens of a text as the server counts them.
func Tokens(text string) int {
	sum := 0
	for _, tokens := range pieces(text) {
		sum += tokens
	}
	return sum
}

// firstTokens returns the beginning of a text that has at most n tokens.
func firstTokens(text string, n int) string {
	at, end := 0, 0
	for p, tokens := range pieces(text) {
		if n -= tokens; n < 0 {
			break
		}
		at += len(p)
		if tokens > 0 { // a blank at the end would be one by itself
			end = at
		}
	}
	return text[:end]
}

// A prompt is what the model reads of a request, counted.
type prompt struct {
	tokens int
	marks  []mark
}

// A mark is a place up to which the cache of prompts' beginnings can hold.
type mark struct {
	tokens int
	sum    uint64 // of all before it
}

// Tokens that each message costs besides its text, and the reply's beginning, as OpenAI counts them.
const (
	messageTokens = 3
	replyTokens   = 3
)

// prompt counts a request's prompt.
func (s *Server) prompt(a *ask) prompt {
	c := counter{next: s.script.Cache.From, step: s.script.Cache.Step}
	c.add(a.Model, 0)
	if s.script.SchemaInPrefix && a.schema != nil {
		c.addText(a.schema.json())
	}
	for _, m := range a.Messages {
		c.add("\x00"+m.Role, messageTokens)
		c.addText(string(m.Content))
	}
	c.tokens += replyTokens
	return prompt{c.tokens, c.marks}
}

// A counter adds up tokens and sets marks.
type counter struct {
	tokens, next, step int
	sum                uint64
	marks              []mark
}

func (c *counter) addText(text string) {
	for p, tokens := range pieces(text) {
		c.add(p, tokens)
	}
}

func (c *counter) add(piece string, tokens int) {
	c.sum = hash(c.sum, piece)
	c.tokens += tokens
	for c.tokens >= c.next {
		c.marks = append(c.marks, mark{c.next, c.sum})
		c.next += c.step
	}
}

// hash goes on from a sum with a text.
func hash(sum uint64, text string) uint64 {
	const prime = 1099511628211 // FNV's
	if sum == 0 {
		sum = fnv.New64a().Sum64()
	}
	for i := range len(text) {
		sum = (sum ^ uint64(text[i])) * prime
	}
	return sum
}

// cutPrompt takes tokens away from the beginning of what the user said.
func cutPrompt(a *ask, excess int) {
	for i, m := range a.Messages {
		if m.Role != "user" || excess <= 0 {
			continue
		}
		cut := 0
		for p, tokens := range pieces(string(m.Content)) {
			if excess <= 0 {
				break
			}
			excess -= tokens
			cut += len(p)
		}
		a.Messages[i].Content = m.Content[cut:]
	}
}

// A prefixCache knows the beginnings of the prompts that were answered.
type prefixCache struct {
	off bool

	mu   sync.Mutex
	sums map[uint64]bool
}

// maxSums is how many beginnings are known; then the cache forgets them all, as caches do.
const maxSums = 1 << 20

// look returns how many of the prompt's tokens are known.
func (c *prefixCache) look(p prompt) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	cached := 0
	if c.off {
		return 0
	}
	for _, m := range p.marks {
		if !c.sums[m.sum] {
			break
		}
		cached = m.tokens
	}
	return cached
}

// keep remembers the prompt.
func (c *prefixCache) keep(p prompt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sums == nil || len(c.sums) > maxSums {
		c.sums = map[uint64]bool{}
	}
	for _, m := range p.marks {
		c.sums[m.sum] = true
	}
}
