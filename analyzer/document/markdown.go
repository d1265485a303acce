package document

import (
	"bytes"
	"context"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

func init() { loaders[Markdown] = loadMarkdown }

// markdownParser reads CommonMark with GitHub's tables, task lists and strikethrough, and footnotes. It is safe for use by
// many at once.
var markdownParser = parser.NewParser(
	parser.WithBlockParsers(append(parser.DefaultBlockParsers(),
		util.Prioritized(extension.NewFootnoteBlockParser(), 999))...),
	parser.WithInlineParsers(
		util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(footnoteMark{}, 101),
		util.Prioritized(bounded(parser.NewLinkParser()), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
		util.Prioritized(bounded(parser.NewEmphasisParser()), 500),
		util.Prioritized(bounded(extension.NewStrikethroughParser()), 500)),
	parser.WithParagraphTransformers(
		util.Prioritized(definitions{}, 100),
		util.Prioritized(tables{}, 200)),
	parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
)

// loadMarkdown reads Markdown. Source is the file, and Text what a page made from it shows: no markup, no link targets, no
// comments. Front matter and code become sentences of kind [Code], a line each.
func loadMarkdown(ctx context.Context, b *builder, raw []byte, limits Limits) error {
	doc := b.doc
	if doc.Encoding != "utf-8" {
		raw = []byte(doc.Source)
	}
	base := 0
	if bytes.HasPrefix(raw, []byte(markUTF8)) {
		base = len(markUTF8)
	}
	base = frontMatter(b, base)
	src := plainLineEnds(raw[base:])
	if err := checkNesting(src, limits.Nesting); err != nil {
		return err
	}
	b.shift = base
	w := &markdownWalker{ctx: ctx, b: b, src: doc.Source[base:], raw: src, nesting: limits.Nesting}
	root, err := parseMarkdown(ctx, src)
	if err != nil {
		return err
	}
	w.findFootnotes(root)
	w.blocks(root, markdownPlace{kind: Prose})
	w.footnotesBefore(len(src) + 1)
	return w.err
}

// plainLineEnds makes lone carriage returns into line feeds, which is all that the parser knows as a line's end.
func plainLineEnds(src []byte) []byte {
	var out []byte
	for i, c := range src {
		if c == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			if out == nil {
				out = bytes.Clone(src)
			}
			out[i] = '\n'
		}
	}
	if out == nil {
		return src
	}
	return out
}

// A markdownPlace is what surrounds a block.
type markdownPlace struct {
	kind  Kind
	depth int  // of the list item
	item  *int // number of the item's sentence once it is known
}

// A markdownWalker goes through the parsed tree in the order of the source. Offsets are into src until the builder shifts
// them.
type markdownWalker struct {
	ctx     context.Context
	b       *builder
	src     string // Source from where the parser began
	raw     []byte // the same as the parser saw it
	nesting int
	flow    outline
	notes   []*extast.Footnote // in source order, those not yet read
	shroud  shroud
	covered bool   // the block at hand stands within hidden HTML
	runs    []run  // of the block at hand
	row     []cell // of the table row at hand
	ends    []int  // of its cells in runs
	skip    int    // where the text of the block at hand begins, if not at its start
	err     error
}

// blocks reads what stands in n, block after block.
func (w *markdownWalker) blocks(n ast.Node, at markdownPlace) {
	if nodes := reordered(n); nodes != nil {
		for _, c := range nodes {
			w.child(c, at)
		}
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.child(c, at)
	}
}

func (w *markdownWalker) child(n ast.Node, at markdownPlace) {
	if w.err != nil {
		return
	}
	if len(w.notes) > 0 {
		w.footnotesBefore(max(firstOffset(n), 0))
	}
	if w.err = w.ctx.Err(); w.err == nil {
		w.block(n, at)
	}
}

// reordered returns what stands in n in the order of the source where the parser has not kept it, else nil: text over a
// table that turns out to be a heading comes after the table.
func reordered(n ast.Node) []ast.Node {
	sorted, last := true, -1
	for c := n.FirstChild(); c != nil && sorted; c = c.NextSibling() {
		p := firstOffset(c)
		sorted = p >= last || p < 0
		last = max(p, last)
	}
	if sorted {
		return nil
	}
	var nodes []ast.Node
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		nodes = append(nodes, c)
	}
	sort.SliceStable(nodes, func(i, j int) bool { return firstOffset(nodes[i]) < firstOffset(nodes[j]) })
	return nodes
}

func (w *markdownWalker) block(n ast.Node, at markdownPlace) {
	w.covered = w.shroud.covers()
	defer w.shroud.endBlock()
	switch n := n.(type) {
	case *ast.Heading:
		w.add(block{kind: Heading, level: n.Level, runs: w.inline(n)}, at)
	case *ast.Paragraph, *ast.TextBlock:
		w.skip = w.calloutEnd(n)
		w.add(block{kind: at.kind, depth: at.depth, runs: w.inline(n)}, at)
	case *ast.List:
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			w.blocks(item, markdownPlace{kind: ListItem, depth: at.depth + 1, item: new(int)})
		}
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		w.code(n.Lines(), at)
	case *ast.HTMLBlock:
		w.html(n, at)
	case *ast.LinkReferenceDefinition:
		w.definition(n, at)
	case *extast.Table:
		w.table(n, at)
	case *extast.FootnoteList, *ast.ThematicBreak:
	default:
		w.blocks(n, at)
	}
}

// add hands a block on with the sentence that leads into it.
func (w *markdownWalker) add(k block, at markdownPlace) {
	if w.covered && k.kind != Hidden {
		k = block{kind: Hidden, runs: k.runs, cells: k.cells}
		if len(k.cells) > 0 {
			k.runs, _ = joinCells(k.cells)
		}
	}
	if k.kind == ListItem {
		k.lead = w.flow.lead(k.depth)
		if *at.item > 0 {
			k.lead = *at.item // a further paragraph of the same item
		}
	}
	before := len(w.b.doc.Sentences)
	num := w.b.add(k)
	if num == 0 {
		return
	}
	if k.kind == ListItem {
		if *at.item > 0 {
			return
		}
		*at.item = num
	}
	if w.b.doc.Sentences[before].Kind != Hidden || k.kind == Hidden {
		w.flow.note(w.b.doc, k.kind, k.depth, num)
	}
}

// code reads lines that are shown as they stand, a block a line.
func (w *markdownWalker) code(lines *text.Segments, at markdownPlace) {
	for i := range lines.Len() {
		s := lines.At(i)
		w.add(block{kind: Code, runs: []run{{text: blanks(w.src[s.Start:s.Stop]), start: s.Start, end: s.Stop}}}, at)
	}
}

// definition reports the words that a link's definition hides, which Markdown knows as a way to write comments:
// "[//]: # (not for readers)".
func (w *markdownWalker) definition(n *ast.LinkReferenceDefinition, at markdownPlace) {
	if dest := string(n.Destination); dest != "#" && dest != "" || !saysSomething(string(n.Title)) || n.Lines().Len() == 0 {
		return
	}
	from, to := n.Lines().At(0).Start, n.Lines().At(n.Lines().Len()-1).Stop
	w.add(block{kind: Hidden, runs: []run{{text: string(n.Title), start: from, end: to}}}, at)
}

// table reads a table row by row. Each cell but those of the first row knows its column's header.
func (w *markdownWalker) table(n *extast.Table, at markdownPlace) {
	var headers []string
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		cells := w.cells(row, headers)
		if headers == nil {
			for _, c := range cells {
				headers = append(headers, plain(visibleText(c.runs), ""))
			}
		}
		w.add(block{kind: TableRow, cells: cells}, at)
	}
}

// cells reads the cells of a row, which hold until the next call.
func (w *markdownWalker) cells(row ast.Node, headers []string) []cell {
	w.runs, w.row, w.ends = w.runs[:0], w.row[:0], w.ends[:0]
	for c := row.FirstChild(); c != nil; c = c.NextSibling() {
		w.inlines(c, false)
		w.ends = append(w.ends, len(w.runs))
	}
	from := 0
	for i, end := range w.ends {
		k := cell{runs: w.runs[from:end:end]}
		if i < len(headers) {
			k.header = headers[i]
		}
		w.row = append(w.row, k)
		from = end
	}
	return w.row
}

// firstOffset returns where the content of a block begins, -1 if it has none.
func firstOffset(n ast.Node) int {
	if n.Kind() == extast.KindTable && n.FirstChild() != nil {
		return n.FirstChild().Pos() // its own is that of the text above it
	}
	if p := n.Pos(); p >= 0 {
		return p
	}
	if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	if c := n.FirstChild(); c != nil {
		return firstOffset(c)
	}
	return -1
}

// calloutEnd returns where the marker of a callout ends, "[!NOTE]" at the start of a block quote, 0 if n begins with none.
func (w *markdownWalker) calloutEnd(n ast.Node) int {
	if n.Parent().Kind() != ast.KindBlockquote || n.PreviousSibling() != nil || n.Lines().Len() == 0 {
		return 0
	}
	line := n.Lines().At(0)
	s := w.src[line.Start:line.Stop]
	if !strings.HasPrefix(s, "[!") {
		return 0
	}
	end := strings.IndexByte(s, ']')
	if end < 0 || strings.ContainsAny(s[2:end], " [(") {
		return 0
	}
	return line.Start + end + 1
}
