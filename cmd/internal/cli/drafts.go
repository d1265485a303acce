package cli

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"whatif/analyzer/document"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// A drafted is a document with its draft, or why there is none.
type drafted struct {
	doc   *document.Document
	draft *threatmodel.Draft
	err   error
	fault string // of the program itself, for people
}

// drafts makes the draft of each document and hands them on in the order of the arguments, whichever is done first. Where a model is
// asked, several are on their way at once: while one waits for its last answers, the others have something to ask. What is done
// with a draft may be printed: meanwhile nobody else prints.
func (a *app) drafts(ctx context.Context, j *job) iter.Seq2[int, drafted] {
	return func(yield func(int, drafted) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var all sync.WaitGroup
		defer all.Wait()
		defer cancel()
		ready := make([]chan drafted, 0, len(j.inputs))
		begin := func() {
			if i := len(ready); i < len(j.inputs) {
				done := make(chan drafted, 1)
				ready = append(ready, done)
				engine := j.asking.next()
				all.Go(func() { done <- a.draft(ctx, j, i, engine) })
			}
		}
		for range j.atOnce() {
			begin()
		}
		for i := range j.inputs {
			d, more := <-ready[i], false
			j.asking.aside(func() { more = yield(i, d) })
			if !more {
				return
			}
			begin()
		}
	}
}

// draft reads one document and makes its draft. A fault of the program costs this document only.
func (a *app) draft(ctx context.Context, j *job, i int, engine proposal.Engine) (d drafted) {
	defer func() {
		if r := recover(); r != nil {
			d = drafted{fault: faultOf(r), err: fmt.Errorf("reading %s: given up because of that", j.inputs[i])}
		}
	}()
	if d.doc, d.err = a.open(ctx, j.inputs[i], j.read); d.err != nil {
		return d
	}
	if j.refuse != nil {
		if d.err = j.refuse(i, d.doc); d.err != nil {
			return d
		}
	}
	opt := j.make
	opt.Engine = engine
	d.draft, d.err = j.asking.analyze(ctx, d.doc, opt) // the error names the document already
	return d
}

// mostAtOnce is how many documents are on their way at once.
const mostAtOnce = 16

// atOnce returns how many documents are on their way at once: no more than there may be requests. Where a limit may end the run it is
// one, so that the limit pays for whole drafts; and where a document is read from a terminal, perhaps.
func (j *job) atOnce() int {
	if j.asking == nil || j.asking.limited || slices.Contains(j.inputs, "-") {
		return 1
	}
	return min(cmp.Or(j.asking.inFlight, mostAtOnce), mostAtOnce)
}

// limited reports whether a run may end before all is asked.
func limited(opt caller.Options) bool {
	return opt.MaxRequests > 0 || opt.MaxTokens > 0 || opt.MaxCost > 0
}
