package rules

import (
	"slices"

	"whatif/analyzer/proposal"
)

// A rule asks one "what if …?" where a document has what its conditions name and lacks what would answer it.
type rule struct {
	ID             string
	Theme          string // of its file
	Doc            string // what it is about, for people
	FalsePositives string // when it is known to be wrong
	Weakness       string // rules that see the same weakness share it; the ID where none is given
	Question       string // key of the framework's question
	Category       string
	When           []condition // the first is the anchor: the sentence that the finding is about
	Unless         []safeguard
	Silence        *silence

	Title, WhatIf, Who, Gain    fillIn
	Users, Business, Reputation fillIn
	Requirements                []requirement
	STRIDE, LINDDUN             []string
	Regulations                 []string
	Factors                     proposal.Factors
	Confidence                  string
	Limit                       int  // findings per document
	General                     bool // it asks of a structure, and yields where another rule says more of the same words

	source string // the file, or builtin
	line   int    // in it
}

// A condition is met where any of its alternatives stands: one of the phrases, an asset, an actor, a term of the lexicon.
type condition struct {
	Words     []int    // phrases of the book
	Assets    []string // categories of assets, "sensitive", "sensitive_data" (no credentials), or "any"
	Actors    []string // kinds of actor
	Relied    []string // kinds of dependency
	Terms     []string // keys of the lexicon's features, scopes, safeguards, …
	Near      near     // to the anchor
	Not       bool     // it must be met nowhere near
	Optional  bool     // a plus, not a must: it makes the finding stronger and lends its words
	Later     bool     // its words are looked for in what the text plans for later, and there only
	Call      string   // "asset", "actor" or "dependency": a fact in the same sentence lends its name
	Noun      bool     // what it calls by a name must be a noun there: "the log", not "they log in"
	As        string   // the name of what it found, for the texts
	Otherwise string   // what to call it when the document's words won't do
}

// A safeguard silences a rule where it is met and answers the finding's own subject; one that answers it in part lowers the
// finding. Where it says nothing of where to look, it is looked for in the whole document.
type safeguard struct {
	condition
	Lowers bool // it never silences the rule, it lowers the finding
}

// A silence is what the rule says is missing.
type silence struct {
	What     fillIn
	Searched []string  // plain phrases
	said     condition // one of the phrases
	Near     near
}

// A requirement is a line for the backlog.
type requirement struct {
	Text       fillIn
	Acceptance []fillIn
}

// near says where a condition is looked for.
type near string

const (
	inSentence near = "sentence"
	nearby     near = "nearby" // the same section, a few sentences away
	inSection  near = "section"
	inDocument near = "document"
)

// strength orders the findings of different rules: what is at stake, as far as the rule itself knows.
func (r *rule) strength() int {
	n := map[string]int{"danger": 6, "loss": 4, "annoyance": 1}[r.Factors.Harm]
	n += map[string]int{"all": 2, "some": 1}[r.Factors.Scale]
	n += map[string]int{"anyone": 2, "user": 1, "partner": 1}[r.Factors.Reach]
	n += map[string]int{"nothing": 2, "a_link": 2, "an_account": 1}[r.Factors.Needs]
	if r.Factors.Undo == "never" {
		n++
	}
	return n
}

// A ruleBook is rules with the phrases that they look for.
type ruleBook struct {
	rules   []rule
	phrases *phrasebook

	examples []ruleExample

	undoing, partial, overall []int // phrases that say that a safeguard is none, is not enough, or holds for everything
	summingUp                 []int // phrases of headings under which a document only says in short what it is about
}

func (b *ruleBook) rule(id string) *rule {
	i := slices.IndexFunc(b.rules, func(r rule) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return &b.rules[i]
}
