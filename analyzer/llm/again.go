package llm

import (
	"context"
	"slices"
	"strings"

	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

const (
	maxNoticed = 20 // facts of the built-in engine that are shown at once
	worthMore  = 3  // what a second look must find for a third one to pay
)

// lookAgain shows the model what it found in a part and what the built-in engine noticed there besides, and asks for what both
// missed. A look that fails costs nothing but itself, and the draft says that it is missing.
func (r *run) lookAgain(ctx context.Context, p *part) {
	looks := 0
	if r.opt.Glean {
		looks = 2
	}
	for look := 0; ; look++ {
		known := r.readIn(p)
		var noticed []fact
		if look == 0 {
			noticed = r.noticedIn(p, known)
		}
		if ctx.Err() != nil || look >= looks && len(noticed) == 0 {
			return
		}
		form, err := r.askAgain(ctx, p, known, noticed)
		if err != nil {
			r.failed(query{pass: passAgain, name: p.Title, first: p.Sentences[0]}, err)
			return
		}
		for _, n := range form.Noticed {
			switch {
			case n.R < 1 || n.R > len(noticed):
			case n.Right:
				p.right = append(p.right, noticed[n.R-1].key())
				if n.Same != "" {
					p.same = append(p.same, called{noticed[n.R-1].kind, n.Same, noticed[n.R-1].name})
				}
			default:
				p.wrong = append(p.wrong, noticed[n.R-1].key())
			}
		}
		more := form.facts()
		p.facts = append(p.facts, said[factsForm]{part: p, form: more})
		if len(more.pointed()) < worthMore {
			return
		}
	}
}

func (r *run) askAgain(ctx context.Context, p *part, known, noticed []fact) (*againForm, error) {
	d := againData{Mark: p.mark}
	for _, f := range known {
		d.Known = append(d.Known, r.words.Hide(f.text))
	}
	for _, f := range noticed { // no more than kind and name: the rest may come from other parts, and change with them
		d.Noticed = append(d.Noticed, r.words.Hide(f.kind+": "+strings.Join(strings.Fields(f.name), " ")))
	}
	tail, err := r.opt.Prompts.write("again.tmpl", "ask", d)
	if err != nil {
		return nil, err
	}
	form, _, err := ask(ctx, r, r.query(passAgain, "again", p, tail), func(f *againForm) error { return p.fitting(f.facts().pointed()) })
	return form, err
}

// A called is a thing that the model has one name for and the built-in engine another.
type called struct{ kind, model, rules string }

// alias gives what the model found the built-in engine's name for it besides, so that both become one.
func (r *run) alias() {
	for _, p := range r.parts {
		for _, c := range p.same {
			name, also := threatmodel.Fold(c.model), c.rules
			switch c.kind {
			case "asset":
				for i := range r.set.Assets {
					if x := &r.set.Assets[i]; threatmodel.Fold(x.Name) == name && !slices.Contains(x.Aliases, also) {
						x.Aliases = append(x.Aliases, also)
					}
				}
			case "actor":
				for i := range r.set.Actors {
					if x := &r.set.Actors[i]; threatmodel.Fold(x.Name) == name && !slices.Contains(x.Aliases, also) {
						x.Aliases = append(x.Aliases, also)
					}
				}
			case "dependency":
				for i := range r.set.Dependencies {
					if x := &r.set.Dependencies[i]; threatmodel.Fold(x.Name) == name && !slices.Contains(x.Aliases, also) {
						x.Aliases = append(x.Aliases, also)
					}
				}
			}
		}
	}
}

// readIn lists what the model found in a part so far.
func (r *run) readIn(p *part) []fact {
	one := &run{opt: r.opt, text: r.text, doc: r.doc, words: r.words, set: &proposal.Set{}}
	for _, s := range p.facts {
		one.take(s.part, s.form)
	}
	one.gatherFacts()
	return one.facts
}

// noticedIn lists what the built-in engine found in a part and the model did not.
func (r *run) noticedIn(p *part, known []fact) []fact {
	if r.rules == nil {
		return nil
	}
	has := map[string]bool{}
	safe := map[int]bool{} // sentences that state a safeguard: two engines word it in two ways
	for i := range known {
		has[known[i].key()] = true
		if known[i].kind == "safeguard" {
			for _, num := range known[i].sentences {
				safe[num] = true
			}
		}
	}
	var noticed []fact
	for _, f := range listFacts(r.rules, true) {
		here := slices.ContainsFunc(f.sentences, func(num int) bool { return slices.Contains(p.Sentences, num) })
		if c, ok := covered(f, known); ok && here && !has[f.key()] {
			has[f.key()] = true
			p.same = append(p.same, c)
			continue
		}
		if !here || has[f.key()] || f.kind == "flow" || f.kind == "step" || f.kind == "safeguard" && safe[f.sentences[0]] {
			continue
		}
		if has[f.key()] = true; len(noticed) < maxNoticed {
			noticed = append(noticed, f)
		}
	}
	return noticed
}

// covered finds what the model calls by a longer name: a "code" of the built-in engine where there is but one "8-digit code".
func covered(f fact, known []fact) (called, bool) {
	said := meaning(f.name)
	var longer []string
	for _, k := range known {
		if k.kind == f.kind && (f.kind == "asset" || f.kind == "dependency") && len(said) > 0 && shared(said, meaning(k.name)) == len(said) &&
			slices.ContainsFunc(k.sentences, func(num int) bool { return slices.Contains(f.sentences, num) }) {
			longer = append(longer, k.name)
		}
	}
	if len(longer) != 1 {
		return called{}, false
	}
	return called{f.kind, longer[0], f.name}, true
}

// weighNoticed decides about the facts that only the built-in engine noticed: what the model called wrong wherever it was asked is
// withheld, with that as its reason. Where the document speaks to its reader's tools the model's word takes nothing out, and what
// would hurt most if it got out stays, doubted.
func (r *run) weighNoticed() {
	if r.rules == nil || r.steered {
		return
	}
	right, wrong := map[string]bool{}, map[string]bool{}
	for _, p := range r.parts {
		for _, k := range p.right {
			right[k] = true
		}
		for _, k := range p.wrong {
			wrong[k] = true
		}
	}
	refused := func(kind, name, text string, ev proposal.Evidence) bool {
		f := fact{kind: kind, name: name}
		if !wrong[f.key()] || right[f.key()] {
			return false
		}
		r.rules.Withheld = append(r.rules.Withheld, proposal.Withheld{Kind: kind, Text: text, Reason: string(threatmodel.Unsupported),
			Detail: "the built-in engine noticed it; the model, asked about the sentences, says that they do not make it one", Evidence: ev})
		return true
	}
	r.rules.Assets = slices.DeleteFunc(r.rules.Assets, func(x proposal.Asset) bool {
		return x.Sensitivity != string(threatmodel.High) && refused("asset", x.Name, x.Name, x.Evidence)
	})
	for i := range r.rules.Assets {
		if f := (fact{kind: "asset", name: r.rules.Assets[i].Name}); wrong[f.key()] && !right[f.key()] {
			r.rules.Assets[i].Confidence = string(threatmodel.Low)
		}
	}
	r.rules.Actors = slices.DeleteFunc(r.rules.Actors, func(x proposal.Actor) bool { return refused("actor", x.Name, x.Name, x.Evidence) })
	r.rules.Dependencies = slices.DeleteFunc(r.rules.Dependencies, func(x proposal.Dependency) bool { return refused("dependency", x.Name, x.Name, x.Evidence) })
	r.rules.Safeguards = slices.DeleteFunc(r.rules.Safeguards, func(x proposal.Safeguard) bool { return refused("safeguard", x.Text, x.Text, x.Evidence) })
}
