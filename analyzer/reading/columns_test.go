package reading

import "testing"

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
