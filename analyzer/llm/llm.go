// Package llm is the model engine: it asks a language model the framework's questions, and proposes what came back.
//
// In comes a document; out come proposals with sentence numbers. Facts are read chunk by chunk, what-ifs asked section by
// section with the facts of the whole document, and each danger judged against its sentences. Nothing of it is believed:
// ground checks it.
package llm

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"whatif/analyzer/framework"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/redact"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// An Asker gets questions answered. *caller.Caller is one.
type Asker interface {
	Ask(ctx context.Context, q caller.Question) (caller.Answer, error)
	Spent() caller.Spent
}

// Options say how a model is asked. Asker and Count are needed.
type Options struct {
	Asker   Asker
	Model   string                // its name, for the draft
	Prompts *Prompts              // nil: the built-in ones
	Count   func(text string) int // tokens of a text
	Context int                   // tokens that the model takes at once, prompt and reply; 0: 8,192
	Output  int                   // most tokens of a reply; 0: 4,096, or less where the context is small
	Chunk   int                   // tokens of the document in one chunk; 0: 1,000, or less where the context is small

	Rules   proposal.Engine // goes hand in hand with the model; nil: the model alone
	Single  bool            // one small question at a time, for the smallest models
	Glean   bool            // look again at each chunk for what was missed, while it pays
	NoJudge bool            // leave out the third pass
	Redact  redact.Options  // what is taken out before sending; secrets always are
}

// An Engine is the model engine. Many goroutines may use it.
type Engine struct {
	opt  Options
	mark func() string // makes a mark that nobody can foresee
}

// New returns the engine. It fails when an option that is needed is missing.
func New(opt Options) (*Engine, error) {
	if opt.Asker == nil || opt.Count == nil {
		return nil, errors.New("a model engine needs somebody to ask and a count of tokens")
	}
	if opt.Prompts == nil {
		var err error
		if opt.Prompts, err = BuiltinPrompts(); err != nil {
			return nil, err
		}
	}
	return &Engine{opt: opt, mark: func() string { return rand.Text()[:12] }}, nil
}

// With returns the engine as it is, but for whom it asks.
func (e *Engine) With(asker Asker) *Engine {
	with := *e
	with.opt.Asker = asker
	return &with
}

// Sum returns the SHA-256 of the prompts, for the draft.
func (e *Engine) Sum() string { return e.opt.Prompts.Sum() }

// Propose asks the model about the document. Parts that failed are warnings with the code chunk_failed, a run that was stopped one
// with the code model_stopped or budget. It returns an error when nothing could be asked and there is no other engine's word, when
// ctx ended, or when replies are on their way ([caller.ErrWaiting]): then all was asked that can be asked without them.
func (e *Engine) Propose(ctx context.Context, text *reading.Text, fw *framework.Framework) ([]*proposal.Set, error) {
	r, err := e.start(ctx, text, fw)
	if err != nil {
		return nil, err
	}
	r.readFacts(ctx)
	if r.anew() && ctx.Err() == nil {
		r = e.startSmaller(ctx, r)
	}
	r.settled = true
	// The open questions don't hang on the verdicts, so they are asked while these are on their way.
	for _, pass := range []func(context.Context){r.askWhatIf, func(ctx context.Context) { r.judge(ctx); r.askOpen(ctx) }} {
		if err := cmp.Or(ctx.Err(), r.waits()); err != nil {
			return nil, err
		}
		pass(ctx)
	}
	if err := cmp.Or(ctx.Err(), r.waits()); err != nil {
		return nil, err
	}
	return r.result()
}

// waits returns an error when replies are on their way.
func (r *run) waits() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting == nil {
		return nil
	}
	return fmt.Errorf("asking the model: %w", r.waiting)
}

// startSmaller cuts a document anew for a server that takes less than was thought, and said so, and reads its facts. Where that is too
// little to ask anything, it returns the run as it is, with that as its fault.
func (e *Engine) startSmaller(ctx context.Context, old *run) *run {
	smaller := &Engine{opt: e.opt, mark: e.mark}
	smaller.opt.Context = old.context
	r, err := smaller.start(ctx, old.text, old.fw)
	if err != nil {
		old.firstErr = &client.Error{Fault: client.TooLong, Context: old.context, Message: err.Error(), Err: old.firstErr}
		return old
	}
	r.before, r.settled = old.before, true
	r.readFacts(ctx)
	return r
}

// result returns what was proposed, the built-in engine's first: what it finds has a name that no model's wording changes.
func (r *run) result() ([]*proposal.Set, error) {
	slices.SortStableFunc(r.set.Warnings, func(x, y proposal.Warning) int { // pieces fail in any order
		return cmp.Or(cmp.Compare(x.Sentence, y.Sentence), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Message, y.Message))
	})
	r.set.Warnings = slices.CompactFunc(r.set.Warnings, func(x, y proposal.Warning) bool { // pieces of one section
		return x.Code == y.Code && x.Message == y.Message
	})
	spent := r.opt.Asker.Spent()
	r.set.Spent = spentSince(r.before, spent)
	r.set.Spent.Model = r.opt.Model
	var sets []*proposal.Set
	if r.rules != nil {
		sets = append(sets, r.rules)
	}
	if r.answered == 0 && r.firstErr != nil {
		if r.rules == nil {
			return nil, fmt.Errorf("asking the model: %w", r.firstErr)
		}
		r.set.Warnings = append(r.set.Warnings, proposal.Warning{Code: "model_failed",
			Message: "The model answered nothing, so this draft is the built-in engine's alone: " + r.firstErr.Error()})
	} else if r.stopped != nil {
		code := "model_stopped"
		if errors.Is(r.stopped, caller.ErrBudget) {
			code = "budget"
		}
		r.set.Warnings = append(r.set.Warnings, proposal.Warning{Code: code,
			Message: "The model was not asked everything, so this draft is partial: " + r.stopped.Error()})
	}
	return append(sets, r.set), nil
}

// spentSince returns what was spent between two looks at an asker, which may serve several documents.
func spentSince(before, after caller.Spent) proposal.Spent {
	return proposal.Spent{Requests: after.Requests - before.Requests, CachedRequests: after.CachedRequests - before.CachedRequests,
		PromptTokens: after.PromptTokens - before.PromptTokens, CachedTokens: after.CachedTokens - before.CachedTokens,
		CompletionTokens: after.CompletionTokens - before.CompletionTokens, CostUSD: after.CostUSD - before.CostUSD, Unpriced: after.Unpriced}
}
