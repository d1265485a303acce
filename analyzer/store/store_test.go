package store

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func open(t testing.TB, dir string, most int64) *Store {
	t.Helper()
	s, err := Open(dir, most)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t testing.TB, s *Store, key [32]byte, data []byte) {
	t.Helper()
	if err := s.Put(key, data); err != nil {
		t.Fatal(err)
	}
}

func stats(t testing.TB, s *Store) Stats {
	t.Helper()
	st, err := s.Stats()
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func key(n int) [32]byte { return sha256.Sum256([]byte{byte(n), byte(n >> 8)}) }

func file(s *Store, key [32]byte) string {
	return filepath.Join(s.dir, filepath.FromSlash(pathOf(key)))
}

// temps returns the files that were to become entries.
func temps(t testing.TB, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*"+tempMark+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestStoreAgainstMap(t *testing.T) {
	base := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		s, err := Open(filepath.Join(base, fmt.Sprint(n)), 0)
		if err != nil {
			t.Fatal(err)
		}
		want := map[int][]byte{}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			k := rapid.IntRange(0, 5).Draw(t, "key")
			if rapid.Bool().Draw(t, "put") {
				data := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
				if err := s.Put(key(k), data); err != nil {
					t.Fatal(err)
				}
				want[k] = data
			}
			got, ok := s.Get(key(k))
			if _, there := want[k]; ok != there || !bytes.Equal(got, want[k]) {
				t.Fatalf("key %d: got %q, %t; want %q, %t", k, got, ok, want[k], there)
			}
		}
		st, err := s.Stats()
		if err != nil || st.Entries != len(want) || st.Damaged != 0 {
			t.Fatalf("stats %+v, %v; want %d entries", st, err, len(want))
		}
	})
}

func TestLaterRun(t *testing.T) {
	dir := t.TempDir()
	put(t, open(t, dir, 0), key(1), []byte("a reply"))
	if got, ok := open(t, dir, 1000).Get(key(1)); !ok || string(got) != "a reply" {
		t.Errorf("got %q, %t", got, ok)
	}
}

func TestNilStore(t *testing.T) {
	var s *Store
	if err := s.Put(key(1), []byte("x")); err != nil {
		t.Error(err)
	}
	if data, ok := s.Get(key(1)); ok || data != nil {
		t.Errorf("got %q", data)
	}
	if st, err := s.Stats(); err != nil || st != (Stats{}) {
		t.Errorf("stats %+v, %v", st, err)
	}
	if n, b, err := s.Clear(time.Time{}); n != 0 || b != 0 || err != nil {
		t.Errorf("cleared %d, %d, %v", n, b, err)
	}
}

func TestOpen(t *testing.T) {
	for _, c := range []struct {
		dir  string
		most int64
	}{{"", 0}, {"x", -1}} {
		if _, err := Open(c.dir, c.most); err == nil || !strings.HasPrefix(err.Error(), "opening the cache") {
			t.Errorf("Open(%q, %d): %v", c.dir, c.most, err)
		}
	}
	dir := filepath.Join(t.TempDir(), "not", "yet")
	s := open(t, dir, 100)
	if _, ok := s.Get(key(1)); ok {
		t.Error("an entry in a store that is not there")
	}
	if st := stats(t, s); st != (Stats{Dir: dir}) {
		t.Errorf("stats %+v", st)
	}
	if _, _, err := s.Clear(time.Time{}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading made the directory: %v", err)
	}
}

func TestOpenFollowsNoChangeOfDirectory(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	s := open(t, "cache", 0)
	t.Chdir(t.TempDir())
	put(t, s, key(1), []byte("x"))
	if _, err := os.Stat(filepath.Join(dir, "cache")); err != nil {
		t.Error(err)
	}
}

func TestPutWhereNothingCanBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := open(t, filepath.Join(path, "cache"), 0).Put(key(1), []byte("x"))
	if err == nil || !strings.Contains(err.Error(), "keeping an entry of 1 bytes in the cache "+path) || !strings.HasSuffix(err.Error(), "use another directory") {
		t.Errorf("error %v", err)
	}
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes there")
	}
	s := open(t, filepath.Join(t.TempDir(), "cache"), 0)
	put(t, s, key(1), []byte("words of a document"))
	for path, want := range map[string]fs.FileMode{s.dir: fs.ModeDir | 0o700, filepath.Dir(file(s, key(1))): fs.ModeDir | 0o700, file(s, key(1)): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: mode %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
}

// Whatever byte of an entry is changed, and wherever it is cut, it is as good as none, and the next Put mends it.
func TestDamage(t *testing.T) {
	s := open(t, t.TempDir(), 0)
	data := []byte("{\"findings\":[]}\n")
	put(t, s, key(1), data)
	path := file(s, key(1))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := [][]byte{append(bytes.Clone(whole), 0), append(bytes.Clone(whole), whole...)}
	for i := range whole {
		damaged = append(damaged, whole[:i])
		for _, bit := range []byte{1, 0x80} {
			b := bytes.Clone(whole)
			b[i] ^= bit
			damaged = append(damaged, b)
		}
	}
	for _, b := range damaged {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, ok := s.Get(key(1)); ok {
			t.Fatalf("got %q of a damaged entry % x", got, b)
		}
	}
	if st := stats(t, s); st.Entries != 1 || st.Damaged != 1 {
		t.Errorf("stats %+v, want 1 entry, damaged", st)
	}
	put(t, s, key(1), data)
	if got, ok := s.Get(key(1)); !ok || !bytes.Equal(got, data) {
		t.Errorf("got %q, %t after another Put", got, ok)
	}
}

func TestEntryUnderAnothersName(t *testing.T) {
	s := open(t, t.TempDir(), 0)
	put(t, s, key(1), []byte("one"))
	put(t, s, key(2), []byte("two"))
	if err := os.Rename(file(s, key(1)), file(s, key(2))); err != nil {
		t.Fatal(err)
	}
	if got, ok := s.Get(key(2)); ok {
		t.Errorf("got %q, which belongs to another key", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(key(1), []byte("data")))
	f.Add([]byte(magic))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if data, err := decode(key(1), b); err == nil && !bytes.Equal(encode(key(1), data), b) {
			t.Fatalf("% x is taken for an entry", b)
		}
	})
}

func TestLinksAreNotFollowed(t *testing.T) {
	outside := open(t, t.TempDir(), 0)
	put(t, outside, key(1), []byte("not yours"))
	s := open(t, t.TempDir(), 0)
	link := func(from, to string) {
		t.Helper()
		if err := os.Symlink(to, from); err != nil {
			t.Skip(err)
		}
	}

	// An entry that is a link is none, and is replaced, not written through.
	if err := os.MkdirAll(filepath.Dir(file(s, key(1))), 0o700); err != nil {
		t.Fatal(err)
	}
	link(file(s, key(1)), file(outside, key(1)))
	if got, ok := s.Get(key(1)); ok {
		t.Errorf("got %q through a link", got)
	}
	put(t, s, key(1), []byte("mine"))
	if got, _ := outside.Get(key(1)); string(got) != "not yours" {
		t.Errorf("the file outside holds %q", got)
	}
	if got, ok := s.Get(key(1)); !ok || string(got) != "mine" {
		t.Errorf("got %q, %t", got, ok)
	}

	// A shelf that is a link leads nowhere.
	if err := os.RemoveAll(filepath.Dir(file(s, key(1)))); err != nil {
		t.Fatal(err)
	}
	link(filepath.Dir(file(s, key(1))), filepath.Dir(file(outside, key(1))))
	if got, ok := s.Get(key(1)); ok {
		t.Errorf("got %q through a linked shelf", got)
	}
	if err := s.Put(key(1), []byte("mine")); err == nil {
		t.Error("put through a linked shelf")
	}
	if n, _, err := s.Clear(time.Time{}); n != 0 || err != nil {
		t.Errorf("cleared %d through a linked shelf, %v", n, err)
	}
	if got, _ := outside.Get(key(1)); string(got) != "not yours" {
		t.Errorf("the file outside holds %q", got)
	}
}

func TestManyGoroutines(t *testing.T) {
	s := open(t, t.TempDir(), 20_000)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 30 {
				k := (g + i) % 10
				data := bytes.Repeat([]byte{byte(k)}, 100*k)
				if err := s.Put(key(k), data); err != nil {
					t.Error(err)
				}
				if got, ok := s.Get(key(k)); !ok || !bytes.Equal(got, data) {
					t.Errorf("key %d: %d bytes, %t", k, len(got), ok)
				}
			}
		})
	}
	wg.Wait()
	if left := temps(t, s.dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func BenchmarkGet(b *testing.B) {
	s := open(b, b.TempDir(), 0)
	put(b, s, key(1), make([]byte, 4096))
	for b.Loop() {
		if _, ok := s.Get(key(1)); !ok {
			b.Fatal("gone")
		}
	}
}

// BenchmarkPut puts into a store that is full, so that it counts the cost of looking and evicting.
func BenchmarkPut(b *testing.B) {
	const size = 4096
	s := open(b, b.TempDir(), 4000*(size+int64(headerSize)))
	data := make([]byte, size)
	n := 0
	for ; n < 5000; n++ {
		put(b, s, sha256.Sum256(fmt.Append(nil, n)), data)
	}
	for b.Loop() {
		n++
		put(b, s, sha256.Sum256(fmt.Append(nil, n)), data)
	}
}
