package find

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxListBytes is how long a list of files may be: some million paths.
const maxListBytes = 256 << 20

// A listedFile is a path of a list.
type listedFile struct {
	path string // as it was listed
	name string // in the scan
	tree string // the folder that it must lie in
	rel  string // its path from there, with slashes
}

// namedFile takes a file that was named itself, whatever it is. A link was named with what it leads to.
func (w *walk) namedFile(r root, changed *changes) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if !changed.has(filepath.Base(r.real)) {
		return nil
	}
	return w.yield(File{Name: r.label, Path: r.typed, Size: r.size, tree: filepath.Dir(r.real), real: filepath.Base(r.real)})
}

// listed takes the files of the list, in order of their names and each once. A path that lies in one of the roots, or in this folder
// where there are none, must do so with its links resolved too: lists are often made from what a repository holds.
func (w *walk) listed(roots []root) error {
	paths, err := w.readList()
	if err != nil {
		return err
	}
	if len(roots) == 0 {
		if roots, err = lookAt([]string{"."}); err != nil {
			return err
		}
	}
	taken := map[string]bool{}
	seen := map[string]string{} // the name of what was listed
	var files []listedFile
	for _, path := range paths {
		f, err := locate(path, roots)
		if err != nil {
			return err
		}
		key := f.tree + "\x00" + f.rel
		if name, ok := seen[key]; ok {
			if w.opt.Document == nil || w.opt.Document(path) {
				w.left(Left{Name: name, Path: path, Reason: Twice, Detail: "it was listed before", Files: 1})
			}
			continue
		}
		f.name = free(f.name, taken)
		seen[key] = f.name
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b listedFile) int { return cmp.Compare(a.name, b.name) })
	for _, f := range files {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if err := w.listedFile(f); err != nil {
			return err
		}
	}
	return nil
}

// readList reads the list. It does not wait longer than ctx for whoever writes it.
func (w *walk) readList() ([]string, error) {
	type result struct {
		data []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		data, err := io.ReadAll(io.LimitReader(w.opt.Files, maxListBytes+1))
		read <- result{data, err}
	}()
	var got result
	select {
	case <-w.ctx.Done():
		return nil, w.ctx.Err()
	case got = <-read:
	}
	switch {
	case got.err != nil:
		return nil, fmt.Errorf("reading the list of files: %w", got.err)
	case len(got.data) > maxListBytes:
		return nil, fmt.Errorf("the list of files has more than %d bytes", maxListBytes)
	}
	return splitList(got.data), nil
}

// splitList splits a list at NULs, or at the ends of lines where it has none. It is sorted, so that the order in which files are listed
// makes no difference.
func splitList(data []byte) []string {
	var paths []string
	end := "\n"
	if bytes.IndexByte(data, 0) >= 0 {
		end = "\x00"
	} else {
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	}
	for path := range strings.SplitSeq(string(data), end) {
		if end == "\n" {
			path = strings.TrimSuffix(path, "\r")
		}
		if path != "" {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// locate finds out in which root a path lies, and how it is called in the scan: relative to the root, or else by its whole path.
func locate(path string, roots []root) (listedFile, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return listedFile{}, fmt.Errorf("looking for %s: %w", path, err)
	}
	for _, r := range roots {
		base, err := filepath.Abs(r.typed)
		if err != nil {
			return listedFile{}, fmt.Errorf("looking for %s: %w", r.typed, err)
		}
		rel, err := filepath.Rel(base, full)
		if err == nil && rel != "." && filepath.IsLocal(rel) && !r.file {
			rel = filepath.ToSlash(rel)
			return listedFile{path: path, name: join(r.label, shown(rel)), tree: r.typed, rel: rel}, nil
		}
	}
	dir, base := filepath.Split(full)
	name := strings.Trim(filepath.ToSlash(strings.ReplaceAll(full, ":", "")), "/")
	return listedFile{path: path, name: shown(name), tree: filepath.Clean(dir), rel: base}, nil
}

// listedFile looks at a file of the list, and yields it.
func (w *walk) listedFile(f listedFile) error {
	if w.count(f.path) {
		return nil
	}
	left := func(l Left) error {
		l.Name, l.Path, l.Folder, l.Files = f.name, f.path, false, 1
		w.left(l)
		return nil
	}
	if isReport(filepath.Base(f.path)) {
		return left(Left{Reason: Report, Detail: "a report of whatif"})
	}
	if l := w.globbed(f.name, false); l.Reason != "" {
		return left(l)
	}
	top, err := os.OpenRoot(f.tree)
	if err != nil {
		return left(w.fitListed(nil, err))
	}
	defer top.Close()
	real, err := within(f.tree, f.rel)
	if err != nil {
		return left(w.fitListed(nil, err))
	}
	info, err := top.Lstat(filepath.FromSlash(real))
	if l := w.fitListed(info, err); l.Reason != "" {
		return left(l)
	}
	return w.yield(File{Name: f.name, Path: f.path, Size: info.Size(), tree: f.tree, real: real})
}

// errOut is the error for a link that leads out of its folder.
var errOut = errors.New("a link leads out of the folder")

// within resolves the links of a path in a folder.
func within(dir, rel string) (string, error) {
	base, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	full, err := filepath.EvalSymlinks(filepath.Join(dir, filepath.FromSlash(rel)))
	if err != nil {
		return "", err
	}
	if real, err := filepath.Rel(base, full); err == nil && filepath.IsLocal(real) {
		return filepath.ToSlash(real), nil
	}
	return "", errOut
}

// fitListed says why a file of the list is left out, as far as its state tells.
func (w *walk) fitListed(info os.FileInfo, err error) Left {
	l := w.fit(info, err)
	switch {
	case errors.Is(err, errOut):
		l.Reason = Link
	case l.Reason == Vanished:
		l.Detail = "it was listed, and is not there"
	}
	return l
}
