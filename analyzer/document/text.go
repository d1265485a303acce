package document

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"
)

func init() { loaders[Text] = loadText }

// loadText reads plain text by its layout: headings by number, underline, capitals or the room around them, lists by their
// marks and indents, tables by bars, tabs or columns, and paragraphs by blank lines, indents and the ends of short lines.
func loadText(ctx context.Context, b *builder, raw []byte, limits Limits) error {
	w := &textWalker{b: b, src: b.doc.Source, nesting: limits.Nesting, gap: true, underlines: map[byte]int{}}
	w.lines = textLines(w.src)
	for steps := 0; w.at < len(w.lines); steps++ {
		if steps%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		w.next()
	}
	return nil
}

// A textLine is a line without its indent, the marks of a quoted mail, and the white space at its end.
type textLine struct {
	start, end int // offsets into Source
	indent     int // columns
	quote      int // ">" marks before it
}

// textLines finds the lines of src. They end with LF, CRLF or CR.
func textLines(src string) []textLine {
	lines := make([]textLine, 0, strings.Count(src, "\n")+1)
	for at := 0; at < len(src); {
		line, next := nextLine(src, at)
		l := textLine{start: at, end: at + len(strings.TrimRightFunc(line, unseenEdge))}
		for l.start < l.end {
			r, n := utf8.DecodeRuneInString(src[l.start:])
			switch {
			case r == '>' && l.indent < 4:
				l.quote++
				l.indent = 0
			case r == '\t':
				l.indent += 4 - l.indent%4
			case blank(r):
				l.indent++
			case !invisible(r):
				n = 0
			}
			if n == 0 {
				break
			}
			l.start += n
		}
		lines = append(lines, l)
		at = next
	}
	return lines
}

// A textWalker goes through the lines.
type textWalker struct {
	b       *builder
	src     string
	nesting int
	lines   []textLine
	at      int
	gap     bool // a blank line or a rule stands before the line at hand
	flow    outline
	list    []textLevel

	underlines map[byte]int // levels of underlined headings by the character
	numbered   bool         // the document numbers its headings
	numbers    []int        // the number of the last of them, "3.1" as 3, 1
	capitals   bool         // headings in capitals were met
}

func (w *textWalker) text(i int) string { return w.src[w.lines[i].start:w.lines[i].end] }

// blank reports whether line i is empty or outside of the document.
func (w *textWalker) blank(i int) bool {
	return i < 0 || i >= len(w.lines) || w.lines[i].start >= w.lines[i].end
}

// next reads one block.
func (w *textWalker) next() {
	i := w.at
	if w.blank(i) {
		w.at++
		w.gap = true
		return
	}
	if i > 0 && w.lines[i].quote != w.lines[i-1].quote {
		w.gap = true
	}
	read := w.fence() || w.tableRows() || w.heading() || w.rule() || w.item() || w.description()
	if !read {
		w.paragraph()
	}
	w.gap = w.gap && w.at == i
}

// add hands a block on.
func (w *textWalker) add(k block, item *int) {
	if k.kind == ListItem {
		k.lead = w.flow.lead(k.depth)
		if item != nil && *item > 0 {
			k.lead = *item
		}
	} else if k.kind != Code {
		w.list = w.list[:0]
	}
	num := w.b.add(k)
	if num == 0 || k.kind == ListItem && item != nil && *item > 0 {
		return
	}
	if item != nil {
		*item = num
	}
	w.flow.note(w.b.doc, k.kind, k.depth, num)
}

// runsOf joins lines from to, the first without its first bytes.
func (w *textWalker) runsOf(from, to, skip int) []run {
	runs := make([]run, 0, 2*(to-from))
	for i := from; i < to; i++ {
		l := w.lines[i]
		if i == from {
			l.start += skip
		} else if prev := w.lines[i-1]; !ideographs(w.src[:prev.end], w.src[l.start:l.end]) {
			runs = append(runs, run{text: " ", start: prev.end, end: prev.end + 1})
		}
		runs = append(runs, run{text: blanks(w.src[l.start:l.end]), start: l.start, end: l.end})
	}
	return runs
}

// fence reads lines between marks of code.
func (w *textWalker) fence() bool {
	mark := w.text(w.at)
	if !strings.HasPrefix(mark, "```") && !strings.HasPrefix(mark, "~~~") {
		return false
	}
	end := w.at + 1
	for end < len(w.lines) && !strings.HasPrefix(w.text(end), mark[:3]) {
		end++
	}
	if end == len(w.lines) {
		return false
	}
	for i := w.at + 1; i < end; i++ {
		w.add(block{kind: Code, runs: w.runsOf(i, i+1, 0)}, nil)
	}
	w.at = end + 1
	return true
}

// rule skips a line of punctuation that only divides.
func (w *textWalker) rule() bool {
	if !isRuler(w.text(w.at)) {
		return false
	}
	w.at++
	w.list = w.list[:0]
	for !w.blank(w.at) && isRuler(w.text(w.at)) {
		w.at++
	}
	if w.blank(w.at) {
		return true
	}
	w.gap = true
	w.next()
	return true
}

// isRuler reports three or more of one mark and nothing else.
func isRuler(s string) bool {
	if len(s) < 3 || strings.IndexByte("-=_*~#+^.", s[0]) < 0 {
		return strings.Trim(s, "─━═—–_ ") == "" && len(s) > 6
	}
	return strings.Trim(s, s[:1]+" ") == ""
}

// paragraph reads lines that belong together.
func (w *textWalker) paragraph() {
	from := w.at
	indent := w.lines[from].indent
	end := w.gather(from, indent)
	for len(w.list) > 0 && indent < w.list[len(w.list)-1].content-1 {
		w.list = w.list[:len(w.list)-1]
	}
	w.at = end
	if len(w.list) > 0 {
		w.add(block{kind: ListItem, depth: len(w.list), runs: w.runsOf(from, end, 0)}, w.list[len(w.list)-1].item)
		return
	}
	w.titleLine(w.text(from))
	w.add(block{kind: Prose, runs: w.runsOf(from, end, 0)}, nil)
}

var titleLine = lazy(`^(?i:title|subject|project|product|feature|prd)\s*:\s+(\S.{2,100})$`)

// titleLine takes the title that the first lines of a memo give.
func (w *textWalker) titleLine(line string) {
	if w.b.doc.Title == "" && w.at < 12 && isTitleLine(line) {
		w.b.doc.Title = titleLine().FindStringSubmatch(line)[1]
	}
}

func isTitleLine(line string) bool {
	return len(line) < 150 && strings.IndexByte(line, ':') > 0 && titleLine().MatchString(line)
}

// gather returns where the block that begins with line from ends: at a blank line, or where the layout says that something
// new begins.
func (w *textWalker) gather(from, indent int) int {
	width := 0
	for i := from; i < from+40 && !w.blank(i); i++ {
		width = max(width, utf8.RuneCountInString(w.text(i)))
	}
	for i := from + 1; ; i++ {
		if w.blank(i) || !w.goesOn(i, from, width) {
			return i
		}
	}
}

// goesOn reports whether line i continues the one above, in a block that is width columns wide.
func (w *textWalker) goesOn(i, from, width int) bool {
	prev, line := w.text(i-1), w.text(i)
	if w.lines[i].quote != w.lines[i-1].quote || w.startsBlock(i) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(line, opens))
	if unicode.IsLower(first) {
		return true
	}
	if len(prev) > 160 || strings.Contains(prev, "     ") || strings.Contains(line, "     ") {
		return false // text that is not wrapped has a line for each paragraph
	}
	word := line
	if j := strings.IndexFunc(line, blank); j > 0 {
		word = line[:j]
	}
	if width >= 45 && utf8.RuneCountInString(prev)+1+utf8.RuneCountInString(word) > width-2 {
		return true // the line above was full
	}
	return !endsSentence(prev) && !isLabelled(line) && !isLabelled(prev) &&
		(w.lines[i].indent < w.lines[i-1].indent+2 || i == from+1 && utf8.RuneCountInString(prev) > 45)
}

var labelled = lazy(`^[\p{Lu}][\p{L}\d /&'-]{0,30}:(?:\s|$)`)

// isLabelled reports "Owner: Jane".
func isLabelled(line string) bool {
	return strings.IndexByte(line[:min(len(line), 80)], ':') > 0 && labelled().MatchString(line)
}

// startsBlock reports a line that begins something of its own whatever stands above it.
func (w *textWalker) startsBlock(i int) bool {
	line := w.text(i)
	if strings.HasPrefix(line, "```") || isRuler(line) || markedHeading(line) {
		return true
	}
	n, style := listMark(line)
	return n > 0 && w.opensItem(i, style)
}
