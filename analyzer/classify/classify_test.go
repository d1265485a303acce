package classify

import (
	"context"
	"math"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"whatif/analyzer/document"
)

// A sample is a document of testdata with the kind that people gave it.
type sample struct {
	name string // KIND/path
	kind string
	doc  *document.Document
}

// wrong are the samples that are known to be misjudged. One that comes right is to be taken out.
var wrong = []string{
	"prd/kids-bank-notes.md",
	"prd/memo-transcript.txt",
	"other/course/syllabus.md",
	"roadmap/q2.md",
	"prd/allotment-water.md",
	"prd/table-roles.md",
	"policy/travel-expenses.md",
}

func builtinBook(t testing.TB) *Book {
	t.Helper()
	book, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func parse(t testing.TB, path, text string) *document.Document {
	t.Helper()
	doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: path})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return doc
}

// samples reads a file of testdata. What a document is called there after its kind is its path.
func samples(t testing.TB, file string) []sample {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []sample
	for _, f := range archive.Files {
		kind, path, _ := strings.Cut(f.Name, "/")
		all = append(all, sample{f.Name, kind, parse(t, path, string(f.Data))})
	}
	return all
}

var sampleFiles = []string{"dev.txtar", "held.txtar", "fresh.txtar", "again.txtar"}

func TestSamples(t *testing.T) {
	book := builtinBook(t)
	for _, file := range sampleFiles {
		right, others := 0, 0
		for _, s := range samples(t, file) {
			v := Judge(s.doc, book)
			isPRD := v.Likeness >= Threshold
			if bad := isPRD != (s.kind == PRD); bad != slices.Contains(wrong, s.name) {
				t.Errorf("%s: %s is at %.2f: %s", file, s.name, v.Likeness, v.Why)
			}
			if isPRD != (v.Kind == PRD) {
				t.Errorf("%s: %s is at %.2f and of kind %s", file, s.name, v.Likeness, v.Kind)
			}
			if s.kind != PRD && s.kind != "other" {
				others++
				if s.kind == v.Kind {
					right++
				}
			}
		}
		if right*2 < others {
			t.Errorf("%s: the kind of %d of %d others is right, want half", file, right, others)
		}
		t.Logf("%s: the kind of %d of %d others is right", file, right, others)
	}
}

// TestFixtures holds that none of the repository's requirements documents is left out.
func TestFixtures(t *testing.T) {
	book := builtinBook(t)
	for _, pattern := range []string{"*.md", "*.txt", "*.html", "*.docx", "dev/*.*", "test/*.*", "fresh/*.*", "injection/base/*.md"} {
		for _, file := range fixtures(t, pattern) {
			doc, err := document.Open(context.Background(), file, document.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if v := Judge(doc, book); v.Likeness < 0.7 {
				t.Errorf("%s is at %.2f: %s", path.Base(file), v.Likeness, v.Why)
			}
		}
	}
}

// TestOwnDocs holds that what the repository says about itself is no PRD.
func TestOwnDocs(t *testing.T) {
	book := builtinBook(t)
	for file, want := range map[string][]string{"../../LICENSE": {"licence", "legal"}, "../../CONTRIBUTING.md": {"guide"}, "../../README.md": {"readme"}} {
		doc, err := document.Open(context.Background(), file, document.Options{Format: document.Markdown})
		if err != nil {
			t.Fatal(err)
		}
		if v := Judge(doc, book); v.Likeness >= Threshold || !slices.Contains(want, v.Kind) {
			t.Errorf("%s is at %.2f, want one of %v: %s", file, v.Likeness, want, v.Why)
		}
	}
}

func TestJudge(t *testing.T) {
	book := builtinBook(t)
	const prd = "# Gift cards\n\nA customer can buy a card and send it to a friend by e-mail. The friend opens the link and sees the amount.\n"
	const changes = "# Changelog\n\n## [1.2.0] - 2026-01-02\n\n- Fixed a crash\n- Added a flag\n\n## [1.1.0] - 2025-12-01\n\n- Fixed another\n"
	for _, test := range []struct {
		name, path, text string
		kind             string
		why              string
	}{
		{"a README that holds a PRD", "gift/README.md", prd, PRD, "reads like a requirements document: "},
		{"a changelog by content", "docs/notes.md", changes, "changelog", "reads like a changelog: "},
		{"a PRD named as a licence", "LICENSE.md", prd, PRD, ""},
		{"a changelog in a folder of PRDs", "prds/epics/feature.md", changes, "changelog", ""},
		{"nothing in particular", "x.txt", "Apples and pears.\n", Other, "does not read like a requirements document"},
		{"only a heading", "x.md", "# Gift cards\n", Other, ""},
		{"a PRD in Japanese", "x.md", "# 会員証\n\n利用者はアプリで会員証を表示できる。店員は会員証を読み取り、氏名を確認する。管理者は履歴を見ることができる。\n", PRD, ""},
		{"a text in a language that is not read", "x.txt", "A vásárló a kártyát a telefonjával is megvásárolhatja, és elküldheti egy barátjának. " +
			"A barát megnyitja a hivatkozást és látja az összeget, amelyet három éven belül kell felhasználnia a boltban.\n", PRD, "a language that the book has no words of"},
	} {
		v := Judge(parse(t, test.path, test.text), book)
		if v.Kind != test.kind || !strings.Contains(v.Why, test.why) {
			t.Errorf("%s: %.2f %s, want %s: %s", test.name, v.Likeness, v.Kind, test.kind, v.Why)
		}
		if strings.ContainsAny(v.Why, "\n\r") {
			t.Errorf("%s: why has several lines: %q", test.name, v.Why)
		}
	}
}

func TestFeatures(t *testing.T) {
	v := Judge(parse(t, "x.md", "# Lending\n\nBooks.\n\nA member can borrow a book.\n\n\nA member may return it.\n"), builtinBook(t))
	i := slices.IndexFunc(v.Features, func(f Feature) bool { return f.Name == "user_may" })
	if i < 0 {
		t.Fatalf("no feature user_may in %v", v.Features)
	}
	f := v.Features[i]
	if f.Line != 5 || f.Count != 2 || f.Weight <= 0 || f.String() != "sentences in which somebody may or must do something (2)" {
		t.Errorf("user_may is %+v (%s), want 2, the first on line 5", f, f)
	}
	if !slices.IsSortedFunc(v.Features, stronger) {
		t.Errorf("the strongest feature is not first: %v", v.Features)
	}
}

// TestNeutral holds that a sentence that says nothing of note hardly moves the verdict of a document of some length.
func TestNeutral(t *testing.T) {
	book := builtinBook(t)
	all := samples(t, "dev.txtar")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(all).Draw(t, "sample")
		if len(s.doc.Sentences) < 8 {
			return
		}
		before := Judge(s.doc, book).Likeness
		sentence := rapid.SampledFrom([]string{"The weather in Graz is mild.", "Blue and green go together.", "Trees stand around the lake."}).Draw(t, "sentence")
		doc, err := document.Parse(context.Background(), []byte(s.doc.Source+"\n\n"+sentence+"\n"), document.Options{Path: s.doc.Path, Format: s.doc.Format})
		if err != nil {
			t.Fatal(err)
		}
		if after := Judge(doc, book).Likeness; math.Abs(after-before) > 0.1 {
			t.Errorf("%s goes from %.2f to %.2f", s.name, before, after)
		}
	})
}

func TestDeterministic(t *testing.T) {
	data, err := bookData()
	if err != nil {
		t.Fatal(err)
	}
	book := builtinBook(t)
	for _, s := range samples(t, "held.txtar") {
		again, err := Parse(file, data)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := Judge(s.doc, book), Judge(s.doc, again); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: two books of one file judge differently:\n%+v\n%+v", s.name, a, b)
		}
		if s.name > "meeting" {
			break
		}
	}
}

func FuzzJudge(f *testing.F) {
	book := builtinBook(f)
	for _, file := range sampleFiles {
		for _, s := range samples(f, file) {
			f.Add(s.doc.Path, s.doc.Source)
		}
	}
	f.Add("", "v1.2 \x00\xff 2026-01-02T10:00 [name] ____ FR-1 用户 ()")
	f.Fuzz(func(t *testing.T, path, text string) {
		doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: path, Format: document.Markdown})
		if err != nil {
			return
		}
		v := Judge(doc, book)
		if !(v.Likeness >= 0 && v.Likeness <= 1) {
			t.Errorf("the likeness is %v", v.Likeness)
		}
		if !slices.Contains(book.Kinds(), v.Kind) {
			t.Errorf("the kind is %q", v.Kind)
		}
		for _, feature := range v.Features {
			if feature.Line < 0 || feature.Line > doc.Lines() || math.IsNaN(feature.Weight) {
				t.Errorf("a feature is %+v in a document of %d lines", feature, doc.Lines())
			}
		}
	})
}
