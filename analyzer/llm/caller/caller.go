// Package caller asks a model many things at once, and no more than it should.
//
// In come requests; out come replies that were accepted: from the cache, or from the model under limits of requests in flight,
// money and tokens, with retries, down the ladder of formats, and with one request for repair. What was paid for is kept.
package caller

import (
	"context"
	"errors"
	"time"

	"whatif/analyzer/llm/client"
)

// Options bound a caller. The zero value of a limit is none.
type Options struct {
	Cache    Cache
	Identity string // of endpoint, model and settings that shape a reply: part of each cache key
	InFlight int    // most requests at once; 0: 16. The caller starts at 4 and follows the server

	MaxRequests int
	MaxTokens   int     // prompt and completion together
	MaxCost     float64 // US dollars
	Price       func(client.Usage) (usd float64, known bool)
	Count       func(text string) int // tokens of a text, for what a request will cost at most

	Attempts int // most attempts for one request; 0: 6
	Observe  func(Event)
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
}

// Spent is what a run cost so far.
type Spent struct {
	Requests         int // sent, repairs and retries that were billed among them
	CachedRequests   int // answered from the cache
	PromptTokens     int
	CachedTokens     int // of the prompt's, served from the model's own cache
	CompletionTokens int
	CostUSD          float64
	Unpriced         bool // some usage has no known price or was not reported
}

// An Event tells how a run gets on. Events come one at a time.
type Event struct {
	Pass, Name string
	State      string // queued, sent, retry, done, cached, failed
	Detail     string // of retry and failed, for people
	Wait       time.Duration
	Spent      Spent
}

// A Caller asks a model. Many goroutines may use it.
type Caller struct {
	model client.Model
	opt   Options
}

// New returns a caller of model.
func New(model client.Model, opt Options) *Caller { return &Caller{model, opt} }

// Ask returns an accepted reply, waiting for its turn. It returns an error when
//
//   - the piece itself is at fault, and others may do: a *client.Error with TooLong, Refused or BadRequest, or a *Rejected;
//   - nothing more will be asked of this run: a *Stopped, which wraps what stopped it. All later calls return it at once, unless
//     the cache has their reply;
//   - ctx ended.
func (c *Caller) Ask(ctx context.Context, q Question) (Answer, error) { return Answer{}, nil }

// Spent returns what was spent so far.
func (c *Caller) Spent() Spent { return Spent{} }

// Format returns the rung of the ladder that holds, for people.
func (c *Caller) Format() client.Format { return client.StrictSchema }

// A Rejected is a reply that did not pass its test, also after it was asked again.
type Rejected struct {
	Name   string
	Reason string // what was wrong with it
	Text   string // the last reply, at most 2,000 bytes
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
