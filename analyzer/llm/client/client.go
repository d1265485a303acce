// Package client talks to one model at one endpoint that speaks OpenAI's chat interface.
//
// In comes a [Request]; out comes a [Reply], or an [Error] that says what went wrong and whether asking again may help.
// One request is one attempt: limits, retries, caching and the choice of a format are the caller's.
package client

import (
	"context"
	"encoding/json"
	"time"
)

// A Model answers requests. [Client] is the real one; tests have others.
type Model interface {
	// Complete asks once. Every error is an *Error, or ctx's.
	Complete(ctx context.Context, r *Request) (*Reply, error)
}

// A Format is how a reply's form is demanded.
type Format string

// The formats, strictest first: the rungs of the ladder. Tools is not on it; doctor tries it.
const (
	StrictSchema Format = "json_schema" // response_format json_schema, strict
	JSONObject   Format = "json_object" // response_format json_object
	PlainText    Format = "text"        // no response_format: the prompt alone says it
	ForcedTool   Format = "tool"        // one tool whose arguments are the reply
)

// A Schema is the JSON Schema that a reply must have. It fits the strict mode: closed objects, all fields required.
type Schema struct {
	Name string // of lower-case letters, digits and underscores
	JSON json.RawMessage
}

// A Request is one question to the model.
type Request struct {
	System    string // the same for all requests of a kind, so that servers can cache it
	User      string
	Schema    *Schema // nil: any text
	Format    Format
	MaxTokens int // of the reply; 0: the server's default
	Estimate  int // tokens of the prompt by our own count, to see whether the server cut it; 0: not checked
}

// A Reply is what the model said.
type Reply struct {
	Text      string // never empty; from content, a forced tool's arguments, or reasoning_content, in this order
	Reasoning bool   // Text is from reasoning_content: it counts only if it is what was asked for
	Finish    Finish
	Runaway   bool // Finish is Cut and it was us: white space or words without end
	Usage     Usage
	Model     string // as the server names it
	Took      time.Duration
	First     time.Duration // until the first words came
}

// A Finish says why a reply ended.
type Finish string

// The finishes.
const (
	Stopped Finish = "stop"
	Cut     Finish = "length" // at the limit of tokens, by the server or, when it ran into white space or repetition, by us
)

// Usage counts tokens as the server reports them.
type Usage struct {
	Prompt, Cached, Completion, Reasoning int // Cached is part of Prompt, Reasoning of Completion
	Known                                 bool
}

// A Fault is a kind of error.
type Fault string

// The faults, by what helps against them.
const (
	BadKey       Fault = "key"            // 401, 403: the key
	NoSuchModel  Fault = "model"          // 404, or the server says so: the name or the address
	TooLong      Fault = "too_long"       // the context: a smaller piece
	Format400    Fault = "format"         // the format is not taken: the next rung
	BadRequest   Fault = "request"        // another 4xx: nothing
	NoMoney      Fault = "quota"          // quota or billing: nothing, and no retry
	Limited      Fault = "limited"        // 429: later
	ServerError  Fault = "server"         // 5xx: later
	Network      Fault = "network"        // refused, reset, time-out, stalled, cut stream: later
	Unreachable  Fault = "unreachable"    // no such host, TLS, proxy: the settings
	Refused      Fault = "refusal"        // the model refuses, or a content filter: this piece is given up
	Garbage      Fault = "garbage"        // not what the interface promises: HTML, empty body, no choices: later
	PromptWasCut Fault = "prompt_was_cut" // usage shows that the server cut the prompt: raise its context
)

// An Error is a failed attempt. Its text names the endpoint's host and never a key, and holds at most some 300 bytes of what
// the server said, on one line, cleaned of control characters.
type Error struct {
	Fault   Fault
	Status  int           // HTTP status, 0 if none came
	After   time.Duration // how long the server asks to wait; 0 if it does not say
	Retry   *bool         // x-should-retry, nil if it does not say
	Context int           // of TooLong: tokens that the server takes, if it said
	Message string        // for people, ends in what they can do
	Err     error
}

// Error returns what went wrong, for people.
func (e *Error) Error() string { return e.Message }

// Unwrap returns what is behind it.
func (e *Error) Unwrap() error { return e.Err }
