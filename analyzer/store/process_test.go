package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestMain is the program of the other processes, too: with WHATIF_STORE_DIR set it puts and gets entries there.
func TestMain(m *testing.M) {
	dir := os.Getenv("WHATIF_STORE_DIR")
	if dir == "" {
		os.Exit(m.Run())
	}
	rounds, _ := strconv.Atoi(os.Getenv("WHATIF_STORE_ROUNDS"))
	most, _ := strconv.ParseInt(os.Getenv("WHATIF_STORE_MOST"), 10, 64)
	if err := work(dir, most, rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

const workKeys = 16

// work puts and gets the same few entries, of all sizes; 0 rounds do not end.
func work(dir string, most int64, rounds int) error {
	s, err := Open(dir, most)
	if err != nil {
		return err
	}
	for i := 0; rounds == 0 || i < rounds; i++ {
		if err := s.Put(key(i%workKeys), content(i%workKeys, i*7919%60_000)); err != nil {
			return err
		}
		if _, err := whole(s, i*5%workKeys); err != nil {
			return err
		}
	}
	return nil
}

// content returns data that tells its length and whose it is.
func content(k, size int) []byte {
	return binary.LittleEndian.AppendUint64(bytes.Repeat([]byte{byte(k)}, size), uint64(size))
}

// whole reports whether there is an entry; an error says that it is not just as somebody put it.
func whole(s *Store, k int) (bool, error) {
	data, ok := s.Get(key(k))
	if ok && (len(data) < 8 || !bytes.Equal(data, content(k, len(data)-8))) {
		return true, fmt.Errorf("half an entry: key %d, %d bytes", k, len(data))
	}
	return ok, nil
}

func worker(dir string, most int64, rounds int) (*exec.Cmd, *bytes.Buffer) {
	var out bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "WHATIF_STORE_DIR="+dir, "WHATIF_STORE_ROUNDS="+strconv.Itoa(rounds), fmt.Sprint("WHATIF_STORE_MOST=", most))
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

// However often a process is killed in the middle of its work, no other sees half an entry, then or later; and an entry that is
// put again and again is there all the time.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 0)
	var seen [workKeys]bool
	for kill := range 15 {
		cmd, out := worker(dir, 0, 0)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Process.Kill()
		for end := time.Now().Add(time.Duration(20+5*kill) * time.Millisecond); time.Now().Before(end); {
			for k := range workKeys {
				there, err := whole(s, k)
				if err != nil || seen[k] && !there {
					t.Fatalf("entry %d is there: %t, %v", k, there, err)
				}
				seen[k] = there
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil || out.Len() > 0 {
			t.Fatalf("the process ended by itself: %v\n%s", err, out)
		}
	}
	st := stats(t, s)
	if st.Entries == 0 || st.Damaged > 0 {
		t.Errorf("stats %+v", st)
	}
	// What the killed ones left behind goes when it is old.
	for _, path := range temps(t, dir) {
		setUsed(t, path, time.Now().Add(-2*time.Hour))
	}
	put(t, open(t, dir, 0), key(1), []byte("x"))
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestProcessesAtOnce(t *testing.T) {
	const most = 600_000
	dir := t.TempDir()
	var cmds []*exec.Cmd
	var outs []*bytes.Buffer
	for range 3 {
		cmd, out := worker(dir, most, 300)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds, outs = append(cmds, cmd), append(outs, out)
	}
	for i, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Errorf("process %d: %v\n%s", i, err, outs[i])
		}
	}
	s := open(t, dir, most)
	if st := stats(t, s); st.Damaged > 0 || st.Entries == 0 || st.Bytes > most+3*most/16 {
		t.Errorf("stats %+v", st)
	}
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if os.Getuid() != 0 || exec.Command("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", dir).Run() != nil {
		t.Skip("no small disk can be had here")
	}
	defer func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v\n%s", err, out)
		}
	}()
	s := open(t, filepath.Join(dir, "cache"), 0)
	n := 0
	var err error
	for ; n < 100 && err == nil; n++ {
		err = s.Put(key(n), content(n, 20_000))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("after %d entries: %v", n, err)
	}
	if left := temps(t, s.dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if st := stats(t, s); st.Entries != n-1 || st.Damaged > 0 || n < 3 {
		t.Errorf("stats %+v after %d entries", st, n)
	}
	if there, err := whole(s, 0); err != nil || !there {
		t.Errorf("the first entry is there: %t, %v", there, err)
	}
	// Over an entry that is there, nothing is lost by trying.
	if err := s.Put(key(0), content(0, 40_000)); err == nil {
		t.Error("put on a full disk")
	}
	if got, ok := s.Get(key(0)); !ok || len(got) != 20_008 {
		t.Errorf("the entry of old has %d bytes, %t", len(got), ok)
	}
	if _, _, err := s.Clear(time.Time{}); err != nil {
		t.Error(err)
	}
	if err := s.Put(key(1), content(1, 20_000)); err != nil {
		t.Errorf("after clearing: %v", err)
	}
}

// A pipe in an entry's place is no entry; who opened it would wait for ever.
func TestPipe(t *testing.T) {
	s := open(t, t.TempDir(), 0)
	put(t, s, key(1), []byte("x"))
	if err := os.Remove(file(s, key(1))); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("mkfifo", file(s, key(1))).Run(); err != nil {
		t.Skip("no pipe can be had here")
	}
	got := make(chan bool, 1)
	go func() {
		_, ok := s.Get(key(1))
		got <- ok
	}()
	select {
	case ok := <-got:
		if ok {
			t.Error("got something from a pipe")
		}
	case <-time.After(10 * time.Second):
		t.Error("waits for a pipe")
	}
	put(t, s, key(1), []byte("y"))
	if data, ok := s.Get(key(1)); !ok || string(data) != "y" {
		t.Errorf("got %q, %t", data, ok)
	}
}

func TestReadOnly(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	s := open(t, t.TempDir(), 0)
	put(t, s, key(1), []byte("x"))
	if err := os.Chmod(filepath.Dir(file(s, key(1))), 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Dir(file(s, key(1))), 0o700)
	if _, ok := s.Get(key(1)); !ok {
		t.Error("a store that can't be written can't be read")
	}
	if err := s.Put(key(1), []byte("y")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v", err)
	}
}
