package document

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A docxSeg is a stretch of a paragraph's text that looks the same.
type docxSeg struct {
	text   string
	hidden bool
	struck bool // hidden because it was struck out
	bold   bool
	brk    bool // a line break stands before it
}

// A fieldPhase is how far a field has come: its instruction is for Word, its result for the reader.
type fieldPhase uint8

const (
	fieldCode fieldPhase = iota
	fieldResult
)

// A docxLine gathers what stands in one paragraph.
type docxLine struct {
	r     *docxReader
	segs  []docxSeg
	notes []string   // notes referred to, by kind and id
	boxes []*xmlNode // text boxes anchored here
	note  bool       // within a note, whose notes are not followed
}

// inline reads runs and what wraps them.
func (l *docxLine) inline(n *xmlNode, look docxLook) {
	switch n.name {
	case "pPr", "rPr", "sdtPr", "sdtEndPr", "instrText", "delText", "delInstrText", "rt", "fldData", "tblPr":
	case "del", "moveFrom":
		l.r.changes++
	case "ins", "moveTo":
		l.r.changes++
		l.children(n, look)
	case "r":
		l.run(n, look)
	case "AlternateContent":
		if alt := pickAlternate(n); alt != nil {
			l.children(alt, look)
		}
	case "txbxContent":
		l.boxes = append(l.boxes, n)
	default:
		l.piece(n, look)
	}
}

func (l *docxLine) children(n *xmlNode, look docxLook) {
	for _, k := range n.kids {
		l.inline(k, look)
	}
}

func (l *docxLine) run(n *xmlNode, look docxLook) {
	rPr := n.kid("rPr")
	if rPr != nil {
		if id := rPr.val("rStyle"); id != "" {
			look = look.over(l.r.styles.get(id).look)
		}
		look = look.over(lookOf(rPr))
		if rPr.kid("del") != nil {
			return
		}
	}
	l.children(n, look)
}

// piece reads what stands in a run.
func (l *docxLine) piece(n *xmlNode, look docxLook) {
	switch n.name {
	case "t":
		l.add(n.text, look)
	case "tab", "ptab":
		l.add("\t", look)
	case "br", "cr":
		l.segs = append(l.segs, docxSeg{brk: true})
	case "noBreakHyphen":
		l.add("-", look)
	case "sym":
		l.add(symbol(n.attr("font"), n.attr("char")), look)
	case "fldChar":
		l.r.field(n.attr("fldCharType"))
	case "footnoteReference", "endnoteReference":
		if !l.note && !look.hidden() {
			l.notes = append(l.notes, strings.TrimSuffix(n.name, "Reference")+n.attr("id"))
		}
	default:
		l.children(n, look)
	}
}

func (l *docxLine) add(text string, look docxLook) {
	if text == "" {
		return
	}
	for _, f := range l.r.fields {
		if f == fieldCode {
			return
		}
	}
	s := docxSeg{text: text, hidden: look.hidden(), bold: look.bold > 0}
	if s.struck = look.struck > 0 && !s.hidden; s.struck {
		s.hidden = true
	}
	if last := len(l.segs) - 1; last >= 0 && !l.segs[last].brk && l.segs[last].hidden == s.hidden && l.segs[last].bold == s.bold && l.segs[last].struck == s.struck &&
		len(l.segs[last].text) < 256 {
		l.segs[last].text += text
		return
	}
	l.segs = append(l.segs, s)
}

func (r *docxReader) field(kind string) {
	switch last := len(r.fields) - 1; {
	case kind == "begin" && len(r.fields) < r.limits.Nesting:
		r.fields = append(r.fields, fieldCode)
	case kind == "separate" && last >= 0:
		r.fields[last] = fieldResult
	case kind == "end" && last >= 0:
		r.fields = r.fields[:last]
	}
}

// endParagraph keeps a field that is left open from swallowing the rest of the document.
func (r *docxReader) endParagraph() {
	for i := range r.fields {
		r.fields[i] = fieldResult
	}
}

// symbol returns the character that stands for one of a symbol font.
func symbol(font, char string) string {
	code, err := strconv.ParseUint(char, 16, 32)
	if err != nil {
		return ""
	}
	if s, ok := map[uint64]string{0xf0b7: "•", 0xf0a7: "▪", 0xf0d8: "➢", 0xf0fc: "✓", 0xf0fb: "✗", 0xf0e0: "→", 0xf0e8: "⇒",
		0xf0fe: "☑", 0xf0a8: "☐", 0xf06f: "☐", 0xf0a3: "≤", 0xf0b3: "≥", 0xf0b9: "≠", 0xf0ae: "→"}[code]; ok {
		return s
	}
	if r := rune(code); code < 0xf000 && utf8.ValidRune(r) && !unicode.Is(unicode.Co, r) {
		return string(r)
	}
	return ""
}

// lines lays the visible text out, a line break read as in HTML: a line that goes on in lower case belongs to the one above.
func visibleLines(segs []docxSeg) []string {
	var lines []string
	var line strings.Builder
	brk := false
	for _, s := range segs {
		if s.brk {
			brk = true
			continue
		}
		if s.hidden {
			continue
		}
		if text := strings.TrimLeftFunc(s.text, blank); brk && text != "" {
			first, _ := utf8.DecodeRuneInString(text)
			if unicode.IsLower(first) && !endsSentence(line.String()) {
				line.WriteByte(' ')
			} else {
				lines = append(lines, line.String())
				line.Reset()
			}
			brk = false
		}
		line.WriteString(s.text)
	}
	return append(lines, line.String())
}

// layHidden writes each stretch of hidden text on a line of its own.
func (r *docxReader) layHidden(segs []docxSeg) {
	text, open, struck := "", false, false
	flush := func() {
		if struck {
			r.sheet.strike(text)
		} else {
			r.sheet.hide(text, 0)
		}
		text = ""
	}
	for _, s := range segs {
		if s.brk || strings.TrimFunc(s.text, blank) == "" {
			text += " "
			continue
		}
		if open && (!s.hidden || s.struck != struck) {
			flush()
		}
		if open, struck = s.hidden, s.struck; open {
			text += s.text
		}
	}
	if open {
		flush()
	}
}

func allBold(segs []docxSeg) bool {
	bold := false
	for _, s := range segs {
		if s.hidden || strings.TrimFunc(s.text, blank) == "" {
			continue
		}
		if !s.bold {
			return false
		}
		bold = true
	}
	return bold
}
