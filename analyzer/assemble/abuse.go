package assemble

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"whatif/analyzer/ground"
	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// A ranked is an abuse case on its way into the draft.
type ranked struct {
	threatmodel.AbuseCase
	score   float64
	meaning string
	doubt   string // why it is not believed
	grave   bool   // with a doubt: too grave to leave out on a model's word
}

// abuseCases puts every abuse case in once, most pressing first, and leaves out those below the least priority.
func (a *assembler) abuseCases(least threatmodel.Level) {
	all := members(a.results, func(r *ground.Result) []ground.Held[proposal.AbuseCase] { return r.AbuseCases })
	var cases []ranked
	for _, g := range group(all, abuseKeys) {
		cases = append(cases, a.abuseCase(g))
	}
	meanings := make([]string, len(cases))
	for i := range cases {
		meanings[i] = cases[i].meaning
	}
	for i, id := range a.ids(threatmodel.AbuseID, meanings) {
		cases[i].ID = id
	}
	slices.SortStableFunc(cases, moreUrgent)
	for _, c := range cases {
		if c.doubt != "" && !c.grave {
			a.draft.Dropped = append(a.draft.Dropped, threatmodel.Dropped{Kind: "abuse_case", Text: c.Title, Reason: threatmodel.Unsupported,
				Detail: "a model that read it again says that " + c.doubt, Rule: c.Rule, Cited: c.Citations})
			continue
		}
		if c.Priority.Rank() < least.Rank() {
			a.draft.Dropped = append(a.draft.Dropped, threatmodel.Dropped{Kind: "abuse_case", Text: c.Title, Reason: threatmodel.BelowThreshold,
				Detail: fmt.Sprintf("its priority is %s, and the least to show is %s", c.Priority, least), Rule: c.Rule, Cited: c.Citations})
			continue
		}
		a.draft.AbuseCases = append(a.draft.AbuseCases, c.AbuseCase)
	}
	a.fewer()
	a.linkSteps()
}

// fewer leaves out what the built-in engine alone found, the least pressing first and nothing of high priority, where two engines
// together have more findings than are read in a meeting: twenty, or more for a text that several meetings are about. A model's were
// judged one by one.
func (a *assembler) fewer() {
	if !slices.ContainsFunc(a.draft.AbuseCases, func(c threatmodel.AbuseCase) bool { return c.Origin != threatmodel.FromRules }) {
		return // it bounds its own
	}
	over := len(a.draft.AbuseCases) - min(20+max(0, len(a.doc.Sentences)-150)/10, 45)
	for i := len(a.draft.AbuseCases) - 1; i >= 0 && over > 0; i-- {
		c := &a.draft.AbuseCases[i]
		if c.Origin != threatmodel.FromRules || c.Priority == threatmodel.High {
			continue
		}
		a.draft.Dropped = append(a.draft.Dropped, threatmodel.Dropped{Kind: "abuse_case", Text: c.Title, Reason: threatmodel.BelowThreshold,
			Detail: "the built-in engine alone found it, and both together found much that is more pressing", Rule: c.Rule, Cited: c.Citations})
		a.draft.AbuseCases = slices.Delete(a.draft.AbuseCases, i, i+1)
		over--
	}
}

// moreUrgent orders abuse cases for the reader.
func moreUrgent(x, y ranked) int {
	return cmp.Or(
		cmp.Compare(y.Priority.Rank(), x.Priority.Rank()),
		cmp.Compare(y.Severity.Rank(), x.Severity.Rank()),
		cmp.Compare(y.score, x.score),
		cmp.Compare(y.Confidence.Rank(), x.Confidence.Rank()),
		cmp.Compare(first(x.Citations), first(y.Citations)),
		cmp.Compare(x.ID, y.ID))
}

// abuseKeys returns what makes two abuse cases the same: that an engine says so (their kin), or category, question and subject,
// and with them the rule or a sentence that both cite.
func abuseKeys(m *member[proposal.AbuseCase]) []string {
	base := m.Item.Category + "|" + m.Item.Question + "|" + subjectOf(&m.Item) + "|"
	var keys []string
	if m.Item.Rule != "" {
		keys = append(keys, base+"rule "+m.Item.Rule)
	}
	if m.Item.Kin != "" {
		keys = append(keys, "kin "+m.Item.Kin)
	}
	for _, c := range m.Citations {
		keys = append(keys, base+strconv.Itoa(c.Sentence))
	}
	return keys
}

// subjectOf returns what an abuse case is about, folded: its subject, or else its assets, or else its title.
func subjectOf(x *proposal.AbuseCase) string {
	if x.Subject != "" {
		return threatmodel.Fold(x.Subject)
	}
	var assets []string
	for _, name := range x.Assets {
		assets = append(assets, threatmodel.Fold(name))
	}
	slices.Sort(assets)
	return cmp.Or(strings.Join(slices.Compact(assets), ","), threatmodel.Fold(x.Title))
}

// abuseCase makes one abuse case of a group. What it is (category, question, facts that weigh) is the first proposal's, a rule's
// before a model's, so that its id does not hang on a model's wording. Its words are a model's where one found the same and was
// believed: they were written for this document.
func (a *assembler) abuseCase(g []member[proposal.AbuseCase]) ranked {
	g = slices.Clone(g)
	slices.SortStableFunc(g, func(x, y member[proposal.AbuseCase]) int {
		return cmp.Or(cmp.Compare(y.origin, x.origin), cmp.Compare(x.Item.Rule, y.Item.Rule))
	})
	item := &g[0].Item
	words := wordsOf(g)
	cited := leading(citedBy(g), item.Evidence.Sentences)
	c := threatmodel.AbuseCase{
		Title: words.Title, Category: threatmodel.AbuseCategory(item.Category), WhatIf: cmp.Or(words.WhatIf, item.WhatIf), Question: item.Question,
		WhoBenefits: cmp.Or(words.WhoBenefits, item.WhoBenefits), AttackerGain: cmp.Or(words.Gain, item.Gain),
		Consequences: threatmodel.Consequences{Users: cmp.Or(words.Users, item.Users), Business: cmp.Or(words.Business, item.Business),
			Reputation: cmp.Or(words.Reputation, item.Reputation)},
		Tags: threatmodel.Tags{STRIDE: allOf(g, func(x *proposal.AbuseCase) []string { return x.STRIDE }),
			LINDDUN:     allOf(g, func(x *proposal.AbuseCase) []string { return x.LINDDUN }),
			Regulations: allOf(g, func(x *proposal.AbuseCase) []string { return x.Regulations })},
		Absences: absences(g), Requirements: requirements(g),
		Confidence: highest(g, func(x *proposal.AbuseCase) string { return x.Confidence }), Basis: threatmodel.Basis(item.Basis),
		Origin: originOf(g), Rule: item.Rule, Citations: cited, Review: threatmodel.Review{State: threatmodel.StateDraft},
	}
	against := a.link(&c, g)
	w := weigh(item.Factors, c.Confidence, a.assetsOf(c.Assets), against)
	c.Likelihood, c.Severity, c.Priority, c.PriorityReason = w.likelihood, w.severity, w.priority, w.reason
	a.noteDuplicates(g, c.Title)
	doubt := doubtOf(g)
	if doubt != "" {
		c.Confidence = threatmodel.Low
		c.PriorityReason += " A model that read it again says that " + doubt + "."
	}
	return ranked{c, w.score, strings.Join([]string{item.Category, item.Rule, item.Question, subjectOf(item)}, "|"), doubt, c.Priority == threatmodel.High || grave(item)}
}

// wordsOf returns the proposal whose words tell a group's danger: the first of a model's that a judge believed, for they were written
// for this document, or else the first.
func wordsOf(g []member[proposal.AbuseCase]) *proposal.AbuseCase {
	for i := range g {
		if g[i].origin != threatmodel.FromRules && g[i].Item.Confidence != string(threatmodel.Low) {
			return &g[i].Item
		}
	}
	return &g[0].Item
}

// doubtOf returns why a group is not believed: a model refused the rule's finding, and found nothing of the kind itself. Such a
// finding goes to dropped; one of high priority stays for people to decide.
func doubtOf(g []member[proposal.AbuseCase]) string {
	if slices.ContainsFunc(g, func(m member[proposal.AbuseCase]) bool { return m.Item.Doubt == "" }) {
		return ""
	}
	return strings.TrimRight(g[0].Item.Doubt, ". ")
}

// grave reports a finding that would be of high priority by the rules' word alone, whatever a model says of its data.
func grave(x *proposal.AbuseCase) bool {
	var stake []threatmodel.Asset
	if x.Stake != "" {
		stake = []threatmodel.Asset{{Sensitivity: threatmodel.Level(x.Stake)}}
	}
	return weigh(x.Factors, threatmodel.High, stake, nil).priority == threatmodel.High
}

// noteDuplicates lists what was merged under another title, but for what one rule found in several places.
func (a *assembler) noteDuplicates(g []member[proposal.AbuseCase], title string) {
	for i, m := range g {
		if m.Item.Title == title {
			continue
		}
		if i == 0 || m.Item.Rule == "" || m.Item.Rule != g[0].Item.Rule {
			a.draft.Dropped = append(a.draft.Dropped, threatmodel.Dropped{Kind: "abuse_case", Text: m.Item.Title, Reason: threatmodel.Duplicate,
				Detail: "merged into “" + title + "”", Rule: m.Item.Rule, Cited: m.Citations})
		}
	}
}

// link finds the assets, flows, safeguards and steps that an abuse case belongs to: by name, and, but for safeguards, by
// sentences that both cite: what stands beside the weakness need not be against it. Returned are the safeguards that the
// proposals named.
func (a *assembler) link(c *threatmodel.AbuseCase, g []member[proposal.AbuseCase]) (against []threatmodel.Safeguard) {
	if g[0].Item.OfDocument {
		return nil // what happens to stand beside it in the text has nothing to do with it
	}
	near := map[string][]string{} // ids by prefix
	for _, cited := range c.Citations {
		for _, id := range a.bySentence[cited.Sentence] {
			prefix, _, _ := strings.Cut(id, "-")
			if !slices.Contains(near[prefix], id) {
				near[prefix] = append(near[prefix], id)
			}
		}
	}
	c.Assets = a.assetIDs(allOf(g, func(x *proposal.AbuseCase) []string { return x.Assets }))
	if len(c.Assets) == 0 {
		c.Assets = near[threatmodel.AssetID]
	}
	c.DataFlows, c.Steps = near[threatmodel.FlowID], near[threatmodel.StepID]
	named := allOf(g, func(x *proposal.AbuseCase) []string { return x.Safeguards })
	for i, text := range named {
		named[i] = threatmodel.Fold(text)
	}
	for i := range a.draft.Safeguards {
		s := &a.draft.Safeguards[i]
		if slices.ContainsFunc(a.safeguardTexts[i], func(text string) bool { return slices.Contains(named, text) }) {
			against = append(against, *s)
			c.Safeguards = append(c.Safeguards, s.ID)
		}
	}
	return against
}

// assetsOf returns the assets with the ids, in the order of the ids: what a case names first is what it is about.
func (a *assembler) assetsOf(ids []string) []threatmodel.Asset {
	out := make([]threatmodel.Asset, 0, len(ids))
	for _, id := range ids {
		if i := slices.IndexFunc(a.draft.Assets, func(x threatmodel.Asset) bool { return x.ID == id }); i >= 0 {
			out = append(out, a.draft.Assets[i])
		}
	}
	return out
}

// linkSteps gives each step the abuse cases that belong to it.
func (a *assembler) linkSteps() {
	at := make(map[string]*threatmodel.Step, len(a.draft.Journey))
	for i := range a.draft.Journey {
		at[a.draft.Journey[i].ID] = &a.draft.Journey[i]
	}
	for _, c := range a.draft.AbuseCases {
		for _, id := range c.Steps {
			at[id].AbuseCases = append(at[id].AbuseCases, c.ID)
		}
	}
}

// absences unites what a group found missing: one entry for each thing.
func absences(g []member[proposal.AbuseCase]) []threatmodel.Absence {
	var out []threatmodel.Absence
	at := map[string]int{}
	for _, m := range g {
		for _, x := range m.Absences {
			i, ok := at[threatmodel.Fold(x.What)]
			if !ok {
				at[threatmodel.Fold(x.What)] = len(out)
				out = append(out, threatmodel.Absence{What: x.What, Searched: slices.Clone(x.Searched), Hits: x.Hits})
				continue
			}
			for _, s := range x.Searched {
				if !slices.Contains(out[i].Searched, s) {
					out[i].Searched = append(out[i].Searched, s)
				}
			}
			out[i].Hits = unite(out[i].Hits, x.Hits)
		}
	}
	return out
}

// requirements lists a group's requirements, each once.
func requirements(g []member[proposal.AbuseCase]) []threatmodel.Requirement {
	var out []threatmodel.Requirement
	seen := map[string]bool{}
	for _, m := range g {
		for _, r := range m.Item.Requirements {
			if key := threatmodel.Fold(r.Text); r.Text != "" && !seen[key] {
				seen[key] = true
				out = append(out, threatmodel.Requirement{Text: r.Text, Acceptance: r.Acceptance})
			}
		}
	}
	return out
}
