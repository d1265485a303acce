package template

import (
	"fmt"
	"strings"
)

// The parts of a DOCX document that do not depend on what is in it.
const (
	wordML = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	mainType      = "application/vnd.openxmlformats-officedocument.wordprocessingml."

	docxTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="` + mainType + `document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="` + mainType + `styles+xml"/>
<Override PartName="/word/footer1.xml" ContentType="` + mainType + `footer+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>`

	docxRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="` + relationships + `officeDocument" Target="word/document.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>
</Relationships>`

	docxDocumentRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="` + relationships + `styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="` + relationships + `footer" Target="footer1.xml"/>
</Relationships>`

	docxProperties = `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%s</dc:title><dc:language>en</dc:language></cp:coreProperties>`

	docxStart = `<w:document ` + wordML + `><w:body>` + "\n"

	docxEnd = `<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/>` +
		`<w:pgMar w:top="1080" w:right="1080" w:bottom="1080" w:left="1080" w:header="600" w:footer="600" w:gutter="0"/></w:sectPr></w:body></w:document>`

	docxFooter = `<w:ftr ` + wordML + `><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>` +
		`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
		`<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>`

	docxDefaults = `<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="21"/><w:lang w:val="en-GB"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`

	docxGrid = `<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblCellMar>` +
		`<w:left w:w="90" w:type="dxa"/><w:right w:w="90" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
		`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>` +
		`<w:top w:val="single" w:sz="4" w:color="9AA3B2"/><w:left w:val="single" w:sz="4" w:color="9AA3B2"/>` +
		`<w:bottom w:val="single" w:sz="4" w:color="9AA3B2"/><w:right w:val="single" w:sz="4" w:color="9AA3B2"/>` +
		`<w:insideH w:val="single" w:sz="4" w:color="9AA3B2"/><w:insideV w:val="single" w:sz="4" w:color="9AA3B2"/></w:tblBorders></w:tblPr></w:style>`
)

// A wordStyle is a paragraph style. Level is the outline level plus one, 0 for text.
type wordStyle struct {
	id, name             string
	level, size          int // size in half points, 0 for the default
	before, after        int // in twentieths of a point
	bold, italic, center bool
	keep                 bool // on the page of what follows
	color                string
}

var wordStyles = []wordStyle{
	{id: "Title", name: "Title", size: 48, after: 80, bold: true, keep: true, color: "1D2330"},
	{id: "Subtitle", name: "Subtitle", size: 24, after: 200, color: "565F70"},
	{id: "Heading1", name: "heading 1", level: 1, size: 30, before: 360, after: 60, bold: true, keep: true, color: "1D2330"},
	{id: "Heading2", name: "heading 2", level: 2, size: 25, before: 280, after: 40, bold: true, keep: true, color: "1F4FBF"},
	{id: "Heading3", name: "heading 3", level: 3, size: 22, before: 200, after: 40, bold: true, keep: true, color: "1D2330"},
	{id: "ListParagraph", name: "List Paragraph", after: 40},
	{id: "Kept", name: "Kept", after: 30, keep: true},
	{id: "Hint", name: "Hint", after: 80, italic: true, keep: true, color: "565F70"},
	{id: "HintKept", name: "Hint small", size: 18, after: 60, keep: true, color: "565F70"},
	{id: "TableText", name: "Table Text", size: 19, after: 0},
	{id: "AfterTable", name: "After Table", size: 8, after: 0},
	{id: "Footer", name: "footer", size: 18, center: true, color: "565F70"},
}

func docxStyles() string {
	var b strings.Builder
	b.WriteString(`<w:styles ` + wordML + `>` + docxDefaults)
	b.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>`)
	for _, s := range wordStyles {
		s.write(&b)
	}
	b.WriteString(docxGrid + `</w:styles>`)
	return b.String()
}

func (s wordStyle) write(b *strings.Builder) {
	fmt.Fprintf(b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr>`, s.id, s.name)
	if s.keep {
		b.WriteString("<w:keepNext/>")
	}
	fmt.Fprintf(b, `<w:spacing w:before="%d" w:after="%d"/>`, s.before, s.after)
	if s.center {
		b.WriteString(`<w:jc w:val="center"/>`)
	}
	if s.level > 0 {
		fmt.Fprintf(b, `<w:outlineLvl w:val="%d"/>`, s.level-1)
	}
	b.WriteString("</w:pPr><w:rPr>")
	if s.bold {
		b.WriteString("<w:b/>")
	}
	if s.italic {
		b.WriteString("<w:i/>")
	}
	if s.color != "" {
		fmt.Fprintf(b, `<w:color w:val="%s"/>`, s.color)
	}
	if s.size > 0 {
		fmt.Fprintf(b, `<w:sz w:val="%d"/>`, s.size)
	}
	b.WriteString("</w:rPr></w:style>\n")
}
