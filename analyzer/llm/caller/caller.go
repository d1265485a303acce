// Package caller asks a model many things at once, and no more than it should.
//
// In come requests; out come replies that were accepted: from the cache, or from the model under limits of requests in flight,
// money and tokens, with retries, down the ladder of formats, and with one request for repair. What was paid for is kept.
package caller

import (
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
