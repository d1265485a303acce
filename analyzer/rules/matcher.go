package rules

import (
	"strings"

	"whatif/analyzer/reading"
)

// maxGap is how many words the gap mark stands for at most.
const maxGap = 4

// A matcher finds all terms of the lexicon in a sentence in one pass, with a trie over numbered words for each way of comparing
// words: each word is looked up a few times, however many terms there are.
type matcher [3]trie

// A spelling is what is compared of a word.
type spelling int

const (
	byStem     spelling = iota // verbs and phrases: "expires" is "expired"
	bySingular                 // names of things and people: a "customer" is nothing "custom"
	byForm                     // exact terms
)

// spelling says how a name of the entry is compared. A safeguard's single word is taken as it stands: "validated" protects,
// "valid" does not.
func (e *entry) spelling(name string) spelling {
	switch {
	case e.Exact, e.Class == safeguardTerm && !strings.Contains(name, " "):
		return byForm
	case e.Class == assetTerm || e.Class == actorTerm || e.Class == dependencyTerm || e.Class == hintTerm:
		return bySingular
	}
	return byStem
}

// of returns what is compared of w.
func (sp spelling) of(w *reading.Word) string {
	switch sp {
	case byForm:
		return w.Form
	case bySingular:
		s := singularOf(w.Form)
		if len(s) > 4 && strings.HasSuffix(s, "ie") { // cookies, calories
			return s[:len(s)-2] + "y"
		}
		return s
	}
	return w.Stem
}

// split returns what is compared of a phrase.
func (sp spelling) split(phrase string) []string {
	words := reading.Words(phrase)
	out := make([]string, len(words))
	for i := range words {
		out[i] = sp.of(&words[i])
	}
	return out
}

// A trie maps a sequence of words to the entries that are called so. Node 0 is the root.
type trie struct {
	words map[string]uint32 // word → number
	next  map[uint64]uint32 // node and word → node
	first []uint32          // word → node under the root, 0 if no name begins with it
	ends  [][]ending        // by node
}

// An ending says that the words so far name an entry, if the rest is found within reach.
type ending struct {
	entry    *entry
	spelling spelling
	rest     [][]string // parts of the name after the gap marks
	denies   bool       // the name itself denies something: "not stored"
}

func newMatcher(entries []*entry) matcher {
	var m matcher
	for i := range m {
		m[i] = trie{words: map[string]uint32{}, next: map[uint64]uint32{}, ends: make([][]ending, 1)}
	}
	for _, e := range entries {
		if e.Class == hintTerm {
			continue
		}
		for _, name := range e.Names {
			m[e.spelling(name)].add(e, name)
		}
	}
	return m
}

func (t *trie) add(e *entry, name string) {
	sp := e.spelling(name)
	parts := strings.Split(name, gapMark)
	node := uint32(0)
	for _, word := range sp.split(parts[0]) {
		id, ok := t.words[word]
		if !ok {
			id = uint32(len(t.words))
			t.words[word] = id
			t.first = append(t.first, 0)
		}
		edge := uint64(node)<<32 | uint64(id)
		child, ok := t.next[edge]
		if !ok {
			child = uint32(len(t.ends))
			t.next[edge] = child
			t.ends = append(t.ends, nil)
		}
		if node == 0 {
			t.first[id] = child
		}
		node = child
	}
	end := ending{entry: e, spelling: sp, denies: denies(name)}
	for _, part := range parts[1:] {
		end.rest = append(end.rest, sp.split(part))
	}
	t.ends[node] = append(t.ends[node], end)
}

// numbers returns the numbers of the word, -1 in tries where no term has it.
func (m *matcher) numbers(w *reading.Word) wordNumbers {
	ids := noNumbers
	for sp := range m {
		if id, ok := m[sp].words[spelling(sp).of(w)]; ok {
			ids[sp] = int64(id)
		}
	}
	return ids
}

// numbers writes the number of each word into ids, -1 for words that no term has, and reports whether any has one.
func (t *trie) numbers(words []reading.Word, sp spelling, ids []int64) bool {
	any := false
	for i := range words {
		ids[i] = -1
		if id, ok := t.words[sp.of(&words[i])]; ok {
			ids[i], any = int64(id), true
		}
	}
	return any
}

// each calls found for every name that begins at words[i], with the index after its last word.
func (t *trie) each(words []reading.Word, ids []int64, i int, found func(*ending, int)) {
	if ids[i] < 0 {
		return
	}
	node := t.first[ids[i]]
	for j := i; node != 0; j++ {
		for k := range t.ends[node] {
			end := &t.ends[node][k]
			if to := follow(words, j+1, end.rest, end.spelling); to > 0 {
				found(end, to)
			}
		}
		if j+1 == len(ids) || ids[j+1] < 0 {
			return
		}
		node = t.next[uint64(node)<<32|uint64(ids[j+1])]
	}
}

// follow finds the parts one after another from words[at] on, each at most maxGap words after the one before, and returns the
// index after the last, 0 if they are not there.
func follow(words []reading.Word, at int, rest [][]string, sp spelling) int {
	for _, part := range rest {
		found := false
		for start := at; start <= at+maxGap && start+len(part) <= len(words); start++ {
			if sameWords(words[start:start+len(part)], part, sp) {
				at, found = start+len(part), true
				break
			}
		}
		if !found {
			return 0
		}
	}
	return at
}

func sameWords(words []reading.Word, want []string, sp spelling) bool {
	for i := range want {
		if sp.of(&words[i]) != want[i] {
			return false
		}
	}
	return true
}

// denies reports whether a name says no: "cannot see", "not stored".
func denies(name string) bool {
	for _, w := range reading.Words(name) {
		switch w.Form {
		case "not", "no", "never", "cannot", "can't", "don't", "without", "non":
			return true
		}
	}
	return false
}
