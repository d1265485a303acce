// Package caller asks a model many things at once, and no more than it should.
//
// In come requests; out come replies that were accepted: from the cache, or from the model under limits of requests in flight,
// money and tokens, with retries, down the ladder of formats, and with one request for repair. What was paid for is kept.
package caller

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"whatif/analyzer/llm/client"
)

// Options bound a caller. The zero value of a limit is none.
type Options struct {
	Cache    Cache
	Identity string // of endpoint, model and settings that shape a reply: part of each cache key
	// InFlight is the most requests at once. 0 is 16, felt for from 4 on: one more with each reply, as long as the server takes
	// all. Who gives a number is taken at their word: the caller begins with as many. Either way the server's first refusal (429)
	// halves it, and from then on it grows by one with each window of good replies.
	InFlight int
	Start    client.Format // rung to begin at; "": the one that held in an earlier run, or StrictSchema
	Warm     bool          // hold the others with the same Request.System until the first has its reply, for the server's prefix cache

	// The limits hold for the worst case: a request is sent only if they are not overstepped should its reply be as long as it
	// may. With a limit of tokens or money, or a purse, a request without MaxTokens is sent with 4,096.
	MaxRequests int
	MaxTokens   int     // prompt and completion together
	MaxCost     float64 // US dollars
	Purse       Purse   // what this caller may spend together with others; nil: its own limits are all
	Price       func(client.Usage) (usd float64, known bool)
	Count       func(text string) int // tokens of a text, for what a request will cost at most; nil: a third of its bytes

	Attempts int // most attempts for one request; 0: 6
	// Repair is the user's message of the request for repair: what was asked, what came (at most 2,000 bytes) and what is wrong
	// with it. Nil: what was asked, and then the two quoted.
	Repair  func(user, reply, fault string) string
	Observe func(Event)

	Sleep  func(ctx context.Context, d time.Duration) error // nil: time passes; tests have others
	Jitter func() float64                                   // in [0, 1); nil: at random
}

// A Cache keeps replies. store.Store is one.
type Cache interface {
	Get(key [32]byte) (data []byte, ok bool)
	Put(key [32]byte, data []byte) error
}

// A Question is one request with the test that its reply must pass.
type Question struct {
	Pass    string // facts, more, what_if, judge, …: for progress
	Name    string // of the piece, for people: a section's title
	Request client.Request
	// Volatile are strings of the request that change without changing its meaning, such as random marks: they count as
	// blanks in the cache key.
	Volatile []string
	// Accept says what is wrong with a reply; the model is told, once. Nil: any reply will do.
	Accept func(text string) error
}

// An Answer is an accepted reply.
type Answer struct {
	Text   string
	Cut    bool // it ended at the limit of tokens; what is whole in it counts
	Cached bool
	Model  string // as the server named it; "" if it did not
}

// Spent is what a run cost so far.
type Spent struct {
	Requests         int     `json:"requests"`        // sent, repairs and retries that were billed among them
	CachedRequests   int     `json:"cached_requests"` // answered from the cache, or with another question's reply
	PromptTokens     int     `json:"prompt_tokens"`
	CachedTokens     int     `json:"cached_tokens"` // of the prompt's, served from the model's own cache
	CompletionTokens int     `json:"completion_tokens"`
	CostUSD          float64 `json:"cost_usd"`
	Unpriced         bool    `json:"unpriced,omitempty"` // some usage has no known price or was not reported: it is left out or estimated
}

// An Event tells how a run gets on. Events come one at a time.
type Event struct {
	Pass, Name string
	State      string // queued, sent, retry, done, cached, waiting, failed; note is about the run
	Detail     string // of retry, failed and note, for people
	Wait       time.Duration
	Spent      Spent
}

// A Caller asks a model. Many goroutines may use it.
type Caller struct {
	model  client.Model
	post   Correspondent // the model, if it is one; else nil
	opt    Options
	gate   *gate
	ladder *ladder
	kept   memory
	once   flights
	warm   warmth
	counts counter
	events events
	asked  atomic.Int64 // questions so far
	opened atomic.Int64 // accounts so far

	halted context.Context // ends with the *Stopped that ends the run
	halt   context.CancelCauseFunc

	mu      sync.Mutex
	context int // tokens that the server takes, 0 while it is not known
}

// New returns a caller of model.
func New(model client.Model, opt Options) *Caller {
	if opt.Attempts <= 0 {
		opt.Attempts = 6
	}
	if opt.Sleep == nil {
		opt.Sleep = sleep
	}
	if opt.Jitter == nil {
		opt.Jitter = rand.Float64
	}
	c := &Caller{model: model, opt: opt}
	c.post, _ = model.(Correspondent)
	c.halted, c.halt = context.WithCancelCause(context.Background())
	c.gate = newGate(c.halted, c.halt, opt)
	c.kept = memory{cache: opt.Cache, identity: opt.Identity, start: opt.Start}
	if c.post != nil {
		c.ladder = newPostalLadder(opt.Start)
	} else {
		c.ladder = newLadder(opt.Start, c.kept.rung())
	}
	c.counts.of = opt.Count
	c.events = events{to: opt.Observe, spent: c.Spent}
	return c
}

// Ask returns an accepted reply, waiting for its turn: questions are sent in the order in which they came, and retries keep their
// place, but for one that the server refuses again and again. Questions that are the same but for their Volatile strings are asked
// once. It returns an error when
//
//   - the piece itself is at fault, and others may do: a *client.Error with TooLong, Refused or BadRequest, or with another
//     fault that stayed for all attempts while others got their replies; or a *Rejected;
//   - the reply is on its way: a *Stopped that wraps ErrWaiting; only a [Correspondent] has that;
//   - nothing more will be asked of this run: a *Stopped, which wraps what stopped it. All later calls return it at once, unless
//     the cache has their reply. What is in flight by then is waited for, and counts;
//   - ctx ended. A reply that had come by then is kept, and returned if it is accepted.
func (c *Caller) Ask(ctx context.Context, q Question) (Answer, error) { return c.ask(ctx, q, nil) }

func (c *Caller) ask(ctx context.Context, q Question, to *Account) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, err
	}
	// What waits ends with the run or with ctx; what is in flight with ctx alone.
	wait, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.halted, cancel)()

	p := &piece{q: q, key: c.kept.key(q), ctx: ctx, wait: wait, turn: turn{number: c.number(to), account: to, come: make(chan struct{}, 1)}}
	return c.shared(p)
}

// Spent returns what was spent so far.
func (c *Caller) Spent() Spent { return c.gate.spent() }

// An Account asks through a caller, under its limits, and counts what is spent on its own questions alone. What several accounts ask
// at the same time is spent by the one that asked first; for the others it came from the cache.
type Account struct {
	caller *Caller
	rank   int64
	spent  Spent // guarded by the gate's lock
}

// Account opens one. Its questions go before those of accounts that were opened later: these fill the places that it leaves.
func (c *Caller) Account() *Account { return &Account{caller: c, rank: c.opened.Add(1)} }

// number returns the place of a new question in the queue: behind all that were asked on the same account, and on those before it.
func (c *Caller) number(a *Account) int64 {
	if a == nil {
		return c.asked.Add(1)
	}
	return a.rank<<rankShift + c.asked.Add(1)
}

// last returns a place behind all that have one.
func (c *Caller) last() int64 { return c.opened.Load()<<rankShift + c.asked.Add(1) }

// rankShift leaves room for as many questions as nobody asks.
const rankShift = 40

// Ask is the caller's.
func (a *Account) Ask(ctx context.Context, q Question) (Answer, error) {
	return a.caller.ask(ctx, q, a)
}

// Spent returns what was spent on this account so far.
func (a *Account) Spent() Spent {
	a.caller.gate.mu.Lock()
	defer a.caller.gate.mu.Unlock()
	return a.spent
}

// Format returns the rung of the ladder that holds, for people.
func (c *Caller) Format() client.Format { return c.ladder.current() }

// Context returns the fewest tokens that the server said it takes at once when a request was too long; 0 if none was.
func (c *Caller) Context() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.context
}

// Err returns the *Stopped that ended the run, nil while it goes on.
func (c *Caller) Err() error { return c.stopped() }

// stopped returns the *Stopped that ended the run, nil while it goes on.
func (c *Caller) stopped() error { return context.Cause(c.halted) }

// A Rejected is a reply that did not pass its test, also after it was asked again.
type Rejected struct {
	Name   string
	Reason string // what was wrong with it
	Text   string // the last reply, at most 2,000 bytes
	Cut    bool   // it ended at the limit of tokens, and was not asked again: a smaller piece may do
}

func (e *Rejected) Error() string { return e.Reason }

// A Stopped ends a run: money, requests or tokens are used up (Err is ErrBudget), the server fails again and again, or the key, the
// model or the address is wrong.
type Stopped struct {
	Reason string // for people, ends in what they can do
	Err    error
}

func (e *Stopped) Error() string { return e.Reason }
func (e *Stopped) Unwrap() error { return e.Err }

// ErrBudget is wrapped by a Stopped whose limit of money, requests or tokens was reached.
var ErrBudget = errors.New("the limit is reached")

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
