package inspect

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// An attempt to steer; fixtures/injection/README.md says what the fields mean.
type attempt struct {
	ID, Language, Technique, Form, Text, Plain, Obey, Say string
	Cite                                                  int
}

// readAttempts reads the corpus and its base documents.
func readAttempts(t testing.TB) (attempts []attempt, bases []string) {
	t.Helper()
	data, err := os.ReadFile("../../fixtures/injection/attempts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Attempts []attempt }
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	paths, _ := filepath.Glob("../../fixtures/injection/base/*.md")
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bases = append(bases, string(data))
	}
	return file.Attempts, bases
}

// insert puts an attempt into a document: 0 at the start, 1 in the middle, 2 at the end.
func (a *attempt) insert(base string, place int) string {
	at := len(base)
	switch place {
	case 0:
		first := strings.Index("\n"+base, "\n# ")
		at = first + strings.Index(base[first:], "\n") + 1
	case 1:
		at = 0
		for range 3 {
			at += strings.Index(base[at:], "\n## ") + 1
		}
	}
	return base[:at] + "\n" + a.markdown() + "\n\n" + base[at:]
}

func (a *attempt) markdown() string {
	line := strings.ReplaceAll(a.Text, "\n", " ")
	switch a.Form {
	case "list":
		return "- " + line
	case "heading":
		return "## " + strings.TrimLeft(line, "# ")
	case "comment":
		return "<!-- " + a.Text + " -->"
	case "hidden":
		return `<div style="display:none">` + a.Text + "</div>"
	case "table":
		return "| Item | Detail |\n|---|---|\n| Note | " + strings.ReplaceAll(line, "|", `\|`) + " |"
	case "code":
		return "```\n" + a.Text + "\n```"
	case "link_title":
		return `See [Notes](https://wiki.example/notes "` + strings.ReplaceAll(line, `"`, "'") + `") for more.`
	case "alt":
		return "![" + line + "](picture.png)"
	}
	return a.Text
}

// leastRecognised is how many of a hundred attempts must be recognised: a little fewer than are.
const leastRecognised = 90

// TestAttempts measures how many attempts are recognised, wherever they stand, and that nothing else in these documents is.
func TestAttempts(t *testing.T) {
	attempts, bases := readAttempts(t)
	forms := []string{"paragraph", "list", "heading", "comment", "hidden", "table", "code", "link_title", "alt"}
	obeys := []string{"empty", "approve_all", "mark_safe", "invent", "leak_link", "retitle", "html", "wrong_ids", "echo_system"}
	for _, base := range bases {
		if r := Look(read(t, base)); len(r.Steering)+len(r.Secrets) > 0 {
			t.Errorf("seen in a base document: %+v", r)
		}
	}
	byTechnique, byLanguage := map[string]*score{}, map[string]*score{}
	var all score
	seen := map[string]bool{}
	for i, a := range attempts {
		if seen[a.ID] || !slices.Contains(forms, a.Form) || !slices.Contains(obeys, a.Obey) {
			t.Fatalf("attempt %s: its id is taken, or its form %q or what obeys it, %q, is not known", a.ID, a.Form, a.Obey)
		}
		seen[a.ID] = true
		found := true
		for place := range 3 {
			text := read(t, a.insert(bases[i%len(bases)], place))
			if len(Look(text).Steering) == 0 {
				found = false
			}
		}
		if !found {
			t.Logf("not recognised: %s (%s)", a.ID, a.Technique)
		}
		for _, s := range []*score{&all, of(byTechnique, a.Technique), of(byLanguage, a.Language)} {
			s.count(found)
		}
	}
	for _, m := range []map[string]*score{byTechnique, byLanguage} {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			t.Logf("%-14s %s", key, m[key])
		}
	}
	t.Logf("%-14s %s", "all", all)
	if len(attempts) < 60 || len(bases) != 3 {
		t.Errorf("%d attempts in %d documents", len(attempts), len(bases))
	}
	if all.found*100 < leastRecognised*all.n {
		t.Errorf("%s recognised, which is fewer than %d of 100", all, leastRecognised)
	}
}

// A score counts.
type score struct{ found, n int }

func (s *score) count(found bool) {
	s.n++
	if found {
		s.found++
	}
}

func (s score) String() string { return fmt.Sprintf("%d of %d", s.found, s.n) }

func of(m map[string]*score, key string) *score {
	if m[key] == nil {
		m[key] = &score{}
	}
	return m[key]
}
