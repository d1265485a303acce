package rules

import (
	"slices"

	"whatif/analyzer/proposal"
)

// theProduct is the party that the document is about.
const theProduct = "the product"

// A party is one end of a flow: an actor, a dependency, or the product itself.
type party struct {
	name       string
	actor      *actorFact
	dependency *dependencyFact
}

var product = party{name: theProduct}

// reader is the name of whoever the text speaks to, until the whole document is read: see [gatherer.mainUser].
const reader = "?you"

// you is the one whom the text speaks to.
func (g *gatherer) you(*line) party { return party{name: reader} }

// mainUser is the user of whom the document speaks most, whom it calls "you"; a new one if it names none.
func (g *gatherer) mainUser(evidence proposal.Evidence) string {
	var best *actorFact
	for _, x := range g.order {
		a, ok := x.(*actorFact)
		if !ok || a.Kind != "user" && a.Kind != "anonymous" || a.unsure {
			continue
		}
		if best == nil || len(a.Evidence.Sentences) > len(best.Evidence.Sentences) {
			best = a
		}
	}
	if best == nil {
		best = &actorFact{Actor: proposal.Actor{Name: "user", Kind: "user", Evidence: evidence}}
		g.actors["user"] = best
		g.order = append(g.order, best)
		best.put(g)
	}
	return best.Name
}

// zone is where a party stands: flows between zones cross a boundary.
func (p party) zone() string {
	switch {
	case p.dependency != nil && p.dependency.Kind != "internal":
		return "outside"
	case p.name == reader:
		return "user"
	case p.actor == nil:
		return "inside"
	}
	switch p.actor.Kind {
	case "staff", "admin", "system":
		return "inside"
	case "user", "child":
		return "user"
	}
	return "outside"
}

// A flowFact is a flow with what is known so far.
type flowFact struct {
	from, to party
	action   string
	data     []*assetFact
	evidence proposal.Evidence
	unsure   bool
}

// put adds the flow to the set.
func (x *flowFact) put(g *gatherer) {
	f := proposal.Flow{Source: x.from.name, Destination: x.to.name, Action: x.action, Evidence: x.evidence,
		CrossesBoundary: x.from.zone() != x.to.zone(), Confidence: "high", Basis: "stated"}
	if x.from.actor != nil {
		f.Source = x.from.actor.Name
	}
	if x.to.actor != nil {
		f.Destination = x.to.actor.Name
	}
	if x.from.name == reader {
		f.Source = g.mainUser(x.evidence)
	}
	if x.to.name == reader {
		f.Destination = g.mainUser(x.evidence)
	}
	if x.unsure {
		f.Confidence = "medium"
	}
	f.Data = namesOf(x.data)
	g.set.Flows = append(g.set.Flows, f)
}

// flow notes data on its way.
func (g *gatherer) flow(l *line, from, to party, action string, data []*assetFact) {
	if from.name == to.name || from.name == "" || to.name == "" || len(data) == 0 {
		return
	}
	x := g.sameFlow(l, from, to, action, data)
	if x == nil {
		x = &flowFact{from: from, to: to, action: action}
		key := from.name + "→" + to.name
		g.flows[key] = append(g.flows[key], x)
		g.order = append(g.order, x)
	}
	for _, a := range data {
		if !slices.Contains(x.data, a) {
			x.data = append(x.data, a)
		}
	}
	if to.dependency != nil {
		for _, n := range namesOf(data) {
			if !slices.Contains(to.dependency.data, n) {
				to.dependency.data = append(to.dependency.data, n)
			}
		}
	}
	evidence(&x.evidence, l.Num)
}

// sameFlow returns the flow between the same ends that has some of the data already, or was begun by the same sentence.
func (g *gatherer) sameFlow(l *line, from, to party, action string, data []*assetFact) *flowFact {
	for _, x := range g.flows[from.name+"→"+to.name] {
		if x.action == action && lastOf(x.evidence.Sentences) == l.Num || slices.ContainsFunc(data, func(a *assetFact) bool { return slices.Contains(x.data, a) }) {
			return x
		}
	}
	return nil
}
