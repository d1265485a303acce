package llm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// A danger is an abuse case on its way through the judgement.
type danger struct {
	item  proposal.AbuseCase
	kin   *proposal.AbuseCase // what the built-in engine found of the same, nil if nothing
	ruled bool                // it is the built-in engine's, and the model never spoke of it
	says  verdict
}

// mostCases is how many dangers a part may have: a long one more than a short one.
func (p *part) mostCases() int { return min(max(p.Tokens/100, 4), 10) }

// askWhatIf is the second pass: what could go wrong in each part, with the facts of the whole document.
func (r *run) askWhatIf(ctx context.Context) {
	known := make([][]fact, len(r.parts))
	each(len(r.parts), func(i int) {
		p := r.parts[i]
		if r.opt.Single {
			p.cases = r.askSmallWhatIf(ctx, p)
			return
		}
		known[i] = append(r.ledger(p), r.safeguardsIn(p)...)
		all, gone := inHalves(ctx, r, p, func(p *part) (*whatIfForm, bool, error) { return r.askPart(ctx, p, known[i]) })
		p.cases = all
		r.failedIn(passWhatIf, gone)
	})
	for i, p := range r.parts {
		for _, s := range p.cases {
			n := len(s.form.Cases)
			if most := 2 * s.part.mostCases(); n > most {
				r.set.Warnings = append(r.set.Warnings, proposal.Warning{Code: "too_many", Sentence: s.part.Sentences[0], Message: fmt.Sprintf(
					"The model listed %d dangers in “%s”, where it may list %d: the first %d were looked at.", n, s.part.Title, most/2, most)})
				n = most
			}
			for j := range s.form.Cases[:n] {
				r.takeCase(s.part, &s.form.Cases[j], known[i])
			}
		}
	}
}

func (r *run) askPart(ctx context.Context, p *part, known []fact) (*whatIfForm, bool, error) {
	d := whatIfData{Mark: p.mark, Known: r.lines(known), Most: p.mostCases()}
	for _, f := range r.facts {
		if !f.standsIn(p) {
			continue
		}
		if f.kind == "asset" || f.kind == "actor" || f.kind == "dependency" {
			d.Named = append(d.Named, r.words.Hide(f.name))
		}
	}
	tail, err := r.opt.Prompts.write("what_if.tmpl", "ask", d)
	if err != nil {
		return nil, false, fmt.Errorf("what_if.tmpl: %w", err)
	}
	return ask(ctx, r, r.query(passWhatIf, "what_if", p, tail), func(f *whatIfForm) error {
		var all [][]int
		for i := range f.Cases {
			all = append(all, f.Cases[i].S)
		}
		return p.fitting(all)
	})
}

// takeCase puts a danger among the cases, with the sentences that it stands on: those it points to, the one that its anchor was
// copied from first, then those of the facts it names.
func (r *run) takeCase(p *part, f *caseForm, known []fact) {
	withhold := func(reason threatmodel.DropReason, detail string, nums []int) {
		r.set.Withheld = append(r.set.Withheld, proposal.Withheld{Kind: "abuse_case", Text: f.Title, Reason: string(reason), Detail: detail,
			Evidence: proposal.Evidence{Sentences: nums}})
	}
	nums, strange := p.global(f.S)
	at, ok := r.anchored(p, f.Anchor, nums)
	if ok {
		nums = append([]int{at}, slices.DeleteFunc(nums, func(n int) bool { return n == at })...)
	}
	seen := r.seen(nums)
	switch {
	case len(reading.Words(f.Anchor)) > 0 && !ok:
		withhold(threatmodel.QuoteNotFound, fmt.Sprintf("the words that it quotes stand nowhere in the part it was read in: “%s”", f.Anchor), nums)
		return
	case len(nums) > 0 && (len(seen) == 0 || ok && seen[0] != at):
		withhold(threatmodel.Unsupported, r.isHidden(nums[0]), nums)
		return
	case len(nums) == 0 && strange > 0:
		withhold(threatmodel.NoSuchSentence, fmt.Sprintf("the model points to line %d of a part with %d lines", f.S[0], len(p.Sentences)), nil)
		return
	case len(nums) == 0:
		withhold(threatmodel.Unsupported, "the model points to no line", nil)
		return
	}
	nums = seen
	own := len(nums)
	for _, k := range f.K {
		if k >= 1 && k <= len(known) && len(nums) < maxEvidence {
			if num := known[k-1].sentences[0]; !slices.Contains(nums, num) {
				nums = append(nums, num)
			}
		}
	}
	r.cases = append(r.cases, &danger{item: r.abuseCase(f, nums, own, known)})
}

// anchored returns the sentence that an anchor was copied from: one of nums, or else one of the part.
func (r *run) anchored(p *part, anchor string, nums []int) (int, bool) {
	words := reading.Words(anchor)
	if len(words) == 0 {
		return 0, false
	}
	for _, list := range [][]int{nums, p.Sentences} {
		for _, num := range list {
			if r.holds(num, words) {
				return num, true
			}
		}
	}
	return 0, false
}

// abuseCase makes a proposal of a danger. Of its evidence, the first own sentences are those of its part.
func (r *run) abuseCase(f *caseForm, nums []int, own int, known []fact) proposal.AbuseCase {
	k := r.opt.Prompts.kinds[f.Category]
	a := proposal.AbuseCase{Title: strings.TrimRight(f.Title, ". "), Category: f.Category, WhatIf: capital(f.WhatIf), Question: f.Question, WhoBenefits: capital(f.WhoBenefits),
		Gain: capital(f.Gain), Users: capital(f.Users), Business: capital(f.Business), Reputation: capital(f.Reputation), Assets: f.Assets,
		Factors: proposal.Factors{Reach: f.Reach, Needs: f.Needs, Scale: f.Scale, Undo: f.Undo, Harm: f.Harm},
		STRIDE:  k.STRIDE, LINDDUN: k.LINDDUN, Confidence: string(threatmodel.Low), Evidence: proposal.Evidence{Sentences: nums}}
	if r.fw.Question(a.Question) == nil {
		a.Question = k.Question
	}
	if r.speaks(f.About, nums[:own]) {
		a.Subject = f.About
	}
	for _, m := range f.Missing {
		if len(m.Search) > 0 && m.What != "" {
			a.Silences = append(a.Silences, proposal.Silence{What: m.What, Searched: m.Search})
		}
	}
	for _, k := range f.InPlace {
		if k >= 1 && k <= len(known) && known[k-1].kind == "safeguard" {
			a.Safeguards = append(a.Safeguards, known[k-1].name)
		}
	}
	if f.Requirement != "" {
		q := proposal.Requirement{Text: f.Requirement}
		if f.Acceptance != "" {
			q.Acceptance = []string{f.Acceptance}
		}
		a.Requirements = []proposal.Requirement{q}
	}
	return a
}
