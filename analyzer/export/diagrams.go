package export

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

const onlyDiagram = "anything but the diagram"

// diagramName is how many characters of a name are drawn.
const diagramName = 80

var (
	mermaidFormat = Format{Name: "mermaid", Ending: ".mmd", About: "the data-flow diagram as Mermaid text", Rejects: "no findings are in it", Cannot: onlyDiagram,
		Checked: "by the reports' own tests", Write: Mermaid}
	svgFormat = Format{Name: "svg", Ending: ".svg", About: "the data-flow diagram as a picture", Rejects: "no findings are in it", Cannot: onlyDiagram,
		Checked: "by the reports' own tests", Write: SVG}
	plantumlFormat = Format{Name: "plantuml", Ending: ".puml", About: "the data-flow diagram for PlantUML", Rejects: "no findings are in it", Cannot: onlyDiagram,
		Checked: "a grammar of its lines, and by hand PlantUML", Write: PlantUML}
	d2Format = Format{Name: "d2", Ending: ".d2", About: "the data-flow diagram for D2", Rejects: "no findings are in it", Cannot: onlyDiagram,
		Checked: "a grammar of its lines, and by hand D2", Write: D2}
)

// withoutDiagram is all that a diagram leaves out.
func withoutDiagram(m *model) (left Left) {
	left.rest(m, partFindings, partJourney, partSafeguards, partQuestions)
	return left
}

// Mermaid writes the data-flow diagram as Mermaid text.
func Mermaid(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	return withoutDiagram(newModel(d, opt)), render.Mermaid(w, d)
}

// SVG writes the data-flow diagram as a picture.
func SVG(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	return withoutDiagram(newModel(d, opt)), render.SVG(w, d)
}

// PlantUML writes the data-flow diagram as PlantUML text, each zone a frame.
func PlantUML(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m := newModel(d, opt)
	p := &errWriter{w: w}
	p.line("@startuml")
	p.line("left to right direction")
	p.line("title %s", pumlText(m.title()))
	for _, z := range m.Zones {
		p.line(`frame "%s" as z_%s {`, pumlText(z.Name), z.Key)
		for i, party := range m.Parties {
			if party.Zone == z.Key {
				p.line(`  %s "%s" as n%d`, pumlShape(party), pumlText(cut(party.Name, diagramName)), i)
			}
		}
		p.line("}")
	}
	for _, f := range m.Flows {
		arrow := "-->"
		if f.Sensitive {
			arrow = "-[bold]->"
		}
		p.line(`n%d %s n%d : %s`, f.From, arrow, f.To, pumlText(cut(flowName(m, f), diagramName)))
	}
	p.line("@enduml")
	return withoutDiagram(m), p.err
}

func pumlShape(p render.Party) string {
	if p.Zone == "people" || p.Zone == "staff" {
		return "actor"
	}
	return "rectangle"
}

// pumlText returns a text in which letters, digits, spaces and a few harmless marks stay and everything else is written by its number, so
// that no quote, markup, variable or function of the preprocessor can be read out of it. A dollar sign and a backslash become their wide
// forms: PlantUML (1.2025.4) breaks off at their numbers.
func pumlText(s string) string {
	var b strings.Builder
	for _, r := range strings.NewReplacer("$", "＄", `\`, "＼").Replace(fold(s)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" ,.…＄＼", r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "&#%d;", r)
	}
	return b.String()
}

// D2 writes the data-flow diagram as D2 text, each zone a container.
func D2(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m := newModel(d, opt)
	p := &errWriter{w: w}
	p.line("direction: right")
	for _, z := range m.Zones {
		p.line("z_%s: %s {", z.Key, d2String(z.Name))
		p.line("  style.stroke-dash: 5")
		for i, party := range m.Parties {
			if party.Zone != z.Key {
				continue
			}
			p.line("  n%d: %s", i, d2String(cut(party.Name, diagramName)))
			if pumlShape(party) == "actor" {
				p.line("  n%d.shape: person", i)
			}
		}
		p.line("}")
	}
	for _, f := range m.Flows {
		tail := ""
		if f.Sensitive {
			tail = " {style.stroke-width: 4}"
		}
		from, to := m.Parties[f.From], m.Parties[f.To]
		p.line("z_%s.n%d -> z_%s.n%d: %s%s", from.Zone, f.From, to.Zone, f.To, d2String(cut(flowName(m, f), diagramName)), tail)
	}
	return withoutDiagram(m), p.err
}

// d2String writes a text in single quotes, in which D2 knows no escapes and no substitutions: a quote is doubled.
func d2String(s string) string { return "'" + strings.ReplaceAll(fold(s), "'", "''") + "'" }
