//go:build unix

package main

import (
	"bytes"
	"os"
	"testing"
)

// TestInterruptCheck presses Ctrl-C in the midst of a check: no report is there that tells of some documents only.
func TestInterruptCheck(t *testing.T) {
	dir := t.TempDir()
	cmd, stderr := program(dir, "check", "-", "-o", "check.sarif", "-o", "comment.md")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	start(t, cmd)
	if _, err := stdin.Write(bytes.Repeat([]byte("Anyone with the link can open it.\n"), 10_000)); err != nil {
		t.Fatal(err) // more than a pipe holds: once it is written, the program is reading
	}
	interrupt(t, cmd, stderr)
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%d files are left", len(left))
	}
}
