package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// An assetExample is a short text with the assets that a reader would list.
type assetExample struct {
	Text string
	Want map[string]string // name: category/sensitivity, either may be empty
	May  []string          // right to find, no miss
}

// TestAssetsOfIndustries holds recall, precision and sensitivity to a floor on short texts of many industries.
func TestAssetsOfIndustries(t *testing.T) {
	files, err := filepath.Glob("testdata/assets/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	var wanted, found, extra, rated, right int
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var examples []assetExample
		if err := yaml.Unmarshal(raw, &examples); err != nil {
			t.Fatal(err)
		}
		for _, ex := range examples {
			set := factsOf(t, "example.md", ex.Text).set
			met := map[string]bool{}
			for _, name := range sortedKeys(ex.Want) {
				wanted++
				a := assetNamed(set, name)
				if a == nil {
					t.Logf("missed %q in %s", name, firstLine(ex.Text))
					continue
				}
				found++
				met[a.Name] = true
				category, sensitivity, _ := strings.Cut(ex.Want[name], "/")
				if sensitivity != "" {
					rated++
					if a.Sensitivity == sensitivity {
						right++
					} else {
						t.Logf("%q is %s, want %s in %s", name, a.Sensitivity, sensitivity, firstLine(ex.Text))
					}
				}
				if category != "" && a.Category != category {
					t.Logf("%q is %s, want %s in %s", name, a.Category, category, firstLine(ex.Text))
				}
			}
			for _, a := range set.Assets {
				if !met[a.Name] && !slices.ContainsFunc(ex.May, func(m string) bool { return nearName(a.Name, m) }) {
					extra++
					t.Logf("extra %q (%s) in %s", a.Name, a.Category, firstLine(ex.Text))
				}
			}
		}
	}
	recall, precision, sense := float64(found)/float64(wanted), float64(found)/float64(found+extra), float64(right)/float64(rated)
	summary := fmt.Sprintf("recall %.2f (%d of %d), precision %.2f (%d extra), sensitivity %.2f", recall, found, wanted, precision, extra, sense)
	t.Log(summary)
	if recall < 0.8 || precision < 0.9 || sense < 0.88 {
		t.Error(summary)
	}
}

// assetNamed returns the asset whose name, or one of whose aliases, has all words of name, or the other way round.
func assetNamed(set *proposal.Set, name string) *proposal.Asset {
	for i := range set.Assets {
		a := &set.Assets[i]
		if slices.ContainsFunc(append([]string{a.Name}, a.Aliases...), func(n string) bool { return nearName(n, name) }) {
			return a
		}
	}
	return nil
}

func nearName(a, b string) bool {
	x, y := reading.Stems(a), reading.Stems(b)
	return subset(x, y) || subset(y, x)
}

func firstLine(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 90 {
		text = text[:90] + "…"
	}
	return strings.ReplaceAll(text, "\n", " / ")
}
