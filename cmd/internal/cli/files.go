package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"whatif/analyzer/wholefile"
)

// writeWhole writes a file so that it is there whole or not at all: what write gives goes to a temporary file beside it, which
// then takes its name. A file that was there keeps its mode; a symbolic link stays and the file it leads to is replaced.
func writeWhole(path string, write func(io.Writer) error) error {
	real, mode, err := landing(path)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := wholefile.Write(real, wholefile.Options{Mode: mode, Sync: true}, write); err != nil {
		return fmt.Errorf("writing %s: %w", path, cause(err))
	}
	return nil
}

// landing follows path to the file that will be replaced, and returns its mode, 0 if it is new.
func landing(path string) (string, fs.FileMode, error) {
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		if target, linkErr := os.Readlink(path); linkErr == nil {
			return "", 0, fmt.Errorf("it is a link to %s, which is not there", target)
		}
		return path, 0, nil
	}
	if err != nil {
		return "", 0, cause(err)
	}
	info, err := os.Stat(real)
	switch {
	case err != nil:
		return "", 0, cause(err)
	case info.IsDir():
		return "", 0, hint(errors.New("it is a directory"), "end it with a slash to write into it: -o %s%c", path, filepath.Separator)
	case !info.Mode().IsRegular():
		return "", 0, hint(errors.New("it is not a regular file"), "print to standard output instead: -o -")
	}
	return real, info.Mode().Perm(), nil
}

// cause takes the name of the temporary file, which means nothing to a reader, off an error of the system.
func cause(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	if l := (*os.LinkError)(nil); errors.As(err, &l) {
		return l.Err
	}
	return err
}

// sameFile reports whether two paths lead to one file, through links of either kind too.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	two, err := os.Stat(b)
	return err == nil && os.SameFile(one, two)
}

// isDir reports whether path is a directory, or is written like one.
func isDir(path string) bool {
	if path != "" && (os.IsPathSeparator(path[len(path)-1]) || strings.HasSuffix(path, "/")) {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// isTerminal reports whether people read what is written to w as it comes.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}
