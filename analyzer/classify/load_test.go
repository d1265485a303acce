package classify

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"whatif/prompts"
)

func bookData() ([]byte, error) { return fs.ReadFile(prompts.FS, file) }

// fixtures returns the repository's documents that match a pattern, labels left out.
func fixtures(t testing.TB, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob("../../fixtures/" + pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("no fixtures match %s: %v", pattern, err)
	}
	var docs []string
	for _, f := range found {
		if !strings.HasSuffix(f, ".yaml") && filepath.Base(f) != "README.md" {
			docs = append(docs, f)
		}
	}
	return docs
}

const smallBook = `base: 0
smooth: 1
kinds:
  - {name: prd, says: a PRD}
  - {name: song, says: a song}
words:
  people: [user, "custom*"]
features:
  - name: people
    about: people
    in: [text]
    all: [people]
    full: 1
    says: {prd: 2}
`

func TestParse(t *testing.T) {
	if _, err := Parse("book.yaml", []byte(smallBook)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"empty", smallBook, "", "book.yaml:1: the file is empty"},
		{"no YAML", "base: 0", "base: [", "book.yaml:2: "},
		{"an unknown field", "    full: 1", "    fall: 1", "book.yaml:13: field fall not found"},
		{"a number that is none", "base: 0", "base: much", "book.yaml:1: cannot unmarshal"},
		{"an unknown group", "all: [people]", "all: [folks]", `book.yaml:12: all: "folks" is none of people`},
		{"an unknown scope", "in: [text]", "in: [margin]", `book.yaml:11: in: "margin" is none of begin, `},
		{"an unknown kind", "{prd: 2}", "{poem: 2}", `book.yaml:14: "poem" is none of the kinds`},
		{"an unknown neighbour", "    full: 1", "    beside: [x]\n    full: 1", `book.yaml:13: beside: "x" is none of people`},
		{"no share", "    full: 1\n", "", `book.yaml:9: the feature "people" needs full`},
		{"a share above 1", "full: 1", "full: 7", `book.yaml:9: the feature "people" needs full`},
		{"a phrase without words", "[user,", "[user, '!',", `book.yaml:7: "!" is no phrase`},
		{"a short prefix", "custom*", "cu*", `book.yaml:7: "cu*" is no phrase`},
		{"an empty group", `[user, "custom*"]`, "[]", `book.yaml:7: the group "people" has no words`},
		{"another first kind", "name: prd", "name: pdr", `book.yaml:4: the first kind must be "prd"`},
		{"nothing about it", "    about: people\n", "", "book.yaml:9: a feature needs a name, and about"},
		{"no features", smallBook[strings.Index(smallBook, "features:"):], "", "it has no features"},
		{"no smoothing", "smooth: 1", "smooth: 0", "book.yaml:2: smooth must be 1 or more"},
	} {
		text := strings.Replace(smallBook, test.old, test.new, 1)
		if text == smallBook {
			t.Fatalf("%s: the book is as before", test.name)
		}
		_, err := Parse("book.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: the error is %v, want %s", test.name, err, test.want)
		}
	}
}

// TestAllFaults holds that all faults are told at once, in order.
func TestAllFaults(t *testing.T) {
	text := strings.NewReplacer("all: [people]", "all: [folks]", "smooth: 1", "smooth: 0").Replace(smallBook)
	_, err := Parse("b.yaml", []byte(text))
	if err == nil || !strings.HasPrefix(err.Error(), "b.yaml:2: ") || !strings.Contains(err.Error(), "\nb.yaml:12: ") {
		t.Errorf("the error is %v, want one of line 2 and one of line 12", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(smallBook))
	f.Add([]byte("words: {a: [b]}\nfeatures: [{all: [a], in: [text], says: {prd: 1}}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := Parse("b.yaml", data)
		if err == nil {
			Judge(parse(t, "x.md", "# A user\n\nA user can see it.\n"), book)
		} else if !strings.HasPrefix(err.Error(), "b.yaml:") {
			t.Errorf("the error names no place: %v", err)
		}
	})
}
