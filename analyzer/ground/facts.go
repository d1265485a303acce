package ground

import (
	"fmt"
	"strings"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// assets checks every asset: its name must stand in what it cites, and the text must not deny it.
func (c *checker) assets() {
	for _, a := range c.set.Assets {
		f := named(a.Name)
		f = f.or(func() fault { return vocabulary("category", threatmodel.AssetCategories, &a.Category, "other") })
		f = f.or(func() fault { return vocabulary("sensitivity", threatmodel.Levels, &a.Sensitivity, "medium") })
		f = f.or(func() fault { return grades(&a.Confidence, &a.Basis, threatmodel.Stated) })
		if cited := c.fact(&f, a.Evidence, c.calledBy(a.Name, a.Aliases), deniable); !f.is() {
			c.out.Assets = append(c.out.Assets, Held[proposal.Asset]{Item: a, Citations: cited})
			continue
		}
		c.drop("asset", a.Name, f, "")
	}
}

// calledBy returns the names of a thing of which one must stand in what it cites. A model's aliases are the built-in engine's names
// for what the model says is the same: they stand in the document, and would carry whatever name the model made up.
func (c *checker) calledBy(name string, aliases []string) []string {
	if c.out.Origin != threatmodel.FromRules {
		return []string{name}
	}
	return append([]string{name}, aliases...)
}

// actors checks every actor. A text that denies an actor something still says that the actor takes part.
func (c *checker) actors() {
	for _, a := range c.set.Actors {
		f := named(a.Name)
		f = f.or(func() fault { return vocabulary("kind", threatmodel.ActorKinds, &a.Kind, "user") })
		f = f.or(func() fault { return grades(&a.Confidence, &a.Basis, threatmodel.Stated) })
		cited := c.fact(&f, a.Evidence, c.calledBy(a.Name, a.Aliases), 0)
		if f.is() {
			c.drop("actor", a.Name, f, "")
			continue
		}
		held := Held[proposal.Actor]{Citations: cited}
		held.Item, held.Extra = c.privileges(a)
		c.out.Actors = append(c.out.Actors, held)
	}
}

// privileges checks what an actor may do, each for itself.
func (c *checker) privileges(a proposal.Actor) (proposal.Actor, [][]threatmodel.Citation) {
	kept, extra := make([]proposal.Privilege, 0, len(a.Privileges)), [][]threatmodel.Citation(nil)
	for _, p := range a.Privileges {
		f := named(p.Text)
		cited := c.fact(&f, p.Evidence, []string{p.Text}, paraphrase|opposite)
		if f.is() {
			c.drop("actor", a.Name+": "+p.Text, f, "")
			continue
		}
		kept, extra = append(kept, p), append(extra, cited)
	}
	a.Privileges = kept
	return a, extra
}

func (c *checker) dependencies() {
	for _, d := range c.set.Dependencies {
		f := named(d.Name)
		f = f.or(func() fault { return vocabulary("kind", threatmodel.DependencyKinds, &d.Kind, "vendor") })
		f = f.or(func() fault { return grades(&d.Confidence, &d.Basis, threatmodel.Stated) })
		if cited := c.fact(&f, d.Evidence, c.calledBy(d.Name, d.Aliases), deniable); !f.is() {
			c.out.Dependencies = append(c.out.Dependencies, Held[proposal.Dependency]{Item: d, Citations: cited})
			continue
		}
		c.drop("dependency", d.Name, f, "")
	}
}

// theProduct is the one end of a flow that no sentence needs to name.
const theProduct = "the product"

// flows checks every flow: one of its ends or its data must stand in what it cites.
func (c *checker) flows() {
	for _, fl := range c.set.Flows {
		text := strings.TrimSpace(fl.Source + " " + fl.Action + " " + strings.Join(fl.Data, ", ") + " to " + fl.Destination)
		f := fault{}
		if fl.Source == "" || fl.Destination == "" {
			f = invalid("a flow needs a source and a destination")
		}
		f = f.or(func() fault { return grades(&fl.Confidence, &fl.Basis, threatmodel.Stated) })
		var names []string
		for _, name := range append([]string{fl.Source, fl.Destination}, fl.Data...) {
			if !strings.EqualFold(name, theProduct) && name != "" {
				names = append(names, name)
			}
		}
		how := opposite
		if reading.StanceOf(fl.Action).Negated {
			how = 0
		}
		if cited := c.fact(&f, fl.Evidence, names, how); !f.is() {
			c.out.Flows = append(c.out.Flows, Held[proposal.Flow]{Item: fl, Citations: cited})
			continue
		}
		c.drop("data_flow", text, f, "")
	}
}

func (c *checker) steps() {
	for _, s := range c.set.Steps {
		f := named(s.Text)
		if cited := c.fact(&f, s.Evidence, []string{s.Text}, paraphrase|opposite); !f.is() {
			c.out.Steps = append(c.out.Steps, Held[proposal.Step]{Item: s, Citations: cited})
			continue
		}
		c.drop("step", s.Text, f, "")
	}
}

func (c *checker) safeguards() {
	for _, s := range c.set.Safeguards {
		f := named(s.Text)
		basis := ""
		f = f.or(func() fault { return grades(&s.Confidence, &basis, threatmodel.Stated) })
		if cited := c.fact(&f, s.Evidence, []string{s.Text}, paraphrase|opposite); !f.is() {
			c.out.Safeguards = append(c.out.Safeguards, Held[proposal.Safeguard]{Item: s, Citations: cited})
			continue
		}
		c.drop("safeguard", s.Text, f, "")
	}
}

// A manner says how a fact is held against its sentences.
type manner uint8

const (
	deniable   manner = 1 << iota // a sentence that denies the name speaks against the fact
	opposite                      // a sentence that denies its claim speaks against a text that does not deny
	paraphrase                    // a text in other words: half of its words must be carried
)

// fact resolves the evidence of a fact called by one of names, and returns the citations that carry it. It sets f if there
// are none.
func (c *checker) fact(f *fault, ev proposal.Evidence, names []string, how manner) []threatmodel.Citation {
	if f.is() {
		return nil
	}
	var st stand
	if st, *f = c.resolve(ev); f.is() {
		return nil
	}
	if !c.carriesAny(names, st.nums, how) {
		*f = fault{threatmodel.Unsupported, notThere(names), c.cite(st)}
		return nil
	}
	st, *f = c.claimed(st, names, how)
	return c.cite(st)
}

func notThere(names []string) string {
	if len(names) == 0 {
		return "it names nothing that could stand in the text"
	}
	return fmt.Sprintf("%q does not stand in the sentences that it points to", clip(names[0], 120))
}

// claimed leaves out the sentences that deny the fact, leave it open, plan it or put it out of scope. If none is left the
// fact falls, for the reason that the first sentence gives.
func (c *checker) claimed(st stand, names []string, how manner) (stand, fault) {
	kept := stand{match: st.match}
	var against fault
	denying := how&opposite != 0 && len(names) > 0 && how&paraphrase != 0 && reading.StanceOf(names[0]).Negated
	for _, num := range st.nums {
		why := c.against(num, names, how, denying)
		if !why.is() {
			kept.nums = append(kept.nums, num)
			continue
		}
		if !against.is() {
			against = why
		}
	}
	if len(kept.nums) == 0 {
		against.cited = c.cite(st)
		return st, against
	}
	return kept, fault{}
}

// against says why the sentence does not support a fact, if so.
func (c *checker) against(num int, names []string, how manner, denying bool) fault {
	s := &c.text.Sentences[num-1]
	line := c.line(num)
	switch {
	case s.Stance.OutOfScope:
		return fault{reason: threatmodel.OutOfScope, detail: "line " + line + " puts it out of scope"}
	case s.Stance.Planned:
		return fault{reason: threatmodel.OutOfScope, detail: "line " + line + " plans it for later"}
	case s.Stance.Open:
		return fault{reason: threatmodel.OutOfScope, detail: "line " + line + " leaves it open"}
	case how&deniable != 0 && c.deniesName(s, names),
		how&opposite != 0 && s.Stance.Negated && !denying:
		return fault{reason: threatmodel.Contradicted, detail: "line " + line + " denies it"}
	}
	return fault{}
}

// deniesName reports whether the sentence denies what is called by one of the names. A name that stands elsewhere (in the
// lead-in, in the heading) is denied if the sentence's claim is.
func (c *checker) deniesName(s *reading.Sentence, names []string) bool {
	for _, name := range names {
		stems := content(name)
		if len(stems) == 0 {
			continue
		}
		if _, to, ok := reading.Match(s.Words, stems); ok {
			return s.Stance.Denies(to - 1)
		}
		for i := range s.Words {
			if s.Words[i].Stem == stems[len(stems)-1] {
				return s.Stance.Denies(i)
			}
		}
	}
	return s.Stance.Negated
}
