package render

import (
	"fmt"
	"strings"
)

func (m *markdown) data() {
	m.heading("Data")
	if len(m.Assets) == 0 {
		m.line("No data that matters was found in the text.")
		return
	}
	m.folded(len(m.Assets), 15, "kinds of data", func(i int) {
		a := &m.Assets[i]
		kind := plain(a.Category)
		if len(a.Regulations) > 0 {
			kind += "; " + strings.Join(a.Regulations, ", ")
		}
		m.printf("| %s | %s | %s | %s | %s | %s |\n", cell(nameAnd(a.Name, a.Aliases)), cell(upper(plain(a.Sensitivity))), cell(kind),
			cell(strings.Join(a.States, ", ")), cell(strings.Join(m.goes(a.ID), ", ")), m.cites(a.Citations, 3)+more(a.Mentions, 3))
	}, "| Data | Sensitivity | Kind | What happens to it | Where it goes | Where the text says so |", "|---|---|---|---|---|---|")
}

// nameAnd returns a name with its other names.
func nameAnd(name string, aliases []string) string {
	if len(aliases) == 0 {
		return name
	}
	return name + " (also " + strings.Join(aliases, ", ") + ")"
}

func (m *markdown) parties() {
	m.heading("Who takes part")
	if len(m.Actors) == 0 && len(m.Dependencies) == 0 {
		m.line("Nobody who takes part was found in the text.")
		return
	}
	if len(m.Actors) > 0 {
		m.folded(len(m.Actors), 12, "parties", m.actor, "| Who | Kind | What they may see and do | Where the text says so |", "|---|---|---|---|")
	}
	if len(m.Dependencies) > 0 {
		m.line("\nWhat the feature relies on:\n")
		m.folded(len(m.Dependencies), 12, "dependencies", m.dependency,
			"| What | Kind | What for | If it fails | If it is taken over | Where the text says so |", "|---|---|---|---|---|---|")
	}
}

func (m *markdown) actor(i int) {
	a := &m.Actors[i]
	var may []string
	for _, p := range a.Privileges {
		s := mdText(p.Text)
		if where := m.cites(p.Citations, 1); where != "" {
			s += " (" + where + ")"
		}
		may = append(may, s)
	}
	text := strings.Join(may, "<br>")
	if text == "" {
		text = "not said"
	}
	m.printf("| %s | %s | %s | %s |\n", cell(nameAnd(a.Name, a.Aliases)), cell(plain(a.Kind)), text, m.cites(a.Citations, 2)+more(a.Mentions, 2))
}

func (m *markdown) dependency(i int) {
	d := &m.Dependencies[i]
	m.printf("| %s | %s | %s | %s | %s | %s |\n", cell(nameAnd(d.Name, d.Aliases)), cell(plain(d.Kind)), cell(d.Role), cell(d.IfItFails),
		cell(d.IfCompromised), m.cites(d.Citations, 2)+more(d.Mentions, 2))
}

func (m *markdown) diagram() {
	m.heading("Where the data goes")
	if len(m.DataFlows) == 0 {
		m.line("No flow of data was found in the text.")
		return
	}
	g := newGraph(m.view)
	if len(g.edges) > 0 {
		m.line("```mermaid")
		mermaid(m.errWriter, g)
		m.line("```\n")
		m.line("Dashed frames are trust boundaries; thick arrows carry highly sensitive data.\n")
	}
	m.folded(len(m.DataFlows), 15, "flows", func(i int) {
		f := &m.DataFlows[i]
		crosses := "no"
		if f.CrossesBoundary {
			crosses = "yes"
		}
		m.printf("| %s | %s | %s | %s | %s | %s |\n", cell(f.Source), cell(f.Action), cell(strings.Join(m.names(f.Data), ", ")), cell(f.Destination), crosses,
			m.cites(f.Citations, 2)+more(f.Mentions, 2))
	}, "| From | Does | Data | To | Crosses a boundary | Where the text says so |", "|---|---|---|---|---|---|")
	if len(g.quiet) > 0 {
		m.line("\nNo flow was read for ", mdText(g.quietWords()), ".")
	}
}

func (m *markdown) journey() {
	if len(m.Journey) == 0 {
		return
	}
	m.heading("The journey, step by step")
	last := "\x00"
	m.folded(len(m.Journey), 20, "steps", func(i int) {
		s := &m.Journey[i]
		if s.Journey != last {
			last = s.Journey
			if last != "" {
				m.line("\n**", mdText(last), "**\n")
			}
		}
		text := mdText(upper(fold(s.Text)))
		if a := stepActor(*s); a != "" {
			text = "**" + mdText(a) + "** " + mdText(s.Text)
		}
		where := m.cites(s.Citations, 1)
		if where != "" {
			where = " (" + where + ")"
		}
		m.printf("- %s%s\n", text, where)
		m.stepWhatIfs(i)
	})
}

// stepWhatIfs writes what to ask at a step; a step with nothing to ask says so.
func (m *markdown) stepWhatIfs(i int) {
	s := &m.Journey[i]
	for _, q := range s.WhatIfs {
		m.line("  - ", mdText(q))
	}
	var found []string
	for _, id := range s.AbuseCases {
		if n := m.cases[id]; n > 0 {
			found = append(found, fmt.Sprintf("[%d. %s](#%s)", n, mdText(m.AbuseCases[n-1].Title), caseAnchor(n)))
		}
	}
	switch {
	case len(found) > 0:
		m.line("  - Findings: ", strings.Join(found, "; "))
	case len(s.WhatIfs) == 0:
		m.line("  - No question was raised here.")
	}
}
