package document

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"
)

const (
	docxHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="m" xmlns:wps="s" xmlns:v="v"><w:body>`
	docxFoot = `<w:sectPr/></w:body></w:document>`
	docxRels = `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

	docxStyleSheet = `<w:styles xmlns:w="w"><w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="9"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/><w:basedOn w:val="berschrift1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Kapitel"><w:name w:val="Kapitel der Firma"/><w:basedOn w:val="berschrift2"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Listenabsatz"><w:name w:val="List Bullet"/></w:style>
<w:style w:type="paragraph" w:styleId="Quelltext"><w:name w:val="HTML Preformatted"/></w:style>
<w:style w:type="character" w:styleId="Geheim"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Kreis"><w:name w:val="Loop"/><w:basedOn w:val="Kreis2"/></w:style>
<w:style w:type="paragraph" w:styleId="Kreis2"><w:name w:val="Loop2"/><w:basedOn w:val="Kreis"/></w:style></w:styles>`

	docxLists = `<w:numbering xmlns:w="w">
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num><w:num w:numId="9"><w:abstractNumId w:val="3"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>`
)

// docxFile zips parts, given as name and text in turn.
func docxFile(t testing.TB, parts ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(parts[i+1]))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func docxOf(t testing.TB, body string, more ...string) []byte {
	return docxFile(t, append([]string{"[Content_Types].xml", "<Types/>", "_rels/.rels", docxRels, "word/document.xml", docxHead + body + docxFoot,
		"word/styles.xml", docxStyleSheet, "word/numbering.xml", docxLists}, more...)...)
}

func parseDOCX(raw []byte) (*Document, error) {
	return Parse(context.Background(), raw, Options{Path: "plan.docx", Format: DOCX})
}

func para(style, text string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
}

func listItem(num, level int, text string) string {
	return fmt.Sprintf(`<w:p><w:pPr><w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>`, level, num, text)
}

func tableCell(props, text string) string {
	return `<w:tc><w:tcPr>` + props + `</w:tcPr>` + para("", text) + `</w:tc>`
}

func TestDOCX(t *testing.T) {
	tests := []struct {
		name, body string
		source     string
		want       []string
	}{
		{"headings with their numbers", para("Titel", "Plan") + para("berschrift1", "Goals") + para("berschrift2", "Sharing") + para("Kapitel", "Export") + para("berschrift1", "Roles") + para("Standard", "Text here."),
			"Plan\n\n3 Goals\n\n3.1 Sharing\n\n3.2 Export\n\n4 Roles\n\nText here.\n",
			[]string{"heading 1: Plan", "heading 1: 3 Goals", "heading 2: 3.1 Sharing", "heading 2: 3.2 Export", "heading 1: 4 Roles", "prose: Text here."}},
		{"lists", para("", "Admins can:") + listItem(2, 0, "export") + listItem(2, 1, "all data") + listItem(2, 0, "delete") + para("", "Steps:") + listItem(1, 0, "open") + listItem(1, 1, "tap") + listItem(1, 0, "close") + para("", "Again:") + listItem(4, 0, "one") + listItem(1, 0, "two"),
			"Admins can:\n\n- export\n  - all data\n- delete\n\nSteps:\n\n1. open\n  a) tap\n2. close\n\nAgain:\n\n1. one\n2. two\n",
			[]string{"prose: Admins can:", "list_item 1: export <Admins can:", "list_item 2: all data <export", "list_item 1: delete <Admins can:",
				"prose: Steps:", "list_item 1: open <Steps:", "list_item 2: tap <open", "list_item 1: close <Steps:", "prose: Again:", "list_item 1: one <Again:", "list_item 1: two <Again:"}},
		{"list by style name, typed bullet", para("Listenabsatz", "styled") + para("", "• typed"), "- styled\n- typed\n",
			[]string{"list_item 1: styled", "list_item 1: typed"}},
		{"table with merged cells", `<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>` + tableCell("", "Role") + tableCell(`<w:gridSpan w:val="2"/>`, "Can do") + `</w:tr><w:tr>` +
			tableCell(`<w:vMerge w:val="restart"/>`, "Admin") + tableCell("", "export") + tableCell("", "daily") + `</w:tr><w:tr>` + tableCell(`<w:vMerge/>`, "") + tableCell("", "delete") + tableCell("", "") + `</w:tr></w:tbl>`,
			"Role | Can do\nAdmin | export | daily\nAdmin | delete | \n",
			[]string{"table_row: Role | Can do", "table_row: Admin | export | daily [Role=Admin] [Can do=export] [Can do=daily]", "table_row: Admin | delete [Role=Admin] [Can do=delete] [Can do=]"}},
		{"nested and layout tables", `<w:tbl><w:tr><w:tc>` + para("", "Outer.") + `<w:tbl><w:tr>` + tableCell("", "A") + tableCell("", "B is longer") + `</w:tr><w:tr>` + tableCell("", "1") + tableCell("", "2") + `</w:tr></w:tbl>` + para("", "") + `</w:tc></w:tr></w:tbl>`,
			"Outer.\n\nA | B is longer\n1 | 2\n", []string{"prose: Outer.", "table_row: A | B is longer", "table_row: 1 | 2"}},
		{"tracked changes", `<w:p><w:r><w:t xml:space="preserve">Keep </w:t></w:r><w:ins><w:r><w:t>seven</w:t></w:r></w:ins><w:del><w:r><w:delText>thirty</w:delText></w:r></w:del><w:r><w:t xml:space="preserve"> days.</w:t></w:r></w:p>`,
			"Keep seven days.\n", []string{"prose: Keep seven days."}},
		{"a deleted paragraph end", `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">One </w:t></w:r></w:p>` + para("", "line."), "One line.\n", []string{"prose: One line."}},
		{"fields, links, symbols, breaks", `<w:p><w:hyperlink><w:r><w:t xml:space="preserve">See </w:t></w:r></w:hyperlink><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF secret</w:instrText><w:t>code</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>page 3</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>, e</w:t><w:noBreakHyphen/><w:t>mail</w:t><w:tab/><w:sym w:font="Wingdings" w:char="F0E0"/><w:t xml:space="preserve"> x</w:t><w:br/><w:t>and on.</w:t><w:br/><w:t>New line.</w:t></w:r></w:p>`,
			"See page 3, e-mail → x and on.\n\nNew line.\n", []string{"prose: See page 3, e-mail → x and on.", "prose: New line."}},
		{"a field left open hides nothing after it", `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>` + para("", "Still here."), "Still here.\n", []string{"prose: Still here."}},
		{"content controls and contents", `<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>` + para("", "Goals 3") + `</w:sdtContent></w:sdt>` + para("Verzeichnis1", "Goals 3") + `<w:sdt><w:sdtContent>` + para("", "Inside.") + `</w:sdtContent></w:sdt><w:p><w:sdt><w:sdtContent><w:smartTag><w:r><w:t>Inline.</w:t></w:r></w:smartTag></w:sdtContent></w:sdt></w:p>`,
			"Inside.\n\nInline.\n", []string{"prose: Inside.", "prose: Inline."}},
		{"a text box, once", `<w:p><w:r><w:t>Before.</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>` + para("", "In the box.") + `</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>` + para("", "In the box.") + `</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>`,
			"Before.\n\nIn the box.\n", []string{"prose: Before.", "prose: In the box."}},
		{"code and bold lines", para("Quelltext", "a = 1") + para("Quelltext", "b = 2") + `<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Out of scope</w:t></w:r></w:p>` + para("", "Refunds."),
			"a = 1\nb = 2\n\nOut of scope\n\nRefunds.\n", []string{"code: a = 1", "code: b = 2", "heading 7: Out of scope", "prose: Refunds."}},
		{"struck out", `<w:p><w:r><w:t xml:space="preserve">We keep it. </w:t></w:r><w:r><w:rPr><w:strike/></w:rPr><w:t>We sell it too.</w:t></w:r></w:p>`,
			"We keep it.\n\n[struck] We sell it too.\n", []string{"prose: We keep it.", "hidden: We sell it too."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := parseDOCX(docxOf(t, tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if d.Source != tt.source {
				t.Errorf("source\n%s\nwant\n%s", d.Source, tt.source)
			}
			if got := outlineOf(d); strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			soundDocument(t, d)
		})
	}
}

func TestDOCXHidden(t *testing.T) {
	run := func(props string) string {
		return `<w:p><w:r><w:t xml:space="preserve">Seen </w:t></w:r><w:r><w:rPr>` + props + `</w:rPr><w:t xml:space="preserve">ignore all that </w:t></w:r><w:r><w:t>words.</w:t></w:r></w:p>`
	}
	for _, props := range []string{`<w:vanish/>`, `<w:color w:val="FFFFFF"/>`, `<w:sz w:val="2"/>`, `<w:rStyle w:val="Geheim"/>`, `<w:vanish w:val="1"/>`} {
		d, err := parseDOCX(docxOf(t, run(props)))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(outlineOf(d), "; "); got != "prose: Seen words.; hidden: ignore all that" || d.Source != "Seen words.\n\n[hidden] ignore all that\n" {
			t.Errorf("%s: %s\n%s", props, got, d.Source)
		}
		if len(d.Warnings) != 1 || d.Warnings[0].Code != "hidden_text" {
			t.Errorf("%s: %v", props, d.Warnings)
		}
	}
	for _, props := range []string{`<w:vanish w:val="0"/>`, `<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="003366"/>`, `<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>`, `<w:sz w:val="12"/>`, `<w:webHidden/>`} {
		d, err := parseDOCX(docxOf(t, run(props)))
		if err != nil || len(d.Sentences) != 1 || d.Sentences[0].Text != "Seen ignore all that words." {
			t.Errorf("%s: %v %v", props, err, outlineOf(d))
		}
	}
	white := `<w:tbl><w:tr>` + strings.ReplaceAll(tableCell(`<w:shd w:fill="003366"/>`, "Role")+tableCell(`<w:shd w:fill="003366"/>`, "Can"), "<w:r>", `<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr>`) + `</w:tr></w:tbl>`
	d, err := parseDOCX(docxOf(t, white))
	if err != nil || len(d.Sentences) != 1 || d.Sentences[0].Text != "Role | Can" {
		t.Errorf("white on dark: %v %v", err, outlineOf(d))
	}
}

func TestDOCXNotesAndWarnings(t *testing.T) {
	body := `<w:p><w:r><w:t>We keep it.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:commentRangeStart/><w:r><w:commentReference w:id="0"/></w:r></w:p>` +
		`<w:p><w:ins><w:r><w:t>New.</w:t></w:r></w:ins><w:r><w:endnoteReference w:id="1"/></w:r></w:p>` + para("", "Last.")
	d, err := parseDOCX(docxOf(t, body,
		"word/footnotes.xml", `<w:footnotes><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>For ten years.</w:t></w:r></w:p></w:footnote></w:footnotes>`,
		"word/endnotes.xml", `<w:endnotes><w:endnote w:id="1"><w:p><w:r><w:t>Since May.</w:t></w:r></w:p></w:endnote></w:endnotes>`,
		"word/comments.xml", `<w:comments><w:comment w:id="0"><w:p><w:r><w:t>Is that legal?</w:t></w:r></w:p></w:comment></w:comments>`,
		"word/header1.xml", `<w:hdr><w:p><w:r><w:t>Header words</w:t></w:r></w:p></w:hdr>`))
	if err != nil {
		t.Fatal(err)
	}
	want := "We keep it.\n\n[1] For ten years.\n\nNew.\n\n[2] Since May.\n\nLast.\n"
	if d.Source != want {
		t.Errorf("source\n%s\nwant\n%s", d.Source, want)
	}
	var codes []string
	for _, w := range d.Warnings {
		codes = append(codes, w.Code)
	}
	if strings.Join(codes, " ") != "tracked_changes comments" {
		t.Errorf("warnings %v", d.Warnings)
	}
	if strings.Contains(d.Source, "legal") || strings.Contains(d.Source, "Header") {
		t.Errorf("comments or headers were read: %s", d.Source)
	}
}

func TestDOCXTitle(t *testing.T) {
	core := []string{"docProps/core.xml", `<cp:coreProperties xmlns:dc="d"><dc:title>Core title</dc:title></cp:coreProperties>`}
	for body, want := range map[string]string{
		para("Titel", "Shown title") + para("berschrift1", "Goals"): "Shown title",
		para("berschrift1", "Goals") + para("", "x y"):              "3 Goals",
		para("", "Only text."):                                      "Core title",
	} {
		d, err := parseDOCX(docxOf(t, body, core...))
		if err != nil || d.Title != want {
			t.Errorf("title %q, want %q (%v)", d.Title, want, err)
		}
	}
}

func TestDOCXBad(t *testing.T) {
	good := docxOf(t, para("", strings.Repeat("Many words. ", 2000)))
	document := func(text string) []byte {
		return docxFile(t, "_rels/.rels", docxRels, "word/document.xml", text)
	}
	tests := []struct {
		name string
		raw  []byte
		want error
	}{
		{"truncated", good[:len(good)-len(good)/3], ErrDamaged},
		{"no main part", docxFile(t, "word/styles.xml", docxStyleSheet, "[Content_Types].xml", "<Types/>"), ErrDamaged},
		{"broken XML", document(docxHead + "<w:p><w:r>"), ErrDamaged},
		{"crossed XML", document(docxHead + "<w:p></w:r></w:p>" + docxFoot), ErrDamaged},
		{"other XML", document("<w:ftr><w:p/></w:ftr>"), ErrDamaged},
		{"entity bomb", document(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>` + docxHead + para("", "&b;") + docxFoot), ErrDamaged},
		{"external entity", document(`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + docxHead + para("", "&a;") + docxFoot), ErrDamaged},
		{"unknown entity", document(docxHead + para("", "&a;") + docxFoot), ErrDamaged},
		{"deep", document(docxHead + strings.Repeat("<w:sdt><w:sdtContent>", 10_000)), ErrTooDeep},
		{"no text", document(docxHead + "<w:p/>" + docxFoot), ErrEmpty},
		{"part twice", docxFile(t, "_rels/.rels", docxRels, "word/document.xml", docxHead+para("", "a b")+docxFoot, "word/document.xml", docxHead+para("", "c d")+docxFoot), ErrDamaged},
		{"relationship that points outside", docxFile(t, "_rels/.rels", strings.ReplaceAll(docxRels, "word/document.xml", "../../etc/passwd"), "word/x.xml", "x"), ErrDamaged},
		{"bomb that lies about its size", lyingZip(t, docxHead+para("", strings.Repeat("a", 20<<20))+docxFoot, 100), ErrDamaged},
		{"encrypted", append(append([]byte{}, cfbMagic...), utf16Name("....EncryptedPackage")...), ErrEncrypted},
		{"old Word", append(append([]byte{}, cfbMagic...), make([]byte, 600)...), ErrFormat},
		{"no zip", []byte("just some text in a file, \x00\x01\x02 or not\xff\xfe"), nil},
		{"RTF", []byte(`{\rtf1 hello}`), ErrFormat},
		{"OpenDocument", docxFile(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<x/>"), nil},
		{"Pages", docxFile(t, "Index/Document.iwa", "x"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			_, err := parseDOCX(tt.raw)
			var e *Error
			if err == nil || (tt.want != nil && !errors.Is(err, tt.want)) || !errors.As(err, &e) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if tt.want != ErrEmpty && e.Hint() == "" {
				t.Errorf("%v: no advice", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// lyingZip declares a size that is not true.
func lyingZip(t *testing.T, text string, size uint64) []byte {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, _ := z.Create("word/document.xml")
	w.Write([]byte(text))
	z.Close()
	r, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := r.File[0].OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z = zip.NewWriter(&out)
	w, err = z.CreateRaw(&zip.FileHeader{Name: "word/document.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(text)),
		CompressedSize64: r.File[0].CompressedSize64, UncompressedSize64: size})
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	body.ReadFrom(raw)
	w.Write(body.Bytes())
	z.Close()
	return out.Bytes()
}

func TestDOCXExtractedLimit(t *testing.T) {
	for name, raw := range map[string][]byte{
		"declared": docxOf(t, para("", strings.Repeat("word ", 4<<20))),
		"lied":     lyingZip(t, docxHead+para("", strings.Repeat("word ", 4<<20))+docxFoot, 2<<20),
		"by merged cells": docxOf(t, "<w:tbl><w:tr>"+tableCell(`<w:vMerge w:val="restart"/>`, strings.Repeat("x", 1900))+tableCell("", "y")+"</w:tr>"+
			strings.Repeat("<w:tr>"+tableCell("<w:vMerge/>", "")+tableCell("", "z")+"</w:tr>", 5000)+"</w:tbl>"),
	} {
		_, err := Parse(context.Background(), raw, Options{Format: DOCX, Limits: Limits{Extracted: 4 << 20}})
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
