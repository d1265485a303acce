// Package store keeps bytes on disk under the hash of what they were made from.
//
// In comes a key and what belongs to it; out comes the same, in this run or in a later one. Entries are whole or absent:
// many processes may share a directory, one may be killed at any moment, and a damaged entry is as good as none.
package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A Store is a directory of entries. A nil Store keeps nothing: every entry is absent, and putting one does nothing. Many
// goroutines and processes may use it.
//
// The entry with the hash ab… is the file ab/ab…, which only its owner may read: it holds words of documents. Its time of change
// is that of its last use, give or take an hour.
type Store struct {
	dir  string
	most int64 // bytes that it may hold; 0: any number
	now  func() time.Time

	mu      sync.Mutex
	looked  bool  // in this process, for stale files and for bytes
	bytes   int64 // of all entries when last looked, and what was put since
	putting int64 // bytes that were put since then
}

// Open returns the store in a directory, which is made when the first entry is put. most bounds its bytes; 0 is no bound. When
// several processes put entries at once, each may overstep the bound by a sixteenth.
func Open(dir string, most int64) (*Store, error) {
	if dir == "" {
		return nil, errors.New("opening the cache: it has no directory; name one")
	}
	if most < 0 {
		return nil, fmt.Errorf("opening the cache in %s: it can't be bounded by %d bytes; give a number above 0, or 0 for no bound", dir, most)
	}
	dir, err := filepath.Abs(dir) // the process may change its directory
	if err != nil {
		return nil, fmt.Errorf("opening the cache: %w", err)
	}
	return &Store{dir: dir, most: most, now: time.Now}, nil
}

// Get returns the entry with the key, and whether there is one.
func (s *Store) Get(key [32]byte) ([]byte, bool) {
	if s == nil {
		return nil, false
	}
	root, err := os.OpenRoot(s.dir) // leads nowhere else, whatever links it holds
	if err != nil {
		return nil, false
	}
	defer root.Close()
	data, info, err := readEntry(root, key)
	if err != nil {
		return nil, false
	}
	s.touch(root, pathOf(key), info.ModTime())
	return data, true
}

// touchEvery is how exact the time of last use is. Writing it at each use would make reading slow.
const touchEvery = time.Hour

// touch notes that an entry was used. A time in the future, of a clock that was wrong, is put right.
func (s *Store) touch(root *os.Root, path string, last time.Time) {
	now := s.now()
	if age := now.Sub(last); age > touchEvery || age < -touchEvery {
		_ = root.Chtimes(path, now, now) // a cache that can't be written can still be read
	}
}

// Put keeps data under the key, over what was there.
func (s *Store) Put(key [32]byte, data []byte) error {
	if s == nil {
		return nil
	}
	if err := s.put(key, data); err != nil {
		return fmt.Errorf("keeping an entry of %d bytes in the cache %s: %w; make room there, or use another directory", len(data), s.dir, err)
	}
	return nil
}

func (s *Store) put(key [32]byte, data []byte) error {
	size := int64(headerSize + len(data))
	if s.most > 0 && size > s.most {
		return fmt.Errorf("it is larger than the cache may be, %d bytes", s.most)
	}
	if len(data) > mostData {
		return fmt.Errorf("an entry has at most %d bytes", mostData)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Mkdir(shelfOf(key), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := s.replace(root, key, data); err != nil {
		return err
	}
	s.account(root, key, size)
	return nil
}

// replace writes the entry to a file of its own and then gives that its name: readers see the old entry or the new one.
func (s *Store) replace(root *os.Root, key [32]byte, data []byte) error {
	temp, err := writeTemp(root, key, encode(key, data))
	if err != nil {
		return err
	}
	err = root.Rename(temp, pathOf(key))
	if err == nil {
		return nil
	}
	_ = root.Remove(temp)
	// Where an open file can't be replaced, another process may just read or write the same entry.
	if same, _, readErr := readEntry(root, key); readErr == nil && bytes.Equal(same, data) {
		return nil
	}
	return err
}

// writeTemp writes a new file beside the entry that it will become. It leaves none behind if that fails.
func writeTemp(root *os.Root, key [32]byte, content []byte) (path string, err error) {
	path = tempOf(key)
	f, err := root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = root.Remove(path)
		return "", err
	}
	return path, nil
}
