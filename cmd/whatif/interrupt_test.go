//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"whatif/analyzer/llm/fakellm"
	"whatif/cmd/internal/cli"
)

// TestInterrupt presses Ctrl-C while the program waits for its input.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	cmd, stderr := program(dir, "analyze", "-", "-o", "draft.md")
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

// TestInterruptMany presses Ctrl-C in the midst of many documents: what is there is whole.
func TestInterruptMany(t *testing.T) {
	dir := t.TempDir()
	args := []string{"analyze", "-o", "drafts/", "--format", "json"}
	prd, err := filepath.Abs("../../fixtures/greengrove-club-wallet.md")
	if err != nil {
		t.Fatal(err)
	}
	for range 400 {
		args = append(args, prd)
	}
	cmd, stderr := program(dir, args...)
	start(t, cmd)
	for wait := time.Now(); len(drafts(t, dir)) == 0 && time.Since(wait) < 30*time.Second; {
		time.Sleep(10 * time.Millisecond)
	}
	interrupt(t, cmd, stderr)
	whole := drafts(t, dir)
	if len(whole) == 0 || len(whole) == 400 {
		t.Fatalf("%d drafts were written before the interrupt", len(whole))
	}
	for _, path := range whole {
		if raw, err := os.ReadFile(path); err != nil || !json.Valid(raw) {
			t.Errorf("%s is not whole: %v", path, err)
		}
	}
	if rest, _ := filepath.Glob(filepath.Join(dir, "drafts", ".*")); len(rest) > 0 {
		t.Errorf("left behind: %v", rest)
	}
}

// TestInterruptModel presses Ctrl-C while a model is asked: what it has answered is kept.
func TestInterruptModel(t *testing.T) {
	url, server, stop, err := fakellm.Start(fakellm.Script{Rules: []fakellm.Rule{
		{When: fakellm.When{Schema: "facts", UserContains: fakellm.Words{"opens the gift"}}, Fault: fakellm.Fault{Kind: "stall"}, Times: 1},
		{Reply: "demo"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	dir := t.TempDir()
	prd := strings.Repeat("Anyone with the link can read the message of the customer.\n\n", 9) + "\n# Gift\n\n" + strings.Repeat("The friend opens the gift.\n\n", 9)
	if err := os.WriteFile(filepath.Join(dir, "prd.md"), []byte(prd), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"analyze", "prd.md", "-o", "draft.md", "--model", "fakellm", "--base-url", url, "--chunk", "150", "--cache-dir", "kept"}
	cmd, stderr := program(dir, args...)
	start(t, cmd)
	waiting := func() (answered, stalled bool) {
		for _, e := range server.Log() {
			answered = answered || e.Reply != ""
			stalled = stalled || e.Fault == "stall"
		}
		return answered, stalled
	}
	for wait := time.Now(); time.Since(wait) < 30*time.Second; time.Sleep(10 * time.Millisecond) {
		if answered, stalled := waiting(); answered && stalled {
			break
		}
	}
	time.Sleep(50 * time.Millisecond) // for the answer to be put away
	interrupt(t, cmd, stderr)
	if !strings.Contains(stderr.String(), "hint: what the model has answered is kept") {
		t.Errorf("stderr: %s", stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, "draft.md")); err == nil {
		t.Error("a draft was written")
	}
	var kept struct{ Replies int }
	if err := json.Unmarshal(must(t, "cache", "info", "--json", "--cache-dir", filepath.Join(dir, "kept")), &kept); err != nil || kept.Replies == 0 {
		t.Errorf("%d replies are kept: %v", kept.Replies, err)
	}
	again := exec.Command("whatif", args...)
	again.Dir = dir
	out, err := again.CombinedOutput()
	if err != nil {
		t.Fatalf("the next run: %v\n%s", err, out)
	}
	used := 0
	if m := regexp.MustCompile(`(\d+) repl(?:y|ies) came from the cache`).FindSubmatch(out); m != nil {
		used, _ = strconv.Atoi(string(m[1]))
	}
	if used < max(kept.Replies-1, 1) { // one of what is kept is the form that holds
		t.Errorf("%d replies were kept, and %d used\n%s", kept.Replies, used, out)
	}
}

func drafts(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "drafts", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func program(dir string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	stderr := new(bytes.Buffer)
	cmd := exec.Command("whatif", args...)
	cmd.Dir, cmd.Stderr = dir, stderr
	return cmd, stderr
}

func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
}

// interrupt sends the signal of Ctrl-C; the program must end at once, with a code and a word.
func interrupt(t *testing.T, cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	sent := time.Now()
	err := cmd.Wait()
	if took := time.Since(sent); took > 10*time.Second {
		t.Errorf("ended %v after the interrupt", took)
	}
	exit := (*exec.ExitError)(nil)
	if !errors.As(err, &exit) || exit.ExitCode() != cli.ExitPartly {
		t.Errorf("ended with %v, want exit code %d", err, cli.ExitPartly)
	}
	if !strings.Contains(stderr.String(), "whatif: interrupted; not done: ") {
		t.Errorf("stderr: %s", stderr)
	}
}
