package sarif_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/record"
	"whatif/analyzer/sarif"
	"whatif/analyzer/threatmodel"
)

// A read is what a viewer takes from a log, read back with structs of its own.
type read struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID         string
					Properties struct{ Tags []string }
				}
			}
		}
		Invocations []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct{ Message struct{ Text string } }
		}
		Results []struct {
			RuleID              string `json:"ruleId"`
			RuleIndex           int
			Level               string
			Rank                float64
			Message             struct{ Text string }
			Locations           []place
			RelatedLocations    []place
			PartialFingerprints map[string]string
			BaselineState       string
			Suppressions        []struct{ Kind, Status, Justification string }
		}
	}
}

type place struct {
	PhysicalLocation struct {
		ArtifactLocation struct{ URI string }
		Region           *struct {
			StartLine, StartColumn, EndLine, EndColumn int
			ByteOffset, ByteLength                     *int
			CharOffset, CharLength                     int
			Snippet                                    struct{ Text string }
		}
	}
	Properties struct {
		Page  int
		Quote string
	}
}

// write writes a log and holds it to the schema.
func write(t interface {
	Fatal(...any)
	Helper()
}, opt sarif.Options, note func(*record.Finding) sarif.Note, records ...*record.Record) (string, read) {
	t.Helper()
	var b bytes.Buffer
	w := sarif.New(&b, opt)
	for _, r := range records {
		if err := w.Add(r, note); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	inst, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err, b.String())
	}
	if err := compiled().Validate(inst); err != nil {
		t.Fatal(err, b.String())
	}
	var log read
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	return b.String(), log
}

var schemaOnce *jsonschema.Schema

// compiled returns the official schema, its formats asserted.
func compiled() *jsonschema.Schema {
	if schemaOnce == nil {
		raw, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
		if err != nil {
			panic(err)
		}
		inst, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			panic(err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource("sarif.json", inst); err != nil {
			panic(err)
		}
		schemaOnce = c.MustCompile("sarif.json")
	}
	return schemaOnce
}

// made analyses a document as the program does.
func made(t *testing.T, path, name string) *record.Record {
	t.Helper()
	doc, err := document.Open(context.Background(), path, document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	draft, err := analyzer.Analyze(context.Background(), doc, analyzer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return record.Of(draft, doc, name)
}

func TestDocuments(t *testing.T) {
	records := []*record.Record{
		made(t, "../../fixtures/nearby-family-map.md", "docs/nearby family: map.md"),
		made(t, "../../fixtures/brightboard-portfolios.html", "brightboard-portfolios.html"),
		made(t, "../../fixtures/shift-swap.docx", "shift-swap.docx"),
		{Name: "bad.pdf", State: record.Failed, Reason: "damaged", Detail: "no {text} in it"},
	}
	_, log := write(t, sarif.Options{Version: "1.0"}, nil, records...)
	run := log.Runs[0]
	count := map[string]int{}
	for _, res := range run.Results {
		uri := res.Locations[0].PhysicalLocation.ArtifactLocation.URI
		count[uri]++
		if run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID {
			t.Errorf("rule %s has the index of %s", res.RuleID, run.Tool.Driver.Rules[res.RuleIndex].ID)
		}
		for _, l := range append(res.Locations, res.RelatedLocations...) {
			if got := l.PhysicalLocation.ArtifactLocation.URI; got != uri {
				t.Errorf("a finding of %s is related to %s", uri, got)
			}
			if r := l.PhysicalLocation.Region; (r == nil) != strings.HasSuffix(uri, ".docx") || r == nil && l.Properties.Quote == "" {
				t.Errorf("%s: region %v, quote %q", uri, r, l.Properties.Quote)
			}
		}
	}
	for i, uri := range []string{"docs/nearby%20family%3A%20map.md", "brightboard-portfolios.html", "shift-swap.docx"} {
		if want := len(records[i].Findings); count[uri] != want || want == 0 {
			t.Errorf("%d results of %s, want %d", count[uri], uri, want)
		}
	}
	inv := run.Invocations[0]
	if inv.ExecutionSuccessful || len(inv.ToolExecutionNotifications) != 1 ||
		inv.ToolExecutionNotifications[0].Message.Text != "bad.pdf: the document could not be analysed: no {{text}} in it" {
		t.Errorf("invocation: %+v", inv)
	}
}

// TestRegions holds every region to the file, counted by other means, whatever the line ends, marks and characters.
func TestRegions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end")
		words := rapid.SampledFrom([]string{"Anyone with the link can open it.", "Émile’s 👩‍👩‍👧 photo is 🔒 kept.", "Alice pays\u00a0once, 𝔞nd", "* A list item of 日本語 text."})
		text := rapid.SampledFrom([]string{"", "\ufeff"}).Draw(t, "mark")
		for range rapid.IntRange(1, 12).Draw(t, "lines") {
			text += words.Draw(t, "words") + rapid.SampledFrom([]string{" ", end, end + end}).Draw(t, "after")
		}
		ending := rapid.SampledFrom([]string{"md", "txt"}).Draw(t, "ending")
		doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: "a." + ending})
		if err != nil {
			t.Skip(err)
		}
		draft := &threatmodel.Draft{Document: threatmodel.Document{Format: ending}}
		c := threatmodel.AbuseCase{ID: "T-1", Priority: "high"}
		for _, s := range rapid.Permutation(doc.Sentences).Draw(t, "order") {
			c.Citations = append(c.Citations, threatmodel.Citation{Quote: text[s.Span.Start:s.Span.End], Start: s.Span.Start, End: s.Span.End})
		}
		draft.AbuseCases = append(draft.AbuseCases, c)
		_, log := write(t, sarif.Options{}, nil, record.Of(draft, doc, "a."+ending))
		res := log.Runs[0].Results[0]
		for i, l := range append(res.Locations, res.RelatedLocations...) {
			checkRegion(t, text, c.Citations[i].Quote, l)
		}
	})
}

func checkRegion(t *rapid.T, raw, quote string, l place) {
	r := l.PhysicalLocation.Region
	if got := raw[*r.ByteOffset : *r.ByteOffset+*r.ByteLength]; got != quote || r.Snippet.Text != quote {
		t.Fatalf("bytes %q, snippet %q, want %q", got, r.Snippet.Text, quote)
	}
	chars := []rune(strings.TrimPrefix(raw, "\ufeff"))
	if got := string(chars[r.CharOffset : r.CharOffset+r.CharLength]); got != quote {
		t.Fatalf("characters %q, want %q", got, quote)
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\r\n\x00", "\r", "\r\x00", "\n", "\n\x00").Replace(string(chars)), "\x00")
	var got string
	for n := r.StartLine; n <= r.EndLine; n++ {
		line := []rune(lines[n-1])
		from, to := 0, len(line)
		if n == r.StartLine {
			from = r.StartColumn - 1
		}
		if n == r.EndLine {
			to = r.EndColumn - 1
		}
		got += string(line[from:to])
	}
	if got != quote {
		t.Fatalf("lines and columns give %q, want %q", got, quote)
	}
}

// TestEncoding has no byte offsets where they are not into the file.
func TestEncoding(t *testing.T) {
	raw := []byte("Anyone with the link can open the gift caf\xe9.\n")
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, raw, 0o666); err != nil {
		t.Fatal(err)
	}
	r := made(t, path, "a.txt")
	_, log := write(t, sarif.Options{}, nil, r)
	for _, res := range log.Runs[0].Results {
		if reg := res.Locations[0].PhysicalLocation.Region; reg == nil || reg.ByteOffset != nil || reg.StartLine != 1 {
			t.Errorf("region %+v", reg)
		}
	}
	if len(log.Runs[0].Results) == 0 {
		t.Error("no result")
	}
}

func TestNotes(t *testing.T) {
	r := &record.Record{Name: "a.md", Format: "md", State: record.Done, Findings: []record.Finding{
		{ID: "T-1", Priority: "high", Severity: "high", Likelihood: "high", Confidence: "high", Title: "One", Rule: "one", Fingerprint: "f1"},
		{ID: "T-2", Priority: "low", Title: "Two", WhatIf: "What if {x} [clicks](http://evil.example) \u202etxt?", Category: "fraud", Fingerprint: "f2"},
	}}
	opt := sarif.Options{Baseline: true, Decided: true, Rules: map[string]sarif.Rule{
		"one": {About: "It is one.", Help: "Help.", Markdown: "**Help.**", Tags: sarif.Tags("spam", []string{"tampering"}, nil)}}}
	raw, log := write(t, opt, func(f *record.Finding) sarif.Note {
		if f.ID == "T-2" {
			return sarif.Note{Baseline: "unchanged", Suppressed: true, Why: "rejected"}
		}
		return sarif.Note{}
	}, r)
	one, two := log.Runs[0].Results[0], log.Runs[0].Results[1]
	if one.BaselineState != "new" || one.Suppressions == nil || len(one.Suppressions) != 0 || one.Level != "error" || one.Rank != 100 {
		t.Errorf("the first: %+v", one)
	}
	if two.BaselineState != "unchanged" || len(two.Suppressions) != 1 || two.Suppressions[0].Justification != "rejected" || two.Level != "note" {
		t.Errorf("the second: %+v", two)
	}
	if want := `What if {{x}} \[clicks\](http://evil.example)  txt?`; two.Message.Text != want {
		t.Errorf("message %q, want %q", two.Message.Text, want)
	}
	if two.RuleID != "whatif/fraud" || two.PartialFingerprints[sarif.Fingerprint] != "f2" {
		t.Errorf("%s %v", two.RuleID, two.PartialFingerprints)
	}
	for _, wanted := range []string{`"shortDescription":{"text":"`, `"fullDescription":{"text":"`, `"help":{"text":"`} { // as GitHub wants them
		if strings.Count(raw, wanted) != 2 {
			t.Errorf("%s is not in both rules:\n%s", wanted, raw)
		}
	}
	if strings.Count(raw, "\n{\"ruleId\"") != 2 {
		t.Errorf("a result has a line of its own:\n%s", raw)
	}
}

// TestPath has addresses from the root where names are relative to a folder.
func TestPath(t *testing.T) {
	r := &record.Record{Name: "a.md", Format: "md", State: record.Partial, Findings: []record.Finding{{ID: "T-1", Fingerprint: "f", Regions: []record.Region{{StartLine: 1, StartColumn: 1, EndLine: 1, EndColumn: 2}}}}}
	raw, log := write(t, sarif.Options{Path: func(name string) string { return "docs/" + name }}, nil, r)
	if uri := log.Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI; uri != "docs/a.md" || strings.Count(raw, `"docs/a.md"`) != 2 {
		t.Errorf("%s in\n%s", uri, raw)
	}
}

func TestEmpty(t *testing.T) {
	if _, log := write(t, sarif.Options{}, nil); log.Runs[0].Results == nil || !log.Runs[0].Invocations[0].ExecutionSuccessful {
		t.Errorf("%+v", log)
	}
}

// TestAddress gives every name an address that leads back to it, within the folder.
func TestAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`([a-z :?#%\[\]@é👍"'&+=\\]{1,6}/){0,3}[a-z :?#%\[\]@é👍"'&+=\\]{1,8}`).Draw(t, "name")
		_, log := write(t, sarif.Options{}, nil, &record.Record{Name: name, Format: "md", Findings: []record.Finding{{ID: "T-1", Fingerprint: "f"}}})
		uri := log.Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI
		u, err := url.Parse(uri)
		if err != nil || u.IsAbs() || u.Host != "" || u.Path != name {
			t.Fatalf("%q becomes %q: %+v, %v", name, uri, u, err)
		}
	})
}

// BenchmarkAdd writes results that are not kept: memory must not grow with their number.
func BenchmarkAdd(b *testing.B) {
	r := &record.Record{Name: "a.md", Format: "md"}
	for i := range 20 {
		r.Findings = append(r.Findings, record.Finding{ID: fmt.Sprint("T-", i), Category: "spam", Regions: []record.Region{{Quote: "x", StartLine: 1}}})
	}
	w := sarif.New(io.Discard, sarif.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Add(r, nil); err != nil {
			b.Fatal(err)
		}
	}
	if w.Close() != nil {
		b.Fatal("not closed")
	}
}
