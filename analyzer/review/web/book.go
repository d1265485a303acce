package web

import (
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"whatif/analyzer/document"
	"whatif/analyzer/render"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// A book is a document under review.
type book struct {
	path, name string
	reload     sync.Mutex // held while it is analysed anew

	mu     sync.Mutex
	draft  *threatmodel.Draft // every text in it visible; nil: there is none
	raw    *threatmodel.Draft
	doc    *document.Document
	err    error
	sums   []string       // of the evidence of each finding
	places map[string]int // of findings, by id
	source template.HTML
	undo   map[string][]step
	seen   stat
}

// A step is a change of a decision that can be undone.
type step struct {
	before *review.Decision
	after  string // the version that it left
}

// A stat is what a file looked like when it was last compared with the draft.
type stat struct {
	size    int64
	time    time.Time
	changed bool
}

func newBook(d *Document) *book {
	b := &book{path: d.Path, name: d.Name, undo: map[string][]step{}}
	b.set(d.Doc, d.Draft, d.Err)
	return b
}

// set puts a draft in place.
func (b *book) set(doc *document.Document, draft *threatmodel.Draft, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.doc, b.raw, b.err, b.draft, b.source, b.sums, b.places, b.seen = doc, draft, err, nil, "", nil, map[string]int{}, stat{}
	if draft == nil {
		return
	}
	b.draft = render.Visible(draft)
	for i := range draft.AbuseCases {
		c := &draft.AbuseCases[i]
		quotes := make([]string, len(c.Citations))
		for k := range c.Citations {
			quotes[k] = c.Citations[k].Quote
		}
		b.sums = append(b.sums, review.EvidenceSum(quotes))
		b.places[c.ID] = i
	}
}

// A state is what a book is at a moment: reading it needs no lock.
type state struct {
	draft  *threatmodel.Draft
	err    error
	sums   []string
	places map[string]int
}

func (b *book) now() state {
	b.mu.Lock()
	defer b.mu.Unlock()
	return state{b.draft, b.err, b.sums, b.places}
}

// text returns the document as HTML.
func (b *book) text() (template.HTML, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.source == "" && b.doc != nil && b.raw != nil {
		var err error
		if b.source, err = render.Source(b.raw, b.doc); err != nil {
			return "", err
		}
	}
	return b.source, nil
}

// changed reports that the document is no longer what the draft was made from.
func (b *book) changed() bool {
	info, err := os.Stat(b.path)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.raw == nil {
		return false
	}
	if err != nil {
		return true
	}
	if b.seen.time.Equal(info.ModTime()) && b.seen.size == info.Size() {
		return b.seen.changed
	}
	is := info.Size() != int64(b.raw.Document.Bytes) || fileSum(b.path) != b.raw.Document.SHA256
	b.seen = stat{info.Size(), info.ModTime(), is}
	return is
}

func fileSum(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// A tally is how the findings of a document stand.
type tally struct {
	all, decided int
	high         int // undecided ones of high priority
	again        int // that were decided, and no longer are
	open         int // questions that nobody answered
	fault        error
}

// standings counts how the findings stand.
func (b *book) standings(today time.Time) tally {
	now := b.now()
	if now.draft == nil {
		return tally{}
	}
	file, err := review.Load(review.Path(b.path))
	t := tally{all: len(now.draft.AbuseCases), fault: err}
	decisions := byID(file)
	for i := range now.draft.AbuseCases {
		c := &now.draft.AbuseCases[i]
		st := decisions[c.ID].Standing(now.sums[i], today)
		switch {
		case st.Decided:
			t.decided++
		case st.Expired || st.Stale:
			t.again++
		}
		if !st.Decided && c.Priority == threatmodel.High {
			t.high++
		}
	}
	for i := range now.draft.Questions {
		if q := &now.draft.Questions[i]; openQuestion(q) && q.Ask != threatmodel.AskAppSec && file.Answer(q.ID) == nil {
			t.open++
		}
	}
	return t
}

// openQuestion reports a question that people are asked, whoever they are.
func openQuestion(q *threatmodel.Question) bool { return q.Status != threatmodel.Answered && !q.Spare }

func byID(f *review.File) map[string]*review.Decision {
	out := map[string]*review.Decision{}
	if f != nil {
		for i := range f.Decisions {
			out[f.Decisions[i].ID] = &f.Decisions[i]
		}
	}
	return out
}

// mostUndo is how many changes of a finding can be undone.
const mostUndo = 50

// push notes a change, so that it can be undone.
func (b *book) push(id string, s step) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := append(b.undo[id], s)
	b.undo[id] = slices.Clone(all[max(0, len(all)-mostUndo):])
}

// last returns the last change of a finding.
func (b *book) last(id string) (step, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.undo[id]
	if len(all) == 0 {
		return step{}, false
	}
	return all[len(all)-1], true
}

// pop forgets the last change of a finding.
func (b *book) pop(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if all := b.undo[id]; len(all) > 0 {
		b.undo[id] = all[:len(all)-1]
	}
}

// base is the document's name in its file of decisions.
func (b *book) base() string { return filepath.Base(b.path) }
