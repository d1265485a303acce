package rules

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"whatif/analyzer/reading"
)

// A phrasebook finds many phrases in a document in one pass over its words.
//
// A phrase is written as its words in order; at most two other words may stand between neighbours. "open|view" is one word
// or the other, "sign_in" is words that stand side by side, "$staff" is a group of words by name, "..." lets up to seven other
// words stand between, "a & b" wants both in one sentence in any order, "=" before a word says that this one is what a
// rule calls by a name, and "~" before the first says that the words count where they are denied, too.
type phrasebook struct {
	groups  map[string][]string
	phrases []phrase
	parts   []part
	tokens  int // how many different ones there are

	byText  map[string]int // phrase by its text
	byToken map[string]int // token by its alternatives
	byWord  map[string]knownWord
	byAlt   map[string]string // stems of an alternative, joined
	byPart  map[string]int    // part by its tokens
	starts  map[string][]atom // what may begin with this stem
	leads   [][]int           // phrases by first part

	once sync.Once
	keys [][]keyed // of the whole book, see keyed

	scanners sync.Pool // of *scanner
}

// A phrase is one or more parts that stand in one sentence.
type phrase struct{ parts []int }

// A part is tokens in order.
type part struct {
	tokens []int
	gaps   []int // gaps[i] is how many other words may stand before tokens[i]
	named  int   // index of the token marked "=", or -1
	denies bool  // it says itself that something is not so, as in "without password", or does not mind
}

// An atom is a run of words that stands for some tokens.
type atom struct {
	rest   []string // stems after the first
	tokens *[]int
}

const (
	shortGap = 2
	longGap  = 7
)

func newPhrasebook(groups map[string][]string) *phrasebook {
	return &phrasebook{groups: groups, byText: map[string]int{}, byToken: map[string]int{}, byPart: map[string]int{}, byWord: map[string]knownWord{}, byAlt: map[string]string{},
		starts: map[string][]atom{}}
}

// add makes the phrase known and returns its number.
func (b *phrasebook) add(text string) (int, error) {
	text = strings.Join(strings.Fields(text), " ")
	if id, ok := b.byText[text]; ok {
		return id, nil
	}
	var p phrase
	for _, piece := range strings.Split(text, "&") {
		id, err := b.addPart(strings.TrimSpace(piece))
		if err != nil {
			return 0, fmt.Errorf("phrase %q: %w", text, err)
		}
		p.parts = append(p.parts, id)
	}
	id := len(b.phrases)
	b.phrases = append(b.phrases, p)
	b.byText[text] = id
	b.leads[p.parts[0]] = append(b.leads[p.parts[0]], id)
	return id, nil
}

// find returns a phrase that was added, by its text.
func (b *phrasebook) find(text string) (id int, ok bool) {
	if id, ok = b.byText[text]; ok {
		return id, ok
	}
	id, ok = b.byText[strings.Join(strings.Fields(text), " ")]
	return id, ok
}

func (b *phrasebook) addPart(text string) (int, error) {
	if id, ok := b.byPart[text]; ok {
		return id, nil
	}
	rest, anyway := strings.CutPrefix(text, "~")
	p := part{named: -1, denies: anyway}
	gap := shortGap
	for word := range strings.FieldsSeq(rest) {
		if word == "..." {
			gap = longGap
			continue
		}
		if bare, ok := strings.CutPrefix(word, "="); ok {
			word, p.named = bare, len(p.tokens)
		}
		w, err := b.word(word)
		if err != nil {
			return 0, err
		}
		p.denies = p.denies || w.denies
		p.tokens, p.gaps = append(p.tokens, w.token), append(p.gaps, gap)
		gap = shortGap
	}
	if len(p.tokens) == 0 {
		return 0, fmt.Errorf("it has no words")
	}
	id := len(b.parts)
	b.parts = append(b.parts, p)
	b.byPart[text] = id
	b.leads = append(b.leads, nil)
	return id, nil
}

// A knownWord is a word of a phrase, as it is written there, that was read before.
type knownWord struct {
	token  int
	denies bool // one of its alternatives says that something is not so
}

func (b *phrasebook) word(text string) (knownWord, error) {
	if w, ok := b.byWord[text]; ok {
		return w, nil
	}
	alts, err := b.alternatives(text, 0)
	if err != nil {
		return knownWord{}, err
	}
	w := knownWord{b.token(alts), slices.ContainsFunc(alts, denial)}
	b.byWord[text] = w
	return w, nil
}

// evenDenied has the phrases found where the sentence denies them too.
func (b *phrasebook) evenDenied(phrases []int) {
	for _, ph := range phrases {
		for _, p := range b.phrases[ph].parts {
			b.parts[p].denies = true
		}
	}
}

// alternatives spells out "a|b_c|$group" as the words that may stand there.
func (b *phrasebook) alternatives(word string, depth int) ([]string, error) {
	var alts []string
	for _, alt := range strings.Split(word, "|") {
		name, isGroup := strings.CutPrefix(alt, "$")
		if !isGroup {
			alts = append(alts, strings.ReplaceAll(alt, "_", " "))
			continue
		}
		members, ok := b.groups[name]
		if !ok {
			return nil, fmt.Errorf("unknown group $%s", name)
		}
		if depth > 4 {
			return nil, fmt.Errorf("group $%s is nested too deep", name)
		}
		for _, m := range members {
			more, err := b.alternatives(strings.ReplaceAll(m, " ", "_"), depth+1)
			if err != nil {
				return nil, err
			}
			alts = append(alts, more...)
		}
	}
	return alts, nil
}

// token returns the number of the token that is any of the alternatives.
func (b *phrasebook) token(alts []string) int {
	keys := make([]string, 0, len(alts))
	for _, a := range alts {
		key, known := b.byAlt[a]
		if !known {
			key = strings.Join(reading.Stems(a), " ")
			b.byAlt[a] = key
		}
		if key != "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	id, known := b.byToken[strings.Join(keys, "|")]
	if known {
		return id
	}
	id = b.tokens
	b.tokens++
	b.byToken[strings.Join(keys, "|")] = id
	for _, k := range keys {
		b.addAtom(k, id)
	}
	return id
}

func (b *phrasebook) addAtom(key string, token int) {
	stems := strings.Split(key, " ")
	for _, a := range b.starts[stems[0]] {
		if slices.Equal(a.rest, stems[1:]) {
			*a.tokens = append(*a.tokens, token)
			return
		}
	}
	b.starts[stems[0]] = append(b.starts[stems[0]], atom{rest: stems[1:], tokens: &[]int{token}})
}

// denial reports whether one of the words says that something is not so.
func denial(words string) bool {
	for word := range strings.FieldsSeq(words) {
		switch word {
		case "no", "not", "never", "cannot", "nor", "neither", "none", "nobody", "without", "instead":
			return true
		}
		if strings.HasSuffix(word, "n't") || strings.HasSuffix(word, "n’t") {
			return true
		}
	}
	return false
}
