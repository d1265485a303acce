package llm

import (
	"fmt"
	"slices"

	"whatif/analyzer/framework"
	"whatif/analyzer/inspect"
	"whatif/analyzer/proposal"
)

// sendable leaves out the questions that are not to be sent. A framework may have come with somebody else's project, and its
// questions stand outside of the marks around the document: one that tells its reader what to do would be obeyed, and one that holds
// a secret would give it away.
func (r *run) sendable(asked []*framework.Question) []*framework.Question {
	leftOut := func(q *framework.Question, why string) {
		r.set.Warnings = append(r.set.Warnings, proposal.Warning{Code: "question_not_sent",
			Message: fmt.Sprintf("The framework's question %s %s, so the model was not asked it; a person should look at the framework.", q.Key, why)})
	}
	return slices.DeleteFunc(slices.Clone(asked), func(q *framework.Question) bool {
		if kind, ok := inspect.Steers(q.Text); ok {
			r.steered = true
			leftOut(q, kind)
			return true
		}
		if len(inspect.Find(q.Text)) > 0 {
			leftOut(q, "holds what looks like a working secret")
			return true
		}
		return false
	})
}
