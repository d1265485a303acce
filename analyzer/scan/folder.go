package scan

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"whatif/analyzer/record"
	"whatif/analyzer/threatmodel"
	"whatif/analyzer/wholefile"
)

// A Folder is where a scan's output goes, with what is known of earlier runs. One process at a time has it.
type Folder struct {
	Dir     string
	Damaged int  // lines of the journal that were no good: their documents are done again
	Renewed bool // the journal was of another version: it lies aside, and all documents are done again

	lock    *flock.Flock
	journal *journal
	made    map[string]bool // folders that are there
	stale   bool            // the pages over all documents are not of today, and nothing says that they are
}

// stateFolder is the part of an output folder that is whatif's own.
const stateFolder = ".whatif"

// StateDir returns where an output folder keeps what whatif alone needs: the journal, and batches on their way.
func StateDir(dir string) string { return filepath.Join(dir, stateFolder) }

// ErrTaken is wrapped by the error for a folder that another process has.
var ErrTaken = errors.New("another scan is writing to it")

// OpenFolder opens the output folder, and makes it where there is none.
func OpenFolder(dir string) (*Folder, error) {
	f := &Folder{Dir: dir, made: map[string]bool{}}
	if err := os.MkdirAll(StateDir(dir), 0o777); err != nil {
		return nil, fmt.Errorf("making the output folder %s: %w", dir, cause(err))
	}
	f.lock = flock.New(filepath.Join(StateDir(dir), "lock"))
	got, err := f.lock.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("locking the output folder %s: %w", dir, cause(err))
	case !got:
		return nil, fmt.Errorf("the output folder %s: %w", dir, ErrTaken)
	}
	if err := errors.Join(f.open(), sweep(dir), sweep(StateDir(dir))); err != nil {
		return nil, errors.Join(fmt.Errorf("reading the state in %s: %w", StateDir(dir), cause(err)), f.lock.Unlock())
	}
	return f, nil
}

// open opens the journal. One of another version is put aside.
func (f *Folder) open() (err error) {
	path := filepath.Join(StateDir(f.Dir), "journal")
	f.journal, err = openJournal(path)
	if errors.Is(err, errVersion) {
		f.Renewed = true
		if err := os.Rename(path, path+".old"); err != nil {
			return err
		}
		f.journal, err = openJournal(path)
	}
	if err == nil {
		f.Damaged = f.journal.damaged
	}
	return err
}

// Close gives the folder free.
func (f *Folder) Close() error {
	return errors.Join(f.journal.close(), f.lock.Unlock())
}

// rootsMark is the file that says what was scanned.
const rootsMark = "roots"

// Holds notes that a folder holds the drafts of the documents below roots, in words. It returns those words of an earlier scan where they
// were others, and "" where all is well.
func (f *Folder) Holds(roots string) (other string, err error) {
	path := filepath.Join(StateDir(f.Dir), rootsMark)
	before, err := os.ReadFile(path)
	switch {
	case err == nil && string(before) != roots && len(f.journal.entries) > 0:
		return string(before), nil
	case err == nil && string(before) == roots:
		return "", nil
	}
	err = wholefile.Write(path, wholefile.Options{}, func(w io.Writer) error {
		_, err := io.WriteString(w, roots)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("writing %s: %w", path, cause(err))
	}
	return "", nil
}

// Len returns how many documents the folder knows.
func (f *Folder) Len() int { return len(f.journal.entries) }

// has returns the entry of a document that need not be done again: the same bytes, the same settings, and its files as they were left.
func (f *Folder) has(name, sum, settings string) (*entry, bool) {
	e := f.journal.entries[name]
	if e == nil || e.SHA256 != sum || e.Settings != settings || e.State == record.Failed || e.State == record.Partial {
		return nil, false
	}
	for _, w := range e.Files {
		info, err := os.Lstat(filepath.Join(f.Dir, filepath.FromSlash(w.Path)))
		if err != nil || !info.Mode().IsRegular() || info.Size() != w.Bytes {
			return nil, false
		}
	}
	return e, true
}

// put writes a document's files, then notes it as done. Files of an earlier draft that are not written again go.
func (f *Folder) put(m *Made, settings string) error {
	r := m.Record
	e := &entry{Name: r.Name, Settings: settings, SHA256: r.SHA256, State: r.State, Of: r.Of}
	for i, level := range threatmodel.Levels {
		e.Findings[i] = r.Count(level)
	}
	if err := f.staleNow(); err != nil {
		return err
	}
	r.Files = nil
	base := draftName(r.Name)
	for _, file := range m.Files {
		path := base + "." + file.Ending
		if err := f.write(path, file.Data); err != nil {
			return fmt.Errorf("writing %s: %w", filepath.Join(f.Dir, filepath.FromSlash(path)), cause(err))
		}
		e.Files = append(e.Files, written{path, int64(len(file.Data))})
		r.Files = append(r.Files, path)
	}
	before := f.journal.entries[r.Name]
	if err := f.journal.put(e, r); err != nil {
		return fmt.Errorf("writing %s: %w", f.journal.path, cause(err))
	}
	return f.clear(before, e.Files)
}

// write writes one file below the folder.
func (f *Folder) write(path string, data []byte) error {
	full := filepath.Join(f.Dir, filepath.FromSlash(path))
	if err := f.makeDir(filepath.Dir(full)); err != nil {
		return err
	}
	return wholefile.Write(full, wholefile.Options{}, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// makeDir makes a folder below the output folder. It refuses one that a link leads out of it: the output may lie in a tree that
// somebody else made.
func (f *Folder) makeDir(dir string) error {
	if f.made[dir] {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if !f.within(dir) {
		return fmt.Errorf("a link leads from %s out of the output folder", dir)
	}
	f.made[dir] = true
	return sweep(dir)
}

// sweep removes what a killed run was writing to a folder.
func sweep(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		if path := filepath.Join(dir, file.Name()); wholefile.IsTemporary(path) {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// within reports whether a folder lies below the output folder, links followed.
func (f *Folder) within(dir string) bool {
	root, err := filepath.EvalSymlinks(f.Dir)
	if err != nil {
		return false
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(root, real)
	return err == nil && filepath.IsLocal(rel)
}

// clear removes the files of an entry, but for those to keep.
func (f *Folder) clear(e *entry, keep []written) error {
	if e == nil {
		return nil
	}
	for _, w := range e.Files {
		if !ours(w.Path) || slices.ContainsFunc(keep, func(k written) bool { return k.Path == w.Path }) {
			continue
		}
		full := filepath.Join(f.Dir, filepath.FromSlash(w.Path))
		if !f.within(filepath.Dir(full)) {
			continue
		}
		if err := os.Remove(full); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("removing an old draft: %w", err)
		}
	}
	return nil
}

// ours reports a path that a scan wrote a draft to. The journal is not trusted to name others.
func ours(path string) bool {
	return strings.HasPrefix(path, draftFolder+"/") && strings.Contains(path, draftMark+".") && filepath.IsLocal(filepath.FromSlash(path))
}

// Forget takes out the documents that keep does not want, and their files, and returns how many had a draft.
func (f *Folder) Forget(keep func(name string) bool) (gone int, err error) {
	for _, name := range f.names() {
		if keep(name) {
			continue
		}
		if err := f.staleNow(); err != nil {
			return gone, err
		}
		e := f.journal.entries[name]
		if len(e.Files) > 0 {
			gone++
		}
		if err := f.journal.remove(name); err != nil {
			return gone, fmt.Errorf("writing %s: %w", f.journal.path, cause(err))
		}
		if err := f.clear(e, nil); err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// Totals count what a folder knows.
type Totals struct {
	States   map[record.State]int
	Findings map[threatmodel.Level]int
}

// Totals counts all documents, without reading their records.
func (f *Folder) Totals() Totals {
	t := Totals{map[record.State]int{}, map[threatmodel.Level]int{}}
	for _, e := range f.journal.entries {
		t.States[e.State]++
		for i, level := range threatmodel.Levels {
			t.Findings[level] += e.Findings[i]
		}
	}
	return t
}

// pagesMark is the file that says what the pages over all documents were made from.
const pagesMark = "pages"

// staleNow notes that the pages are not of today, before something changes.
func (f *Folder) staleNow() error {
	if f.stale {
		return nil
	}
	path := filepath.Join(StateDir(f.Dir), pagesMark)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing %s: %w", path, cause(err))
	}
	f.stale = true
	return nil
}

// PagesHold reports whether the pages were written since the last change, from what has this sum.
func (f *Folder) PagesHold(sum string) bool {
	mark, err := os.ReadFile(filepath.Join(StateDir(f.Dir), pagesMark))
	return err == nil && !f.stale && string(mark) == sum
}

// PagesWritten notes that the pages are there, and tidies the journal.
func (f *Folder) PagesWritten(sum string) error {
	path := filepath.Join(StateDir(f.Dir), pagesMark)
	if err := f.journal.tidy(f.names()); err != nil {
		return fmt.Errorf("writing %s: %w", f.journal.path, cause(err))
	}
	err := wholefile.Write(path, wholefile.Options{}, func(w io.Writer) error {
		_, err := io.WriteString(w, sum)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, cause(err))
	}
	f.stale = false
	return nil
}

// names returns the names of all documents, sorted.
func (f *Folder) names() []string {
	names := make([]string, 0, len(f.journal.entries))
	for name := range f.journal.entries {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Records calls yield with the record of each document, in order of their names. A damaged record is an error.
func (f *Folder) Records(yield func(*record.Record) error) error {
	for _, name := range f.names() {
		r, err := f.journal.record(f.journal.entries[name])
		if err != nil {
			return fmt.Errorf("reading %s: the entry of %s: %w", f.journal.path, name, err)
		}
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

// cause takes the path, which the caller names, off an error of the system.
func cause(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	if l := (*os.LinkError)(nil); errors.As(err, &l) {
		return l.Err
	}
	return err
}
