package review

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whatif/analyzer/threatmodel"
)

const commented = `# Decisions of the shop team.
whatif_decisions: 1
document: export.md
decisions: # by id
# The link.
- id: T-000002
  title: A forwarded link opens for anyone
  state: rejected # see the minutes
  # Why it is so:
  reason: already_handled
  note: |-
    Links are signed.

    # no comment
  votes: 3

# Kept for the audit.
- id: T-000004
  state: accepted
# The end.
`

func update(t *testing.T, text string, change func(*File)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.md"+Ending)
	if text != "" {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Update(path, "export.md", func(f *File) error { change(f); return nil }); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil && text != "" {
		t.Fatal(err)
	}
	return string(raw)
}

// TestUpdateKeeps changes one decision and leaves all other lines as they stand.
func TestUpdateKeeps(t *testing.T) {
	accepted := func(id string) func(*File) {
		return func(f *File) { f.Put(Decision{ID: id, State: threatmodel.StateAccepted, By: "Bo"}) }
	}
	entry := func(id string) string { return "- id: " + id + "\n  state: accepted\n  by: Bo\n" }
	for name, c := range map[string]struct {
		change func(*File)
		want   string
	}{
		"nothing": {func(*File) {}, commented},
		"another state": {func(f *File) { f.Find("T-000002").State, f.Find("T-000002").By = "accepted", "Bo" },
			strings.NewReplacer("rejected #", "accepted #", "  note:", "  by: Bo\n  note:").Replace(commented)},
		"last":       {func(f *File) { f.Find("T-000004").By = "Bo" }, strings.Replace(commented, "  state: accepted\n", "  state: accepted\n  by: Bo\n", 1)},
		"before":     {accepted("T-000001"), strings.Replace(commented, "# The link.", entry("T-000001")+"\n# The link.", 1)},
		"between":    {accepted("T-000003"), strings.Replace(commented, "\n# Kept", "\n"+entry("T-000003")+"\n# Kept", 1)},
		"after":      {accepted("T-000005"), strings.Replace(commented, "# The end", "\n"+entry("T-000005")+"# The end", 1)},
		"taken back": {func(f *File) { f.Remove("T-000004") }, strings.Replace(commented, "\n# Kept for the audit.\n- id: T-000004\n  state: accepted\n", "\n# Kept for the audit.\n", 1)},
		"an answer": {func(f *File) { f.PutAnswer(Answer{ID: "Q-1", Answer: "A year: a\nb"}) },
			commented + "answers:\n- id: Q-1\n  answer: |-\n    A year: a\n    b\n"},
	} {
		if got := update(t, commented, c.change); got != c.want {
			t.Errorf("%s: written as\n%s\nwant\n%s", name, got, c.want)
		}
	}
	empty := "whatif_decisions: 1\n# nothing yet\ndecisions: []\n"
	if got := update(t, empty, accepted("T-000001")); got != "whatif_decisions: 1\n# nothing yet\ndecisions:\n"+entry("T-000001") {
		t.Errorf("an empty list:\n%s", got)
	}
	if got := update(t, "", accepted("T-000001")); got != "whatif_decisions: 1\ndocument: export.md\ndecisions:\n"+entry("T-000001") {
		t.Errorf("no file:\n%s", got)
	}
	odd := "{whatif_decisions: 1, decisions: [{id: T-000001, state: rejected, x: y}]}"
	if got := update(t, odd, accepted("T-000001")); !strings.Contains(got, "- id: T-000001\n  state: accepted\n  by: Bo\n") || !strings.Contains(got, "x: y") {
		t.Errorf("flow style:\n%s", got)
	}
}

// TestUpdateRefuses leaves a file with faults alone.
func TestUpdateRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.md"+Ending)
	broken := "whatif_decisions: 1\ndecisions:\n- id: [\n"
	if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Update(path, "d.md", func(*File) error { t.Error("asked to change it"); return nil })
	if raw, _ := os.ReadFile(path); err == nil || string(raw) != broken {
		t.Errorf("%v, and the file is\n%s", err, raw)
	}
	stop := errors.New("stop")
	if err := os.WriteFile(path, []byte(commented), 0o600); err != nil {
		t.Fatal(err)
	}
	err = Update(path, "d.md", func(f *File) error { f.Remove("T-000002"); return stop })
	if raw, _ := os.ReadFile(path); err != stop || string(raw) != commented {
		t.Errorf("%v, and the file is\n%s", err, raw)
	}
	err = Update(path, "d.md", func(f *File) error { f.Find("T-000002").Note = strings.Repeat("x", maxFile); return nil })
	if raw, _ := os.ReadFile(path); err == nil || string(raw) != commented {
		t.Errorf("too large: %v", err)
	}
}

// TestUpdateAny makes any changes to any file, and reads back what was meant.
func TestUpdateAny(t *testing.T) {
	dir := t.TempDir()
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z:#"'\\{}|>&*!%@ \n\t-]{0,12}`))
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(dir, strings.Repeat("x", n%7)+"d"+Ending)
		os.Remove(path)
		want := map[string]Decision{}
		for range rapid.IntRange(1, 5).Draw(t, "steps") {
			d := Decision{ID: rapid.SampledFrom([]string{"T-1", "T-2", "T-3", "T-4"}).Draw(t, "id"), Title: text.Draw(t, "title"), State: "edited",
				Note: text.Draw(t, "note"), Edit: Edit{Requirement: text.Draw(t, "requirement")}}
			remove := rapid.IntRange(0, 3).Draw(t, "remove") == 0
			err := Update(path, "d", func(f *File) error {
				if remove {
					f.Remove(d.ID)
				} else {
					f.Put(d)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if want[d.ID] = d; remove {
				delete(want, d.ID)
			}
			f, err := Load(path)
			if err != nil || len(want) != 0 && (f == nil || len(f.Decisions) != len(want)) {
				t.Fatalf("%v, %+v, want %+v", err, f, want)
			}
			for id, w := range want {
				if g := f.Find(id); g == nil || g.Title != w.Title || g.Note != w.Note || g.Edit.Requirement != w.Edit.Requirement {
					t.Fatalf("%+v became %+v", w, g)
				}
			}
		}
	})
}
