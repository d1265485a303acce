package assemble

import (
	"cmp"
	"slices"

	"whatif/analyzer/threatmodel"
)

// mostCited is how many places a fact cites. In a long document one thing is spoken of thousands of times; nobody reads them all.
const mostCited = 25

// shorten leaves each fact its first citations of every section, and says how many places there are in all.
func (a *assembler) shorten() {
	d := a.draft
	for i := range d.Assets {
		d.Assets[i].Citations, d.Assets[i].Mentions = a.spread(d.Assets[i].Citations)
	}
	for i := range d.Actors {
		d.Actors[i].Citations, d.Actors[i].Mentions = a.spread(d.Actors[i].Citations)
	}
	for i := range d.Dependencies {
		d.Dependencies[i].Citations, d.Dependencies[i].Mentions = a.spread(d.Dependencies[i].Citations)
	}
	for i := range d.DataFlows {
		d.DataFlows[i].Citations, d.DataFlows[i].Mentions = a.spread(d.DataFlows[i].Citations)
	}
	for i := range d.Safeguards {
		d.Safeguards[i].Citations, d.Safeguards[i].Mentions = a.spread(d.Safeguards[i].Citations)
	}
}

// spread returns the citations to keep, in document order, the first one of each section before further ones, and how many
// there were; 0 if all are kept.
func (a *assembler) spread(all []threatmodel.Citation) (kept []threatmodel.Citation, mentions int) {
	if len(all) <= mostCited {
		return all, 0
	}
	seen := map[int]bool{}
	var others []threatmodel.Citation
	for _, c := range all {
		section := 0
		if s := a.doc.Sentence(c.Sentence); s != nil {
			section = s.Section
		}
		if len(kept) < mostCited && !seen[section] {
			seen[section] = true
			kept = append(kept, c)
		} else if len(others) < mostCited {
			others = append(others, c)
		}
	}
	kept = append(kept, others[:min(len(others), mostCited-len(kept))]...)
	slices.SortFunc(kept, func(x, y threatmodel.Citation) int { return cmp.Compare(x.Sentence, y.Sentence) })
	return slices.Clip(kept), len(all)
}
