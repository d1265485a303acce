package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"whatif/analyzer/llm/fakellm"
	"whatif/cmd/internal/cli"
)

const gifts = `# Gift links

A customer buys a gift and sends a link to a friend by SMS. Anyone with the link can open the gift.

## Support

Support agents can see every gift, the buyer's name, e-mail address and phone number.
`

// TestKeyIsNowhere runs every command with a key in the environment, against a server that takes it, one that repeats it, and one
// that refuses it. It is in nothing that is printed, written or kept.
func TestKeyIsNowhere(t *testing.T) {
	const key = "sk-secret-123"
	servers := map[string]fakellm.Script{
		"takes":   {RequireKey: key},
		"repeats": {Rules: []fakellm.Rule{{Fault: fakellm.Fault{Kind: "401", Message: "Incorrect API key provided: " + key}}}},
		"garbage": {Rules: []fakellm.Rule{{Reply: "The key is " + strings.Repeat("x", 40)}}},
	}
	commands := [][]string{
		{"analyze", "prd.md", "-o", "r.md", "-o", "r.json", "-o", "r.html"}, {"analyze", "prd.md", "--engine", "llm"},
		{"analyze", "prd.md", "--dry-run"}, {"doctor"}, {"doctor", "--json"}, {"models"}, {"models", "--json"}, {"config"}, {"config", "--json"},
		{"prompts", "list"}, {"cache"}, {"eval", "."}, {"version"}, {"rules", "list"}, {"questions"}, {"text", "prd.md"}, {"schema"},
		{"analyze", "prd.md", "--api-key", key}, {"analyze", "prd.md", "--api-key-cmd", "echo " + key}, {"analyze", "prd.md", "--header", "Authorization: Bearer " + key},
	}
	for name, script := range servers {
		t.Run(name, func(t *testing.T) {
			url, _, stop, err := fakellm.Start(script)
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "prd.md"), []byte(gifts), 0o666); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			env := []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "XDG_CACHE_HOME=" + filepath.Join(dir, "cache"), "WHATIF_MODEL=fakellm", "WHATIF_BASE_URL=" + url, "WHATIF_API_KEY=" + key}
			for _, args := range commands {
				var out, errs bytes.Buffer
				cli.Run(context.Background(), env, strings.NewReader(""), &out, &errs, args)
				if strings.Contains(out.String(), key) || strings.Contains(errs.String(), key) {
					t.Errorf("whatif %s shows the key:\n%s%s", strings.Join(args, " "), out.String(), errs.String())
				}
			}
			kept := 0
			err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				kept++
				if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte(key)) {
					t.Errorf("%s holds the key, or %v", path, err)
				}
				return nil
			})
			if err != nil || kept < 4 {
				t.Errorf("%d files are there: %v", kept, err)
			}
		})
	}
}

// TestDryRunIsWhatIsSent holds the requests that a dry run shows to those that a server then gets, byte for byte but for the
// random marks around the document's text.
func TestDryRunIsWhatIsSent(t *testing.T) {
	url, server, stop, err := fakellm.Start(fakellm.Script{Default: "empty", Rules: []fakellm.Rule{
		{When: fakellm.When{Schema: "judge"}, Reply: "demo"}, // which takes no empty reply: it would be asked to mend it
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	dir := t.TempDir()
	path := filepath.Join(dir, "prd.md")
	if err := os.WriteFile(path, []byte(gifts), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"analyze", path, "--model", "fakellm", "--base-url", url, "--no-cache", "--engine", "hybrid", "--seed", "7"}
	mark := regexp.MustCompile(`[A-Z2-7]{12}`)
	var shown, sent []string
	for line := range strings.Lines(string(must(t, append(args, "--dry-run")...))) {
		if strings.HasPrefix(line, "{") {
			shown = append(shown, mark.ReplaceAllString(strings.TrimSuffix(line, "\n"), "MARK"))
		}
	}
	if len(server.Log()) > 0 {
		t.Fatal("a dry run asked the server")
	}
	run(t, args...)
	for _, e := range server.Log() {
		var body bytes.Buffer
		if err := json.Compact(&body, e.Body); err != nil {
			t.Fatal(err)
		}
		sent = append(sent, mark.ReplaceAllString(body.String(), "MARK"))
	}
	slices.Sort(shown)
	slices.Sort(sent)
	if len(shown) < 3 || !slices.Equal(shown, sent) {
		t.Errorf("%d requests are shown, %d are sent, and they differ:\n%s\n\n%s", len(shown), len(sent), strings.Join(shown, "\n"), strings.Join(sent, "\n"))
	}
}
