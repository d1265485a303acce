package document

import (
	"bytes"
	"sort"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// A footnoteRef is the mark of a footnote in the text. Readers see a raised number, which is no word of the sentence.
type footnoteRef struct{ ast.BaseInline }

var kindFootnoteRef = ast.NewNodeKind("FootnoteRef")

func (*footnoteRef) Kind() ast.NodeKind              { return kindFootnoteRef }
func (n *footnoteRef) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// footnoteMark parses "[^label]" where the document has a footnote of that label. The library's own parser goes through all
// footnotes for each mark.
type footnoteMark struct{}

var footnoteLabels = parser.NewContextKey()

func (footnoteMark) Trigger() []byte { return []byte{'['} }

func (footnoteMark) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if len(line) < 4 || line[1] != '^' {
		return nil
	}
	end := bytes.IndexByte(line[:min(len(line), 1000)], ']')
	if end < 3 {
		return nil
	}
	labels, ok := pc.Get(footnoteLabels).(map[string]bool)
	if !ok {
		labels = map[string]bool{}
		for _, n := range footnotesIn(rootOf(parent)) {
			labels[string(n.Ref)] = true
		}
		pc.Set(footnoteLabels, labels)
	}
	if !labels[string(line[2:end])] {
		return nil
	}
	block.Advance(end + 1)
	return &footnoteRef{}
}

func rootOf(n ast.Node) ast.Node {
	for n.Parent() != nil {
		n = n.Parent()
	}
	return n
}

// footnotesIn returns the footnotes in n, which the parser gathers where the first one stands.
func footnotesIn(n ast.Node) []*extast.Footnote {
	var notes []*extast.Footnote
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if note, ok := c.(*extast.Footnote); ok {
			notes = append(notes, note)
		}
		if c.Type() == ast.TypeBlock && !ast.IsParagraph(c) {
			notes = append(notes, footnotesIn(c)...)
		}
	}
	return notes
}

// findFootnotes puts the footnotes back into the order of the source.
func (w *markdownWalker) findFootnotes(root ast.Node) {
	if !bytes.Contains(w.raw, []byte("[^")) {
		return
	}
	w.notes = footnotesIn(root)
	sort.SliceStable(w.notes, func(i, j int) bool { return w.notes[i].Pos() < w.notes[j].Pos() })
}

// footnotesBefore reads the footnotes that stand before offset.
func (w *markdownWalker) footnotesBefore(offset int) {
	for len(w.notes) > 0 && w.notes[0].Pos() < offset && w.err == nil {
		note := w.notes[0]
		w.notes = w.notes[1:]
		w.blocks(note, markdownPlace{kind: Prose})
	}
}
