package find

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Open opens a file that Walk found. It makes sure that it is still a regular file in the folder that was walked: no link that was put
// there since leads out of it, and no pipe or device is read.
func Open(f File) (*os.File, error) {
	tree, real := f.tree, f.real
	if tree == "" {
		tree, real = filepath.Split(f.Path)
		tree = filepath.Clean(tree)
	}
	top, err := os.OpenRoot(tree)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", f.Path, cause(err))
	}
	defer top.Close()
	file, err := openRegular(top, real)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", f.Path, cause(err))
	}
	return file, nil
}

// errNoFile is the error for something else than a regular file.
var errNoFile = errors.New("it is no regular file")

// openRegular opens a regular file below dir, by its path with slashes. It follows no link at the end of the path, and does not wait
// for a pipe.
func openRegular(dir *os.Root, path string) (*os.File, error) {
	path = filepath.FromSlash(path)
	before, err := dir.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: errNoFile}
	}
	f, err := dir.OpenFile(path, os.O_RDONLY|noWait, 0)
	if err != nil {
		return nil, err
	}
	after, err := f.Stat()
	if err == nil && !os.SameFile(before, after) {
		err = &fs.PathError{Op: "open", Path: path, Err: errChanged}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
