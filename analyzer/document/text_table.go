package document

import (
	"regexp"
	"strings"
)

// A textColumn is a stretch of a line that is a cell.
type textColumn struct{ start, end int }

// tableRows reads the lines of a table: cells between bars, tabs, or three columns and more set by blanks.
func (w *textWalker) tableRows() bool {
	for _, split := range []func(string) []textColumn{barColumns, tabColumns, blankColumns} {
		if end := w.tableEnd(split); end > 0 {
			w.readTable(end, split)
			return true
		}
	}
	return false
}

// tableEnd returns the line after the table that begins at the line at hand, 0 if there is none: two rows or more with the
// same number of cells.
func (w *textWalker) tableEnd(split func(string) []textColumn) int {
	i := w.at
	for !w.blank(i) && isTableRule(w.text(i)) {
		i++
	}
	if w.blank(i) || len(w.text(i)) > maxSentence {
		return 0
	}
	columns := len(split(w.text(i)))
	rows := 0
	for ; !w.blank(i) && columns > 1 && len(w.text(i)) <= maxSentence; i++ {
		if isTableRule(w.text(i)) {
			continue
		}
		if len(split(w.text(i))) != columns {
			break
		}
		rows++
	}
	if rows < 2 {
		return 0
	}
	return i
}

func (w *textWalker) readTable(end int, split func(string) []textColumn) {
	var rows [][]textColumn
	var lines []int
	ruled := false
	for i := w.at; i < end; i++ {
		if isTableRule(w.text(i)) {
			ruled = ruled || len(rows) == 1
			continue
		}
		rows, lines = append(rows, split(w.text(i))), append(lines, i)
	}
	var headers []string
	if ruled || headerLike(w.cellTexts(rows[:min(len(rows), 20)], lines)) {
		headers = w.cellTexts(rows[:1], lines)[0]
	}
	w.at = end
	for r, row := range rows {
		var cells []cell
		for c, col := range row {
			at := w.lines[lines[r]].start
			k := cell{runs: []run{{text: blanks(w.src[at+col.start : at+col.end]), start: at + col.start, end: at + col.end}}}
			if headers != nil && r > 0 && c < len(headers) {
				k.header = headers[c]
			}
			cells = append(cells, k)
		}
		w.add(block{kind: TableRow, cells: cells}, nil)
	}
}

func (w *textWalker) cellTexts(rows [][]textColumn, lines []int) [][]string {
	texts := make([][]string, len(rows))
	for r, row := range rows {
		line := w.text(lines[r])
		for _, c := range row {
			texts[r] = append(texts[r], plain(strings.TrimSpace(line[c.start:c.end]), ""))
		}
	}
	return texts
}

// isTableRule reports the lines drawn between rows: "---|---", "+----+----+", "---- ----".
func isTableRule(line string) bool {
	return len(line) > 4 && strings.Trim(line, "-=+|: ─━┼├┤┬┴┌┐└┘│╞╡╪═") == "" && strings.ContainsAny(line, "-=─━═")
}

// barColumns splits at bars.
func barColumns(line string) []textColumn {
	if strings.Count(line, "|")+strings.Count(line, "│") == 0 {
		return nil
	}
	start, end := 0, len(line)
	for _, bar := range []string{"|", "│"} {
		if strings.HasPrefix(line, bar) {
			start = len(bar)
		}
		if strings.HasSuffix(line, bar) && end-len(bar) >= start {
			end -= len(bar)
		}
	}
	return splitColumns(line, start, end, barGap())
}

func tabColumns(line string) []textColumn {
	if strings.IndexByte(line, '\t') < 0 {
		return nil
	}
	return splitColumns(line, 0, len(line), tabGap())
}

func blankColumns(line string) []textColumn {
	if !strings.Contains(line, "   ") {
		return nil
	}
	columns := splitColumns(line, 0, len(line), blankGap())
	if len(columns) < 3 {
		return nil
	}
	return columns
}

var (
	barGap   = lazy(`[|│]`)
	tabGap   = lazy(`\t+`)
	blankGap = lazy(` {3,}`)
)

func splitColumns(line string, start, end int, gap *regexp.Regexp) []textColumn {
	var columns []textColumn
	from := start
	for _, m := range gap.FindAllStringIndex(line[start:end], -1) {
		columns = append(columns, textColumn{from, start + m[0]})
		from = start + m[1]
	}
	return append(columns, textColumn{from, end})
}
