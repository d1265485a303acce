package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"pgregory.net/rapid"
)

// Every setting's default is a value that the setting takes, written as it is shown.
func TestDefaults(t *testing.T) {
	for _, def := range allSettings() {
		if def.value == "" {
			continue
		}
		if got, err := def.check(def.value); got != def.value || err != nil {
			t.Errorf("%s: default %q is read as %q, %v", def.key, def.value, got, err)
		}
	}
}

// A project's limit never ends up above what holds without the project.
func TestProjectOnlyLowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		own, asked := rapid.Int64Range(1, 1<<40).Draw(t, "own"), rapid.Int64Range(1, 1<<40).Draw(t, "asked")
		s, err := (&app{}).settings(newFlags())
		if err != nil {
			t.Fatal(err)
		}
		user := settingsFile{path: "/home/me/config.yaml", entries: []settingsEntry{{"max-bytes", 1, []string{formatSize(own)}}}}
		project := settingsFile{path: "/shop/.whatif.yaml", project: true, entries: []settingsEntry{{"max-bytes", 1, []string{formatSize(asked)}}}}
		for _, f := range []settingsFile{user, project} {
			if err := s.addFile(f); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := s.limits().Bytes, min(own, asked); got != want {
			t.Fatalf("own %d, project %d: %d", own, asked, got)
		}
		if noted := len(s.notes) == 1; noted != (asked > own) {
			t.Fatalf("own %d, project %d: notes %v", own, asked, s.notes)
		}
	})
}

func TestWithin(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"project/docs", "project/.git", "elsewhere"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	project := filepath.Join(dir, "project")
	good := []string{"a.md", "docs/", "docs/a.md", "new/deep/a.md", "./docs/a.md", "docs/../a.md"}
	bad := []string{"../a.md", "/etc/a.md", "docs/../../a.md", ".git/a.md", "docs/.a.md", "..", ""}
	if runtime.GOOS != "windows" {
		for link, target := range map[string]string{"out": "../elsewhere", "gone": "../nowhere", "in": "docs"} {
			if err := os.Symlink(target, filepath.Join(project, link)); err != nil {
				t.Fatal(err)
			}
		}
		good = append(good, "in/a.md")
		bad = append(bad, "out/a.md", "out/deep/a.md", "gone", "gone/a.md")
	}
	for _, name := range good {
		if got, err := within(project, name); err != nil || !strings.HasPrefix(got, project) {
			t.Errorf("within(%q) = %q, %v", name, got, err)
		}
	}
	for _, name := range bad {
		if got, err := within(project, name); err == nil {
			t.Errorf("within(%q) = %q, want an error", name, got)
		}
	}
}

// FuzzSettings reads any file: an error or entries, never a fault.
func FuzzSettings(f *testing.F) {
	for _, seed := range []string{"", "format: md", "a: [b, c]", "a: &x b\nc: *x", "- a", "? [a]\n: b", "a: b\na: c", "\x00", "a: {b: c}", "!!binary a: b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parseSettings("x.yaml", data)
		if err != nil && entries != nil {
			t.Error("both entries and an error")
		}
		for _, e := range entries {
			if e.line < 1 || e.line > 1+strings.Count(string(data), "\n")+strings.Count(string(data), "\r") {
				t.Errorf("%s is said to be in line %d", e.key, e.line)
			}
		}
	})
}

func newFlags() *pflag.FlagSet { return pflag.NewFlagSet("test", pflag.ContinueOnError) }
