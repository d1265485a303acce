package gate

import (
	"fmt"
	"io"
	"strings"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/sarif"
)

// A Report is one form of a check's outcome. Documents come one by one, and are not kept.
type Report interface {
	Document(d *Document) error
	Close(v *Verdict) error
}

// A Style says what forms need besides the outcome.
type Style struct {
	Version string                // of the program
	Rules   map[string]sarif.Rule // for SARIF
	Source  string                // address of the folder that names are relative to, for links; "": no links
}

// A Format is a form that a check can be written in.
type Format struct {
	Name    string
	Endings []string
	New     func(w io.Writer, g *Gate, style Style) Report
}

// Formats are all of them. The first is for people.
var Formats = []Format{
	{"text", []string{".txt"}, func(w io.Writer, _ *Gate, _ Style) Report { return &text{w} }},
	{"github", nil, func(w io.Writer, _ *Gate, _ Style) Report { return &github{w} }},
	{"sarif", []string{".sarif", ".sarif.json"}, newSARIF},
	{"junit", []string{".xml"}, newJUnit},
	{"markdown", []string{".md", ".markdown"}, newMarkdown},
	{"json", []string{".json"}, newJSON},
}

// ForEnding returns the format that a file's ending names.
func ForEnding(path string) (Format, bool) {
	best, length := Format{}, 0
	for _, f := range Formats {
		for _, e := range f.Endings {
			if strings.HasSuffix(strings.ToLower(path), e) && len(e) > length {
				best, length = f, len(e)
			}
		}
	}
	return best, length > 0
}

// ForName returns the format with the name.
func ForName(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// A text is one line for each thing that fails, as editors and terminals make links of: "docs/prd.md:12: high: What if …? [T-81d2f0]".
type text struct{ w io.Writer }

func (t *text) Document(d *Document) error {
	path := pathText(d.Record.Path)
	for i := range d.Findings {
		f := &d.Findings[i]
		if !f.Fails {
			continue
		}
		kind, more := string(f.Priority), ""
		switch {
		case f.Standing.Expired:
			kind, more = "expired", " ("+f.Standing.Decision.Why()+")"
		case f.Standing.Stale:
			more = " (the text was another when it was decided: " + f.Standing.Decision.Why() + ")"
		}
		if _, err := fmt.Fprintf(t.w, "%s:%d: %s: %s [%s]%s\n", path, line(f.Finding), kind, oneLine(says(f.Finding)), oneLine(f.ID), oneLine(more)); err != nil {
			return err
		}
	}
	for _, q := range d.Questions {
		if q.Fails {
			if _, err := fmt.Fprintf(t.w, "%s:%d: question: %s [%s]\n", path, max(q.Line, 1), oneLine(q.Text), oneLine(q.Key)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *text) Close(*Verdict) error { return nil }

// says is a finding in a sentence.
func says(f *record.Finding) string {
	if f.WhatIf != "" {
		return f.WhatIf
	}
	return f.Title
}

// line is the line of a finding, 1 where it has none.
func line(f *record.Finding) int {
	if len(f.Regions) == 0 {
		return 1
	}
	return max(f.Regions[0].StartLine, 1)
}

// oneLine returns text that steers no terminal, on one line. A blank at its beginning stays.
func oneLine(s string) string {
	folded := strings.Join(strings.Fields(render.EscapeTerminal(s)), " ")
	if strings.HasPrefix(s, " ") && folded != "" {
		return " " + folded
	}
	return folded
}

// pathText returns a path as it is printed at the beginning of a line: on one line, and never as a command to whoever reads the output
// of a build, which begins with "::" or "##".
func pathText(path string) string {
	path = shownPath(path)
	if strings.HasPrefix(path, ":") || strings.HasPrefix(path, "#") || strings.HasPrefix(path, " ") {
		return "./" + path
	}
	return path
}

// shownPath returns a path on one line.
func shownPath(path string) string {
	return strings.NewReplacer("\n", "␊", "\t", "␉").Replace(render.EscapeTerminal(path))
}

// A sarifReport is the check as SARIF: all findings, with their state in the baseline, those that were put aside as suppressed.
type sarifReport struct{ w *sarif.Writer }

func newSARIF(w io.Writer, g *Gate, style Style) Report {
	return &sarifReport{sarif.New(escaping{w}, sarif.Options{Version: style.Version, Rules: style.Rules, Baseline: g.opt.Baseline != nil, Decided: true})}
}

// An escaping writes JSON so that its text steers no terminal. Every Write is of whole values.
type escaping struct{ w io.Writer }

func (e escaping) Write(p []byte) (int, error) {
	if _, err := e.w.Write(render.EscapeJSON(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s *sarifReport) Document(d *Document) error {
	notes := map[*record.Finding]sarif.Note{}
	for i := range d.Findings {
		f := &d.Findings[i]
		n := sarif.Note{Baseline: "new", Suppressed: f.Standing.Suppresses()}
		switch {
		case f.Changed:
			n.Baseline = "updated"
		case f.Known:
			n.Baseline = "unchanged"
		}
		if n.Suppressed {
			n.Why = f.Standing.Decision.Why()
		}
		notes[f.Finding] = n
	}
	if err := s.w.Add(d.Record, func(f *record.Finding) sarif.Note { return notes[f] }); err != nil {
		return err
	}
	return s.absent(d.Gone)
}

func (s *sarifReport) absent(gone []Entry) error {
	for i := range gone {
		e := &gone[i]
		f := record.Finding{ID: e.ID, Fingerprint: e.Fingerprint, Title: e.Title, Priority: e.Priority, Category: e.Category, Rule: e.Rule}
		if err := s.w.Absent(e.Document, &f); err != nil {
			return err
		}
	}
	return nil
}

func (s *sarifReport) Close(v *Verdict) error {
	if err := s.absent(v.Vanished); err != nil {
		return err
	}
	return s.w.Close()
}
