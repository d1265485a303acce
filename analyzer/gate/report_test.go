package gate

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"pgregory.net/rapid"

	"whatif/analyzer/record"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// hostile is text that would do harm in one form or another.
var hostile = []string{"\n::warning::owned\n", "\r\n##[error]owned", "<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](http://evil.example/a.png)",
	"@everyone #1 https://evil.example", "\x1b[31mred\x07", "\u202eabc", "]]>&lt;![CDATA[", "%0A::error::x", "`|` **b** ~~s~~", "</details>", "\x00\ufffe",
	"-->", "a,title=b::c", "$(touch x)", "\u2028::error::x"}

// written judges one document in which every text is made of what pick returns, and writes it in all forms.
func written(t testing.TB, pick func() string) map[string]string {
	t.Helper()
	f := record.Finding{ID: pick(), Title: pick(), WhatIf: pick(), Requirement: pick(), Priority: "high", Category: threatmodel.AbuseCategory(pick()), Rule: pick(),
		Regions: []record.Region{{Quote: pick(), Section: pick(), StartLine: 2, EndLine: 2, StartColumn: 1, EndColumn: 4}}}
	stale := f
	stale.ID = pick() + "2"
	r := &record.Record{Name: pick() + "n", Path: pick() + "p", State: record.Done, Format: "md", Findings: []record.Finding{f, stale},
		Questions: []record.Question{{Key: "q.one", Status: threatmodel.Unanswered}}}
	decisions := &review.File{Decisions: []review.Decision{{ID: stale.ID, By: pick(), Note: pick(), State: "rejected", Evidence: pick() + "e"}}}
	base := &Baseline{Findings: []Entry{{Document: r.Name, ID: pick() + "3", Fingerprint: pick() + "4", Title: pick()}}}
	if err := base.index(); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, form := range Formats {
		g := New(Options{FailOn: "high", Require: []string{"q.one"}, Baseline: base})
		var b bytes.Buffer
		report := form.New(&b, g, Style{Source: "https://git.example/r"})
		for _, d := range []*Document{g.Judge(r, decisions), g.Judge(&record.Record{Name: pick() + "f", State: record.Failed, Detail: pick()}, nil)} {
			if err := report.Document(d); err != nil {
				t.Fatal(err)
			}
		}
		if err := report.Close(g.Finish()); err != nil {
			t.Fatal(err)
		}
		out[form.Name] = b.String()
	}
	return out
}

// TestHostile holds every form to its own grammar, whatever documents, names and decisions say.
func TestHostile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		pick := func() string {
			return rapid.SampledFrom(hostile).Draw(rt, "text") + rapid.SampledFrom(append(hostile, "", "plain")).Draw(rt, "more")
		}
		for name, text := range written(t, pick) {
			if problem := wrong(name, text); problem != "" {
				rt.Fatalf("%s: %s\n%q", name, problem, text)
			}
		}
	})
}

var (
	githubLine = regexp.MustCompile(`^::error file=[^:,]*(,line=\d+)?(,endLine=\d+)?(,col=\d+,endColumn=\d+)?,title=[^:,]*::`)
	textLine   = regexp.MustCompile(`:\d+: (high|question|expired): .* \[.*\]`)
)

// wrong says what is wrong with a form, "" when it is as it should be.
func wrong(name, text string) string {
	if i := strings.IndexFunc(text, func(r rune) bool { return r < 0x20 && r != '\n' || r == 0x7f || r >= 0x202a && r <= 0x202e }); i >= 0 {
		return fmt.Sprintf("a character that steers, at %d", i)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	switch name {
	case "text":
		for _, l := range lines {
			if !textLine.MatchString(l) || strings.HasPrefix(strings.TrimSpace(l), "::") || strings.HasPrefix(strings.TrimSpace(l), "##") {
				return "the line " + l
			}
		}
		if len(lines) != 3 {
			return fmt.Sprintf("%d lines", len(lines))
		}
	case "github":
		for _, l := range lines {
			if !githubLine.MatchString(l) {
				return "the line " + l
			}
		}
		if len(lines) != 4 {
			return fmt.Sprintf("%d lines", len(lines))
		}
	case "sarif":
		inst, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err == nil {
			err = sarifSchema().Validate(inst)
		}
		if err != nil {
			return err.Error()
		}
	case "json":
		if !json.Valid([]byte(text)) {
			return "no JSON"
		}
	case "junit":
		return wrongXML(text)
	case "markdown":
		return wrongMarkdown(text)
	}
	return ""
}

// sarifSchema is the official one.
var sarifSchema = sync.OnceValue(func() *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	return c.MustCompile("../sarif/testdata/sarif-schema-2.1.0.json")
})

func wrongXML(text string) string {
	d, cases := xml.NewDecoder(strings.NewReader(text)), 0
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err.Error()
		}
		if s, ok := tok.(xml.StartElement); ok {
			switch s.Name.Local {
			case "testcase":
				cases++
			case "testsuites", "testsuite", "failure", "error", "skipped":
			default:
				return "the element " + s.Name.Local
			}
		}
	}
	if cases != 5 {
		return fmt.Sprintf("%d cases", cases)
	}
	return ""
}

var anchor = regexp.MustCompile(`<a href="([^"]*)"`)

// wrongMarkdown reads a comment as GitHub does, its HTML included.
func wrongMarkdown(text string) string {
	if !strings.HasPrefix(text, Marker+"\n") {
		return "no mark"
	}
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(text), &b); err != nil {
		return err.Error()
	}
	page := regexp.MustCompile(`<code>[^<]*</code>`).ReplaceAllString(b.String(), "") // in which nothing is read
	for _, bad := range []string{"<script", "<img", "<strong>b", "<del>", "@everyone"} {
		if strings.Contains(page, bad) {
			return bad + " in " + page
		}
	}
	if strings.Count(page, "<details>") != strings.Count(page, "</details>") {
		return "details that do not end in " + page
	}
	for _, m := range anchor.FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "https://git.example/r/") {
			return "the link " + m[1]
		}
	}
	return ""
}

// TestLength keeps a comment within what GitHub takes, and says how much is left out.
func TestLength(t *testing.T) {
	g := New(Options{FailOn: "high"})
	var b bytes.Buffer
	m := newMarkdown(&b, g, Style{})
	for i := range 2000 {
		name := fmt.Sprintf("docs/%d.md", i)
		d := g.Judge(doc(name, found(name, "T-1", "high", strings.Repeat("日本", 2000)), found(name, "T-2", "low", "x")), nil)
		if err := m.Document(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(g.Finish()); err != nil {
		t.Fatal(err)
	}
	if b.Len() > mostMarkdown || b.Len() < mostMarkdown/2 || !regexp.MustCompile(`(?m)^- … and \d+ more$`).MatchString(b.String()) {
		t.Errorf("%d bytes", b.Len())
	}
}

func TestForms(t *testing.T) {
	for path, want := range map[string]string{"a.sarif": "sarif", "a.sarif.json": "sarif", "A.SARIF": "sarif", "a.json": "json", "a.xml": "junit", "a.md": "markdown", "a.txt": "text"} {
		if f, ok := ForEnding(path); !ok || f.Name != want {
			t.Errorf("%s is written as %q", path, f.Name)
		}
	}
	if _, ok := ForEnding("a.html"); ok {
		t.Error("a.html is a form")
	}
	for _, form := range Formats { // of nothing at all
		g := New(Options{FailOn: "high"})
		var b bytes.Buffer
		if err := form.New(&b, g, Style{}).Close(g.Finish()); err != nil {
			t.Error(form.Name, err)
		}
		if (form.Name == "json" || form.Name == "sarif") && !json.Valid(b.Bytes()) || form.Name == "junit" && xml.Unmarshal(b.Bytes(), new(struct{})) != nil {
			t.Errorf("%s of nothing:\n%s", form.Name, b.String())
		}
	}
}
