package document

import (
	"bytes"
	"context"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// The Markdown library takes time that grows with the square of some blocks' size, and can't be interrupted. What is here
// keeps such blocks small enough and ends the parsing when its context does. Past a bound, marks are read as text.
const (
	maxMarks       = 10_000  // of emphasis, or brackets of links, in one block
	maxLinkScan    = 8 << 20 // bytes looked through in vain for the ends of links in one block
	maxDefinitions = 1000    // lines of link definitions that are read at one go
	maxTableCells  = 1 << 20
)

// parseStopped is what an inline parser panics with when the context has ended; parseMarkdown recovers it.
type parseStopped struct{ err error }

var parseContext = parser.NewContextKey()

// parseMarkdown parses src until ctx ends.
func parseMarkdown(ctx context.Context, src []byte) (root ast.Node, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case parseStopped:
			err = p.err
		default:
			panic(p)
		}
	}()
	pc := parser.NewContext()
	pc.Set(parseContext, ctx)
	return markdownParser.Parse(text.NewReader(src), parser.WithContext(pc)), nil
}

// checkParse ends the parsing if its context has ended.
func checkParse(pc parser.Context) {
	if ctx, ok := pc.Get(parseContext).(context.Context); ok && ctx.Err() != nil {
		panic(parseStopped{ctx.Err()})
	}
}

// A spender bounds what an inline parser does in one block.
type spender struct {
	parser.InlineParser
	spent, scanned parser.ContextKey
}

func bounded(p parser.InlineParser) *spender {
	return &spender{p, parser.NewContextKey(), parser.NewContextKey()}
}

func (s *spender) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	checkParse(pc)
	n, _ := pc.Get(s.spent).(int)
	scanned, _ := pc.Get(s.scanned).(int)
	if n >= maxMarks || scanned >= maxLinkScan {
		return nil
	}
	pc.Set(s.spent, n+1)
	line, _ := block.PeekLine()
	found := s.InlineParser.Parse(parent, block, pc)
	if found == nil && bytes.HasPrefix(line, []byte("](")) {
		pc.Set(s.scanned, scanned+len(line))
	}
	return found
}

// CloseBlock forgets what was spent.
func (s *spender) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	pc.Set(s.spent, nil)
	pc.Set(s.scanned, nil)
	if c, ok := s.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

// definitions reads the link definitions that a paragraph begins with, as the library does, but in portions.
type definitions struct{}

func (definitions) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	checkParse(pc)
	all := node.Lines()
	from := 0
	for all.Len()-from > maxDefinitions && opensDefinition(all.At(from), reader.Source()) {
		to := from + maxDefinitions
		for to < all.Len() && !opensDefinition(all.At(to), reader.Source()) {
			to++
		}
		if to == all.Len() {
			break
		}
		part := ast.NewParagraph()
		part.SetLines(portion(all, from, to))
		part.SetBlankPreviousLines(from == 0 && node.HasBlankPreviousLines())
		node.Parent().InsertBefore(node.Parent(), node, part)
		parser.LinkReferenceParagraphTransformer.Transform(part, reader, pc)
		checkParse(pc)
		from = to
	}
	if from > 0 {
		node.SetLines(portion(all, from, all.Len()))
	}
	parser.LinkReferenceParagraphTransformer.Transform(node, reader, pc)
}

// portion copies a half-open range of lines.
func portion(lines *text.Segments, from, to int) *text.Segments {
	out := text.NewSegments()
	out.AppendAll(lines.Sliced(from, to))
	return out
}

// opensDefinition reports a line that may begin a link's definition: "[label]: …".
func opensDefinition(line text.Segment, src []byte) bool {
	s := bytes.TrimLeft(line.Value(src), " ")
	return len(s) > 0 && s[0] == '[' && bytes.Contains(s, []byte("]:"))
}

// tables reads tables as the library does, but for those that would have more cells than any document has: it fills up each
// row to the number of columns.
type tables struct{}

var libraryTables = extension.NewTableParagraphTransformer()

func (tables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	checkParse(pc)
	lines := node.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		s := string(line.Value(reader.Source()))
		if strings.Trim(s, "|-: \t\r\n") == "" && strings.Count(s, "|") > maxTableCells/lines.Len() {
			return
		}
	}
	libraryTables.Transform(node, reader, pc)
}
