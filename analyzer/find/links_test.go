package find

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWalkFollowsLinks(t *testing.T) {
	for _, c := range []struct {
		what  string
		files []string
		names []string
		left  []string
	}{
		{"not to what is taken by its own name", []string{"a.md->z.md", "z.md", "b->c", "c/x.md"},
			[]string{"c/x.md", "z.md"}, []string{"a.md link", "b link"}},
		{"to what is hidden", []string{"a.md->.h/a.md", "cur->.v/3", ".h/a.md", ".v/3/b.md", ".v/3/c/d.md"},
			[]string{"a.md", "cur/b.md", "cur/c/d.md"}, []string{".h hidden", ".v hidden"}},
		{"to what is ignored", []string{".whatifignore=/x/\n", "a.md->x/a.md", "x/a.md", "x/b.md"},
			[]string{"a.md"}, []string{"x ignored", "whatifignore*1 not_a_document"}},
		{"once", []string{"a.md->.h/a.md", "b.md->.h/a.md", "c->.h", ".h/a.md", ".h/b.md"},
			[]string{"a.md", "c/b.md"}, []string{".h hidden", "b.md link", "c/a.md link"}},
		{"not into a folder that is taken", []string{"a->.h", "b.md->.h/x/y.md", ".h/x/y.md"},
			[]string{"a/x/y.md"}, []string{".h hidden", "b.md link"}},
		{"not in circles", []string{"a->.", "b/c->..", "d->d", "e->f", "f->e", "b/g.md", ".h/up->../.h", ".h/k.md", "l->.h"},
			[]string{"b/g.md", "l/k.md"}, []string{".h hidden", "a link", "b/c link", "d link", "e link", "f link", "l/up link"}},
		{"up in what is hidden, once", []string{".h/b/up->..", ".h/b/k.md", ".h/m.md", "l->.h/b"},
			[]string{"l/k.md", "l/up/m.md"}, []string{".h hidden", "l/up/b link"}},
		{"not out", []string{"a.md->../out.md", "b.md->/etc/hostname", "c->/etc", "d.md->gone.md", "e.md->x/../../y.md",
			"f->gone", "g.png->gone", "h.png->../h.png"},
			nil, []string{"a.md link", "b.md link", "c link", "d.md link", "e.md link", "f link", "png*2 not_a_document"}},
		{"not to output or the repository", []string{"a.md->out/a.md", "out/.whatif/journal", "out/a.md", "b.md->.git/b.md", ".git/b.md", "c->.git", "d->out/x",
			"out/x/d.md"}, nil, []string{".git hidden", "a.md link", "b.md link", "c link", "d link", "out scan_output"}},
		{"not to reports", []string{"a.md->.h/b.threatmodel.md", ".h/b.threatmodel.md"}, nil, []string{".h hidden", "a.md report"}},
		{"not to packages", []string{"node_modules->.h", ".h/a.md"}, nil, []string{".h hidden", "node_modules vendor"}},
		{"by their own names", []string{".x.md->.h/a.md", "y.threatmodel.md->.h/a.md", ".h/a.md", "z.png->.h/a.md"}, nil,
			[]string{".h hidden", ".x.md hidden", "y.threatmodel.md report", "png*1 not_a_document"}},
		{"in order", []string{"a->.h", "a.md", "a-b.md", ".h/x.md"}, []string{"a-b.md", "a.md", "a/x.md"}, []string{".h hidden"}},
		{"through links", []string{"a->b", "b->.h", ".h/x.md"}, []string{"a/x.md"}, []string{".h hidden", "b link"}},
		{"ignored like files", []string{".gitignore=a/\nb\n", "a->.h", "b->.g", ".h/x.md", ".g/y.md"},
			[]string{"a/x.md"}, []string{".g hidden", ".h hidden", "b ignored", "gitignore*1 not_a_document"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			names, left := walked(t, Options{Document: markdown}, grow(t, c.files...))
			expect(t, "names", names, c.names...)
			slices.Sort(left)
			slices.Sort(c.left)
			expect(t, "left out", left, c.left...)
		})
	}
}

func TestWalkFollowsALinkThatIsNamed(t *testing.T) {
	dir := grow(t, "docs->real", "real/a.md", "real/b.md", "one.md->real/b.md")
	for path, want := range map[string][]string{"docs": {"a.md", "b.md"}, "one.md": {"one.md"}} {
		var files []File
		check(t, Walk(t.Context(), []string{filepath.Join(dir, path)}, Options{}, func(f File) error { files = append(files, f); return nil }, nil))
		var names []string
		for _, f := range files {
			names = append(names, f.Name)
			file, err := Open(f)
			check(t, err)
			check(t, file.Close())
		}
		expect(t, path, names, want...)
	}
}

func TestOpen(t *testing.T) {
	dir := grow(t, "tree/a.md=first", "tree/l.md->.h/b.md", "tree/.h/b.md=second", "out/secret.md=secret", "tree/d/c.md=third")
	found := map[string]File{}
	tree := filepath.Join(dir, "tree")
	check(t, Walk(t.Context(), []string{tree}, Options{}, func(f File) error { found[f.Name] = f; return nil }, nil))
	for name, want := range map[string]string{"a.md": "first", "l.md": "second", "d/c.md": "third"} {
		f, err := Open(found[name])
		check(t, err)
		data, err := io.ReadAll(f)
		check(t, err)
		check(t, f.Close())
		if string(data) != want {
			t.Errorf("%s: got %q", name, data)
		}
	}
	if f, err := Open(File{Path: filepath.Join(tree, "a.md")}); err != nil {
		t.Errorf("a file that Walk did not find: %v", err)
	} else {
		check(t, f.Close())
	}
	for what, change := range map[string]func() string{
		"a link out": func() string { plant(t, tree, "x.md->../out/secret.md"); return "x.md" },
		"a link in":  func() string { plant(t, tree, "y.md->a.md"); return "y.md" },
		"a folder":   func() string { plant(t, tree, "z.md/"); return "z.md" },
		"nothing":    func() string { return "nothing.md" },
		"a folder made a link out": func() string {
			check(t, os.RemoveAll(filepath.Join(tree, "d")))
			plant(t, tree, "d->../out")
			return "d/secret.md"
		},
	} {
		name := change()
		f, err := Open(File{Name: name, Path: filepath.Join(tree, name), tree: tree, real: name})
		if err == nil {
			f.Close()
			t.Errorf("%s is opened", what)
		} else if !strings.Contains(err.Error(), filepath.Base(name)) {
			t.Errorf("%s: the error does not name it: %v", what, err)
		}
	}
}

// Whatever links there are: the walk ends, takes each file once, none from outside, in order, and the same ones again.
func TestWalkHoldsItsPromisesForAnyLinks(t *testing.T) {
	grow(t, "x->y") // skips where there are no links
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "find")
		check(t, err)
		defer os.RemoveAll(dir)
		dir, err = filepath.EvalSymlinks(dir)
		check(t, err)
		tree := filepath.Join(dir, "tree")
		plant(t, dir, "tree/")
		plant(t, dir, "outside/o.md")
		part := rapid.SampledFrom([]string{"a", "b", ".h", "c.md", ".d.md", "e"})
		path := rapid.Map(rapid.SliceOfN(part, 1, 3), func(p []string) string { return strings.Join(p, "/") })
		target := rapid.OneOf(path, rapid.SampledFrom([]string{".", "..", "../..", "../.h", "../../outside", "../outside", "../outside/o.md", tree, dir}))
		for range rapid.IntRange(1, 12).Draw(rt, "things") {
			full := filepath.Join(tree, path.Draw(rt, "path"))
			os.MkdirAll(filepath.Dir(full), 0o777) // what can't be made, because something else is there, is not made
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				os.WriteFile(full, []byte(full), 0o666)
			case 1, 2:
				os.Symlink(target.Draw(rt, "target"), full)
			case 3:
				os.Mkdir(full, 0o777)
			}
		}
		names, _ := walked(t, Options{}, tree)
		again, _ := walked(t, Options{}, tree)
		if !slices.Equal(names, again) || !slices.IsSorted(names) {
			rt.Fatalf("out of order, or not the same again: %q, %q", names, again)
		}
		real := map[string]string{}
		for _, name := range names {
			r, err := filepath.EvalSymlinks(filepath.Join(tree, name))
			check(t, err)
			if !strings.HasPrefix(r, tree+string(filepath.Separator)) {
				rt.Fatalf("%s is %s, outside", name, r)
			}
			if real[r] != "" {
				rt.Fatalf("%s is taken twice: %s and %s", r, real[r], name)
			}
			real[r] = name
		}
	})
}
