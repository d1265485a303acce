package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A textLevel is one level of the list at hand.
type textLevel struct {
	style   string // "1.", "a)", "-": what its marks have in common
	indent  int    // columns before the mark
	content int    // columns before the text
	item    *int   // number of the sentence of the last item
}

var listNumber = lazy(`^(?:(\d{1,3})([.)])|\((\d{1,3}|[a-z]|[ivx]{1,5})(\))|([a-zA-Z]|[ivx]{1,5}|[IVX]{2,5})([.)]))[ \t]+`)

// listMark returns how many bytes of a line are the mark of a list item and the white space after it, and the mark's style.
func listMark(line string) (n int, style string) {
	if n = bulletLen(line); n > 0 {
		_, size := utf8.DecodeRuneInString(line)
		return n, line[:size]
	}
	if strings.HasPrefix(line, "+ ") {
		return 2, "+"
	}
	if strings.HasPrefix(line, "o  ") {
		return 1 + len(line[1:]) - len(strings.TrimLeft(line[1:], " ")), "o"
	}
	if !strings.ContainsAny(line[:min(len(line), 8)], ".)") {
		return 0, ""
	}
	m := listNumber().FindStringSubmatch(line[:min(len(line), 40)])
	if m == nil || len(m[0]) == len(line) {
		return 0, ""
	}
	switch {
	case m[1] != "":
		return len(m[0]), "1" + m[2]
	case m[3] != "":
		return len(m[0]), "(" + numberStyle(m[3]) + ")"
	}
	return len(m[0]), numberStyle(m[5]) + m[6]
}

// numberStyle tells digits, letters and capitals apart. Roman numbers pass for letters, except those of several.
func numberStyle(s string) string {
	r := rune(s[0])
	switch {
	case unicode.IsDigit(r):
		return "1"
	case len(s) > 1 && unicode.IsUpper(r):
		return "I"
	case unicode.IsUpper(r):
		return "A"
	}
	return "a"
}

// opensItem reports whether a mark of the style at line i begins an item. Within a paragraph a number may be just a number
// that the line broke before.
func (w *textWalker) opensItem(i int, style string) bool {
	for _, l := range w.list {
		if l.style == style {
			return true
		}
	}
	line := w.text(i)
	switch style {
	case "–", "—":
		return len(w.list) > 0 || w.blank(i-1) || endsSentence(w.text(i-1)) || w.hasSibling(i, style)
	case "A.", "I.", "a.":
		return w.hasSibling(i, style)
	case "1.", "1)", "(1)", "a)", "(a)", "A)", "I)":
		return w.blank(i-1) || endsSentence(w.text(i-1)) || firstMark().MatchString(line) || w.hasSibling(i, style)
	}
	return true
}

var firstMark = lazy(`^\(?(?:1|a|A|i|I)[.)]`)

// hasSibling reports a mark of the same style above or below, with no other kind of block between.
func (w *textWalker) hasSibling(i int, style string) bool {
	for j := i + 1; j < min(i+8, len(w.lines)); j++ {
		if w.blank(j) {
			continue
		}
		if _, s := listMark(w.text(j)); s == style && abs(w.lines[j].indent-w.lines[i].indent) <= 1 {
			return true
		}
		if w.blank(j-1) && w.lines[j].indent <= w.lines[i].indent {
			return false
		}
	}
	return false
}

func abs(n int) int { return max(n, -n) }

// item reads a list item: its mark, its text, and the lines that hang below it.
func (w *textWalker) item() bool {
	line := w.text(w.at)
	n, style := listMark(line)
	if n == 0 || !w.opensItem(w.at, style) {
		return false
	}
	from := w.at
	level := textLevel{style: style, indent: w.lines[from].indent, item: new(int)}
	level.content = level.indent + utf8.RuneCountInString(line[:n])
	w.nest(level)
	n += checkbox(line[n:])
	end := w.gather(from, level.content)
	w.at = end
	w.add(block{kind: ListItem, depth: len(w.list), runs: w.runsOf(from, end, n)}, level.item)
	return true
}

// checkbox returns how many bytes of an item are a box to tick.
func checkbox(s string) int {
	for _, box := range []string{"[ ] ", "[x] ", "[X] "} {
		if strings.HasPrefix(s, box) && len(s) > len(box) {
			return len(box)
		}
	}
	return 0
}

// nest puts an item into the list at hand: next to its siblings, or a level deeper.
func (w *textWalker) nest(l textLevel) {
	for i := len(w.list) - 1; i >= 0; i-- {
		if w.list[i].style == l.style && abs(w.list[i].indent-l.indent) <= 1 {
			w.list = append(w.list[:i], l)
			return
		}
	}
	if w.gap && len(w.list) > 0 && l.indent <= w.list[0].indent {
		w.list, w.flow = w.list[:0], outline{intro: w.intro()}
	}
	for len(w.list) > 0 && w.list[len(w.list)-1].indent > l.indent+1 {
		w.list = w.list[:len(w.list)-1]
	}
	if len(w.list) >= w.nesting {
		w.list = w.list[:w.nesting-1]
	}
	w.list = append(w.list, l)
}

// description reads a term and the description that hangs below it.
func (w *textWalker) description() bool {
	i := w.at
	if !w.gap || w.blank(i+1) || w.lines[i+1].indent < w.lines[i].indent+2 || !looksLikeTitle(w.text(i)) {
		return false
	}
	if n, _ := listMark(w.text(i + 1)); n > 0 {
		return false
	}
	w.add(block{kind: Prose, runs: w.runsOf(i, i+1, 0)}, nil)
	end := w.gather(i+1, w.lines[i+1].indent)
	w.at = end
	w.list = append(w.list[:0], textLevel{style: "term", indent: w.lines[i+1].indent, content: w.lines[i+1].indent, item: new(int)})
	w.add(block{kind: ListItem, depth: 1, runs: w.runsOf(i+1, end, 0)}, w.list[0].item)
	return true
}

// intro returns the sentence that leads into a list that follows another one: none, unless it is what stands above both.
func (w *textWalker) intro() int {
	if w.list[0].style == "term" {
		return 0
	}
	return w.flow.intro
}
