package llm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

const (
	maxNoticed = 30  // facts of the built-in engine that are shown at once
	mostSecond = 500 // tokens of what is shown in a second look, besides the room for what is known of other parts
	worthMore  = 3   // what a second look must find for a third one to pay
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
				if n.Same != "" && !r.steered { // else it could put one thing behind another
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
	room := min(r.fit.ledger+mostSecond, r.fit.room-p.Tokens)
	add := func(list *[]string, text string) {
		if room -= r.opt.Count(text) + 5; room >= 0 {
			*list = append(*list, text)
		}
	}
	for _, f := range noticed {
		add(&d.Noticed, r.words.Hide(f.short()))
	}
	for _, f := range known {
		add(&d.Known, r.words.Hide(f.text))
	}
	tail, err := r.opt.Prompts.write("again.tmpl", "ask", d)
	if err != nil {
		return nil, err
	}
	form, _, err := ask(ctx, r, r.query(passAgain, "again", p, tail), func(f *againForm) error { return p.fitting(f.facts().pointed()) })
	return form, err
}

// short tells a fact without what may come from other parts, and change with them.
func (f *fact) short() string {
	text := f.kind + ": " + f.name
	switch f.kind {
	case "flow":
		text = f.text
	case "step":
		text = "step: " + f.text
	}
	return strings.Join(strings.Fields(text), " ")
}

// A called is a thing that the model has one name for and the built-in engine another.
type called struct{ kind, model, rules string }

// alias gives what the model found the built-in engine's name for it besides, so that both become one.
func (r *run) alias() {
	for _, p := range r.parts {
		for _, c := range p.same {
			name := threatmodel.Fold(c.model)
			add := func(called string, aliases *[]string) {
				if threatmodel.Fold(called) == name && !slices.Contains(*aliases, c.rules) {
					*aliases = append(*aliases, c.rules)
				}
			}
			switch c.kind {
			case "asset":
				for i := range r.set.Assets {
					add(r.set.Assets[i].Name, &r.set.Assets[i].Aliases)
				}
			case "actor":
				for i := range r.set.Actors {
					add(r.set.Actors[i].Name, &r.set.Actors[i].Aliases)
				}
			case "dependency":
				for i := range r.set.Dependencies {
					add(r.set.Dependencies[i].Name, &r.set.Dependencies[i].Aliases)
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
	told := map[string]bool{} // safeguards, flows and steps by their sentences: two engines word them in two ways
	at := func(f *fact) string { return fmt.Sprint(f.kind, f.sentences[0]) }
	for i := range known {
		has[known[i].key()] = true
		told[at(&known[i])] = true
	}
	var noticed []fact
	for _, f := range r.ruled {
		if !f.standsIn(p) || has[f.key()] {
			continue
		}
		if c, ok := covered(f, known); ok {
			has[f.key()] = true
			p.same = append(p.same, c)
			continue
		}
		worded := f.kind == "safeguard" || f.kind == "flow" || f.kind == "step"
		if worded && told[at(&f)] {
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
	if f.kind != "asset" && f.kind != "dependency" {
		return called{}, false
	}
	said := meaning(f.name)
	var longer []string
	for _, k := range known {
		if k.kind == f.kind && slices.ContainsFunc(k.sentences, func(num int) bool { return slices.Contains(f.sentences, num) }) &&
			len(said) > 0 && shared(said, meaning(k.name)) == len(said) {
			longer = append(longer, k.name)
		}
	}
	if len(longer) != 1 {
		return called{}, false
	}
	return called{f.kind, longer[0], f.name}, true
}

// weighNoticed decides about the facts that only the built-in engine noticed: what the model called wrong wherever it was asked is
// withheld, with that as its reason. Where the document speaks to its reader's tools, the model's word takes nothing out.
func (r *run) weighNoticed() {
	if r.rules == nil || r.steered {
		return
	}
	right, wrong := map[string]bool{}, map[string]bool{}
	for _, f := range listFacts(r.set, false) { // what it read itself in another part it does not call wrong
		right[f.key()] = true
	}
	for _, p := range r.parts {
		for _, k := range p.right {
			right[k] = true
		}
		for _, c := range p.same {
			right[(&fact{kind: c.kind, name: c.rules}).key()] = true
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
		if kind == "flow" {
			kind = "data_flow"
		}
		r.rules.Withheld = append(r.rules.Withheld, proposal.Withheld{Kind: kind, Text: text, Reason: string(threatmodel.Unsupported),
			Detail: "the built-in engine noticed it; the model, asked about the sentences, says that they do not make it one", Evidence: ev})
		return true
	}
	r.rules.Assets = slices.DeleteFunc(r.rules.Assets, func(x proposal.Asset) bool {
		return refused("asset", x.Name, x.Name, x.Evidence)
	})
	r.rules.Actors = slices.DeleteFunc(r.rules.Actors, func(x proposal.Actor) bool { return refused("actor", x.Name, x.Name, x.Evidence) })
	r.rules.Dependencies = slices.DeleteFunc(r.rules.Dependencies, func(x proposal.Dependency) bool { return refused("dependency", x.Name, x.Name, x.Evidence) })
	r.rules.Flows = slices.DeleteFunc(r.rules.Flows, func(x proposal.Flow) bool {
		name, text := tellFlow(&x)
		return refused("flow", name, text, x.Evidence)
	})
	r.rules.Steps = slices.DeleteFunc(r.rules.Steps, func(x proposal.Step) bool {
		return refused("step", x.Actor+" "+x.Text, strings.TrimSpace(x.Actor+" "+x.Text), x.Evidence)
	})
	r.rules.Safeguards = slices.DeleteFunc(r.rules.Safeguards, func(x proposal.Safeguard) bool { return refused("safeguard", x.Text, x.Text, x.Evidence) })
}

// weighShared takes the model's word for what kind of thing an asset of both engines is and how sensitive: it read what is done with
// it. Where the document speaks to its reader's tools, the higher of both stands.
func (r *run) weighShared() {
	if r.rules == nil || r.steered {
		return
	}
	mine := map[string]*proposal.Asset{}
	for i := range r.set.Assets {
		x := &r.set.Assets[i]
		for _, name := range append([]string{x.Name}, x.Aliases...) {
			if key := threatmodel.Fold(name); mine[key] == nil || threatmodel.Level(x.Sensitivity).Rank() > threatmodel.Level(mine[key].Sensitivity).Rank() {
				mine[key] = x
			}
		}
	}
	for i := range r.rules.Assets {
		x := &r.rules.Assets[i]
		if m := mine[threatmodel.Fold(x.Name)]; m != nil {
			x.Category, x.Sensitivity = cmp.Or(m.Category, x.Category), cmp.Or(m.Sensitivity, x.Sensitivity)
		}
	}
}
