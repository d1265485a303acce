package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

var csvFormat = Format{
	Name: "csv", Ending: ".csv", About: "the findings for a spreadsheet, one a row",
	Rejects: "in it like all others, with what was decided in columns of their own",
	Cannot:  "anything but the findings",
	Checked: "RFC 4180, and that no cell is a formula",
	Write:   CSV,
}

// CSV writes the findings, one a row (RFC 4180). No cell is taken for a formula.
func CSV(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	rows := [][]string{{"id", "priority", "severity", "likelihood", "confidence", "basis", "category", "title", "what_if", "who_benefits",
		"for_users", "for_business", "for_reputation",
		"requirements", "assets", "stride", "linddun", "regulations", "quote", "place", "line", "rule", "state", "reason", "by", "at", "until", "note"}}
	for i := range m.findings {
		rows = append(rows, csvRow(m, &m.findings[i]))
	}
	left.rest(m, partAssets, partActors, partDependencies, partFlows, partJourney, partSafeguards, partQuestions)
	return left, writeCSV(w, rows)
}

func csvRow(m *model, f *finding) []string {
	quote, place, line := "", "", ""
	if len(f.Citations) > 0 {
		c := f.Citations[0]
		quote, place = fold(c.Quote), m.place(c)
		if c.LineStart > 0 {
			line = strconv.Itoa(c.LineStart)
		}
	}
	var needs []string
	for _, r := range f.Requirements {
		needs = append(needs, requirement(r))
	}
	reason, by, at, until, note := "", "", "", "", ""
	if d := f.Decision; d != nil {
		reason, by, at, until, note = string(d.Reason), d.By, d.At, d.Until, d.Note
	}
	return []string{f.ID, string(f.Priority), string(f.Severity), string(f.Likelihood), string(f.Confidence), string(f.Basis), string(f.Category),
		f.Title, f.WhatIf, f.WhoBenefits,
		f.Consequences.Users, f.Consequences.Business, f.Consequences.Reputation, strings.Join(needs, "\n"), strings.Join(m.names(f.Assets), ", "),
		strings.Join(f.Tags.STRIDE, ", "),
		strings.Join(f.Tags.LINDDUN, ", "), strings.Join(f.Tags.Regulations, ", "), quote, place, line, f.Rule, f.state(), reason, by, at, until, note}
}

// writeCSV writes rows of cells.
func writeCSV(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, row := range rows {
		for i := range row {
			row[i] = cell(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cell makes a text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe. Their wide forms count too.
func cell(s string) string {
	s = strings.ReplaceAll(render.EscapeTerminal(s), "\r", "")
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s, unicode.IsSpace))
	if s != "" && (strings.ContainsRune("=+-@＝＋－＠", first) || strings.HasPrefix(s, "\t")) {
		return "'" + s
	}
	return s
}
