package store

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// staleAfter is when a file that was to become an entry must be of a process that died.
const staleAfter = time.Hour

// A kept is the file of an entry.
type kept struct {
	key   [32]byte
	path  string
	bytes int64
	used  time.Time
}

// account adds the bytes of an entry that was just put, and looks after the store when it may be full: at the first entry of this
// process, and then once for each sixteenth of the bound, so that putting stays cheap and other processes' entries are seen.
// What can't be seen to now is seen to later, or by another process.
func (s *Store) account(root *os.Root, key [32]byte, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += size
	s.putting += size
	if s.looked && (s.most == 0 || s.bytes <= s.most && s.putting <= s.most/16) {
		return
	}
	s.looked, s.putting = true, 0
	entries, err := s.look(root)
	if err != nil {
		return
	}
	s.bytes = 0
	for _, e := range entries {
		s.bytes += e.bytes
	}
	if s.most > 0 && s.bytes > s.most {
		s.bytes -= evict(root, entries, key, s.bytes-s.most+s.most/8)
	}
}

// evict removes the entries that were not used for longest until it has removed enough bytes, and returns how many it removed.
// The entry with the key stays. Which ones go depends on times and names alone: two processes at once remove the same.
func evict(root *os.Root, entries []kept, key [32]byte, enough int64) (removed int64) {
	slices.SortFunc(entries, func(a, b kept) int { return cmp.Or(a.used.Compare(b.used), strings.Compare(a.path, b.path)) })
	for _, e := range entries {
		if removed >= enough {
			break
		}
		if e.key == key {
			continue
		}
		if err := root.Remove(e.path); err == nil || errors.Is(err, fs.ErrNotExist) {
			removed += e.bytes
		}
	}
	return removed
}

// look returns the files of all entries. On its way it removes what processes that died left behind, and puts right times that lie
// in the future, which else would keep an entry for ever. Files that are not the store's are left alone.
func (s *Store) look(root *os.Root) ([]kept, error) {
	shelves, err := list(root, ".")
	if err != nil {
		return nil, err
	}
	var entries []kept
	for _, shelf := range shelves {
		if len(shelf.Name()) != 2 || !shelf.IsDir() {
			continue
		}
		files, err := list(root, shelf.Name())
		if err != nil {
			continue // gone, or not ours
		}
		for _, f := range files {
			if e, ok := s.lookAt(root, shelf.Name(), f); ok {
				entries = append(entries, e)
			}
		}
	}
	return entries, nil
}

// lookAt returns the entry that a file is, if it is one.
func (s *Store) lookAt(root *os.Root, shelf string, f fs.DirEntry) (kept, bool) {
	name, _, temp := strings.Cut(f.Name(), tempMark)
	key, ours := keyOf(shelf, name)
	info, err := f.Info()
	if err != nil || !ours || f.IsDir() {
		return kept{}, false // gone since, or not an entry
	}
	path, now := shelf+"/"+f.Name(), s.now()
	age := now.Sub(info.ModTime())
	if temp {
		if age > staleAfter || age < -staleAfter {
			_ = root.Remove(path)
		}
		return kept{}, false
	}
	used := info.ModTime()
	if age < 0 {
		used = now
		if info.Mode().IsRegular() {
			s.touch(root, path, info.ModTime())
		}
	}
	return kept{key, path, info.Size(), used}, true
}

func list(root *os.Root, dir string) ([]fs.DirEntry, error) {
	f, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

// Stats describe a store.
type Stats struct {
	Dir            string
	Entries        int
	Bytes          int64
	Damaged        int       // of the entries: those that are as good as none
	Oldest, Newest time.Time // of last use
}

// Stats looks at all entries, and reads them. A store in which nothing was put yet has none.
func (s *Store) Stats() (Stats, error) {
	if s == nil {
		return Stats{}, nil
	}
	st := Stats{Dir: s.dir}
	err := s.each(func(root *os.Root, e kept) error {
		st.Entries++
		st.Bytes += e.bytes
		if _, _, err := readEntry(root, e.key); err != nil {
			st.Damaged++
		}
		if st.Oldest.IsZero() || e.used.Before(st.Oldest) {
			st.Oldest = e.used
		}
		if e.used.After(st.Newest) {
			st.Newest = e.used
		}
		return nil
	})
	if err != nil {
		return st, fmt.Errorf("looking at the cache %s: %w", s.dir, err)
	}
	return st, nil
}

// Clear removes every entry that was not used since before, all if it is zero, and returns how many and their bytes. An entry that
// can't be removed does not keep the others.
func (s *Store) Clear(before time.Time) (entries int, bytes int64, err error) {
	if s == nil {
		return 0, 0, nil
	}
	err = s.each(func(root *os.Root, e kept) error {
		if !before.IsZero() && !e.used.Before(before) {
			return nil
		}
		if err := root.Remove(e.path); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		entries++
		bytes += e.bytes
		return nil
	})
	s.mu.Lock()
	s.looked = false
	s.mu.Unlock()
	if err != nil {
		return entries, bytes, fmt.Errorf("clearing the cache %s: %w; remove the directory yourself", s.dir, err)
	}
	return entries, bytes, nil
}

// each calls do with each entry, and returns the first error.
func (s *Store) each(do func(*os.Root, kept) error) error {
	root, err := os.OpenRoot(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	defer root.Close()
	entries, err := s.look(root)
	if err != nil {
		return err
	}
	var first error
	for _, e := range entries {
		if err := do(root, e); err != nil && first == nil {
			first = err
		}
	}
	return first
}
