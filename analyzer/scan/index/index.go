// Package index writes the pages over all documents of a scan.
//
// In come records, one at a time, in order of their names; out go index.html, index.md, index.json and findings.csv. Memory stays small
// however many there are.
package index

import (
	"slices"
	"strings"

	"whatif/analyzer/framework"
	"whatif/analyzer/record"
	"whatif/analyzer/threatmodel"
)

// Options are what the pages are told besides the records. The zero value will do for all of them.
type Options struct {
	Title       string               // what was scanned, for people
	Version     string               // of whatif
	GeneratedAt string               // RFC 3339
	Framework   *framework.Framework // has the texts of the questions; nil: their keys stand for them
	LeftOut     []LeftCount          // files that have no record
	Notes       []string             // sentences to say first: why the scan is not whole

	// Near returns the documents that are nearly the same as the one with the name. It is asked when a page is written, not before;
	// nil: none are.
	Near func(name string) []Like
}

// A Like is a document that is nearly the same as another one.
type Like struct {
	Name  string  `json:"name"`  // in the scan
	Share float64 `json:"share"` // of their words that they have in common, 0 to 1
}

// A LeftCount says how many files were not even read, and why, in words for people: "not a document: png".
type LeftCount struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// An Index is what is kept of all records to write the pages.
type Index struct {
	opt    Options
	docs   []doc
	words  map[string]string // texts that many documents share, each kept once
	totals totals

	keys      []string       // of questions, in the order in which they were met
	keyNum    map[string]int // their places in keys
	asks      []ask          // by place in keys
	themes    map[string]*theme
	once      map[uint64]met // findings that one document has
	assets    map[string]*asset
	vendors   []*vendor
	vendorNum map[string]int
}

// totals are sums over all records.
type totals struct {
	states                                map[record.State]int
	high, medium, low, unrated            int // findings
	withHigh, open, sensitive             int // documents with a finding of high priority; open questions; documents with sensitive data
	warnings, engines, models, frameworks map[string]int
	requests, cached                      int
	promptTokens, completionTokens        int
	cost                                  float64 // US dollars
	costUnknown                           int     // documents
}

// mostCost keeps a damaged record from making the sum no number.
const mostCost = 1e12

// New returns an index without documents.
func New(opt Options) *Index {
	return &Index{opt: opt, words: map[string]string{}, keyNum: map[string]int{}, themes: map[string]*theme{}, once: map[uint64]met{},
		assets: map[string]*asset{}, vendorNum: map[string]int{},
		totals: totals{states: map[record.State]int{}, warnings: map[string]int{}, engines: map[string]int{}, models: map[string]int{},
			frameworks: map[string]int{}}}
}

// Add takes in the next record, in order of the names. It keeps little of it.
func (x *Index) Add(r *record.Record) {
	i := int32(len(x.docs))
	d := x.newDoc(r)
	for n := range r.Findings {
		x.addFinding(i, &d, &r.Findings[n])
	}
	for n := range r.Questions {
		x.addQuestion(&d, &r.Questions[n])
	}
	for n := range r.Assets {
		x.addAsset(i, &d, &r.Assets[n])
	}
	x.docs = append(x.docs, d)
	x.count(r, &d)
}

// count adds a document to the sums.
func (x *Index) count(r *record.Record, d *doc) {
	t := &x.totals
	t.states[r.State]++
	t.high, t.medium, t.low, t.unrated = t.high+d.high, t.medium+d.medium, t.low+d.low, t.unrated+d.unrated
	t.open += d.open
	if d.high > 0 {
		t.withHigh++
	}
	if d.sensitive != 0 {
		t.sensitive++
	}
	for key, s := range d.status {
		x.asks[key].add(s)
	}
	for _, w := range r.Warnings {
		t.warnings[x.word(w)]++
	}
	e := &r.Engine
	if e.Kind != "" {
		t.engines[x.word(e.Kind)]++
		t.frameworks[x.word(e.Framework)]++
	}
	if e.Model != "" {
		t.models[x.word(e.Model)]++
	}
	t.requests, t.cached = t.requests+e.Requests, t.cached+e.CachedRequests
	t.promptTokens, t.completionTokens = t.promptTokens+e.PromptTokens, t.completionTokens+e.CompletionTokens
	t.cost = min(t.cost+e.CostUSD, mostCost)
	if e.CostUnknown {
		t.costUnknown++
	}
}

// intern returns s such that equal strings share their memory.
func (x *Index) intern(s string) string {
	if kept, ok := x.words[s]; ok {
		return kept
	}
	s = strings.Clone(s)
	x.words[s] = s
	return s
}

// word is a short text that many documents share.
func (x *Index) word(s string) string { return x.intern(cut(s, longestAsset)) }

// A ranked is something with a number, to sort and to list.
type ranked struct {
	Name string `json:"name"`
	N    int    `json:"count"`
}

// rank lists counts, the largest first.
func rank(counts map[string]int) []ranked {
	out := make([]ranked, 0, len(counts))
	for name, n := range counts {
		out = append(out, ranked{name, n})
	}
	slices.SortFunc(out, func(a, b ranked) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

// statuses are those of questions, as they are kept. 0: not asked.
const (
	answered   = 'a'
	partly     = 'p'
	unanswered = 'u'
)

func statusOf(s threatmodel.QuestionStatus) byte {
	switch s {
	case threatmodel.Answered:
		return answered
	case threatmodel.Partly:
		return partly
	}
	return unanswered
}
