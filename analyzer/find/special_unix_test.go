//go:build unix

package find

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestWalkLeavesOutWhatIsNoFile(t *testing.T) {
	dir := grow(t, "a.md")
	check(t, syscall.Mkfifo(filepath.Join(dir, "pipe.md"), 0o666))
	names, left := walked(t, Options{Document: markdown}, dir)
	expect(t, "names", names, "a.md")
	expect(t, "left out", left, "pipe.md special")
	if f, err := Open(File{Path: filepath.Join(dir, "pipe.md")}); err == nil {
		f.Close()
		t.Error("the pipe is opened")
	}
	err := Walk(t.Context(), []string{filepath.Join(dir, "pipe.md")}, Options{}, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "pipe.md is neither a folder nor a file") {
		t.Errorf("got %v", err)
	}
}

func TestWalkTakesAnyName(t *testing.T) {
	long := strings.Repeat("x", 252) + ".md"
	odd := []string{"new\nline.md", `"quoted".md`, "'q'.md", "-rf.md", "\x01\x1b[31m.md", " space .md", "*.md", "a\\b.md", "ünï.md", "u\u0308.md", "\u202egnp.md",
		"README.md", "readme.md", "\xff.md", `\xff.md`, "\xfe\xff/\xff.md", long, "~2.md", "con.md", "a:b.md"}
	dir := t.TempDir()
	made := 0
	for _, name := range odd {
		full := filepath.Join(dir, name)
		check(t, os.MkdirAll(filepath.Dir(full), 0o777))
		if f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666); err != nil {
			t.Logf("SKIPPED, NOT TRIED: this file system does not take %q: %v", name, err)
			continue
		} else {
			f.WriteString(name)
			f.Close()
			made++
		}
	}
	seen := map[string]bool{}
	check(t, Walk(t.Context(), []string{dir}, Options{}, func(f File) error {
		if seen[f.Name] || strings.ToValidUTF8(f.Name, "") != f.Name {
			t.Errorf("%q comes twice, or is no UTF-8", f.Name)
		}
		seen[f.Name] = true
		file, err := Open(f)
		check(t, err)
		defer file.Close()
		data := make([]byte, 300)
		n, err := file.Read(data)
		check(t, err)
		if full := filepath.Join(dir, string(data[:n])); full != f.Path {
			t.Errorf("%q has the path %q and is %q", f.Name, f.Path, full)
		}
		return nil
	}, nil))
	if len(seen) != made || made < 10 {
		t.Errorf("got %d names of %d", len(seen), made)
	}
	if made == len(odd) {
		for _, name := range []string{`\xff.md`, `\xff~2.md`, `\xfe\xff/\xff.md`, "README.md", "readme.md", "new\nline.md"} {
			if !seen[name] {
				t.Errorf("no %q among %v", name, seen)
			}
		}
	}
}

func TestWalkTellsOfFoldersThatItMayNotRead(t *testing.T) {
	dir := grow(t, "a.md", "b/c.md", "d.md")
	check(t, os.Chmod(filepath.Join(dir, "b"), 0))
	defer os.Chmod(filepath.Join(dir, "b"), 0o777)
	asNobody(t, dir, func() {
		names, left := walked(t, Options{}, dir)
		expect(t, "names", names, "a.md", "d.md")
		expect(t, "left out", left, "b unreadable")
		err := Walk(t.Context(), []string{filepath.Join(dir, "b")}, Options{}, nil, nil)
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "b")) {
			t.Errorf("as a root: got %v", err)
		}
		err = Walk(t.Context(), []string{filepath.Join(dir, "b", "c.md")}, Options{}, nil, nil)
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "b", "c.md")) {
			t.Errorf("a file in it as a root: got %v", err)
		}
	})
}
