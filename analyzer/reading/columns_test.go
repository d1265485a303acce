package reading

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestForbids(t *testing.T) {
	for _, header := range []string{"May not", "Cannot", "Can't see", "Not allowed", "Does not see", "Staff may not", "Must not", "No access", "Forbidden", "Never"} {
		if !Forbids(header) {
			t.Errorf("%q forbids nothing", header)
		}
	}
	for _, header := range []string{"May", "Can", "Allowed", "No.", "Notes", "Notified by", "Access", "Must not be empty", "Norm", "Nevertheless"} {
		if Forbids(header) {
			t.Errorf("%q forbids", header)
		}
	}
}

func TestRefusedCell(t *testing.T) {
	for _, text := range []string{"✗", "no", "–", "No.", "**no**", "not allowed"} {
		if !RefusedCell(text) {
			t.Errorf("%q is no refusal", text)
		}
	}
	for _, text := range []string{"✓", "yes", "own branch only", "no limit"} {
		if RefusedCell(text) {
			t.Errorf("%q is a refusal", text)
		}
	}
}

// What is not looked at closely forbids nothing.
func TestMayForbid(t *testing.T) {
	words := rapid.SampledFrom([]string{"What ", "may ", "MAY ", "not", "Not ", "can", "can't", "can’t", "mayn't", "don't ", "no ", "No access", "never", "NEVER", "forbidden",
		"prohibiteD ", "denied", "diſallowed", "disallowed", "must ", "shall ", "is ", "for", "visible", "see ", "Role ", " "})
	rapid.Check(t, func(t *rapid.T) {
		header := strings.Join(rapid.SliceOfN(words, 0, 5).Draw(t, "words"), "")
		if forbids.MatchString(strings.TrimSpace(header)) && !mayForbid(header) {
			t.Errorf("%q forbids, and is not looked at", header)
		}
	})
}
