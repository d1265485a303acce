package llm

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// A verdict is what the judge said of a danger.
type verdict struct {
	given    bool // and it counts
	carried  string
	says     string
	title    string // a plainer one
	answered *fact  // the safeguard that takes care of it
	same     *danger
}

const (
	mostClaims     = 6 // of one judgement, besides the controls
	mostSafeguards = 10
	leastNear      = 0.1 // share of words from which dangers are put next to each other
	leastTitle     = 2   // words that a plainer title has in common with the one it replaces
)

// A claim is one of a judgement: a danger, or a control.
type claim struct {
	claimData
	danger *danger // nil: a control
	sound  bool    // of a control
}

// judge is the third pass: every danger is held to its sentences by somebody who sees nothing else of the draft. The built-in
// engine's findings that the model never spoke of are judged too.
func (r *run) judge(ctx context.Context) {
	r.pair()
	r.cases = slices.DeleteFunc(r.cases, func(d *danger) bool { return len(d.item.Evidence.Sentences) == 0 })
	slices.SortStableFunc(r.cases, func(x, y *danger) int {
		return cmp.Compare(x.item.Evidence.Sentences[0], y.item.Evidence.Sentences[0])
	})
	if !r.opt.NoJudge {
		size := mostClaims
		if r.opt.Single {
			size = 1
		}
		batches := slices.Collect(slices.Chunk(together(r.cases), size))
		sound := make([]bool, len(batches))
		each(len(batches), func(i int) { sound[i] = r.judgeBatch(ctx, batches[i]) })
		if fooled := len(batches) - len(slices.DeleteFunc(sound, func(ok bool) bool { return !ok })); fooled > 0 {
			r.set.Warnings = append(r.set.Warnings, proposal.Warning{Code: "judge_unreliable", Message: fmt.Sprintf(
				"In %d of %d judgements the model got a claim wrong whose verdict is known, so its verdicts there do not count.", fooled, len(batches))})
		}
	}
	for _, d := range r.cases { // all before any is settled: that copies it into the set
		if v := &d.says; v.given && v.same != nil && v.carried != "no" && v.same.says.carried != "no" {
			r.unite(d, v.same)
		}
	}
	for _, d := range r.cases {
		r.settle(d)
	}
}

// together puts dangers that speak of the same things next to each other, so that they are judged at once and seen to be one.
// From the first on, the next is the one most alike to the last, or else the first in the document that is left.
func together(cases []*danger) []*danger {
	left := slices.Clone(cases)
	said := map[*danger]map[string]bool{}
	for _, d := range left {
		said[d] = wordsOf(&d.item)
	}
	ordered := make([]*danger, 0, len(left))
	for len(left) > 0 {
		next, best := 0, 0.0
		if n := len(ordered); n > 0 {
			for i, d := range left {
				if a := alike(said[ordered[n-1]], said[d]); a > best && a >= leastNear {
					next, best = i, a
				}
			}
		}
		ordered = append(ordered, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return ordered
}

// judgeBatch has a few dangers judged, with a sound and an unsound claim among them whose verdicts are known. It reports false if
// the model got one of those wrong: then none of its verdicts is taken.
func (r *run) judgeBatch(ctx context.Context, batch []*danger) bool {
	q := query{pass: passJudge, name: r.doc.SectionOf(batch[0].item.Evidence.Sentences[0]).Title, form: "judge", first: batch[0].item.Evidence.Sentences[0]}
	claims := r.claims(batch)
	known := r.safeguardsFor(batch)
	mark := r.newMark()
	d := judgeData{Mark: mark, Known: r.lines(known)}
	for _, c := range claims {
		d.Cases = append(d.Cases, c.claimData)
	}
	var err error
	if q.user, err = r.opt.Prompts.write("judge.tmpl", "ask", d); err != nil {
		r.failed(q, err)
		return true
	}
	q.marks = []string{mark}
	form, _, err := ask(ctx, r, q, func(f *judgeForm) error {
		if n := len(byClaim(f, claims)); n*2 < len(claims) {
			return fmt.Errorf("there are %d claims, and %d verdicts with their numbers", len(claims), n)
		}
		return nil
	})
	if err != nil {
		r.failed(q, err)
		return true
	}
	verdicts := byClaim(form, claims)
	for i, c := range claims {
		if v := verdicts[i+1]; c.danger == nil && (v == nil || (v.Carried == "no") == c.sound) {
			return false
		}
	}
	for i, c := range claims {
		if v := verdicts[i+1]; c.danger != nil && v != nil {
			c.danger.says = r.verdict(c.danger, v, claims, known)
		}
	}
	return true
}

// byClaim returns the verdicts by the claims' numbers; the first one of a claim counts.
func byClaim(f *judgeForm, claims []claim) map[int]*verdictForm {
	out := map[int]*verdictForm{}
	for i := range f.Verdicts {
		v := &f.Verdicts[i]
		if v.Claim >= 1 && v.Claim <= len(claims) && v.Carried != "" && out[v.Claim] == nil {
			out[v.Claim] = v
		}
	}
	return out
}

// claims writes a batch as claims, with the controls at places that follow from the claims themselves: equal batches give equal
// requests, and nobody who writes a document knows where they stand.
func (r *run) claims(batch []*danger) []claim {
	hash := fnv.New64a()
	var claims []claim
	for _, d := range batch {
		c := claim{danger: d, claimData: claimData{Title: r.words.Hide(sentence(d.item.Title)), WhatIf: r.words.Hide(d.item.WhatIf),
			Sentences: r.sentences(d.item.Evidence.Sentences[:min(len(d.item.Evidence.Sentences), maxEvidence+1)])}}
		fmt.Fprint(hash, c.claimData)
		claims = append(claims, c)
	}
	pick := int(hash.Sum64() >> 16)
	for i, pool := range [][]control{r.opt.Prompts.controls.Sound, r.opt.Prompts.controls.Unsound} {
		c := pool[pick%len(pool)]
		pick /= len(pool)
		at := pick % (len(claims) + 1)
		pick /= len(claims) + 1
		claims = slices.Insert(claims, at, claim{sound: i == 0, claimData: claimData(c)})
	}
	return claims
}

// safeguardsFor chooses the safeguards that may answer a batch: those that speak of the same things.
func (r *run) safeguardsFor(batch []*danger) []fact {
	about := map[string]bool{}
	for _, d := range batch {
		for stem := range meaning(d.item.Title + " " + d.item.WhatIf + " " + strings.Join(d.item.Assets, " ")) {
			about[stem] = true
		}
		for stem := range r.meaningOf(d.item.Evidence.Sentences) {
			about[stem] = true
		}
	}
	type scored struct {
		fact
		score int
	}
	var all []scored
	for _, f := range r.facts {
		if n := shared(f.stems, about); f.kind == "safeguard" && n > 0 {
			all = append(all, scored{f, n})
		}
	}
	slices.SortStableFunc(all, func(x, y scored) int { return cmp.Compare(y.score, x.score) })
	all = all[:min(len(all), mostSafeguards)]
	slices.SortStableFunc(all, func(x, y scored) int { return cmp.Compare(x.sentences[0], y.sentences[0]) })
	facts := make([]fact, len(all))
	for i := range all {
		facts[i] = all[i].fact
	}
	return facts
}

// verdict reads what the judge says of a danger. A safeguard that does not speak of anything the danger speaks of answers nothing, nor
// does one that the document does not promise.
func (r *run) verdict(d *danger, v *verdictForm, claims []claim, known []fact) verdict {
	out := verdict{given: true, carried: v.Carried, says: v.Says}
	if !v.Plain {
		out.title = v.Title
	}
	about := r.meaningOf(d.item.Evidence.Sentences)
	for stem := range meaning(d.item.Title + " " + d.item.WhatIf + " " + strings.Join(d.item.Assets, " ")) {
		about[stem] = true
	}
	for _, k := range v.Answered {
		if k >= 1 && k <= len(known) && out.answered == nil && shared(known[k-1].stems, about) > 0 && r.promised(&known[k-1]) {
			out.answered = &known[k-1]
		}
	}
	if n := v.SameAs; n >= 1 && n <= len(claims) && claims[n-1].danger != nil && claims[n-1].danger != d {
		out.same = claims[n-1].danger
	}
	return out
}

// promised reports whether the sentences of a safeguard say so, for now and not of something left out. The built-in engine read that
// there; a model may have made it up, and ground has not looked at it yet.
func (r *run) promised(f *fact) bool {
	denies := reading.StanceOf(f.name).Negated
	return f.noticed || r.speaks(f.name, slices.DeleteFunc(slices.Clone(f.sentences), func(num int) bool {
		s := r.text.Sentences[num-1].Stance
		return s.OutOfScope || s.Planned || s.Open || s.Negated && !denies
	}))
}

// settle does what the verdict on a danger says. A danger of the model that its sentences do not carry, or that is answered, is
// withheld with the judge's reason. A finding of the built-in engine is only doubted: what becomes of it is decided where its
// priority is known.
func (r *run) settle(d *danger) {
	v := &d.says
	reason, detail := threatmodel.DropReason(""), ""
	switch {
	case !v.given:
	case v.carried == "no":
		reason, detail = threatmodel.Unsupported, "its sentences alone do not carry it"
		if v.says != "" {
			detail += "; they say: " + v.says
		}
	case v.answered != nil:
		reason, detail = threatmodel.Safeguarded, "it is answered by: "+v.answered.name
	}
	if reason != "" && d.ruled && !r.steered { // one that was paired was not judged itself
		d.kin.Doubt = detail
	}
	switch {
	case d.ruled:
		return // it is among the built-in engine's
	case reason != "":
		ev := d.item.Evidence
		if v.answered != nil && reason == threatmodel.Safeguarded {
			ev = proposal.Evidence{Sentences: v.answered.sentences}
		}
		r.set.Withheld = append(r.set.Withheld, proposal.Withheld{Kind: "abuse_case", Text: d.item.Title, Reason: string(reason), Detail: "read again: " + detail, Evidence: ev})
		return
	case v.given && v.carried == "yes":
		d.item.Confidence = string(threatmodel.High)
	case v.given:
		d.item.Confidence = string(threatmodel.Medium)
	}
	if v.title != "" && shared(meaning(v.title), wordsOf(&d.item)) >= leastTitle { // plainer words for the same, not other ones
		d.item.Title = strings.TrimRight(v.title, ". ")
	}
	r.set.AbuseCases = append(r.set.AbuseCases, d.item)
}
