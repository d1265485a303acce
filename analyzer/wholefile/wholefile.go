// Package wholefile writes files that are there whole or not at all.
//
// In come a path and what is to stand there; the bytes go to a temporary file beside it, which then takes its name. A program that is
// killed at any moment leaves the old file, the new one, or none.
package wholefile

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Options say how a file is written. The zero value makes it survive the end of the process, not that of the machine.
type Options struct {
	Mode fs.FileMode // of the new file; 0: what the umask gives
	Sync bool        // wait until it is on the disk: it survives a power cut too
}

// Write writes the file at path. Where it fails nothing is changed; errors are the system's, and name the temporary file.
func Write(path string, opt Options, write func(io.Writer) error) (err error) {
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	buffered := bufio.NewWriterSize(f, 64<<10)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if opt.Mode != 0 {
		if err := f.Chmod(opt.Mode); err != nil {
			return err
		}
	}
	if opt.Sync {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// temporary is the ending of the files that Write works on; their names begin with a dot.
const temporary = ".tmp"

// IsTemporary reports whether a file has the name of one that Write works on: a killed program may leave it behind.
func IsTemporary(path string) bool {
	base := filepath.Base(path)
	return strings.HasPrefix(base, ".") && strings.HasSuffix(base, temporary)
}

// longest is how much of a name is kept in that of the temporary file: file systems take 255 bytes.
const longest = 200

// createBeside makes a new file in the directory of path, with the mode that the user's umask gives to new files.
func createBeside(path string) (*os.File, error) {
	dir, base := filepath.Split(path)
	for {
		name := filepath.Join(dir, "."+base[:min(len(base), longest)]+"."+strconv.FormatUint(uint64(rand.Uint32()), 36)+temporary)
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}
