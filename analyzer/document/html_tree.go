package document

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

type nodeKind uint8

const (
	elementNode nodeKind = iota
	textNode
	rawNode // CDATA, or the inside of an element whose text holds no entities
	commentNode
)

// An htmlNode is an element, a text or a comment with the bytes of the source it was read from.
type htmlNode struct {
	kind       nodeKind
	formatting bool
	layout     bool      // of a table: it lays out the page rather than data
	tag        atom.Atom // 0 for elements that HTML does not know
	name       string    // of an element with no atom, lower case
	start, end int       // of the text, the comment's inside, or the start tag
	close      int       // of an element: where the next thing after it begins

	parent, first, last, next *htmlNode
}

// An htmlTree grows from the tokens of a page. Unlike [html.Parse] it keeps every offset, and repairs only what bears on
// reading: ends that are implied, ends that are missing, ends that belong to nothing.
type htmlTree struct {
	src    string
	root   *htmlNode
	top    *htmlNode
	open   map[atom.Atom]int // how many of each are open
	blocks int               // open elements other than formatting ones
	inline int               // open formatting elements
	limit  int
	xml    bool // "/>" ends any element
	alien  int  // open svg and math elements
	tables []*htmlNode
	cells  []int // bytes of text in each open cell
	slab   []htmlNode
}

const htmlSlab = 512

// parseHTML reads the whole of src. No element nests deeper than limit.
func parseHTML(ctx context.Context, src string, limit int) (*htmlTree, error) {
	t := &htmlTree{src: src, open: map[atom.Atom]int{}, limit: limit, xml: looksLikeXML(src)}
	t.root = t.node(htmlNode{tag: atom.Body})
	t.top = t.root
	z := html.NewTokenizer(strings.NewReader(src))
	at := 0
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		z.AllowCDATA(t.xml || t.alien > 0)
		tt := z.Next()
		from := at
		at += len(z.Raw())
		if tt == html.ErrorToken {
			if from < len(src) && src[from] != '<' {
				t.text(from, len(src))
			}
			break
		}
		if err := t.token(z, tt, from, at); err != nil {
			return nil, err
		}
	}
	for t.top != nil {
		t.pop(len(src))
	}
	return t, nil
}

// looksLikeXML reports XHTML and the storage format of Confluence, where any element can end itself.
func looksLikeXML(src string) bool {
	head := src[:min(len(src), 1<<16)]
	return strings.HasPrefix(strings.TrimLeft(head, "\ufeff \t\r\n"), "<?xml") ||
		strings.Contains(head, "<ac:") || strings.Contains(head, "<ri:")
}

func (t *htmlTree) token(z *html.Tokenizer, tt html.TokenType, from, to int) error {
	switch tt {
	case html.TextToken:
		t.text(from, to)
	case html.CommentToken:
		t.comment(from, to)
	case html.StartTagToken, html.SelfClosingTagToken:
		name, _ := z.TagName()
		ends := tt == html.SelfClosingTagToken && (t.xml || t.alien > 0)
		if ends {
			z.NextIsNotRawText()
		}
		return t.startTag(atom.Lookup(name), name, from, to, ends)
	case html.EndTagToken:
		name, _ := z.TagName()
		t.endTag(atom.Lookup(name), name, from, to)
	}
	return nil
}

// node allocates from a slab: a page has many nodes, and all live as long as the first.
func (t *htmlTree) node(n htmlNode) *htmlNode {
	if len(t.slab) == 0 {
		t.slab = make([]htmlNode, min(htmlSlab, len(t.src)/8+2))
	}
	p := &t.slab[0]
	t.slab = t.slab[1:]
	*p = n
	return p
}

func (t *htmlTree) child(n htmlNode) *htmlNode {
	n.parent = t.top
	p := t.node(n)
	if t.top.last == nil {
		t.top.first = p
	} else {
		t.top.last.next = p
	}
	t.top.last = p
	return p
}

func (t *htmlTree) text(from, to int) {
	const open, shut = "<![CDATA[", "]]>"
	kind := textNode
	if s := t.src[from:to]; strings.HasPrefix(s, open) {
		kind = rawNode
		if strings.HasSuffix(s, shut) && len(s) >= len(open)+len(shut) {
			to -= len(shut)
		}
		from += len(open)
	} else if unescapedText[t.top.tag] {
		kind = rawNode
	}
	if from == to {
		return
	}
	t.child(htmlNode{kind: kind, start: from, end: to, close: to})
	if last := len(t.cells) - 1; last >= 0 && len(t.tables) > 0 {
		if t.cells[last] += to - from; t.cells[last] > maxCellText {
			t.tables[len(t.tables)-1].layout = true
		}
	}
}

func (t *htmlTree) comment(from, to int) {
	s := t.src[from:to]
	if !strings.HasPrefix(s, "<!--") {
		return // a processing instruction or a declaration: no words of the author's
	}
	inner := strings.TrimSuffix(strings.TrimSuffix(s[4:], ">"), "--")
	t.child(htmlNode{kind: commentNode, start: from + 4, end: from + 4 + len(inner), close: to})
}

func (t *htmlTree) startTag(tag atom.Atom, name []byte, from, to int, ends bool) error {
	t.implyEnds(tag, from)
	n := htmlNode{kind: elementNode, tag: tag, start: from, end: to, close: to, formatting: formattingTags[tag]}
	if tag == 0 {
		n.name = string(name)
	}
	if n.formatting && t.inline >= t.limit && !ends {
		return nil // left open again and again; what it would format is read all the same
	}
	p := t.child(n)
	if ends || voidTags[tag] {
		return nil
	}
	t.top = p
	t.count(p, 1)
	if t.blocks > t.limit {
		return &Error{Err: ErrTooDeep, Detail: fmt.Sprintf("elements are nested more than %d deep", t.limit),
			Advice: "simplify the page, or raise --max-nesting"}
	}
	return nil
}

func (t *htmlTree) count(n *htmlNode, by int) {
	t.open[n.tag] += by
	t.countTable(n, by > 0)
	if n.formatting {
		t.inline += by
	} else {
		t.blocks += by
	}
	if n.tag == atom.Svg || n.tag == atom.Math {
		t.alien += by
	}
}

// countTable follows tables and cells. A table with a table or a heading in it is there for the layout.
func (t *htmlTree) countTable(n *htmlNode, opens bool) {
	switch n.tag {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		if len(t.tables) > 0 {
			t.tables[len(t.tables)-1].layout = true
		}
	case atom.Table:
		if !opens {
			t.tables = t.tables[:len(t.tables)-1]
			return
		}
		if len(t.tables) > 0 {
			t.tables[len(t.tables)-1].layout = true
		}
		t.tables = append(t.tables, n)
	case atom.Td, atom.Th:
		if opens {
			t.cells = append(t.cells, 0)
		} else {
			t.cells = t.cells[:len(t.cells)-1]
		}
	}
}

func (t *htmlTree) pop(at int) {
	if t.top != t.root {
		t.count(t.top, -1)
	}
	t.top.close = at
	t.top = t.top.parent
}

// endTag closes the nearest open element of the name, and what was left open within it. An end that belongs to nothing
// changes nothing.
func (t *htmlTree) endTag(tag atom.Atom, name []byte, from, to int) {
	if tag == atom.Br {
		t.child(htmlNode{kind: elementNode, tag: tag, start: from, end: to, close: to})
		return
	}
	if t.open[tag] == 0 {
		return
	}
	inline := formattingTags[tag]
	for n := t.top; n != t.root; n = n.parent {
		if n.tag == tag && n.name == nameOf(tag, name) {
			for t.top != n {
				t.pop(from)
			}
			t.pop(to)
			return
		}
		if (inline && !n.formatting) || fences(n.tag, tag) {
			return
		}
	}
}

func nameOf(tag atom.Atom, name []byte) string {
	if tag != 0 {
		return ""
	}
	return string(name)
}

// fences reports whether an open element keeps an end tag from reaching out of it.
func fences(open, end atom.Atom) bool {
	switch open {
	case atom.Td, atom.Th, atom.Caption:
		return !tableTags[end]
	case atom.Table:
		return end != atom.Table && (tableTags[end] || end == atom.P || end == atom.Li)
	case atom.Ul, atom.Ol:
		return end == atom.Li || end == atom.P
	case atom.Dl:
		return end == atom.Dt || end == atom.Dd || end == atom.P
	}
	return false
}

// implyEnds closes what a start tag closes without saying so.
func (t *htmlTree) implyEnds(tag atom.Atom, at int) {
	switch tag {
	case atom.Li:
		t.closeUpTo(at, atom.Li, 0, atom.Ul, atom.Ol)
	case atom.Dt, atom.Dd:
		t.closeUpTo(at, atom.Dt, atom.Dd, atom.Dl)
	case atom.Td, atom.Th:
		t.closeUpTo(at, atom.Td, atom.Th, atom.Tr, atom.Table)
	case atom.Tr:
		t.closeUpTo(at, atom.Tr, 0, atom.Table)
	case atom.Thead, atom.Tbody, atom.Tfoot:
		for _, group := range []atom.Atom{atom.Thead, atom.Tbody, atom.Tfoot} {
			t.closeUpTo(at, group, 0, atom.Table)
		}
	}
	if closesParagraph[tag] {
		t.closeUpTo(at, atom.P, 0, atom.Td, atom.Th, atom.Caption, atom.Table, atom.Template)
	}
}

// closeUpTo closes the nearest open a or b, unless one of the fences stands before it.
func (t *htmlTree) closeUpTo(at int, a, b atom.Atom, fences ...atom.Atom) {
	if t.open[a] == 0 && (b == 0 || t.open[b] == 0) {
		return
	}
	for n := t.top; n != t.root; n = n.parent {
		if n.tag == a || (b != 0 && n.tag == b) {
			for t.top != n {
				t.pop(at)
			}
			t.pop(at)
			return
		}
		for _, f := range fences {
			if n.tag == f {
				return
			}
		}
	}
}

// attr returns the value of an attribute as written, and where it stands in the source. The name is in lower case.
func (t *htmlTree) attr(n *htmlNode, name string) (value string, start int, ok bool) {
	s := t.src[n.start:n.end]
	if len(s) < len(name)+3 {
		return "", 0, false
	}
	eachAttr(s, func(key string, from, to int) bool {
		if len(key) == len(name) && strings.EqualFold(key, name) {
			value, start, ok = s[from:to], n.start+from, true
		}
		return !ok
	})
	return value, start, ok
}

// eachAttr calls f with each attribute of a start tag and the place of its value in the tag, until f returns false.
func eachAttr(tag string, f func(name string, from, to int) bool) {
	const space = " \t\n\f\r"
	i := strings.IndexAny(tag, space+"/>")
	for i >= 0 && i < len(tag) {
		for i < len(tag) && strings.IndexByte(space+"/", tag[i]) >= 0 {
			i++
		}
		name := i
		for i < len(tag) && (i == name || tag[i] != '=') && strings.IndexByte(space+"/>", tag[i]) < 0 {
			i++
		}
		key := tag[name:i]
		if key == "" {
			return
		}
		j := i
		for j < len(tag) && strings.IndexByte(space, tag[j]) >= 0 {
			j++
		}
		from, to := i, i
		if j < len(tag) && tag[j] == '=' {
			from, to, i = attrValue(tag, j+1)
		}
		if !f(key, from, to) {
			return
		}
	}
}

// attrValue finds the value that begins after the equals sign at i, and where the next attribute may begin.
func attrValue(tag string, i int) (from, to, next int) {
	const space = " \t\n\f\r"
	for i < len(tag) && strings.IndexByte(space, tag[i]) >= 0 {
		i++
	}
	if i < len(tag) && (tag[i] == '"' || tag[i] == '\'') {
		if n := strings.IndexByte(tag[i+1:], tag[i]); n >= 0 {
			return i + 1, i + 1 + n, i + n + 2
		}
		return i + 1, len(tag), len(tag)
	}
	n := strings.IndexAny(tag[i:], space+">")
	if n < 0 {
		n = len(tag) - i
	}
	return i, i + n, i + n
}
