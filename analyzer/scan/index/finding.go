package index

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"whatif/analyzer/record"
	"whatif/analyzer/threatmodel"
)

// A theme is a finding that recurs across documents: those of one rule, or, without a rule, those of one category and title.
type theme struct {
	key, rule  string
	category   string
	titles     []string // examples, all different
	docs       []int32  // places of the documents, rising
	findings   int
	high, rest int // by priority; rest is all that is not high
}

// A met is a finding that one document has so far. Most findings of a model stay so; there may be a hundred thousand.
type met struct {
	doc  int32
	n    int32
	high int32
}

// exampleTitles is how many titles of a theme are kept.
const exampleTitles = 3

// addFinding takes in a finding of document i.
func (x *Index) addFinding(i int32, d *doc, f *record.Finding) {
	switch f.Priority {
	case threatmodel.High:
		d.high++
	case threatmodel.Medium:
		d.medium++
	case threatmodel.Low:
		d.low++
	default:
		d.unrated++
	}
	d.categories |= bit(f.Category, threatmodel.AbuseCategories)
	if d.top == "" || f.Priority.Rank() > d.topRank {
		d.top, d.topRank = x.intern(cut(f.Title, longestTitle)), f.Priority.Rank()
	}
	key := themeKey(f)
	t := x.themes[key]
	if t == nil {
		if t = x.again(key, i, f); t == nil {
			return
		}
	}
	t.add(i, 1, highs(f))
	if title := x.intern(cut(f.Title, longestTitle)); len(t.titles) < exampleTitles && !slices.Contains(t.titles, title) {
		t.titles = append(t.titles, title)
	}
}

// again notes a finding that is in no theme yet, and returns a theme for it once a second document has it.
func (x *Index) again(key string, i int32, f *record.Finding) *theme {
	sum := sha256.Sum256([]byte(key))
	id := binary.BigEndian.Uint64(sum[:])
	m, ok := x.once[id]
	if !ok || m.doc == i {
		x.once[id] = met{i, m.n + 1, m.high + int32(highs(f))}
		return nil
	}
	delete(x.once, id)
	t := &theme{key: key, rule: x.word(f.Rule), category: x.word(string(f.Category))}
	t.add(m.doc, int(m.n), int(m.high))
	x.themes[key] = t
	return t
}

func (t *theme) add(i int32, n, high int) {
	t.findings += n
	t.high += high
	t.rest += n - high
	if len(t.docs) == 0 || t.docs[len(t.docs)-1] != i {
		t.docs = append(t.docs, i)
	}
}

func highs(f *record.Finding) int {
	if f.Priority == threatmodel.High {
		return 1
	}
	return 0
}

// themeKey is what findings of the same theme share.
func themeKey(f *record.Finding) string {
	if f.Rule != "" {
		return cut(f.Rule, longestAsset)
	}
	return cut(string(f.Category), longestAsset) + ": " + threatmodel.Fold(cut(f.Title, longestTitle))
}

// recurring lists the themes, those of most documents first.
func (x *Index) recurring() []*theme {
	out := make([]*theme, 0, len(x.themes))
	for _, t := range x.themes {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *theme) int {
		switch {
		case len(a.docs) != len(b.docs):
			return len(b.docs) - len(a.docs)
		case a.high != b.high:
			return b.high - a.high
		}
		return strings.Compare(a.key, b.key)
	})
	return out
}
