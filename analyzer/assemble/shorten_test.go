package assemble

import (
	"slices"
	"testing"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// TestSpread keeps few of many citations: those of all sections, in order, with the total.
func TestSpread(t *testing.T) {
	doc := &document.Document{}
	var all []threatmodel.Citation
	for n := 1; n <= 1000; n++ {
		doc.Sentences = append(doc.Sentences, document.Sentence{Num: n, Section: (n - 1) / 100})
		all = append(all, threatmodel.Citation{Sentence: n})
	}
	a := &assembler{doc: doc}
	kept, mentions := a.spread(all)
	if len(kept) != mostCited || mentions != 1000 {
		t.Fatalf("kept %d of %d", len(kept), mentions)
	}
	for section := range 10 {
		if !slices.ContainsFunc(kept, func(c threatmodel.Citation) bool { return c.Sentence == section*100+1 }) {
			t.Errorf("the first citation of section %d is gone", section)
		}
	}
	if !slices.IsSortedFunc(kept, func(x, y threatmodel.Citation) int { return x.Sentence - y.Sentence }) {
		t.Error("citations are out of order")
	}
	if kept, mentions := a.spread(all[:mostCited]); len(kept) != mostCited || mentions != 0 {
		t.Errorf("few citations: kept %d, mentions %d", len(kept), mentions)
	}
}
