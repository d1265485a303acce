package diff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// A File is one that is not the same in two revisions. Names are relative to the repository's root, with slashes; one is "" where
// the file is not there.
type File struct {
	Was, Now string
}

// Revisions are two commits of a repository.
type Revisions struct {
	From, To string // as they were named

	dir      string
	old, new string // their hashes
}

// ErrNoGit is that git is not installed.
var ErrNoGit = errors.New("git is not installed")

// NewRevisions finds the commits that "A..B" names in the repository around dir; "A.." ends at HEAD.
func NewRevisions(ctx context.Context, dir, ends string) (*Revisions, error) {
	from, to, ok := strings.Cut(ends, "..")
	if !ok || from == "" || strings.HasPrefix(to, ".") {
		return nil, fmt.Errorf("%q names no two revisions: write A..B, such as v1.0..main", ends)
	}
	if to == "" {
		to = "HEAD"
	}
	r := &Revisions{From: from, To: to, dir: dir}
	for _, end := range []struct {
		name string
		hash *string
	}{{from, &r.old}, {to, &r.new}} {
		out, err := r.git(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", end.name+"^{commit}")
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, exec.ErrNotFound):
			return nil, ErrNoGit
		case err != nil && strings.Contains(err.Error(), "not a git repository"):
			return nil, errors.New("the working directory lies in no git repository")
		case err != nil:
			return nil, fmt.Errorf("git knows no commit %q here", end.name)
		}
		*end.hash = strings.TrimSpace(string(out))
	}
	return r, nil
}

// Files returns the files under paths that are not the same in both revisions, in git's order; no paths are all. A file that was renamed
// is one file.
func (r *Revisions) Files(ctx context.Context, paths []string) ([]File, error) {
	args := []string{"diff", "--name-status", "-z", "--find-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", r.old, r.new, "--"}
	out, err := r.git(ctx, nil, append(args, paths...)...)
	if err != nil {
		return nil, fmt.Errorf("asking git what changed: %w", err)
	}
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	var files []File
	for len(fields) > 1 {
		kind, name := fields[0], fields[1]
		fields = fields[2:]
		switch {
		case kind == "":
			return nil, fmt.Errorf("asking git what changed: it answers what is not understood")
		case kind[0] == 'A':
			files = append(files, File{Now: name})
		case kind[0] == 'D':
			files = append(files, File{Was: name})
		case (kind[0] == 'R' || kind[0] == 'C') && len(fields) > 0:
			files = append(files, File{Was: name, Now: fields[0]})
			fields = fields[1:]
		default:
			files = append(files, File{Was: name, Now: name})
		}
	}
	return files, nil
}

// Old returns what a file had in the first revision, New in the second: at most most bytes and one.
func (r *Revisions) Old(ctx context.Context, name string, most int64) ([]byte, error) {
	return r.show(ctx, r.old, name, most)
}

// New is Old for the second revision.
func (r *Revisions) New(ctx context.Context, name string, most int64) ([]byte, error) {
	return r.show(ctx, r.new, name, most)
}

// show prints a file as it is stored. A name can be no option and no revision, since a hash stands before it.
func (r *Revisions) show(ctx context.Context, hash, name string, most int64) ([]byte, error) {
	out, err := r.git(ctx, &most, "cat-file", "blob", hash+":"+name)
	if err != nil {
		return nil, fmt.Errorf("reading %s of %s: %w", name, hash[:min(len(hash), 10)], err)
	}
	return out, nil
}

// git runs git, without a shell, and returns what it prints, at most so many bytes and one. Programs that the repository's own settings
// name are not started, nothing is fetched and nothing is written.
func (r *Revisions) git(ctx context.Context, most *int64, args ...string) ([]byte, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, "git", append([]string{"--no-optional-locks", "--literal-pathspecs", "--no-pager", "-c", "core.fsmonitor=false"}, args...)...)
	cmd.Dir = r.dir
	cmd.Env = append(cmd.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none")
	cmd.WaitDelay = 2 * time.Second
	var out, said bytes.Buffer
	cmd.Stderr = &said
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	in := io.Reader(pipe)
	if most != nil {
		in = io.LimitReader(pipe, *most+1)
	}
	_, err = out.ReadFrom(in)
	if most != nil && int64(out.Len()) > *most {
		stop()     // the rest is not wanted; whoever reads it refuses so much
		cmd.Wait() //nolint:errcheck // it was stopped
		return out.Bytes(), nil
	}
	if wait := cmd.Wait(); wait != nil {
		err = wait
	}
	if err != nil && said.Len() > 0 {
		text, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return nil, fmt.Errorf("git %s: %s", args[0], text)
	}
	return out.Bytes(), err
}
