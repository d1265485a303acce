// Package rules is the built-in engine: it needs no key and no network.
//
// In comes a document; out come proposals. Sentences are marked with the lexicon's terms, facts are read from the marks
// (assets, actors, dependencies, flows, safeguards, steps), and what-if rules ask about what stands there and what does not.
// Lexicon, patterns and rules are data, under prompts/lexicon and prompts/rules.
package rules

import (
	"context"

	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// An Engine is the built-in engine. The zero value uses the built-in lexicon and rules.
type Engine struct {
	Rules *Book // nil: the built-in ones
}

// Propose reads the document and proposes one set: facts, abuse cases and the state of each question.
func (e *Engine) Propose(ctx context.Context, text *reading.Text, fw *framework.Framework) ([]*proposal.Set, error) {
	set := &proposal.Set{Origin: "rules"}
	f := &facts{text: text, framework: fw, set: set}
	if err := f.mark(ctx); err != nil {
		return nil, err
	}
	f.gather()
	if err := f.askWhatIf(ctx, e.Rules); err != nil {
		return nil, err
	}
	if err := f.answerQuestions(ctx); err != nil {
		return nil, err
	}
	return []*proposal.Set{set}, nil
}
