package main

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkStartup compares "whatif version" with the same command of an otherwise empty cobra program. The goal is a factor
// of 1.5 at most: nothing may be loaded before a command needs it.
func BenchmarkStartup(b *testing.B) {
	dir := b.TempDir()
	for _, program := range []struct{ name, pkg string }{{"emptycobra", "./testdata/emptycobra"}, {"whatif", "."}} {
		path := filepath.Join(dir, program.name)
		if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, program.pkg).CombinedOutput(); err != nil {
			b.Fatalf("building %s: %v\n%s", program.pkg, err, out)
		}
		b.Run(program.name, func(b *testing.B) {
			for b.Loop() {
				if err := exec.Command(path, "version").Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
