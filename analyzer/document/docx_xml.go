package document

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxXMLNodes bounds the elements of one paragraph or table, which are held in memory together.
const maxXMLNodes = 2 << 20

// An xmlNode is an element by its local name; the prefixes that word processors choose do not matter.
type xmlNode struct {
	name  string
	attrs []xml.Attr
	kids  []*xmlNode
	text  string // character data of an element with no children
}

func (n *xmlNode) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// kid returns the first child of the name, nil if there is none or n is nil.
func (n *xmlNode) kid(path ...string) *xmlNode {
	for _, name := range path {
		if n == nil {
			return nil
		}
		var found *xmlNode
		for _, k := range n.kids {
			if k.name == name {
				found = k
				break
			}
		}
		n = found
	}
	return n
}

// val returns the val attribute of a child, "" if there is none.
func (n *xmlNode) val(path ...string) string {
	if k := n.kid(path...); k != nil {
		return k.attr("val")
	}
	return ""
}

// on reports a property that is switched on: present, and not said to be off. set tells whether it is there at all.
func (n *xmlNode) on(name string) (on, set bool) {
	k := n.kid(name)
	if k == nil {
		return false, false
	}
	switch k.attr("val") {
	case "0", "false", "off", "none":
		return false, true
	}
	return true, true
}

// An xmlReader reads a part element by element, so that a long document is never in memory as a tree.
type xmlReader struct {
	dec   *xml.Decoder
	part  string
	limit int // depth of elements
	names []string
	nodes int
}

func newXMLReader(data []byte, part string, limit int) *xmlReader {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return in, nil
		}
		return nil, fmt.Errorf("encoding %q is not supported", charset)
	}
	return &xmlReader{dec: dec, part: part, limit: limit}
}

// next returns the next token, having checked that elements nest as they should and not too deeply. Document type
// declarations are refused: nothing needs them but entity bombs and references to other files.
func (x *xmlReader) next() (xml.Token, error) {
	tok, err := x.dec.RawToken()
	if errors.Is(err, io.EOF) {
		if len(x.names) > 0 {
			return nil, x.damaged(io.ErrUnexpectedEOF)
		}
		return nil, io.EOF
	}
	if err != nil {
		return nil, x.damaged(err)
	}
	switch t := tok.(type) {
	case xml.Directive:
		return nil, x.damaged(errors.New("it has a document type declaration"))
	case xml.StartElement:
		if x.names = append(x.names, t.Name.Local); len(x.names) > x.limit {
			return nil, &Error{Err: ErrTooDeep, Detail: fmt.Sprintf("elements of its part %q are nested more than %d deep", x.part, x.limit),
				Advice: "simplify the document, or raise --max-nesting"}
		}
	case xml.EndElement:
		last := len(x.names) - 1
		if last < 0 || x.names[last] != t.Name.Local {
			return nil, x.damaged(fmt.Errorf("unexpected end of element %s", t.Name.Local))
		}
		x.names = x.names[:last]
	}
	return tok, nil
}

func (x *xmlReader) damaged(err error) error {
	return damagedDocx(fmt.Sprintf("its part %q cannot be read (%v)", x.part, err))
}

// enter goes on to the first element of the name; io.EOF if there is none. root is the name of the outermost element.
func (x *xmlReader) enter(name string) (root string, err error) {
	for {
		tok, err := x.next()
		if err != nil {
			return root, err
		}
		if t, ok := tok.(xml.StartElement); ok {
			if root == "" {
				root = t.Name.Local
			}
			if t.Name.Local == name {
				return root, nil
			}
		}
	}
}

// child returns the next child of the element just entered, nil at its end.
func (x *xmlReader) child() (*xmlNode, error) {
	for {
		tok, err := x.next()
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			x.nodes = 0
			return x.element(t)
		case xml.EndElement:
			return nil, nil
		}
	}
}

// element reads the element that t opens, to its end.
func (x *xmlReader) element(t xml.StartElement) (*xmlNode, error) {
	if x.nodes++; x.nodes > maxXMLNodes {
		return nil, &Error{Err: ErrTooLarge, Detail: "has a single paragraph or table with millions of elements", Advice: "split it"}
	}
	n := &xmlNode{name: t.Name.Local, attrs: append([]xml.Attr(nil), t.Attr...)}
	var text []byte
	for {
		tok, err := x.next()
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			k, err := x.element(t)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, k)
		case xml.CharData:
			if len(n.kids) == 0 {
				text = append(text, t...)
			}
		case xml.EndElement:
			n.text = string(text)
			return n, nil
		}
	}
}

// root reads the whole part.
func (x *xmlReader) root() (*xmlNode, error) {
	for {
		tok, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil, damagedDocx(fmt.Sprintf("its part %q is empty", x.part))
		}
		if err != nil {
			return nil, err
		}
		if t, ok := tok.(xml.StartElement); ok {
			return x.element(t)
		}
	}
}
