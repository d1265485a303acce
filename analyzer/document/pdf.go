package document

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/klippa-app/go-pdfium/requests"
)

func init() { loaders[PDF] = loadPDF }

// loadPDF reads the text of a PDF as it reads on the page. Where the file tells its structure (tags), that decides what is a
// heading, a list item, a table; where not, the places and sizes of the letters do. Headers and footers that come back on
// every page are left out, and text that cannot be seen is kept apart.
//
// Source is the text laid out for reading, as for DOCX.
func loadPDF(ctx context.Context, b *builder, raw []byte, limits Limits) (err error) {
	if limits.Extracted <= 0 {
		limits.Extracted = DefaultLimits.Extracted
	}
	if limits.Nesting <= 0 {
		limits.Nesting = DefaultLimits.Nesting
	}
	if limits.Time <= 0 {
		limits.Time = DefaultLimits.Time
	}
	inner, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	defer func() { // the library's calls fail in many ways once its sandbox is stopped
		if p := recover(); p != nil {
			err = damagedPDF()
		}
		if err != nil && inner.Err() != nil {
			err = pdfStopped(ctx, limits)
		}
	}()
	f, err := openPDF(inner, raw)
	if err != nil {
		return err
	}
	defer f.close()
	return readPDF(inner, b, f, limits)
}

func pdfStopped(ctx context.Context, limits Limits) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return &Error{Err: ErrTooSlow, Detail: fmt.Sprintf("takes longer than %v to read", limits.Time),
		Advice: "split it, or raise --max-time"}
}

func readPDF(ctx context.Context, b *builder, f *pdfFile, limits Limits) error {
	var pages []pdfPage
	var silent []int
	size := int64(0)
	for i := range f.pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := f.readPage(i, limits)
		if err != nil {
			return err
		}
		if p.blank() && p.pictures {
			silent = append(silent, i+1)
		}
		if size += p.textLen(); size > limits.Extracted {
			return tooMuchText(limits.Extracted)
		}
		pages = append(pages, p)
	}
	b.doc.Pages = f.pages
	if err := scanned(pages, silent); err != nil {
		return err
	}
	dropRepeated(pages)
	l := pdfLayout{sheet: sheet{limit: limits.Extracted}}
	l.lay(pages)
	if err := l.sheet.full(); err != nil {
		return err
	}
	l.sheet.emit(b)
	b.doc.Title = f.title(l.title)
	if len(silent) > 0 {
		b.doc.Warnings = append(b.doc.Warnings, silentPages(silent))
	}
	return nil
}

// scanned returns an error if no page has any text to read.
func scanned(pages []pdfPage, silent []int) error {
	for _, p := range pages {
		if !p.blank() {
			return nil
		}
	}
	if len(silent) == 0 {
		return &Error{Err: ErrEmpty, Detail: "has no text on any page"}
	}
	detail := fmt.Sprintf("has %d pages, all pictures without text: it was scanned", len(pages))
	if len(pages) == 1 {
		detail = "has 1 page, a picture without text: it was scanned"
	}
	return &Error{Err: ErrScanned, Detail: detail, Advice: "run text recognition (OCR) on it first, or hand over the original"}
}

func silentPages(pages []int) Warning {
	var names []string
	for _, p := range pages {
		names = append(names, strconv.Itoa(p))
	}
	message := "Pages " + strings.Join(names, ", ") + " are pictures without text and were not read."
	if len(pages) == 1 {
		message = "Page " + names[0] + " is a picture without text and was not read."
	}
	return Warning{Code: "pages_without_text", Message: message}
}

// fileTitle matches titles that name a file or a program, not the document.
var fileTitle = lazy(`(?i)^(?:microsoft (?:word|powerpoint) - .*|untitled.*|\(?(?:anonymous|unspecified|no title)\)?|document\d*|about:blank|.*\.(?:docx?|pdf|html?|md|txt|odt|pages|tex|rtf))$`)

// title prefers what the largest heading says, unless the file's own title agrees with nothing better.
func (f *pdfFile) title(heading string) string {
	meta := ""
	if m, err := f.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: f.doc, Tag: "Title"}); err == nil {
		meta = foldBlanks(m.Value)
	}
	if meta == "" || fileTitle().MatchString(meta) || len(meta) < 4 || len(meta) > 200 {
		return heading
	}
	return meta
}
