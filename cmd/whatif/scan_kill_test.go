//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"whatif/analyzer/llm/fakellm"
	"whatif/analyzer/wholefile"
)

// docsFolder writes n documents, each with a few sentences of its own, and returns the folder above them.
func docsFolder(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		path := filepath.Join(dir, "docs", fmt.Sprintf("team%d", i%5), fmt.Sprintf("prd-%03d.md", i))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(smallPRD(i)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// smallPRD is a document that differs from that of every other number.
func smallPRD(i int) string {
	return fmt.Sprintf(`# Requirements for sharing, part %d

As a customer I want to send report %d to a colleague, so that we can talk about it.

## Sharing
- The customer can share report %d with anyone who has the link.
- Links never expire. Support agents can open every report.
- The e-mail address of the customer is sent to the mail provider Postmark.
`, i, i, i)
}

// tree returns the bytes of every file of an output folder but those of whatif's own state.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && d.Name() == ".whatif" {
				return filepath.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[rel] = string(data)
		if wholefile.IsTemporary(path) {
			t.Errorf("left behind: %s", rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// scanning starts a scan in dir.
func scanning(dir string, env []string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd, stderr := program(dir, append([]string{"scan", "docs"}, args...)...)
	cmd.Env = append(os.Environ(), append([]string{"SOURCE_DATE_EPOCH=1767225600"}, env...)...)
	return cmd, stderr
}

// killed starts a scan again and again and kills it at random moments, until it was killed often enough or came to its end; then it lets
// it end. It returns how often it was killed.
func killed(t *testing.T, times int, longest time.Duration, begin func() (*exec.Cmd, *bytes.Buffer), dead func()) int {
	t.Helper()
	chance := rand.New(rand.NewPCG(1, 2))
	n := 0
	for range times {
		cmd, _ := begin()
		start(t, cmd)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("a run that was not killed ended with %v", err)
			}
		case <-time.After(time.Duration(chance.Int64N(int64(longest)))):
			cmd.Process.Kill()
			<-ended
			n++
			if dead != nil {
				dead()
			}
		}
	}
	cmd, stderr := begin()
	if err := cmd.Run(); err != nil {
		t.Fatalf("the last run: %v\n%s", err, stderr)
	}
	return n
}

// TestScanKilled kills a scan at many moments. What it leaves in the end is what an undisturbed one leaves, byte for byte.
func TestScanKilled(t *testing.T) {
	dir := docsFolder(t, 150)
	calm, stderr := scanning(dir, nil, "-o", "calm")
	if err := calm.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	times := 50
	if withRace {
		times = 8
	}
	n := killed(t, times, 400*time.Millisecond, func() (*exec.Cmd, *bytes.Buffer) { return scanning(dir, nil, "-o", "hurt") }, nil)
	t.Logf("killed %d times", n)
	if n < times/2 {
		t.Errorf("it was killed %d times only", n)
	}
	want, got := tree(t, filepath.Join(dir, "calm")), tree(t, filepath.Join(dir, "hurt"))
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

// TestScanKilledWithModel kills a scan while it asks a model: no reply that had come is asked for again, and the drafts are those of an
// undisturbed run but for what each cost.
func TestScanKilledWithModel(t *testing.T) {
	url, server, stop, err := fakellm.Start(fakellm.Script{Latency: fakellm.Latency{P50: 20 * time.Millisecond}, Rules: []fakellm.Rule{{Reply: "demo"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	dir := docsFolder(t, 12)
	model := []string{"--model", "fakellm", "--base-url", url, "--in-flight", "4", "--drafts", "json", "--cache-dir"}
	calm, stderr := scanning(dir, nil, append(model, "calm-replies", "-o", "calm")...)
	if err := calm.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	before := len(server.Log())
	var deaths []int // how many requests the server had seen
	times := 25
	if withRace {
		times = 6
	}
	n := killed(t, times, 500*time.Millisecond,
		func() (*exec.Cmd, *bytes.Buffer) {
			return scanning(dir, nil, append(model, "replies", "-o", "hurt")...)
		},
		func() { deaths = append(deaths, len(server.Log())) })
	t.Logf("killed %d times, %d requests, %d undisturbed", n, len(server.Log())-before, before)
	checkAskedOnce(t, server.Log()[before:], before, deaths)
	want, got := tree(t, filepath.Join(dir, "calm", "drafts")), tree(t, filepath.Join(dir, "hurt", "drafts"))
	for name := range want {
		if withoutUsage(got[name]) != withoutUsage(want[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// checkAskedOnce checks that a request is sent a second time only if the first was among the last before a death: what the dead program
// had asked and not yet put away. It may have had 4 on their way, and 4 whose replies had just come.
func checkAskedOnce(t *testing.T, log []fakellm.Entry, before int, deaths []int) {
	t.Helper()
	at := map[string]int{}
	for i, e := range log {
		key := e.System + "\x00" + withoutMarks(e.User)
		first, again := at[key]
		at[key] = i
		if !again {
			continue
		}
		excused := false
		for _, d := range deaths {
			excused = excused || first < d-before && first >= d-before-8
		}
		if !excused {
			t.Errorf("request %d was asked as request %d already, long before any death: %.200s", i, first, e.User)
		}
	}
}

var markLine = regexp.MustCompile(`(?m)^<<<(\S+)`)

// withoutMarks takes the random marks around the document out of a request.
func withoutMarks(user string) string {
	for _, m := range markLine.FindAllStringSubmatch(user, -1) {
		user = strings.ReplaceAll(user, m[1], "")
	}
	return user
}

// TestScanOutputIsJSON checks that what programs read can be read.
func TestScanOutputIsJSON(t *testing.T) {
	dir := docsFolder(t, 3)
	cmd, stderr := scanning(dir, nil, "-o", "out", "--json-progress")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	for line := range strings.Lines(stderr.String()) {
		if strings.HasPrefix(line, "{") && !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	for name, data := range tree(t, filepath.Join(dir, "out")) {
		if filepath.Ext(name) == ".json" && !json.Valid([]byte(data)) {
			t.Errorf("%s is no JSON", name)
		}
	}
}
