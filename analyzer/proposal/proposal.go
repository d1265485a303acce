// Package proposal is what an engine says about a document, before anybody checked it.
//
// An [Engine] reads a document and returns a [Set]: facts and abuse cases with the numbers of the sentences they stand on
// and, where a document is said to be silent, the words to search for. Nothing in a Set is trusted: ground checks it.
package proposal

import (
	"context"

	"whatif/analyzer/framework"
	"whatif/analyzer/reading"
)

// An Engine proposes: one set for each origin, of which a later one fills in what an earlier one left out. It returns an error
// only when nothing could be proposed at all; parts that failed are warnings. The document comes as it was read, once, for
// everybody (text.Doc is the document itself).
type Engine interface {
	Propose(ctx context.Context, text *reading.Text, fw *framework.Framework) ([]*Set, error)
}

// A Set is all that one engine proposes for one document. Things refer to each other by name.
type Set struct {
	Origin       string // rules or llm
	Assets       []Asset
	Actors       []Actor
	Dependencies []Dependency
	Flows        []Flow
	Steps        []Step
	Safeguards   []Safeguard
	AbuseCases   []AbuseCase
	Questions    []Question
	Withheld     []Withheld // what the engine itself thought of and left out
	Warnings     []Warning
	Spent        Spent
}

// Spent is what a model cost. The zero value is an engine that asks none.
type Spent struct {
	Model                      string // as the server names it
	Requests, CachedRequests   int    // sent, and answered from whatif's own cache
	PromptTokens, CachedTokens int    // the latter are part of the former, served from the model's cache
	CompletionTokens           int
	CostUSD                    float64
	Unpriced                   bool // some of it has no known price
}

// Evidence is what a proposal stands on: sentence numbers, or quotes from proposers that quote instead of pointing.
type Evidence struct {
	Sentences []int    // 1-based
	Quotes    []string // to be aligned to the document by ground
}

// A Silence is a claim that the document does not say something.
type Silence struct {
	What     string   // "how long the link works"
	Searched []string // words and phrases that an answer would use; matched by stem, in order, a few words apart
	Within   []int    // sentences whose sections are searched; empty means the whole document
}

// An Asset is data or another thing of value. Category and Sensitivity are of threatmodel's vocabularies.
type Asset struct {
	Name, Category, Sensitivity string
	Aliases                     []string
	States                      []string
	Gain                        string // what an attacker would do with it
	Regulations                 []string
	Confidence, Basis           string
	Evidence                    Evidence
}

// An Actor is somebody or something that takes part.
type Actor struct {
	Name, Kind        string
	Aliases           []string
	Privileges        []Privilege
	Confidence, Basis string
	Evidence          Evidence
}

// A Privilege is something that an actor may see or do: "can export all invoices".
type Privilege struct {
	Text     string
	Evidence Evidence
}

// A Dependency is something outside the feature that it relies on.
type Dependency struct {
	Name, Kind, Role         string
	Aliases                  []string
	IfItFails, IfCompromised string
	Confidence, Basis        string
	Evidence                 Evidence
}

// A Flow is data on its way. Source and Destination name an actor, a dependency or "the product".
type Flow struct {
	Source, Destination, Action string
	Data                        []string // names of assets
	CrossesBoundary             bool
	Confidence, Basis           string
	Evidence                    Evidence
}

// A Step is one step of a journey, in order of the slice.
type Step struct {
	Journey  string // its section's title
	Actor    string
	Text     string   // third person: "starts an export"
	WhatIfs  []string // plain questions for this step
	Evidence Evidence
}

// A Safeguard is a protection that the document states.
type Safeguard struct {
	Text, Kind string
	Protects   []string // names of assets
	Confidence string
	Evidence   Evidence
}

// An AbuseCase is one way in which the product could be misused.
type AbuseCase struct {
	Title, Category, WhatIf, Question string
	WhoBenefits, Gain                 string
	Users, Business, Reputation       string // consequences
	Assets                            []string
	Safeguards                        []string // texts of safeguards that are in place but not enough
	Silences                          []Silence
	Factors                           Factors
	Requirements                      []Requirement
	STRIDE, LINDDUN, Regulations      []string
	Confidence, Basis, Rule           string
	Subject                           string // what it is about, in the document's words; part of its identity
	Kin                               string // proposals of one document with the same kin, not "", are the same danger
	OfDocument                        bool   // it is about the document's own words, hidden ones too, which may then be cited; of origin rules only
	Doubt                             string // of a rule's: why a model that read its sentences again does not believe it
	Stake                             string // with a doubt: how sensitive the worst of its data is, by the rules' word alone
	Evidence                          Evidence
}

// Factors are the plain facts from which assemble computes likelihood, severity and priority. An empty one is taken as the
// middle.
type Factors struct {
	Reach string // who can do it: anyone, user, partner, staff, admin
	Needs string // what they need: nothing, a_link, an_account, stolen_secret, inside_access, skill
	Scale string // how many are hit at once: one, some, all
	Undo  string // can the harm be undone: easily, with_effort, never
	Harm  string // the worst it does to a person or the business: annoyance, loss, danger
}

// A Requirement is one line for a backlog.
type Requirement struct {
	Text       string
	Acceptance []string // "Given … when … then …"
}

// A Question is one of the framework's questions and how far the document answers it.
type Question struct {
	Key, Text, Why, Ask string
	Status              string // answered, partly, unanswered
	Answer              string // in the document's words; "" unless answered
	Proposed            string // an answer to consider, marked as such
	Weight              int    // more matters more; orders the open ones; below 0: not worth asking
	Searched            []string
	Evidence            Evidence
}

// A Withheld is something that the engine considered and did not propose.
type Withheld struct {
	Kind, Text, Reason, Detail, Rule string // Reason is of threatmodel's vocabulary
	Evidence                         Evidence
}

// A Warning is for the reader of the draft.
type Warning struct {
	Code, Message string
	Sentence      int // 0 if about the whole document
}
