package diff

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRevisions reads files of two commits, with names that look like something else, in a repository whose settings name programs.
func TestRevisions(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir, home := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.org"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	run("init", "-q", "-b", "main")
	long := strings.Repeat("A line that stays as it is.\n", 20)
	write("docs/--output=x.md", "one")
	write("docs/old name.md", long)
	write("docs/gone.md", "away")
	write("same.md", "same")
	run("add", "-A")
	run("commit", "-qm", "one")
	write("docs/--output=x.md", "two")
	write("docs/new.md", "new")
	run("mv", "docs/old name.md", "docs/names.md")
	run("rm", "-q", "docs/gone.md")
	run("add", "-A")
	run("commit", "-qm", "two")
	trap := filepath.Join(home, "trapped")
	write(".gitattributes", "*.md diff=evil\n")
	for _, key := range []string{"core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager", "core.sshCommand"} {
		run("config", key, "touch "+trap+"; false")
	}
	ctx := context.Background()
	r, err := NewRevisions(ctx, dir, "HEAD~1..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Files(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []File{{"docs/--output=x.md", "docs/--output=x.md"}, {"docs/gone.md", ""}, {"docs/old name.md", "docs/names.md"}, {"", "docs/new.md"}}
	if len(files) != len(want) {
		t.Fatalf("%+v", files)
	}
	for _, w := range want {
		found := false
		for _, f := range files {
			found = found || f == w
		}
		if !found {
			t.Errorf("%+v is not among %+v", w, files)
		}
	}
	if files, err := r.Files(ctx, []string{"docs/--output=x.md"}); err != nil || len(files) != 1 {
		t.Errorf("one file by name: %+v %v", files, err)
	}
	if files, err := r.Files(ctx, []string{"docs/*"}); err != nil || len(files) != 0 {
		t.Errorf("a name is no pattern: %+v %v", files, err)
	}
	if raw, err := r.Old(ctx, "docs/--output=x.md", 100); err != nil || string(raw) != "one" {
		t.Errorf("%q %v", raw, err)
	}
	if raw, err := r.New(ctx, "docs/--output=x.md", 100); err != nil || string(raw) != "two" {
		t.Errorf("%q %v", raw, err)
	}
	if raw, err := r.New(ctx, "docs/names.md", 9); err != nil || len(raw) != 10 {
		t.Errorf("a large file: %q %v", raw, err)
	}
	if _, err := r.New(ctx, "docs/none.md", 9); err == nil {
		t.Error("a file that is not there")
	}
	for _, ends := range []string{"main", "main...HEAD", "..main", "", "--all..HEAD", "nowhere..HEAD", "HEAD..--output=x"} {
		if _, err := NewRevisions(ctx, dir, ends); err == nil {
			t.Errorf("%q: no error", ends)
		}
	}
	if _, err := NewRevisions(ctx, home, "a..b"); err == nil || !strings.Contains(err.Error(), "no git repository") {
		t.Errorf("outside of a repository: %v", err)
	}
	if _, err := os.Stat(trap); err == nil {
		t.Error("a program that the repository names was started")
	}
	if _, err := os.Stat(filepath.Join(dir, "x")); err == nil {
		t.Error("a name was read as an option")
	}
}
