package rules

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// factsOf runs mark and gather on a text.
func factsOf(t testing.TB, name, text string) *facts {
	t.Helper()
	format := document.Markdown
	if strings.HasSuffix(name, ".txt") {
		format = document.Text
	}
	doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: name, Format: format})
	if err != nil {
		t.Fatal(err)
	}
	f := &facts{text: reading.Read(doc), set: newSet()}
	if err := f.mark(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.gather()
	return f
}

func newSet() *proposal.Set { return &proposal.Set{Origin: "rules"} }

// A wanted is what a document's label file says must and must not be found.
type wanted struct {
	Assets          []string
	NotAssets       []string `yaml:"not_assets"`
	Actors          []string
	NotActors       []string `yaml:"not_actors"`
	Dependencies    []string
	NotDependencies []string `yaml:"not_dependencies"`
	Flows           [][3]string
	Safeguards      []string
	Steps           []string
	Withheld        []string
}

// same reports whether a found name is the wanted one: one has all the words of the other, by stem.
func same(found, want string) bool {
	f, w := reading.Stems(found), reading.Stems(want)
	within := func(a, b []string) bool {
		return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
	}
	return within(w, f) || len(f) > 0 && within(f, w)
}

func find(found []string, want string) bool {
	return slices.ContainsFunc(found, func(f string) bool { return same(f, want) })
}

// names are what was found, by kind, aliases left out.
func names(s *proposal.Set) (assets, actors, dependencies, flows, safeguards, steps, withheld []string) {
	for _, a := range s.Assets {
		assets = append(assets, a.Name)
	}
	for _, a := range s.Actors {
		actors = append(actors, a.Name)
	}
	for _, d := range s.Dependencies {
		dependencies = append(dependencies, d.Name)
	}
	for _, f := range s.Flows {
		flows = append(flows, f.Source+" → "+f.Destination+": "+strings.Join(f.Data, ", "))
	}
	for _, p := range s.Safeguards {
		safeguards = append(safeguards, p.Kind+": "+p.Text)
	}
	for _, p := range s.Steps {
		steps = append(steps, p.Actor+": "+p.Text)
	}
	for _, w := range s.Withheld {
		withheld = append(withheld, w.Text)
	}
	return
}

// TestGather holds recall and precision on the labelled documents to a floor, and forbids what must not be found.
func TestGather(t *testing.T) {
	files, err := filepath.Glob("testdata/facts/*.want.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d label files: %v", len(files), err)
	}
	score := map[string][3]int{} // found, wanted, extra
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".want.yaml"), func(t *testing.T) { gatherOne(t, file, score) })
	}
	floors := map[string]float64{"asset": 0.8, "actor": 0.85, "dependency": 0.9, "flow": 0.7, "safeguard": 0.7, "step": 0.7}
	for _, kind := range sortedKeys(score) {
		s := score[kind]
		recall, precision := float64(s[0])/float64(s[1]), float64(s[0])/float64(max(1, s[0]+s[2]))
		f1 := 2 * recall * precision / (recall + precision)
		t.Logf("%-13s recall %.2f (%d of %d), precision %.2f (%d extra), F1 %.2f", kind, recall, s[0], s[1], precision, s[2], f1)
		if f1 < floors[kind] {
			t.Errorf("%s: F1 %.2f, want at least %.2f", kind, f1, floors[kind])
		}
	}
}

func gatherOne(t *testing.T, file string, score map[string][3]int) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var w wanted
	if err := yaml.Unmarshal(raw, &w); err != nil {
		t.Fatal(err)
	}
	docs, _ := filepath.Glob(strings.TrimSuffix(file, ".want.yaml") + ".[mt]*")
	text, err := os.ReadFile(docs[0])
	if err != nil {
		t.Fatal(err)
	}
	f := factsOf(t, docs[0], string(text))
	assets, actors, dependencies, flows, safeguards, steps, withheld := names(f.set)
	compare := func(kind string, found, want, not []string) {
		s := score[kind]
		for _, x := range want {
			s[1]++
			if find(found, x) {
				s[0]++
			} else {
				t.Logf("missed %s %q", kind, x)
			}
		}
		for _, x := range found {
			if !find(want, x) {
				s[2]++
				t.Logf("extra %s %q", kind, x)
			}
		}
		for _, x := range not {
			if slices.ContainsFunc(found, func(f string) bool { return subset(reading.Stems(x), reading.Stems(f)) }) {
				t.Errorf("%s %q must not be found", kind, x)
			}
		}
		score[kind] = s
	}
	compare("asset", assets, w.Assets, w.NotAssets)
	compare("actor", actors, w.Actors, w.NotActors)
	compare("dependency", dependencies, w.Dependencies, w.NotDependencies)
	var want []string
	for _, x := range w.Flows {
		want = append(want, fmt.Sprintf("%s → %s: %s", x[0], x[1], x[2]))
	}
	compare("flow", flows, want, nil)
	compare("safeguard", safeguards, w.Safeguards, nil)
	compare("step", steps, w.Steps, nil)
	compare("withheld", withheld, w.Withheld, nil)
}
