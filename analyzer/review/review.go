// Package review holds what people decided about findings: the file NAME.whatif.yaml beside a document.
//
// In comes the file; out come decisions, or errors with their lines. A file that can't be read is never written over.
package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/record"
	"whatif/analyzer/threatmodel"
)

// Version is that of the form of the file.
const Version = 1

// Ending is what the file's name has after that of the document: prd.md.whatif.yaml.
const Ending = ".whatif.yaml"

// Path returns where the decisions about a document are.
func Path(document string) string { return document + Ending }

// A Reason says why somebody decided so.
type Reason string

// The reasons.
const (
	Wrong          Reason = "wrong"           // the finding misreads the document
	NotRelevant    Reason = "not_relevant"    // it is right and does not matter here
	AlreadyHandled Reason = "already_handled" // something answers it that the document does not say
	RiskAccepted   Reason = "risk_accepted"   // it is right, and it is lived with, perhaps until a day
)

// Reasons are all of them.
var Reasons = []Reason{Wrong, NotRelevant, AlreadyHandled, RiskAccepted}

// States are those that a decision can have: all but draft.
var States = []threatmodel.ReviewState{threatmodel.StateAccepted, threatmodel.StateEdited, threatmodel.StateRejected, threatmodel.StateNeedsInfo}

// A Decision is what somebody decided about one finding.
type Decision struct {
	ID       string // of the finding
	Title    string // of the finding when it was decided, for people
	State    threatmodel.ReviewState
	Reason   Reason
	By       string
	At       string // a date, or a time as RFC 3339 writes it
	Until    string // the last day on which it holds, "2026-06-30"; "": it has no end
	Note     string
	Evidence string          // [EvidenceSum] of the finding's quotes at that time; "": not known
	Edit     Edit            // of state edited: what is said instead
	Owner    string          // who lives with an accepted risk
	Ask      threatmodel.Ask // of state needs_info: who should find out
	Answer   string          // what they found out
	Ticket   string          // address of the ticket that follows it up; never opened
	About    About           // the finding as the draft had it then
	Line     int             // in the file; 0: in none

	unknown []*yaml.Node // fields that this version does not know, names and values in turn: they are written again
}

// An Edit is what somebody says instead of what a draft says. What is empty stays as the draft has it.
type Edit struct {
	Title       string
	Priority    threatmodel.Level
	Requirement string

	unknown []*yaml.Node
}

// An Answer is what somebody answered to a question that the document leaves open.
type Answer struct {
	ID       string // of the question, "Q-81d2f0"
	Question string // its words when it was answered, for people
	Answer   string
	By       string
	At       string
	Line     int // in the file; 0: in none

	unknown []*yaml.Node
}

// A File is the decisions about one document.
type File struct {
	Document  string // its file's name, for people
	Decisions []Decision
	Answers   []Answer
	Warnings  []string // fields that are not known, with their lines

	unknown []*yaml.Node
}

// Find returns the decision about a finding, nil if there is none. f may be nil.
func (f *File) Find(id string) *Decision {
	if f == nil {
		return nil
	}
	i := slices.IndexFunc(f.Decisions, func(d Decision) bool { return d.ID == id })
	if i < 0 {
		return nil
	}
	return &f.Decisions[i]
}

// Answer returns the answer to a question, nil if there is none. f may be nil.
func (f *File) Answer(id string) *Answer {
	if f == nil {
		return nil
	}
	i := slices.IndexFunc(f.Answers, func(a Answer) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return &f.Answers[i]
}

// A Standing is how a finding stands with what was decided about it.
type Standing struct {
	Decision *Decision // nil: nobody decided anything
	Decided  bool      // somebody decided, and it holds today
	Expired  bool      // its last day has passed
	Stale    bool      // the cited text is not what it was about
}

// Of returns how a finding stands on a day.
func (f *File) Of(finding *record.Finding, today time.Time) Standing {
	return f.Find(finding.ID).Standing(EvidenceOf(finding), today)
}

// Standing returns how a finding whose evidence is now this sum stands on a day. d may be nil.
func (d *Decision) Standing(evidence string, today time.Time) Standing {
	if d == nil {
		return Standing{}
	}
	s := Standing{Decision: d, Expired: d.expired(today), Stale: d.Evidence != "" && d.Evidence != evidence}
	s.Decided = d.State != threatmodel.StateNeedsInfo && !s.Expired && !s.Stale
	return s
}

// Suppresses reports a decision that puts the finding aside: it is rejected, or its risk is lived with.
func (s Standing) Suppresses() bool {
	return s.Decided && (s.Decision.State == threatmodel.StateRejected || s.Decision.Reason == RiskAccepted)
}

// Why says who decided what, on one line.
func (d *Decision) Why() string {
	text := strings.ReplaceAll(string(cmp.Or(d.State, "decided")), "_", " ")
	if d.Reason != "" {
		text += ", " + strings.ReplaceAll(string(d.Reason), "_", " ")
	}
	if d.By != "" {
		text += ", by " + d.By
	}
	if d.Until != "" {
		text += ", until " + d.Until
	}
	if d.Note != "" {
		text += ": " + d.Note
	}
	return strings.Join(strings.Fields(text), " ")
}

// expired reports whether the last day has passed. Days are those of UTC.
func (d *Decision) expired(today time.Time) bool {
	return d.Until != "" && today.UTC().Format(time.DateOnly) > d.Until
}

// EvidenceSum returns what the quotes of a finding are known by: 16 hex digits. Their order and the white space in them make no
// difference.
func EvidenceSum(quotes []string) string {
	folded := make([]string, len(quotes))
	for i, q := range quotes {
		folded[i] = strings.Join(strings.Fields(q), " ")
	}
	slices.Sort(folded)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(folded), "\x00")))
	return hex.EncodeToString(sum[:8])
}

// EvidenceOf returns the sum of a finding's quotes as they are now.
func EvidenceOf(f *record.Finding) string {
	quotes := make([]string, len(f.Regions))
	for i := range f.Regions {
		quotes[i] = f.Regions[i].Quote
	}
	return EvidenceSum(quotes)
}
