package template

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// A docx is a WordprocessingML document that grows from top to bottom.
type docx struct {
	title string
	body  strings.Builder
}

// A run is text in one style.
type run struct {
	text               string
	bold, italic, soft bool
}

func plainRun(text string) run { return run{text: text} }

// A cell is one paragraph; a nil one is empty.
type cell []run

// A table has columns of the widths, in percent of the text's width, and rows of at least the height, in twentieths of a
// point. With header, its first row is repeated on each page.
type table struct {
	widths []int
	height int
	header bool
	rows   [][]cell
}

// textWidth is the width between the margins of an A4 page, in twentieths of a point.
const textWidth = 11906 - 2*1080

func (d *docx) paragraph(style string, runs ...run) {
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>`, style)
	d.runs(runs)
	d.body.WriteString("</w:p>\n")
}

func (d *docx) runs(runs []run) {
	for _, r := range runs {
		d.body.WriteString("<w:r><w:rPr>")
		if r.bold {
			d.body.WriteString("<w:b/>")
		}
		if r.italic {
			d.body.WriteString("<w:i/>")
		}
		if r.soft {
			d.body.WriteString(`<w:color w:val="5F6775"/>`)
		}
		fmt.Fprintf(&d.body, `</w:rPr><w:t xml:space="preserve">%s</w:t></w:r>`, escapeXML(r.text))
	}
}

func (d *docx) table(t table) {
	d.body.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/>`)
	if t.header {
		d.body.WriteString(`<w:tblLook w:val="0020" w:firstRow="1"/>`)
	}
	d.body.WriteString("</w:tblPr><w:tblGrid>")
	for _, width := range t.widths {
		fmt.Fprintf(&d.body, `<w:gridCol w:w="%d"/>`, textWidth*width/100)
	}
	d.body.WriteString("</w:tblGrid>\n")
	for i, row := range t.rows {
		d.row(t, row, t.header && i == 0)
	}
	d.body.WriteString("</w:tbl>\n")
	d.paragraph("AfterTable") // without one, tables that follow each other become one
}

func (d *docx) row(t table, row []cell, header bool) {
	fmt.Fprintf(&d.body, `<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="%d" w:hRule="atLeast"/>`, t.height)
	if header {
		d.body.WriteString("<w:tblHeader/>")
	}
	d.body.WriteString("</w:trPr>")
	for i, c := range row {
		fmt.Fprintf(&d.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, textWidth*t.widths[i]/100)
		if header {
			d.body.WriteString(`<w:shd w:val="clear" w:color="auto" w:fill="E9EDF4"/>`)
		}
		d.body.WriteString(`</w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr>`)
		d.runs(c)
		d.body.WriteString("</w:p></w:tc>")
	}
	d.body.WriteString("</w:tr>\n")
}

func escapeXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder does not fail
	return b.String()
}

// written is the time of every part of the file, so that the same document has the same bytes.
var written = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// write writes the document as a ZIP archive of its parts.
func (d *docx) write(w io.Writer) error {
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", docxTypes},
		{"_rels/.rels", docxRelations},
		{"docProps/core.xml", fmt.Sprintf(docxProperties, escapeXML(d.title))},
		{"word/_rels/document.xml.rels", docxDocumentRelations},
		{"word/document.xml", docxStart + d.body.String() + docxEnd},
		{"word/styles.xml", docxStyles()},
		{"word/footer1.xml", docxFooter},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: written})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, head+part.content); err != nil {
			return err
		}
	}
	return z.Close()
}
