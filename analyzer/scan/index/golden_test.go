package index

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"whatif/analyzer/framework"
	"whatif/analyzer/record"
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

// small are seven documents of every state, with names that need care.
func small() []*record.Record {
	finding := func(rule string, c tm.AbuseCategory, title string, p tm.Level) record.Finding {
		return record.Finding{ID: "T-1", Fingerprint: record.Fingerprint("a", title), Rule: rule, Category: c, Title: title, WhatIf: "What if it is so?", Priority: p, Severity: p,
			Likelihood: tm.Low, Question: "data.kept", Requirement: "Do not, or say why.", Regions: []record.Region{{Quote: "Anyone with\n the link can open it.", StartLine: 12, EndLine: 13}}}
	}
	asked := func(kept, sent tm.QuestionStatus) []record.Question {
		return []record.Question{{Key: "data.kept", Status: kept, Ask: tm.AskPM}, {Key: "data.sent", Status: sent, Ask: tm.AskPM}, {Key: "own.question", Status: tm.Unanswered, Ask: tm.AskAppSec}}
	}
	card := record.Asset{Name: "card numbers", Category: "financial", Sensitivity: tm.High, To: []string{"Stripe"}}
	engine := tm.Engine{Kind: "hybrid", Model: "careful-reader", Framework: "product-manager/1", Requests: 6, CachedRequests: 2, PromptTokens: 9100, CompletionTokens: 2100, CostUSD: 0.0123}
	files := func(base string) []string { return []string{base + ".html", base + ".json", base + ".md"} }
	all := []*record.Record{
		{Name: "a/100% sure?.md", State: record.Done, Title: "Gift <b>cards</b> & vouchers", Files: files("drafts/a/100%25 sure%3F.md.threatmodel"), Engine: engine, Format: "md", Sentences: 40,
			Findings:  []record.Finding{finding("share-link", "data_exposure", "A forwarded link opens", tm.High), finding("", "fraud", "Cards are guessed", tm.Medium)},
			Questions: asked(tm.Unanswered, tm.Answered), Assets: []record.Asset{card, {Name: "names", Category: "personal", Sensitivity: tm.Medium}}},
		{Name: "a/b/payout #2.md", State: record.Partial, Detail: "the limit of cost was reached", Title: "Instant payout", Files: files("drafts/a/b/payout #2.md.threatmodel"), Engine: engine,
			Findings:  []record.Finding{finding("share-link", "data_exposure", "A shared link opens", tm.High), finding("", "fraud", "Cards are guessed.", tm.Low), finding("", "new_kind", "Something else", "")},
			Questions: asked(tm.Unanswered, tm.Partly), Assets: []record.Asset{{Name: "the user's card number", Category: "financial", Sensitivity: tm.High, To: []string{"Adyen", "stripe"}}}, Warnings: []string{"chunk_failed"}},
		{Name: "a/b/payout copy.md", State: record.Copy, Of: "a/b/payout #2.md"},
		{Name: "a/damaged.docx", State: record.Failed, Reason: "damaged", Detail: "the archive ends too early"},
		{Name: "a/README.md", State: record.LeftOut, Reason: "readme", Detail: "it tells how to build"},
		{Name: "b/Ünïcode \u202eplan.md", State: record.Done, Title: "=1+1", Files: files("drafts/b/Ünïcode %E2%80%AEplan.md.threatmodel"), Engine: tm.Engine{Kind: "rules", Framework: "product-manager/1"},
			Questions: asked(tm.Answered, tm.Unanswered)},
		{Name: "b/z.md", State: record.Done, Title: "Nothing to see", Files: files("drafts/b/z.md.threatmodel"), Engine: tm.Engine{Kind: "rules", Framework: "product-manager/1"}},
	}
	slices.SortFunc(all, func(a, b *record.Record) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func smallOptions() Options {
	f := &framework.Framework{Themes: []framework.Theme{{Key: "data", Title: "The data"}}, Questions: []framework.Question{
		{Key: "data.kept", Theme: "data", Text: "How long is it kept?"}, {Key: "data.sent", Theme: "data", Text: "Who is it sent to?"}}}
	return Options{Title: "docs/", Version: "1.0.0", GeneratedAt: "2026-01-31T12:00:00Z", Framework: f,
		LeftOut: []LeftCount{{"not a document: fig", 2}, {"not a document: png", 11}}, Notes: []string{"The scan was stopped: 3 documents wait for another run."},
		Near: func(name string) []Like {
			if name == "a/100% sure?.md" {
				return []Like{{"b/z.md", 0.937}, {"gone.md", 0.99}}
			}
			return nil
		}}
}

func index(opt Options, all []*record.Record) *Index {
	x := New(opt)
	for _, r := range all {
		x.Add(r)
	}
	return x
}

// looksOnly is what a golden page leaves out: it is a copy of files that stand beside it.
var looksOnly = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>|content="default-src[^"]*"`)

func TestGolden(t *testing.T) {
	for name, in := range map[string]struct {
		opt Options
		all []*record.Record
	}{"small": {smallOptions(), small()}, "empty": {Options{Title: "docs/"}, nil}} {
		for ending, write := range map[string]func(*Index, io.Writer) error{"html": (*Index).HTML, "md": (*Index).Markdown, "json": (*Index).JSON} {
			var first, second bytes.Buffer
			x := index(in.opt, in.all)
			if err := write(x, &first); err != nil {
				t.Fatalf("%s.%s: %v", name, ending, err)
			}
			if err := write(index(in.opt, in.all), &second); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
				t.Errorf("%s.%s: a second run gives other bytes (%v)", name, ending, err)
			}
			golden(t, name+".golden."+ending, looksOnly.ReplaceAll(first.Bytes(), nil))
		}
	}
	var b bytes.Buffer
	c := NewCSV(&b)
	for _, r := range small() {
		c.Add(r)
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	golden(t, "small.golden.csv", b.Bytes())
}

// TestSameOrder writes all twice with many documents, so that an order of a map would show.
func TestSameOrder(t *testing.T) {
	var pages [2][]string
	for i := range pages {
		x := built(t, 400)
		for _, write := range []func(io.Writer) error{x.HTML, x.Markdown, x.JSON} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			pages[i] = append(pages[i], b.String())
		}
	}
	if !slices.Equal(pages[0], pages[1]) {
		t.Error("the same records give other bytes")
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
	x := index(smallOptions(), small())
	for name, write := range map[string]func(io.Writer) error{"html": x.HTML, "md": x.Markdown, "json": x.JSON, "csv": func(w io.Writer) error {
		c := NewCSV(w)
		for _, r := range small() {
			c.Add(r)
		}
		return c.Flush()
	}} {
		for _, after := range []failing{0, 100, 700} {
			if err := write(&after); err == nil {
				t.Errorf("%s: an error of the writer is lost", name)
			}
		}
	}
}
