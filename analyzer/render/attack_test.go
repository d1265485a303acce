package render

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"

	"whatif/analyzer/document"
	tm "whatif/analyzer/threatmodel"
)

// attacks are what a document may hold to steer a report, a page, a diagram or a terminal.
var attacks = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg/onload=alert(1)>`, `</script><script>alert(1)</script>`,
	`</style><script>alert(1)</script>`, `</textarea></title><b>`, `<a href="javascript:alert(1)">x</a>`, `<!-- --><img src=http://evil.example>`,
	`-->`, `<![CDATA[<b>]]>`, `]]><b>`, `{{.Title}}`, `{{define "page"}}`, `${alert(1)}`, "`<b>`", "\" onmouseover=\"alert(1)", `' autofocus onfocus=alert(1) x='`,
	`[click](javascript:alert(1))`, `![x](http://evil.example/p.png)`, `[a]: http://evil.example`, `[a][a]`, `<http://evil.example>`,
	`http://evil.example/x`, `HTTPS://evil.example`, `www.evil.example`, `ftp://evil.example`, `mailto:a@evil.example`, `someone@evil.example`, `@all @octocat`, `#123 fixes #1`,
	"# heading", "- item\n- item", "1. one", "1) one", "> quote", "+ plus", "* star", "***", "---", "===", "```\ncode\n```", "~~~", "~~gone~~",
	"a | b | c\n--|--|--", `\`, `\\`, `\|`, `a\`, "`", "``", "*a*", "__a__", "_a_", "**a", "<details>", "</details>", "<br>", "&lt;b&gt;", "&#60;b&#62;", "&amp;",
	"$$x$$", "$x$", "[^1]", "[^1]: note", "[x]", "[ ] todo", "> [!NOTE]", "/close", "\tcode", "    code", "line one\nline two\n\n# three",
	"end", "end\n  style n0 fill:#f00", `"] --> n9["x`, `%%{init: {}}%%`, "click n0 \"javascript:alert(1)\"", "#quot;", "#35;", "`md`", "subgraph x", "graph TD; A-->B", "\\\"",
	"\x1b[31mred\x1b[0m", "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07", "\u009b31m", "bell\a", "back\b\b\bspace", "\x00nul", "\x7f", "cr\rover", "\u202eevil\u202c", "\u2066x\u2069",
	"zero\u200bwidth", "\ufeffbom", "\U000E0041tags", "line\u2028sep", "bad \xff\xfe utf8", "é́́́́", "مرحبا", "漢字かな", "👩‍👩‍👧‍👦", "=cmd()", "::set-output name=x::y", "::error::x",
}

// poison returns the sample draft with every text that is not an id or a word of a vocabulary replaced.
func poison(d *tm.Draft, s string) {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			v.SetString(s)
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(d).Elem())
}

// poisonTexts leaves ids and vocabularies as they are, so that links and groups still work.
func poisonTexts(d *tm.Draft, s string) {
	ids := map[string]bool{}
	for _, a := range d.Assets {
		ids[a.ID] = true
	}
	for _, a := range d.DataFlows {
		ids[a.ID] = true
	}
	for _, a := range d.Safeguards {
		ids[a.ID] = true
	}
	for _, a := range d.AbuseCases {
		ids[a.ID] = true
	}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if v.Type() == reflect.TypeFor[string]() && !ids[v.String()] {
				v.SetString(s)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(d).Elem())
}

// forEachAttack runs f on a draft poisoned in all texts, and on one poisoned in all but ids.
func forEachAttack(t *testing.T, f func(t *testing.T, d *tm.Draft, doc *document.Document, attack string)) {
	for i, a := range attacks {
		for j, spoil := range []func(*tm.Draft, string){poison, poisonTexts} {
			for k, text := range []string{a, "words " + a + " words"} {
				d, doc := sample(t)
				spoil(d, text)
				for n := range doc.Sentences {
					s := &doc.Sentences[n]
					s.Text = text
					for c := range s.Cells {
						s.Cells[c].Text, s.Cells[c].Header = text, text
					}
				}
				t.Run(fmt.Sprintf("%d-%d-%d", i, j, k), func(t *testing.T) { f(t, d, doc, text) })
			}
		}
	}
}

// mine are the elements and attributes that the page is made of.
var mine = func() (m struct{ tags, attrs map[string]bool }) {
	set := func(words string) map[string]bool {
		out := map[string]bool{}
		for _, w := range strings.Fields(words) {
			out[w] = true
		}
		return out
	}
	m.tags = set(`html head meta title link style body a header span b nav div button main section p h1 h2 h3 h4 ul li ol strong form input select
		option article details summary blockquote footer em dl dt dd code figure svg desc rect text g path figcaption i table thead tbody tr th td aside
		pre dialog kbd script`)
	m.attrs = set(`lang charset http-equiv content name rel href class id aria-hidden aria-label aria-labelledby aria-pressed aria-controls aria-level hidden
		type tabindex role dir data-p data-c data-s data-i placeholder autocomplete value open title method scope xmlns viewBox width height x y rx d text-anchor`)
	return m
}()

func TestHTMLAttacks(t *testing.T) {
	forEachAttack(t, func(t *testing.T, d *tm.Draft, doc *document.Document, attack string) {
		var b bytes.Buffer
		if err := HTML(&b, d, doc); err != nil {
			t.Fatal(err)
		}
		noControls(t, b.String())
		root, err := html.Parse(&b)
		if err != nil {
			t.Fatal(err)
		}
		scripts := 0
		walkHTML(root, func(n *html.Node) {
			if !mine.tags[n.Data] {
				t.Errorf("an element <%s> came of %q", n.Data, attack)
			}
			if n.Data == "script" || n.Data == "style" {
				scripts++
			}
			for _, a := range n.Attr {
				if !mine.attrs[a.Key] {
					t.Errorf("an attribute %s=%q came of %q", a.Key, a.Val, attack)
				}
				if (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "#") && a.Val != "data:," {
					t.Errorf("a link to %q came of %q", a.Val, attack)
				}
			}
		})
		if scripts != 2 {
			t.Errorf("%d scripts and styles came of %q", scripts, attack)
		}
	})
}

func walkHTML(n *html.Node, f func(*html.Node)) {
	if n.Type == html.ElementNode {
		f(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walkHTML(c, f)
	}
}

// noControls fails on what could steer a terminal or turn text around.
func noControls(t *testing.T, s string) {
	t.Helper()
	for _, r := range s {
		if r != '\n' && r != '\t' && unseen(r) {
			t.Fatalf("%U came through", r)
		}
	}
}

func TestMarkdownAttacks(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote))
	forEachAttack(t, func(t *testing.T, d *tm.Draft, _ *document.Document, attack string) {
		path := "docs/a.md"
		d.Document.Path = path
		var b bytes.Buffer
		if err := Markdown(&b, d, MarkdownOptions{}); err != nil {
			t.Fatal(err)
		}
		noControls(t, b.String())
		src := b.Bytes()
		_ = ast.Walk(md.Parser().Parse(text.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if entering {
				checkMarkdown(t, n, src, attack)
			}
			return ast.WalkContinue, nil
		})
	})
}

// ours are the pieces of HTML that the Markdown report is made with.
var ours = map[string]bool{"<br>": true, "<!-- -->": true, "<sub>": true, "</sub>": true, "</a>": true}

func checkMarkdown(t *testing.T, n ast.Node, src []byte, attack string) {
	t.Helper()
	switch n := n.(type) {
	case *ast.Image, *ast.AutoLink:
		t.Errorf("%s came of %q", n.Kind(), attack)
	case *ast.Link:
		if to := string(n.Destination); !strings.HasPrefix(to, "docs/a.md#") && !strings.HasPrefix(to, "#finding-") {
			t.Errorf("a link to %q came of %q", to, attack)
		}
	case *ast.RawHTML:
		s := string(n.Segments.Value(src))
		if !ours[s] && !strings.HasPrefix(s, `<a id="finding-`) {
			t.Errorf("HTML %q came of %q", s, attack)
		}
	case *ast.HTMLBlock:
		checkHTMLBlock(t, string(n.Lines().Value(src)), attack)
	case *ast.FencedCodeBlock:
		if string(n.Language(src)) != "mermaid" {
			t.Errorf("a code block came of %q", attack)
		}
	case *ast.Heading:
		if n.Level > 3 {
			t.Errorf("a heading came of %q", attack)
		}
	case *ast.CodeBlock, *ast.ThematicBreak:
		t.Errorf("%s came of %q", n.Kind(), attack)
	}
	if strings.HasPrefix(n.Kind().String(), "Footnote") || n.Kind().String() == "Strikethrough" {
		t.Errorf("%s came of %q", n.Kind(), attack)
	}
}

func checkHTMLBlock(t *testing.T, s, attack string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(s))
	for z.Next() != html.ErrorToken {
		tok := z.Token()
		if tok.Type == html.TextToken || tok.Type == html.CommentToken && tok.Data == " " {
			continue
		}
		ok := (tok.Data == "details" || tok.Data == "summary") && len(tok.Attr) == 0 ||
			tok.Data == "a" && (tok.Type == html.EndTagToken || len(tok.Attr) == 1 && tok.Attr[0].Key == "id") || tok.Data == "sub" && len(tok.Attr) == 0
		if !ok {
			t.Errorf("HTML %q came of %q", tok, attack)
		}
	}
}

// tables have as many columns in each row as in their head, whatever a cell holds.
func TestMarkdownTables(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	shape := func(attack string) string {
		d, _ := sample(t)
		poisonTexts(d, attack)
		d.Document.Path = "a.md"
		var b, out bytes.Buffer
		if err := Markdown(&b, d, MarkdownOptions{}); err != nil {
			t.Fatal(err)
		}
		_ = ast.Walk(md.Parser().Parse(text.NewReader(b.Bytes())), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			switch n.Kind().String() {
			case "Text", "String", "RawHTML":
			default:
				if entering {
					fmt.Fprintf(&out, "%s ", n.Kind())
				}
			}
			return ast.WalkContinue, nil
		})
		return out.String()
	}
	want := shape("plain words")
	for _, a := range attacks {
		for _, s := range []string{a, "words " + a + " words"} {
			if strings.TrimSpace(visible(s)) == "" {
				continue
			}
			if got := shape(s); got != want {
				t.Errorf("the report's shape changes with %q:\n%s", s, difference(want, got))
			}
		}
	}
}

func difference(want, got string) string {
	a, b := strings.Fields(want), strings.Fields(got)
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("piece %d of %d: want %v, got %v", i, len(a), a[i:min(i+6, len(a))], b[min(i, len(b)):min(i+6, len(b))])
		}
	}
	return fmt.Sprintf("%d pieces more: %v", len(b)-len(a), b[len(a):min(len(b), len(a)+6)])
}

func TestDiagramAttacks(t *testing.T) {
	forEachAttack(t, func(t *testing.T, d *tm.Draft, _ *document.Document, attack string) {
		d.DataFlows[0].Source, d.DataFlows[0].Destination = attack, "other "+attack
		var chart, picture bytes.Buffer
		if err := Mermaid(&chart, d); err != nil {
			t.Fatal(err)
		}
		if err := SVG(&picture, d); err != nil {
			t.Fatal(err)
		}
		noControls(t, chart.String())
		noControls(t, picture.String())
		for line := range strings.Lines(chart.String()) {
			if !mermaidLine.MatchString(strings.TrimRight(line, "\n")) {
				t.Errorf("a line of the chart that is not ours came of %q: %s", attack, line)
			}
		}
		checkXML(t, picture.Bytes(), attack)
	})
}
