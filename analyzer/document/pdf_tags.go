package document

import (
	"strings"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// A pdfTag is what a tagged file says of a stretch of text: which block it belongs to and what that is.
type pdfTag struct {
	kind       Kind
	id         int // of the block, unique in the file
	level      int // of a heading
	depth      int // of a list item
	item       int // id of the list item
	table, row int // ids, of a table's cell
	head       bool
	label      bool // the bullet or number of a list item
	drop       bool // a table of contents, an artifact
}

// maxTags bounds the elements of a page's structure that are looked at.
const maxTags = 100_000

type tagReader struct {
	f     *pdfFile
	base  int
	ids   int
	limit int
	tags  map[int]*pdfTag
}

// readTags returns what the file's structure says of each piece of marked content on a page; nothing if it has none.
func (f *pdfFile) readTags(page requests.Page, index, limit int) map[int]*pdfTag {
	tree, err := f.FPDF_StructTree_GetForPage(&requests.FPDF_StructTree_GetForPage{Page: page})
	if err != nil {
		return nil
	}
	defer f.FPDF_StructTree_Close(&requests.FPDF_StructTree_Close{StructTree: tree.StructTree})
	count, err := f.FPDF_StructTree_CountChildren(&requests.FPDF_StructTree_CountChildren{StructTree: tree.StructTree})
	if err != nil {
		return nil
	}
	r := &tagReader{f: f, base: index * maxTags, limit: limit, tags: map[int]*pdfTag{}}
	for i := range count.Count {
		child, err := f.FPDF_StructTree_GetChildAtIndex(&requests.FPDF_StructTree_GetChildAtIndex{StructTree: tree.StructTree, Index: i})
		if err == nil {
			r.element(child.StructElement, pdfTag{kind: Prose}, 0)
		}
	}
	return r.tags
}

// element walks one element of the structure; in is what it stands in.
func (r *tagReader) element(e references.FPDF_STRUCTELEMENT, in pdfTag, depth int) {
	if depth > r.limit || r.ids >= maxTags-1 {
		return
	}
	if t, err := r.f.FPDF_StructElement_GetType(&requests.FPDF_StructElement_GetType{StructElement: e}); err == nil {
		in = r.within(in, t.Type)
	}
	count, err := r.f.FPDF_StructElement_CountChildren(&requests.FPDF_StructElement_CountChildren{StructElement: e})
	if err != nil {
		return
	}
	own := in
	for i := range count.Count {
		child, err := r.f.FPDF_StructElement_GetChildAtIndex(&requests.FPDF_StructElement_GetChildAtIndex{StructElement: e, Index: i})
		if err == nil {
			r.element(child.StructElement, in, depth+1)
			continue
		}
		id, err := r.f.FPDF_StructElement_GetChildMarkedContentID(&requests.FPDF_StructElement_GetChildMarkedContentID{StructElement: e, Index: i})
		if err == nil && id.ChildMarkedContentID >= 0 {
			r.tags[id.ChildMarkedContentID] = &own
		}
	}
}

func (r *tagReader) next() int {
	r.ids++
	return r.base + r.ids
}

// within returns the tag of what stands in an element of the type, itself standing in what in says.
func (r *tagReader) within(in pdfTag, kind string) pdfTag {
	switch kind {
	case "H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9":
		in.kind, in.level, in.id = Heading, int(kind[1]-'0'), r.next()
	case "H", "Title":
		in.kind, in.level, in.id = Heading, 1, r.next()
		if kind == "H" {
			in.level = 2
		}
	case "L":
		in.depth++
	case "LI":
		in.kind, in.item = ListItem, r.next()
		in.depth = max(in.depth, 1)
		in.id = in.item
	case "Lbl":
		in.label = in.kind == ListItem
	case "Table":
		in.table, in.row = r.next(), 0
	case "TR":
		in.row = r.next()
	case "TH", "TD":
		in.kind, in.id, in.head = TableRow, r.next(), kind == "TH"
	case "P", "Caption", "BlockQuote", "Note", "FENote":
		if in.kind != TableRow && (in.kind != ListItem || in.label) {
			in.kind, in.id = Prose, r.next()
		} else if in.kind == ListItem {
			in.id = r.next()
		}
	case "TOC", "TOCI", "Artifact":
		in.drop = true
	case "Code":
		if in.kind == Prose {
			in.id = r.next()
		}
	case "Div", "Sect", "Part", "Art", "Aside", "NonStruct", "Span", "Link", "LBody", "Em", "Strong", "Quote":
	default:
		if !strings.HasPrefix(kind, "T") && in.kind == Prose && in.id == 0 {
			in.id = r.next()
		}
	}
	return in
}
