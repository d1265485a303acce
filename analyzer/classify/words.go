package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lexicon holds the phrases of all groups of words as a tree of words.
type lexicon struct {
	groups   map[string]int32
	ids      map[string]int32             // of words, from 1
	prefixes map[[prefixLen]byte][]prefix // of words that end in "*", by their first bytes
	next     map[step]int32               // the tree: node 0 is its root
	ends     [][]int32                    // groups that have the phrase that ends at a node
}

// A prefix stands for all words that begin with it.
type prefix struct {
	text string
	id   int32
}

// A step leads from a node by a word.
type step struct{ node, word int32 }

// prefixLen is how many bytes a prefix has at least.
const prefixLen = 4

func newLexicon() lexicon {
	return lexicon{groups: map[string]int32{}, ids: map[string]int32{}, prefixes: map[[prefixLen]byte][]prefix{}, next: map[step]int32{}, ends: make([][]int32, 1)}
}

// add adds a phrase to a group and reports whether it is one: words, the last of which may end in "*".
func (l *lexicon) add(group int32, phrase string) bool {
	open := strings.HasSuffix(phrase, "*")
	var words []string
	splitWords(phrase, func(w []byte) { words = append(words, string(w)) })
	if len(words) == 0 || strings.Contains(strings.TrimSuffix(phrase, "*"), "*") || open && len(words[len(words)-1]) < prefixLen {
		return false
	}
	node := int32(0)
	for i, w := range words {
		id := l.id(w, open && i == len(words)-1)
		to, ok := l.next[step{node, id}]
		if !ok {
			to = int32(len(l.ends))
			l.ends = append(l.ends, nil)
			l.next[step{node, id}] = to
		}
		node = to
	}
	l.ends[node] = append(l.ends[node], group)
	return true
}

// id returns the number of a word or a prefix.
func (l *lexicon) id(w string, open bool) int32 {
	key := w
	if open {
		key += "*"
	}
	if id, ok := l.ids[key]; ok {
		return id
	}
	id := int32(len(l.ids) + 1)
	l.ids[key] = id
	if open {
		head := [prefixLen]byte([]byte(w))
		l.prefixes[head] = append(l.prefixes[head], prefix{w, id})
	}
	return id
}

// A matcher finds the groups whose phrases a text holds. It is used for one text after the other.
type matcher struct {
	lexicon *lexicon
	words   int     // in all texts
	known   int     // phrases of the lexicon, in all texts
	foreign int     // words that begin with a letter of another script than Latin
	found   []int32 // groups in the text, each once
	text    int32   // counts the texts
	in      []int32 // by group: the last text that has it
	first   []int32 // by group: the last text that begins with it
	word    int     // of the text, from 0
	open    []way   // phrases that have begun
	spare   []way
	ids     []int32
	buf     []byte // the word that is read
}

// A way is a phrase that has begun: where it stands in the tree, and the word it began with.
type way struct {
	node int32
	from int
}

func newMatcher(l *lexicon) matcher {
	return matcher{lexicon: l, in: make([]int32, len(l.groups)), first: make([]int32, len(l.groups))}
}

func (m *matcher) has(group int32) bool    { return m.in[group] == m.text }
func (m *matcher) begins(group int32) bool { return m.first[group] == m.text }

// match reads a text; what it has is in m until the next one.
func (m *matcher) match(text string) {
	m.text++
	m.found, m.open, m.word = m.found[:0], m.open[:0], 0
	for i := 0; i < len(text); {
		m.buf, i = nextWord(m.buf[:0], text, i)
		if len(m.buf) > 0 {
			m.step(m.buf)
		}
	}
}

// lastLatin is the first byte in UTF-8 of the last letters of the Latin script and its marks.
const lastLatin = 0xCD

// step goes on with one word.
func (m *matcher) step(w []byte) {
	m.ids = m.ids[:0]
	if id, ok := m.lexicon.ids[string(w)]; ok {
		m.ids = append(m.ids, id)
	}
	if len(w) >= prefixLen {
		for _, p := range m.lexicon.prefixes[[prefixLen]byte(w)] {
			if len(w) >= len(p.text) && string(w[:len(p.text)]) == p.text {
				m.ids = append(m.ids, p.id)
			}
		}
	}
	m.words++
	if w[0] > lastLatin {
		m.foreign++
	}
	next := m.spare[:0]
	for _, id := range m.ids {
		next = m.follow(next, way{0, m.word}, id)
		for _, from := range m.open {
			next = m.follow(next, from, id)
		}
	}
	m.open, m.spare = next, m.open
	m.word++
}

// follow takes one step of the tree, where there is one.
func (m *matcher) follow(ways []way, from way, id int32) []way {
	to, ok := m.lexicon.next[step{from.node, id}]
	if !ok {
		return ways
	}
	for _, g := range m.lexicon.ends[to] {
		if m.in[g] != m.text {
			m.in[g] = m.text
			m.found = append(m.found, g)
			m.known++
		}
		if from.from == 0 {
			m.first[g] = m.text
		}
	}
	return append(ways, way{to, from.from})
}

// splitWords calls yield with each word of a text: letters and digits, in lower case. The bytes are yield's until it returns.
func splitWords(text string, yield func([]byte)) {
	word := make([]byte, 0, 64)
	for i := 0; i < len(text); {
		word, i = nextWord(word[:0], text, i)
		if len(word) > 0 {
			yield(word)
		}
	}
}

// nextWord writes the word that begins at or after a place of a text, and returns it with the place behind it.
func nextWord(word []byte, text string, i int) ([]byte, int) {
	for i < len(text) {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			if lower := folded[c]; lower != 0 {
				word = append(word, lower)
				continue
			}
		} else {
			r, n := utf8.DecodeRuneInString(text[i:])
			if r >= firstKana && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) { // written without blanks: each is a word
				if len(word) == 0 {
					word, i = utf8.AppendRune(word, r), i+n
				}
				break
			}
			i += n
			if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
				word = utf8.AppendRune(word, unicode.ToLower(r))
				continue
			}
		}
		if len(word) > 0 {
			break
		}
	}
	return word, i
}

// firstKana is about where the scripts begin that are written without blanks.
const firstKana = 0x2E80

// folded are the bytes of words in ASCII in lower case; 0 for those that are not of a word.
var folded = func() (table [utf8.RuneSelf]byte) {
	for c := range byte(utf8.RuneSelf) {
		switch {
		case 'A' <= c && c <= 'Z':
			table[c] = c + 'a' - 'A'
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			table[c] = c
		}
	}
	return table
}()
