package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// Headers of tables that say where data comes from, where it goes, what a party gets, gives or sees. By stem.
var (
	sourceHeads      = headSet("from source sender origin producer provider")
	destinationHeads = headSet("to destination receiver recipient consumer target receives")
	getsHeads        = headSet("get gets receive receives shared share sent send see sees view access visible payload data information fields exchanged content")
	purposeHeads     = headSet("purpose use for what why role function does")
	directionHeads   = headSet("direction flow in/out inbound outbound")
	seesHeads        = headSet("see sees view views access visible read reads")
)

func headSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, s := range reading.Stems(words) {
		set[s] = true
	}
	return set
}

// cellSpan returns the words of the row's cell in the column.
func (l *line) cellSpan(col int) (from, to int) {
	for _, c := range l.Cells[:col+1] {
		from, to = to, min(to+len(reading.Words(c.Text)), len(l.Words))
	}
	return from, to
}

// column returns the first column whose header has one of the words, -1 if none.
func (g *gatherer) column(l *line, heads map[string]bool, not ...int) int {
	for i, c := range l.Cells {
		if !slices.Contains(not, i) && g.headed(c, heads) {
			return i
		}
	}
	return -1
}

// route reads the row of a table of flows: "From | To | Data". It reports whether the table is one.
func (g *gatherer) route(l *line) bool {
	from := g.column(l, sourceHeads)
	if from < 0 {
		return false
	}
	to := g.column(l, destinationHeads, from)
	if to < 0 {
		return false
	}
	source, destination := g.cellParty(l, from), g.cellParty(l, to)
	if source.name == "" || destination.name == "" {
		return true
	}
	g.flow(l, source, destination, "sends", g.rowData(l, from, to))
	return true
}

// cellParty is the party that a cell names; a short one that nothing is known of is a system.
func (g *gatherer) cellParty(l *line, col int) party {
	from, to := l.cellSpan(col)
	if from == to {
		return party{}
	}
	if p := g.recipient(l, from, to); p.name != "" {
		return p
	}
	last := &l.Words[to-1]
	if g.g.product[last.Stem] && to-from == 1 {
		return product
	}
	if a := g.cellActor(l, from, to); a != nil {
		return party{name: a.Name, actor: a}
	}
	if to-from <= 3 && l.tags[to-1] == noun && len(l.marked(assetTerm, from, to)) == 0 {
		d := g.named(l, from, to, "internal")
		return party{name: d.Name, dependency: d}
	}
	return party{}
}

// rowData returns the assets in the cells of a row, but those of the columns given.
func (g *gatherer) rowData(l *line, not ...int) []*assetFact {
	var data []*assetFact
	at := 0
	for i, c := range l.Cells {
		from := at
		at = min(at+len(reading.Words(c.Text)), len(l.Words))
		if !slices.Contains(not, i) {
			data = append(data, g.cellAssets(l, c, from, at)...)
		}
	}
	return data
}

// rowFlows notes what a row says that a party gets: "Partner | What they get", "System | Data | Direction", "Role | Sees".
func (g *gatherer) rowFlows(l *line) {
	if col := g.column(l, seesHeads); col > 0 && l.who != nil {
		from, to := l.cellSpan(col)
		if data := g.cellAssets(l, l.Cells[col], from, to); len(data) > 0 {
			g.flow(l, product, party{name: l.who.Name, actor: l.who}, "shows", data)
		}
		return
	}
	if g.sourced(l) {
		return
	}
	col := g.column(l, g.g.dependencyHeads)
	if col < 0 {
		col = slices.IndexFunc(l.Cells, func(c document.Cell) bool { return withHeads[strings.ToLower(strings.TrimSpace(c.Header))] })
	}
	if col < 0 {
		return
	}
	from, to := l.cellSpan(col)
	parties := g.partiesIn(l, from, to)
	data := g.headedData(l, getsHeads, col)
	if len(data) == 0 {
		data = g.headedData(l, purposeHeads, col)
	}
	for _, p := range parties {
		if p.dependency == nil && p.actor == nil {
			continue
		}
		out, in := g.directions(l)
		if out {
			g.flow(l, product, p, "sends", data)
		}
		if in {
			g.flow(l, p, product, "provides", data)
		}
	}
}

// withHeads are whole headers of columns for those with whom data is shared.
var withHeads = map[string]bool{"with": true, "shared with": true, "with whom": true, "recipient": true, "recipients": true, "goes to": true, "sent to": true, "to": true, "to whom": true, "who gets it": true, "third party": true}

// sourced reads the row of a table that says where each piece of data comes from: "Field | Source". It reports whether it is one.
func (g *gatherer) sourced(l *line) bool {
	col := slices.IndexFunc(l.Cells, func(c document.Cell) bool { return originHeads[strings.ToLower(strings.TrimSpace(c.Header))] })
	if col < 1 {
		return false
	}
	from, to := l.cellSpan(0)
	data := g.cellAssets(l, l.Cells[0], from, to)
	if len(data) == 0 {
		return false
	}
	from, to = l.cellSpan(col)
	for _, p := range g.partiesIn(l, from, to) {
		if p.dependency != nil || p.actor != nil {
			g.flow(l, p, product, "provides", data)
		}
	}
	return true
}

// originHeads are whole headers of columns for where data comes from.
var originHeads = map[string]bool{"source": true, "from": true, "comes from": true, "origin": true, "entered by": true, "provided by": true, "given by": true, "where from": true, "source system": true, "who enters it": true, "collected from": true}

// headedData returns the assets in the cells under headers with one of the words.
func (g *gatherer) headedData(l *line, heads map[string]bool, not int) []*assetFact {
	for i, c := range l.Cells {
		if i == not || !g.headed(c, heads) {
			continue
		}
		from, to := l.cellSpan(i)
		if data := g.cellAssets(l, c, from, to); len(data) > 0 {
			return data
		}
	}
	return nil
}

// cellAssets returns the assets of a cell, also those that the lexicon does not know.
func (g *gatherer) cellAssets(l *line, c document.Cell, from, to int) []*assetFact {
	data := g.dataIn(l, from, to)
	for part := range strings.FieldsFuncSeq(c.Text, func(r rune) bool { return strings.ContainsRune(",;/&+", r) }) {
		if a := g.assets["?"+strings.Join(reading.Stems(part), " ")]; a != nil && !slices.Contains(data, a) {
			data = append(data, a)
		}
	}
	return data
}

// directed reports whether a line is a row that says which way data goes: there "out" does not mean out of scope.
func (g *gatherer) directed(l *line) bool {
	return len(l.Cells) > 0 && g.column(l, directionHeads) >= 0
}

// directions reports whether the row says that data goes out, comes in, or both; out if it says neither.
func (g *gatherer) directions(l *line) (out, in bool) {
	for _, c := range l.Cells {
		text := strings.ToLower(c.Text)
		switch {
		case g.headed(c, directionHeads):
			both := strings.Contains(text, "both") || strings.Contains(text, "bi") || strings.Contains(text, "two") || strings.Contains(text, "↔") || strings.Contains(text, "in/out")
			in = both || strings.HasPrefix(text, "in") || strings.Contains(text, "pull") || strings.Contains(text, "read") || strings.Contains(text, "import") || strings.Contains(text, "←") || strings.Contains(text, "from")
			return both || !in, in
		case strings.Contains(text, "read and write"):
			return true, true
		case strings.Contains(text, "nightly copy"), strings.Contains(text, "we read"), strings.Contains(text, "source of"), strings.Contains(text, "provides"), strings.Contains(text, "import"):
			in = true
		}
	}
	return !in, in
}
