package export

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"whatif/analyzer/threatmodel"
)

var gherkinFormat = Format{
	Name: "gherkin", Ending: ".feature", About: "the suggested requirements as scenarios, for Cucumber and others",
	Rejects: "left out, and so is all that nobody accepted once anything was accepted",
	Cannot:  "anything but the requirements of findings, with a quote",
	Checked: "a grammar of its lines, and by hand the parser of Cucumber",
	Write:   Gherkin,
}

// Gherkin writes what the findings ask for as one feature with a rule for each finding: those that somebody accepted, or all that nobody
// rejected where none was accepted.
func Gherkin(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	list, out := m.kept((*finding).accepted)
	if len(list) > 0 {
		left.count(out, "finding that nobody accepted", "findings that nobody accepted")
	} else if list, out = m.kept(func(f *finding) bool { return !f.rejected() && !f.lived() }); out > 0 {
		left.count(out, "finding that is rejected or lived with", "findings that are rejected or lived with")
	}
	g := &errWriter{w: w}
	g.line("Feature: %s: what must not be possible", gherkinText(m.title()))
	g.line("  %s", gherkinText(m.about()))
	bare := 0
	for _, f := range list {
		if len(f.Requirements) == 0 {
			bare++
			continue
		}
		gherkinRule(g, m, f)
	}
	left.count(bare, "finding without a requirement", "findings without a requirement")
	left.rest(m, partAssets, partActors, partDependencies, partFlows, partJourney, partSafeguards, partQuestions)
	return left, g.err
}

func gherkinRule(g *errWriter, m *model, f *finding) {
	g.line("")
	g.line("  Rule: %s", gherkinText(f.Title))
	g.line("    - %s", gherkinText(f.WhatIf))
	if q := m.quote(f.Citations); q != "" {
		g.line("    - %s", gherkinText(q))
	}
	for _, r := range f.Requirements {
		scenarios := gherkinScenarios(r)
		for i, acceptance := range scenarios {
			number := "" // runners want names that differ
			if len(scenarios) > 1 {
				number = fmt.Sprintf(" (%d)", i+1)
			}
			g.line("")
			g.line("    @%s @%s-priority", gherkinTag(f.ID), gherkinTag(string(f.Priority)))
			g.line("    Scenario: %s%s", gherkinText(r.Text), number)
			for _, s := range gherkinSteps(acceptance) {
				g.line("      %s", gherkinText(s))
			}
		}
	}
}

// gherkinScenarios returns the sentences that a requirement is tested by: how to accept it, or else itself.
func gherkinScenarios(r threatmodel.Requirement) []string {
	isEmpty := func(s string) bool { return fold(s) == "" }
	if list := slices.DeleteFunc(slices.Clone(r.Acceptance), isEmpty); len(list) > 0 {
		return list
	}
	return slices.DeleteFunc([]string{r.Text}, isEmpty)
}

var gherkinForm = regexp.MustCompile(`(?is)^\s*given\s+(.+?),?\s+when\s+(.+?),?\s+then\s+(.+?)\.?\s*$`)

// gherkinSteps cuts "Given …, when …, then …" into its steps. Another sentence is what must hold.
func gherkinSteps(s string) []string {
	if p := gherkinForm.FindStringSubmatch(s); p != nil {
		return []string{"Given " + p[1], "When " + p[2], "Then " + p[3]}
	}
	return []string{"Then " + s}
}

// gherkinText returns a text on one line. It stands behind a keyword or a mark, so that nothing in it can be one, and what is read as a
// comment, a table or a docstring begins its line.
func gherkinText(s string) string { return fold(s) }

// gherkinTag returns a tag's name: letters, digits and hyphens.
func gherkinTag(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') {
			return r
		}
		return '_'
	}, s)
}
