package threatmodel

import (
	"regexp"
	"slices"
	"strconv"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	tests := map[string]string{
		"Card Numbers": "card number", "card_number": "card number", "card-number": "card number", "the card number": "card number",
		"gift card number": "gift card number", "The user's e-mail addresses": "email address", "their email_address": "email address",
		"users’ email addresses": "email address", "email address": "email address", "patient's discharge letter": "patient discharge letter",
		"patient discharge letters": "patient discharge letter", "categories": "category", "passes": "pass", "boxes": "box", "status": "status",
		"children": "child", "access": "access", "SMS": "sms", "": "", "the": "the", "All": "all", "user": "user", "Users": "user",
		"user's": "user", "住所": "住所", "Straße": "straße", "IDs": "id", "people's names": "name", "addresses": "address", "analysis": "analysis",
		"keys/tokens": "key token", "  ": "", "invoice": "invoice", "invoices": "invoice", "houses": "house", "caches": "cache", "searches": "search",
	}
	for name, want := range tests {
		if got := Fold(name); got != want {
			t.Errorf("Fold(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestFoldIsSettled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-z]{1,9}[ _'-]?s?){1,5}`)).Draw(t, "name")
		once := Fold(name)
		if utf8.ValidString(name) && !utf8.ValidString(once) {
			t.Fatalf("Fold(%q) is not UTF-8", name)
		}
		if once == "" && regexp.MustCompile(`[a-z]`).MatchString(name) {
			t.Fatalf("Fold(%q) is empty", name)
		}
	})
}

func TestDocumentKey(t *testing.T) {
	same := [][2]string{{"docs/export.md", "/home/x/export.md"}, {"export.md", "Export.docx"}, {"export.md", `C:\prds\export.md`},
		{"export.md", "export-v2.md"}, {"export.md", "export final (3).md"}}
	for _, p := range same {
		if a, b := DocumentKey(p[0], "One"), DocumentKey(p[1], "Two"); a != b {
			t.Errorf("%s and %s: %q, %q", p[0], p[1], a, b)
		}
	}
	if DocumentKey("export.md", "T") == DocumentKey("import.md", "T") {
		t.Error("two files are one document")
	}
	if DocumentKey("README.md", "Export") == DocumentKey("README.md", "Import") || DocumentKey("-", "Export") == DocumentKey("-", "Import") {
		t.Error("a name that says nothing hides the title")
	}
	if DocumentKey("-", "Export v1") != DocumentKey("-", "Export v2") {
		t.Error("a version in the title changes the document")
	}
}

func TestIDs(t *testing.T) {
	a := IDs(AssetID, "export", []string{"card number", "email address"})
	b := IDs(AssetID, "export", []string{"postal address", "email address", "card number"})
	if a[0] != b[2] || a[1] != b[1] {
		t.Errorf("ids hang on the order: %v, %v", a, b)
	}
	if !regexp.MustCompile(`^A-[0-9a-f]{6}$`).MatchString(a[0]) {
		t.Errorf("id %q", a[0])
	}
	if IDs(AbuseID, "export", []string{"x"})[0][1:] == IDs(AssetID, "export", []string{"x"})[0][1:] || IDs(AssetID, "other", []string{"card number"})[0] == a[0] {
		t.Error("kind or document is not part of the id")
	}
	if twice := IDs(StepID, "d", []string{"taps next", "taps next"}); twice[0] == twice[1] || twice[1] != twice[0]+".2" {
		t.Errorf("the same meaning twice: %v", twice)
	}
}

// TestIDsNeverCollide uses so many meanings that first digits do collide.
func TestIDsNeverCollide(t *testing.T) {
	meanings := make([]string, 20000)
	for i := range meanings {
		meanings[i] = strconv.Itoa(i)
	}
	ids := IDs(AssetID, "d", meanings)
	sorted := slices.Sorted(slices.Values(ids))
	if len(slices.Compact(sorted)) != len(meanings) {
		t.Fatal("two meanings have one id")
	}
	if !slices.ContainsFunc(ids, func(id string) bool { return len(id) > 2+idDigits }) {
		t.Fatal("no first digits collided: the test shows nothing")
	}
	slices.Reverse(meanings)
	again := IDs(AssetID, "d", meanings)
	slices.Reverse(again)
	if !slices.Equal(ids, again) {
		t.Fatal("how a collision is settled hangs on the order")
	}
}
