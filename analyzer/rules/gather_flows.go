package rules

import (
	"slices"

	"whatif/analyzer/document"
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

// address puts the user of whom the document speaks most in the place of "you", a new one if it names none.
func (g *gatherer) address() {
	var user *actorFact
	for _, x := range slices.Clone(g.order) {
		f, ok := x.(*flowFact)
		if !ok || f.from.name != reader && f.to.name != reader {
			continue
		}
		if user == nil {
			if user = g.mainUser(); user == nil {
				f.from, f.to = party{}, party{} // nobody is spoken to
				continue
			}
		}
		if f.from.name == reader {
			f.from = party{name: user.Name, actor: user}
		}
		if f.to.name == reader {
			f.to = party{name: user.Name, actor: user}
		}
	}
}

// newUser notes the user whom the document only calls "you", nil if it does not even do that.
func (g *gatherer) newUser() *actorFact {
	if a := g.actors["user"]; a != nil {
		return a
	}
	for _, stem := range []string{"you", "user"} {
		for _, at := range g.text.With(stem) {
			s := &g.text.Sentences[at]
			if s.Kind == document.Heading || !counts(s) {
				continue
			}
			a := &actorFact{Actor: proposal.Actor{Name: "user", Kind: "user"}}
			if stem == "you" {
				a.Aliases = []string{stem}
			}
			evidence(&a.Evidence, s.Num)
			g.actors["user"] = a
			g.order = append(g.order, a)
			return a
		}
	}
	return nil
}

// mainUser is the user of whom the document speaks most.
func (g *gatherer) mainUser() *actorFact {
	var best *actorFact
	for _, x := range g.order {
		a, ok := x.(*actorFact)
		if !ok || a.Kind != "user" && a.Kind != "anonymous" || a.unsure || vague[a.Name] {
			continue
		}
		if best == nil || len(a.Evidence.Sentences) > len(best.Evidence.Sentences) {
			best = a
		}
	}
	if best == nil || len(best.Evidence.Sentences) < 2 {
		if you := g.newUser(); you != nil {
			best = you
		} else if best == nil {
			return nil
		}
	}
	best.firm = true
	return best
}

// zone is where a party stands: flows between zones cross a boundary.
func (p party) zone() string {
	switch {
	case p.dependency != nil && p.dependency.Kind != "internal":
		return "outside"
	case p.name == reader:
		return "user"
	case p.actor == nil && p.dependency == nil && p.name != theProduct:
		return "outside"
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
	if x.from.name == "" || x.from.name == x.to.name {
		return
	}
	f := proposal.Flow{Source: x.from.name, Destination: x.to.name, Action: x.action, Evidence: x.evidence,
		CrossesBoundary: x.from.zone() != x.to.zone(), Confidence: "high", Basis: "stated"}
	if x.from.actor != nil {
		f.Source = x.from.actor.Name
	}
	if x.to.actor != nil {
		f.Destination = x.to.actor.Name
	}
	if x.unsure {
		f.Confidence = "medium"
	}
	f.Data = namesOf(x.data)
	g.set.Flows = append(g.set.Flows, f)
}

// flow notes data on its way.
func (g *gatherer) flow(l *line, from, to party, action string, data []*assetFact) {
	if from.name == to.name || from.name == "" || to.name == "" || len(data) == 0 && !g.told(from, to, action) {
		return
	}
	g.flowed = l.Num
	for _, p := range []party{from, to} {
		if p.actor != nil {
			p.actor.firm = true
		}
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

// told reports whether it is worth saying that data goes between the two even if the text does not name it: somebody is
// written to or notified.
func (g *gatherer) told(from, to party, action string) bool {
	switch action {
	case "shows", "provides", "stores", "exports":
		return false
	}
	if to.dependency != nil {
		return from.actor != nil
	}
	return to.name != theProduct && (from.actor != nil || from.dependency != nil || told[action])
}

// told are what is done to people with a message.
var told = map[string]bool{"notifies": true, "emails": true, "texts": true, "alerts": true, "informs": true, "messages": true, "reminds": true, "tells": true}

// guess notes a flow in a sentence that names data, a verb that moves it and one party, but puts them together in a way that
// is not understood: whoever enters, gives it; whoever sees, gets it.
func (g *gatherer) guess(l *line) {
	if g.flowed == l.Num || l.Stance.Negated {
		return
	}
	var verbs []*mark
	for _, m := range l.marked(flowTerm, 0, len(l.Words)) {
		if l.predicate(m) && !g.noise(l, m.From) && !l.Stance.Denies(m.From) {
			verbs = append(verbs, m)
		}
	}
	if len(verbs) != 1 {
		return
	}
	left, right := verbs[0].From, verbs[0].To
	for left > 0 && !ends(l.between(left)) {
		left--
	}
	for right < len(l.Words) && !ends(l.between(right)) {
		right++
	}
	data := g.noted(l, left, right)
	if len(data) == 0 {
		return
	}
	parties := slices.DeleteFunc(g.partiesIn(l, left, right), func(p party) bool { return p.name == theProduct })
	if len(parties) != 1 {
		return
	}
	p, in := parties[0], false
	switch verbs[0].entry.Direction {
	case "gives", "proves", "collects", "fetches":
		if in = true; p.dependency != nil {
			in = l.has("from")
		} else if !slices.Contains(g.partiesIn(l, left, verbs[0].From), p) {
			return
		}
	case "sees", "shows", "tells", "receives", "shares", "open":
	case "sends":
		in = p.actor != nil && l.subject.actor == p.actor
	default:
		return
	}
	if in {
		g.flow(l, p, product, "provides", data)
	} else {
		g.flow(l, product, p, "sends", data)
	}
	for _, x := range g.flows[p.name+"→"+theProduct] {
		x.unsure = x.unsure || lastOf(x.evidence.Sentences) == l.Num && len(x.evidence.Sentences) == 1
	}
}

// noted returns the assets named in the words from..to that were found already: it takes nothing else for data.
func (g *gatherer) noted(l *line, from, to int) []*assetFact {
	var data []*assetFact
	for _, m := range l.marked(assetTerm, from, to) {
		if m.weak || l.Stance.Denies(m.To-1) {
			continue
		}
		if a := g.assets[assetKey(l.Sentence, m)]; a != nil && !slices.Contains(data, a) {
			data = append(data, a)
		}
	}
	return data
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
