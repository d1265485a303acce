// Package store keeps bytes on disk under the hash of what they were made from.
//
// In comes a key and what belongs to it; out comes the same, in this run or in a later one. Entries are whole or absent:
// many processes may share a directory, one may be killed at any moment, and a damaged entry is as good as none.
package store

import "time"

// A Store is a directory of entries. A nil Store keeps nothing: every entry is absent, and putting one does nothing.
type Store struct {
	dir  string
	most int64 // bytes that it may hold; 0: any number
}

// Open returns the store in a directory, which is made when the first entry is put. most bounds its bytes; 0 is no bound.
func Open(dir string, most int64) (*Store, error) { return &Store{dir, most}, nil }

// Get returns the entry with the key, and whether there is one.
func (s *Store) Get(key [32]byte) ([]byte, bool) { return nil, false }

// Put keeps data under the key, over what was there.
func (s *Store) Put(key [32]byte, data []byte) error { return nil }

// Stats describe a store.
type Stats struct {
	Dir            string
	Entries        int
	Bytes          int64
	Damaged        int       // entries that are as good as none
	Oldest, Newest time.Time // of last use
}

// Stats looks at all entries.
func (s *Store) Stats() (Stats, error) { return Stats{Dir: s.dir}, nil }

// Clear removes every entry that was not used since before, all if it is zero, and returns how many and their bytes.
func (s *Store) Clear(before time.Time) (entries int, bytes int64, err error) { return 0, 0, nil }
