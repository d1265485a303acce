package template

import (
	"io"
	"strconv"
)

// word writes the form as a DOCX document, with the headings and tables that a word processor knows as such.
func word(w io.Writer, s *sheet) error {
	d := &docx{title: s.Title}
	if s.Feature != "" {
		d.title += ": " + s.Feature
	}
	d.paragraph("Title", plainRun(d.title))
	d.paragraph("Subtitle", plainRun(s.Lead))
	d.fields(s.Fields, s.Feature)
	d.paragraph("Heading1", plainRun("How to use this page"))
	for i, line := range s.How {
		d.paragraph("ListParagraph", plainRun(strconv.Itoa(i+1)+". "+line))
	}
	for _, sec := range s.Sections {
		d.section(s, sec)
	}
	d.paragraph("Hint", plainRun("Questions: "+s.Framework+". Written by whatif template."))
	return d.write(w)
}

func (d *docx) section(s *sheet, sec section) {
	d.paragraph("Heading1", plainRun(sec.Heading()))
	d.paragraph("Hint", plainRun(sec.Hint))
	switch sec.Kind {
	case "lines":
		d.box(sec.Rows * 500)
		return
	case "questions":
		d.questions(s.Groups)
		return
	case "journey":
		for _, q := range s.Steps {
			d.paragraph("ListParagraph", run{text: "• "}, run{text: q.Text, bold: true}, plainRun(" "+q.Why), run{text: " " + q.Example, italic: true})
		}
	}
	d.form(sec)
	if sec.Kind == "sketch" {
		d.paragraph("Hint", plainRun("Room for a sketch: boxes are people and systems, arrows are data, a dashed frame is where our control ends."))
		d.box(5000)
	}
	d.fields(sec.Fields, "")
}

func (d *docx) questions(groups []group) {
	for _, g := range groups {
		d.paragraph("Heading2", plainRun(g.Title))
		d.paragraph("Hint", plainRun(g.Intro))
		for _, q := range g.Questions {
			d.paragraph("Heading3", plainRun(q.Text))
			d.paragraph("Kept", run{text: "Why it matters: ", bold: true}, plainRun(q.Why))
			d.paragraph("Kept", run{text: "A good answer: ", bold: true}, plainRun(q.Good))
			d.paragraph("Kept", run{text: "For example: ", bold: true}, run{text: q.Example, italic: true})
			d.paragraph("HintKept", plainRun("Who knows: "+who(q.Ask)+" ("+q.Key+")"))
			d.box(900)
		}
	}
}

// form is a table with a row of names, a row that is an example, and empty rows.
func (d *docx) form(sec section) {
	t := table{header: true, height: 480}
	var names, example []cell
	for i, c := range sec.Columns {
		t.widths = append(t.widths, c.Width)
		names = append(names, cell{run{text: c.Name, bold: true}})
		example = append(example, cell{run{text: sec.Example[i], italic: true, soft: true}})
	}
	t.rows = [][]cell{names, example}
	for range sec.Rows {
		t.rows = append(t.rows, make([]cell, len(names)))
	}
	d.table(t)
}

// fields is a table of two columns: a name, and room for what belongs there. The first is filled in, if it is known.
func (d *docx) fields(names []string, first string) {
	if len(names) == 0 {
		return
	}
	t := table{widths: []int{35, 65}, height: 420}
	for i, name := range names {
		value := cell{}
		if i == 0 && first != "" {
			value = cell{plainRun(first)}
		}
		t.rows = append(t.rows, []cell{{run{text: name, bold: true}}, value})
	}
	d.table(t)
}

// box is an empty frame, height high in twentieths of a point.
func (d *docx) box(height int) {
	d.table(table{widths: []int{100}, height: height, rows: [][]cell{make([]cell, 1)}})
}
