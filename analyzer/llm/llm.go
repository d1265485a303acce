// Package llm is the model engine: it asks a language model the framework's questions, and proposes what came back.
//
// In comes a document; out come proposals with sentence numbers. Facts are read chunk by chunk, what-ifs asked section by
// section with the facts of the whole document, and each danger judged against its sentences. Nothing of it is believed:
// ground checks it.
package llm

import (
	"context"
	"fmt"

	"whatif/analyzer/framework"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/redact"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// An Asker gets questions answered. *caller.Caller is one.
type Asker interface {
	Ask(ctx context.Context, q caller.Question) (caller.Answer, error)
	Spent() caller.Spent
}

// Options say how a model is asked. Asker, Model and Count are needed.
type Options struct {
	Asker   Asker
	Model   string                // its name, for the draft
	Prompts *Prompts              // nil: the built-in ones
	Count   func(text string) int // tokens of a text
	Context int                   // tokens that the model takes at once; 0: 8,192
	Output  int                   // most tokens of a reply; 0: 4,096, or less where the context is small
	Chunk   int                   // tokens of the document in one chunk; 0: 1,000, or less where the context is small

	Rules   proposal.Engine // goes hand in hand with the model; nil: the model alone
	Single  bool            // one small question at a time, for the smallest models
	Glean   bool            // look twice at each chunk
	NoJudge bool            // leave out the third pass
	Redact  redact.Options  // secrets are always taken out
}

// An Engine is the model engine.
type Engine struct {
	opt Options
}

// New returns the engine. It fails when an option that is needed is missing or the context is too small to ask anything.
func New(opt Options) (*Engine, error) { return &Engine{opt}, nil }

// Propose asks the model about the document. Parts that failed are warnings with the code chunk_failed; it returns an error when
// nothing could be asked at all, or ctx ended.
func (e *Engine) Propose(ctx context.Context, text *reading.Text, fw *framework.Framework) ([]*proposal.Set, error) {
	return nil, fmt.Errorf("not asked")
}
