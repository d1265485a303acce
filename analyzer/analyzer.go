package analyzer

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"whatif/analyzer/assemble"
	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/ground"
	"whatif/analyzer/inspect"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/rules"
	"whatif/analyzer/threatmodel"
)

// Options say how a document is analysed. The zero value is the built-in engine with the built-in framework.
type Options struct {
	Engine      proposal.Engine      // nil: the built-in engine
	Framework   *framework.Framework // nil: the built-in one
	Rules       *rules.Book          // of the built-in engine; nil: the built-in ones
	MinPriority threatmodel.Level    // abuse cases below are listed as dropped; "" keeps all
	Version     string               // of the program, for the draft
	Now         time.Time            // for the draft's generated_at
}

// Analyze makes the draft threat model of doc: read, propose, ground, assemble. It returns an error when ctx ends or nothing
// could be proposed at all; what failed in part is in the draft's warnings.
func Analyze(ctx context.Context, doc *document.Document, opt Options) (*threatmodel.Draft, error) {
	engine, fw, err := opt.parts()
	if err != nil {
		return nil, err
	}
	text := reading.Read(doc)
	sets, err := engine.Propose(ctx, text, fw)
	if err != nil {
		return nil, fmt.Errorf("analysing %s: %w", doc.Path, err)
	}
	var checked []*ground.Result
	for _, set := range append(sets[:len(sets):len(sets)], inspected(text)...) {
		r, err := ground.Check(ctx, text, set)
		if err != nil {
			return nil, fmt.Errorf("analysing %s: %w", doc.Path, err)
		}
		checked = append(checked, r)
	}
	draft := assemble.Draft(doc, checked, assemble.Options{MinPriority: opt.MinPriority})
	draft.Tool = threatmodel.Tool{Name: "whatif", Version: opt.Version}
	draft.GeneratedAt = opt.Now.UTC().Format(time.RFC3339)
	draft.Engine = describe(sets)
	draft.Engine.Framework = fw.ID()
	warnLanguage(draft, doc)
	draft.Engine.PromptsSHA256, err = promptsSum(fw, opt.Rules, engine)
	return draft, err
}

// inspected is what is seen in the document itself, whatever engine reads it: a set of its own, none when there is nothing to see.
func inspected(text *reading.Text) []*proposal.Set {
	set := inspect.Look(text).Set(text)
	if len(set.AbuseCases) == 0 {
		return nil
	}
	return []*proposal.Set{set}
}

// describe says which engines proposed, and what that cost.
func describe(sets []*proposal.Set) threatmodel.Engine {
	var e threatmodel.Engine
	for _, set := range sets {
		switch {
		case e.Kind == "":
			e.Kind = set.Origin
		case e.Kind != set.Origin:
			e.Kind = "hybrid"
		}
		spent := set.Spent
		e.Model = cmp.Or(e.Model, spent.Model)
		e.Requests += spent.Requests
		e.CachedRequests += spent.CachedRequests
		e.PromptTokens += spent.PromptTokens
		e.CachedTokens += spent.CachedTokens
		e.CompletionTokens += spent.CompletionTokens
		e.CostUSD += spent.CostUSD
		e.CostUnknown = e.CostUnknown || spent.Unpriced
	}
	return e
}

// parts returns the engine and the framework, the built-in ones where none was chosen.
func (opt *Options) parts() (proposal.Engine, *framework.Framework, error) {
	engine, fw := opt.Engine, opt.Framework
	if engine == nil {
		engine = &rules.Engine{Rules: opt.Rules}
	}
	if fw == nil {
		var err error
		if fw, err = framework.Builtin(); err != nil {
			return nil, nil, fmt.Errorf("loading the built-in questions: %w", err)
		}
	}
	return engine, fw, nil
}
