package document

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A docxMaker writes a body of words that tell themselves apart.
type docxMaker struct {
	t                  *rapid.T
	body               strings.Builder
	n                  int
	seen, unseen, gone []string
}

func (m *docxMaker) runs() {
	for range rapid.IntRange(1, 4).Draw(m.t, "runs") {
		m.n++
		w := fmt.Sprintf("w%dx", m.n)
		text := `<w:t xml:space="preserve">` + w + rapid.SampledFrom([]string{" ", ". ", "; ", "&amp; "}).Draw(m.t, "gap") + `</w:t>`
		switch rapid.IntRange(0, 5).Draw(m.t, "run") {
		case 0:
			m.unseen = append(m.unseen, w)
			m.body.WriteString(`<w:r><w:rPr><w:vanish/></w:rPr>` + text + `</w:r>`)
		case 1:
			m.gone = append(m.gone, w)
			m.body.WriteString(`<w:del><w:r>` + strings.ReplaceAll(text, "w:t", "w:delText") + `</w:r></w:del>`)
		case 2:
			m.seen = append(m.seen, w)
			m.body.WriteString(`<w:ins><w:r><w:rPr><w:b/></w:rPr>` + text + `</w:r></w:ins>`)
		default:
			m.seen = append(m.seen, w)
			m.body.WriteString(`<w:hyperlink><w:r>` + text + `</w:r></w:hyperlink>`)
		}
	}
}

func (m *docxMaker) block(depth int) {
	m.body.WriteString(rapid.SampledFrom([]string{`<w:p>`, `<w:p><w:pPr><w:pStyle w:val="berschrift2"/></w:pPr>`,
		`<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="2"/></w:numPr></w:pPr>`}).Draw(m.t, "paragraph"))
	m.runs()
	m.body.WriteString(`</w:p>`)
	if depth == 0 || !rapid.Bool().Draw(m.t, "table") {
		return
	}
	m.body.WriteString(`<w:tbl>`)
	for range rapid.IntRange(1, 3).Draw(m.t, "rows") {
		m.body.WriteString(`<w:tr>`)
		for range rapid.IntRange(1, 3).Draw(m.t, "cells") {
			m.body.WriteString(`<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>`)
			m.block(depth - 1)
			m.body.WriteString(`</w:tc>`)
		}
		m.body.WriteString(`</w:tr>`)
	}
	m.body.WriteString(`</w:tbl>`)
}

func TestDOCXProperties(t *testing.T) {
	word := regexp.MustCompile(`w\d+x`)
	rapid.Check(t, func(rt *rapid.T) {
		m := &docxMaker{t: rt, seen: []string{"w0x"}}
		m.body.WriteString(para("", "w0x"))
		for range rapid.IntRange(1, 5).Draw(rt, "blocks") {
			m.block(2)
		}
		d, err := parseDOCX(docxOf(t, m.body.String()))
		if err != nil {
			rt.Fatal(err)
		}
		var seen, unseen []string
		for i, s := range d.Sentences {
			if s.Kind == Hidden {
				unseen = append(unseen, word.FindAllString(s.Text, -1)...)
			} else {
				seen = append(seen, word.FindAllString(s.Text, -1)...)
			}
			if s.Kind != TableRow && d.Quote(&d.Sentences[i]) != s.Text {
				rt.Fatalf("quote %q, text %q", d.Quote(&d.Sentences[i]), s.Text)
			}
		}
		if strings.Join(seen, " ") != strings.Join(m.seen, " ") {
			rt.Fatalf("seen %v\nwant %v\n%s\n%s", seen, m.seen, m.body.String(), d.Source)
		}
		if strings.Join(unseen, " ") != strings.Join(m.unseen, " ") {
			rt.Fatalf("hidden %v, want %v", unseen, m.unseen)
		}
		for _, w := range m.gone {
			if regexp.MustCompile(`\b` + w + `\b`).MatchString(d.Source) {
				rt.Fatalf("deleted %s is in the text", w)
			}
		}
		soundDocument(t, d)
	})
}

func FuzzDOCX(f *testing.F) {
	for _, body := range []string{para("", "a b"), listItem(1, 1, "c"), `<w:tbl><w:tr>` + tableCell(`<w:vMerge/>`, "d") + tableCell("", "e") + `</w:tr></w:tbl>`,
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:t>x</w:t></w:r></w:p>`, `<w:p><w:del/><w:ins><w:r><w:br/><w:sym w:char="41"/></w:r></w:ins></w:p>`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d, err := parseDOCX(docxOf(t, body))
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%v is no *Error", err)
		}
		if err == nil {
			soundDocument(t, d)
		}
	})
}

func BenchmarkDOCX(b *testing.B) {
	var body strings.Builder
	for i := range 2000 {
		body.WriteString(para("berschrift2", "Heading") + para("", "The office keeps the card number of every order for as long as the law demands. Nobody else sees it.") + listItem(1, i%2, "an item of a list that is not too long"))
	}
	raw := docxOf(b, body.String())
	b.SetBytes(int64(body.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseDOCX(raw); err != nil {
			b.Fatal(err)
		}
	}
}
