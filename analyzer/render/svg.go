package render

import (
	"fmt"
	"html"
	"io"
	"strings"

	"whatif/analyzer/threatmodel"
)

// SVG writes the data flows as a picture that stands alone, with a title and a description for those who do not see it. A
// draft without flows gives a small picture that says so.
func SVG(w io.Writer, d *threatmodel.Draft) error {
	out := &errWriter{w: w}
	svg(out, newGraph(newView(d, "")), "  <style>"+svgStyle+"</style>\n")
	return out.err
}

// svgStyle colours a picture that stands alone. Within the HTML report the page's own style does.
const svgStyle = `svg{background:#fff}text{font:12px Arial,"Helvetica Neue",sans-serif;fill:#1c1b22}` +
	`.zone{fill:#f7f7f9;stroke:#8a8a99;stroke-dasharray:5 4}.zone-title{font-weight:bold;fill:#555566}` +
	`.node{fill:#fff;stroke:#555566}.node.product{fill:#eceafd;stroke:#4f46c8}.wire{fill:none;stroke:#6b6b7b;stroke-width:1.4}` +
	`.wire.sensitive{stroke:#b42318;stroke-width:2.2}.label{stroke:#fff;stroke-width:3px;paint-order:stroke}` +
	`.head{fill:#6b6b7b}.head.sensitive{fill:#b42318}`

// svg draws the flows; style goes in after the description.
func svg(w *errWriter, g *graph, style string) {
	if len(g.edges) == 0 {
		w.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 60" width="420" height="60" role="img" aria-label="No data flow was read from the text">`+
			"\n%s"+`  <text x="210" y="34" text-anchor="middle">No data flow was read from the text</text>`+"\n</svg>\n", style)
		return
	}
	d := layout(g)
	w.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="flows-title flows-desc">`+"\n", d.w, d.h, d.w, d.h)
	w.printf("  <title id=\"flows-title\">Where the data goes</title>\n  <desc id=\"flows-desc\">%s</desc>\n%s", escapeXML(g.described()), style)
	for _, z := range d.zones {
		w.printf(`  <rect class="zone" x="%d" y="%d" width="%d" height="%d" rx="10"/><text class="zone-title" x="%d" y="%d">%s</text>`+"\n",
			z.x, z.y, z.w, z.h, z.x+zonePad, z.y+18, escapeXML(z.title))
	}
	for _, wire := range d.wires {
		drawWire(w, wire)
	}
	for _, n := range d.nodes {
		drawNode(w, n)
	}
	for _, wire := range d.wires {
		drawLines(w, "label", wire.lines, wire.labelX, wire.labelY-(len(wire.lines)-1)*lineHeight)
	}
	w.line("</svg>")
}

// described says the picture in words.
func (g *graph) described() string {
	var parts []string
	for _, e := range g.edges {
		parts = append(parts, fmt.Sprintf("%s to %s: %s.", e.from.name, e.to.name, e.label(8)))
	}
	return strings.Join(parts, " ")
}

func drawNode(w *errWriter, n box) {
	kind, round := "node", 8
	switch n.zone {
	case product:
		kind = "node product"
	case people, staff:
		round = 20
	}
	w.printf(`  <g><title>%s</title><rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="%d"/>`, escapeXML(n.title), kind, n.x, n.y, n.w, n.h, round)
	drawLines(w, "name", n.lines, n.x+n.w/2, n.y+n.h/2+4-(len(n.lines)-1)*lineHeight/2)
	w.line("</g>")
}

// drawLines writes lines of text centred on x, the first at base line y.
func drawLines(w *errWriter, class string, lines []string, x, y int) {
	for i, l := range lines {
		w.printf(`<text class="%s" x="%d" y="%d" text-anchor="middle">%s</text>`, class, x, y+i*lineHeight, escapeXML(l))
	}
}

// drawWire writes a wire with rounded corners and an arrow's head.
func drawWire(w *errWriter, wire wire) {
	kind := ""
	if wire.sensitive {
		kind = " sensitive"
	}
	var path strings.Builder
	p := wire.points
	fmt.Fprintf(&path, "M%d %d", p[0][0], p[0][1])
	for i := 1; i < len(p)-1; i++ {
		before, after := towards(p[i], p[i-1]), towards(p[i], p[i+1])
		fmt.Fprintf(&path, "L%d %dQ%d %d %d %d", before[0], before[1], p[i][0], p[i][1], after[0], after[1])
	}
	end, from := p[len(p)-1], p[len(p)-2]
	dir := 1
	if from[0] > end[0] {
		dir = -1
	}
	fmt.Fprintf(&path, "L%d %d", end[0]-7*dir, end[1])
	w.printf(`  <g><title>%s</title><path class="wire%s" d="%s"/><path class="head%s" d="M%d %dl%d -5v10z"/></g>`+"\n",
		escapeXML(wire.from.name+" to "+wire.to.name+": "+wire.label(20)), kind, path.String(), kind, end[0], end[1], -9*dir)
}

// towards returns the point a corner's radius from a towards b, at most half way.
func towards(a, b [2]int) [2]int {
	const radius = 6
	step := func(d int) int { return max(min(d/2, radius), -radius) }
	return [2]int{a[0] + step(b[0]-a[0]), a[1] + step(b[1]-a[1])}
}

func escapeXML(s string) string { return html.EscapeString(fold(visible(s))) }
