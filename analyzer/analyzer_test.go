package analyzer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// fixtures returns every PRD of fixtures/ that is read without a PDF library.
func fixtures(tb testing.TB) []*document.Document {
	tb.Helper()
	var docs []*document.Document
	for _, pattern := range []string{"*.md", "*.txt", "*.html", "*.docx"} {
		paths, err := filepath.Glob("../fixtures/" + pattern)
		if err != nil {
			tb.Fatal(err)
		}
		for _, path := range paths {
			if filepath.Base(path) == "README.md" {
				continue
			}
			doc, err := document.Open(context.Background(), path, document.Options{})
			if err != nil {
				tb.Fatal(err)
			}
			docs = append(docs, doc)
		}
	}
	if len(docs) == 0 {
		tb.Fatal("no fixtures")
	}
	return docs
}

func analyze(tb testing.TB, doc *document.Document, opt analyzer.Options) *threatmodel.Draft {
	tb.Helper()
	d, err := analyzer.Analyze(context.Background(), doc, opt)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func encode(tb testing.TB, d *threatmodel.Draft) []byte {
	tb.Helper()
	data, err := json.Marshal(d)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestEveryCitation checks every citation of every fixture's draft against the file alone.
func TestEveryCitation(t *testing.T) {
	seen := 0
	for _, doc := range fixtures(t) {
		var draft any
		if err := json.Unmarshal(encode(t, analyze(t, doc, analyzer.Options{})), &draft); err != nil {
			t.Fatal(err)
		}
		source := doc.Source
		eachCitation(draft, func(c map[string]any) {
			seen++
			start, end := int(c["start"].(float64)), int(c["end"].(float64))
			if start < 0 || end > len(source) || start >= end {
				t.Fatalf("%s: %v", doc.Path, c)
			}
			if doc.Format != document.HTML && source[start:end] != c["quote"] {
				t.Errorf("%s: %q is not at %d to %d", doc.Path, c["quote"], start, end)
			}
			text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source[:start])
			if line := strings.Count(text, "\n") + 1; int(c["line_start"].(float64)) != line {
				t.Errorf("%s: %q is on line %d, not %v", doc.Path, c["quote"], line, c["line_start"])
			}
		})
	}
	if seen < 100 {
		t.Errorf("only %d citations were seen", seen)
	}
}

// eachCitation finds everything in a JSON value that looks like a citation.
func eachCitation(v any, do func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["line_start"]; ok {
			do(v)
		}
		for _, x := range v {
			eachCitation(x, do)
		}
	case []any:
		for _, x := range v {
			eachCitation(x, do)
		}
	}
}

// TestEveryDraftFitsTheSchema validates with a library that the tool does not use.
func TestEveryDraftFitsTheSchema(t *testing.T) {
	raw, err := threatmodel.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("draft.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("draft.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range fixtures(t) {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(encode(t, analyze(t, doc, analyzer.Options{}))))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", doc.Path, err)
		}
	}
}

// TestEveryPartIsFilled checks that the whole way gives something of each kind over the fixtures, and that no finding points to
// an id that is not there.
func TestEveryPartIsFilled(t *testing.T) {
	total := map[string]int{}
	for _, doc := range fixtures(t) {
		d := analyze(t, doc, analyzer.Options{})
		for name, n := range map[string]int{"assets": len(d.Assets), "actors": len(d.Actors), "dependencies": len(d.Dependencies), "flows": len(d.DataFlows),
			"steps": len(d.Journey), "safeguards": len(d.Safeguards), "abuse cases": len(d.AbuseCases), "questions": len(d.Questions),
			"dropped": len(d.Dropped), "sections": len(d.Coverage.Sections)} {
			total[name] += n
		}
		linked(t, doc.Path, d)
	}
	for name, n := range total {
		if n == 0 {
			t.Errorf("no %s in any draft", name)
		}
	}
}

func linked(t *testing.T, path string, d *threatmodel.Draft) {
	t.Helper()
	ids := map[string]bool{}
	add := func(id string) {
		if ids[id] {
			t.Errorf("%s: id %s stands for two things", path, id)
		}
		ids[id] = true
	}
	var refs []string
	for _, x := range d.Assets {
		add(x.ID)
	}
	for _, x := range d.Actors {
		add(x.ID)
	}
	for _, x := range d.Dependencies {
		add(x.ID)
	}
	for _, x := range d.DataFlows {
		add(x.ID)
		refs = append(refs, x.Data...)
	}
	for _, x := range d.Journey {
		add(x.ID)
		refs = append(refs, x.AbuseCases...)
	}
	for _, x := range d.Safeguards {
		add(x.ID)
		refs = append(refs, x.Protects...)
	}
	for _, x := range d.AbuseCases {
		add(x.ID)
		refs = slices.Concat(refs, x.Assets, x.DataFlows, x.Safeguards, x.Steps)
	}
	for _, x := range d.Questions {
		add(x.ID)
	}
	for _, id := range refs {
		if !ids[id] {
			t.Errorf("%s: nothing has the id %s", path, id)
		}
	}
}

func TestAnalyzeIsTheSameTwice(t *testing.T) {
	for _, doc := range fixtures(t) {
		opt := analyzer.Options{Version: "1", Now: time.Unix(0, 0)}
		if !bytes.Equal(encode(t, analyze(t, doc, opt)), encode(t, analyze(t, doc, opt))) {
			t.Errorf("%s: two drafts differ", doc.Path)
		}
	}
}

func TestAnalyzeSaysHowItWasMade(t *testing.T) {
	doc := fixtures(t)[0]
	d := analyze(t, doc, analyzer.Options{Version: "1.2", Now: time.Unix(1, 0)})
	if d.Tool.Version != "1.2" || d.GeneratedAt != "1970-01-01T00:00:01Z" || d.Engine.Kind != "rules" || len(d.Engine.PromptsSHA256) != 64 ||
		d.Engine.Framework == "/0" || d.Document.SHA256 != doc.SHA256 || d.Document.Sentences != len(doc.Sentences) || d.Document.Encoding != "utf-8" {
		t.Errorf("%+v %+v %+v", d.Tool, d.Engine, d.Document)
	}
	other := analyze(t, doc, analyzer.Options{Framework: &framework.Framework{Name: "mine", Version: 1}})
	if other.Engine.Framework != "mine/1" || other.Engine.PromptsSHA256 == d.Engine.PromptsSHA256 {
		t.Errorf("other questions, the same mark: %+v", other.Engine)
	}
}

// An engineFunc is an engine made of a function.
type engineFunc func(*reading.Text) ([]*proposal.Set, error)

func (f engineFunc) Propose(_ context.Context, text *reading.Text, _ *framework.Framework) ([]*proposal.Set, error) {
	return f(text)
}

func TestAnalyzeFails(t *testing.T) {
	doc := fixtures(t)[0]
	down := errors.New("down")
	_, err := analyzer.Analyze(context.Background(), doc, analyzer.Options{Engine: engineFunc(func(*reading.Text) ([]*proposal.Set, error) { return nil, down })})
	if !errors.Is(err, down) || !strings.Contains(err.Error(), doc.Path) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := analyzer.Analyze(ctx, doc, analyzer.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func BenchmarkAnalyze(b *testing.B) {
	for _, size := range []int{10 << 10, 1 << 20, 10 << 20} {
		b.Run(sizeName(size), func(b *testing.B) {
			doc := long(b, size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				analyze(b, doc, analyzer.Options{})
			}
		})
	}
}

func sizeName(n int) string {
	return map[int]string{10 << 10: "10kB", 1 << 20: "1MB", 10 << 20: "10MB"}[n]
}

// long returns the Markdown fixtures, over and over, up to size bytes.
func long(tb testing.TB, size int) *document.Document {
	tb.Helper()
	var all bytes.Buffer
	for _, doc := range fixtures(tb) {
		if doc.Format == document.Markdown {
			all.WriteString(doc.Source + "\n\n")
		}
	}
	text := bytes.ToValidUTF8(bytes.Repeat(all.Bytes(), size/all.Len()+1)[:size], nil)
	doc, err := document.Parse(context.Background(), text, document.Options{Path: "long.md", Format: document.Markdown})
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// TestSectionsAddUp counts a cited sentence once, in its own section.
func TestSectionsAddUp(t *testing.T) {
	cited := 0
	for _, doc := range fixtures(t) {
		c := analyze(t, doc, analyzer.Options{}).Coverage
		sum := 0
		for _, s := range c.Sections {
			sum += s.Citations
			if s.Citations > s.Sentences {
				t.Errorf("%s: %d of the %d sentences of %q are cited", doc.Path, s.Citations, s.Sentences, s.Section)
			}
		}
		if sum != c.SentencesCited {
			t.Errorf("%s: the sections have %d cited sentences, the document %d", doc.Path, sum, c.SentencesCited)
		}
		cited += sum
	}
	if cited == 0 {
		t.Error("nothing is cited")
	}
}
