package reading

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whatif/analyzer/document"
)

func TestFind(t *testing.T) {
	tests := []struct {
		text, phrase string
		found        bool
	}{
		{"The user logs in.", "log in", true},
		{"After login the list opens.", "log in", true},
		{"Logins are counted.", "log in", true},
		{"The user logs in with a code.", "login", true},
		{"Sign-in takes a code.", "sign in", true},
		{"Signin takes a code.", "sign in", true},
		{"Sign in takes a code.", "signin", true},
		{"E-mail addresses are shown.", "email address", true},
		{"Users delete their old accounts.", "delete account", true},
		{"Users delete each and every one account.", "delete account", false},
		{"Accounts can be deleted.", "delete account", false},
		{"Links expire after 7 days.", "link expires", true},
		{"Time out after an hour.", "timeout", true},
		{"The back-up is kept.", "backup", true},
		{"Patients’ letters are kept.", "patient letter", true},
		{"People see their children.", "child", true},
		{"A child is seen.", "children", true},
		{"A list.", "", false},
		{"A list.", "!!!", false},
	}
	for _, tt := range tests {
		hits := Read(plainDoc(t, tt.text+" ")).Find(tt.phrase)
		if got := len(hits) > 0; got != tt.found {
			t.Errorf("%q in %q: %v", tt.phrase, tt.text, hits)
		}
		for _, h := range hits {
			if h.Sentence != 1 || h.From < 0 || h.To <= h.From || h.To > len(Words(tt.text)) {
				t.Errorf("%q in %q: %+v", tt.phrase, tt.text, h)
			}
		}
	}
}

func TestFindLeavesHeadingsOut(t *testing.T) {
	text := Read(plainDoc(t, "# Rate limits\n\nRate limits hold.\n\nNo more."))
	if hits := text.Find("rate limit"); len(hits) != 1 || hits[0].Sentence != 2 {
		t.Errorf("%+v", hits)
	}
}

func TestWords(t *testing.T) {
	text := "The patient’s e-mail (user_id 42) isn't Ümlaut—OK."
	var forms []string
	for _, w := range Words(text) {
		forms = append(forms, w.Form)
	}
	want := []string{"the", "patient", "email", "user", "id", "42", "isn't", "ümlaut", "ok"}
	if !slices.Equal(forms, want) {
		t.Errorf("%q", forms)
	}
}

// TestWordsCover checks on any text that words stand where they say, in order, and leave out no letter.
func TestWordsCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		at := 0
		for _, w := range Words(text) {
			if w.Start < at || w.End <= w.Start || w.End > len(text) {
				t.Fatalf("%q: word at %d to %d after %d", text, w.Start, w.End, at)
			}
			if strings.IndexFunc(text[at:w.Start], wordRune) >= 0 {
				t.Fatalf("%q: a letter is in no word", text)
			}
			at = w.End
		}
	})
}

func FuzzStance(f *testing.F) {
	f.Add("We do not store photos, but names.")
	f.Add("No one but admins can't not see it?")
	f.Add("# Non-goals\n\n- not - no | without; unless")
	f.Add("'s ' ' n't e-mail e-")
	f.Fuzz(func(t *testing.T, text string) {
		s := StanceOf(text)
		n := len(Words(text))
		for i := -1; i <= n; i++ {
			if (s.Denies(i) || s.Limits(i)) && (i < 0 || i >= n) {
				t.Fatalf("%q: word %d of %d is denied", text, i, n)
			}
		}
		doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: "a.md", Format: document.Markdown})
		if err != nil {
			return
		}
		read := Read(doc)
		read.Find(text)
		for i := range read.Sentences {
			read.Find(read.Sentences[i].Text)
		}
	})
}

// fixture returns the Markdown fixtures, over and over, up to about size bytes.
func fixture(tb testing.TB, size int) *document.Document {
	tb.Helper()
	paths, err := filepath.Glob("../../fixtures/*.md")
	if err != nil || len(paths) == 0 {
		tb.Skip("no fixtures")
	}
	var all strings.Builder
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			tb.Fatal(err)
		}
		all.Write(data)
		all.WriteString("\n\n")
	}
	text := strings.Repeat(all.String(), size/all.Len()+1)[:size]
	doc, err := document.Parse(context.Background(), []byte(strings.ToValidUTF8(text, "")), document.Options{Path: "a.md", Format: document.Markdown})
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

func BenchmarkRead(b *testing.B) {
	doc := fixture(b, 1<<20)
	b.SetBytes(1 << 20)
	b.ReportAllocs()
	for b.Loop() {
		Read(doc)
	}
}

func BenchmarkFind(b *testing.B) {
	text := Read(fixture(b, 1<<20))
	b.SetBytes(1 << 20)
	for b.Loop() {
		text.Find("link expires")
		text.Find("sign in")
	}
}
