package render

import "whatif/analyzer/threatmodel"

// A Diagram is the data-flow diagram of a draft as all its pictures show it, for programs that draw it themselves. Its texts are on one
// line each and safe to show; they are not escaped for any format.
type Diagram struct {
	Zones   []Zone // that have a party, in the order in which they are drawn
	Parties []Party
	Flows   []Flow
}

// A Zone is one side of a trust boundary.
type Zone struct {
	Key  string // people, staff, product, internal, outside
	Name string // "Outside the company"
}

// A Party is somebody or something that data comes from or goes to, or could.
type Party struct {
	ID   string // of the actor or dependency of the draft; "product"; "" if the draft only names it
	Name string
	Zone string // key of its zone
}

// A Flow is all data that goes from one party to another.
type Flow struct {
	From, To  int      // in Parties
	Data      []string // names of assets
	Actions   []string
	Label     string   // what the pictures write on the arrow
	IDs       []string // of the data flows of the draft
	Sensitive bool     // some of the data is of high sensitivity
	Crosses   bool     // a trust boundary
}

var zoneKeys = [...]string{people: "people", staff: "staff", product: "product", internal: "internal", outside: "outside"}

// DiagramOf returns the diagram of a draft: the parties of its flows, then all other actors and dependencies. The product is always there.
func DiagramOf(d *threatmodel.Draft) Diagram {
	v := newView(d, "")
	g := newGraph(v)
	ids := map[*node]string{g.node(zoneNames[product]): "product"}
	for _, a := range v.Actors {
		g.identify(ids, a.ID, a.Name, a.Aliases)
	}
	for _, dep := range v.Dependencies {
		g.identify(ids, dep.ID, dep.Name, dep.Aliases)
	}
	out, at := Diagram{}, map[*node]int{}
	for z := people; z <= outside; z++ {
		if g.in(z) > 0 {
			out.Zones = append(out.Zones, Zone{zoneKeys[z], zoneNames[z]})
		}
	}
	for i, n := range g.nodes {
		at[n] = i
		out.Parties = append(out.Parties, Party{ids[n], n.name, zoneKeys[n.zone]})
	}
	for _, e := range g.edges {
		out.Flows = append(out.Flows, Flow{From: at[e.from], To: at[e.to], Data: e.data, Actions: e.actions, Label: e.label(2), IDs: e.flows,
			Sensitive: e.sensitive, Crosses: e.crosses})
	}
	return out
}

// identify gives the party that goes by one of the names its id. One that takes part in no flow is added.
func (g *graph) identify(ids map[*node]string, id, name string, aliases []string) {
	if fold(name) == "" {
		return
	}
	for _, n := range append([]string{name}, aliases...) {
		if known := g.byName[key(n)]; known != nil {
			if ids[known] == "" {
				ids[known] = id
			}
			return
		}
	}
	if n := g.node(name); ids[n] == "" {
		ids[n] = id
	}
}

// Cleaned returns a copy of d in which every text is as [EscapeTerminal] makes it.
func Cleaned(d *threatmodel.Draft) *threatmodel.Draft { return cleaned(d) }

// Place names where a citation into a document of a format stands, in words: "line 41", "page 3, sentence 17".
func Place(c threatmodel.Citation, format string) string {
	v := &view{Draft: &threatmodel.Draft{Document: threatmodel.Document{Format: format}}}
	return v.place(c)
}
