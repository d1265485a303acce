package export

import (
	"strings"

	"whatif/analyzer/render"
)

// partyList tells who takes part and what is relied on, a line each, as Markdown.
func partyList(m *model) string {
	var b strings.Builder
	for _, a := range m.Actors {
		var may []string
		for _, p := range a.Privileges {
			may = append(may, fold(p.Text))
		}
		line := "- " + render.MarkdownText(fold(a.Name)) + " (" + string(a.Kind) + ")"
		if len(may) > 0 {
			line += " may: " + render.MarkdownText(strings.Join(may, "; "))
		}
		b.WriteString(line + "\n")
	}
	for _, d := range m.Dependencies {
		line := "- " + render.MarkdownText(fold(d.Name)) + " (" + string(d.Kind) + ")"
		for label, text := range []string{d.Role, d.IfItFails, d.IfCompromised} {
			if text = fold(text); text != "" {
				line += [...]string{": ", ". If it fails: ", ". If it is compromised: "}[label] + render.MarkdownText(strings.TrimRight(text, "."))
			}
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// flowList tells the data flows, a line each, as Markdown.
func flowList(m *model) string {
	var b strings.Builder
	for _, f := range m.DataFlows {
		line := "- " + render.MarkdownText(fold(f.Source)+" "+fold(f.Action)+" → "+fold(f.Destination))
		if names := m.names(f.Data); len(names) > 0 {
			line += ": " + render.MarkdownText(strings.Join(names, ", "))
		}
		if f.CrossesBoundary {
			line += " (crosses a trust boundary)"
		}
		if q := m.quote(f.Citations); q != "" {
			line += "; " + render.MarkdownText(q)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
