package find

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// changes are the paths that changed since a commit, relative to a root, with slashes. nil: all paths count as changed.
type changes struct {
	files   map[string]bool // a repository in the repository is one path
	folders map[string]bool // in which some are
}

// has reports whether a file changed, or a folder that it lies in as a whole.
func (c *changes) has(path string) bool {
	if c == nil || c.files[path] {
		return true
	}
	for i := range path {
		if path[i] == '/' && c.files[path[:i]] {
			return true
		}
	}
	return false
}

// in reports whether something in a folder changed, or the path itself.
func (c *changes) in(path string) bool { return c == nil || c.folders[path] || c.has(path) }

func (c *changes) add(path string) {
	path = strings.TrimSuffix(path, "/") // of a repository that is not tracked
	c.files[path] = true
	for i := range path {
		if path[i] == '/' {
			c.folders[path[:i]] = true
		}
	}
}

// changed asks git what changed in a root.
func (w *walk) changed(r root) (*changes, error) {
	if w.opt.Since == "" {
		return nil, nil
	}
	dir := r.real
	if r.file {
		dir = filepath.Dir(dir)
	}
	if _, err := git(w.ctx, dir, "rev-parse", "--git-dir"); err != nil {
		return nil, w.noGit(r, err)
	}
	if _, err := git(w.ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", w.opt.Since+"^{commit}"); err != nil {
		if w.ctx.Err() != nil {
			return nil, w.ctx.Err()
		}
		return nil, &Error{fmt.Errorf("git knows no commit %q in %s", w.opt.Since, r.typed),
			"name a branch, a tag or a commit that is here; in CI, fetch the history first (actions/checkout: fetch-depth: 0)"}
	}
	c := &changes{map[string]bool{}, map[string]bool{}}
	for _, args := range [][]string{
		{"diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff", "--no-textconv", "--end-of-options", w.opt.Since, "--"},
		{"ls-files", "--others", "--exclude-standard", "-z"},
	} {
		out, err := git(w.ctx, dir, args...)
		if err != nil {
			return nil, w.noGit(r, err)
		}
		for path := range strings.SplitSeq(string(out), "\x00") {
			if path != "" {
				c.add(path)
			}
		}
	}
	return c, nil
}

// noGit words what git could not do.
func (w *walk) noGit(r root, err error) error {
	switch {
	case w.ctx.Err() != nil:
		return w.ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return &Error{errors.New("git is not installed, and --since asks it what changed"), "install git, or list the files with --files-from"}
	case strings.Contains(err.Error(), "not a git repository"):
		return &Error{fmt.Errorf("%s lies in no git repository, so nothing tells what changed since %s", r.typed, w.opt.Since),
			"leave out --since, or list the files with --files-from"}
	}
	return &Error{fmt.Errorf("asking git what changed in %s: %w", r.typed, err), "see what `git status` says there, or list the files with --files-from"}
}

// git runs git in a folder and returns what it prints. A program that the repository's own settings name as a monitor is not started,
// and nothing is written.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0")
	cmd.WaitDelay = 2 * time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil && said.Len() > 0 {
		line, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return nil, fmt.Errorf("git %s: %s", args[0], line)
	}
	return out, err
}
