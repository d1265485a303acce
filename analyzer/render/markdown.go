package render

import (
	"fmt"
	"io"
	"strings"

	"whatif/analyzer/threatmodel"
)

// MarkdownOptions say how a Markdown report is written.
type MarkdownOptions struct {
	// Source is where line links lead: the document's path as seen from where the report will be read, or its http(s)
	// address. Empty means the path in the draft.
	Source string

	// Limit is how many characters the report may have; what is less pressing is then told in brief or left out, and the
	// report says so. 0 means what GitHub takes in a comment; negative means no limit.
	Limit int
}

// Markdown writes the draft for a pull request or a wiki, in GitHub's dialect (GitLab reads it too).
func Markdown(w io.Writer, d *threatmodel.Draft, opt MarkdownOptions) error {
	if opt.Limit == 0 {
		opt.Limit = commentLimit
	}
	m := &markdown{view: newView(d, opt.Source)}
	b := borrow()
	defer giveBack(b)
	m.fit(b, opt.Limit)
	_, err := w.Write(b.Bytes())
	return err
}

// report writes all parts.
func (m *markdown) report() {
	if m.summary(); len(m.AbuseCases) == 0 {
		m.behind("What was read from the text", m.facts)
		m.behind("Questions that the document leaves open", m.questions)
	} else {
		m.findings()
		m.facts()
		m.questions()
	}
	m.rest()
}

// A markdown is a report being written.
type markdown struct {
	*errWriter
	*view
	detail detail
}

// facts writes what was read from the text.
func (m *markdown) facts() {
	if m.detail < leastDetail {
		m.data()
		m.parties()
	}
	if m.detail < listCut {
		m.diagram()
		m.journey()
	}
}

// heading opens a part of the report.
func (m *markdown) heading(title string) { m.line("\n## ", title, "\n") }

// behind puts what body writes behind a line to click on. Its title stands within HTML, where Markdown's escapes mean nothing.
func (m *markdown) behind(title string, body func()) {
	m.line("\n<details>\n<summary>", escapeXML(title), "</summary>\n")
	body()
	m.line("\n</details>")
}

// folded lists n things: the first few open, the others behind a line to click on, which names them by what.
func (m *markdown) folded(n, open int, what string, item func(i int), head ...string) {
	start := func() {
		for _, h := range head {
			m.line(h)
		}
	}
	start()
	if n <= open+2 {
		open = n
	}
	for i := range open {
		item(i)
	}
	if open < n {
		m.behind(fmt.Sprintf("%d more %s", n-open, what), func() {
			start()
			for i := open; i < n; i++ {
				item(i)
			}
		})
	}
}

func (m *markdown) summary() {
	m.line("# "+ReportTitle, mdText(m.title()), "\n")
	m.line("**", mdText(m.verdict()), "** ", mdText(m.extent()))
	m.warnings()
	m.shortened()
	first := m.first()
	if len(first) == 0 {
		m.line("\n", mdText(m.calm()))
		return
	}
	m.line("\n**Talk about ", map[int]string{1: "this", 2: "these two", 3: "these three"}[len(first)], " first:**\n")
	for i, at := range first {
		c := &m.AbuseCases[at]
		m.printf("%d. **%s** (%s priority, [finding %d](#%s)). %s\n", i+1, mdText(c.Title), mdText(plain(c.Priority)), at+1, caseAnchor(at+1), mdText(c.WhatIf))
	}
	m.line("\n<sub>A draft to start a conversation with, not a verdict. Every finding quotes the sentence that it stands on.</sub>")
}

func caseAnchor(n int) string { return fmt.Sprintf("finding-%d", n) }

// warnings tell what the reader must know before trusting the rest.
func (m *markdown) warnings() {
	if len(m.Warnings) == 0 {
		return
	}
	m.line("\n> [!WARNING]")
	for i, w := range m.Warnings {
		if i == 6 {
			m.line("> - and ", count(len(m.Warnings)-i, "more", "more"), ", listed at the end")
			break
		}
		m.line("> - ", mdText(warningWords(w)))
	}
}

func warningWords(w threatmodel.Warning) string {
	s := stop(upper(fold(w.Message)))
	if w.Section != "" {
		s += " (in “" + fold(w.Section) + "”)"
	}
	return s
}

// cite writes where a citation stands, as a link where it can be one.
func (m *markdown) cite(c threatmodel.Citation) string {
	s := mdText(m.place(c))
	if t := m.target(c); t != "" {
		s = "[" + s + "](" + t + ")"
	}
	return s
}

// cites writes up to n places in a row.
func (m *markdown) cites(cs []threatmodel.Citation, n int) string {
	var parts []string
	seen := map[string]bool{}
	for _, c := range cs {
		if len(parts) == n {
			break
		}
		if s := m.cite(c); !seen[s] {
			seen[s] = true
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// quote writes a citation with its words and its place.
func (m *markdown) quote(c threatmodel.Citation) {
	where := m.cite(c)
	if c.Section != "" {
		where += ", " + mdText(c.Section)
	}
	if label := matchWords(c.Match); label != "" {
		where += " *(" + label + ")*"
	}
	m.line("> ", mdText("“"+c.Quote+"”"), "<br>— ", where)
}

// cell writes a table's cell; an empty one shows a dash.
func cell(s string) string {
	if t := mdText(s); t != "" {
		return t
	}
	return "–"
}
