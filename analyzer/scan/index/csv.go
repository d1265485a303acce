package index

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
)

// A CSV writes findings as comma-separated values (RFC 4180), one a row, as the records come.
type CSV struct {
	w   *csv.Writer
	row []string
	err error
}

// columns are the header.
var columns = []string{"document", "line", "priority", "severity", "likelihood", "category", "what_if", "title", "question", "rule", "id",
	"fingerprint", "quote", "requirement", "draft"}

// NewCSV returns a writer of findings. The header is written at once.
func NewCSV(w io.Writer) *CSV {
	c := &CSV{w: csv.NewWriter(w), row: make([]string, len(columns))}
	c.w.UseCRLF = true
	if _, c.err = io.WriteString(w, "\ufeff"); c.err == nil { // spreadsheets take a file for UTF-8 by this mark alone
		c.err = c.w.Write(columns)
	}
	return c
}

// Add writes the findings of a record.
func (c *CSV) Add(r *record.Record) {
	draft := ""
	if files := localFiles(r.Files); len(files) > 0 {
		d := doc{files: files}
		if draft = d.file("html"); draft == "" {
			draft = files[0]
		}
	}
	for i := range r.Findings {
		if c.err != nil {
			return
		}
		f := &r.Findings[i]
		line, quote := "", ""
		if len(f.Regions) > 0 {
			line, quote = strconv.Itoa(f.Regions[0].StartLine), f.Regions[0].Quote
		}
		c.row = append(c.row[:0], r.Name, line, string(f.Priority), string(f.Severity), string(f.Likelihood), string(f.Category), shown(f.WhatIf),
			shown(f.Title), f.Question, f.Rule, f.ID, f.Fingerprint, shown(quote), shown(f.Requirement), draft)
		for n := range c.row {
			c.row[n] = cell(c.row[n])
		}
		c.err = c.w.Write(c.row)
	}
}

// Flush writes what is still held, and returns the first error of all.
func (c *CSV) Flush() error {
	c.w.Flush()
	if c.err == nil {
		c.err = c.w.Error()
	}
	if c.err != nil {
		return fmt.Errorf("writing the findings: %w", c.err)
	}
	return nil
}

// cell makes a text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe. Their wide forms count too.
func cell(s string) string {
	raw := s
	s = render.EscapeTerminal(s)
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s, unicode.IsSpace))
	if strings.ContainsRune("=+-@＝＋－＠", first) || strings.HasPrefix(raw, "\t") || strings.HasPrefix(raw, "\r") || strings.HasPrefix(s, "\t") {
		return "'" + s
	}
	return s
}
