package scan

import (
	"path"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestDraftName(t *testing.T) {
	for name, want := range map[string]string{
		"a.md":                        "drafts/a.md.threatmodel",
		"teams/pay/Überweisung v2.md": "drafts/teams/pay/Überweisung v2.md.threatmodel",
		"-rf.md":                      "drafts/%2Drf.md.threatmodel",
		".hidden/x.md":                "drafts/%2Ehidden/x.md.threatmodel",
		"../x.md":                     "drafts/%2E%2E/x.md.threatmodel",
		"a\nb.md":                     "drafts/a%0Ab.md.threatmodel",
		"100%.md":                     "drafts/100%25.md.threatmodel",
		`what? "is" <this>.md`:        `drafts/what%3F %22is%22 %3Cthis%3E.md.threatmodel`,
		"con.md":                      "drafts/%con.md.threatmodel",
		"end ./x":                     "drafts/end %2E/x.threatmodel",
		"a\u202eb.md":                 "drafts/a%E2%80%AEb.md.threatmodel",
	} {
		if got := draftName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// Two names have two places, and every place lies in the folder of drafts.
func TestDraftNamesDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.Custom(func(t *rapid.T) string {
			parts := rapid.SliceOfN(rapid.StringMatching(`[a-c%.\- \n]{1,4}|[a-z]{200,300}|.{1,8}`), 1, 6).Draw(t, "parts")
			return strings.TrimPrefix(path.Clean("/x/"+strings.ReplaceAll(strings.Join(parts, "/"), "//", "/x/")), "/")
		})
		a, b := name.Draw(t, "a"), name.Draw(t, "b")
		one, two := draftName(a), draftName(b)
		if (one == two) != (a == b) {
			t.Fatalf("%q and %q go to %q and %q", a, b, one, two)
		}
		if !filepath.IsLocal(filepath.FromSlash(one)) || !strings.HasPrefix(one, "drafts/") || !utf8.ValidString(one) {
			t.Fatalf("%q goes to %q", a, one)
		}
		for part := range strings.SplitSeq(one, "/") {
			if len(part) > 200 {
				t.Fatalf("%q has a part of %d bytes", one, len(part))
			}
		}
	})
}
