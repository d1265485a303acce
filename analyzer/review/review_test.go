package review

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"whatif/analyzer/record"
	"whatif/analyzer/threatmodel"
)

const example = `whatif_decisions: 1
document: export.md
decisions:
- id: T-000001
  title: A forwarded link opens for anyone
  state: rejected
  reason: already_handled
  by: Ana
  at: "2026-01-31"
  note: |-
    Links are signed: see ADR 7.

    It is not in the document.

- id: T-000002
  state: accepted
  reason: risk_accepted
  until: "2026-06-30"
  evidence: 0123456789abcdef
`

func parse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("d.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParse(t *testing.T) {
	for name, text := range map[string]string{"as written": example, "CRLF": strings.ReplaceAll(example, "\n", "\r\n"), "mark": "\ufeff" + example} {
		f := parse(t, text)
		d := f.Find("T-000001")
		if f.Document != "export.md" || len(f.Decisions) != 2 || d.State != "rejected" || d.Reason != AlreadyHandled || d.By != "Ana" ||
			d.At != "2026-01-31" || d.Note != "Links are signed: see ADR 7.\n\nIt is not in the document." || len(f.Warnings) != 0 || d.Line != 4 {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f, err := Load(filepath.Join(t.TempDir(), "none")); f != nil || err != nil {
		t.Error("a file that is not there:", f, err)
	}
	if (*File)(nil).Find("T-1") != nil {
		t.Error("a decision of no file")
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":      {"", "d.yaml:1: expected whatif_decisions: 1"},
		"version":    {"whatif_decisions: 2\nnew: x\n", `d.yaml:1: its form has the version "2", and this whatif reads version 1`},
		"no version": {"decisions: []\n", "d.yaml:1: expected whatif_decisions: 1"},
		"conflict":   {strings.Replace(example, "  by: Ana\n", "<<<<<<< HEAD\n  by: Ana\n=======\n  by: Bo\n>>>>>>> theirs\n", 1), "d.yaml:8: a merge left a conflict here"},
		"twice":      {example + "- id: T-000001\n  state: accepted\n", "d.yaml:20: T-000001 was decided in line 4 already"},
		"state":      {strings.Replace(example, "rejected", "refused", 1), `d.yaml:6: state: "refused" is none; there are accepted, edited, rejected, needs_info`},
		"draft":      {strings.Replace(example, "rejected", "draft", 1), "d.yaml:6: state: draft is what every finding begins as"},
		"reason":     {strings.Replace(example, "already_handled", "because", 1), "d.yaml:7: reason:"},
		"until":      {strings.Replace(example, "2026-06-30", "end of June", 1), `d.yaml:18: until: "end of June" is no date`},
		"no id":      {"whatif_decisions: 1\ndecisions:\n- state: accepted\n", "d.yaml:3: a decision without the id of a finding"},
		"no state":   {"whatif_decisions: 1\ndecisions:\n- id: T-1\n", "d.yaml:3: T-1 has no state"},
		"not YAML":   {"whatif_decisions: 1\ndecisions: [\n", "d.yaml:"},
		"no list":    {"whatif_decisions: 1\ndecisions: {}\n", "d.yaml:2: decisions: expected a list"},
		"field":      {strings.Replace(example, "  by: Ana\n", "  by: Ana\n  by: Bo\n", 1), "d.yaml:9: by is there twice"},
		"alias":      {"whatif_decisions: 1\ndocument: &a x\ndecisions: *a\n", "d.yaml:3: aliases"},
		"bytes":      {"whatif_decisions: 1\ndocument: \xff\n", "d.yaml:2: it is not UTF-8"},
		"second":     {example + "---\nx: 1\n", "a second YAML document"},
		"nested":     {strings.Replace(example, "Ana", "[Ana]", 1), "d.yaml:8: by: expected text"},
	} {
		if _, err := Parse("d.yaml", []byte(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) && !strings.Contains(err.Error(), "\n"+c.want) &&
			!(c.want == "a second YAML document" && strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// TestUnknown keeps fields of a later version.
func TestUnknown(t *testing.T) {
	text := strings.Replace(example, "  by: Ana\n", "  by: Ana\n  votes:\n    - {who: Bo, for: true}\n", 1) + "\nteam: shop\n"
	f := parse(t, text)
	if len(f.Warnings) != 2 || f.Warnings[0] != "d.yaml:9: votes is not known, and kept as it is" {
		t.Errorf("warnings %q", f.Warnings)
	}
	var b bytes.Buffer
	if err := f.write(&b); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "votes:\n") || !strings.Contains(got, "who: Bo") || !strings.Contains(got, "\nteam: shop\n") {
		t.Errorf("written again:\n%s", got)
	}
	parse(t, b.String())
}

// TestWrite is the form that a file has.
func TestWrite(t *testing.T) {
	f := parse(t, example)
	f.Decisions[0], f.Decisions[1] = f.Decisions[1], f.Decisions[0]
	path := filepath.Join(t.TempDir(), "export.md"+Ending)
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil || string(raw) != example {
		t.Errorf("%v, written as\n%s", err, raw)
	}
}

// TestRoundTrip reads back whatever was written.
func TestRoundTrip(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z:#"'\\{}\[\]|>&*!%@ \n\t-]{0,12}`), rapid.SampledFrom([]string{"yes", "null", "~", "1", "2026-01-31", " x ", "\r\n"}))
	rapid.Check(t, func(t *rapid.T) {
		f := &File{Document: text.Draw(t, "document")}
		for range rapid.IntRange(0, 4).Draw(t, "count") {
			id := rapid.StringMatching(`T-[0-9a-f]{6}`).Draw(t, "id")
			if f.Find(id) != nil {
				continue
			}
			f.Decisions = append(f.Decisions, Decision{ID: id, Title: text.Draw(t, "title"), State: rapid.SampledFrom(States).Draw(t, "state"),
				By: text.Draw(t, "by"), Note: text.Draw(t, "note"), Reason: rapid.SampledFrom(Reasons).Draw(t, "reason"), Until: "2026-01-31"})
		}
		var b bytes.Buffer
		if err := f.write(&b); err != nil {
			t.Fatal(err)
		}
		g, err := Parse("d.yaml", b.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		if g.Document != f.Document || len(g.Decisions) != len(f.Decisions) {
			t.Fatalf("%+v became %+v by\n%s", f, g, b.String())
		}
		for _, d := range f.Decisions {
			e := g.Find(d.ID)
			if e == nil || e.Title != d.Title || e.Note != d.Note || e.By != d.By || e.State != d.State || e.Until != d.Until {
				t.Fatalf("%+v became %+v by\n%s", d, e, b.String())
			}
		}
	})
}

func TestStanding(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d.Add(23 * time.Hour) }
	finding := &record.Finding{ID: "T-1", Regions: []record.Region{{Quote: "Anyone can\n open it."}, {Quote: "It is kept."}}}
	sum := EvidenceSum([]string{"It is kept.", "Anyone can open it.", "It is kept."})
	for name, c := range map[string]struct {
		d    Decision
		want Standing
		put  bool // aside
	}{
		"accepted":    {Decision{State: threatmodel.StateAccepted}, Standing{Decided: true}, false},
		"edited":      {Decision{State: threatmodel.StateEdited}, Standing{Decided: true}, false},
		"rejected":    {Decision{State: threatmodel.StateRejected, Evidence: sum}, Standing{Decided: true}, true},
		"more needed": {Decision{State: threatmodel.StateNeedsInfo}, Standing{}, false},
		"last day":    {Decision{State: threatmodel.StateAccepted, Reason: RiskAccepted, Until: "2026-01-31"}, Standing{Decided: true}, true},
		"over":        {Decision{State: threatmodel.StateAccepted, Reason: RiskAccepted, Until: "2026-01-30"}, Standing{Expired: true}, false},
		"other text":  {Decision{State: threatmodel.StateRejected, Evidence: EvidenceSum([]string{"It was kept."})}, Standing{Stale: true}, false},
	} {
		c.d.ID = "T-1"
		f := &File{Decisions: []Decision{c.d}}
		got := f.Of(finding, day("2026-01-31"))
		if got.Suppresses() != c.put || got.Decision == nil {
			t.Errorf("%s: put aside: %v", name, got.Suppresses())
		}
		if got.Decision = nil; got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if got := (&File{}).Of(finding, time.Time{}); got != (Standing{}) {
		t.Errorf("nothing decided: %+v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte("whatif_decisions: 1\ndecisions: [{id: T-1, state: accepted, x: {y: [z]}}, 3]\n? [a]\n: b\n"))
	f.Add([]byte("\ufeffwhatif_decisions: 1\r\ndocument: |\r\n  x\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := Parse("d.yaml", raw)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := file.write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := Parse("d.yaml", b.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		var c bytes.Buffer
		if err := again.write(&c); err != nil || c.String() != b.String() {
			t.Fatalf("written as\n%s\nand again as\n%s", b.String(), c.String())
		}
	})
}
