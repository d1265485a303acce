package rules

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
)

// askWhatIf adds the abuse cases that the what-if rules find, the strongest first, and what they considered and left out. No
// book is the built-in one.
func (f *facts) askWhatIf(ctx context.Context, book *Book) error {
	if book == nil {
		var err error
		if book, err = Builtin(); err != nil {
			return err
		}
	}
	return f.ask(ctx, book.rules)
}

func (f *facts) ask(ctx context.Context, book *ruleBook) error {
	a := newAsker(f, book)
	var found []*finding
	for i := range book.rules {
		if err := ctx.Err(); err != nil {
			return err
		}
		found = append(found, a.try(&book.rules[i])...)
	}
	for _, fd := range a.pick(found) {
		f.set.AbuseCases = append(f.set.AbuseCases, a.abuseCase(fd))
	}
	a.release()
	return nil
}

// A finding is a rule whose conditions are met at a place of the document.
type finding struct {
	rule       *rule
	anchor     int32             // index of the sentence it is about
	sentences  []int32           // evidence, the anchor first
	words      map[string]string // what its slots are filled with
	subject    string            // what it is about, in words of its evidence; may be empty
	assets     []int             // indexes of the assets it is about, the most sensitive first
	safeguards []string          // in place, but not enough
	span       [2]int32          // where its first words stand in the anchor, from and to; both 0 where it is a fact
	closeness  int               // how near to the anchor the conditions are met
	lowered    bool
}

// Rules that ask of a structure want several things in one sentence, and are right more often than those that know its words.
// A story tells what somebody wishes; what is decided stands below it.
// What a sentence says is told before what none says, and one finding on each of two sentences before two on one.
const (
	asksOfStructure = 3
	storyLoss       = 5
	silenceLoss     = 12
	sameSentence    = 10
)

// stake orders findings: what the rule says is at stake, how sensitive the data at hand is, and whether the text decides it or is
// only silent.
func (a *asker) stake(fd *finding) int {
	n := 4*fd.rule.strength() + map[string]int{"high": 8, "low": -6}[fd.rule.Confidence]
	if fd.rule.Silence != nil {
		n -= silenceLoss
	}
	if fd.rule.General {
		n += asksOfStructure
	}
	if a.facts.text.Sentences[fd.anchor].Kind == document.UserStory {
		n -= storyLoss
	}
	n += 2 * min(len(fd.sentences)-1, 2)
	if len(fd.assets) > 0 {
		n += 4 * sensitivityRank(a.facts.set.Assets[fd.assets[0]].Sensitivity)
	}
	if fd.lowered {
		n -= 6
	}
	return n + min(fd.closeness, 6)
}

func sensitivityRank(level string) int {
	switch level { // asked for every asset of every sentence
	case "high":
		return 3
	case "medium":
		return 2
	case "low":
		return 1
	}
	return 0
}

// pick keeps the findings that are worth a reader's time: one for each weakness, the strongest, and not too many for a
// sentence, a section, or the document's length. The others are withheld with the reason.
func (a *asker) pick(found []*finding) []*finding {
	slices.SortStableFunc(found, func(x, y *finding) int {
		return cmp.Or(cmp.Compare(a.stake(y), a.stake(x)), cmp.Compare(x.anchor, y.anchor), cmp.Compare(x.rule.ID, y.rule.ID))
	})
	a.spread(found)
	p := &picked{a: a, bySentence: map[int32]int{}, bySection: map[int]int{}}
	yielded := map[*finding]*finding{}
	for _, fd := range found {
		if k := saysMore(found, fd); k != nil {
			yielded[fd] = k
			continue
		}
		p.take(fd)
	}
	for _, fd := range found { // those that yielded to a finding which is not shown after all take its place
		if k := yielded[fd]; k != nil && slices.Contains(p.kept, k) {
			a.withhold(fd, "duplicate", fmt.Sprintf("%q says more of the same", k.rule.Title.with(k.words)), fd.sentences)
		} else if k != nil {
			p.take(fd)
		}
	}
	return p.kept
}

// picked are the findings that are shown so far.
type picked struct {
	a          *asker
	kept       []*finding
	bySentence map[int32]int
	bySection  map[int]int // rows of tables aside
}

// take keeps the finding, or withholds it with the reason.
func (p *picked) take(fd *finding) {
	a, section := p.a, p.a.facts.text.Sentences[fd.anchor].Section
	switch same := a.sameWeakness(p.kept, fd); {
	case same != nil:
		a.withhold(fd, "duplicate", fmt.Sprintf("the same weakness as %q", same.rule.Title.with(same.words)), fd.sentences)
	case len(p.kept) >= a.most():
		a.withhold(fd, "below_threshold", "weaker than the findings that are shown", fd.sentences)
	case p.bySentence[fd.anchor] >= mostPerSentence || !a.tableRow(fd.anchor) && p.bySection[section] >= a.mostIn(section):
		a.withhold(fd, "below_threshold", "stronger findings stand on the same part of the text", fd.sentences)
	default:
		p.kept = append(p.kept, fd)
		p.bySentence[fd.anchor]++
		if !a.tableRow(fd.anchor) {
			p.bySection[section]++
		}
	}
}

// spread moves back what stands on a sentence that has a stronger finding already, so that the findings shown speak of many
// sentences. found is in order of stake.
func (a *asker) spread(found []*finding) {
	nth, at := map[int32]int{}, map[*finding]int{}
	for _, fd := range found {
		at[fd] = a.stake(fd) - sameSentence*nth[fd.anchor]
		nth[fd.anchor]++
	}
	slices.SortStableFunc(found, func(x, y *finding) int { return cmp.Compare(at[y], at[x]) })
}

// sameWeakness returns the kept finding that already says what fd says, or nil.
func (a *asker) sameWeakness(kept []*finding, fd *finding) *finding {
	for _, k := range kept {
		if k.anchor == fd.anchor && k.rule.Category == fd.rule.Category && k.rule != fd.rule {
			return k
		}
		if k.rule.Weakness != fd.rule.Weakness {
			continue
		}
		if !a.distinct(k, fd) {
			return k
		}
	}
	return nil
}

// distinct reports whether two findings of one weakness tell two things: other sentences, and another subject. Of one rule there
// may be several only where it says so; two rules must stand in different sections and have different things, and one that wants to be
// told once, or that rests on silence, yields to another of its kind.
func (a *asker) distinct(k, fd *finding) bool {
	if slices.ContainsFunc(fd.sentences, func(s int32) bool { return slices.Contains(k.sentences, s) }) {
		return false
	}
	if k.rule == fd.rule {
		return k.rule.Limit > 1 && k.subject != fd.subject
	}
	if fd.rule.Silence != nil || k.rule.Category == fd.rule.Category && (k.rule.Limit == 1 || fd.rule.Limit == 1) {
		return false
	}
	section := func(f *finding) int { return a.facts.text.Sentences[f.anchor].Section }
	return section(k) != section(fd) && (k.subject == "" || k.subject != fd.subject) &&
		!slices.ContainsFunc(fd.assets, func(i int) bool { return slices.Contains(k.assets, i) })
}

// saysMore returns a finding of a special rule that speaks of what the finding of a general rule does, or nil.
func saysMore(found []*finding, fd *finding) *finding {
	if !fd.rule.General {
		return nil
	}
	i := slices.IndexFunc(found, func(k *finding) bool {
		return !k.rule.General && k.anchor == fd.anchor && (k.rule.Category == fd.rule.Category || k.rule.Weakness == fd.rule.Weakness)
	})
	if i < 0 {
		return nil
	}
	return found[i]
}

const mostPerSentence = 3

// mostFindings is how many findings any document may have.
const mostFindings = 45

// most is how many findings a document of this length may have: up to two dozen for one that is read in a meeting, more for one
// that several meetings are about. What is left out is not worse than the last that is shown; it is the reader's time that ends.
func (a *asker) most() int { return min(9+a.claims/4, 24+max(0, a.claims-150)/8, mostFindings) }

// mostIn is how many findings a section of this length may have.
func (a *asker) mostIn(section int) int {
	s := a.facts.text.Doc.Sections[section]
	return 4 + (s.Last-s.First+1)/2
}

func (a *asker) withhold(fd *finding, reason, detail string, at []int32) {
	a.facts.set.Withheld = append(a.facts.set.Withheld, proposal.Withheld{Kind: "abuse_case", Text: fd.rule.Title.with(fd.words),
		Reason: reason, Detail: detail, Rule: fd.rule.ID, Evidence: numbers(at)})
}

// tableRow reports whether the sentence is a row of a table: each row is a part of its own, however many a section has.
func (a *asker) tableRow(sentence int32) bool {
	return a.facts.text.Sentences[sentence].Kind == document.TableRow
}

// numbers turns sentence indexes into evidence.
func numbers(indexes []int32) proposal.Evidence {
	var e proposal.Evidence
	for _, i := range indexes {
		e.Sentences = append(e.Sentences, int(i)+1)
	}
	return e
}

// abuseCase writes the finding out.
func (a *asker) abuseCase(fd *finding) proposal.AbuseCase {
	r := fd.rule
	c := proposal.AbuseCase{Title: strings.TrimSuffix(r.Title.with(fd.words), "."), Category: r.Category,
		WhatIf: r.WhatIf.with(fd.words), Question: r.Question, WhoBenefits: r.Who.with(fd.words), Gain: r.Gain.with(fd.words),
		Users: r.Users.with(fd.words), Business: r.Business.with(fd.words), Reputation: r.Reputation.with(fd.words),
		STRIDE: slices.Clone(r.STRIDE), LINDDUN: slices.Clone(r.LINDDUN), Regulations: slices.Clone(r.Regulations),
		Factors: r.Factors, Confidence: r.Confidence, Basis: "inferred", Rule: r.ID, Subject: fd.subject,
		Safeguards: fd.safeguards, Evidence: numbers(fd.sentences)}
	for _, i := range fd.assets {
		c.Assets = append(c.Assets, a.facts.set.Assets[i].Name)
	}
	if r.Silence != nil {
		c.Basis = "absent"
		s := proposal.Silence{What: strings.TrimSuffix(lowerFirst(r.Silence.What.with(fd.words)), "."), Searched: slices.Clone(r.Silence.Searched)}
		if r.Silence.Near == inSection {
			s.Within = []int{int(fd.anchor) + 1}
		}
		c.Silences = []proposal.Silence{s}
	}
	for _, q := range r.Requirements {
		req := proposal.Requirement{Text: q.Text.with(fd.words)}
		for _, acc := range q.Acceptance {
			req.Acceptance = append(req.Acceptance, acc.with(fd.words))
		}
		c.Requirements = append(c.Requirements, req)
	}
	return c
}

func lowerFirst(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if s == "" || isAcronym(word) {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
