package template

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"whatif/analyzer/framework"
)

func builtin(t *testing.T) *framework.Framework {
	t.Helper()
	fw, err := framework.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return fw
}

func form(t *testing.T, format string, fw *framework.Framework, opt Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, fw, opt); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hostile is text that would mean something to Markdown, HTML or XML if it got through.
const hostile = "</w:t><script>alert(1)</script> | **bold** [a](http://x.example) `code` &amp; {{.}} ]]> <img src=x onerror=y> https://x.example"

func hostileFramework() *framework.Framework {
	return &framework.Framework{
		Name: "bad", Version: 1,
		Themes:    []framework.Theme{{Key: "data", Title: hostile, Intro: hostile}},
		Questions: []framework.Question{{Key: "data.x", Theme: "data", Text: hostile, Why: hostile, Good: hostile, Example: hostile, Ask: "pm", Weight: 1}},
		Steps:     []framework.StepQuestion{{Key: "step.x", Text: hostile, Why: hostile, Good: hostile, Example: hostile}},
	}
}

// TestHoldsEverything reads each form back as text and looks for every question, its reason and the sections.
func TestHoldsEverything(t *testing.T) {
	fw := builtin(t)
	for _, format := range Formats() {
		text := asText(t, format, form(t, format, fw, Options{Packs: []string{"export"}, Feature: "Kite rental"}))
		for _, want := range []string{"Kite rental", "The feature in one sentence", "Who takes part", "Data flow", "The journey", "Abuse cases",
			"Who benefits", "Open questions", "Assumptions for AppSec to confirm", "Decisions and sign-off", "What got better since last time", "product-manager/1"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
		for _, q := range fw.Questions {
			asked := q.Pack == "" || q.Pack == "export"
			if strings.Contains(text, q.Text) != asked || strings.Contains(text, q.Why) != asked {
				t.Errorf("%s: %s should be there: %v", format, q.Key, asked)
			}
		}
		for _, s := range fw.Steps {
			if !strings.Contains(text, s.Text) {
				t.Errorf("%s lacks %s", format, s.Key)
			}
		}
	}
}

func TestHostileFrameworkIsText(t *testing.T) {
	for _, format := range Formats() {
		out := form(t, format, hostileFramework(), Options{Feature: hostile})
		if n := strings.Count(asText(t, format, out), hostile); n < 6 {
			t.Errorf("%s shows the text %d times:\n%.600s", format, n, asText(t, format, out))
		}
	}
}

func TestSameBytes(t *testing.T) {
	for _, format := range Formats() {
		opt := Options{Packs: []string{"all"}}
		if !bytes.Equal(form(t, format, builtin(t), opt), form(t, format, builtin(t), opt)) {
			t.Errorf("%s differs from one time to the next", format)
		}
	}
}

func TestPacks(t *testing.T) {
	fw := builtin(t)
	count := func(packs ...string) int {
		return strings.Count(string(form(t, "md", fw, Options{Packs: packs})), "Why it matters")
	}
	core := count()
	if want := core + len(fw.InPack("ai")) + len(fw.InPack("export")); count("export", "ai", "ai") != want {
		t.Errorf("with two packs %d questions, want %d", count("export", "ai", "ai"), want)
	}
	if count("all") != len(fw.Questions) {
		t.Errorf("with all packs %d questions, want %d", count("all"), len(fw.Questions))
	}
}

func TestOptionErrors(t *testing.T) {
	for _, test := range []struct{ format, pack, want, hint string }{
		{"odt", "all", `unknown format "odt" for a template`, "known are md, html, docx"},
		{"md", "sharing", `unknown pack "sharing" for a template`, "known are all, admin, ai, "},
	} {
		var b bytes.Buffer
		err := Write(&b, test.format, builtin(t), Options{Packs: []string{test.pack}})
		var wrong *OptionError
		if !errors.As(err, &wrong) || err.Error() != test.want || !strings.HasPrefix(wrong.Hint(), test.hint) || b.Len() > 0 {
			t.Errorf("got %v, wrote %d bytes", err, b.Len())
		}
	}
	full := errors.New("disk full")
	for _, format := range Formats() {
		if err := Write(failing{full}, format, builtin(t), Options{}); !errors.Is(err, full) {
			t.Errorf("%s to a full disk gives %v", format, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

var separator = regexp.MustCompile(`^\|( --- \|)+$`)

// TestMarkdownTables checks that every row of a table has as many cells as its head.
func TestMarkdownTables(t *testing.T) {
	cells := func(row string) int {
		return strings.Count(strings.ReplaceAll(row, `\|`, ""), "|")
	}
	lines := strings.Split(string(form(t, "md", hostileFramework(), Options{Feature: hostile})), "\n")
	tables := 0
	for i, line := range lines {
		if !separator.MatchString(line) {
			continue
		}
		tables++
		if lines[i-2] != "" {
			t.Errorf("line %d: no empty line before the table %q", i, lines[i-1])
		}
		for k := i - 1; lines[k] != ""; k++ {
			if cells(lines[k]) != cells(line) {
				t.Errorf("line %d has %d cells, its table %d: %q", k+1, cells(lines[k])-1, cells(line)-1, lines[k])
			}
		}
	}
	if tables != 11 {
		t.Errorf("%d tables, want 11", tables)
	}
}

// TestPageIsAlone checks that the page asks nothing of anybody and that every field has a name.
func TestPageIsAlone(t *testing.T) {
	out := form(t, "html", builtin(t), Options{Packs: []string{"all"}})
	fields := 0
	var style string
	root, err := html.Parse(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		if id, ok := attr["id"]; ok && ids[id] {
			t.Errorf("two elements have the id %q", id)
		}
		ids[attr["id"]] = true
		if attr["src"] != "" || attr["style"] != "" || attr["href"] != "" && !strings.HasPrefix(attr["href"], "#s") {
			t.Errorf("<%s> points outside or brings a style: %v", n.Data, attr)
		}
		switch n.Data {
		case "script", "link", "iframe", "object", "form", "base":
			t.Errorf("the page has a <%s>", n.Data)
		case "style":
			style = n.FirstChild.Data
		}
		if attr["contenteditable"] != "" {
			if fields++; attr["aria-label"] == "" || attr["role"] != "textbox" {
				t.Errorf("a field without a name: %v", attr)
			}
		}
	}
	if fields < 300 {
		t.Errorf("%d fields", fields)
	}
	sum := sha256.Sum256([]byte(style))
	if policy := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !bytes.Contains(bytes.ReplaceAll(out, []byte("&#43;"), []byte("+")), []byte(policy)) {
		t.Errorf("the policy does not allow the style: want %s", policy)
	}
	if !bytes.Contains(out, []byte("default-src 'none'")) {
		t.Error("no policy")
	}
}

// asText returns what a reader of the form sees. Markdown is read with raw HTML and bare links let through, as some sites do.
func asText(t *testing.T, format string, out []byte) string {
	t.Helper()
	if format == "docx" {
		return docxText(t, out)
	}
	if format == "md" {
		var page bytes.Buffer
		reader := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(renderer.WithUnsafe()))
		if err := reader.Convert(out, &page); err != nil {
			t.Fatal(err)
		}
		out = page.Bytes()
	}
	root, err := html.Parse(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "img" || n.Data == "a" && format == "md") {
			t.Errorf("<%s> got into %s", n.Data, format)
		}
	}
	return b.String()
}

// docxText reads every part of the archive as XML and returns the text of the document, a line a paragraph.
func docxText(t *testing.T, out []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s is not XML: %v", f.Name, err)
			}
			if f.Name != "word/document.xml" {
				continue
			}
			switch token := token.(type) {
			case xml.CharData:
				text.Write(bytes.Trim(token, "\n"))
			case xml.EndElement:
				if token.Name.Local == "p" {
					text.WriteString("\n")
				}
			}
		}
	}
	return text.String()
}

// TestDocxStyles checks that the styles and parts which the document names are there.
func TestDocxStyles(t *testing.T) {
	out := form(t, "docx", builtin(t), Options{})
	z, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(data)
		if !f.Modified.Equal(written) {
			t.Errorf("%s is of %v: the bytes would differ tomorrow", f.Name, f.Modified)
		}
	}
	used := regexp.MustCompile(`<w:(?:pStyle|tblStyle) w:val="([^"]+)"`).FindAllStringSubmatch(parts["word/document.xml"]+parts["word/footer1.xml"], -1)
	for _, m := range used {
		if !strings.Contains(parts["word/styles.xml"], `w:styleId="`+m[1]+`"`) {
			t.Errorf("the style %s is not defined", m[1])
		}
	}
	if n := strings.Count(parts["word/document.xml"], `<w:pStyle w:val="Heading1"/>`); n != 12 {
		t.Errorf("%d headings of the first level, want 12", n)
	}
	for _, m := range regexp.MustCompile(`PartName="/([^"]+)"`).FindAllStringSubmatch(parts["[Content_Types].xml"], -1) {
		if parts[m[1]] == "" {
			t.Errorf("the part %s is not there", m[1])
		}
	}
}

// TestSheet checks the data that the form is made of.
func TestSheet(t *testing.T) {
	s, err := newSheet(builtin(t), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	style := string(form(t, "html", builtin(t), Options{}))
	if len(s.How) != 5 || len(s.Sections) != 11 {
		t.Errorf("%d lines on how to use it, %d sections", len(s.How), len(s.Sections))
	}
	for _, sec := range s.Sections {
		width := 0
		for _, c := range sec.Columns {
			width += c.Width
			if !strings.Contains(style, fmt.Sprintf(".w%d {", c.Width)) {
				t.Errorf("%s: no style for a width of %d", sec.Title, c.Width)
			}
		}
		if len(sec.Columns) > 0 && (width != 100 || len(sec.Example) != len(sec.Columns) || sec.Rows == 0) {
			t.Errorf("%s: widths add up to %d, %d columns, %d cells in the example, %d rows", sec.Title, width, len(sec.Columns), len(sec.Example), sec.Rows)
		}
		switch sec.Kind {
		case "lines", "table", "sketch", "journey", "questions", "sign_off":
		default:
			t.Errorf("%s is of kind %q", sec.Title, sec.Kind)
		}
	}
}
