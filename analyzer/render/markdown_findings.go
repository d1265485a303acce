package render

import (
	"strings"

	"whatif/analyzer/threatmodel"
)

// openFindings is how many findings a Markdown report shows in full; the others are folded.
const openFindings = 10

func (m *markdown) findings() {
	m.heading("What could go wrong")
	m.folded(m.listed(), m.inFull(), "findings", m.finding)
}

func (m *markdown) finding(i int) {
	if m.isBrief(i) {
		m.inBrief(i)
		return
	}
	c := &m.AbuseCases[i]
	m.printf("\n<a id=\"%s\"></a>\n\n### %d. %s\n\n", caseAnchor(i+1), i+1, mdText(c.Title))
	meta := []string{"**" + mdText(priorityMark(c.Priority)) + "**", mdText(plain(c.Category)), mdCode(c.ID)}
	if decided(c.Review) {
		meta = append(meta, "**"+mdText(reviewWords(c.Review))+"**")
	}
	m.line(strings.Join(meta, " · "), "\n")
	m.line(mdText(c.WhatIf), "\n")
	for _, q := range c.Citations {
		m.quote(q)
		m.line()
	}
	m.field("Who gains", gains(c))
	m.consequences(c.Consequences)
	m.inPlace(c)
	m.missing(c.Absences)
	m.requirements(c.Requirements)
	m.field("Why "+plain(c.Priority)+" priority", stop(c.PriorityReason))
	m.field("How sure", trust(c.Basis, c.Confidence, c.Origin))
	m.field("Touches", list(m.names(c.Assets)))
	m.field("See also", tagWords(c.Tags))
}

// priorityMark names a priority with a mark of its own shape.
func priorityMark(l threatmodel.Level) string {
	switch l {
	case threatmodel.High:
		return "▲ High priority"
	case threatmodel.Medium:
		return "◆ Medium priority"
	case threatmodel.Low:
		return "▽ Low priority"
	}
	return "○ No priority"
}

// reviewWords say what a person decided.
func reviewWords(r threatmodel.Review) string {
	s := stateWords(r.State)
	if r.By != "" {
		s += " by " + fold(r.By)
	}
	if r.Note != "" {
		s += ": " + fold(r.Note)
	}
	return upper(s)
}

// gains says who would do it and what for.
func gains(c *threatmodel.AbuseCase) string {
	return strings.TrimSpace(stop(upper(fold(c.WhoBenefits))) + " " + stop(upper(fold(c.AttackerGain))))
}

// tagWords name a case in the vocabularies of specialists.
func tagWords(t threatmodel.Tags) string {
	var parts []string
	add := func(name string, words []string) {
		if len(words) == 0 {
			return
		}
		out := make([]string, len(words))
		for i, w := range words {
			out[i] = fold(plain(w))
		}
		parts = append(parts, name+strings.Join(out, ", "))
	}
	add("STRIDE: ", t.STRIDE)
	add("LINDDUN: ", t.LINDDUN)
	add("", t.Regulations)
	return strings.Join(parts, "; ")
}

// field writes one named line of a finding, nothing if it is empty.
func (m *markdown) field(name, text string) {
	if strings.TrimSpace(text) != "" {
		m.line("- **", mdText(name), ":** ", mdText(text))
	}
}

func (m *markdown) consequences(c threatmodel.Consequences) {
	var parts []string
	for _, p := range [][2]string{{"users", c.Users}, {"business", c.Business}, {"reputation", c.Reputation}} {
		if p[1] != "" {
			parts = append(parts, "  - *"+upper(p[0])+":* "+mdText(stop(p[1])))
		}
	}
	if len(parts) > 0 {
		m.line("- **What it would do:**\n", strings.Join(parts, "\n"))
	}
}

func (m *markdown) inPlace(c *threatmodel.AbuseCase) {
	var parts []string
	for _, id := range c.Safeguards {
		if s := m.safeguards[id]; s != nil {
			parts = append(parts, mdText(strings.TrimSuffix(s.Text, "."))+" ("+m.cites(s.Citations, 2)+")")
		}
	}
	if len(parts) == 0 {
		m.line("- **In place:** nothing that the document names.")
		return
	}
	m.line("- **In place:** ", strings.Join(parts, "; "))
}

func (m *markdown) missing(as []threatmodel.Absence) {
	for _, a := range as {
		s := "- **Missing:** " + mdText(a.What)
		if len(a.Searched) > 0 {
			s += " (searched for " + mdText(searched(a.Searched)) + ": " + m.searchResult(a.Hits) + ")"
		}
		m.line(s)
	}
}

// searchResult says what a search for silence met.
func (m *markdown) searchResult(hits []threatmodel.Citation) string {
	if len(hits) == 0 {
		return "nothing found"
	}
	return "met at " + m.cites(hits, 3) + ", which does not answer it"
}

func (m *markdown) requirements(rs []threatmodel.Requirement) {
	for _, r := range rs {
		m.line("- **Suggested requirement:** ", mdText(r.Text))
		for _, a := range r.Acceptance {
			m.line("  - [ ] ", mdText(a))
		}
	}
}
