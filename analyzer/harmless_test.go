package analyzer_test

import (
	"path/filepath"
	"testing"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// TestHarmless drafts documents in which there is nothing to fear: at most two findings, all of low priority.
func TestHarmless(t *testing.T) {
	paths, err := filepath.Glob("testdata/harmless/*")
	if err != nil || len(paths) < 6 {
		t.Fatalf("%d documents: %v", len(paths), err)
	}
	for _, path := range paths {
		doc, err := document.Open(t.Context(), path, document.Options{})
		if err != nil {
			t.Fatal(err)
		}
		draft, err := analyzer.Analyze(t.Context(), doc, analyzer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(draft.AbuseCases); n > 2 {
			t.Errorf("%s: %d findings", path, n)
		}
		for i := range draft.AbuseCases {
			if c := &draft.AbuseCases[i]; c.Priority != threatmodel.Low {
				t.Errorf("%s: %s priority: %s (%s), from %q", path, c.Priority, c.Title, c.Rule, c.Citations[0].Quote)
			}
		}
	}
}
