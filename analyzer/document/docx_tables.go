package document

import (
	"strconv"
	"strings"
)

// A docxCell is one cell of a table; one that a cell above reaches into takes that one's text for context.
type docxCell struct {
	text   string
	cols   int
	goesOn bool // merged with the cell above
}

type docxRow struct {
	cells  []docxCell
	before int // columns left empty at the start
	head   bool
	bold   bool
	hidden []docxSeg
	notes  []string
	boxes  []*xmlNode
}

// table reads a table row by row. One that only lays out the page is read cell by cell instead.
func (r *docxReader) table(n *xmlNode, look docxLook) {
	styled := n.val("tblPr", "tblStyle")
	if name := r.styles.get(styled).name; styled != "" && name != "table grid" && name != "normal table" {
		look.shaded = 1 // the style of a table may well colour its cells
	}
	if r.isLayout(n) {
		for _, tr := range tableRows(n) {
			for _, tc := range rowCells(tr) {
				r.blocks(tc, cellLook(tc, look))
			}
		}
		return
	}
	var rows []docxRow
	for _, tr := range tableRows(n) {
		if tr.kid("trPr", "del") != nil {
			r.changes++
			continue
		}
		rows = append(rows, r.tableRow(tr, look))
	}
	r.layRows(rows)
}

// tableRows and rowCells look through content controls and the like.
func tableRows(n *xmlNode) []*xmlNode { return unwrapped(n, "tr") }
func rowCells(n *xmlNode) []*xmlNode  { return unwrapped(n, "tc") }

func unwrapped(n *xmlNode, name string) []*xmlNode {
	var out []*xmlNode
	for _, k := range n.kids {
		switch k.name {
		case name:
			out = append(out, k)
		case "sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag":
			out = append(out, unwrapped(k, name)...)
		}
	}
	return out
}

func cellLook(tc *xmlNode, look docxLook) docxLook {
	if tcPr := tc.kid("tcPr"); tcPr != nil {
		if shade := shading(tcPr); shade != 0 {
			look.shaded = shade
		}
	}
	return look
}

// isLayout reports a table with one column, with headings or tables in its cells, or with cells as long as pages.
func (r *docxReader) isLayout(n *xmlNode) bool {
	widest := 0
	for _, tr := range tableRows(n) {
		cells := rowCells(tr)
		widest = max(widest, len(cells))
		for _, tc := range cells {
			size := 0
			for _, k := range tc.kids {
				if k.name == "tbl" {
					return true
				}
				if k.name == "p" {
					pPr := k.kid("pPr")
					if headingLevelOf(pPr, r.styles.get(pPr.val("pStyle"))) > 0 {
						return true
					}
				}
				if size += textLen(k); size > maxCellText {
					return true
				}
			}
		}
	}
	return widest < 2
}

func textLen(n *xmlNode) int {
	size := 0
	if n.name == "t" {
		size = len(n.text)
	}
	for _, k := range n.kids {
		size += textLen(k)
	}
	return size
}

func (r *docxReader) tableRow(tr *xmlNode, look docxLook) docxRow {
	var row docxRow
	row.head, _ = tr.kid("trPr").on("tblHeader")
	row.before, _ = strconv.Atoi(tr.val("trPr", "gridBefore"))
	row.before = min(max(row.before, 0), maxColumns)
	row.bold = true
	for _, tc := range rowCells(tr) {
		c := docxCell{cols: 1}
		if span, err := strconv.Atoi(tc.val("tcPr", "gridSpan")); err == nil && span > 1 {
			c.cols = min(span, maxColumns)
		}
		if merge := tc.kid("tcPr", "vMerge"); merge != nil && merge.attr("val") != "restart" {
			c.goesOn = true
		}
		segs := r.cellText(tc, cellLook(tc, look), &row)
		c.text = foldBlanks(strings.Join(visibleLines(segs), " "))
		row.bold = row.bold && (c.text == "" || allBold(segs))
		row.hidden = append(row.hidden, segs...)
		row.cells = append(row.cells, c)
	}
	return row
}

// cellText reads the paragraphs of a cell into one line.
func (r *docxReader) cellText(tc *xmlNode, look docxLook, row *docxRow) []docxSeg {
	var segs []docxSeg
	for _, k := range tc.kids {
		switch k.name {
		case "p":
			pPr := k.kid("pPr")
			style := r.styles.get(pPr.val("pStyle"))
			label, _ := r.number(pPr, style)
			l := docxLine{r: r}
			if label != "" && textLen(k) > 0 {
				l.segs = append(l.segs, docxSeg{text: label + " ", bold: true})
			}
			l.children(k, look.over(style.look))
			segs = append(append(segs, l.segs...), docxSeg{text: " "})
			row.notes = append(row.notes, l.notes...)
			row.boxes = append(row.boxes, l.boxes...)
			r.endParagraph()
		case "sdt", "sdtContent", "customXml", "ins", "moveTo":
			segs = append(segs, r.cellText(k, look, row)...)
		case "AlternateContent":
			if alt := pickAlternate(k); alt != nil {
				segs = append(segs, r.cellText(alt, look, row)...)
			}
		}
	}
	return segs
}

// layRows writes the rows. What a cell merged with those below says is said again in each row.
func (r *docxReader) layRows(rows []docxRow) {
	headers, heads := docxHeaders(rows)
	above := map[int]string{} // by column
	for i, row := range rows {
		var names, texts []string
		col := row.before
		for _, c := range row.cells {
			if c.goesOn {
				c.text = above[col]
			}
			above[col] = c.text
			names = append(names, headerOver(headers, col, c.cols))
			texts = append(texts, c.text)
			col += c.cols
		}
		if i < heads {
			names = nil
		}
		r.sheet.row(names, texts, 0)
		r.layHidden(row.hidden)
		for _, box := range row.boxes {
			r.blocks(box, docxLook{})
		}
		r.layNotes(row.notes)
	}
}

// docxHeaders returns the words over each column and how many rows they take up.
func docxHeaders(rows []docxRow) (headers []string, heads int) {
	for heads < len(rows) && rows[heads].head {
		heads++
	}
	if heads == len(rows) {
		heads = 0
	}
	if heads == 0 && len(rows) > 1 && len(rows[0].cells) > 1 {
		var texts [][]string
		for _, row := range rows {
			var line []string
			for _, c := range row.cells {
				line = append(line, c.text)
			}
			texts = append(texts, line)
		}
		if (rows[0].bold && !rows[1].bold) || headerLike(texts) {
			heads = 1
		}
	}
	for _, row := range rows[:heads] {
		col := row.before
		for _, c := range row.cells {
			for end := min(col+c.cols, maxColumns); col < end; col++ {
				for len(headers) <= col {
					headers = append(headers, "")
				}
				headers[col] = joinHeaders(headers[col], c.text)
			}
		}
	}
	return headers, heads
}

func headerOver(headers []string, col, cols int) string {
	name := ""
	if col == 0 && cols >= len(headers) && cols > 1 {
		return "" // a note across the whole table
	}
	for i := col; i < col+cols && i < len(headers); i++ {
		name = joinHeaders(name, headers[i])
	}
	return name
}
