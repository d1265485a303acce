package inspect

import (
	"context"
	"path/filepath"
	"testing"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// read parses Markdown.
func read(t testing.TB, source string) *reading.Text {
	t.Helper()
	doc, err := document.Parse(context.Background(), []byte(source), document.Options{Path: "prd.md"})
	if err != nil {
		t.Fatal(err)
	}
	return reading.Read(doc)
}

// TestFixtures looks at every fixture: two of them hide text that is addressed to tools, none holds a secret.
func TestFixtures(t *testing.T) {
	want := map[string][]int{"deskflow-ticket-digest.md": {11, 28, 37, 70}, "loadline-carrier-bidding.pdf": {69}}
	for _, pattern := range []string{"*.md", "*.txt", "*.html", "*.docx", "*.pdf", "test/*.md", "test/*.txt", "fresh/*.md", "fresh/*.txt"} {
		paths, err := filepath.Glob(filepath.Join("../../fixtures", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no fixtures %s: %v", pattern, err)
		}
		for _, path := range paths {
			doc, err := document.Open(context.Background(), path, document.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r := Look(reading.Read(doc))
			for _, s := range r.Secrets {
				t.Errorf("%s: %s in %q", path, s.Kind, doc.Sentence(s.Sentence).Text)
			}
			var got []int
			for _, s := range r.Steering {
				got = append(got, s.Sentence)
				if len(want[filepath.Base(path)]) == 0 {
					t.Errorf("%s: it %s: %q", path, s.Kind, doc.Sentence(s.Sentence).Text)
				}
			}
			if w := want[filepath.Base(path)]; len(w) != len(got) {
				t.Errorf("%s: steering in sentences %v, want %v", path, got, w)
			}
		}
	}
}
