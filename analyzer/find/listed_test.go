package find

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWalkTakesTheListedFiles(t *testing.T) {
	dir := grow(t, "proj/b.md", "proj/a.md", "proj/docs/c.md", "proj/.gitignore=*.md\n", "proj/.h/d.md", "proj/pic.png", "proj/x.threatmodel.md", "proj/big.md=123456789",
		"proj/node_modules/e.md", "proj/"+strange, "other/f.md")
	t.Chdir(filepath.Join(dir, "proj"))
	outside := strings.Trim(filepath.ToSlash(filepath.Join(mustAbs(t, "."), "..", "other", "f.md")), "/")
	lines := []string{"./b.md", "docs/c.md", "a.md", "", "b.md\r", "docs/../a.md", ".h/d.md", "pic.png", "x.threatmodel.md", "big.md", "node_modules/e.md", "gone.md", "docs.md/g.md",
		"../other/f.md", filepath.Join(dir, "proj", "docs", "c.md")}
	opt := Options{Document: markdown, MaxBytes: 8, Files: strings.NewReader(strings.Join(lines, "\n"))}
	names, left := walked(t, opt)
	want := []string{".h/d.md", "a.md", "b.md", "docs/c.md", "node_modules/e.md"}
	if !slices.IsSorted(names) {
		t.Errorf("out of order: %q", names)
	}
	want = append(want, strings.ReplaceAll(outside, ":", ""))
	slices.Sort(want)
	expect(t, "names", names, want...)
	expect(t, "left out", left, "b.md twice", "a.md twice", "docs/c.md twice", "big.md too_large", "docs.md/g.md vanished", "gone.md vanished", "x.threatmodel.md report", "png*1 not_a_document")

	opt = Options{Files: strings.NewReader("a.md\x00" + strange + "\x00a.md\x00"), Exclude: []string{"b*"}}
	if names, _ = walked(t, opt); len(names) != 2 || names[0] != strange {
		t.Errorf("ended by NULs: got %q", names)
	}
	opt = Options{Files: strings.NewReader("docs/c.md\nb.md\n"), Exclude: []string{"b*"}}
	names, left = walked(t, opt, "docs", ".")
	expect(t, "with roots", names, "docs/c.md")
	expect(t, "with roots, left out", left, "proj/b.md excluded")
}

func mustAbs(t *testing.T, path string) string {
	full, err := filepath.Abs(path)
	check(t, err)
	return full
}

func TestWalkTakesNoListedFileOutOfTheTree(t *testing.T) {
	dir := grow(t, "tree/in.md", "tree/a.md->../secret.md", "tree/b->..", "tree/c.md->in.md", "secret.md", "d.md->tree/in.md", "tree/e.md/")
	t.Chdir(dir)
	var files []File
	var left []string
	check(t, Walk(t.Context(), []string{"tree"}, Options{Files: strings.NewReader("tree/a.md\ntree/b/secret.md\ntree/c.md\nd.md\ntree/in.md\ntree/e.md")}, func(f File) error {
		files = append(files, f)
		return nil
	}, func(l Left) { left = append(left, l.Path+" "+string(l.Reason)) }))
	var names []string
	for _, f := range files {
		names = append(names, filepath.ToSlash(f.Path))
		file, err := Open(f)
		check(t, err)
		check(t, file.Close())
	}
	for _, want := range []string{"tree/c.md", "tree/in.md"} {
		if !strings.Contains(strings.Join(names, "\n"), want) {
			t.Errorf("no %s among %q", want, names)
		}
	}
	for _, want := range []string{"tree/a.md link", "tree/b/secret.md link", "tree/e.md special"} {
		if !strings.Contains(strings.Join(left, "\n"), want) {
			t.Errorf("no %q among %q", want, left)
		}
	}
}

func TestWalkCannotReadTheList(t *testing.T) {
	broken := errors.New("broken")
	err := Walk(t.Context(), nil, Options{Files: io.MultiReader(strings.NewReader("a.md\n"), failing{broken})}, nil, nil)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	hinted(t, "not both", Walk(t.Context(), nil, Options{Files: strings.NewReader(""), Since: "main"}, nil, nil))
	ctx, cancel := context.WithCancel(t.Context())
	r, w, err := os.Pipe()
	check(t, err)
	defer r.Close()
	defer w.Close()
	cancel()
	if err := Walk(ctx, nil, Options{Files: r}, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("while nobody writes the list: got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
