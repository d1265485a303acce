package classify

import (
	"path"
	"strings"

	"whatif/analyzer/document"
)

// A scope says in which part of a document a feature is looked for; a feature may have several.
type scope uint8

const (
	inText    scope = 1 << iota // a sentence of prose, a list or a table
	inBegin                     // the same, and the words begin it
	inHeading                   // a heading
	inColumns                   // the heads of a table's columns
	inTitle                     // the document's title, or its first sentence where it has no heading
	inName                      // the file's name
	inFolder                    // the folders that the file is in
	inCode                      // a line of code
)

// scopeNames are the scopes as a book names them.
var scopeNames = map[string]scope{
	"text": inText, "begin": inBegin, "heading": inHeading, "columns": inColumns, "title": inTitle, "name": inName, "folder": inFolder, "code": inCode,
}

// A hit is what was found of a feature.
type hit struct {
	count int
	at    int // offset of the first place in the source, -1 if it is not in there
}

// A counter counts a book's features in one document.
type counter struct {
	book                   *Book
	doc                    *document.Document
	hits                   []hit
	texts, headings, codes int

	matcher matcher
	columns string // the heads of the last table
}

func newCounter(b *Book, doc *document.Document) *counter {
	return &counter{book: b, doc: doc, hits: make([]hit, len(b.features)), matcher: newMatcher(&b.words)}
}

// count goes once over the document.
func (c *counter) count() {
	doc := c.doc
	c.named(doc.Path)
	for i := range doc.Sentences {
		s := &doc.Sentences[i]
		in := scope(0)
		switch s.Kind {
		case document.Hidden:
			continue
		case document.Heading:
			c.headings++
			in = inHeading
		case document.Code:
			in = inCode
			if isProse(s.Text) { // stories in a block of code are stories
				c.texts++
				in = inText | inBegin
			} else {
				c.codes++
			}
		default:
			c.texts++
			in = inText | inBegin
		}
		if c.texts+c.headings == 1 && in != inCode && s.Kind != document.TableRow {
			in |= inTitle
		}
		if s.Kind == document.TableRow {
			c.heads(s.Cells, s.Span.Start)
		}
		c.look(in, shapesOf(s, doc.Source), s.Text, s.Span.Start)
	}
}

// named looks at the file's name and folders. A name's ending says nothing.
func (c *counter) named(file string) {
	file = strings.ReplaceAll(file, `\`, "/")
	folder, base := path.Split(file)
	c.look(inName, 0, strings.TrimSuffix(base, path.Ext(base)), -1)
	if n := strings.Count(strings.Trim(folder, "/"), "/"); n > 1 { // the two nearest folders: a checkout may lie anywhere
		parts := strings.Split(strings.Trim(folder, "/"), "/")
		folder = strings.Join(parts[len(parts)-2:], "/")
	}
	c.look(inFolder, 0, folder, -1)
}

// heads looks at the heads of a table's columns, once a table.
func (c *counter) heads(cells []document.Cell, at int) {
	var heads strings.Builder
	for i := range cells {
		heads.WriteString(cells[i].Header)
		heads.WriteByte('|')
	}
	if heads.String() == c.columns {
		return
	}
	c.columns = heads.String()
	c.look(inColumns, 0, c.columns, at)
}

// look finds the features in one text.
func (c *counter) look(in scope, shapes shape, text string, at int) {
	m := &c.matcher
	m.match(text)
	for _, g := range m.found {
		for _, i := range c.book.ofGroup[g] {
			c.try(int(i), in, shapes, at)
		}
	}
	if shapes != 0 || in&inCode != 0 {
		for _, i := range c.book.ofShape {
			c.try(int(i), in, shapes, at)
		}
	}
}

// try counts a feature where all that it needs is there.
func (c *counter) try(i int, in scope, shapes shape, at int) {
	f, m := &c.book.features[i], &c.matcher
	if f.in&in == 0 || shapes&f.shapes != f.shapes || shapes&f.notShapes != 0 {
		return
	}
	for n, g := range f.all {
		if !m.has(g) || n == 0 && f.in&in == inBegin && !m.begins(g) {
			return
		}
	}
	for _, g := range f.not {
		if m.has(g) {
			return
		}
	}
	h := &c.hits[i]
	if h.count++; h.count == 1 {
		h.at = at
	}
}
