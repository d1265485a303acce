// Package analyzer is the whole way from a document to a draft threat model, on one screen: [Analyze].
package analyzer

import (
	"context"
	"time"

	"whatif/analyzer/assemble"
	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/ground"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/rules"
	"whatif/analyzer/threatmodel"
)

// Options say how a document is analysed. The zero value is the built-in engine with the built-in framework.
type Options struct {
	Engine      proposal.Engine      // nil: the built-in engine
	Framework   *framework.Framework // nil: the built-in one
	MinPriority threatmodel.Level    // abuse cases below are listed as dropped; "" keeps all
	Version     string               // of the program, for the draft
	Now         time.Time            // for the draft's generated_at
}

// Analyze makes the draft threat model of doc: propose, ground, assemble. It returns an error when ctx ends or nothing could
// be proposed at all; what failed in part is in the draft's warnings.
func Analyze(ctx context.Context, doc *document.Document, opt Options) (*threatmodel.Draft, error) {
	engine := opt.Engine
	if engine == nil {
		engine = &rules.Engine{}
	}
	text := reading.Read(doc)
	set, err := engine.Propose(ctx, text, opt.Framework)
	if err != nil {
		return nil, err
	}
	checked, err := ground.Check(ctx, text, set)
	if err != nil {
		return nil, err
	}
	draft := assemble.Draft(doc, []*ground.Result{checked}, assemble.Options{MinPriority: opt.MinPriority})
	draft.Tool = threatmodel.Tool{Name: "whatif", Version: opt.Version}
	draft.GeneratedAt = opt.Now.UTC().Format(time.RFC3339)
	return draft, nil
}
