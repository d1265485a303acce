package render

import (
	"strings"

	"whatif/analyzer/threatmodel"
)

// A zone is one side of a trust boundary.
type zone int

// The zones, in the order in which they are drawn.
const (
	people zone = iota
	staff
	product
	internal
	outside
)

// zoneNames label the boundaries.
var zoneNames = [...]string{people: "People", staff: "Staff", product: "The product", internal: "Internal systems", outside: "Outside the company"}

// A node is a party that data comes from or goes to.
type node struct {
	name string
	zone zone
	rank int // order of first appearance
}

// An edge is all data that goes from one node to another.
type edge struct {
	from, to  *node
	data      []string // names of assets, each once, in order of appearance
	actions   []string
	flows     []string // ids of the flows
	sensitive bool     // some of the data is of high sensitivity
	crosses   bool     // a trust boundary
}

// A graph is the data flows of a draft, one edge for each pair of parties and direction.
type graph struct {
	nodes []*node  // in order of first appearance
	edges []*edge  // the same; no edge from a node to itself
	quiet []string // names of parties in no flow

	byName map[string]*node // by folded name
	zones  map[string]zone  // of actors and dependencies, by folded name
}

// newGraph collects the flows of a view. What stays with one party is not drawn.
func newGraph(v *view) *graph {
	g := &graph{byName: map[string]*node{}, zones: v.zones()}
	pairs := map[[2]*node]*edge{}
	for i := range v.DataFlows {
		f := &v.DataFlows[i]
		if fold(f.Source) == "" || fold(f.Destination) == "" || key(f.Source) == key(f.Destination) {
			continue
		}
		from, to := g.node(f.Source), g.node(f.Destination)
		if from == to {
			continue
		}
		e := pairs[[2]*node{from, to}]
		if e == nil {
			e = &edge{from: from, to: to}
			pairs[[2]*node{from, to}] = e
			g.edges = append(g.edges, e)
		}
		e.add(v, f)
	}
	g.quiet = v.quiet(g.byName)
	return g
}

// node returns the party called name, which it adds when it is new. All names of the product are one.
func (g *graph) node(name string) *node {
	k := key(name)
	if n := g.byName[k]; n != nil {
		return n
	}
	z, known := g.zones[k]
	if !known {
		z = guessZone(k)
	}
	if z == product {
		name = zoneNames[product]
		if n := g.byName[key(name)]; n != nil {
			g.byName[k] = n
			return n
		}
	}
	n := &node{name: fold(name), zone: z, rank: len(g.nodes)}
	g.byName[k], g.byName[key(name)] = n, n
	g.nodes = append(g.nodes, n)
	return n
}

// add takes one more flow into the edge.
func (e *edge) add(v *view, f *threatmodel.DataFlow) {
	for _, id := range f.Data {
		a := v.assets[id]
		if a == nil {
			continue
		}
		e.data = appendNew(e.data, fold(a.Name))
		e.sensitive = e.sensitive || a.Sensitivity == threatmodel.High
	}
	e.actions = appendNew(e.actions, fold(f.Action))
	e.flows = appendNew(e.flows, f.ID)
	e.crosses = e.crosses || f.CrossesBoundary
}

// label says what goes along the edge, at most n names and how many more.
func (e *edge) label(n int) string {
	if len(e.data) == 0 {
		return strings.Join(e.actions, ", ")
	}
	if len(e.data) > n {
		return strings.Join(e.data[:n], ", ") + " and " + count(len(e.data)-n, "more", "more")
	}
	return strings.Join(e.data, ", ")
}

func appendNew(to []string, s string) []string {
	for _, t := range to {
		if t == s {
			return to
		}
	}
	if s == "" {
		return to
	}
	return append(to, s)
}

// zones returns where each party stands, by its folded name and aliases.
func (v *view) zones() map[string]zone {
	zones := map[string]zone{}
	put := func(z zone, name string, aliases []string) {
		for _, n := range append([]string{name}, aliases...) {
			if _, taken := zones[key(n)]; !taken {
				zones[key(n)] = z
			}
		}
	}
	for _, a := range v.Actors {
		put(actorZone(a.Kind), a.Name, a.Aliases)
	}
	for _, d := range v.Dependencies {
		z := outside
		if d.Kind == "internal" {
			z = internal
		}
		put(z, d.Name, d.Aliases)
	}
	zones["product"] = product
	return zones
}

func actorZone(k threatmodel.ActorKind) zone {
	switch k {
	case "staff", "admin":
		return staff
	case "partner":
		return outside
	case "system":
		return internal
	}
	return people
}

// guessZone places a party that is neither an actor nor a dependency of the draft.
func guessZone(name string) zone {
	if strings.Contains(name, "product") || name == "system" || name == "feature" || name == "app" || name == "service" {
		return product
	}
	return people
}

// quietWords lists the parties without a flow, at most six of them.
func (g *graph) quietWords() string {
	const shown = 6
	if len(g.quiet) <= shown+1 {
		return list(g.quiet)
	}
	return strings.Join(g.quiet[:shown], ", ") + " and " + count(len(g.quiet)-shown, "more", "more")
}

// quiet returns the parties that no flow touches.
func (v *view) quiet(drawn map[string]*node) []string {
	var out []string
	add := func(name string, aliases []string) {
		for _, n := range append([]string{name}, aliases...) {
			if drawn[key(n)] != nil {
				return
			}
		}
		out = appendNew(out, fold(name))
	}
	for _, a := range v.Actors {
		add(a.Name, a.Aliases)
	}
	for _, d := range v.Dependencies {
		add(d.Name, d.Aliases)
	}
	return out
}
