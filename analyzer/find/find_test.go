package find

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// grow makes files below a new folder, from lines: "path", "path=content", "path/" for a folder, "path->target" for a link.
func grow(t testing.TB, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, line := range lines {
		plant(t, dir, line)
	}
	return dir
}

func plant(t testing.TB, dir, line string) {
	t.Helper()
	file, target, isLink := strings.Cut(line, "->")
	name, content, _ := strings.Cut(file, "=")
	full := filepath.Join(dir, filepath.FromSlash(name))
	check(t, os.MkdirAll(filepath.Dir(full), 0o777))
	switch {
	case isLink:
		if err := os.Symlink(target, full); err != nil {
			t.Skipf("SKIPPED, NOT TRIED: this system makes no links: %v", err)
		}
	case strings.HasSuffix(name, "/"):
		check(t, os.MkdirAll(full, 0o777))
	default:
		if content == "" {
			content = "text"
		}
		check(t, os.WriteFile(full, []byte(content), 0o666))
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// strange is a name that the system takes, and some programs do not.
var strange = map[bool]string{true: " new 'line'.md", false: " new\n\"line\".md"}[runtime.GOOS == "windows"]

// markdown takes .md and .html for documents.
func markdown(p string) bool {
	e := strings.ToLower(path.Ext(p))
	return e == ".md" || e == ".html"
}

// walked returns the names that Walk yields, and what it leaves out as "name reason".
func walked(t testing.TB, opt Options, roots ...string) (names, left []string) {
	t.Helper()
	err := Walk(t.Context(), roots, opt, func(f File) error {
		names = append(names, f.Name)
		return nil
	}, func(l Left) {
		if l.Reason == NotADocument {
			l.Name = fmt.Sprintf("%s*%d", l.Detail, l.Files)
		}
		left = append(left, l.Name+" "+string(l.Reason))
	})
	check(t, err)
	return names, left
}

// expect compares two lists.
func expect(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestWalkTakesDocumentsInOrderOfTheirNames(t *testing.T) {
	dir := grow(t, "b.md", "a/x.md", "a.md", "a-b/y.md", "c/d/e/z.HTML", "c/d.md", "pic.png", "c/two.PNG", "main.go", "Makefile", "empty/")
	names, left := walked(t, Options{Document: markdown}, dir)
	expect(t, "names", names, "a-b/y.md", "a.md", "a/x.md", "b.md", "c/d.md", "c/d/e/z.HTML")
	expect(t, "left out", left, "png*2 not_a_document", "*1 not_a_document", "go*1 not_a_document")
	if !slices.IsSorted(names) {
		t.Error("they are not sorted")
	}
}

func TestWalkTellsPathAndSize(t *testing.T) {
	dir := grow(t, "docs/a.md=12345")
	t.Chdir(dir)
	var got []File
	check(t, Walk(t.Context(), []string{"."}, Options{}, func(f File) error { got = append(got, f); return nil }, nil))
	if len(got) != 1 || got[0].Name != "docs/a.md" || got[0].Path != filepath.Join("docs", "a.md") || got[0].Size != 5 {
		t.Errorf("got %+v", got)
	}
}

func TestWalkLeavesOut(t *testing.T) {
	for _, c := range []struct {
		what  string
		files []string
		opt   Options
		names []string
		left  []string
	}{
		{"hidden", []string{".a.md", ".b/c.md", "d.md", ".git/x.md", ".DS_Store"}, Options{},
			[]string{"d.md"}, []string{".a.md hidden", ".b hidden", ".git hidden", "ds_store*1 not_a_document"}},
		{"hidden, wanted", []string{".a.md", ".b/c.md", "d.md", ".git/x.md"}, Options{Hidden: true},
			[]string{".a.md", ".b/c.md", "d.md"}, []string{".git hidden"}},
		{"others' code", []string{"node_modules/a.md", "x/node_modules/b.md", "vendor/c.md", "y/vendor/d.md", "y/go.mod", "venv/pyvenv.cfg", "venv/e.md",
			"env/f.md"}, Options{},
			[]string{"env/f.md", "vendor/c.md"}, []string{"node_modules vendor", "venv vendor", "x/node_modules vendor", "y/vendor vendor", "mod*1 not_a_document"}},
		{"others' code, wanted", []string{"node_modules/a.md"}, Options{Hidden: true}, []string{"node_modules/a.md"}, nil},
		{"reports", []string{"a.threatmodel.md", "b/a.threatmodel.html", "threatmodel.md", "a.threatmodel.old.md", ".threatmodel.md"}, Options{},
			[]string{"a.threatmodel.old.md", "threatmodel.md"},
			[]string{".threatmodel.md hidden", "a.threatmodel.md report", "b/a.threatmodel.html report"}},
		{"the output of a scan", []string{"out/.whatif/journal", "out/index.md", "out/drafts/a.md", "index.md"}, Options{},
			[]string{"index.md"}, []string{"out scan_output"}},
		{"a scan's index beside documents", []string{".whatif/journal", "index.md", "a.md", "b/index.md"}, Options{},
			[]string{"a.md", "b/index.md"}, []string{".whatif hidden", "index.md scan_output"}},
		{"size", []string{"a.md=12345", "b.md=123456", "c.md"}, Options{MaxBytes: 5}, []string{"a.md", "c.md"}, []string{"b.md too_large"}},
		{"include", []string{"a.md", "docs/b.md", "docs/c.html", "x/docs/d.md"}, Options{Include: []string{"docs/**/*.md", "/a.md"}},
			[]string{"a.md", "docs/b.md"}, []string{"docs/c.html excluded", "x/docs/d.md excluded"}},
		{"include a folder", []string{"a.md", "docs/b.md", "x/docs/c/d.md"}, Options{Include: []string{"docs"}},
			[]string{"docs/b.md", "x/docs/c/d.md"}, []string{"a.md excluded"}},
		{"exclude", []string{"a.md", "docs/b.md", "docs/c.html", "old/d/e.md"}, Options{Exclude: []string{"*.html", "old/"}},
			[]string{"a.md", "docs/b.md"}, []string{"docs/c.html excluded", "old excluded"}},
		{"exclude from include", []string{"docs/b.md", "docs/c.md"}, Options{Include: []string{"docs/"}, Exclude: []string{"c.md"}},
			[]string{"docs/b.md"}, []string{"docs/c.md excluded"}},
		{"ignore files", []string{".gitignore=*.html\n/old\n", "a.html", "old/b.md", "x/old/c.md", "x/.whatifignore=!keep.html\n", "x/keep.html", "x/lose.html"},
			Options{}, []string{"x/keep.html", "x/old/c.md"},
			[]string{"a.html ignored", "old ignored", "x/lose.html ignored", "gitignore*1 not_a_document", "whatifignore*1 not_a_document"}},
		{"whatif's own comes after git's", []string{".gitignore=a.md\nb.md\n", ".whatifignore=!a.md\nc.md", "a.md", "b.md", "c.md"}, Options{},
			[]string{"a.md"}, []string{"b.md ignored", "c.md ignored", "gitignore*1 not_a_document", "whatifignore*1 not_a_document"}},
		{"what the help shows", []string{".whatifignore=# not the folder\n/drafts/\nmeeting-notes-*.md\n!/generated/\n", ".gitignore=generated/\n",
			"drafts/a.md", "x/drafts/b.md", "x/meeting-notes-1.md", "generated/c.md", "x/generated/d.md", "only/.whatifignore=*\n!prd-*.md\n", "only/prd-1.md", "only/e.md"},
			Options{}, []string{"generated/c.md", "only/prd-1.md", "x/drafts/b.md"},
			[]string{"drafts ignored", "only/e.md ignored", "x/generated ignored", "x/meeting-notes-1.md ignored", "whatifignore*2 not_a_document",
				"gitignore*1 not_a_document"}},
		{"git's below comes after whatif's above", []string{".whatifignore=a.md\n", "x/.gitignore=!a.md", "x/a.md", "a.md"}, Options{},
			[]string{"x/a.md"}, []string{"a.md ignored", "gitignore*1 not_a_document", "whatifignore*1 not_a_document"}},
		{"a repository within is asked by its own files", []string{".gitignore=a.md\n", ".whatifignore=b.md", "in/.git/info/exclude=c.md\n", "in/a.md", "in/b.md",
			"in/c.md"}, Options{},
			[]string{"in/a.md"}, []string{"in/.git hidden", "in/b.md ignored", "in/c.md ignored", "gitignore*1 not_a_document", "whatifignore*1 not_a_document"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			c.opt.Document = markdown
			names, left := walked(t, c.opt, grow(t, c.files...))
			expect(t, "names", names, c.names...)
			expect(t, "left out", left, c.left...)
		})
	}
}

func TestWalkLeavesOutEmptyFiles(t *testing.T) {
	dir := grow(t, "a.md")
	check(t, os.Truncate(filepath.Join(dir, "a.md"), 0))
	_, left := walked(t, Options{}, dir)
	expect(t, "left out", left, "a.md empty")
}

func TestWalkReadsIgnoreFilesAboveUpToTheRepository(t *testing.T) {
	dir := grow(t, ".gitignore=*.md\n", "repo/.git/info/exclude=e.md", "repo/.gitignore=a.md\ndocs/b.md\n/c.md\n", "repo/docs/.whatifignore=d.md\n",
		"repo/docs/in/a.md", "repo/docs/b.md", "repo/docs/c.md", "repo/docs/d.md", "repo/docs/in/d.md", "repo/docs/e.md")
	names, _ := walked(t, Options{}, filepath.Join(dir, "repo", "docs"))
	expect(t, "names", names, "c.md")
	names, _ = walked(t, Options{}, filepath.Join(dir, "repo", "docs", "in"))
	expect(t, "names", names)
}

func TestWalkEntersWhatIsNamed(t *testing.T) {
	dir := grow(t, ".git/HEAD", ".gitignore=build/\n*.txt\nx.md\n", "build/a.md", "build/x.md", ".hidden/b.md", "node_modules/c.md", "d.txt")
	names, _ := walked(t, Options{}, filepath.Join(dir, "build"))
	expect(t, "an ignored folder", names, "a.md", "x.md")
	names, _ = walked(t, Options{}, filepath.Join(dir, ".hidden"))
	expect(t, "a hidden folder", names, "b.md")
	names, _ = walked(t, Options{}, filepath.Join(dir, "node_modules"))
	expect(t, "a folder of packages", names, "c.md")
	names, _ = walked(t, Options{Document: markdown, Exclude: []string{"*"}}, filepath.Join(dir, "d.txt"))
	expect(t, "a file", names, "d.txt")
}

func TestWalkSkipsTheOutputWhateverItsName(t *testing.T) {
	dir := grow(t, "a.md", "docs/out/b.md", "docs/c.md")
	t.Chdir(dir)
	for _, out := range []string{"docs/out", "./docs/../docs/out/", filepath.Join(dir, "docs", "out")} {
		names, left := walked(t, Options{Skip: []string{out, "not-there"}}, ".")
		expect(t, out, names, "a.md", "docs/c.md")
		expect(t, out, left, "docs/out scan_output")
	}
}

func TestWalkNamesSeveralRootsApart(t *testing.T) {
	dir := grow(t, "p/docs/a.md", "q/docs/a.md", "r/docs/sub/a.md", "r/note.md", "s/note.md", "docs~2/b.md")
	at := func(p string) string { return filepath.Join(dir, filepath.FromSlash(p)) }
	roots := []string{at("q/docs"), at("p/docs"), at("s/note.md"), at("r/docs"), at("r/docs/sub"), at("r/note.md"), at("p/docs"), at("docs~2")}
	names, _ := walked(t, Options{}, roots...)
	want := []string{"docs~2/b.md", "docs~3/a.md", "docs/a.md", "note.md", "note~2.md", "sub/a.md"}
	slices.Sort(want)
	slices.Reverse(roots)
	again, _ := walked(t, Options{}, roots...)
	expect(t, "names", names, want...)
	expect(t, "in another order", again, want...)
}

func TestWalkNamesRoot(t *testing.T) {
	if got := baseName(string(filepath.Separator)); runtime.GOOS != "windows" && got != "root" {
		t.Errorf("got %q", got)
	}
}

func TestWalkCannotLookIn(t *testing.T) {
	dir := grow(t, "file.md", "loop->loop")
	for path, want := range map[string]string{
		filepath.Join(dir, "nothing"):             "nothing: there is no such folder or file",
		filepath.Join(dir, "file.md", "below.md"): "below.md",
		filepath.Join(dir, "loop"):                "loop",
		"":                                        "a folder without a name",
	} {
		yielded := false
		err := Walk(t.Context(), []string{dir, path}, Options{}, func(File) error { yielded = true; return nil }, nil)
		if err == nil || !strings.Contains(err.Error(), want) || yielded {
			t.Errorf("%q: got %v, yielded %v", path, err, yielded)
		}
		if h := (interface{ Hint() string })(nil); !errors.As(err, &h) || h.Hint() == "" {
			t.Errorf("%q: no hint", path)
		}
	}
}

func TestWalkRefusesGlobsThatMatchNothing(t *testing.T) {
	for _, g := range []string{"", "/", "a[", `a\`, "[[:none:]]"} {
		for _, opt := range []Options{{Include: []string{g}}, {Exclude: []string{g}}} {
			if err := Walk(t.Context(), []string{t.TempDir()}, opt, nil, nil); err == nil {
				t.Errorf("%q is taken", g)
			}
		}
	}
}

func TestWalkEndsWithTheErrorOfYield(t *testing.T) {
	enough := errors.New("enough")
	n := 0
	err := Walk(t.Context(), []string{grow(t, "a", "b/c", "d")}, Options{}, func(File) error {
		if n++; n == 2 {
			return enough
		}
		return nil
	}, nil)
	if err != enough || n != 2 {
		t.Errorf("got %v after %d files", err, n)
	}
}

func TestWalkEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := Walk(ctx, []string{grow(t, "a", "b/c", "d")}, Options{}, func(File) error { n++; cancel(); return nil }, nil)
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("got %v after %d files", err, n)
	}
	err = Walk(ctx, []string{grow(t, "a"), filepath.Join(grow(t, "a"), "a")}, Options{}, func(File) error { n++; return nil }, nil)
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("begun after its end: got %v after %d files", err, n)
	}
}

func TestWalkTellsOfFilesThatVanish(t *testing.T) {
	dir := grow(t, "a.md", "b.md", "c/d.md", "e.md")
	var left []string
	err := Walk(t.Context(), []string{dir}, Options{}, func(f File) error {
		if f.Name == "a.md" {
			check(t, os.Remove(filepath.Join(dir, "b.md")))
			check(t, os.RemoveAll(filepath.Join(dir, "c")))
		}
		return nil
	}, func(l Left) { left = append(left, l.Name+" "+string(l.Reason)) })
	check(t, err)
	expect(t, "left out", left, "b.md vanished", "c vanished")
}

func TestWalkStopsInVeryDeepFolders(t *testing.T) {
	dir := grow(t, "a.md")
	top, err := os.OpenRoot(dir)
	check(t, err)
	deep := strings.Repeat("d/", maxDepth+5)
	check(t, top.MkdirAll(filepath.FromSlash(deep), 0o777))
	check(t, top.WriteFile(filepath.FromSlash(deep+"b.md"), []byte("text"), 0o666))
	check(t, top.Close())
	names, left := walked(t, Options{}, dir)
	expect(t, "names", names, "a.md")
	if len(left) != 1 || !strings.HasSuffix(left[0], " too_deep") {
		t.Errorf("left out %q", left)
	}
}

func TestWalkTellsOfIgnoreFilesThatItCannotUse(t *testing.T) {
	dir := grow(t, "a.md", "x/b.md")
	check(t, os.WriteFile(filepath.Join(dir, "x", ".gitignore"), []byte(strings.Repeat("*.md\n", maxIgnoreBytes/5+1)), 0o666))
	names, left := walked(t, Options{Document: markdown}, dir)
	expect(t, "names", names, "a.md", "x/b.md")
	expect(t, "left out", left, "x/.gitignore unreadable", "gitignore*1 not_a_document")

	dir = grow(t, "ignore=*.md", ".whatifignore->ignore", "a.md")
	names, left = walked(t, Options{Document: markdown}, dir)
	expect(t, "names", names, "a.md")
	expect(t, "left out", left, ".whatifignore unreadable", "*1 not_a_document", "whatifignore*1 not_a_document")
}

func TestWalkTellsWhichLineIgnores(t *testing.T) {
	dir := grow(t, "x/.gitignore=\n*.md\n", "x/b.md")
	var detail string
	check(t, Walk(t.Context(), []string{dir}, Options{}, func(File) error { return nil }, func(l Left) { detail = l.Detail }))
	if want := "*.md in " + filepath.Join(dir, "x", ".gitignore"); detail != want {
		t.Errorf("got %q, want %q", detail, want)
	}
}

// BenchmarkWalk walks 100,000 files in one folder, of which each second is a document, and 10,000 in folders of 100.
func BenchmarkWalk(b *testing.B) {
	dir := b.TempDir()
	plant(b, dir, ".gitignore=*.tmp\n/build/\ndocs/**/old-*.md\n!keep.md\n")
	for i := range 100_000 {
		check(b, os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%06d.%s", i, []string{"md", "png"}[i%2])), []byte("x"), 0o666))
	}
	for i := range 100 {
		for j := range 100 {
			plant(b, dir, fmt.Sprintf("docs/d%02d/f%02d.md", i, j))
		}
	}
	for b.Loop() {
		start, first, n := time.Now(), time.Duration(0), 0
		check(b, Walk(b.Context(), []string{dir}, Options{Document: markdown}, func(File) error {
			if n++; n == 1 {
				first = time.Since(start)
			}
			return nil
		}, nil))
		b.ReportMetric(float64(first.Milliseconds()), "ms-to-first")
		if n != 60_000 {
			b.Fatalf("got %d files", n)
		}
	}
}
