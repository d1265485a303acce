package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whatif/cmd/internal/cli"
)

// TestMalformed gives each file of bad input to the program. What must come of it stands in the folder's README.
func TestMalformed(t *testing.T) {
	const dir = "../../fixtures/malformed"
	rows := badInput(t, filepath.Join(dir, "README.md"))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := rows[e.Name()]; !ok && e.Name() != "README.md" {
			t.Errorf("%s is not in the table", e.Name())
		}
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkBadInput(t, filepath.Join(dir, name), row)
		})
	}
	for _, path := range []string{"/tmp/whatif-was-here.txt", "/tmp/whatif-was-here-too.txt"} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was written", path)
		}
	}
}

// A badFile is a row of the table.
type badFile struct{ gives, words string }

func badInput(t *testing.T, path string) map[string]badFile {
	t.Helper()
	table, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]badFile{}
	for l := range strings.Lines(string(table)) {
		if cells := strings.Split(l, "|"); len(cells) == 6 && strings.HasPrefix(l, "| `") {
			rows[strings.Trim(cells[1], " `")] = badFile{strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])}
		}
	}
	if len(rows) < 30 {
		t.Fatalf("only %d rows in %s", len(rows), path)
	}
	return rows
}

func checkBadInput(t *testing.T, path string, row badFile) {
	start := time.Now()
	stdout, stderr, code := run(t, "text", path)
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
	switch row.gives {
	case "refused":
		if code != cli.ExitUsage || len(stdout) > 0 {
			t.Errorf("exit code %d, want %d, with %d bytes on stdout", code, cli.ExitUsage, len(stdout))
		}
		if !bytes.HasPrefix(stderr, []byte("whatif: reading "+path)) || !strings.Contains(string(stderr), row.words) {
			t.Errorf("stderr does not say %q:\n%s", row.words, stderr)
		}
	case "read":
		if code != cli.ExitDone || !strings.Contains(string(stdout), row.words) {
			t.Errorf("exit code %d; stdout does not say %q:\n%s%s", code, row.words, stdout, stderr)
		}
	default:
		t.Errorf("the table says %q", row.gives)
	}
	if bytes.Contains(stderr, []byte("sorry")) || bytes.Contains(stderr, []byte("goroutine")) {
		t.Errorf("a fault of the program:\n%s", stderr)
	}
	if _, again, analyzed := run(t, "analyze", "-q", path); analyzed != code {
		t.Errorf("analyze ends with exit code %d, text with %d:\n%s", analyzed, code, again)
	}
}
