package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// taggedLine reads a line of a file that tells what it is.
func (l *pdfLayout) taggedLine(line pdfLine) {
	t := line.tag
	if t.kind == TableRow {
		l.flush()
		l.table.add(l, line)
		return
	}
	l.flushTable()
	if t.label {
		l.flush()
		l.label = strings.TrimFunc(line.text, blank)
		return
	}
	if l.cur != nil && l.cur.last.tagged() && (l.cur.last.tag.id == t.id || l.overPage(line)) {
		if line.mono && l.cur.kind == Code && l.cur.last.base-line.base > 0.5*line.size {
			l.flush()
			l.beginTagged(line)
			return
		}
		l.extend(line)
		return
	}
	l.flush()
	l.beginTagged(line)
}

// overPage reports a paragraph that goes on from the page before.
func (l *pdfLayout) overPage(line pdfLine) bool {
	last := l.cur.last
	r, _ := utf8.DecodeRuneInString(line.text)
	return line.page == last.page+1 && line.tag.kind == last.tag.kind && l.cur.kind != Heading && l.label == "" &&
		unicode.IsLower(r) && !endsSentence(l.cur.tail())
}

func (l *pdfLayout) beginTagged(line pdfLine) {
	t := line.tag
	b := &pdfBlock{kind: t.kind, level: t.level, page: line.page, text: []byte(line.text), first: line, last: line, count: 1}
	switch {
	case t.kind == Heading && len(line.text) > 300:
		b.kind = Prose
	case t.kind == ListItem:
		b.depth, b.mark = t.depth, "- "
		if l.label != "" && bulletLen(l.label+" x") == 0 {
			b.mark = l.label + " "
		} else if n, mark := markerLen(line.text); n > 0 && l.label == "" {
			b.mark, b.text = mark, b.text[n:]
		}
		if t.item == l.item {
			b.more, b.mark = true, "  "
		}
		l.item = t.item
	case t.kind == Prose && line.mono:
		b.kind = Code
	case t.kind == Prose:
		if level := l.headingLevel(line); level > 0 && l.counts[t.id] == 1 {
			b.kind, b.level = Heading, max(level, 1)
			if l.ranks[halves(line.size)] == 0 {
				b.level = pseudoHeadingLevel
			}
		} else if n, mark := markerLen(line.text); n > 0 {
			b.kind, b.mark, b.text, b.depth = ListItem, mark, b.text[n:], 1
		}
	}
	l.label = ""
	l.cur = b
}
