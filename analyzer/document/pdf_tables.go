package document

import (
	"math"
	"strings"
)

// A pdfTable is a table as it grows, row by row.
type pdfTable struct {
	id    int // tag
	row   int // tag of the last row
	cell  int // tag of the last cell
	page  int
	rows  [][]string
	heads []bool // rows of header cells only
	pages []int

	headers []string // of the table before, for one that goes on over the page
}

// add takes in a line of a cell of a tagged table.
func (t *pdfTable) add(l *pdfLayout, line pdfLine) {
	tag := line.tag
	if tag.table != t.id {
		l.flushTable()
		t.id = tag.table
	}
	if tag.row != t.row || len(t.rows) == 0 {
		t.rows, t.heads, t.pages = append(t.rows, nil), append(t.heads, true), append(t.pages, line.page)
		t.row, t.cell = tag.row, 0
	}
	last := len(t.rows) - 1
	t.heads[last] = t.heads[last] && tag.head
	if tag.id != t.cell {
		t.rows[last], t.cell = append(t.rows[last], line.text), tag.id
		return
	}
	n := len(t.rows[last]) - 1
	t.rows[last][n] = l.hyphen.join(t.rows[last][n], line.text)
}

// flushTable writes the table that has grown.
func (l *pdfLayout) flushTable() {
	t := &l.table
	if len(t.rows) == 0 {
		return
	}
	l.flush()
	headers, heads := t.header()
	for i, row := range t.rows {
		names := headers
		if i < heads {
			names = nil
		}
		l.sheet.row(names, row, t.pages[i])
	}
	l.table = pdfTable{page: t.pages[len(t.pages)-1], headers: headers}
	l.flushHidden()
}

// header returns the words over each column and how many rows they take up.
func (t *pdfTable) header() (headers []string, heads int) {
	for heads < len(t.rows) && t.heads[heads] {
		heads++
	}
	if heads == len(t.rows) && heads > 1 {
		heads = 0
	}
	if heads == 0 && headerLike(t.rows) {
		heads = 1
	}
	for _, row := range t.rows[:heads] {
		for i, c := range row {
			if len(headers) <= i {
				headers = append(headers, "")
			}
			headers[i] = joinHeaders(headers[i], foldBlanks(c))
		}
	}
	if heads == 0 && t.pages[0] == t.page+1 && len(t.headers) == len(t.rows[0]) {
		return t.headers, 0
	}
	if len(t.rows) == 1 && heads == 0 && !isSentence(t.rows[0]) {
		return t.rows[0], 1 // what follows stands on the next page
	}
	return headers, heads
}

// isSentence reports a row that is no row of labels.
func isSentence(row []string) bool {
	for _, c := range row {
		if !looksLikeTitle(c) {
			return true
		}
	}
	return false
}

// A pdfRow is a row of cells that the places of lines make.
type pdfRow struct {
	cells [][]pdfLine
	lines int
}

// maxCellLines tells a cell of a table from a column of the page.
const maxCellLines = 12

// maxCellsAcross bounds the cells of a row.
const maxCellsAcross = 40

// plainRow reads lines from i on as one row: cells side by side, each of one or several lines.
func (l *pdfLayout) plainRow(i int) pdfRow {
	var r pdfRow
	start := l.lines[i]
	for j := i; j < len(l.lines); j++ {
		line := l.lines[j]
		if line.page != start.page || line.hidden || line.tagged() || (len(r.cells) == 0 && isMarker(line.text)) {
			break
		}
		if j == i {
			r.cells = append(r.cells, []pdfLine{line})
			continue
		}
		last := r.cells[len(r.cells)-1]
		above := last[len(last)-1]
		switch {
		case math.Abs(line.base-start.base) < 0.5*line.size && line.left > rightOf(last)-0.5*line.size && line.left > last[0].left+1.5*line.size && len(r.cells) < maxCellsAcross:
			r.cells = append(r.cells, []pdfLine{line})
		case math.Abs(line.left-last[0].left) < 0.5*line.size && line.base < above.base && above.base-line.base < 1.8*line.size &&
			len(last) < maxCellLines && (len(r.cells) > 1 || l.rowAhead(j, start)):
			r.cells[len(r.cells)-1] = append(last, line)
		default:
			return r.counted()
		}
	}
	return r.counted()
}

// rowAhead reports whether a line beside start follows soon, so that what is below start is the rest of its cell.
func (l *pdfLayout) rowAhead(j int, start pdfLine) bool {
	for k := j; k < min(j+maxCellLines, len(l.lines)); k++ {
		line := l.lines[k]
		if line.page != start.page || line.hidden {
			return false
		}
		if math.Abs(line.base-start.base) < 0.5*line.size && line.left > start.left+1.5*line.size {
			return true
		}
	}
	return false
}

func rightOf(cell []pdfLine) float64 {
	right := 0.0
	for _, line := range cell {
		right = math.Max(right, line.right)
	}
	return right
}

func (r pdfRow) counted() pdfRow {
	for _, c := range r.cells {
		r.lines += len(c)
	}
	return r
}

// plainTable reads a table that only the places of its lines tell of, and returns how many lines it takes; 0 if there is none
// at i. It takes two rows or more whose cells stand below each other.
func (l *pdfLayout) plainTable(i int) int {
	first := l.plainRow(i)
	if len(first.cells) < 2 {
		return 0
	}
	rows := []pdfRow{first}
	total := first.lines
	for i+total < len(l.lines) {
		next := l.plainRow(i + total)
		if len(next.cells) < 2 || !next.under(first) {
			break
		}
		rows = append(rows, next)
		total += next.lines
	}
	if len(rows) < 2 && (len(first.cells) < 3 || first.lines > len(first.cells) || !first.apart()) {
		return 0
	}
	l.flush()
	for _, r := range rows {
		texts := make([]string, len(first.cells))
		for _, c := range r.cells {
			col := first.column(c[0])
			text := ""
			for _, line := range c {
				text = strings.TrimSpace(l.hyphen.join(text, line.text))
			}
			texts[col] = strings.TrimSpace(texts[col] + " " + text)
		}
		l.table.rows = append(l.table.rows, texts)
		l.table.heads = append(l.table.heads, len(l.table.rows) == 1 && r.bold() && !rows[len(rows)-1].bold())
		l.table.pages = append(l.table.pages, first.cells[0][0].page)
	}
	l.flushTable()
	return total
}

// apart reports cells with so much room between them that they are no line of text.
func (r pdfRow) apart() bool {
	for i := 1; i < len(r.cells); i++ {
		if r.cells[i][0].left < r.cells[i-1][0].right+2*r.cells[i][0].size {
			return false
		}
	}
	return true
}

func (r pdfRow) bold() bool {
	for _, c := range r.cells {
		if !c[0].bold {
			return false
		}
	}
	return true
}

// column returns the column of r that a line stands in, -1 if in none.
func (r pdfRow) column(line pdfLine) int {
	for i, c := range r.cells {
		if math.Abs(c[0].left-line.left) < 0.8*line.size || math.Abs(c[0].right-line.right) < 0.3*line.size {
			return i
		}
	}
	return -1
}

// under reports whether every cell of r stands in a column of the row above, below it.
func (r pdfRow) under(above pdfRow) bool {
	for _, c := range r.cells {
		if above.column(c[0]) < 0 {
			return false
		}
	}
	return r.cells[0][0].page == above.cells[0][0].page && r.cells[0][0].base < above.cells[0][0].base
}
