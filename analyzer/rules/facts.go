package rules

import (
	"context"

	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// facts is what the engine knows of one document. mark fills marks, gather fills set with facts, askWhatIf adds abuse cases,
// answerQuestions adds questions.
type facts struct {
	text      *reading.Text
	framework *framework.Framework
	marks     [][]mark // by sentence index (number - 1), in order of From
	set       *proposal.Set
}

// A mark says that some words of a sentence are a term of the lexicon.
type mark struct {
	Class    class
	Term     string   // key of the lexicon's entry: "card_number", "share_link"
	Tags     []string // what the lexicon says of it: category, "sensitive", actor kind, feature, direction
	Name     string   // as the document calls it, with its noun phrase: "patient's discharge letter"
	From, To int      // indexes into the sentence's Words, half open
}

// A class is a kind of lexicon entry.
type class string

const (
	assetTerm      class = "asset"
	actorTerm      class = "actor"
	dependencyTerm class = "dependency"
	flowTerm       class = "flow"      // a verb that moves data, with its direction
	privilegeTerm  class = "privilege" // may, can, is allowed to; a verb that needs a right
	safeguardTerm  class = "safeguard"
	featureTerm    class = "feature" // share link, referral code, file upload, password reset, …
	scopeTerm      class = "scope"   // anyone, everyone, all, by default, automatically, without
)

func (f *facts) mark(ctx context.Context) error      { return ctx.Err() }
func (f *facts) gather()                             {}
