package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
)

// A sentenceSet is a set of sentence indexes, a bit each. The nil set is empty and takes none.
type sentenceSet []uint64

func newSentenceSet(sentences int) sentenceSet { return make(sentenceSet, (sentences+63)/64) }

func (s sentenceSet) add(i int32) { s[i/64] |= 1 << (i % 64) }

func (s sentenceSet) has(i int32) bool {
	return i >= 0 && int(i/64) < len(s) && s[i/64]&(1<<(i%64)) != 0
}

// A tally counts the facts of one kind by sentence.
type tally struct {
	count []int32 // by sentence index
	at    sentenceSet
}

func newTally(sentences int) *tally {
	return &tally{make([]int32, sentences), newSentenceSet(sentences)}
}

// What a sentence gives to the text that says why a question matters.
const (
	assetSlot = iota
	secretSlot
	actorSlot
	vendorSlot
	dataSlot
	destinationSlot
	quoteSlot
	givenSlots
)

var givenNames = [givenSlots]string{"asset", "secret", "actor", "vendor", "data", "destination", "quote"}

// A given is what a sentence that may answer something gives to such a text.
type given struct {
	sentence int32
	there    uint8              // by slot: the sentence has one
	filled   uint8              // by slot: and words to call it by
	rank     int8               // how sensitive the asset is
	words    [givenSlots]string // but the quote, which is cut when it is asked for
}

func (g *given) set(slot int, words string) {
	g.words[slot], g.there = words, g.there|1<<slot
	if g.filled &^= 1 << slot; words != "" {
		g.filled |= 1 << slot
	}
}

// slotsOf returns the slots that the text needs and those that it names, as bits; a slot that no sentence gives is the last bit.
func slotsOf(t fillIn) (needs, names uint8) {
	for _, p := range t.pieces {
		if p.slot != "" && p.orElse == "" {
			if i := slices.Index(givenNames[:], p.slot); i >= 0 {
				needs |= 1 << i
			} else {
				needs |= 1 << givenSlots
			}
		}
	}
	for i, name := range givenNames {
		if strings.Contains(t.source, "{"+name+"}") {
			names |= 1 << i
		}
	}
	return needs, names
}

// findGiven notes what each sentence that may answer something gives: the first of each, but the most sensitive asset, and a
// vendor before other dependencies.
func (j *judge) findGiven() {
	set, at := j.facts.set, j.givenSentences()
	each := func(e proposal.Evidence, do func(g *given)) {
		for _, n := range e.Sentences {
			if n >= 1 && n <= len(at) && at[n-1] >= 0 {
				do(&j.given[at[n-1]])
			}
		}
	}
	for i := range set.Assets {
		a := &set.Assets[i]
		if r, name := int8(sensitivityRank(a.Sensitivity)), usableName(a.Name); r > 1 && name != "" {
			each(a.Evidence, func(g *given) { g.takeAsset(name, r) })
		}
	}
	for i := range set.Actors {
		if a := &set.Actors[i]; a.Kind != "system" {
			name := plural(usableName(a.Name))
			each(a.Evidence, func(g *given) {
				if g.filled&(1<<actorSlot) == 0 {
					g.set(actorSlot, name)
				}
			})
		}
	}
	for i := range set.Dependencies {
		d := &set.Dependencies[i]
		name := usableName(d.Name)
		each(d.Evidence, func(g *given) {
			if has := g.filled&(1<<vendorSlot) != 0; !has || d.Kind == "vendor" && name != "" {
				g.set(vendorSlot, name)
			}
		})
	}
	for i := range set.Flows {
		if fl := &set.Flows[i]; fl.CrossesBoundary && len(fl.Data) > 0 && fl.Destination != "the product" {
			data, destination := usableName(fl.Data[0]), usableName(fl.Destination)
			each(fl.Evidence, func(g *given) {
				if g.there&(1<<dataSlot) == 0 {
					g.set(dataSlot, data)
					g.set(destinationSlot, destination)
				}
			})
		}
	}
}

// givenSentences makes room for the sentences that may answer something, and returns where each is, -1 for the others.
func (j *judge) givenSentences() []int32 {
	at := make([]int32, len(j.bears))
	for i := range j.bears {
		if at[i] = -1; !j.bears[i].answers {
			continue
		}
		at[i] = int32(len(j.given))
		g := given{sentence: int32(i), rank: 1}
		if j.facts.text.Sentences[i].Kind != document.TableRow {
			g.there, g.filled = 1<<quoteSlot, 1<<quoteSlot // it has words: bearing checks that
		}
		j.given = append(j.given, g)
	}
	return at
}

func (g *given) takeAsset(name string, rank int8) {
	if rank <= g.rank {
		return
	}
	g.rank = rank
	g.set(assetSlot, name)
	if rank == 3 {
		g.set(secretSlot, name)
	}
}

// word returns what the sentence gives for a slot.
func (j *judge) word(g *given, slot int) string {
	if slot == quoteSlot {
		return strings.TrimRight(clip(j.facts.text.Sentences[g.sentence].Text, 14), ".:; ")
	}
	return g.words[slot]
}

// wordsOf gives the words of a sentence by slot, for the named slots.
func (j *judge) wordsOf(g *given, names uint8) map[string]string {
	words := map[string]string{}
	for slot, name := range givenNames {
		if g.there&names&(1<<slot) != 0 {
			words[name] = j.word(g, slot)
		}
	}
	return words
}

// namedBefore counts how often questions have named what the sentence gives for the slots.
func (j *judge) namedBefore(g *given, names uint8) int {
	n := 0
	for slot := range givenNames {
		if g.there&names&(1<<slot) != 0 {
			n += j.named[j.word(g, slot)]
		}
	}
	return n
}
