package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/inspect"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/chunk"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/redact"
	"whatif/analyzer/llm/reply"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// A run is one document on its way through the engine. The passes follow each other; within one, parts are asked at the same time
// and their results are put together in the document's order.
type run struct {
	opt     Options
	newMark func() string
	text    *reading.Text
	doc     *document.Document
	fw      *framework.Framework
	words   *redact.Redactor
	steered bool // the document, or the framework, speaks to its reader's tools: no model's word takes anything out of the draft

	systems map[string]string // by pass
	head    partData          // without a part
	fit     fit
	asked   []*framework.Question // that are asked of this document
	rules   *proposal.Set         // the built-in engine's, nil without it
	ruled   []fact                // that it has
	before  caller.Spent

	parts []*part
	facts []fact
	cases []*danger
	set   *proposal.Set // the model's

	mu       sync.Mutex
	answered int   // requests that were answered
	firstErr error // in the document that was met
	firstAt  int   // the number of its sentence
	stopped  *caller.Stopped
	waiting  *caller.Stopped // for replies that are on their way
	context  int             // tokens that the server says it takes, where that is less than was thought; else 0
	settled  bool            // the document is not cut anew any more
}

// start reads all that is known before the model is asked, and cuts the document.
func (e *Engine) start(ctx context.Context, text *reading.Text, fw *framework.Framework) (*run, error) {
	seen := inspect.Look(text)
	r := &run{opt: e.opt, newMark: e.mark, text: text, doc: text.Doc, fw: fw, steered: len(seen.Steering) > 0,
		words: redact.New(text.Doc, seen.Secrets, e.opt.Redact), before: e.opt.Asker.Spent(), set: &proposal.Set{Origin: "llm"}}
	if e.opt.Rules != nil {
		sets, err := e.opt.Rules.Propose(ctx, text, fw)
		if err != nil {
			return nil, err
		}
		if len(sets) > 0 {
			r.rules = sets[0]
			stake(r.rules)
			r.ruled = listFacts(r.rules, true)
		}
	}
	r.asked = r.sendable(r.questionsFor())
	r.head = partData{HeadMark: r.newMark(), Title: r.line(r.doc.Title), Outline: r.outline()}
	if err := r.fitIn(); err != nil {
		return nil, err
	}
	for _, c := range chunk.Cut(r.doc, r.fit.chunk, func(s string) int { return e.opt.Count(r.words.Hide(s)) }) {
		if r.says(c.Sentences) {
			r.parts = append(r.parts, &part{Chunk: c, mark: r.newMark()})
		}
	}
	return r, nil
}

// says reports whether a part has anything but headings.
func (r *run) says(sentences []int) bool {
	for _, num := range sentences {
		if r.doc.Sentence(num).Kind != document.Heading {
			return true
		}
	}
	return false
}

// line makes a document's words such as may be sent: on one line, redacted.
func (r *run) line(s string) string { return r.words.Hide(strings.Join(strings.Fields(s), " ")) }

// each calls f for 0 to n-1 at the same time, and waits for all. The caller of the model bounds what is really asked at once.
func each(n int, f func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}

// A query is one request of a run.
type query struct {
	pass, name string
	user       string
	marks      []string
	form       string // name of the schema
	first      int    // the number of a sentence, for a warning
}

// ask asks one thing and returns the filled-in form. check says what is wrong with one, for the model to mend; nil is nothing.
func ask[T any](ctx context.Context, r *run, q query, check func(*T) error) (form *T, cut bool, err error) {
	var zero T
	read := func(text string) (*T, error) {
		form := new(T)
		report, err := reply.Decode(text, form)
		if err != nil {
			return nil, err
		}
		if empty(form) && len(report.Faults) > 0 {
			return nil, errors.New(report.Faults[0])
		}
		if check != nil {
			err = check(form)
		}
		return form, err
	}
	answer, err := r.opt.Asker.Ask(ctx, caller.Question{Pass: q.pass, Name: q.name, Volatile: q.marks,
		Request: client.Request{System: r.systems[q.pass], User: q.user, Schema: &client.Schema{Name: q.form, JSON: reply.Schema(zero)}, MaxTokens: r.fit.output,
			Estimate: r.opt.Count(r.systems[q.pass]) + r.opt.Count(q.user)},
		Accept: func(text string) error { _, err := read(text); return err }})
	if err != nil {
		r.note(q.first, err)
		return nil, false, err
	}
	r.note(q.first, nil)
	if form, err = read(answer.Text); err != nil {
		return nil, false, err
	}
	restore(form, r.words.Restore)
	return form, answer.Cut, nil
}

// note remembers how asking about what begins with a sentence went. Of failures, the first in the document counts, whichever came
// first.
func (r *run) note(first int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.answered++
		return
	}
	stopped := (*caller.Stopped)(nil)
	if errors.Is(err, caller.ErrWaiting) && errors.As(err, &stopped) {
		r.waiting = stopped
		return
	}
	if r.firstErr == nil || first > 0 && first < r.firstAt {
		r.firstErr, r.firstAt = err, first
	}
	if r.stopped == nil && errors.As(err, &stopped) {
		r.stopped = stopped
	}
	if e := (*client.Error)(nil); errors.As(err, &e) && e.Fault == client.TooLong && e.Context > 0 && e.Context < cmp.Or(r.context, r.fit.context) {
		r.context = e.Context
	}
}

// anew reports whether the document will be cut anew, since the server takes less than was thought.
func (r *run) anew() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.context > 0 && !r.settled
}

// failed puts a piece that was given up among the warnings.
func (r *run) failed(q query, err error) {
	w := proposal.Warning{Code: "chunk_failed", Message: notDone(q) + ": " + sentence(r.why(err)) + " Another run asks for it again.", Sentence: q.first}
	if stopped := (*caller.Stopped)(nil); errors.As(err, &stopped) { // a warning of its own says why
		w.Code, w.Message = "not_asked", notDone(q)+": nothing more was asked."
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set.Warnings = append(r.set.Warnings, w)
}

// why says for people why a piece was given up. What is wrong with a reply was said to the model, with what it should do.
func (r *run) why(err error) string {
	rejected := (*caller.Rejected)(nil)
	if !errors.As(err, &rejected) {
		return err.Error()
	}
	fault, _, _ := strings.Cut(rejected.Reason, ": answer ")
	if rejected.Cut {
		return "its reply was cut at the limit of tokens and cannot be used (" + fault + "); raise --max-output"
	}
	advice := "a larger model may do better"
	if !r.opt.Single {
		advice += ", or --single"
	}
	return "neither its reply nor a second one can be used (" + fault + "); " + advice
}

// notDone says what a failed request leaves undone.
func notDone(q query) string {
	switch q.pass {
	case passFacts:
		return fmt.Sprintf("The model did not read “%s”", q.name)
	case passAgain:
		return fmt.Sprintf("The model did not look again at “%s”", q.name)
	case passWhatIf:
		return fmt.Sprintf("The model did not say what could go wrong in “%s”", q.name)
	case passJudge:
		return fmt.Sprintf("The findings in “%s” were not judged", q.name)
	}
	return "The model proposed nothing for the open questions"
}

// The passes, as progress names them.
const (
	passFacts     = "facts"
	passAgain     = "again"
	passWhatIf    = "what_if"
	passJudge     = "judge"
	passQuestions = "questions"
)
