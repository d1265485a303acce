package gate

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

// A junit is the check as JUnit's XML, which most builds show as tests: a suite for each document, a case for each finding and each
// required question.
type junit struct {
	w     io.Writer
	begun bool
}

func newJUnit(w io.Writer, _ *Gate, _ Style) Report { return &junit{w: w} }

type suite struct {
	XMLName  xml.Name   `xml:"testsuite"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Cases    []testcase `xml:"testcase"`
}

type testcase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	File    string   `xml:"file,attr"`
	Line    int      `xml:"line,attr,omitempty"`
	Failure *outcome `xml:"failure"`
	Error   *outcome `xml:"error"`
	Skipped *outcome `xml:"skipped"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (j *junit) begin() error {
	if j.begun {
		return nil
	}
	j.begun = true
	_, err := io.WriteString(j.w, xml.Header+"<testsuites name=\"whatif\">\n")
	return err
}

func (j *junit) Document(d *Document) error {
	if err := j.begin(); err != nil {
		return err
	}
	s := suite{Name: shownPath(d.Record.Name)}
	s.add(testcase{Name: "is analysed", Error: notAnalysed(d)})
	for i := range d.Findings {
		f := &d.Findings[i]
		s.add(testcase{Name: f.Title + " [" + f.ID + "]", Line: line(f.Finding), Failure: failure(d, f), Skipped: skipped(f)})
	}
	for _, q := range d.Questions {
		c := testcase{Name: "answers " + q.Key, Line: q.Line}
		if q.Fails {
			c.Failure = &outcome{Message: "not answered: " + q.Text, Type: "question"}
		}
		s.add(c)
	}
	raw, err := xml.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	_, err = j.w.Write(append(raw, '\n'))
	return err
}

func (s *suite) add(c testcase) {
	c.Name = oneLine(c.Name)
	for _, o := range []*outcome{c.Failure, c.Error, c.Skipped} {
		if o != nil {
			o.Message, o.Type, o.Text = oneLine(o.Message), oneLine(o.Type), render.EscapeTerminal(o.Text)
		}
	}
	c.Class, c.File = s.Name, s.Name
	s.Tests++
	switch {
	case c.Error != nil:
		s.Errors++
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func notAnalysed(d *Document) *outcome {
	if d.Record.HasDraft() {
		return nil
	}
	return &outcome{Message: d.Record.Detail, Type: string(d.Record.State)}
}

// failure is what a finding that fails says: what if, where, and the words.
func failure(d *Document, f *Finding) *outcome {
	if !f.Fails {
		return nil
	}
	o := &outcome{Message: says(f.Finding), Type: string(f.Priority)}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d\n", d.Record.Name, line(f.Finding))
	if len(f.Regions) > 0 {
		fmt.Fprintf(&b, "“%s”\n", f.Regions[0].Quote)
	}
	if f.Requirement != "" {
		fmt.Fprintf(&b, "Suggested: %s\n", f.Requirement)
	}
	if f.Standing.Decision != nil {
		fmt.Fprintf(&b, "Decided, and no longer so: %s\n", f.Standing.Decision.Why())
	}
	o.Text = b.String()
	return o
}

// skipped says why a finding does not fail. One that is not pressing passes like a test.
func skipped(f *Finding) *outcome {
	switch {
	case f.Fails:
		return nil
	case f.Standing.Decided:
		return &outcome{Message: f.Standing.Decision.Why()}
	case f.Known && f.Priority != threatmodel.Low:
		return &outcome{Message: "in the baseline"}
	}
	return nil
}

func (j *junit) Close(*Verdict) error {
	if err := j.begin(); err != nil {
		return err
	}
	_, err := io.WriteString(j.w, "</testsuites>\n")
	return err
}
