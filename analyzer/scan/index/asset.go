package index

import (
	"slices"
	"strings"

	"whatif/analyzer/record"
	"whatif/analyzer/threatmodel"
)

// An asset is data that documents handle, under the name that [threatmodel.Fold] gives it.
type asset struct {
	key, name   string // name is as it was met first
	category    string // of the most sensitive mention that came first
	sensitivity threatmodel.Level
	docs        []int32
	to          []edge // in the order in which they were met
}

// An edge leads from an asset to a vendor.
type edge struct {
	vendor int
	docs   []int32
}

// A vendor is somebody that data goes to.
type vendor struct {
	key, name string
	docs      []int32
	high      map[string]bool // keys of highly sensitive data that it is sent
}

// addAsset takes in an asset of document i.
func (x *Index) addAsset(i int32, d *doc, a *record.Asset) {
	name := cut(a.Name, longestAsset)
	key := threatmodel.Fold(name)
	if key == "" {
		return
	}
	if a.Sensitivity == threatmodel.High {
		d.sensitive |= bit(a.Category, threatmodel.AssetCategories)
	}
	known := x.assets[key]
	if known == nil {
		known = &asset{key: key, name: x.intern(name), category: x.word(string(a.Category)), sensitivity: a.Sensitivity}
		x.assets[key] = known
	} else if a.Sensitivity.Rank() > known.sensitivity.Rank() {
		known.category, known.sensitivity = x.word(string(a.Category)), a.Sensitivity
	}
	known.docs = noted(known.docs, i)
	for _, to := range a.To {
		x.addEdge(i, known, to, a.Sensitivity)
	}
}

// addEdge notes that document i sends an asset to a vendor.
func (x *Index) addEdge(i int32, a *asset, to string, sensitivity threatmodel.Level) {
	to = cut(to, longestAsset)
	key := threatmodel.Fold(to)
	if key == "" {
		return
	}
	num, ok := x.vendorNum[key]
	if !ok {
		num = len(x.vendors)
		x.vendorNum[key] = num
		x.vendors = append(x.vendors, &vendor{key: key, name: x.intern(to), high: map[string]bool{}})
	}
	v := x.vendors[num]
	v.docs = noted(v.docs, i)
	if sensitivity == threatmodel.High {
		v.high[a.key] = true
	}
	for n := range a.to {
		if a.to[n].vendor == num {
			a.to[n].docs = noted(a.to[n].docs, i)
			return
		}
	}
	a.to = append(a.to, edge{num, []int32{i}})
}

// noted adds a document to a rising list, once.
func noted(docs []int32, i int32) []int32 {
	if len(docs) > 0 && docs[len(docs)-1] == i {
		return docs
	}
	return append(docs, i)
}

// sortedAssets lists the assets: the most sensitive first, of these those of most documents.
func (x *Index) sortedAssets() []*asset {
	out := make([]*asset, 0, len(x.assets))
	for _, a := range x.assets {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *asset) int {
		switch {
		case a.sensitivity.Rank() != b.sensitivity.Rank():
			return b.sensitivity.Rank() - a.sensitivity.Rank()
		case len(a.docs) != len(b.docs):
			return len(b.docs) - len(a.docs)
		}
		return strings.Compare(a.key, b.key)
	})
	return out
}

// edges lists where an asset goes, vendors of most documents first.
func (x *Index) edges(a *asset) []edge {
	out := slices.Clone(a.to)
	slices.SortFunc(out, func(a, b edge) int {
		if len(a.docs) != len(b.docs) {
			return len(b.docs) - len(a.docs)
		}
		return strings.Compare(x.vendors[a.vendor].key, x.vendors[b.vendor].key)
	})
	return out
}

// sortedVendors lists the vendors, those of most documents first.
func (x *Index) sortedVendors() []*vendor {
	out := slices.Clone(x.vendors)
	slices.SortFunc(out, func(a, b *vendor) int {
		if len(a.docs) != len(b.docs) {
			return len(b.docs) - len(a.docs)
		}
		return strings.Compare(a.key, b.key)
	})
	return out
}
