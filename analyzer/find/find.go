// Package find looks for documents in folders.
//
// In come paths and what to leave out; out come the files in order, and what was left out with the reason. Nothing is read but ignore
// files, and nothing outside of the folders is ever a document: no link leads out of them, and [Open] looks again.
package find

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Options say what is looked for. The zero value takes every file that is not hidden, ignored, or somebody else's.
type Options struct {
	// Globs over names in the scan, read like a line of an ignore file: one without a slash speaks of a file or folder of that name
	// anywhere, one with a slash of the whole path, ** stands for any number of folders, and what is said of a folder is said of all in
	// it. Include narrows: without any, everything is in.
	Include, Exclude []string

	MaxBytes int64                  // larger files are left out; 0: no bound
	Document func(path string) bool // which files can be documents, by their names; nil: all
	Since    string                 // a git commit: only what changed since then, and what is new and not ignored; "": everything
	Files    io.Reader              // a list of files to take in place of a search: one a line, or each ended by a NUL; nil: none
	Skip     []string               // folders that are never entered, whatever they are called: the output
	Hidden   bool                   // also what is hidden, and folders of other people's code
}

// A File is a document that was found.
type File struct {
	Name string // its path in the scan: relative to the folder that was named, with slashes, valid UTF-8, unique
	Path string // its path as the file system has it, for messages; [Open] opens the file
	Size int64  // bytes

	tree string // the folder that it must lie in
	real string // where it lies in that folder, links followed
}

// A Reason says why something was left out.
type Reason string

// The reasons.
const (
	Ignored      Reason = "ignored"        // a line of an ignore file says so
	Excluded     Reason = "excluded"       // Exclude names it, or Include does not
	Hidden       Reason = "hidden"         // its name begins with a dot
	Vendor       Reason = "vendor"         // other people's code, or what a build made
	Report       Reason = "report"         // whatif wrote it
	ScanOutput   Reason = "scan_output"    // the output folder of a scan
	NotADocument Reason = "not_a_document" // another kind of file
	TooLarge     Reason = "too_large"
	TooDeep      Reason = "too_deep" // a folder in very many others
	Empty        Reason = "empty"
	Link         Reason = "link"       // it leads nowhere, out of the folder, or to what is taken by its own name
	Special      Reason = "special"    // a pipe, a device, a socket
	Unreadable   Reason = "unreadable" // the system does not let it be read
	Vanished     Reason = "vanished"   // it was there a moment ago, or it was listed and is not there
	Twice        Reason = "twice"      // it was listed before
)

// A Left is something that was left out: a document, a folder with all that is in it, or all files with an ending that no document has.
type Left struct {
	Name   string // as a File's; "" for files of a kind
	Path   string
	Reason Reason
	Detail string // for people; for files of a kind, their ending in lower case, without its dot
	Folder bool
	Files  int // how many files this is; 0 for a folder, in which nobody looked
}

// An Error is a fault of what Walk was asked for, with what to do about it.
type Error struct {
	Err    error
	Advice string
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Hint returns what to do about the error.
func (e *Error) Hint() string { return e.Advice }

// Walk looks for documents in the roots, calls yield with each in order of their names, and left with what was left out. A root is a
// folder, which is entered whatever it is called, or a file, which is taken whatever it is. Names are relative to the root; where there
// are several, they begin with its name. Files that are no documents, or did not change, are not told of one by one: the former are
// counted by their endings, the latter not told of at all.
//
// Ignore files are .gitignore and .whatifignore, which has more force in the same folder, in each folder and in those above it up to
// the root of the repository, and the repository's .git/info/exclude. They mean what they mean to git 2.39, but for this: files that
// git tracks although a pattern matches them are left out too, upper and lower case always differ, and the user's own
// core.excludesFile is not read, so that everybody's scan finds the same.
//
// An error is what yield returned, the end of ctx, or says which root or option is no good. What is wrong with a file or a folder
// below the roots is told to left.
func Walk(ctx context.Context, roots []string, opt Options, yield func(File) error, left func(Left)) error {
	w := &walk{ctx: ctx, opt: opt, yield: yield, left: left, kinds: map[string]int{}, named: map[string]bool{}}
	if w.left == nil {
		w.left = func(Left) {}
	}
	if err := w.prepare(); err != nil {
		return err
	}
	all, err := lookAt(roots)
	if err != nil {
		return err
	}
	if opt.Files != nil {
		err = w.listed(all)
	} else {
		err = w.all(all)
	}
	if err != nil {
		return err
	}
	w.tellKinds()
	return nil
}

// A walk is one call of Walk.
type walk struct {
	ctx   context.Context
	opt   Options
	yield func(File) error
	left  func(Left)

	include, exclude []pattern
	skip             []os.FileInfo
	kinds            map[string]int  // of the files that are no documents: how many have the ending
	named            map[string]bool // the real paths of the roots, where there are several
}

// prepare reads the options.
func (w *walk) prepare() (err error) {
	if w.opt.Files != nil && w.opt.Since != "" {
		return &Error{errors.New("files are either listed or looked for since a commit, not both"), "leave out --files-from or --since"}
	}
	if w.include, err = globs("--include", w.opt.Include); err != nil {
		return err
	}
	if w.exclude, err = globs("--exclude", w.opt.Exclude); err != nil {
		return err
	}
	for _, path := range w.opt.Skip {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("looking at the folder to leave out: %w", err)
		}
		w.skip = append(w.skip, info)
	}
	return nil
}

// globs reads the globs of an option.
func globs(option string, globs []string) ([]pattern, error) {
	var list []pattern
	for _, g := range globs {
		p, ok := parseGlob(g)
		if !ok {
			return nil, &Error{fmt.Errorf("%s %q matches nothing", option, g),
				`write it like a line of an ignore file: "*.md", "docs/**/draft-?.md"; a [ needs its ], and a \ something after it`}
		}
		list = append(list, p)
	}
	return list, nil
}

// all walks the roots one by one.
func (w *walk) all(roots []root) error {
	if len(roots) > 1 {
		for _, r := range roots {
			w.named[r.real] = true
		}
	}
	for _, r := range roots {
		if err := w.one(r); err != nil {
			return err
		}
	}
	return nil
}

// one walks one root.
func (w *walk) one(r root) error {
	changed, err := w.changed(r)
	if err != nil {
		return err
	}
	if r.file {
		return w.namedFile(r, changed)
	}
	top, err := os.OpenRoot(r.typed)
	if err != nil {
		return &Error{fmt.Errorf("looking in %s: %w", r.typed, cause(err)), "name a folder that you may read"}
	}
	defer top.Close()
	t := &tree{walk: w, root: r, top: top, changed: changed, followed: map[string]string{}}
	return t.run()
}

// cause takes the path, which the caller names, off an error of the system.
func cause(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
