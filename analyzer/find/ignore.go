package find

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The ignore files.
const (
	gitIgnore    = ".gitignore"
	gitExclude   = ".git/info/exclude"
	whatifIgnore = ".whatifignore"
)

// maxIgnoreBytes is how large an ignore file may be. Real ones have some hundred lines.
const maxIgnoreBytes = 1 << 20

// A level is what the ignore files of one folder say, and those of the folders above it.
type level struct {
	above *level // nil: none
	at    int    // where paths relative to this folder begin in those that are looked up
	git   []pattern
	own   []pattern // they have more force
	repo  bool      // the folder is the root of a repository: git's ignore files above it do not count
	where string    // the folder's path, for messages

	faults map[string]error // what was wrong with ignore files, by their names
}

// readLevel reads the ignore files of a folder. at is the length of its path, with the slash; where is its path for messages.
func readLevel(dir *os.Root, above *level, at int, where string) *level {
	l := &level{above: above, at: at, where: where}
	if info, err := dir.Lstat(".git"); err == nil {
		l.repo = true
		if info.IsDir() {
			l.git = l.read(dir, gitExclude)
		}
	}
	l.git = append(l.git, l.read(dir, gitIgnore)...)
	l.own = l.read(dir, whatifIgnore)
	if above != nil && !l.repo && l.git == nil && l.own == nil && l.faults == nil {
		return above // most folders have none
	}
	return l
}

// read reads one ignore file, if it is there. Links are not followed: git does not either.
func (l *level) read(dir *os.Root, name string) []pattern {
	data, err := readSmall(dir, name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		if l.faults == nil {
			l.faults = map[string]error{}
		}
		l.faults[name] = err
	}
	list := parsePatterns(data)
	from := filepath.Join(l.where, filepath.FromSlash(name))
	for i := range list {
		list[i].from = from
	}
	return list
}

func readSmall(dir *os.Root, name string) ([]byte, error) {
	f, err := openRegular(dir, name)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxIgnoreBytes+1))
	if err != nil {
		return nil, cause(err)
	}
	if len(data) > maxIgnoreBytes {
		return nil, fmt.Errorf("it has more than %d bytes, and is not used", maxIgnoreBytes)
	}
	return data, nil
}

// ignored reports whether ignore files leave out a path, and by which line. The folders that it lies in were looked up before.
func (l *level) ignored(path string, folder bool) (by string, ignored bool) {
	git := true
	for ; l != nil; l = l.above {
		p := last(l.own, path[l.at:], folder)
		if p == nil && git {
			p = last(l.git, path[l.at:], folder)
		}
		if p != nil {
			return p.text + " in " + p.from, !p.negated
		}
		git = git && !l.repo
	}
	return "", false
}

// levelsAbove reads the ignore files of the folders above dir, up to the root of the repository that dir lies in, and returns with them
// the path from there to dir, with a slash at the end. Where they leave out dir itself, they are not used: it was named. There is
// nothing to read where dir lies in no repository, or is its root.
func levelsAbove(dir string) (above *level, path string) {
	repo := dir
	for {
		if _, err := os.Lstat(filepath.Join(repo, ".git")); err == nil {
			break
		}
		up := filepath.Dir(repo)
		if up == repo {
			return nil, ""
		}
		repo = up
	}
	rel, err := filepath.Rel(repo, dir)
	if err != nil || rel == "." {
		return nil, ""
	}
	var so string
	at := repo
	for _, name := range strings.Split(filepath.ToSlash(rel), "/") {
		top, err := os.OpenRoot(at)
		if err == nil {
			above = readLevel(top, above, len(so), at)
			top.Close()
		} else if above == nil {
			above = &level{}
		}
		if _, out := above.ignored(so+name, true); out {
			return nil, ""
		}
		so += name + "/"
		at = filepath.Join(at, name)
	}
	return above, so
}

// errChanged is the error for a file that is another one than it was a moment before.
var errChanged = errors.New("it was replaced while it was looked at")
