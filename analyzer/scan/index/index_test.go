package index

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"pgregory.net/rapid"

	"whatif/analyzer/record"
	tm "whatif/analyzer/threatmodel"
)

// TestTotals adds up by itself what a thousand records hold.
func TestTotals(t *testing.T) {
	m, f := newMaker(t, 3)
	all := m.records(1000)
	x := index(m.options(f), all)
	var high, drafts, failed, copies, unanswered, sharing int
	for _, r := range all {
		high += r.Count(tm.High)
		if r.HasDraft() {
			drafts++
		}
		if r.State == record.Failed {
			failed++
		}
		if r.State == record.Copy {
			copies++
		}
		for _, q := range r.Questions {
			if q.Key == m.keys[2] && q.Status == tm.Unanswered {
				unanswered++
			}
		}
		if slices.ContainsFunc(r.Assets, func(a record.Asset) bool { return a.Name == "password" && slices.Contains(a.To, "Twilio") }) {
			sharing++
		}
	}
	s := x.summary(x.kinships())
	if s.Documents != 1000 || s.Findings.High != high || s.Drafts() != drafts || s.Failed != failed || s.Copies != copies || failed == 0 || copies == 0 {
		t.Errorf("summary %+v; want high %d, drafts %d, failed %d, copies %d", s, high, drafts, failed, copies)
	}
	for _, q := range x.questions() {
		if q.Key == m.keys[2] && q.Unanswered != unanswered {
			t.Errorf("%s is unanswered in %d, want %d", q.Key, q.Unanswered, unanswered)
		}
	}
	for _, e := range x.edges(x.assets["password"]) {
		if x.vendors[e.vendor].name == "Twilio" && len(e.docs) != sharing {
			t.Errorf("passwords go to Twilio in %d documents, want %d", len(e.docs), sharing)
		}
	}
	folders, _ := x.folders()
	sum := 0
	for _, f := range folders {
		if f.Depth == 0 {
			sum += f.High
		}
	}
	if sum != high {
		t.Errorf("the folders have %d findings of high priority, want %d", sum, high)
	}
}

func TestKinships(t *testing.T) {
	near := map[string][]Like{"b": {{"d", 0.9}, {"a", 0.95}}, "e": {{"e", 1}, {"gone", 0.9}}, "f": {{"c", 1}}}
	x := index(Options{Near: func(name string) []Like { return near[name] }}, []*record.Record{{Name: "a", State: record.Done}, {Name: "b", State: record.Done},
		{Name: "c", State: record.Copy, Of: "d"}, {Name: "d", State: record.Done}, {Name: "e", State: record.Done}, {Name: "f", State: record.Done}, {Name: "g", State: record.Copy, Of: "gone"}})
	want := []kin{{1, 95, 0}, {0, 95, 0}, {3, 100, 0}, {1, 90, 0}, {-1, 0, 4}, {2, 99, 0}, {-1, 0, 6}}
	if got := x.kinships(); !slices.Equal(got, want) {
		t.Errorf("kinships are %v, want %v", got, want)
	}
}

func TestFolders(t *testing.T) {
	one := func(names ...string) string {
		var all []*record.Record
		for _, n := range names {
			all = append(all, &record.Record{Name: n, State: record.Done})
		}
		list, more := index(Options{}, all).folders()
		var out []string
		for _, f := range list {
			out = append(out, fmt.Sprintf("%d %s %d", f.Depth, f.Name(), f.Docs))
		}
		return fmt.Sprint(strings.Join(out, ", "), " +", more)
	}
	for want, names := range map[string][]string{
		"0 not in a folder 1 +0":                                                 {"a.md"},
		"0 right in x/y/ 2 +0":                                                   {"x/y/a.md", "x/y/b.md"},
		"0 x/b/ 2, 1 c/ 1, 1 d/ 1, 0 x/a/ 1, 0 right in x/ 1 +0":                 {"x/a/1.md", "x/b/c/1.md", "x/b/d/2.md", "x/z.md"},
		"0 a/ 1, 0 b/ 1, 0 not in a folder 1 +0":                                 {"a/1.md", "b/1.md", "c.md"},
		"0 a/ 7, 1 1/ 1, 1 2/ 1, 1 3/ 1, 1 4/ 1, 1 5/ 1, 0 not in a folder 1 +2": {"a/1/x", "a/2/x", "a/3/x", "a/4/x", "a/5/x", "a/6/x", "a/7/x", "x"},
	} {
		if got := one(names...); got != want {
			t.Errorf("%v: %s, want %s", names, got, want)
		}
	}
}

// TestFindingsWithoutARule finds the same words in several documents, whatever their case and punctuation.
func TestFindingsWithoutARule(t *testing.T) {
	f := func(title string, p tm.Level) record.Finding {
		return record.Finding{Category: "fraud", Title: title, Priority: p}
	}
	x := index(Options{}, []*record.Record{
		{Name: "a", State: record.Done, Findings: []record.Finding{f("A card is guessed", tm.High), f("a card is guessed.", tm.Low), f("Alone", tm.High)}},
		{Name: "b", State: record.Done, Findings: []record.Finding{f("The cards is guessed!", tm.High), f("Other", tm.High)}}})
	themes := x.recurring()
	if len(themes) != 1 || themes[0].findings != 3 || themes[0].high != 2 || !slices.Equal(themes[0].docs, []int32{0, 1}) {
		t.Errorf("%+v", themes)
	}
}

func TestCut(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "abc", "abcdef": "abcd…", "äöüß€": "äöüß€", "äöüß€x": "äöüß…", "abcd\xffgh": "abcd…"} {
		if got := cut(in, 5); got != want {
			t.Errorf("cut(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for want, in := range map[string][2]int{"–": {0, 0}, "0 %": {0, 9}, "<1 %": {1, 1000}, "50 %": {1, 2}, "99 %": {999, 1000}, "100 %": {7, 7}, "67 %": {2, 3}} {
		if got := percent(in[0], in[1]); got != want {
			t.Errorf("%v is %s, want %s", in, got, want)
		}
	}
}

// TestLink holds that an address leads to the file and can mean nothing else.
func TestLink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := "drafts/" + rapid.String().Draw(t, "name")
		got := link(name)
		back, err := url.Parse(got)
		if err != nil || back.Path != name || back.RawQuery != "" || back.Fragment != "" || back.Scheme != "" || back.Host != "" {
			t.Fatalf("%q becomes %q, which is read as %+v (%v)", name, got, back, err)
		}
		if strings.ContainsAny(got, " ()<>\"'`\n\\|:?#") {
			t.Fatalf("%q becomes %q", name, got)
		}
	})
}

// attacks are texts that try to be more than text in one of the forms.
var attacks = []string{`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `<!--<script>`, "\u202egnp.exe", "=HYPERLINK(\"http://x\")", "+1+1", "-1", "@SUM(A1)",
	"\t=1", "\r=1", "＝1+1", " \n=1", "| a | b |\n|--|--|", "[x](javascript:alert(1))", "![x](http://x/y.png)", "@everyone", "{{.}}", "${x}", "\x00\x1b[31m", "\u2028", "__proto__", "constructor", "'; --",
	"javascript:alert(1)", "http://x.example/y", "../../etc/passwd", "//x.example", "&lt;b&gt;", "`code`", "]]>", strings.Repeat("long ", 40)}

// hostile makes a record whose every text is an attack.
func hostile(i int, s string) *record.Record {
	return &record.Record{Name: fmt.Sprintf("%03d%s", i, s), Path: s, State: []record.State{record.Done, record.Failed, record.LeftOut, record.Partial, record.Copy, record.State(s)}[i%6], Of: s,
		Reason: s, Detail: s, Title: s, Format: s, Language: s, Files: []string{s, "drafts/" + s + ".html", "drafts/" + s + ".md"}, Warnings: []string{s},
		Engine: tm.Engine{Kind: s, Model: s, Framework: s, CostUSD: 1e300},
		Findings: []record.Finding{{ID: s, Fingerprint: s, Rule: s, Category: tm.AbuseCategory(s), Question: s, Title: s, WhatIf: s, Requirement: s, Priority: tm.Level(s),
			Severity: tm.Level(s), Likelihood: tm.Level(s), Regions: []record.Region{{Quote: s, Section: s}}}, {Category: tm.AbuseCategory(s), Title: s}},
		Questions: []record.Question{{Key: s, Status: tm.QuestionStatus(s), Ask: tm.Ask(s)}},
		Assets:    []record.Asset{{Name: s, Category: tm.AssetCategory(s), Sensitivity: tm.High, To: []string{s}}, {Name: s, Category: tm.AssetCategory(s), To: []string{s}}}}
}

func hostileIndex() (*Index, []*record.Record) {
	var all []*record.Record
	for i := range 2 * len(attacks) {
		all = append(all, hostile(i, attacks[i%len(attacks)]))
	}
	bad := attacks[0] + attacks[1]
	opt := Options{Title: bad, Version: bad, GeneratedAt: bad, LeftOut: []LeftCount{{bad, 3}}, Notes: []string{bad}, Near: func(name string) []Like { return []Like{{all[0].Name, 0.5}} }}
	return index(opt, all), all
}

func TestHostileForms(t *testing.T) {
	x, all := hostileIndex()
	var page, md, js, table bytes.Buffer
	for _, err := range []error{x.HTML(&page), x.Markdown(&md), x.JSON(&js)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(strings.ToLower(page.String()), "<script"); n != 2 {
		t.Errorf("the page has %d scripts", n)
	}
	leadsHere(t, "the page", page.String())
	if !json.Valid(js.Bytes()) {
		t.Error("index.json is no JSON")
	}
	var html bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(md.Bytes(), &html); err != nil {
		t.Fatal(err)
	}
	leadsHere(t, "index.md", html.String())
	c := NewCSV(&table)
	for _, r := range all {
		c.Add(r)
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(rows) != 1+2*len(all) {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, row := range rows {
		for _, v := range row {
			if first := strings.TrimSpace(v); first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
				t.Errorf("a cell runs: %q", v)
			}
		}
	}
}

var hrefs = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// leadsHere fails unless all links of a page stay in the folder, and nothing else is in it that acts or misleads.
func leadsHere(t *testing.T, what, html string) {
	t.Helper()
	for _, bad := range []string{"<img", "\u202e", "\x1b", "onerror=alert(1)>"} {
		if strings.Contains(html, bad) {
			t.Errorf("%s holds %q", what, bad)
		}
	}
	links := hrefs.FindAllStringSubmatch(html, -1)
	if len(links) < 10 {
		t.Errorf("%s has %d links only", what, len(links))
	}
	for _, l := range links {
		u, err := url.Parse(l[1])
		if err != nil || u.Host != "" || u.Scheme != "" && l[1] != "data:," || strings.HasPrefix(u.Path, "/") || slices.Contains(strings.Split(u.Path, "/"), "..") {
			t.Errorf("%s leads to %q", what, l[1])
		}
	}
}

// TestCellsDoNotRun holds it for any text, and that a harmless one stays as it is.
func TestCellsDoNotRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("=+-@\t\r\n ＝＋－＠ab\u200b,\";'"))).Draw(t, "s")
		got := cell(s)
		if first := strings.TrimSpace(got); strings.HasPrefix(got, "\t") || first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
			t.Fatalf("%q becomes %q", s, got)
		}
	})
	for in, want := range map[string]string{"plain": "plain", "=1": "'=1", "-x.md": "'-x.md", "\tx": "'\tx", "\rx": "'\nx", " =1": "' =1", "a=1": "a=1", "": "", "'=1": "'=1"} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestLongTexts holds that a megabyte of a title neither stays in memory nor comes out.
func TestLongTexts(t *testing.T) {
	long := strings.Repeat("ab ", 350_000)
	r := hostile(0, long)
	r.Name = "a.md"
	x := index(Options{Title: long}, []*record.Record{r})
	for name, write := range map[string]func(*bytes.Buffer) error{"html": func(b *bytes.Buffer) error { return x.HTML(b) }, "md": func(b *bytes.Buffer) error { return x.Markdown(b) }} {
		var b bytes.Buffer
		if err := write(&b); err != nil || b.Len() > 200_000 {
			t.Errorf("%s has %d bytes (%v)", name, b.Len(), err)
		}
	}
}

// BenchmarkIndex keeps ten thousand documents with ten findings each, made one after the other, and writes the page.
func BenchmarkIndex(b *testing.B) {
	for name, change := range map[string]func(int, *record.Record){"rules": func(int, *record.Record) {}, "titles of their own": ownTitles} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				keep(b, change)
			}
		})
	}
}

func keep(b *testing.B, change func(int, *record.Record)) {
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	m, f := newMaker(b, 7)
	before, i := heap(), 0
	x := New(Options{Framework: f})
	m.each(10_000, func(r *record.Record) {
		change(i, r)
		x.Add(r)
		i++
	})
	b.ReportMetric(heap()-before, "MB-kept")
	var page bytes.Buffer
	if err := x.HTML(&page); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(page.Len())/1e6, "MB-page")
	runtime.KeepAlive(x)
}

// ownTitles gives each finding words of its own, as a model does.
func ownTitles(i int, r *record.Record) {
	for n := range r.Findings {
		f := &r.Findings[n]
		f.Rule, f.Title = "", fmt.Sprintf("%s in document %d at place %d", f.Title, i, n)
	}
	for n := range r.Assets {
		r.Assets[n].Name = fmt.Sprintf("%s %d", r.Assets[n].Name, i%3000)
	}
}
