package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestScanOnAFullDisk scans to a disk that is full, again and again with a little more room: wherever it ends, it says so in a line,
// leaves no half file, and goes on from there. In the end the output is what a large disk gets.
func TestScanOnAFullDisk(t *testing.T) {
	dir := docsFolder(t, 12)
	disk := filepath.Join(dir, "disk")
	sh := func(command string) error { return exec.Command("sh", "-c", command).Run() }
	if err := sh(fmt.Sprintf("mkdir %[1]s && mount -t tmpfs -o size=16k tmpfs %[1]s", disk)); err != nil {
		t.Skipf("NOT TESTED: a small disk needs root and the right to mount: %v", err)
	}
	defer sh("umount " + disk)
	calm, stderr := scanning(dir, nil, "-o", "calm/out")
	if err := calm.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	full := 0
	for size := 16; ; size += 96 {
		if size > 10_000 {
			t.Fatal("10 MB are not enough")
		}
		if err := sh(fmt.Sprintf("mount -o remount,size=%dk %s", size, disk)); err != nil {
			t.Fatal(err)
		}
		cmd, stderr := scanning(dir, nil, "-o", "disk/out")
		err := cmd.Run()
		if err == nil {
			break
		}
		full++
		if !strings.Contains(stderr.String(), "no space left on device") || strings.Contains(stderr.String(), "goroutine") {
			t.Fatalf("with %d kB: %v\n%s", size, err, stderr)
		}
	}
	if full < 5 {
		t.Errorf("the disk was full %d times only", full)
	}
	want, got := tree(t, filepath.Join(dir, "calm", "out")), tree(t, filepath.Join(disk, "out"))
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}
