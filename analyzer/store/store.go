// Package store keeps bytes on disk under the hash of what they were made from.
//
// In comes a [Key] and what belongs to it; out comes the same, in this run or in a later one. Entries are whole or absent:
// many processes may share a directory, one may be killed at any moment, and a damaged entry is as good as none.
package store

import "crypto/sha256"

// A Key names an entry: the SHA-256 of all that shaped it.
type Key [sha256.Size]byte

// A Store is a directory of entries. A nil Store keeps nothing: every entry is absent, and putting one does nothing.
type Store struct {
	dir  string
	most int64 // bytes that it may hold; 0: any number
}
