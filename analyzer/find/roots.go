package find

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A root is a folder or a file that the user named.
type root struct {
	typed string // as it was named, cleaned
	real  string // absolute, links resolved
	label string // with which its names begin; "": with nothing
	file  bool
	size  int64
}

// lookAt looks at the roots, before anything is looked for: one that is no good is an error. They come in order of their labels, and
// each once.
func lookAt(paths []string) ([]root, error) {
	var roots []root
	seen := map[string]bool{}
	for _, path := range paths {
		r, err := lookAtOne(path)
		if err != nil {
			return nil, err
		}
		if !seen[r.real] {
			seen[r.real] = true
			roots = append(roots, r)
		}
	}
	label(roots)
	return roots, nil
}

func lookAtOne(path string) (root, error) {
	if path == "" {
		return root{}, &Error{errors.New("a folder without a name"), `name the folder to look in; this one is "."`}
	}
	r := root{typed: filepath.Clean(path)}
	info, err := os.Stat(r.typed)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return r, &Error{fmt.Errorf("%s: there is no such folder or file", path), "check how it is written, and from where it is looked for"}
	case err != nil:
		return r, &Error{fmt.Errorf("looking at %s: %w", path, cause(err)), "name a folder that you may read"}
	case info.Mode().IsRegular():
		r.file, r.size = true, info.Size()
	case !info.IsDir():
		return r, &Error{fmt.Errorf("%s is neither a folder nor a file", path), "save what comes from a pipe or a device to a file"}
	}
	if r.real, err = filepath.Abs(r.typed); err == nil {
		r.real, err = filepath.EvalSymlinks(r.real)
	}
	if err != nil {
		return r, fmt.Errorf("looking at %s: %w", path, cause(err))
	}
	return r, nil
}

// label gives the roots what their names begin with: the last name of each, made unique, or nothing to a folder that is alone. The
// same roots get the same labels in whatever order they were named.
func label(roots []root) {
	slices.SortFunc(roots, func(a, b root) int { return strings.Compare(a.real, b.real) })
	taken := map[string]bool{}
	for i := range roots {
		if roots[i].file || len(roots) > 1 {
			roots[i].label = free(baseName(roots[i].typed), taken)
		}
	}
	slices.SortFunc(roots, func(a, b root) int { return strings.Compare(a.sort(), b.sort()) })
}

func (r root) sort() string {
	if r.file {
		return r.label
	}
	return r.label + "/"
}

// baseName returns the last name of a path, as it is shown.
func baseName(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	base := filepath.Base(path)
	if strings.ContainsAny(base, `/`+string(filepath.Separator)) {
		return "root"
	}
	return shown(base)
}
