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

// A fact is something that is known of the document, as it is told in a later request.
type fact struct {
	kind      string // asset, actor, dependency, flow, safeguard, step
	name      string
	text      string // a line for people and models
	sentences []int
	noticed   bool            // by the built-in engine alone
	weight    int             // of the fact as such: 0 to 3
	stems     map[string]bool // what its name speaks of; only of a fact in run.facts
}

func (f *fact) key() string { return f.kind + " " + threatmodel.Fold(f.name) }

// readFacts is the first pass: what each part says. Where the built-in engine noticed something that the model did not, or when
// asked to, each part is looked at again.
func (r *run) readFacts(ctx context.Context) {
	each(len(r.parts), func(i int) {
		p := r.parts[i]
		if r.opt.Single {
			r.readSmall(ctx, p)
			return
		}
		all, gone := inHalves(ctx, r, p, func(p *part) (*factsForm, bool, error) { return r.readPart(ctx, p) })
		p.facts = all
		if !r.failedIn(passFacts, gone) {
			r.lookAgain(ctx, p)
		}
	})
	for _, p := range r.parts {
		for _, s := range p.facts {
			r.take(s.part, s.form)
		}
	}
	r.alias()
	r.weighNoticed()
	r.weighShared()
	r.gatherFacts()
}

func (r *run) readPart(ctx context.Context, p *part) (*factsForm, bool, error) {
	tail, err := r.opt.Prompts.write("facts.tmpl", "ask", factsData{p.mark})
	if err != nil {
		return nil, false, fmt.Errorf("facts.tmpl: %w", err)
	}
	return ask(ctx, r, r.query(passFacts, "facts", p, tail), func(f *factsForm) error { return p.fitting(f.pointed()) })
}

// pointed lists the line numbers of all items.
func (f *factsForm) pointed() [][]int {
	var all [][]int
	for i := range f.Assets {
		all = append(all, f.Assets[i].S)
	}
	for i := range f.Actors {
		all = append(all, f.Actors[i].S)
	}
	for i := range f.Dependencies {
		all = append(all, f.Dependencies[i].S)
	}
	for i := range f.Flows {
		all = append(all, f.Flows[i].S)
	}
	for i := range f.Safeguards {
		all = append(all, f.Safeguards[i].S)
	}
	for i := range f.Steps {
		all = append(all, f.Steps[i].S)
	}
	for i := range f.Answers {
		all = append(all, f.Answers[i].S)
	}
	return all
}

// take puts what the model read in a part among its proposals.
func (r *run) take(p *part, f *factsForm) {
	for _, x := range f.Assets {
		if ev, ok := r.evidence(p, "asset", x.Name, x.S, x.Name); ok {
			r.set.Assets = append(r.set.Assets, proposal.Asset{Name: x.Name, Category: x.Category, Sensitivity: x.Sensitivity, States: x.States,
				Confidence: "medium", Evidence: ev})
		}
	}
	for _, x := range f.Actors {
		if ev, ok := r.evidence(p, "actor", x.Name, x.S, x.Name); ok {
			a := proposal.Actor{Name: x.Name, Kind: x.Kind, Confidence: "medium", Evidence: ev}
			for _, may := range x.May {
				a.Privileges = append(a.Privileges, proposal.Privilege{Text: may, Evidence: ev})
			}
			r.set.Actors = append(r.set.Actors, a)
		}
	}
	for _, x := range f.Dependencies {
		if ev, ok := r.evidence(p, "dependency", x.Name, x.S, x.Name); ok {
			r.set.Dependencies = append(r.set.Dependencies, proposal.Dependency{Name: x.Name, Kind: x.Kind, Role: x.Role, IfItFails: x.Fails,
				IfCompromised: x.Caught, Confidence: "medium", Evidence: ev})
		}
	}
	for _, x := range f.Flows {
		name := x.From + " " + cmp.Or(x.Action, "sends") + " " + strings.Join(x.Data, ", ") + " to " + x.To
		if ev, ok := r.evidence(p, "data_flow", name, x.S, strings.Join(x.Data, " ")); ok {
			r.set.Flows = append(r.set.Flows, proposal.Flow{Source: x.From, Destination: x.To, Action: cmp.Or(x.Action, "sends"), Data: x.Data,
				CrossesBoundary: x.Outside, Confidence: "medium", Evidence: ev})
		}
	}
	for _, x := range f.Safeguards {
		if ev, ok := r.evidence(p, "safeguard", x.Text, x.S, x.Text); ok {
			r.set.Safeguards = append(r.set.Safeguards, proposal.Safeguard{Text: strings.TrimRight(x.Text, ". "), Protects: x.Protects, Confidence: "medium", Evidence: ev})
		}
	}
	for _, x := range f.Steps {
		if ev, ok := r.evidence(p, "step", x.Text, x.S, x.Text); ok {
			r.set.Steps = append(r.set.Steps, proposal.Step{Journey: r.doc.SectionOf(ev.Sentences[0]).Title, Actor: x.Actor, Text: x.Text, Evidence: ev})
		}
	}
	for _, x := range f.Answers {
		r.answer(p, &x)
	}
}

// evidence returns what an item stands on. An item without any is withheld.
func (r *run) evidence(p *part, kind, name string, s []int, words string) (proposal.Evidence, bool) {
	ev, reason, why := r.stands(p, s, words)
	if reason != "" {
		r.set.Withheld = append(r.set.Withheld, proposal.Withheld{Kind: kind, Text: name, Reason: string(reason), Detail: why})
	}
	return ev, reason == ""
}

// gatherFacts lists what both engines know, each thing once, in the order of the document.
func (r *run) gatherFacts() {
	at := map[string]int{}
	add := func(f fact) {
		f.text = strings.Join(strings.Fields(f.text), " ")
		i, ok := at[f.key()]
		if !ok {
			at[f.key()] = len(r.facts)
			r.facts = append(r.facts, f)
			return
		}
		old := &r.facts[i]
		old.noticed = old.noticed && f.noticed
		old.weight = max(old.weight, f.weight)
		for _, num := range f.sentences {
			if !slices.Contains(old.sentences, num) {
				old.sentences = append(old.sentences, num)
			}
		}
	}
	safe := map[int]bool{}       // sentences that state a safeguard by the model's word: the built-in engine's is the same in other words
	aliased := map[string]bool{} // what the model has another name for
	for _, p := range r.parts {
		for _, c := range p.same {
			aliased[c.kind+" "+threatmodel.Fold(c.rules)] = true
		}
	}
	for _, f := range listFacts(r.set, false) {
		add(f)
		if f.kind == "safeguard" {
			safe[f.sentences[0]] = true
		}
	}
	if r.rules != nil {
		for _, f := range listFacts(r.rules, true) {
			if !aliased[f.key()] && (f.kind != "safeguard" || !safe[f.sentences[0]]) {
				add(f)
			}
		}
	}
	for i := range r.facts {
		slices.Sort(r.facts[i].sentences)
		r.facts[i].stems = meaning(r.facts[i].name)
	}
	slices.SortStableFunc(r.facts, func(x, y fact) int {
		return cmp.Or(cmp.Compare(x.sentences[0], y.sentences[0]), cmp.Compare(x.kind, y.kind), cmp.Compare(x.name, y.name))
	})
}

// listFacts lists the facts of a set.
func listFacts(set *proposal.Set, noticed bool) []fact {
	var all []fact
	add := func(kind, name, text string, weight int, ev proposal.Evidence) {
		if len(ev.Sentences) > 0 && name != "" {
			all = append(all, fact{kind: kind, name: name, text: text, sentences: slices.Clone(ev.Sentences), noticed: noticed, weight: weight})
		}
	}
	for _, x := range set.Assets {
		add("asset", x.Name, fmt.Sprintf("asset: %s (%s, %s)", x.Name, cmp.Or(x.Category, "other"), cmp.Or(x.Sensitivity, "medium")),
			threatmodel.Level(x.Sensitivity).Rank()-1, x.Evidence)
	}
	for _, x := range set.Actors {
		text := fmt.Sprintf("actor: %s (%s)", x.Name, cmp.Or(x.Kind, "user"))
		for i, may := range x.Privileges[:min(len(x.Privileges), 3)] {
			text += [...]string{"; may ", ", ", ", "}[i] + may.Text
		}
		add("actor", x.Name, text, 1, x.Evidence)
	}
	for _, x := range set.Dependencies {
		text := fmt.Sprintf("dependency: %s (%s)", x.Name, cmp.Or(x.Kind, "vendor"))
		if x.Role != "" {
			text += ": " + x.Role
		}
		add("dependency", x.Name, text, 1, x.Evidence)
	}
	for _, x := range set.Flows {
		if len(x.Data) > 0 {
			name, text := tellFlow(&x)
			add("flow", name, "flow: "+text, 0, x.Evidence)
		}
	}
	for _, x := range set.Safeguards {
		add("safeguard", x.Text, "safeguard: "+x.Text, 2, x.Evidence)
	}
	for _, x := range set.Steps {
		add("step", x.Actor+" "+x.Text, strings.TrimSpace(x.Actor+" "+x.Text), 0, x.Evidence)
	}
	return all
}

// tellFlow returns what a flow goes by, and a line that tells it.
func tellFlow(x *proposal.Flow) (name, text string) {
	data := strings.Join(x.Data, ", ")
	return x.Source + " " + x.Destination + " " + data, fmt.Sprintf("%s %s %s to %s", x.Source, x.Action, data, x.Destination)
}
