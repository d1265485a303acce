package export

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// A word is a Word document in the making (ECMA-376, transitional): paragraphs and tables, one after the other.
type word struct {
	title string
	body  bytes.Buffer
}

const wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

// xmlText returns a text on one line that XML takes for nothing else.
func xmlText(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(fold(s))) // a buffer takes everything
	return b.String()
}

// para adds a paragraph in a style, "" for the usual one. One without text is not added.
func (d *word) para(style, text string) {
	if text = xmlText(text); text != "" {
		d.body.WriteString("<w:p>" + wordStyle(style) + `<w:r><w:t xml:space="preserve">` + text + "</w:t></w:r></w:p>")
	}
}

func wordStyle(style string) string {
	if style == "" {
		return ""
	}
	return `<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`
}

// wordWide is how wide a table is, in twentieths of a point: the page without its margins.
const wordWide = 9638

// table adds a table with a head (nil: its first column is the head) and rows of as many cells.
func (d *word) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	n := len(rows[0])
	wide := make([]int, n)
	for i := range wide {
		wide[i] = wordWide / n
	}
	if head == nil && n == 2 {
		wide[0], wide[1] = wordWide/4, wordWide-wordWide/4
	}
	fmt.Fprintf(&d.body, `<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`, wordWide)
	for _, w := range wide {
		fmt.Fprintf(&d.body, `<w:gridCol w:w="%d"/>`, w)
	}
	d.body.WriteString("</w:tblGrid>")
	if head != nil {
		d.row(head, wide, func(int) bool { return true }, "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>")
	}
	for _, r := range rows {
		d.row(r, wide, func(i int) bool { return head == nil && i == 0 }, "<w:trPr><w:cantSplit/></w:trPr>")
	}
	d.body.WriteString("</w:tbl><w:p/>") // two tables with nothing between them would become one
}

func (d *word) row(cells []string, wide []int, bold func(int) bool, props string) {
	d.body.WriteString("<w:tr>" + props)
	for i, c := range cells {
		run := ""
		if bold(i) {
			run = "<w:rPr><w:b/></w:rPr>"
		}
		fmt.Fprintf(&d.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:r>%s<w:t xml:space="preserve">%s</w:t></w:r></w:p></w:tc>`, wide[i], run, xmlText(c))
	}
	d.body.WriteString("</w:tr>")
}

// write packs the document. The same document gives the same bytes.
func (d *word) write(w io.Writer) error {
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	z := zip.NewWriter(w)
	for _, part := range [][2]string{
		{"[Content_Types].xml", wordTypes},
		{"_rels/.rels", wordRels},
		{"docProps/core.xml", strings.Replace(wordCore, "TITLE", xmlText(d.title), 1)},
		{"word/_rels/document.xml.rels", wordParts},
		{"word/styles.xml", wordStyles},
		{"word/numbering.xml", wordNumbering},
		{"word/document.xml", "<w:document " + wordNS + "><w:body>" + d.body.String() + wordPage + "</w:body></w:document>"},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part[0], Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, head+part[1]); err != nil {
			return err
		}
	}
	return z.Close()
}
