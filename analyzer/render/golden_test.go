package render

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"whatif/analyzer/document"
	tm "whatif/analyzer/threatmodel"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file of testdata, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range gotLines {
		if i >= len(wantLines) || gotLines[i] != wantLines[i] {
			t.Fatalf("%s: line %d is\n%s\nthe golden file has\n%s\n(-update writes it anew)", path, i+1, gotLines[i], wantLines[min(i, len(wantLines)-1)])
		}
	}
	t.Fatalf("%s is longer than what was written", path)
}

// quiet is a draft of a document without anything to discuss.
func quiet() *tm.Draft {
	return &tm.Draft{SchemaVersion: tm.SchemaVersion, Tool: tm.Tool{Name: "whatif", Version: "1.0.0"}, GeneratedAt: "2026-01-31T12:00:00Z",
		Document: tm.Document{Path: "accent.md", Title: "Accent colours", Format: "md", Sentences: 40}, Engine: tm.Engine{Kind: "rules"},
		Coverage: tm.Coverage{Sentences: 40}}
}

func TestGolden(t *testing.T) {
	full, doc := sample(t)
	for _, f := range Formats {
		for name, in := range map[string]struct {
			draft *tm.Draft
			doc   *document.Document
		}{"full": {full, doc}, "quiet": {quiet(), nil}} {
			var first, second bytes.Buffer
			if err := f.Write(&first, in.draft, Options{Document: in.doc}); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if err := f.Write(&second, in.draft, Options{Document: in.doc}); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
				t.Errorf("%s: a second run gives other bytes (%v)", f.Name, err)
			}
			golden(t, name+".golden"+f.Endings[0], first.Bytes())
		}
	}
}

func TestQuietSaysSo(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, quiet(), MarkdownOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "No what-if rule found something to ask here.") || strings.Contains(b.String(), "Talk about") {
		t.Errorf("a harmless document's report does not say so plainly:\n%s", b.String())
	}
	if n := strings.Count(b.String(), "\n"); n > 60 {
		t.Errorf("a harmless document's report has %d lines", n)
	}
}

func TestJSONReadsBack(t *testing.T) {
	d, _ := sample(t)
	d.AbuseCases[0].Title = "esc \x1b[31m c1 \u009b bidi \u202e tag \U000E0041 <b>&"
	var b bytes.Buffer
	if err := JSON(&b, d); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && unseen(r) {
			t.Errorf("%U stands in the JSON as it is", r)
		}
	}
	back := new(tm.Draft)
	if err := json.Unmarshal(b.Bytes(), back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d, back) {
		t.Error("the draft does not read back the same")
	}
}

func TestForEnding(t *testing.T) {
	for path, want := range map[string]string{"draft.html": "html", "a/b.MD": "md", "x.json": "json", "x.svg": "svg", "x.mmd": "mermaid", "x.txt": "", "html": ""} {
		f, ok := ForEnding(path)
		if f.Name != want || ok != (want != "") {
			t.Errorf("ForEnding(%q) = %q, %v; want %q", path, f.Name, ok, want)
		}
	}
	if f, ok := ForName("markdown"); !ok || f.Name != "md" {
		t.Errorf("ForName(markdown) = %q, %v", f.Name, ok)
	}
}

// A failing writer fails after n bytes.
type failing int

func (f *failing) Write(p []byte) (int, error) {
	if *f -= failing(len(p)); *f < 0 {
		return 0, os.ErrClosed
	}
	return len(p), nil
}

func TestWriteErrors(t *testing.T) {
	d, doc := sample(t)
	for _, f := range Formats {
		for _, after := range []failing{0, 100, 700} {
			if err := f.Write(&after, d, Options{Document: doc}); err == nil {
				t.Errorf("%s: an error of the writer is lost", f.Name)
			}
		}
	}
}

func TestSourceKeepsEverySentence(t *testing.T) {
	d, doc := sample(t)
	var b bytes.Buffer
	if err := HTML(&b, d, doc); err != nil {
		t.Fatal(err)
	}
	for i := range doc.Sentences {
		if id := `id="s` + strconv.Itoa(doc.Sentences[i].Num) + `"`; strings.Count(b.String(), id) != 1 {
			t.Errorf("%s stands %d times on the page: %q", id, strings.Count(b.String(), id), doc.Sentences[i].Text)
		}
	}
	for _, path := range []string{"../../fixtures/brightboard-portfolios.html"} {
		doc, err := document.Open(context.Background(), path, document.Options{Format: document.HTML})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, g := range docGroups(doc, nil) {
			for _, item := range g.Items {
				n += len(item.Sentences)
			}
		}
		if n != len(doc.Sentences) {
			t.Errorf("%s: %d of %d sentences are laid out", path, n, len(doc.Sentences))
		}
	}
}

func TestPlaces(t *testing.T) {
	at := tm.Citation{Sentence: 7, LineStart: 41, LineEnd: 41}
	span := tm.Citation{Sentence: 7, LineStart: 41, LineEnd: 43}
	page := tm.Citation{Sentence: 7, Page: 3, LineStart: 41, LineEnd: 41}
	for _, c := range []struct {
		format, path, source string
		cite                 tm.Citation
		want                 string
	}{
		{"md", "docs/a b.md", "", at, "[line 41](docs/a%20b.md?plain=1#L41)"},
		{"md", "docs/a.md", "../prd/a.md", span, "[lines 41–43](../prd/a.md?plain=1#L41-L43)"},
		{"pdf", "a.pdf", "", page, "[page 3, sentence 7](a.pdf#page=3)"},
		{"docx", "a.docx", "", at, "line 41 of the text"},
		{"md", "-", "", at, "line 41"},
		{"md", "javascript:alert(1)", "", at, "[line 41](./javascript:alert%281%29?plain=1#L41)"},
		{"md", "a.md", "javascript:alert(1)//", at, "[line 41](./javascript:alert%281%29//?plain=1#L41)"},
		{"md", "//evil.example/a.md", "", at, "[line 41](/evil.example/a.md?plain=1#L41)"},
		{"md", "a.md", "https://git.example/a.md", at, "[line 41](https://git.example/a.md?plain=1#L41)"},
		{"md", "a.md", "https://wiki.example/p?id=4", at, "[line 41](https://wiki.example/p?id=4#L41)"},
		{"txt", "a.txt", "", at, "[line 41](a.txt#L41)"},
		{"md", "", "", tm.Citation{Sentence: 7}, "sentence 7"},
	} {
		m := &markdown{view: newView(&tm.Draft{Document: tm.Document{Path: c.path, Format: c.format}}, c.source)}
		if got := m.cite(c.cite); got != c.want {
			t.Errorf("%s %q %q: %s, want %s", c.format, c.path, c.source, got, c.want)
		}
	}
}

func BenchmarkFormats(b *testing.B) {
	d, doc := large(b, 200, 2000)
	for _, f := range Formats {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				if err := f.Write(io.Discard, d, Options{Document: doc}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
