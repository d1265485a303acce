package render

import (
	"bytes"
	"encoding/xml"
	"html/template"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"
)

// mermaidLine is every line that a chart may have.
var mermaidLine = regexp.MustCompile(`^(flowchart LR|  end|  subgraph z\d\["[^"\[\]]*"\]|    n\d+(\["[^"\[\]]*"\]|\(\["[^"\[\]]*"\]\))|  n\d+ (-->|==>)(\|"[^"|]*"\|)? n\d+|  classDef boundary [a-z0-9:, -]+|  class z\d boundary|  none\["[A-Za-z ]*"\])$`)

// checkXML fails unless b is well-formed and holds only the drawing's elements.
func checkXML(t *testing.T, b []byte, attack string) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(b))
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("the picture is not well-formed with %q: %v", attack, err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if !strings.Contains(" svg title desc style rect text g path ", " "+e.Name.Local+" ") {
				t.Errorf("an element <%s> came of %q", e.Name.Local, attack)
			}
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Errorf("an attribute %s came of %q", a.Name.Local, attack)
				}
			}
		case xml.Comment, xml.Directive, xml.ProcInst:
			t.Errorf("a comment or directive came of %q", attack)
		}
	}
}

func TestEscapeTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext\nnext": "plain\ttext\nnext", "\x1b[31mred": "␛[31mred", "a\r\nb": "a\nb", "over\rwritten": "over\nwritten", "\u009b31m": "⟨U+009B⟩31m",
		"\x7f": "␡", "\u202eabc": "⟨U+202E⟩abc", "a\u200bb": "ab", "👩‍👧": "👩‍👧", "\xff": "�", "naïve — “ok”": "naïve — “ok”", "a\n\nb": "a\n\nb", "\a": "␇",
	} {
		if got := EscapeTerminal(in); got != want {
			t.Errorf("EscapeTerminal(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMarkdownText(t *testing.T) {
	for in, want := range map[string]string{
		"plain words, 12 % of them (a-b).": "plain words, 12 % of them (a-b).", "snake_case stays": "snake_case stays", "_a_": `\_a\_`,
		"a|b": `a\|b`, "- x": `\- x`, "12. x": `12\. x`, "2026": "2026", "@all": "@<!-- -->all", "a @ b": "a @ b", "#12": `\#<!-- -->12`, "C# is": "C# is",
		"http://a.b": `http\://a.b`, "www.a.b": `www\.a.b`, "R&D": `R\&D`, "a & b": "a & b", "  two\n lines ": "two lines", "<b>": `\<b>`, "": "",
	} {
		if got := mdText(in); got != want {
			t.Errorf("mdText(%q) = %q, want %q", in, got, want)
		}
	}
}

// read returns what a reader sees of Markdown, and whether it holds anything but words.
func read(src string) (words string, plain bool) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote))
	b := []byte(src)
	plain = true
	var out strings.Builder
	_ = ast.Walk(md.Parser().Parse(text.NewReader(b)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Document, *ast.Paragraph:
		case *ast.Text:
			out.Write(unescaped(n.Segment.Value(b)))
		case *ast.String:
			out.Write(n.Value)
		case *ast.RawHTML:
			plain = plain && string(n.Segments.Value(b)) == apart
		default:
			plain = false
		}
		return ast.WalkContinue, nil
	})
	return out.String(), plain
}

var backslash = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)

func unescaped(b []byte) []byte { return backslash.ReplaceAll(b, []byte("$1")) }

// hostile draws strings of the characters that matter to any of the targets.
func hostile() *rapid.Generator[string] {
	return rapid.StringOf(rapid.RuneFrom([]rune("ab1 \n\t\\`*_[](){}<>#+-.!|~&@:/$^=%;\"'wé漢\x1b\u009b\u202e\u200b")))
}

func TestMarkdownIsOnlyWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { onlyWords(t, hostile().Draw(t, "s")) })
}

func onlyWords(t interface{ Fatalf(string, ...any) }, s string) {
	got, plain := read(mdText(s))
	if want := fold(visible(s)); !plain || got != want {
		t.Fatalf("mdText(%q) = %q is read as %q, words only: %v; want %q", s, mdText(s), got, plain, want)
	}
}

func FuzzMarkdownText(f *testing.F) {
	for _, a := range attacks {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, s string) { onlyWords(t, s) })
}

func FuzzVisible(f *testing.F) {
	for _, a := range attacks {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := visible(s)
		if !utf8.ValidString(v) {
			t.Errorf("visible(%q) = %q is no UTF-8", s, v)
		}
		for _, r := range v {
			if r != '\n' && r != '\t' && unseen(r) {
				t.Errorf("visible(%q) lets %U through", s, r)
			}
		}
		if visible(v) != v {
			t.Errorf("visible changes its own result %q", v)
		}
		if line := `    n1["` + escapeMermaid(s) + `"]`; !mermaidLine.MatchString(line) {
			t.Errorf("escapeMermaid(%q) breaks out: %s", s, line)
		}
	})
}

// What is left as it stands is what would not have changed.
func TestPlainTextIsLeft(t *testing.T) {
	parts := rapid.SliceOfN(rapid.SampledFrom([]string{" ", "\t", "\n", "\r\n", "a", "é", "“", "\u00a0", "\u2003", "\xff", "\ufffd", "\u200b", "\u202e", "\x7f", "."}), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(parts.Draw(t, "parts"), "")
		if want := strings.Join(strings.Fields(s), " "); fold(s) != want || isFolded(s) != (want == s) {
			t.Errorf("fold(%q) = %q, want %q, folded already: %v", s, fold(s), want, isFolded(s))
		}
		for _, r := range visible(s) {
			if isVisible(s) && (visible(s) != s || r != '\n' && r != '\t' && unseen(r)) {
				t.Errorf("%q passes as visible", s)
			}
		}
	})
}

func TestEscapeHTMLAsTemplatesDo(t *testing.T) {
	page := template.Must(template.New("").Parse(`<a title="{{.}}">{{.}}</a>`))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("a+<>&'\"\x00\ufffdé`= \n/\\"))).Draw(t, "s")
		var b strings.Builder
		if err := page.Execute(&b, s); err != nil {
			t.Fatal(err)
		}
		if e := escapeHTML(s); b.String() != `<a title="`+e+`">`+e+`</a>` {
			t.Errorf("%q is escaped as %q, by a template as %s", s, e, b.String())
		}
	})
}
