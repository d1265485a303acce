package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// A mention is a place where an asset is named without anything being done to it.
type mention struct {
	key string
	num int
}

// mentions adds to the assets the places that only name them, so that each cites all that the document says of it.
func (g *gatherer) mentions() {
	for _, m := range g.mentioned {
		if a := g.assets[m.key]; a != nil {
			evidence(&a.Evidence, m.num)
		}
	}
	byLast := map[string][]*assetFact{} // unknown assets by the stem of the last word
	for _, x := range g.order {
		if a, ok := x.(*assetFact); ok && a.entry == nil {
			stems := reading.Stems(a.Name)
			byLast[stems[len(stems)-1]] = append(byLast[stems[len(stems)-1]], a)
		}
	}
	for _, last := range sortedKeys(byLast) {
		for _, i := range g.text.With(last) {
			g.namedIn(int(i)+1, last, byLast[last])
		}
	}
}

// namedIn adds a sentence to those unknown assets, all with the same last word, that it names.
func (g *gatherer) namedIn(num int, last string, assets []*assetFact) {
	s := &g.text.Sentences[num-1]
	if s.Kind == document.Heading || s.Kind == document.Code || s.Kind == document.Hidden || !s.Stance.Claim() || len(s.Words) > maxWords {
		return
	}
	for i := range s.Words {
		if s.Words[i].Stem != last || g.tags[num-1] != nil && g.tags[num-1][i] != noun {
			continue
		}
		for _, a := range assets {
			if stems := strings.Fields(strings.TrimPrefix(a.key, "?")); i+1 >= len(stems) && slices.EqualFunc(stems, s.Words[i+1-len(stems):i+1], func(stem string, w reading.Word) bool { return stem == w.Stem }) {
				evidence(&a.Evidence, num)
			}
		}
	}
}
