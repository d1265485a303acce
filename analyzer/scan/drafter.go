package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"whatif/analyzer"
	"whatif/analyzer/classify"
	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

// A Drafter is the maker of this program: it parses a document, asks whether it is a requirements document at all, analyses it and
// renders its draft.
type Drafter struct {
	Read     document.Options // path and format apart
	Analysis analyzer.Options // engine apart
	Engine   func() proposal.Engine
	Formats  []render.Format

	Classes     *classify.Book // nil: every document is analysed
	MinLikeness float64        // below, a document is left out

	Sketch  func(*document.Document) []uint32 // of a document's words, for the record; nil: none
	Longest time.Duration                     // for analysing one document, so that none can hold up the others for ever; 0: no bound
	Lacks   func(*threatmodel.Draft) string   // what a draft lacks to which another run may add, in words for people; "": it is whole; nil: each is
	Fault   func(name, trace string)          // is told of faults of the program; nil: nobody
}

// Make makes a document's draft. What is wrong with the document is in the record, a fault of the program too.
func (d *Drafter) Make(ctx context.Context, t Task) (m *Made, err error) {
	r := &record.Record{Name: t.Name, Path: shown(t.Path), SHA256: t.SHA256, Bytes: int64(len(t.Content))}
	m = &Made{Num: t.Num, Record: r}
	defer func() {
		if p := recover(); p != nil {
			m, err = d.fault(m, p), nil
		}
	}()
	opt := d.Read
	opt.Path = shown(t.Path)
	doc, err := document.Parse(ctx, t.Content, opt)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return failed(m, reason(err), detail(err)), nil
	}
	if d.Classes != nil {
		if strings.HasPrefix(doc.Title, render.ReportTitle) {
			r.State, r.Reason, r.Detail, r.Title = record.LeftOut, "report", "is a draft that whatif wrote", doc.Title
			return m, nil
		}
		v := classify.Judge(doc, d.Classes)
		if r.Likeness = v.Likeness; v.Likeness < d.MinLikeness {
			r.State, r.Reason, r.Detail = record.LeftOut, v.Kind, v.Why
			if v.Kind == classify.PRD { // it is asked for more than others are
				r.Reason = "unlikely"
			}
			r.Title, r.Format, r.Language, r.Sentences = doc.Title, string(doc.Format), doc.Language, len(doc.Sentences)
			return m, nil
		}
	}
	return d.within(ctx, m, doc, t.Source)
}

// errTooLong is the cause where a document takes longer than it may.
var errTooLong = errors.New("takes too long")

// within makes the draft in the time that there is. A document that does not heed the end of its time is left to itself.
func (d *Drafter) within(ctx context.Context, m *Made, doc *document.Document, source string) (*Made, error) {
	if d.Longest <= 0 {
		return m, d.analyze(ctx, m, doc, source)
	}
	limited, cancel := context.WithTimeoutCause(ctx, d.Longest, errTooLong)
	defer cancel()
	type result struct {
		made *Made
		err  error
	}
	done := make(chan result, 1)
	own := *m.Record
	go func() {
		made := &Made{Num: m.Num, Record: &own}
		defer func() {
			if p := recover(); p != nil {
				done <- result{d.fault(made, p), nil}
			}
		}()
		err := d.analyze(limited, made, doc, source)
		done <- result{made, err}
	}()
	select {
	case r := <-done:
		if errors.Is(r.err, errTooLong) {
			break
		}
		return r.made, r.err
	case <-limited.Done():
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return failed(m, "too_slow", fmt.Sprintf("takes longer than %v to analyse", d.Longest)), nil
}

// fault is what came of a document over which the program failed.
func (d *Drafter) fault(m *Made, p any) *Made {
	if d.Fault != nil {
		d.Fault(m.Record.Name, fmt.Sprintf("%v\n%s", p, debug.Stack()))
	}
	return failed(m, "fault", "the program itself failed over it; please report that")
}

// analyze makes the draft itself. It returns an error where the run is over.
func (d *Drafter) analyze(ctx context.Context, m *Made, doc *document.Document, source string) error {
	opt := d.Analysis
	if d.Engine != nil {
		opt.Engine = d.Engine()
	}
	draft, err := analyzer.Analyze(ctx, doc, opt)
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	}
	likeness := m.Record.Likeness
	m.Record = record.Of(draft, doc, m.Record.Name)
	m.Record.Likeness = likeness
	if d.Sketch != nil {
		m.Record.Sketch = d.Sketch(doc)
	}
	if d.Lacks != nil {
		if lacks := d.Lacks(draft); lacks != "" {
			m.Record.State, m.Record.Detail = record.Partial, lacks
		}
	}
	page := pages.Get().(*bytes.Buffer)
	defer pages.Put(page)
	for _, f := range d.Formats {
		page.Reset()
		if err := f.Write(page, draft, render.Options{Document: doc, Source: source}); err != nil {
			m.Files = nil
			failed(m, "fault", fmt.Sprintf("its %s could not be written: %v", f.Name, err))
			return nil
		}
		m.Files = append(m.Files, File{Ending: f.Name, Data: bytes.Clone(page.Bytes())})
	}
	return nil
}

// pages are buffers for reports, used for one document after another.
var pages = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func failed(m *Made, reason, detail string) *Made {
	m.Record.State, m.Record.Reason, m.Record.Detail = record.Failed, reason, detail
	return m
}

// reasons are the words for what can be wrong with a file.
var reasons = []struct {
	err  error
	word string
}{
	{document.ErrEmpty, "empty"}, {document.ErrTooLarge, "too_large"}, {document.ErrTooDeep, "too_deep"}, {document.ErrTooSlow, "too_slow"},
	{document.ErrBinary, "binary"}, {document.ErrFormat, "format"}, {document.ErrDamaged, "damaged"}, {document.ErrEncrypted, "encrypted"},
	{document.ErrScanned, "scanned"},
}

func reason(err error) string {
	for _, r := range reasons {
		if errors.Is(err, r.err) {
			return r.word
		}
	}
	return "unreadable"
}

// detail is what an error says of a document, without its path.
func detail(err error) string {
	e := (*document.Error)(nil)
	switch {
	case !errors.As(err, &e):
		return err.Error()
	case e.Detail != "":
		return e.Detail
	}
	return e.Err.Error()
}
