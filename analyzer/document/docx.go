package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

func init() { loaders[DOCX] = loadDOCX }

// loadDOCX reads a Word document as its reader sees it once all changes are accepted: headings with their numbers, lists,
// tables, text boxes, notes after the paragraph that refers to them. Margin comments, headers, footers and the table of
// contents are left out; hidden text is kept apart.
//
// Source is the text laid out for reading: a block a line, "- " or the number before list items, " | " between cells.
func loadDOCX(ctx context.Context, b *builder, raw []byte, limits Limits) error {
	if limits.Extracted <= 0 {
		limits.Extracted = DefaultLimits.Extracted
	}
	if limits.Nesting <= 0 {
		limits.Nesting = DefaultLimits.Nesting
	}
	p, err := openDocx(raw, limits.Extracted)
	if err != nil {
		return err
	}
	r := &docxReader{limits: limits, sheet: sheet{limit: limits.Extracted}, boxes: map[*xmlNode]bool{}}
	main, err := r.open(p)
	if err != nil {
		return err
	}
	if err := r.body(ctx, main); err != nil {
		return err
	}
	r.sheet.emit(b)
	b.doc.Title = r.pickTitle()
	b.doc.Warnings = append(b.doc.Warnings, r.warnings()...)
	return nil
}

// A docxReader goes through the main part and lays its text out.
type docxReader struct {
	limits    Limits
	sheet     sheet
	styles    *docxStyles
	numbering *docxNumbering
	notes     map[string]*xmlNode // footnotes and endnotes by kind and id
	noted     int
	title     string // of the paragraph in title style
	heading   string // the first
	coreTitle string // of the file's properties
	changes   int
	comments  int
	fields    []fieldPhase
	carry     []docxSeg // text of a paragraph whose end was deleted: it goes on in the next
	boxes     map[*xmlNode]bool
}

// open reads the parts beside the main one, and returns the main one.
func (r *docxReader) open(p *docxPackage) (*xmlReader, error) {
	depth := r.limits.Nesting
	name, err := p.mainPart(depth)
	if err != nil {
		return nil, err
	}
	rels, err := p.relations(name, depth)
	if err != nil {
		return nil, err
	}
	part := func(kind string) (*xmlNode, error) {
		if target, ok := rels[kind]; ok {
			return p.tree(target, depth)
		}
		return p.tree("word/"+kind+".xml", depth)
	}
	trees := map[string]*xmlNode{}
	for _, kind := range []string{"styles", "numbering", "footnotes", "endnotes", "comments"} {
		if trees[kind], err = part(kind); err != nil {
			return nil, err
		}
	}
	r.takeParts(trees)
	if core, err := p.tree("docProps/core.xml", depth); err == nil && core != nil {
		if t := core.kid("title"); t != nil {
			r.coreTitle = foldBlanks(t.text)
		}
	}
	data, err := p.read(name)
	if err != nil {
		return nil, err
	}
	return newXMLReader(data, name, depth), nil
}

// takeParts keeps what the parts beside the main one say.
func (r *docxReader) takeParts(trees map[string]*xmlNode) {
	r.styles = newDocxStyles(trees["styles"])
	r.numbering = newDocxNumbering(trees["numbering"], r.styles)
	r.notes = map[string]*xmlNode{}
	for _, kind := range []string{"footnote", "endnote"} {
		if root := trees[kind+"s"]; root != nil {
			for _, n := range root.kids {
				r.notes[kind+n.attr("id")] = n
			}
		}
	}
	if root := trees["comments"]; root != nil {
		r.comments = len(root.kids)
	}
}

// body reads the main part, block by block.
func (r *docxReader) body(ctx context.Context, x *xmlReader) error {
	root, err := x.enter("body")
	if errors.Is(err, io.EOF) {
		return damagedDocx(fmt.Sprintf("its main part holds %q where a document's body was expected", root))
	}
	if err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := x.child()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if n == nil {
			break
		}
		r.block(n, docxLook{})
		if err := r.sheet.full(); err != nil {
			return err
		}
	}
	for { // what follows the body must be sound too
		if _, err := x.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// block reads a paragraph, a table, or what wraps some of them.
func (r *docxReader) block(n *xmlNode, look docxLook) {
	switch n.name {
	case "p":
		r.paragraph(n, look)
	case "tbl":
		r.table(n, look)
	case "sdt":
		if !isContentsPart(n) {
			r.blocks(n.kid("sdtContent"), look)
		}
	case "AlternateContent":
		r.blocks(pickAlternate(n), look)
	case "del", "moveFrom":
		r.changes++
	case "ins", "moveTo":
		r.changes++
		r.blocks(n, look)
	case "customXml", "smartTag":
		r.blocks(n, look)
	}
}

func (r *docxReader) blocks(n *xmlNode, look docxLook) {
	if n == nil {
		return
	}
	for _, k := range n.kids {
		r.block(k, look)
	}
}

func isContentsPart(sdt *xmlNode) bool {
	return strings.HasPrefix(sdt.val("sdtPr", "docPartObj", "docPartGallery"), "Table of Contents")
}

// pickAlternate returns the one form of a thing that is to be read, so that nothing is read twice.
func pickAlternate(n *xmlNode) *xmlNode {
	if choice := n.kid("Choice"); choice != nil {
		return choice
	}
	return n.kid("Fallback")
}

// pickTitle prefers what the page shows; the title among the file's properties is often its template's. The first heading is
// found by the builder.
func (r *docxReader) pickTitle() string {
	if r.title != "" || r.heading != "" {
		return r.title
	}
	return r.coreTitle
}

func (r *docxReader) warnings() []Warning {
	var out []Warning
	if r.changes > 0 {
		message := fmt.Sprintf("The file has %d tracked changes; it was read as if all were accepted.", r.changes)
		if r.changes == 1 {
			message = "The file has 1 tracked change; it was read as if it was accepted."
		}
		out = append(out, Warning{Code: "tracked_changes", Message: message})
	}
	if r.comments > 0 {
		out = append(out, commentsWarning(r.comments))
	}
	return out
}
