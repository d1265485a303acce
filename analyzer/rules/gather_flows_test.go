package rules

import (
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/reading"
)

// TestFlowsOfSentences reads sentences one by one: what they say of data on its way, and what they do not.
func TestFlowsOfSentences(t *testing.T) {
	raw, err := os.ReadFile("testdata/flows/sentences.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text  string
		Flows string // "source → destination: data", with semicolons between
	}
	if err := yaml.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	const floor = 0.83 // of the flows; none may be found where there is none
	want, hit := 0, 0
	for _, c := range cases {
		_, _, _, found, _, _, _ := names(factsOf(t, "one.md", "# Overview\n\nIntroduction.\n\n"+c.Text+"\n").set)
		if c.Flows == "" && len(found) > 0 {
			t.Errorf("%s\n  found %q, want nothing", c.Text, found)
		}
		for w := range strings.SplitSeq(c.Flows, "; ") {
			if w == "" {
				continue
			}
			want++
			if slices.ContainsFunc(found, func(f string) bool { return sameFlow(f, w) }) {
				hit++
			} else {
				t.Logf("%s\n  missed %q, found %q", c.Text, w, found)
			}
		}
	}
	t.Logf("%d of %d flows", hit, want)
	if float64(hit) < floor*float64(want) {
		t.Errorf("%d of %d flows, want at least %.0f %%", hit, want, 100*floor)
	}
}

// sameFlow reports whether a flow that was found is the wanted one: both ends are the same, and the data is among what moves.
func sameFlow(found, want string) bool {
	split := func(s string) (from, to, data string) {
		from, rest, _ := strings.Cut(s, " → ")
		to, data, _ = strings.Cut(rest, ": ")
		return from, to, data
	}
	ff, ft, fd := split(found)
	wf, wt, wd := split(want)
	return same(ff, wf) && same(ft, wt) && subset(reading.Stems(wd), reading.Stems(fd)) || same(ff, wf) && same(ft, wt) && find(strings.Split(fd, ", "), wd)
}
