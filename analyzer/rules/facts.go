package rules

import (
	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// facts is what the engine knows of one document. mark fills marks, gather fills set with facts, askWhatIf adds abuse cases,
// answerQuestions adds questions.
type facts struct {
	text      *reading.Text
	framework *framework.Framework
	lexicon   *lexicon
	marks     [][]mark // by sentence index (number - 1), in order of From; none in code and hidden text
	tags      [][]pos  // parts of speech of the words, by sentence index; nil where there are no marks
	set       *proposal.Set
}

// A mark says that some words of a sentence are a term of the lexicon. Marks of different classes may overlap.
type mark struct {
	Class    class
	Term     string   // key of the lexicon's entry: "card_number", "share_link"
	Tags     []string // what the lexicon says of it: category, sensitivity, kind, direction, regulations; see [mark.has]
	Name     string   // as the document calls it, with its noun phrase: "patient's discharge letter"
	From, To int      // indexes into the sentence's Words, half open: the term, not the whole noun phrase

	entry  *entry
	np     [2]int // words of the noun phrase, possessor included; half open
	weak   bool   // in a place where it does not stand for itself: "user experience", "email template"
	denies bool   // the term itself denies something: "not stored"
}

// has reports whether the lexicon says tag of the mark: "financial", "high", "vendor", "link_expiry", "GDPR Art. 9".
func (m *mark) has(tag string) bool {
	for _, t := range m.Tags {
		if t == tag {
			return true
		}
	}
	return false
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
	laxTerm        class = "lax"     // words that let something happen: "without a check", "cannot opt out"
	hintTerm       class = "hint"    // words that tell what an unknown name is about; never a mark
	noiseTerm      class = "noise"   // words that only look like one of the above: "error message"; never a mark
)
