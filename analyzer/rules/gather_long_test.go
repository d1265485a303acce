package rules

import (
	"strings"
	"testing"
)

// TestLongSentenceWarns: what is too long to be read for facts is reported, never skipped in silence.
func TestLongSentenceWarns(t *testing.T) {
	f := factsOf(t, "long.md", "# Notes\n\nShort one.\n\n"+strings.Repeat("the patient sends a photo and ", maxWords)+"ends.\n")
	if len(f.set.Warnings) != 1 || f.set.Warnings[0].Code != "long_sentence" || !strings.Contains(f.set.Warnings[0].Message, "line 5") {
		t.Errorf("warnings: %+v", f.set.Warnings)
	}
	if f = factsOf(t, "short.md", "# Notes\n\nThe patient sends a photo.\n"); len(f.set.Warnings) != 0 {
		t.Errorf("warnings of a short text: %+v", f.set.Warnings)
	}
}

// TestListOfNoNames: a list of dependencies that goes on after a bracket with a word that is no name comes to an end.
func TestListOfNoNames(t *testing.T) {
	f := factsOf(t, "list.md", "# Rental\n\n## Dependencies\n\n- Mapworks (tiles), with the routes (bike), of each city (three)\n- on call (us), and by phone (them), in turn\n")
	if len(f.set.Dependencies) == 0 {
		t.Error("the first name of the list is missing")
	}
}
