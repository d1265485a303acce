// Package batch asks a model through the provider's Batch API, which takes hours and costs half.
//
// In come questions that no reply is known of; out goes one batch of them, and later their replies into the cache. What is on its way is
// kept in a folder, so that another run, on another machine, goes on.
package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// Share is what a batch's tokens cost of their usual price: half, with OpenAI (help.openai.com/en/articles/9197833), Azure
// (learn.microsoft.com/azure/foundry/openai/how-to/batch) and Cerebras (inference-docs.cerebras.ai/capabilities/batch), December 2026.
const Share = 0.5

// Options say who is asked, and where what is on its way is kept. Client and Dir are needed.
type Options struct {
	Client *client.Client
	Dir    string       // of this package alone; it is made, for its owner's eyes
	Cache  caller.Cache // of replies, shared with ordinary runs; nil: the folder keeps them as well
	Start  client.Format

	Price func(client.Usage) (usd float64, known bool) // of an ordinary request; nil: none is known
	Share float64                                      // of Price that a batch costs; 0: Share
	Count func(text string) int                        // tokens of a text; nil: a third of its bytes

	// The limits hold for all that was sent from the folder and the worst case of what is to be sent. Zero is none.
	MaxRequests int
	MaxTokens   int
	MaxCost     float64 // US dollars

	MostLines int // of a batch; 0: client.MostLines
	MostBytes int // of a batch's file; 0: client.MostBytes

	Observe func(Event)                                      // nil: nobody is told
	Asking  func(caller.Event)                               // is told how a round's questions get on; nil: nobody
	Sleep   func(ctx context.Context, d time.Duration) error // nil: time passes; tests have others
	Now     func() time.Time                                 // nil: time.Now
	name    func() string                                    // of a new job; tests have others
	hasty   bool                                             // nothing is waited for until it is on the disk; tests are
}

// An Event tells how a run gets on. Events come one at a time.
type Event struct {
	State    string // asked (a round's questions are known, nothing is sent yet), sent, waiting, got, note
	Progress Progress
	Detail   string        // of note and got, for people
	Wait     time.Duration // of waiting: until the next look
}

// Progress counts what is on its way.
type Progress struct {
	Batches, Requests int
	Done, Failed      int // requests, as the provider counts them
	PromptTokens      int // by our count
	ReplyTokens       int // at most
	USD               float64
	Priced            bool // USD is the worst case; else it is not known
}

// Waiting is the error of a run that ends while batches are on their way. It wraps caller.ErrWaiting.
type Waiting struct{ Progress Progress }

func (e *Waiting) Error() string {
	return fmt.Sprintf("%d of %d requests in %d batches have their replies; the others are on their way", e.Progress.Done+e.Progress.Failed, e.Progress.Requests, e.Progress.Batches)
}

// Unwrap returns caller.ErrWaiting.
func (e *Waiting) Unwrap() error { return caller.ErrWaiting }

// OtherModel is the error of a run that asks another model, or elsewhere, or with other settings, than the one whose replies the
// folder waits for.
type OtherModel struct{ Dir, Awaited, Asked string } // "gpt-5-mini at api.example.com"

func (e *OtherModel) Error() string {
	if e.Awaited == e.Asked {
		return fmt.Sprintf("%s waits for replies of %s; this run asks it with other settings", e.Dir, e.Awaited)
	}
	return fmt.Sprintf("%s waits for replies of %s; this run asks %s", e.Dir, e.Awaited, e.Asked)
}

// A Desk collects questions, sends them as batches and has their replies. One process at a time may use a folder.
type Desk struct {
	opt    Options
	state  state
	shelf  *shelf
	spool  *spool // of the round that runs; nil between rounds
	notify sync.Mutex
}

// Open returns the desk in a folder. It goes on where the last run in it ended; nothing is sent. The error is an *OtherModel where
// replies of another model are on their way.
func Open(opt Options) (*Desk, error) {
	opt.Share = cmp.Or(opt.Share, Share)
	opt.MostLines = cmp.Or(opt.MostLines, client.MostLines)
	opt.MostBytes = cmp.Or(opt.MostBytes, client.MostBytes)
	if opt.Price == nil {
		opt.Price = func(client.Usage) (float64, bool) { return 0, false }
	}
	if opt.Sleep == nil {
		opt.Sleep = sleep
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.name == nil {
		opt.name = newName
	}
	d := &Desk{opt: opt}
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of batches: %w", err)
	}
	if err := d.load(); err != nil {
		return nil, err
	}
	var err error
	if d.shelf, err = openShelf(d); err != nil {
		return nil, err
	}
	return d, nil
}

// Close gives up the folder's files.
func (d *Desk) Close() error { return d.shelf.close() }

// Spent returns what the replies that came so far cost, over all runs.
func (d *Desk) Spent() caller.Spent { return d.state.Spent }

// Waiting counts what is on its way.
func (d *Desk) Waiting() Progress { return d.progress() }

// mostRounds is how many rounds a run may take. A document takes five, and some more where replies fail.
const mostRounds = 40

// Do calls round again and again, each time with a caller that answers from the replies that are there and takes the other
// questions, until it takes none. Between two rounds the questions are sent and their replies waited for. A round should do all
// that it can, whatever questions remain ([caller.ErrWaiting]).
//
// Where wait is false it returns *Waiting instead of waiting. When ctx ends, too, what is on its way stays so: another run goes on.
// Other errors are round's, a *client.Error, or a *caller.Stopped whose Err says why nothing more is asked.
func (d *Desk) Do(ctx context.Context, wait bool, round func(context.Context, *caller.Caller) error) error {
	for range mostRounds {
		if err := d.deliver(ctx, wait); err != nil {
			return err
		}
		asked, err := d.round(ctx, round)
		if err != nil {
			return err
		}
		if !asked {
			return d.finish(ctx)
		}
	}
	return fmt.Errorf("after %d rounds there are still questions; what was asked so far is kept", mostRounds)
}

// round runs one round. It reports whether questions were taken.
func (d *Desk) round(ctx context.Context, round func(context.Context, *caller.Caller) error) (asked bool, err error) {
	start := cmp.Or(d.state.Format, d.opt.Start)
	if start == "" && d.opt.Cache != nil {
		start = caller.Rung(d.opt.Cache, d.state.Identity)
	}
	start = cmp.Or(start, client.StrictSchema)
	d.spool = &spool{desk: d, start: start, taken: map[[32]byte]bool{}}
	defer func() { d.spool = nil }()
	c := caller.New(&desk{d, start}, caller.Options{Cache: &memo{shelf: d.shelf, told: map[[32]byte]bool{}}, Identity: d.state.Identity, InFlight: 32, Start: start,
		Price: d.price, Count: d.opt.Count, Observe: d.opt.Asking})
	if err = errors.Join(round(ctx, c), ctx.Err()); err != nil {
		d.spool.drop()
		return false, err
	}
	jobs, err := d.spool.close()
	if err != nil || len(jobs) == 0 {
		return false, err
	}
	if err := d.afford(jobs); err != nil {
		d.spool.drop()
		return false, err
	}
	d.state.Jobs = append(d.state.Jobs, jobs...)
	if err := d.save(); err != nil {
		return false, err
	}
	d.tell(Event{State: "asked"})
	return true, nil
}

// price returns what a usage costs in a batch.
func (d *Desk) price(u client.Usage) (float64, bool) {
	usd, known := d.opt.Price(u)
	return usd * d.opt.Share, known
}

// afford returns a *caller.Stopped if jobs may overstep a limit.
func (d *Desk) afford(jobs []*job) error {
	s, requests, tokens, usd := d.state.Spent, 0, 0, 0.0
	for _, j := range jobs {
		requests, tokens = requests+j.Lines, tokens+j.Prompt+j.Reply
		cost, known := d.worst(j)
		if d.opt.MaxCost > 0 && !known {
			return &caller.Stopped{Reason: "the model's price is not known, so --max-cost can't be kept: give it with --prices FILE, or leave --max-cost out", Err: caller.ErrBudget}
		}
		usd += cost
	}
	over := func(limit string, args ...any) error {
		return &caller.Stopped{Reason: fmt.Sprintf(limit, args...) + "; nothing of it was sent, and what was asked before is kept: run again with a higher limit", Err: caller.ErrBudget}
	}
	const penny = 1e-9 // what sums are off by
	switch {
	case d.opt.MaxRequests > 0 && s.Requests+requests > d.opt.MaxRequests:
		return over("--max-requests %d would be overstepped: the next batch has %d, and %d were made", d.opt.MaxRequests, requests, s.Requests)
	case d.opt.MaxTokens > 0 && s.PromptTokens+s.CompletionTokens+tokens > d.opt.MaxTokens:
		return over("--max-tokens %d would be overstepped: the next batch may take %d, and %d are used", d.opt.MaxTokens, tokens, s.PromptTokens+s.CompletionTokens)
	case d.opt.MaxCost > 0 && s.CostUSD+usd > d.opt.MaxCost+penny:
		return over("--max-cost %g would be overstepped: the next batch may cost $%.4f, and $%.4f are spent", d.opt.MaxCost, usd, s.CostUSD)
	}
	return nil
}

// worst returns what a job costs at most.
func (d *Desk) worst(j *job) (float64, bool) {
	return d.price(client.Usage{Prompt: j.Prompt, Completion: j.Reply, Known: true})
}

// progress counts the jobs.
func (d *Desk) progress() Progress {
	p := Progress{Priced: true}
	for _, j := range d.state.Jobs {
		usd, known := d.worst(j)
		p.Batches++
		p.Requests += j.Lines
		p.Done += j.Done
		p.Failed += j.Failed
		p.PromptTokens += j.Prompt
		p.ReplyTokens += j.Reply
		p.USD += usd
		p.Priced = p.Priced && known
	}
	return p
}

func (d *Desk) tell(e Event) {
	if d.opt.Observe == nil {
		return
	}
	d.notify.Lock()
	defer d.notify.Unlock()
	e.Progress = d.progress()
	d.opt.Observe(e)
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
