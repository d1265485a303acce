//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A sink takes what a program writes while others look.
type sink struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// await waits until something holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for wait := time.Now(); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Since(wait) > 60*time.Second {
			t.Fatalf("not seen: %s", what)
		}
	}
}

// TestWatch edits, adds and removes documents under the eyes of "whatif watch": their drafts follow.
func TestWatch(t *testing.T) {
	for _, args := range [][]string{nil, {"--every", "100ms"}} {
		dir := docsFolder(t, 2)
		cmd, _ := program(dir, append([]string{"watch", "docs", "--drafts", "md"}, args...)...)
		said := new(sink)
		cmd.Stderr = said
		start(t, cmd)
		drafts := filepath.Join(dir, "whatif-scan", "drafts")
		holds := func(name, text string) func() bool {
			return func() bool {
				data, err := os.ReadFile(filepath.Join(drafts, name+".threatmodel.md"))
				return err == nil && strings.Contains(string(data), text)
			}
		}
		write := func(name, text string) {
			path := filepath.Join(dir, "docs", name)
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		await(t, "the first drafts", holds("team1/prd-001.md", "report 1"))
		await(t, "the wait for changes", func() bool { return strings.Contains(said.String(), "waiting for changes") })
		write("team1/prd-001.md", strings.ReplaceAll(smallPRD(1), "report 1", "the edited report"))
		await(t, "the draft of an edited document", holds("team1/prd-001.md", "the edited report"))
		write("new/team/prd.md", smallPRD(77))
		await(t, "the draft of a document in a new folder", holds("new/team/prd.md", "report 77"))
		if err := os.Remove(filepath.Join(dir, "docs", "team0", "prd-000.md")); err != nil {
			t.Fatal(err)
		}
		await(t, "a draft that goes with its document", func() bool {
			_, err := os.Stat(filepath.Join(drafts, "team0", "prd-000.md.threatmodel.md"))
			return os.IsNotExist(err)
		})
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("it ended with %v\n%s", err, said)
		}
	}
}
