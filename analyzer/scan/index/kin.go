package index

import "math"

// A kin says which other document a document is the same as, or nearly.
type kin struct {
	of    int32 // place of the document; -1: none
	share int   // in percent; 100 of a copy only
	group int32 // place of the first document of those that belong together; its own if it stands alone
}

// kinships finds the copies and the near-duplicates of each document.
func (x *Index) kinships() []kin {
	place := make(map[string]int32, len(x.docs))
	all := make([]kin, len(x.docs))
	for i := range x.docs {
		place[x.docs[i].name] = int32(i)
		all[i] = kin{of: -1, group: int32(i)}
	}
	for i := range x.docs {
		d := &x.docs[i]
		if of, ok := place[d.of]; ok && d.of != "" && of != int32(i) {
			all[i].of, all[i].share = of, 100
			join(all, int32(i), of)
		}
	}
	if x.opt.Near == nil {
		return grouped(all)
	}
	for i := range x.docs {
		for _, l := range x.opt.Near(x.docs[i].name) {
			if of, ok := place[l.Name]; ok && of != int32(i) {
				share := percentOf(l.Share)
				nearer(&all[i], of, share)
				nearer(&all[of], int32(i), share)
				join(all, int32(i), of)
			}
		}
	}
	return grouped(all)
}

// percentOf rounds a share. Only a copy is the same to the last word.
func percentOf(share float64) int {
	if math.IsNaN(share) {
		return 0
	}
	return int(math.Round(100 * min(max(share, 0), 0.99)))
}

// nearer notes a document that k is nearly the same as, if it is the nearest, or as near and first.
func nearer(k *kin, of int32, share int) {
	if share > k.share || share == k.share && share < 100 && (k.of < 0 || of < k.of) {
		k.of, k.share = of, share
	}
}

// root finds the first document of a group.
func root(all []kin, i int32) int32 {
	for all[i].group != i {
		all[i].group = all[all[i].group].group
		i = all[i].group
	}
	return i
}

func join(all []kin, a, b int32) {
	a, b = root(all, a), root(all, b)
	all[max(a, b)].group = min(a, b)
}

func grouped(all []kin) []kin {
	for i := range all {
		all[i].group = root(all, int32(i))
	}
	return all
}
