package document

import (
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"golang.org/x/net/html"
)

// inline turns what stands in a block into runs, which hold until the next call.
func (w *markdownWalker) inline(n ast.Node) []run {
	w.runs = w.runs[:0]
	w.inlines(n, false)
	return w.runs
}

// inlines reads the children of n. Within struck ones everything is veiled.
func (w *markdownWalker) inlines(n ast.Node, struck bool) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			w.textRuns(c, struck)
		case *ast.RawHTML:
			w.rawHTML(c)
		case *ast.AutoLink:
			from := c.Pos() + 1
			w.emit(run{text: w.src[from : from+len(c.Label(w.raw))], start: from, end: from + len(c.Label(w.raw))}, struck)
		case *extast.Strikethrough:
			w.inlines(c, true)
		case *footnoteRef, *extast.TaskCheckBox:
		default:
			w.inlines(c, struck)
		}
	}
}

// emit appends a run, veiled where readers do not see it.
func (w *markdownWalker) emit(r run, struck bool) {
	if w.shroud.covers() != w.covered || struck || w.shroud.struck > 0 {
		r.veiled, r.struck = true, !w.shroud.covers()
	}
	w.runs = append(w.runs, r)
}

// textRuns reads one stretch of text and the line break after it.
func (w *markdownWalker) textRuns(n *ast.Text, struck bool) {
	from, to := max(n.Segment.Start, w.skip), n.Segment.Stop
	if n.IsRaw() {
		w.emit(run{text: blanks(w.src[from:to]), start: from, end: to}, struck)
		return
	}
	for i := from; i < to; {
		next := strings.IndexAny(w.src[i:to], "\\&")
		if next < 0 {
			break
		}
		i += next
		if w.src[i] == '\\' {
			if i+1 < to && isPunct(w.src[i+1]) { // the backslash goes, what it escapes begins the next run
				w.verbatim(from, i, struck)
				from = i + 1
				i++
			}
			i++
			continue
		}
		decoded, size := decodeEntity(w.src[i:to])
		if size > 0 {
			w.verbatim(from, i, struck)
			w.emit(run{text: blanks(decoded), start: i, end: i + size}, struck)
			from = i + size
		}
		i += max(size, 1)
	}
	w.verbatim(from, to, struck)
	w.lineBreak(n, struck)
}

// verbatim emits a stretch of the source as it stands.
func (w *markdownWalker) verbatim(from, to int, struck bool) {
	if from < to {
		w.emit(run{text: blanks(w.src[from:to]), start: from, end: to}, struck)
	}
}

// lineBreak reads the end of a line within a block. Between ideographs it is no white space.
func (w *markdownWalker) lineBreak(n *ast.Text, struck bool) {
	at := n.Segment.Stop
	if at >= len(w.src) {
		return
	}
	switch {
	case n.HardLineBreak():
		w.emit(run{text: "\n", start: at, end: at + 1}, struck)
	case n.SoftLineBreak():
		if !ideographs(w.src[:at], w.nextText(n)) {
			w.emit(run{text: " ", start: at, end: at + 1}, struck)
		}
	}
}

// nextText returns the source from where the text after n begins, "" if no text comes next.
func (w *markdownWalker) nextText(n *ast.Text) string {
	if next, ok := n.NextSibling().(*ast.Text); ok {
		return w.src[next.Segment.Start:next.Segment.Stop]
	}
	return ""
}

// ideographs reports whether a line that ends like before and one that begins like after meet without a space.
func ideographs(before, after string) bool {
	a, _ := utf8.DecodeLastRuneInString(before)
	b, _ := utf8.DecodeRuneInString(after)
	return unspaced(a) && unspaced(b)
}

// unspaced reports characters of scripts that are written without spaces: Chinese and Japanese.
func unspaced(r rune) bool {
	return r >= 0x2e80 && r <= 0x312f || r >= 0x3190 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xff9f ||
		r >= 0x20000 && r <= 0x3ffff
}

// decodeEntity reads the entity that s begins with, "&amp;" or "&#38;". Size is 0 if it is none.
func decodeEntity(s string) (text string, size int) {
	end := strings.IndexByte(s[:min(len(s), 34)], ';')
	if end < 2 {
		return "", 0
	}
	for i := 1; i < end; i++ {
		if c := s[i]; !(c == '#' && i == 1 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			return "", 0
		}
	}
	entity := s[:end+1]
	if text = html.UnescapeString(entity); text == entity || strings.HasSuffix(text, ";") && entity != "&semi;" && entity != "&#59;" {
		return "", 0
	}
	return text, len(entity)
}

func isPunct(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}
