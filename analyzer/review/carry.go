package review

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/threatmodel"
)

// An About is what a decision was about, in the words of the draft of then: enough to know the finding again once its document was edited.
type About struct {
	Rule     string // id of the built-in rule, "" if none
	Category threatmodel.AbuseCategory
	Question string // key of a framework question
	WhatIf   string
	Quotes   []string // the sentences that it cited

	unknown []*yaml.Node
}

// AboutOf returns what a decision about a finding keeps of it.
func AboutOf(c *threatmodel.AbuseCase) About {
	a := About{Rule: c.Rule, Category: c.Category, Question: c.Question, WhatIf: c.WhatIf}
	for i := range c.Citations {
		a.Quotes = append(a.Quotes, plain(c.Citations[i].Quote))
	}
	return a
}

// longest is how many characters of a sentence are kept.
const longest = 1000

// plain returns a sentence as decisions keep it: on one line, without characters that nobody sees.
func plain(quote string) string {
	s := strings.Join(strings.Fields(quote), " ")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return s
}

// known reports that there is enough to compare with.
func (a *About) known() bool { return len(a.Quotes) > 0 && (a.Rule != "" || a.Category != "") }

// A How says by what a decision was found to belong to a finding.
type How string

// The ways, the surest first.
const (
	ByID       How = "id"
	ByEvidence How = "evidence" // another id, and the same kind of danger on the very same sentences
	ByMeaning  How = "meaning"  // the same kind of danger on sentences that say nearly the same
)

// A CarryState says what a decision is worth in today's draft.
type CarryState string

// The states. All but Holds and Waits bring the finding back to the reviewer.
const (
	Holds    CarryState = "holds"
	Waits    CarryState = "waits"    // it is needs_info, about this text
	Stale    CarryState = "stale"    // the cited text is not what it was
	Expired  CarryState = "expired"  // its last day has passed
	Doubtful CarryState = "doubtful" // it may be about this finding, or not: somebody must look
	Gone     CarryState = "gone"     // no finding of today is like the one it was about
)

// A Match is a decision and the finding of today's draft that it is carried over to.
type Match struct {
	Decision *Decision
	Finding  *threatmodel.AbuseCase // nil when it is gone; when it is doubtful, the one that comes nearest
	How      How                    // "" when it is doubtful or gone
	State    CarryState
	Was, Now string // the sentence of then and that of today, where they differ and are known
}

// Back reports that the reviewer has to look at the finding again.
func (m *Match) Back() bool { return m.State != Holds && m.State != Waits }

// A Carried is all decisions about a document, as they stand with today's draft.
type Carried struct {
	All []Match // in the order of the decisions' ids

	byFinding map[string]*Match
}

// Of returns what was decided about a finding of today, nil if there is nothing. A doubtful decision is returned too.
func (c *Carried) Of(finding string) *Match { return c.byFinding[finding] }

// Carry finds the finding of today's draft that each decision is about: by its id, then by its evidence, then by its meaning. No decision
// goes to two findings, and no finding gets two. Where it is not sure it says so: a doubtful decision decides nothing. decisions may be nil.
func Carry(decisions *File, draft *threatmodel.Draft, today time.Time) *Carried {
	out := &Carried{byFinding: map[string]*Match{}}
	if decisions == nil {
		return out
	}
	list := make([]*Decision, len(decisions.Decisions))
	for i := range decisions.Decisions {
		list[i] = &decisions.Decisions[i]
	}
	slices.SortStableFunc(list, func(a, b *Decision) int { return strings.Compare(a.ID, b.ID) })
	was, now := make([]*face, len(list)), make([]*face, len(draft.AbuseCases))
	for i, d := range list {
		was[i] = faceOf(d.ID, d.Title, d.Evidence, d.About)
	}
	for i := range draft.AbuseCases {
		now[i] = findingFace(&draft.AbuseCases[i])
	}
	for i, l := range match(was, now) {
		m := Match{Decision: list[i], State: Gone}
		if l.to >= 0 {
			m.attach(l, &draft.AbuseCases[l.to], now[l.to].sum, today)
		}
		out.All = append(out.All, m)
	}
	for i := range out.All {
		if f := out.All[i].Finding; f != nil {
			out.byFinding[f.ID] = &out.All[i]
		}
	}
	return out
}

// attach says how the decision stands with a finding whose evidence has this sum.
func (m *Match) attach(l link, f *threatmodel.AbuseCase, sum string, today time.Time) {
	m.Finding, m.How = f, l.how
	stale := m.Decision.Evidence != "" && m.Decision.Evidence != sum
	if m.Decision.Evidence == "" && len(m.Decision.About.Quotes) > 0 {
		stale = EvidenceSum(m.Decision.About.Quotes) != EvidenceSum(AboutOf(f).Quotes)
	}
	if stale || l.doubt {
		m.sentences(f)
	}
	switch {
	case l.doubt:
		m.State, m.How = Doubtful, ""
	case stale:
		m.State = Stale
	case m.Decision.expired(today):
		m.State = Expired
	case m.Decision.State == threatmodel.StateNeedsInfo:
		m.State = Waits
	default:
		m.State = Holds
	}
}

// sentences notes the first sentence of then that is not cited as it was, and the one of today that is nearest to it.
func (m *Match) sentences(f *threatmodel.AbuseCase) {
	for _, was := range m.Decision.About.Quotes {
		if cites(f, was) {
			continue
		}
		m.Was = was
		best, then := 0.0, WordsOf(was)
		for i := range f.Citations {
			if s := then.Alike(WordsOf(f.Citations[i].Quote)); s >= likeAtAll && s > best {
				best, m.Now = s, f.Citations[i].Quote
			}
		}
		return
	}
}

// cites reports that the finding cites a sentence; white space makes no difference.
func cites(f *threatmodel.AbuseCase, quote string) bool {
	return slices.ContainsFunc(f.Citations, func(c threatmodel.Citation) bool { return plain(c.Quote) == plain(quote) })
}

// Rewrite gives the decisions of file the ids that their findings have today, where that is sure, so that they are found by their ids from
// then on. What was decided is not touched, nor is the evidence: what is stale stays stale until somebody decides anew.
func (c *Carried) Rewrite(file *File) {
	moves := map[string]string{}
	for i := range c.All {
		if one := &c.All[i]; one.How != "" && one.Decision.ID != one.Finding.ID {
			moves[one.Decision.ID] = one.Finding.ID
		}
	}
	// An id that a decision keeps is not given to another one; so no decision is ever lost.
	for again := true; again; {
		again = false
		for from, to := range moves {
			if _, leaves := moves[to]; !leaves && file.Find(to) != nil {
				delete(moves, from)
				again = true
			}
		}
	}
	for i := range file.Decisions {
		if to, ok := moves[file.Decisions[i].ID]; ok {
			file.Decisions[i].ID = to
		}
	}
}
