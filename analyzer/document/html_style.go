package document

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A paint is a colour as 0xrrggbb, or one of the values below.
type paint int

const (
	unpainted   paint = -1
	transparent paint = -2
	otherPaint  paint = -3 // a picture, a gradient, a name that is not looked up: equal to nothing
	white       paint = 0xffffff
)

// A look is what a style says about whether text can be seen. Zero: nothing.
//
// Of each int8, 1 is yes, -1 is no, 0 is not said.
type look struct {
	gone, off         int8 // display, opacity or off the page: hidden whatever its children say
	unseen, tiny      int8 // visibility, font size: hidden unless its children say otherwise
	bold              int8
	color, background paint
}

var plainLook = look{color: unpainted, background: unpainted}

// over lays the later style s over l.
func (l look) over(s look) look {
	for _, f := range [...][2]*int8{{&l.gone, &s.gone}, {&l.off, &s.off}, {&l.unseen, &s.unseen}, {&l.tiny, &s.tiny},
		{&l.bold, &s.bold}} {
		if *f[1] != 0 {
			*f[0] = *f[1]
		}
	}
	if s.color != unpainted {
		l.color = s.color
	}
	if s.background != unpainted {
		l.background = s.background
	}
	return l
}

// inherit returns how the text of an element with the look own appears within a parent that appears as l.
func (l look) inherit(own look) look {
	if own.background == transparent {
		own.background = unpainted
	}
	if l.gone > 0 {
		own.gone = 1
	}
	if l.off > 0 {
		own.off = 1
	}
	return l.over(own)
}

// hidden reports text that a reader does not see.
func (l look) hidden() bool {
	background := l.background
	if background == unpainted {
		background = white
	}
	return l.gone > 0 || l.off > 0 || l.unseen > 0 || l.tiny > 0 || l.color == transparent || (l.color >= 0 && l.color == background) ||
		(background == white && nearWhite(l.color))
}

func nearWhite(c paint) bool { return c >= 0 && c>>16 >= 0xfa && c>>8&0xff >= 0xfa && c&0xff >= 0xfa }

// A stylesheet holds the simple rules of a page's own style elements: one element name, class or id each.
type stylesheet struct {
	rules  map[string]look
	inline map[string]look // style attributes seen
}

// stylesOf reads every style element of the tree.
func stylesOf(t *htmlTree) *stylesheet {
	s := &stylesheet{rules: map[string]look{}, inline: map[string]look{}}
	s.collect(t, t.root)
	return s
}

func (s *stylesheet) collect(t *htmlTree, n *htmlNode) {
	for c := n.first; c != nil; c = c.next {
		if c.kind != elementNode {
			continue
		}
		if c.tag == atom.Style && c.first != nil {
			s.read(t.src[c.first.start:c.last.end])
		} else {
			s.collect(t, c)
		}
	}
}

// read takes in the rules of one style element. Rules within @-rules are left out: they hold for some readers only.
func (s *stylesheet) read(css string) {
	css = dropCSSComments(css)
	for css != "" {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return
		}
		selector := css[:open]
		if i := strings.LastIndexByte(selector, ';'); i >= 0 {
			selector = selector[i+1:] // after an @import
		}
		body, rest := cssBlock(css[open+1:])
		css = rest
		if strings.Contains(selector, "@") {
			continue
		}
		l := parseStyle(body)
		if l == plainLook {
			continue
		}
		for _, one := range strings.Split(selector, ",") {
			s.rule(strings.ToLower(strings.TrimSpace(one)), l)
		}
	}
}

// rule notes what a selector says. Of a selector with several parts only a background is kept, for its last part: text of
// that colour must not pass for hidden.
func (s *stylesheet) rule(selector string, l look) {
	if i := strings.LastIndexAny(selector, " >+~"); i >= 0 {
		selector = selector[i+1:]
		if l.background == unpainted {
			return
		}
		l = look{color: unpainted, background: otherPaint}
	}
	if i := strings.LastIndexAny(selector, ".#"); i > 0 {
		selector = selector[i:]
	}
	if selector == "" || strings.ContainsAny(selector, ":[*") {
		return
	}
	old, ok := s.rules[selector]
	if !ok {
		old = plainLook
	}
	s.rules[selector] = old.over(l)
}

func dropCSSComments(css string) string {
	for {
		i := strings.Index(css, "/*")
		if i < 0 {
			return css
		}
		j := strings.Index(css[i+2:], "*/")
		if j < 0 {
			return css[:i]
		}
		var out strings.Builder
		out.WriteString(css[:i])
		rest := css[i+2+j+2:]
		for {
			if i = strings.Index(rest, "/*"); i < 0 {
				out.WriteString(rest)
				return out.String()
			}
			out.WriteString(rest[:i])
			if j = strings.Index(rest[i+2:], "*/"); j < 0 {
				return out.String()
			}
			rest = rest[i+2+j+2:]
		}
	}
}

// cssBlock cuts off the block whose brace was just opened.
func cssBlock(css string) (body, rest string) {
	depth := 1
	for i := 0; i < len(css); i++ {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[:i], css[i+1:]
			}
		}
	}
	return css, ""
}

// of returns the look of an element by itself.
func (s *stylesheet) of(t *htmlTree, n *htmlNode) look {
	l := plainLook
	if n.end <= n.start {
		return l
	}
	if n.tag != 0 {
		l = l.over(s.lookup(n.tag.String()))
	}
	var style string
	eachAttr(t.src[n.start:n.end], func(name string, from, to int) bool {
		value := t.src[n.start+from : n.start+to]
		if name = strings.ToLower(name); name == "style" {
			style = value
		} else {
			s.attr(&l, n.tag, name, value)
		}
		return true
	})
	if style != "" {
		l = l.over(s.style(style))
	}
	if n.tag == atom.Body || n.tag == atom.Html {
		l.gone, l.off, l.unseen, l.tiny = 0, 0, 0, 0 // hidden until a script has run
	}
	return l
}

// attr takes in one attribute that bears on the look of an element.
func (s *stylesheet) attr(l *look, tag atom.Atom, name, value string) {
	switch name {
	case "class":
		for _, c := range strings.Fields(value) {
			*l = l.over(s.lookup("." + strings.ToLower(c)))
		}
	case "id":
		*l = l.over(s.lookup("#" + strings.ToLower(value)))
	case "hidden":
		l.gone = 1
	case "bgcolor":
		l.background = parsePaint(value)
	case "color":
		if tag == atom.Font {
			l.color = parsePaint(value)
		}
	}
}

// style reads a style attribute; pages say the same ones over and over.
func (s *stylesheet) style(attr string) look {
	l, ok := s.inline[attr]
	if !ok {
		l = parseStyle(html.UnescapeString(attr))
		s.inline[attr] = l
	}
	return l
}

func (s *stylesheet) lookup(selector string) look {
	if l, ok := s.rules[selector]; ok {
		return l
	}
	return plainLook
}

// parseStyle reads declarations, "display: none; color: #fff".
func parseStyle(css string) look {
	l := plainLook
	clipped, flat := false, false
	for _, decl := range strings.Split(css, ";") {
		name, value, ok := strings.Cut(decl, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(strings.ReplaceAll(strings.ToLower(value), "!important", ""))
		name = strings.ToLower(strings.TrimSpace(name))
		l.declare(name, value)
		clipped = clipped || (strings.HasPrefix(name, "overflow") && value == "hidden")
		switch name {
		case "height", "width", "max-height", "max-width":
			n, ok := cssNumber(value)
			flat = flat || (ok && n == 0)
		}
	}
	if clipped && flat {
		l.off = 1
	}
	return l
}

func (l *look) declare(name, value string) {
	yes := func(b bool) int8 {
		if b {
			return 1
		}
		return -1
	}
	switch name {
	case "display":
		l.gone = yes(value == "none")
	case "visibility":
		l.unseen = yes(value == "hidden" || value == "collapse")
	case "opacity":
		n, ok := cssNumber(value)
		l.off = yes(ok && n < 0.05)
	case "font-size":
		if n, ok := cssNumber(value); ok {
			l.tiny = yes(n == 0 || (n <= 1 && (strings.HasSuffix(value, "px") || strings.HasSuffix(value, "pt"))))
		}
	case "left", "top", "text-indent", "margin-left":
		if n, ok := cssNumber(value); ok && n <= -500 {
			l.off = 1
		}
	case "clip":
		if strings.HasPrefix(strings.ReplaceAll(value, " ", ","), "rect(0,0,0,0") || strings.HasPrefix(strings.ReplaceAll(value, " ", ""), "rect(0,0,0,0") {
			l.off = 1
		}
	case "color":
		l.color = parsePaint(value)
	case "background", "background-color":
		l.background = parsePaint(value)
	case "font-weight":
		n, ok := cssNumber(value)
		l.bold = yes(value == "bold" || value == "bolder" || (ok && n >= 600))
	}
}

// cssNumber reads the number that a value begins with, whatever its unit.
func cssNumber(value string) (float64, bool) {
	end := 0
	for end < len(value) && strings.IndexByte("+-.0123456789", value[end]) >= 0 {
		end++
	}
	n, err := strconv.ParseFloat(value[:end], 64)
	return n, err == nil
}
