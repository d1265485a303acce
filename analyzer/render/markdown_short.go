package render

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"whatif/analyzer/threatmodel"
)

// commentLimit is how many characters GitHub takes in a comment or a pull request's description.
const commentLimit = 65_536

// A detail is how much a Markdown report tells. What one leaves out, all later ones do too.
type detail int

const (
	everything    detail = iota
	lowInBrief           // folded findings of low priority take two lines
	foldedInBrief        // all folded findings do; no coverage, no list of what was dropped
	listCut              // and only the first of them are listed; no journey, no diagram
	leastDetail          // findings after the third are in brief, and no facts
)

const (
	leastFindings = 3  // in full at the least
	mostInBrief   = 60 // findings that are listed once the list is cut
)

// fit writes the report into b with as much detail as fits into limit characters.
func (m *markdown) fit(b *bytes.Buffer, limit int) {
	for m.detail = everything; ; m.detail++ {
		b.Reset()
		m.errWriter = &errWriter{w: b}
		m.report()
		if limit < 0 || m.detail == leastDetail || b.Len() <= limit || utf8.RuneCount(b.Bytes()) <= limit {
			return
		}
	}
}

// inFull is how many findings stand open.
func (m *markdown) inFull() int {
	if m.detail == leastDetail {
		return leastFindings
	}
	return openFindings
}

// isBrief reports a finding that takes two lines.
func (m *markdown) isBrief(i int) bool {
	return i >= m.inFull() && (m.detail >= foldedInBrief || m.detail == lowInBrief && m.AbuseCases[i].Priority == threatmodel.Low)
}

// listed is how many findings the report shows at all.
func (m *markdown) listed() int {
	if m.detail >= listCut {
		return min(len(m.AbuseCases), mostInBrief)
	}
	return len(m.AbuseCases)
}

// inBrief writes a finding on one line, with the words that it stands on.
func (m *markdown) inBrief(i int) {
	c := &m.AbuseCases[i]
	s := fmt.Sprintf("- <a id=\"%s\"></a>**%d. %s** (%s priority, %s). %s", caseAnchor(i+1), i+1, mdText(c.Title), mdText(plain(c.Priority)),
		mdCode(c.ID), mdText(c.WhatIf))
	if len(c.Citations) > 0 {
		s += " " + mdText("“"+short(c.Citations[0].Quote, 160)+"”") + ", " + m.cites(c.Citations, 2)
	}
	m.line(s)
}

// shortened says what is not in this report, and where it is.
func (m *markdown) shortened() {
	if m.detail == everything {
		return
	}
	brief := 0
	for i := range m.listed() {
		if m.isBrief(i) {
			brief++
		}
	}
	var parts []string
	if brief > 0 {
		parts = append(parts, count(brief, "finding is told in brief", "findings are told in brief"))
	}
	if n := len(m.AbuseCases) - m.listed(); n > 0 {
		parts = append(parts, count(n, "finding is not listed", "findings are not listed"))
	}
	switch {
	case m.detail >= leastDetail:
		parts = append(parts, "what was read from the text and how the draft was made are left out")
	case m.detail >= listCut:
		parts = append(parts, "the journey, the diagram, the coverage and what was dropped are left out")
	case m.detail >= foldedInBrief:
		parts = append(parts, "the coverage and what was dropped are left out")
	}
	m.line("\n> [!NOTE]\n> This report was shortened to fit a comment: ", strings.Join(parts, "; "), ". The HTML and JSON reports hold everything.")
}
