package document

import (
	"math"
	"strings"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// A pdfSpan is a stretch of text on one line of a page that looks the same and has no wide gap in it.
type pdfSpan struct {
	text                     string
	page                     int // 1-based
	left, right, top, bottom float64
	base                     float64 // the line that the letters stand on
	size                     float64 // in points
	bold, mono               bool
	hidden                   bool
	spaced                   bool    // white space stands before it
	tag                      *pdfTag // nil if the file does not tell
}

type pdfPage struct {
	spans         []pdfSpan
	width, height float64
	left, bottom  float64
	pictures      bool
}

func (p *pdfPage) blank() bool {
	for _, s := range p.spans {
		if !s.hidden && strings.TrimFunc(s.text, blank) != "" {
			return false
		}
	}
	return true
}

func (p *pdfPage) textLen() (n int64) {
	for _, s := range p.spans {
		n += int64(len(s.text))
	}
	return n
}

// A pdfPageReader reads one page.
type pdfPageReader struct {
	f       *pdfFile
	handle  references.FPDF_PAGE
	text    references.FPDF_TEXTPAGE
	tags    map[int]*pdfTag
	page    pdfPage
	number  int
	grounds []box // what may stand behind white text; nil before it was looked for
	looked  bool
	unseen  int // letters that are there for searching only
	seen    int
}

type box struct{ left, bottom, right, top float64 }

func (b box) holds(x, y float64) bool {
	return x >= b.left && x <= b.right && y >= b.bottom && y <= b.top
}
func (b box) area() float64 { return math.Max(0, b.right-b.left) * math.Max(0, b.top-b.bottom) }

func (f *pdfFile) readPage(index int, limits Limits) (pdfPage, error) {
	r := &pdfPageReader{f: f, number: index + 1}
	loaded, err := f.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: f.doc, Index: index})
	if err != nil {
		return pdfPage{}, damagedPDF()
	}
	r.handle = loaded.Page
	defer f.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: r.handle})
	ref := requests.Page{ByReference: &r.handle}
	if b, err := f.FPDF_GetPageBoundingBox(&requests.FPDF_GetPageBoundingBox{Page: ref}); err == nil {
		r.page.left, r.page.bottom = float64(b.Rect.Left), float64(b.Rect.Bottom)
		r.page.width, r.page.height = float64(b.Rect.Right-b.Rect.Left), float64(b.Rect.Top-b.Rect.Bottom)
	}
	text, err := f.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: ref})
	if err != nil {
		return pdfPage{}, damagedPDF()
	}
	r.text = text.TextPage
	defer f.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: r.text})
	r.tags = f.readTags(ref, index, limits.Nesting)
	chars, err := f.GetPageTextStructured(&requests.GetPageTextStructured{Page: ref, CollectFontInformation: true,
		Mode: requests.GetPageTextStructuredModeChars})
	if err != nil {
		return pdfPage{}, damagedPDF()
	}
	r.spans(chars.Chars)
	r.pictures(ref)
	return r.page, nil
}

// pictures notes whether the page shows any, and takes text that lies unseen under one for what the picture shows: so text
// recognition writes its results.
func (r *pdfPageReader) pictures(ref requests.Page) {
	if r.seen > 0 {
		return
	}
	covered := 0.0
	r.objects(ref, func(kind enums.FPDF_PAGEOBJ, b box, _ references.FPDF_PAGEOBJECT) {
		if kind != enums.FPDF_PAGEOBJ_TEXT {
			r.page.pictures = true
		}
		if kind == enums.FPDF_PAGEOBJ_IMAGE || kind == enums.FPDF_PAGEOBJ_FORM {
			covered = math.Max(covered, b.area())
		}
	})
	if r.unseen > 0 && covered > 0.4*r.page.width*r.page.height {
		for i := range r.page.spans {
			r.page.spans[i].hidden = false
		}
	}
}

// maxPageObjects bounds the shapes of a page that are looked at: a drawing may have a million.
const maxPageObjects = 4000

func (r *pdfPageReader) objects(ref requests.Page, f func(enums.FPDF_PAGEOBJ, box, references.FPDF_PAGEOBJECT)) {
	count, err := r.f.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: ref})
	if err != nil {
		return
	}
	for i := range min(count.Count, maxPageObjects) {
		obj, err := r.f.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: ref, Index: i})
		if err != nil {
			continue
		}
		kind, err := r.f.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: obj.PageObject})
		if err != nil {
			continue
		}
		b, err := r.f.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: obj.PageObject})
		if err != nil {
			continue
		}
		f(kind.Type, box{float64(b.Left), float64(b.Bottom), float64(b.Right), float64(b.Top)}, obj.PageObject)
	}
}

// A wordLook is what one word is sampled for: asking for every letter takes too long.
type wordLook struct {
	hidden bool
	tag    *pdfTag
}

// spans cuts the letters, which come in the order they were drawn in, into stretches.
func (r *pdfPageReader) spans(chars []*responses.GetPageTextStructuredChar) {
	var cur spanBuilder
	var look wordLook
	word := false
	flush := func() {
		spaced := cur.gap
		if s, ok := cur.span(r.number); ok {
			r.page.spans = append(r.page.spans, s)
		}
		cur = spanBuilder{}
		cur.s.spaced = spaced
	}
	for i, c := range chars {
		switch c.Text {
		case "\r", "\n", "\x00":
			word = false
			if c.Text == "\n" {
				flush()
				cur.s.spaced = true
			}
			continue
		case " ", "\u00a0", "\t":
			word = false
			cur.space()
			continue
		}
		if !word {
			look, word = r.look(i, c), true
		}
		if cur.ends(c, look) {
			flush()
		}
		cur.add(c, look)
	}
	flush()
}

// look finds out whether the word that begins at a letter can be seen, and what the file says it is.
func (r *pdfPageReader) look(i int, c *responses.GetPageTextStructuredChar) wordLook {
	var l wordLook
	x, y := (c.PointPosition.Left+c.PointPosition.Right)/2, (c.PointPosition.Top+c.PointPosition.Bottom)/2
	page := box{r.page.left - 1, r.page.bottom - 1, r.page.left + r.page.width + 1, r.page.bottom + r.page.height + 1}
	if page.area() > 9 && !page.holds(x, y) {
		l.hidden = true
	}
	if c.FontInformation != nil && c.FontInformation.RenderedSize <= 1 {
		l.hidden = true
	}
	if fill, err := r.f.FPDFText_GetFillColor(&requests.FPDFText_GetFillColor{TextPage: r.text, Index: i}); err == nil {
		if fill.A < 13 || (nearWhite(paint(fill.R<<16|fill.G<<8|fill.B)) && !r.onGround(x, y)) {
			l.hidden = true
		}
	}
	obj, err := r.f.FPDFText_GetTextObject(&requests.FPDFText_GetTextObject{TextPage: r.text, Index: i})
	if err == nil {
		if mode, err := r.f.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: obj.TextObject}); err == nil && mode.TextRenderMode == enums.FPDF_TEXTRENDERMODE_INVISIBLE {
			l.hidden = true
			r.unseen++
		}
		if len(r.tags) > 0 {
			if id, err := r.f.FPDFPageObj_GetMarkedContentID(&requests.FPDFPageObj_GetMarkedContentID{PageObject: obj.TextObject}); err == nil {
				l.tag = r.tags[id.MarkedContentID]
			}
		}
	}
	if !l.hidden {
		r.seen++
	}
	return l
}

// onGround reports whether something that is not white lies around a place, so that white text shows upon it.
func (r *pdfPageReader) onGround(x, y float64) bool {
	if !r.looked {
		r.looked = true
		r.objects(requests.Page{ByReference: &r.handle}, func(kind enums.FPDF_PAGEOBJ, b box, obj references.FPDF_PAGEOBJECT) {
			switch kind {
			case enums.FPDF_PAGEOBJ_IMAGE, enums.FPDF_PAGEOBJ_SHADING, enums.FPDF_PAGEOBJ_FORM:
				r.grounds = append(r.grounds, b)
			case enums.FPDF_PAGEOBJ_PATH:
				fill, err := r.f.FPDFPageObj_GetFillColor(&requests.FPDFPageObj_GetFillColor{PageObject: obj})
				if c := fill; err == nil && c.FillColor.A > 13 && !nearWhite(paint(c.FillColor.R<<16|c.FillColor.G<<8|c.FillColor.B)) {
					r.grounds = append(r.grounds, b)
				}
			}
		})
	}
	for _, g := range r.grounds {
		if g.holds(x, y) {
			return true
		}
	}
	return false
}

var (
	boldFont = lazy(`(?i)bold|black|heavy|demi|semib`)
	monoFont = lazy(`(?i)mono|courier|consol|menlo|code`)
)
