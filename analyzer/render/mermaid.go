package render

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"whatif/analyzer/threatmodel"
)

// Mermaid writes the data flows as a Mermaid flowchart, each trust boundary a subgraph. A draft without flows gives a chart
// that says so.
func Mermaid(w io.Writer, d *threatmodel.Draft) error {
	out := &errWriter{w: w}
	mermaid(out, newGraph(newView(d, "")))
	return out.err
}

func mermaid(w *errWriter, g *graph) {
	w.line("flowchart LR")
	if len(g.edges) == 0 {
		w.line(`  none["No data flow was read from the text"]`)
		return
	}
	for z := people; z <= outside; z++ {
		mermaidZone(w, g, z)
	}
	for _, e := range g.edges {
		arrow := "-->"
		if e.sensitive {
			arrow = "==>"
		}
		label := ""
		if text := e.label(2); text != "" {
			label = fmt.Sprintf(`|"%s"|`, escapeMermaid(short(text, 60)))
		}
		w.printf("  n%d %s%s n%d\n", e.from.rank, arrow, label, e.to.rank)
	}
	w.line("  classDef boundary fill:transparent,stroke-dasharray:5 5")
	for z := people; z <= outside; z++ {
		if g.in(z) > 0 {
			w.printf("  class z%d boundary\n", z)
		}
	}
}

func mermaidZone(w *errWriter, g *graph, z zone) {
	if g.in(z) == 0 {
		return
	}
	w.printf("  subgraph z%d[\"%s\"]\n", z, escapeMermaid(zoneNames[z]))
	for _, n := range g.nodes {
		if n.zone != z {
			continue
		}
		shape := `["%s"]`
		if z == people || z == staff {
			shape = `(["%s"])`
		}
		w.printf("    n%d"+shape+"\n", n.rank, escapeMermaid(short(n.name, 48)))
	}
	w.line("  end")
}

// in counts the nodes of a zone.
func (g *graph) in(z zone) int {
	n := 0
	for _, node := range g.nodes {
		if node.zone == z {
			n++
		}
	}
	return n
}

// escapeMermaid returns s for a quoted label: letters, digits, spaces and a few harmless marks stay, everything else is
// written by its number, so that no quote, bracket, comment, "end" or directive can be read out of it.
func escapeMermaid(s string) string {
	var b strings.Builder
	for _, r := range fold(visible(s)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" ,.…", r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	return b.String()
}
