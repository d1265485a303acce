package gate

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"whatif/analyzer/record"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// found returns a finding of a document, with one quote.
func found(name, id string, priority threatmodel.Level, quote string) record.Finding {
	return record.Finding{ID: id, Fingerprint: record.Fingerprint(name, id), Title: "Title of " + id, WhatIf: "What if " + id + "?", Priority: priority,
		Category: "spam", Regions: []record.Region{{Quote: quote, StartLine: 3, EndLine: 3, StartColumn: 1, EndColumn: 9}}}
}

func doc(name string, findings ...record.Finding) *record.Record {
	return &record.Record{Name: name, Path: name, State: record.Done, Format: "md", Findings: findings}
}

// known returns a baseline with what the documents have, written and read again.
func known(t testing.TB, docs ...*record.Record) *Baseline {
	t.Helper()
	b := &Baseline{}
	for _, d := range docs {
		b.Add(d)
	}
	var raw bytes.Buffer
	if err := b.Write(&raw); err != nil {
		t.Fatal(err)
	}
	again, err := ParseBaseline(raw.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw.String())
	}
	return again
}

func TestFailOn(t *testing.T) {
	r := doc("a.md", found("a.md", "T-1", "high", "one"), found("a.md", "T-2", "medium", "two"), found("a.md", "T-3", "low", "three"))
	for level, want := range map[threatmodel.Level]int{"high": 1, "medium": 2, "low": 3, "": 0} {
		g := New(Options{FailOn: level})
		g.Judge(r, nil)
		if v := g.Finish(); v.New != want || v.Lower != 3-want || v.Passes() != (want == 0) || v.Findings != 3 {
			t.Errorf("--fail-on %q: %+v", level, v)
		}
	}
}

func TestMoved(t *testing.T) {
	old := doc("docs/a.md", found("docs/a.md", "T-1", "high", "one"), found("docs/a.md", "T-2", "high", "two"))
	for name, c := range map[string]struct {
		now                    *record.Record
		there                  bool // the old one still is
		known, fresh, vanished int
	}{
		"the same":             {doc("docs/a.md", found("docs/a.md", "T-1", "high", "one")), true, 1, 0, 0},
		"moved":                {doc("new/a.md", found("new/a.md", "T-1", "high", "other")), false, 1, 0, 1},
		"copied":               {doc("new/a.md", found("new/a.md", "T-1", "high", "one")), true, 0, 1, 0},
		"renamed":              {doc("docs/b.md", renamed(found("docs/b.md", "T-9", "high", "one"))), false, 1, 0, 1},
		"renamed and reworded": {doc("docs/b.md", renamed(found("docs/b.md", "T-9", "high", "else"))), false, 0, 1, 2},
		"moved, two of a kind": {doc("new/a.md", found("new/a.md", "T-1", "high", "one"), renamed(found("new/a.md", "T-7", "high", "one"))), false, 1, 1, 1},
	} {
		g := New(Options{FailOn: "high", Baseline: known(t, old), There: func(string) bool { return c.there }})
		d := g.Judge(c.now, nil)
		v := g.Finish()
		if v.Known != c.known || v.New != c.fresh || len(v.Vanished) != c.vanished {
			t.Errorf("%s: %d known, %d new, %d vanished", name, v.Known, v.New, len(v.Vanished))
		}
		if name == "the same" && (len(d.Gone) != 1 || d.Gone[0].ID != "T-2" || v.Gone != 1) {
			t.Errorf("gone: %+v", d.Gone)
		}
	}
}

func renamed(f record.Finding) record.Finding {
	f.Title = "Title of T-1"
	return f
}

// TestNotJudged tells nothing of documents that were not looked at, or only in part.
func TestNotJudged(t *testing.T) {
	b := known(t, doc("a.md", found("a.md", "T-1", "high", "one")), doc("b.md", found("b.md", "T-1", "high", "one")))
	g := New(Options{FailOn: "high", Baseline: b, There: func(string) bool { return true }})
	part := doc("a.md")
	part.State = record.Partial
	g.Judge(part, nil)
	g.Judge(&record.Record{Name: "c.md", State: record.Failed}, nil)
	if v := g.Finish(); v.Gone != 0 || v.Failed != 1 || v.Partial != 1 || v.Documents != 1 || !v.Passes() {
		t.Errorf("%+v", v)
	}
}

func TestDecisions(t *testing.T) {
	day := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	decided := &review.File{Decisions: []review.Decision{{ID: "T-1", State: "rejected"}, {ID: "T-2", State: "accepted", Until: "2026-06-30"},
		{ID: "T-3", State: "rejected", Evidence: "0123456789abcdef"}, {ID: "T-4", State: "needs_info"}, {ID: "T-5", State: "accepted"}}}
	r := doc("a.md", found("a.md", "T-1", "high", "one"), found("a.md", "T-2", "low", "two"), found("a.md", "T-3", "high", "three"), found("a.md", "T-4", "high", "four"))
	g := New(Options{FailOn: "high", Today: day})
	d := g.Judge(r, decided)
	v := g.Finish()
	if v.Decided != 1 || v.Expired != 1 || v.New != 2 || v.Stale != 1 || v.Orphans != 1 || v.Passes() {
		t.Errorf("%+v", v)
	}
	var statuses []string
	for i := range d.Findings {
		statuses = append(statuses, d.Findings[i].Status())
	}
	if got := strings.Join(statuses, " "); got != "decided expired stale new" {
		t.Errorf("statuses %q", got)
	}
	g = New(Options{Today: day})
	g.Judge(r, decided)
	if v := g.Finish(); !v.Passes() || v.Lower != 3 {
		t.Errorf("nothing fails: %+v", v)
	}
}

func TestQuestions(t *testing.T) {
	before, now := doc("a.md"), doc("a.md")
	for i, status := range []threatmodel.QuestionStatus{"unanswered", "partly", "answered"} {
		key := fmt.Sprint("q.", i)
		before.Questions = append(before.Questions, record.Question{Key: key, Status: "unanswered"})
		now.Questions = append(now.Questions, record.Question{Key: key, Status: status})
	}
	g := New(Options{FailOn: "high", Require: []string{"q.0", "q.1", "q.2", "q.9"}, Baseline: known(t, before)})
	d := g.Judge(now, nil)
	if v := g.Finish(); v.Unanswered != 1 || v.Partly != 1 || v.Answered != 1 || v.Passes() || len(d.Questions) != 3 || fmt.Sprint(v.Unasked) != "[q.9]" {
		t.Errorf("%+v", v)
	}
	if fmt.Sprint(d.Answered) != "[q.2]" {
		t.Errorf("answered: %v", d.Answered)
	}
}

func TestBaselineFaults(t *testing.T) {
	entry := `{"document":"a.md","id":"T-1","fingerprint":"f"}`
	for name, c := range map[string][2]string{
		"empty":    {"", ":1: it is damaged: unexpected end"},
		"array":    {"[]", ":1: it is damaged: "},
		"other":    {`{"name": "x"}`, ": it is no baseline"},
		"version":  {`{"whatif_baseline": 9}`, ": it has version 9, and this whatif reads version 1"},
		"text":     {"{\"whatif_baseline\": 1,\n\"findings\": [\n{\"document\": 3}]}", ":3: it is damaged: "},
		"cut":      {"{\"whatif_baseline\": 1,\n\"findings\": [\n", ":3: it is damaged: "},
		"conflict": {"{\n<<<<<<< HEAD\n", ":2: a merge left a conflict here"},
		"twice":    {`{"whatif_baseline": 1, "findings": [` + entry + "," + entry + "]}", ": it is damaged: T-1 of a.md is in it twice"},
		"bare":     {`{"whatif_baseline": 1, "findings": [{}]}`, ": it is damaged: finding 1 lacks"},
	} {
		if _, err := ParseBaseline([]byte(c[0])); err == nil || !strings.HasPrefix(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %s", name, err, c[1])
		}
	}
	if _, err := ReadBaseline(filepath.Join(t.TempDir(), "none.json")); err == nil {
		t.Error("a file that is not there")
	}
	if _, err := ParseBaseline([]byte("\ufeff{\"whatif_baseline\": 1,\r\n\"findings\": [" + entry + "]}\r\n")); err != nil {
		t.Error("with a mark and CRLF:", err)
	}
}

// TestSame passes whatever the baseline was written from, and writes the same bytes in whatever order documents come.
func TestSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var docs []*record.Record
		for i := range rapid.IntRange(1, 4).Draw(t, "documents") {
			name := rapid.StringMatching(`[a-z/é" \n<]{1,8}`).Draw(t, "name") + fmt.Sprint(i)
			d := doc(name)
			for k := range rapid.IntRange(0, 4).Draw(t, "findings") {
				f := found(name, fmt.Sprint("T-", k), rapid.SampledFrom(threatmodel.Levels).Draw(t, "priority"), rapid.String().Draw(t, "quote"))
				f.Title = rapid.String().Draw(t, "title")
				d.Findings = append(d.Findings, f)
			}
			docs = append(docs, d)
		}
		write := func(docs []*record.Record) string {
			b, raw := &Baseline{}, bytes.Buffer{}
			for _, d := range docs {
				b.Add(d)
			}
			if err := b.Write(&raw); err != nil {
				t.Fatal(err)
			}
			return raw.String()
		}
		raw := write(docs)
		if other := write(rapid.Permutation(docs).Draw(t, "order")); other != raw {
			t.Fatalf("in another order:\n%s\n%s", raw, other)
		}
		b, err := ParseBaseline([]byte(raw))
		if err != nil {
			t.Fatalf("%v in\n%s", err, raw)
		}
		g := New(Options{FailOn: "low", Baseline: b})
		for _, d := range docs {
			g.Judge(d, nil)
		}
		if v := g.Finish(); !v.Passes() || v.Gone != 0 {
			t.Fatalf("%+v with\n%s", v, raw)
		}
	})
}

func FuzzBaseline(f *testing.F) {
	f.Add([]byte(`{"whatif_baseline": 1, "findings": [{"document":"a.md","id":"T-1","fingerprint":"f","priority":"high"}], "questions": [{"document":"a.md"}]}`))
	f.Add([]byte("{\"whatif_baseline\": 1,\n<<<<<<< HEAD\n}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := ParseBaseline(raw)
		if err != nil {
			if !strings.HasPrefix(err.Error(), ":") {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		var first, second bytes.Buffer
		if err := b.Write(&first); err != nil {
			t.Fatal(err)
		}
		again, err := ParseBaseline(first.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, first.String())
		}
		if err := again.Write(&second); err != nil || second.String() != first.String() {
			t.Fatalf("written as\n%s\nand again as\n%s", first.String(), second.String())
		}
	})
}

// TestHidden: what stronger findings keep out of the draft is not praised as gone, and a baseline that is written anew keeps it.
func TestHidden(t *testing.T) {
	was := found("a.md", "T-1", "high", "one")
	was.Rule = "open-link"
	before := known(t, doc("a.md", was))
	for name, c := range map[string]struct {
		now  record.Hidden
		want int
	}{
		"the same words":       {record.Hidden{Rule: "open-link", Title: was.Title, Quotes: []string{"another"}}, 1},
		"the same sentence":    {record.Hidden{Rule: "open-link", Title: "Other words", Quotes: []string{"one"}}, 1},
		"another rule":         {record.Hidden{Rule: "other", Title: was.Title, Quotes: []string{"one"}}, 0},
		"another of this rule": {record.Hidden{Rule: "open-link", Title: "Other words", Quotes: []string{"another"}}, 0},
	} {
		r := doc("a.md")
		r.Hidden = []record.Hidden{c.now}
		g := New(Options{FailOn: "high", Baseline: before, There: func(string) bool { return true }})
		g.Judge(r, nil)
		if v := g.Finish(); v.Hidden != c.want || v.Gone != 1-c.want {
			t.Errorf("%s: %d hidden, %d gone", name, v.Hidden, v.Gone)
		}
		after := &Baseline{}
		after.Add(r)
		after.Keep(r, before)
		if len(after.Findings) != c.want {
			t.Errorf("%s: the baseline keeps %d", name, len(after.Findings))
		}
	}
	after := &Baseline{}
	after.Keep(&record.Record{Name: "a.md", State: record.Failed}, before)
	if len(after.Findings) != 1 {
		t.Errorf("of a document that could not be analysed %d findings are kept", len(after.Findings))
	}
}

// TestNotLookedFor tells nothing of documents that are gone and that this run would not have looked at.
func TestNotLookedFor(t *testing.T) {
	b := known(t, doc("docs/a.md", found("docs/a.md", "T-1", "high", "one")), doc("other/b.md", found("other/b.md", "T-1", "high", "one")))
	g := New(Options{FailOn: "high", Baseline: b, Looked: func(name string) bool { return strings.HasPrefix(name, "docs/") }})
	if v := g.Finish(); len(v.Vanished) != 1 || v.Vanished[0].Document != "docs/a.md" || v.Gone != 0 {
		t.Errorf("%+v", v)
	}
}

// TestOtherID: a finding whose id changed in its document is known by what it says of which text; where it cites other text it is new, and
// the old one is not praised as gone.
func TestOtherID(t *testing.T) {
	before := known(t, doc("a.md", found("a.md", "T-1", "high", "one"), found("a.md", "T-2", "high", "two")))
	for name, c := range map[string]struct {
		now                record.Finding
		known, fresh, gone int
	}{
		"the same text":  {renamed(found("a.md", "T-9", "high", "one")), 2, 0, 0},
		"another text":   {renamed(found("a.md", "T-9", "high", "else")), 1, 1, 0},
		"another danger": {found("a.md", "T-9", "high", "one"), 1, 1, 1},
	} {
		g := New(Options{FailOn: "high", Baseline: before, There: func(string) bool { return true }})
		g.Judge(doc("a.md", c.now, found("a.md", "T-2", "high", "two")), nil)
		if v := g.Finish(); v.Known != c.known || v.New != c.fresh || v.Gone != c.gone {
			t.Errorf("%s: %d known, %d new, %d gone", name, v.Known, v.New, v.Gone)
		}
	}
	g := New(Options{FailOn: "high", Baseline: before, There: func(string) bool { return true }})
	g.Judge(doc("a.md", renamed(found("a.md", "T-9", "high", "one")), found("a.md", "T-1", "high", "one"), found("a.md", "T-2", "high", "two")), nil)
	if v := g.Finish(); v.Known != 2 || v.New != 1 {
		t.Errorf("a twin takes no other's place: %+v", v)
	}
}
