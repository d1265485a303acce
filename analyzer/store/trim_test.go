package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// at returns a store whose clock stands still.
func at(t testing.TB, dir string, most int64, now time.Time) *Store {
	t.Helper()
	s := open(t, dir, most)
	s.now = func() time.Time { return now }
	return s
}

func setUsed(t testing.TB, path string, when time.Time) {
	t.Helper()
	if err := os.Chtimes(path, when, when); err != nil {
		t.Fatal(err)
	}
}

func used(t testing.TB, path string) time.Time {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime().UTC()
}

func has(s *Store, key [32]byte) bool {
	_, err := os.Lstat(file(s, key))
	return err == nil
}

func TestUseIsNoted(t *testing.T) {
	s := at(t, t.TempDir(), 0, noon)
	put(t, s, key(1), []byte("x"))
	for _, c := range []struct{ last, want time.Time }{
		{noon.Add(-30 * time.Minute), noon.Add(-30 * time.Minute)}, // writing it each time would be slow
		{noon.Add(-2 * time.Hour), noon},
		{noon.Add(5 * time.Minute), noon.Add(5 * time.Minute)}, // clocks differ a little
		{noon.AddDate(3, 0, 0), noon},                          // this one was wrong
	} {
		setUsed(t, file(s, key(1)), c.last)
		if _, ok := s.Get(key(1)); !ok {
			t.Fatal("gone")
		}
		if got := used(t, file(s, key(1))); !got.Equal(c.want) {
			t.Errorf("last used %v, read at %v: now last used %v, want %v", c.last, noon, got, c.want)
		}
	}
}

func TestEviction(t *testing.T) {
	size := int64(headerSize + 1000)
	s := at(t, t.TempDir(), 8*size, noon)
	for i := range 8 {
		put(t, s, key(i), make([]byte, 1000))
		setUsed(t, file(s, key(i)), noon.Add(time.Duration(i-20)*time.Hour))
	}
	if st := stats(t, s); st.Entries != 8 || st.Bytes != 8*size || !st.Oldest.Equal(noon.Add(-20*time.Hour)) || !st.Newest.Equal(noon.Add(-13*time.Hour)) {
		t.Fatalf("stats %+v", st)
	}
	setUsed(t, file(s, key(5)), noon.AddDate(1, 0, 0)) // a wrong clock counts as now
	if _, ok := s.Get(key(0)); !ok {                   // and so 0 was used last
		t.Fatal("gone")
	}
	put(t, s, key(8), make([]byte, 1000))
	for i, want := range []bool{true, false, false, true, true, true, true, true, true} { // room for one, and an eighth
		if got := has(s, key(i)); got != want {
			t.Errorf("entry %d is there: %t, want %t", i, got, want)
		}
	}
	if got := used(t, file(s, key(5))); !got.Equal(noon) {
		t.Errorf("a time in the future stays: %v", got)
	}
}

func TestBoundHolds(t *testing.T) {
	s := open(t, t.TempDir(), 50_000)
	for i := range 300 {
		put(t, s, key(i), make([]byte, 100+i*17%3000))
		if i%10 > 0 {
			continue
		}
		if st := stats(t, s); st.Bytes > 50_000 || st.Damaged > 0 || i > 100 && st.Bytes < 30_000 {
			t.Fatalf("after %d entries: %+v", i+1, st)
		}
	}
	if !has(s, key(299)) {
		t.Error("the newest entry is gone")
	}
}

// A later process sees what earlier ones left, with a smaller bound too.
func TestBoundOfALaterRun(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir, 0)
	for i := range 50 {
		put(t, first, key(i), make([]byte, 1000))
	}
	second := open(t, dir, 20_000)
	put(t, second, key(99), []byte("x"))
	if st := stats(t, second); st.Bytes > 20_000 || st.Entries < 10 || !has(second, key(99)) {
		t.Errorf("stats %+v", st)
	}
}

func TestTooLarge(t *testing.T) {
	s := open(t, t.TempDir(), 1000)
	put(t, s, key(1), make([]byte, 500))
	if err := s.Put(key(2), make([]byte, 1000)); err == nil {
		t.Error("an entry larger than the store")
	}
	if st := stats(t, s); st.Entries != 1 || len(temps(t, s.dir)) > 0 {
		t.Errorf("stats %+v", st)
	}
}

func TestLeftBehind(t *testing.T) {
	dir := t.TempDir()
	s := at(t, dir, 0, noon)
	put(t, s, key(1), []byte("x"))
	name := func(suffix string) string { return file(s, key(2)) + suffix }
	if err := os.MkdirAll(filepath.Dir(name("")), 0o700); err != nil {
		t.Fatal(err)
	}
	files := map[string]struct {
		used time.Time
		stay bool
	}{
		name(tempMark + "young"):                             {noon.Add(-50 * time.Minute), true}, // its process may be at it
		name(tempMark + "old"):                               {noon.Add(-2 * time.Hour), false},
		name(tempMark + "future"):                            {noon.Add(48 * time.Hour), false},
		name(".old"):                                         {noon.AddDate(-9, 0, 0), true}, // not the store's
		filepath.Join(dir, "README"):                         {noon.AddDate(-9, 0, 0), true},
		filepath.Join(dir, "zz.tmp-1"):                       {noon.AddDate(-9, 0, 0), true},
		filepath.Join(filepath.Dir(name("")), "notes.tmp-x"): {noon.AddDate(-9, 0, 0), true},
	}
	for path, f := range files {
		if err := os.WriteFile(path, []byte("?"), 0o600); err != nil {
			t.Fatal(err)
		}
		setUsed(t, path, f.used)
	}
	later := at(t, dir, 0, noon) // looks once in its life
	put(t, later, key(3), []byte("x"))
	for path, f := range files {
		if _, err := os.Stat(path); (err == nil) != f.stay {
			t.Errorf("%s: stays %t, want %t", filepath.Base(path), err == nil, f.stay)
		}
	}
	if st := stats(t, later); st.Entries != 2 || st.Damaged != 0 {
		t.Errorf("stats %+v", st)
	}
}

func TestClear(t *testing.T) {
	s := at(t, t.TempDir(), 0, noon)
	for i := range 4 {
		put(t, s, key(i), make([]byte, 100*i))
		setUsed(t, file(s, key(i)), noon.AddDate(0, 0, -i))
	}
	foreign := filepath.Join(s.dir, "README")
	if err := os.WriteFile(foreign, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	n, b, err := s.Clear(noon.AddDate(0, 0, -1).Add(-time.Minute))
	if n != 2 || b != int64(2*headerSize+200+300) || err != nil || !has(s, key(0)) || !has(s, key(1)) {
		t.Errorf("cleared %d entries of %d bytes, %v", n, b, err)
	}
	n, b, err = s.Clear(time.Time{})
	if n != 2 || b != int64(2*headerSize+100) || err != nil {
		t.Errorf("cleared %d entries of %d bytes, %v", n, b, err)
	}
	if st := stats(t, s); st.Entries != 0 || st.Bytes != 0 || !st.Oldest.IsZero() {
		t.Errorf("stats %+v", st)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error("a file that is not the store's is gone")
	}
	put(t, s, key(1), []byte("again"))
	if _, ok := s.Get(key(1)); !ok {
		t.Error("nothing can be put after Clear")
	}
}
