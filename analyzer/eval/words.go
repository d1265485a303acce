package eval

import (
	"slices"

	"whatif/analyzer/reading"
)

// A phrase is a name, as the stems of the words that carry its meaning.
type phrase struct {
	stems []string
	head  string // of the word that says what it is: "letter" of "the patient's letter of discharge"
}

// empty are words that carry no meaning of their own when names and sentences are compared.
var empty = stemSet("a an and any are as at be by can for from has have he her his if in into is it its may new no nor not of on one " +
	"or our out she so some such that the their them then there they this to up us somebody someone anybody anyone everybody everyone somebody's nobody person people get give go make take say know do does see still all also only even than own again other another any that use user was we were what when which who will with you your")

// linking are words after which a name's head has passed: what follows only says more about it.
var linking = stemSet("of for from in on at by with to about per")

func stemSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, s := range reading.Stems(words) {
		set[s] = true
	}
	return set
}

func newPhrase(name string) phrase {
	if p := meaningful(name, empty); len(p.stems) > 0 {
		return p
	}
	return meaningful(name, nil) // "somebody else": the name has no better words
}

func meaningful(name string, empty map[string]bool) phrase {
	var p phrase
	linked := false
	for _, s := range reading.Stems(name) {
		linked = linked || linking[s] && p.head != ""
		if empty[s] && s != "user" {
			continue
		}
		if !linked && !linking[s] {
			p.head = s
		}
		if !slices.Contains(p.stems, s) {
			p.stems = append(p.stems, s)
		}
	}
	return p
}

func phrases(names ...string) []phrase {
	var list []phrase
	for _, n := range names {
		if p := newPhrase(n); len(p.stems) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// likeness says how alike two names are: 3 for the same words, 2 if one says the same with more words, 1 if most of the words
// are common, 0 if they are different.
func (p phrase) likeness(q phrase) int {
	common := shared(p.stems, q.stems)
	switch {
	case common == len(p.stems) && common == len(q.stems):
		return 3
	case p.head == q.head && common == min(len(p.stems), len(q.stems)):
		return 2
	case 5*common >= 3*(len(p.stems)+len(q.stems)-common): // Jaccard index of 0.6 or more
		return 1
	}
	return 0
}

// alike returns the likeness of the two names that are most alike.
func alike(ps, qs []phrase) int {
	best := 0
	for _, p := range ps {
		for _, q := range qs {
			best = max(best, p.likeness(q))
		}
	}
	return best
}

func shared(a, b []string) int {
	n := 0
	for _, s := range a {
		if slices.Contains(b, s) {
			n++
		}
	}
	return n
}

// meaning returns the stems of the words of some sentences that carry meaning, each once.
func meaning(sentences ...string) []string {
	var stems []string
	for _, text := range sentences {
		for _, s := range reading.Stems(text) {
			if !empty[s] && !slices.Contains(stems, s) {
				stems = append(stems, s)
			}
		}
	}
	return stems
}
