package find

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// committed makes a repository with one commit of the files that grow makes.
func committed(t *testing.T, lines ...string) string {
	t.Helper()
	gitOr(t)
	dir := grow(t, lines...)
	run(t, dir, "init", "-q", "-b", "main")
	run(t, dir, "add", "-f", ".")
	run(t, dir, "commit", "-q", "-m", "first")
	return dir
}

func TestWalkTakesWhatChanged(t *testing.T) {
	dir := committed(t, "same.md", "edited.md", "docs/same.md", "docs/edited.md", "docs/in/staged.md", "gone.md", "old/a.md", ".gitignore=ignored*\n",
		"ignored-but-tracked.md", "later/b.md")
	plant(t, dir, "later/b.md=committed later")
	run(t, dir, "commit", "-q", "-a", "-m", "second")
	for _, line := range []string{"edited.md=new", "docs/edited.md=new", "docs/in/staged.md=new", "docs/ü" + strange, "ignored-new.md", "ignored-but-tracked.md=new",
		"docs/note.png", "in/.git/HEAD=ref: refs/heads/main\n", "in/.git/objects/", "in/.git/refs/", "in/c.md"} {
		plant(t, dir, line)
	}
	check(t, os.Remove(filepath.Join(dir, "gone.md")))
	run(t, dir, "add", "docs/in/staged.md")
	run(t, dir, "mv", "old/a.md", "docs/moved.md")
	names, left := walked(t, Options{Document: markdown, Since: "main"}, dir)
	expect(t, "names", names, "docs/edited.md", "docs/in/staged.md", "docs/moved.md", "docs/ü"+strange, "edited.md", "in/c.md")
	expect(t, "left out", left, "ignored-but-tracked.md ignored", "in/.git hidden", "png*1 not_a_document")
	names, _ = walked(t, Options{Document: markdown, Since: "main"}, filepath.Join(dir, "docs"))
	expect(t, "in a folder", names, "edited.md", "in/staged.md", "moved.md", "ü"+strange)
	names, _ = walked(t, Options{Since: "main"}, filepath.Join(dir, "edited.md"), filepath.Join(dir, "same.md"))
	expect(t, "files", names, "edited.md")
	names, _ = walked(t, Options{Since: "HEAD~1", Include: []string{"later"}}, dir)
	expect(t, "since an earlier commit", names, "later/b.md")
}

func TestWalkTakesWhatChangedBehindLinks(t *testing.T) {
	dir := committed(t, ".h/a.md", ".h/b.md", "docs->.h", "one.md->.g/x.md", ".g/x.md")
	names, _ := walked(t, Options{Since: "main"}, dir)
	expect(t, "nothing", names)
	plant(t, dir, ".h/b.md=new")
	plant(t, dir, ".g/x.md=new")
	names, _ = walked(t, Options{Since: "main"}, dir)
	expect(t, "names", names, "docs/b.md", "one.md")
}

func TestWalkCannotTellWhatChanged(t *testing.T) {
	dir := committed(t, "a.md")
	outside := grow(t, "a.md")
	for _, c := range []struct{ dir, since, want string }{
		{dir, "nothing", `git knows no commit "nothing"`},
		{dir, "--output=x", `git knows no commit "--output=x"`},
		{dir, "main:a.md", `git knows no commit "main:a.md"`},
		{outside, "main", "lies in no git repository"},
	} {
		t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(outside))
		hinted(t, c.want, Walk(t.Context(), []string{c.dir}, Options{Since: c.since}, nil, nil))
	}
	if _, err := os.Stat(filepath.Join(dir, "x")); err == nil {
		t.Error("an option was smuggled in")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Walk(ctx, []string{dir}, Options{Since: "main"}, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	hinted(t, "git is not installed", Walk(t.Context(), []string{dir}, Options{Since: "main"}, nil, nil))
}

// A repository that came from elsewhere may name programs in its settings.
func TestWalkStartsNoMonitorOfTheRepository(t *testing.T) {
	dir := committed(t, "a.md")
	mark := filepath.Join(t.TempDir(), "started")
	run(t, dir, "config", "core.fsmonitor", "touch "+mark+" #")
	plant(t, dir, "a.md=new")
	names, _ := walked(t, Options{Since: "main"}, dir)
	expect(t, "names", names, "a.md")
	if _, err := os.Stat(mark); err == nil {
		t.Error("the monitor was started")
	}
}

// hinted expects an error with advice.
func hinted(t *testing.T, want string, err error) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
		return
	}
	if h := (interface{ Hint() string })(nil); !errors.As(err, &h) || h.Hint() == "" {
		t.Errorf("%v: no hint", err)
	}
}
