package llm

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/rules"
)

// reader answers as a model would that finds a fact in every fourth line, so that what is known of one part goes with others.
func reader() *asker {
	return &asker{facts: func(lines []string) any {
		o := things("steps")
		for i, l := range lines {
			words := strings.Fields(strings.Trim(l, "#-* ."))
			if i%4 != 1 || len(words) < 4 {
				continue
			}
			list, item := "assets", object{"s": []int{i + 1}, "name": strings.Join(words[1:4], " "), "sensitivity": "high"}
			if len(words)%2 == 0 {
				list, item = "safeguards", object{"s": []int{i + 1}, "text": strings.Join(words, " ")}
			}
			o[list] = append(o[list].([]object), item)
		}
		return o
	}}
}

// keys returns what a caller's cache would know the requests of a pass by.
func keys(asked []caller.Question) map[string]bool {
	seen := map[string]bool{}
	for _, q := range asked {
		user := q.Request.User
		for _, mark := range q.Volatile {
			user = strings.ReplaceAll(user, mark, "")
		}
		seen[user] = true
	}
	return seen
}

// longDocument is a document of some forty pages: the fixtures, one after the other.
func longDocument(t testing.TB) string {
	t.Helper()
	var text strings.Builder
	for _, pattern := range []string{"../../fixtures/*.md", "../../fixtures/test/*.md", "../../fixtures/fresh/*.md"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if filepath.Base(file) == "README.md" {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text.Write(data)
			text.WriteString("\n\n")
		}
	}
	return text.String()[:90_000] // some 2,250 characters a page
}

// TestEdit counts what is asked again after one sentence of a long document was edited: seldom more than one request for facts, and
// requests for dangers only where what was read there is known.
func TestEdit(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a long document many times")
	}
	long := longDocument(t)
	lines := strings.Split(long, "\n")
	before := reader()
	propose(t, long, Options{Asker: before, Rules: &rules.Engine{}})
	facts, again, what := keys(before.of(passFacts)), keys(before.of(passAgain)), keys(before.of(passWhatIf))
	often, tries := map[int]int{}, 0
	mostFacts, sumWhat := 0, 0
	for i := 40; i < len(lines); i += len(lines) / 6 {
		at := i
		for at < len(lines) && (!strings.Contains(lines[at], ". ") || strings.HasPrefix(lines[at], "#")) { // a heading stands above others
			at++
		}
		if at == len(lines) {
			break
		}
		edited := append([]string{}, lines...)
		edited[at] = strings.Replace(edited[at], ". ", ", as agreed on Tuesday. ", 1)
		after := reader()
		propose(t, strings.Join(edited, "\n"), Options{Asker: after, Rules: &rules.Engine{}})
		newFacts, newWhat := fresh(after.of(passFacts), facts), fresh(after.of(passWhatIf), what)
		mostFacts, sumWhat, tries = max(mostFacts, newFacts), sumWhat+newWhat, tries+1
		often[newFacts]++
		if newAgain := fresh(after.of(passAgain), again); newAgain > 2 {
			t.Errorf("line %d: %d second looks are asked for again", at+1, newAgain)
		}
	}
	t.Logf("%d parts; %d edits; requests for facts asked again, and how often: %v; for dangers on average: %.1f", len(facts), tries, often, float64(sumWhat)/float64(tries))
	if mostFacts == 0 || mostFacts > 2 {
		t.Errorf("an edit asks for the facts of %d parts again, want 1 or 2", mostFacts)
	}
	if mean := float64(sumWhat) / float64(tries); mean > float64(len(what))/4 {
		t.Errorf("an edit asks %.1f of %d requests for dangers again", mean, len(what))
	}
	if fmt.Sprint(facts) == fmt.Sprint(what) {
		t.Error("the passes ask the same")
	}
}

// fresh counts the requests that a cache does not know.
func fresh(asked []caller.Question, known map[string]bool) int {
	n := 0
	for key := range keys(asked) {
		if !known[key] {
			n++
		}
	}
	return n
}
