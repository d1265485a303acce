package render

import (
	"fmt"
	"strings"

	"whatif/analyzer/threatmodel"
)

func (m *markdown) questions() {
	if open := m.open(threatmodel.AskPM); len(open) > 0 {
		m.heading("Open questions for the product manager")
		m.folded(len(open), 8, "questions", func(i int) { m.question(&open[i]) })
	}
	m.assumed()
}

func (m *markdown) assumed() {
	if as := m.assumptions(); len(as) > 0 {
		m.heading("Assumptions for security to confirm")
		m.folded(len(as), 8, "assumptions", func(i int) {
			s := "- [ ] " + mdText(as[i].text)
			if as[i].why != "" {
				s += " " + mdText(as[i].why)
			}
			if where := m.cites(as[i].cite, 2); where != "" {
				s += " (" + where + ")"
			}
			m.line(s)
		})
	}
}

func (m *markdown) question(q *threatmodel.Question) {
	s := "- [ ] **" + mdText(q.Text) + "**"
	if q.Why != "" {
		s += " " + mdText(stop(q.Why))
	}
	if q.Status == threatmodel.Partly {
		s += " *Partly answered*"
		if q.Answer != "" {
			s += ": " + mdText(stop(q.Answer))
		}
	}
	if where := m.cites(q.Citations, 2); where != "" {
		s += " (see " + where + ")"
	}
	m.line(s)
	if q.ProposedAnswer != "" {
		m.line("  - Proposed answer: ", mdText(q.ProposedAnswer))
	}
}

// rest writes what supports the draft rather than being its point.
func (m *markdown) rest() {
	m.heading("About this draft")
	if m.detail < foldedInBrief {
		m.behind("What the document answers, and which sections it stands on", m.coverage)
	}
	if len(m.Dropped) > 0 && m.detail < foldedInBrief {
		m.behind("What was left out, and why: "+m.leftOut(), m.dropped)
	}
	if len(m.Warnings) > 6 {
		m.behind("All warnings", func() {
			for _, w := range m.Warnings {
				m.line("- ", mdText(warningWords(w)))
			}
		})
	}
	m.behind("How it was made", func() {
		for _, s := range m.made() {
			m.line("- ", mdText(s))
		}
	})
	m.line("\n### Checklist for the reviewer\n")
	for _, s := range checklist {
		m.line("- [ ] ", mdText(s))
	}
}

func (m *markdown) coverage() {
	m.line(mdText(m.covered()), "\n")
	if answered := m.answered(); len(answered) > 0 {
		m.line("| Question | Answered | Where |\n|---|---|---|")
		for _, q := range answered {
			m.printf("| %s | %s | %s |\n", cell(q.Text), cell(plain(q.Status)), cell2(m.cites(q.Citations, 3)))
		}
		m.line()
	}
	if len(m.Coverage.Sections) > 0 {
		m.line("| Section | Sentences | Cited | Findings |\n|---|---:|---:|---:|")
		for _, s := range m.Coverage.Sections {
			m.printf("| %s | %d | %d | %d |\n", cell(sectionName(s.Section)), s.Sentences, s.Citations, s.AbuseCases)
		}
	}
}

// cell2 is [cell] for what is Markdown already.
func cell2(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// sectionName names a section; what stands before the first heading has no title.
func sectionName(title string) string {
	if fold(title) == "" {
		return "Before the first heading"
	}
	return title
}

// covered says how much of the document the draft stands on.
func (v *view) covered() string {
	c := v.Coverage
	return fmt.Sprintf("%d of %s cited. Of the framework's questions the document answers %d, partly answers %d and leaves %d open.",
		c.SentencesCited, count(c.Sentences, "sentence is", "sentences are"), c.Questions.Answered, c.Questions.Partly, c.Questions.Unanswered)
}

// leftOut counts what was dropped by reason, in the vocabulary's order.
func (v *view) leftOut() string {
	n := map[threatmodel.DropReason]int{}
	for _, d := range v.Dropped {
		n[d.Reason]++
	}
	var parts []string
	for _, r := range threatmodel.DropReasons {
		if n[r] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[r], dropWords(r)))
			delete(n, r)
		}
	}
	other := 0
	for _, k := range n {
		other += k
	}
	if other > 0 {
		parts = append(parts, fmt.Sprintf("%d for other reasons", other))
	}
	return strings.Join(parts, "; ")
}

func (m *markdown) dropped() {
	for _, d := range m.Dropped {
		s := "- " + mdText(upper(plain(d.Kind))) + ": " + mdText(short(d.Text, 200)) + " — *" + mdText(dropWords(d.Reason)) + "*"
		if d.Detail != "" {
			s += ": " + mdText(short(d.Detail, 240))
		}
		if where := m.cites(d.Cited, 2); where != "" {
			s += " (" + where + ")"
		}
		m.line(s)
	}
}

// made says what made the draft and from what.
func (v *view) made() []string {
	d, e := v.Document, v.Engine
	out := []string{fmt.Sprintf("From %s: %s, %s bytes, %s lines, SHA-256 %s.", d.Path, strings.ToUpper(d.Format), thousands(d.Bytes), thousands(d.Lines), d.SHA256)}
	by := "By the built-in engine alone: no model was asked, nothing left this machine."
	if e.Kind != "rules" && e.Model != "" {
		by = fmt.Sprintf("By %s (%s, %d from the cache; %s tokens in, %s out%s), checked by code against the text.", e.Model, count(e.Requests, "request"),
			e.CachedRequests, thousands(e.PromptTokens), thousands(e.CompletionTokens), cost(e.CostUSD))
		if e.Kind == "hybrid" {
			by = "By the built-in engine and " + strings.TrimPrefix(by, "By ")
		}
	}
	out = append(out, by)
	if e.Framework != "" {
		out = append(out, "With the question framework "+e.Framework+".")
	}
	return append(out, strings.TrimSpace(fmt.Sprintf("%s %s, %s.", v.Tool.Name, v.Tool.Version, v.GeneratedAt)))
}

func cost(usd float64) string {
	if usd <= 0 {
		return ""
	}
	return "; " + money(usd)
}
