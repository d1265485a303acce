package document

import (
	"fmt"
	"strconv"
	"strings"
)

// paragraph reads one paragraph and what hangs on it: text boxes, notes.
func (r *docxReader) paragraph(n *xmlNode, look docxLook) {
	pPr := n.kid("pPr")
	style := r.styles.get(pPr.val("pStyle"))
	look = look.over(style.look)
	if pPr != nil {
		if shade := shading(pPr); shade != 0 {
			look.shaded = shade
		}
	}
	l := docxLine{r: r, segs: r.carry}
	r.carry = nil
	l.children(n, look)
	r.endParagraph()
	if pPr.kid("rPr", "del") != nil || pPr.kid("rPr", "moveFrom") != nil {
		r.changes++
		r.carry = l.segs
		l.segs = nil
	}
	if !style.isContents() {
		r.layParagraph(l.segs, pPr, style)
	}
	for _, box := range l.boxes {
		if !r.boxes[box] { // each is read once
			r.boxes[box] = true
			r.blocks(box, docxLook{})
		}
	}
	r.layNotes(l.notes)
}

// layParagraph decides what a paragraph is, and writes it.
func (r *docxReader) layParagraph(segs []docxSeg, pPr *xmlNode, style docxStyle) {
	defer r.layHidden(segs)
	lines := visibleLines(segs)
	if strings.TrimFunc(strings.Join(lines, ""), blank) == "" {
		return
	}
	label, depth := r.number(pPr, style)
	level := headingLevelOf(pPr, style)
	text := foldBlanks(strings.Join(lines, " "))
	switch {
	case level > 0:
		if label != "" {
			text = label + " " + text
		}
		r.layHeading(level, text, style.isTitle())
	case style.isCode():
		for _, line := range lines {
			r.sheet.put(sheetBlock{block: block{kind: Code}}, "", line)
		}
	case depth > 0:
		r.layItem(lines, label, depth)
	case len(lines) == 1 && allBold(segs) && looksLikeTitle(text):
		r.layHeading(pseudoHeadingLevel, text, false)
	default:
		for _, line := range lines {
			r.layLine(foldBlanks(line))
		}
	}
}

// headingLevelOf returns the level of a heading, 0 for other paragraphs. What the paragraph itself says goes before its style.
func headingLevelOf(pPr *xmlNode, style docxStyle) int {
	if level, err := strconv.Atoi(pPr.val("outlineLvl")); err == nil {
		return outlineLevel(level)
	}
	if style.isTitle() {
		return 1
	}
	return max(style.outline, 0)
}

func (r *docxReader) layHeading(level int, text string, title bool) {
	if title && r.title == "" {
		r.title = text
	}
	if r.heading == "" {
		r.heading = text
	}
	r.sheet.put(sheetBlock{block: block{kind: Heading, level: level}}, "", text)
}

// number counts a paragraph that is numbered or bulleted. depth is 0 for one that is not.
func (r *docxReader) number(pPr *xmlNode, style docxStyle) (label string, depth int) {
	num, level := style.num, style.level
	if own := pPr.kid("numPr"); own != nil {
		if v := own.val("numId"); v != "" {
			num = v
		}
		if v := own.val("ilvl"); v != "" {
			level = v
		}
	}
	if num == "" || num == "0" {
		if pPr.kid("numPr") != nil {
			return "", 0
		}
		return "", style.listDepth()
	}
	i, _ := strconv.Atoi(level)
	label, _ = r.numbering.next(num, i)
	return label, max(min(max(i, 0), docxLevels-1)+1, style.listDepth())
}

func (r *docxReader) layItem(lines []string, label string, depth int) {
	prefix := strings.Repeat("  ", depth-1)
	mark := "- "
	if label != "" {
		mark = label + " "
	}
	for i, line := range lines {
		k := sheetBlock{block: block{kind: ListItem, depth: depth}, more: i > 0}
		if i == 0 {
			r.sheet.put(k, prefix+mark, line)
		} else {
			r.sheet.put(k, prefix+"  ", line)
		}
	}
}

// layLine writes a plain line; one that begins with a bullet somebody typed is a list item.
func (r *docxReader) layLine(line string) {
	if n := bulletLen(line); n > 0 {
		r.sheet.put(sheetBlock{block: block{kind: ListItem, depth: 1}}, "- ", line[n:])
		return
	}
	r.sheet.put(sheetBlock{block: block{kind: Prose}}, "", line)
}

// layNotes writes the notes that a paragraph refers to below it, so that they stand in the section they belong to.
func (r *docxReader) layNotes(ids []string) {
	for _, id := range ids {
		note := r.notes[id]
		if note == nil {
			continue
		}
		delete(r.notes, id)
		r.noted++
		var segs []docxSeg
		for _, k := range note.kids {
			l := docxLine{r: r, note: true}
			if k.name == "p" {
				l.children(k, r.styles.get(k.kid("pPr").val("pStyle")).look)
			} else {
				l.children(k, docxLook{})
			}
			segs = append(append(segs, l.segs...), docxSeg{text: " "})
			r.endParagraph()
		}
		text := strings.Join(visibleLines(segs), " ")
		k := sheetBlock{block: block{kind: Prose}, aside: true}
		r.sheet.put(k, fmt.Sprintf("[%d] ", r.noted), text)
		r.layHidden(segs)
	}
}
