package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// An entry's file is magic, with the version of this form; the number of bytes of its data; the SHA-256 of key, number and data;
// and the data. So a file that was cut, changed, or put in another's place is known for what it is.
const (
	magic      = "whatif1\n"
	sumAt      = len(magic) + 8
	headerSize = sumAt + sha256.Size
	mostData   = 1 << 28 // a quarter of a gigabyte: replies and drafts are far below
)

var errDamaged = errors.New("the entry is damaged")

func encode(key [32]byte, data []byte) []byte {
	b := make([]byte, 0, headerSize+len(data))
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(data)))
	sum := checksum(key, b, data)
	b = append(b, sum[:]...)
	return append(b, data...)
}

// decode returns the data of an entry's file.
func decode(key [32]byte, b []byte) ([]byte, error) {
	if len(b) < headerSize || string(b[:len(magic)]) != magic ||
		binary.LittleEndian.Uint64(b[len(magic):sumAt]) != uint64(len(b)-headerSize) ||
		checksum(key, b[:sumAt], b[headerSize:]) != [sha256.Size]byte(b[sumAt:headerSize]) {
		return nil, errDamaged
	}
	return b[headerSize:], nil
}

func checksum(key [32]byte, head, data []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	h.Write(key[:])
	h.Write(head)
	h.Write(data)
	h.Sum(sum[:0])
	return sum
}

// readEntry returns an entry's data and what its file is. Only plain files are read: no links, no pipes.
func readEntry(root *os.Root, key [32]byte) ([]byte, fs.FileInfo, error) {
	path := pathOf(key)
	info, err := root.Lstat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, info, errDamaged
	}
	f, err := root.Open(path)
	if err != nil {
		return nil, info, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() || info.Size() < int64(headerSize) || info.Size() > int64(headerSize+mostData) {
		return nil, info, errDamaged
	}
	b := make([]byte, info.Size())
	if _, err := io.ReadFull(f, b); err != nil {
		return nil, info, err
	}
	data, err := decode(key, b)
	return data, info, err
}

// shelfOf returns the directory of an entry: a directory of many thousand files is slow on some systems.
func shelfOf(key [32]byte) string { return hex.EncodeToString(key[:1]) }

func pathOf(key [32]byte) string { return shelfOf(key) + "/" + hex.EncodeToString(key[:]) }

// tempMark stands between the name of an entry and what makes the name of a file that will become it unique.
const tempMark = ".tmp-"

func tempOf(key [32]byte) string {
	return pathOf(key) + tempMark + strings.ToLower(rand.Text())
}

// keyOf returns the key of the entry whose file has the name, and whether there can be one on the shelf.
func keyOf(shelf, name string) (key [32]byte, ok bool) {
	if len(name) != 2*len(key) || !strings.HasPrefix(name, shelf) || strings.ToLower(name) != name {
		return key, false
	}
	_, err := hex.Decode(key[:], []byte(name))
	return key, err == nil
}
