package scan

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"whatif/analyzer/record"
)

// TestJournalCutAnywhere cuts a journal after any byte: what was whole is there, and it goes on from there.
func TestJournalCutAnywhere(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "journal")
		os.Remove(path)
		j, err := openJournal(path)
		if err != nil {
			t.Fatal(err)
		}
		var ends []int64
		var names []string
		for i := range rapid.IntRange(1, 12).Draw(t, "documents") {
			name := fmt.Sprintf("%d %s", i, rapid.String().Draw(t, "name"))
			if err := j.put(&entry{Name: name, State: record.Done}, &record.Record{Name: name, Title: name}); err != nil {
				t.Fatal(err)
			}
			ends, names = append(ends, j.size), append(names, name)
		}
		cut := rapid.Int64Range(0, j.size).Draw(t, "cut")
		j.close()
		if err := os.Truncate(path, cut); err != nil {
			t.Fatal(err)
		}
		j, err = openJournal(path)
		if err != nil {
			t.Fatal(err)
		}
		defer j.close()
		for i, end := range ends {
			e := j.entries[key(names[i])]
			if (e != nil) != (end <= cut) {
				t.Fatalf("cut at %d: entry %d, which ends at %d, is %v", cut, i, end, e)
			}
			if e == nil {
				continue
			}
			if r, err := j.record(e); err != nil || r.Title != key(names[i]) {
				t.Fatalf("its record is %+v, %v", r, err)
			}
		}
		if err := j.put(&entry{Name: "more", State: record.Done}, &record.Record{Name: "more"}); err != nil {
			t.Fatal(err)
		}
		if r, err := j.record(j.entries["more"]); err != nil || r.Name != "more" {
			t.Fatalf("after the cut: %+v, %v", r, err)
		}
	})
}

// key is a name as JSON takes it: names of documents are valid UTF-8 already.
func key(name string) string { return string([]rune(name)) }

// TestJournalDamage turns one byte: at most the entry it belongs to is lost.
func TestJournalDamage(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "journal")
		os.Remove(path)
		j, err := openJournal(path)
		if err != nil {
			t.Fatal(err)
		}
		const n = 8
		for i := range n {
			name := fmt.Sprint("document ", i)
			if err := j.put(&entry{Name: name, State: record.Done}, &record.Record{Name: name}); err != nil {
				t.Fatal(err)
			}
		}
		at := rapid.Int64Range(int64(len(journalHeader)), j.size-1).Draw(t, "at")
		b := make([]byte, 1)
		if _, err := j.file.ReadAt(b, at); err != nil {
			t.Fatal(err)
		}
		b[0] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		if _, err := j.file.WriteAt(b, at); err != nil {
			t.Fatal(err)
		}
		j.close()
		j, err = openJournal(path)
		if err != nil {
			t.Fatal(err)
		}
		defer j.close()
		if len(j.entries) < n-2 || j.damaged == 0 { // a line end that is gone takes two lines with it
			t.Fatalf("%d entries are left, %d damaged lines", len(j.entries), j.damaged)
		}
		for name, e := range j.entries {
			if r, err := j.record(e); err != nil || r.Name != name {
				t.Fatalf("%s: %+v, %v", name, r, err)
			}
		}
	})
}

func TestJournalOfAnotherVersion(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(StateDir(dir), 0o777); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(StateDir(dir), "journal")
	if err := os.WriteFile(path, []byte("whatif journal 99\nsomething\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := openJournal(path); !errors.Is(err, errVersion) {
		t.Fatalf("the error is %v", err)
	}
	f := open(t, dir)
	if !f.Renewed || f.Len() != 0 {
		t.Errorf("renewed %v, %d documents", f.Renewed, f.Len())
	}
	if old, err := os.ReadFile(path + ".old"); err != nil || string(old) != "whatif journal 99\nsomething\n" {
		t.Errorf("the old journal is %q, %v", old, err)
	}
}

func TestJournalTidy(t *testing.T) {
	j, err := openJournal(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { j.close() }()
	for i := range 500 {
		name := fmt.Sprint(i % 5)
		if err := j.put(&entry{Name: name, State: record.Done}, &record.Record{Name: name, Title: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	before := j.size
	if err := j.tidy([]string{"0", "1", "2", "3", "4"}); err != nil {
		t.Fatal(err)
	}
	if j.size > before/50 || len(j.entries) != 5 || j.dead != 0 {
		t.Errorf("%d of %d bytes, %d entries, %d dead", j.size, before, len(j.entries), j.dead)
	}
	if r, err := j.record(j.entries["4"]); err != nil || r.Title != "499" {
		t.Errorf("%+v, %v", r, err)
	}
}

func FuzzJournalLine(f *testing.F) {
	line, err := formatLine(&entry{Name: "a", State: record.Done}, &record.Record{Name: "a"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte("00000000\t{}\t{}\n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		if e, ok := parseLine(append(line, '\n')); ok && (e.at+int64(e.length) > int64(len(line)) || e.length < 0) {
			t.Errorf("the record of %q is at %d, %d bytes", line, e.at, e.length)
		}
	})
}
