package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRun starts the command on a free port, asks it, and ends it.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "script.yaml")
	write(t, script, "require_key: sk-test\nmodels: [small]\nrules: [{when: {user_contains: hello}, reply: from the script}]")
	write(t, filepath.Join(dir, "replies", "1.yaml"), "reply: from the directory")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read, stdout := io.Pipe()
	var stderr bytes.Buffer
	ended := make(chan error)
	go func() {
		ended <- run(ctx, stdout, &stderr, []string{"--addr", "127.0.0.1:0", "--addr-file", filepath.Join(dir, "addr"), "--script", script,
			"--replies", filepath.Join(dir, "replies"), "--latency", "1ms,2ms", "--seed", "7", "--log", filepath.Join(dir, "log")})
	}()
	url, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url = strings.TrimSpace(url)
	if file, err := os.ReadFile(filepath.Join(dir, "addr")); err != nil || strings.TrimSpace(string(file)) != url || !strings.HasSuffix(url, "/v1") {
		t.Errorf("stdout has %q, the file %q, error %v", url, file, err)
	}
	for user, want := range map[string]string{"hello": "from the script", "bye": "from the directory"} {
		if got := ask(t, url, user); !strings.Contains(got, want) {
			t.Errorf("%s: got %s", user, got)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	for _, want := range []string{"plays 2 rules", "export WHATIF_BASE_URL=" + url + " WHATIF_MODEL=small WHATIF_API_KEY=sk-test", "whatif analyze", "fakellm: 2 requests (0 refused, 0 faults)"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr lacks %q:\n%s", want, stderr.String())
		}
	}
	if log, err := os.ReadFile(filepath.Join(dir, "log")); err != nil || bytes.Count(log, []byte("\n")) != 2 || bytes.Contains(log, []byte("sk-test")) {
		t.Errorf("the log has %s, error %v", log, err)
	}
}

func ask(t *testing.T, url, user string) string {
	t.Helper()
	body := `{"model":"small","messages":[{"role":"user","content":"` + user + `"}]}`
	r, err := http.NewRequestWithContext(t.Context(), "POST", url+"/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer sk-test")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestUsageFaults(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bad.yaml"), "\nrule: []")
	for _, tt := range []struct{ args, want string }{
		{"--port 80", "unknown flag: --port; see fakellm --help"},
		{"script.yaml", `unexpected "script.yaml"; a script is named with --script`},
		{"--addr 0.0.0.0:0", "can be reached by other machines; add --public"},
		{"--addr example.example:80", "can be reached by other machines"},
		{"--addr 80", "is no host:port"},
		{"--latency fast", `"fast" is no duration; write 200ms`},
		{"--latency 2s,1s --addr :0", "p99 1s is below p50 2s"},
		{"--script " + filepath.Join(dir, "none.yaml"), "none.yaml"},
		{"--script " + filepath.Join(dir, "bad.yaml"), `bad.yaml: line 2: a script has no "rule"`},
		{"--replies " + filepath.Join(dir, "none"), "reading replies"},
		{"--addr-file " + filepath.Join(dir, "none", "addr") + " --addr :0", "writing the address"},
		{"--log " + filepath.Join(dir, "none", "log") + " --addr :0", "opening the log"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		err := run(ctx, io.Discard, io.Discard, strings.Fields(tt.args))
		cancel()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got error %v, want one with %q", tt.args, err, tt.want)
		}
	}
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out, io.Discard, []string{"--help"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--latency 200ms,2s", "rules:", "/stats", "--addr-file string", "--public"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("help lacks %q", want)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
