package document

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html/atom"
)

// maxCellText is the length, in bytes, from which a cell is a part of the page rather than an entry of a table.
const maxCellText = 2000

// maxColumns bounds what spans can make of a small file.
const maxColumns = 200

// An htmlCell is a cell as it stands in its row.
type htmlCell struct {
	runs       []run
	text       string
	cols, rows int  // that it spans
	head       bool // th
}

type htmlRow struct {
	cells  []htmlCell
	node   *htmlNode
	inHead bool // within thead
	hidden bool
}

// table reads a table row by row. One that only lays out the page is read cell by cell instead.
func (w *htmlWalker) table(n *htmlNode, at htmlPlace) {
	w.flush()
	rows := w.rows(n, at, nil)
	role, _, _ := w.t.attr(n, "role")
	if at.kind == Hidden || n.layout || role == "presentation" || role == "none" || len(rows) == 0 || widest(rows) < 2 {
		at.article = true
		w.children(n, at)
		w.flush()
		return
	}
	w.captions(n, at)
	headers, heads := tableHeaders(rows)
	var carried []carriedCell
	for i, r := range rows {
		if r.hidden {
			w.add(block{kind: Hidden, runs: flatRuns(r.cells)}, nil)
			continue
		}
		names := headers
		if i < heads {
			names = nil
		}
		carried = w.row(r, names, carried)
	}
}

func widest(rows []htmlRow) int {
	n := 0
	for _, r := range rows {
		n = max(n, len(r.cells))
	}
	return n
}

func flatRuns(cells []htmlCell) []run {
	var runs []run
	for _, c := range cells {
		if len(runs) > 0 && len(c.runs) > 0 {
			runs = append(runs, run{text: " ", start: runs[len(runs)-1].end, end: c.runs[0].start})
		}
		runs = append(runs, c.runs...)
	}
	return runs
}

func (w *htmlWalker) captions(n *htmlNode, at htmlPlace) {
	for c := n.first; c != nil; c = c.next {
		if c.tag == atom.Caption {
			at.kind, at.depth, at.item = Prose, 0, nil
			w.element(c, at)
		}
	}
}

// rows gathers the rows of a table or of one of its groups.
func (w *htmlWalker) rows(n *htmlNode, at htmlPlace, rows []htmlRow) []htmlRow {
	at.look = at.look.inherit(w.css.of(w.t, n))
	for c := n.first; c != nil; c = c.next {
		switch c.tag {
		case atom.Thead, atom.Tbody, atom.Tfoot:
			rows = w.rows(c, at, rows)
		case atom.Tr:
			r := htmlRow{node: c, inHead: n.tag == atom.Thead}
			look := at.look.inherit(w.css.of(w.t, c))
			r.hidden = look.hidden()
			for d := c.first; d != nil; d = d.next {
				if d.tag == atom.Td || d.tag == atom.Th {
					r.cells = append(r.cells, w.cell(d, look, r.hidden))
				}
			}
			rows = append(rows, r)
		}
	}
	return rows
}

func (w *htmlWalker) cell(n *htmlNode, row look, rowHidden bool) htmlCell {
	g := cellGatherer{w: w, shown: rowHidden}
	g.element(n, row)
	return htmlCell{runs: g.runs, text: strings.Join(strings.FieldsFunc(visibleText(g.runs), blank), " "),
		cols: w.span(n, "colspan"), rows: w.span(n, "rowspan"), head: n.tag == atom.Th}
}

func (w *htmlWalker) span(n *htmlNode, name string) int {
	value, _, _ := w.t.attr(n, name)
	v, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil || v < 1 {
		return 1
	}
	return min(v, 100)
}

// A cellGatherer gathers the text of a cell, whatever blocks it is made of, into one line.
type cellGatherer struct {
	w     *htmlWalker
	runs  []run
	gap   bool // a block or a line ended
	shown bool // take hidden text for text: the whole row is hidden
}

func (g *cellGatherer) element(n *htmlNode, parent look) {
	if g.w.dropped(n, htmlPlace{article: true}) {
		return
	}
	l := parent.inherit(g.w.css.of(g.w.t, n))
	if struck := strikeTags[n.tag]; (struck || l.hidden()) && !g.shown {
		if r, ok := g.w.unseen(n); ok {
			r.struck = struck && !l.hidden()
			g.runs = append(g.runs, r)
		}
		return
	}
	inline := inlineTags[n.tag] || inlineName(n.name)
	g.gap = g.gap || !inline
	for c := n.first; c != nil; c = c.next {
		switch c.kind {
		case textNode, rawNode:
			g.text(c)
		case commentNode:
			g.comment(c)
		default:
			g.element(c, l)
		}
	}
	g.gap = g.gap || !inline
}

func (g *cellGatherer) comment(n *htmlNode) {
	if !g.shown {
		g.runs = append(g.runs, g.w.veiledComment(n))
		return
	}
	if saysSomething(g.w.t.src[n.start:n.end]) {
		g.runs = append(g.runs, g.w.commentRuns(n.start, n.end)...)
	}
}

func (g *cellGatherer) text(n *htmlNode) {
	src := g.w.t.src
	if strings.TrimLeftFunc(src[n.start:n.end], unicode.IsSpace) == "" && (g.gap || len(g.runs) == 0) {
		return
	}
	if g.gap && len(g.runs) > 0 {
		g.runs = append(g.runs, run{text: " ", start: g.runs[len(g.runs)-1].end, end: n.start})
	}
	g.gap = false
	g.runs = appendText(g.runs, src, n.start, n.end, n.kind == textNode)
}

// tableHeaders returns the words over each column and how many rows they take up.
func tableHeaders(rows []htmlRow) (headers []string, heads int) {
	for heads < len(rows) && rows[heads].isHead() {
		heads++
	}
	if heads == len(rows) {
		heads = 0
	}
	if heads == 0 {
		texts := make([][]string, 0, len(rows))
		for _, r := range rows {
			var row []string
			for _, c := range r.cells {
				row = append(row, c.text)
			}
			texts = append(texts, row)
		}
		if headerLike(texts) && !rows[1].startsWithHead() {
			heads = 1
		}
	}
	var carried []carriedCell
	for _, r := range rows[:heads] {
		var cols []column
		cols, carried = layColumns(r, carried)
		for i, c := range cols {
			for len(headers) <= i {
				headers = append(headers, "")
			}
			headers[i] = joinHeaders(headers[i], c.text)
		}
	}
	return headers, heads
}

func (r htmlRow) isHead() bool {
	if r.inHead {
		return true
	}
	for _, c := range r.cells {
		if !c.head && c.text != "" {
			return false
		}
	}
	return len(r.cells) > 1
}

func (r htmlRow) startsWithHead() bool {
	return len(r.cells) > 1 && r.cells[0].head && !r.cells[1].head
}

func joinHeaders(above, below string) string {
	if above == "" || above == below {
		return below
	}
	if below == "" {
		return above
	}
	return above + " / " + below
}

// A carriedCell reaches down from a row above.
type carriedCell struct {
	rows int // that it still reaches into
	text string
}

// A column is one column of a row: whose text it shows, and which cell of the row that is, -1 for one carried from above.
type column struct {
	text string
	cell int
}

// layColumns spreads a row's cells over the columns of the table and returns what reaches into the next row.
func layColumns(r htmlRow, above []carriedCell) (cols []column, below []carriedCell) {
	next := 0
	for next < len(r.cells) || len(cols) < len(above) {
		i := len(cols)
		if i < len(above) && above[i].rows > 0 {
			cols = append(cols, column{above[i].text, -1})
			below = append(below, carriedCell{above[i].rows - 1, above[i].text})
			continue
		}
		if next == len(r.cells) {
			cols, below = append(cols, column{"", -1}), append(below, carriedCell{})
			continue
		}
		c := r.cells[next]
		for n := 0; n == 0 || n < c.cols && len(cols) < maxColumns; n++ {
			cols = append(cols, column{c.text, next})
			if len(cols) <= maxColumns {
				below = append(below, carriedCell{c.rows - 1, c.text})
			}
		}
		next++
	}
	for len(below) > 0 && below[len(below)-1].rows == 0 {
		below = below[:len(below)-1]
	}
	return cols, below
}

// settleVeiled moves what is hidden in a cell that shows nothing into its neighbour, so that the cell counts as empty.
func settleVeiled(from []htmlCell, to []cell) {
	var waiting []run
	last := -1
	for i, c := range from {
		if c.text == "" {
			to[i].runs = nil
			for _, r := range c.runs {
				if r.veiled {
					waiting = append(waiting, r)
				}
			}
			if last >= 0 {
				to[last].runs, waiting = append(to[last].runs, waiting...), nil
			}
			continue
		}
		to[i].runs, waiting = append(waiting, to[i].runs...), nil
		last = i
	}
	if len(to) > 0 && last < 0 {
		to[0].runs = waiting
	}
}

// row adds one row. A cell that reaches down from above is among the sentence's cells, for its words are context, but not in
// its text, for it stands elsewhere in the source.
func (w *htmlWalker) row(r htmlRow, headers []string, above []carriedCell) []carriedCell {
	cols, below := layColumns(r, above)
	names := make([]string, len(r.cells))
	for i, col := range cols {
		if col.cell >= 0 && i < len(headers) && (len(r.cells) > 1 || len(cols) == 1) {
			names[col.cell] = joinHeaders(names[col.cell], headers[i])
		}
	}
	cells := make([]cell, len(r.cells))
	for i, c := range r.cells {
		if names[i] == "" && i > 0 && r.startsWithHead() {
			names[i] = r.cells[0].text
		}
		cells[i] = cell{header: names[i], runs: c.runs}
	}
	settleVeiled(r.cells, cells)
	num := w.b.add(block{kind: TableRow, cells: cells})
	if num == 0 {
		return below
	}
	w.flow.note(w.b.doc, TableRow, 0, num)
	s := &w.b.doc.Sentences[num-1]
	var full []Cell
	for i, col := range cols {
		switch {
		case col.cell < 0 && col.text != "" && i < len(headers):
			full = append(full, Cell{Header: headers[i], Text: col.text})
		case col.cell < 0 && col.text != "":
			full = append(full, Cell{Text: col.text})
		case col.cell >= 0 && col.cell < len(s.Cells) && (i == 0 || cols[i-1].cell != col.cell):
			full = append(full, s.Cells[col.cell])
		}
	}
	s.Cells = full
	return below
}
