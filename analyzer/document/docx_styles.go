package document

import (
	"strconv"
	"strings"
)

// maxStyleChain bounds how many styles one can be based on, one upon the other.
const maxStyleChain = 32

// Run properties that bear on whether text is seen, as far as said: 1 yes, -1 no, 0 not said.
type docxLook struct {
	vanish, white, shaded, tiny, bold, struck int8
}

func (l docxLook) over(s docxLook) docxLook {
	for _, f := range [...][2]*int8{{&l.vanish, &s.vanish}, {&l.white, &s.white}, {&l.shaded, &s.shaded}, {&l.tiny, &s.tiny},
		{&l.bold, &s.bold}, {&l.struck, &s.struck}} {
		if *f[1] != 0 {
			*f[0] = *f[1]
		}
	}
	return l
}

func (l docxLook) hidden() bool { return l.vanish > 0 || l.tiny > 0 || (l.white > 0 && l.shaded <= 0) }

// lookOf reads the run properties rPr, which may be nil.
func lookOf(rPr *xmlNode) docxLook {
	var l docxLook
	if rPr == nil {
		return l
	}
	sign := func(b bool) int8 {
		if b {
			return 1
		}
		return -1
	}
	if on, set := rPr.on("vanish"); set {
		l.vanish = sign(on)
	}
	if on, set := rPr.on("b"); set {
		l.bold = sign(on)
	}
	for _, name := range []string{"strike", "dstrike"} {
		if on, set := rPr.on(name); set && l.struck <= 0 {
			l.struck = sign(on)
		}
	}
	if c := rPr.kid("color"); c != nil {
		p := hexPaint(strings.ToLower(c.attr("val")))
		l.white = sign(nearWhite(p) && c.attr("themeShade") == "")
	}
	if size, err := strconv.Atoi(rPr.val("sz")); err == nil {
		l.tiny = sign(size <= 2)
	}
	if h := rPr.val("highlight"); h != "" {
		l.shaded = sign(h != "none" && h != "white")
	}
	if shade := shading(rPr); shade != 0 {
		l.shaded = shade
	}
	return l
}

// shading reads a background from properties: 1 for a colour that white text shows upon.
func shading(pr *xmlNode) int8 {
	shd := pr.kid("shd")
	if shd == nil {
		return 0
	}
	fill := strings.ToLower(shd.attr("fill"))
	if (fill == "" || fill == "auto" || fill == "ffffff") && shd.attr("themeFill") == "" && !strings.HasPrefix(shd.attr("val"), "pct") && shd.attr("val") != "solid" {
		return -1
	}
	return 1
}

// A docxStyle is a style with what it takes over from those it is based on.
type docxStyle struct {
	name    string // lower case: "heading 1", "title"
	outline int    // heading level from 1, 0 for body text, -1 if not said
	num     string // list it belongs to, "" if not said
	level   string // within the list
	look    docxLook
}

type docxStyles struct {
	nodes    map[string]*xmlNode
	resolved map[string]docxStyle
	initial  string // the style of paragraphs that name none
}

func newDocxStyles(root *xmlNode) *docxStyles {
	s := &docxStyles{nodes: map[string]*xmlNode{}, resolved: map[string]docxStyle{}}
	if root == nil {
		return s
	}
	for _, n := range root.kids {
		if n.name != "style" {
			continue
		}
		id := n.attr("styleId")
		s.nodes[id] = n
		if n.attr("type") == "paragraph" && (n.attr("default") == "1" || n.attr("default") == "true") {
			s.initial = id
		}
	}
	return s
}

// get returns the style of the id; the zero style, with no outline level, if there is none.
func (s *docxStyles) get(id string) docxStyle {
	if id == "" {
		id = s.initial
	}
	if st, ok := s.resolved[id]; ok {
		return st
	}
	st := s.resolve(id, 0)
	s.resolved[id] = st
	return st
}

func (s *docxStyles) resolve(id string, depth int) docxStyle {
	n := s.nodes[id]
	if n == nil || depth > maxStyleChain {
		return docxStyle{name: strings.ToLower(id), outline: levelByName(id)}
	}
	st := docxStyle{outline: -1}
	if base := n.val("basedOn"); base != "" && base != id {
		st = s.resolve(base, depth+1)
	}
	st.name = strings.ToLower(n.val("name"))
	pPr := n.kid("pPr")
	if level := levelByName(n.val("name")); level >= 0 {
		st.outline = level
	} else if level := levelByName(id); level >= 0 && st.outline < 0 {
		st.outline = level
	}
	if level, err := strconv.Atoi(pPr.val("outlineLvl")); err == nil {
		st.outline = outlineLevel(level)
	}
	if num := pPr.val("numPr", "numId"); num != "" {
		st.num = num
	}
	if level := pPr.val("numPr", "ilvl"); level != "" {
		st.level = level
	}
	st.look = st.look.over(lookOf(n.kid("rPr")))
	if pPr != nil {
		if shade := shading(pPr); shade != 0 {
			st.look.shaded = shade
		}
	}
	return st
}

// outlineLevel turns Word's level, from 0, with 9 for body text, into ours.
func outlineLevel(level int) int {
	if level < 0 || level > 8 {
		return 0
	}
	return level + 1
}

// headingName matches the names and ids of heading styles. Word keeps the English names in the file whatever its language;
// ids, and the names that other programs write, follow the language.
var headingName = lazy(`(?i)^(?:heading|head|überschrift|ueberschrift|berschrift|titre|título|titulo|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nagwek|nadpis|заголовок|başlık|balk|cmsor|标题|標題|見出し|제목)[ _-]?([1-9])$`)

// levelByName returns the level that a style's name or id tells, -1 if it tells none.
func levelByName(name string) int {
	if m := headingName().FindStringSubmatch(strings.TrimSpace(name)); m != nil {
		return int(m[1][0] - '0')
	}
	return -1
}

func (s docxStyle) isTitle() bool {
	switch s.name {
	case "title", "titel", "book title", "document title":
		return true
	}
	return false
}

// isContents reports the lines of a table of contents, which say headings over again.
func (s docxStyle) isContents() bool {
	return strings.HasPrefix(s.name, "toc ") || s.name == "table of figures" || strings.HasPrefix(s.name, "contents ")
}

func (s docxStyle) isCode() bool {
	switch s.name {
	case "html preformatted", "source code", "code", "preformatted text", "code block", "verbatim", "macro text", "plain text code":
		return true
	}
	return false
}

var listStyle = lazy(`^list (?:bullet|number|continue)(?: ([2-9]))?$`)

// listDepth returns the depth of list that the style's name alone tells, 0 for none.
func (s docxStyle) listDepth() int {
	m := listStyle().FindStringSubmatch(s.name)
	if m == nil {
		return 0
	}
	if m[1] == "" {
		return 1
	}
	return int(m[1][0] - '0')
}
