package cli

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReportNames(t *testing.T) {
	for _, c := range []struct{ inputs, want string }{
		{"docs/prd.md", "prd"},
		{"a.md b.pdf -", "a b stdin"},
		{"a.md a.txt", "a.md a.txt"},
		{"x/prd.md y/prd.md other.md", "x-prd.md y-prd.md other"},
		{"x/prd.md x/prd.pdf", "prd.md prd.pdf"},
		{"PRD.md prd.md", "PRD.md prd.md-2"},
		{"a.md a.md", "a.md a.md-2"},
		{".md", ".md"},
	} {
		got := reportNames(strings.Fields(c.inputs))
		for i := range got {
			got[i] = strings.TrimSuffix(got[i], ".threatmodel")
		}
		if want := strings.Fields(c.want); !slices.Equal(got, want) {
			t.Errorf("reports of %s are %v, want %v", c.inputs, got, want)
		}
	}
}

// No two reports share a name, on file systems that don't tell case either, and none leaves the directory.
func TestReportNamesDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := rapid.SliceOfN(rapid.StringMatching(`(\.\./|/)?([abA]/){0,3}[abA](-2)?(\.md|\.txt|)`), 1, 8).Draw(t, "inputs")
		seen := map[string]bool{}
		for _, n := range reportNames(inputs) {
			if seen[strings.ToLower(n)] {
				t.Fatalf("%q twice for %q", n, inputs)
			}
			if strings.ContainsAny(n, `/\`) {
				t.Fatalf("%q is a path", n)
			}
			seen[strings.ToLower(n)] = true
		}
	})
}
