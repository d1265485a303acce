package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whatif/analyzer/llm/client"
)

func TestSplitCommand(t *testing.T) {
	for line, want := range map[string][]string{
		`pass show llm`:                    {"pass", "show", "llm"},
		`  op  read "op://Private/my key"`: {"op", "read", "op://Private/my key"},
		`sh -c 'cat "a b"'`:                {"sh", "-c", `cat "a b"`},
		`cat my\ key`:                      {"cat", "my key"},
		`C:\Tools\key.exe ""`:              {`C:\Tools\key.exe`, ""},
		`a"b c"d`:                          {"ab cd"},
		`echo $HOME;id`:                    {"echo", "$HOME;id"},
	} {
		if got, err := splitCommand(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("splitCommand(%q) = %q, %v, want %q", line, got, err, want)
		}
	}
	for _, line := range []string{"", "  ", `"a`, `'`, `"" a`} {
		if got, err := splitCommand(line); err == nil {
			t.Errorf("splitCommand(%q) = %q, want an error", line, got)
		}
	}
}

// Words that are quoted one by one come out as they went in.
func TestSplitQuoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z"\\$; ]{1,6}`), 1, 4).Draw(t, "words")
		got, err := splitCommand("'" + strings.Join(words, "' '") + "'")
		if err != nil || !slices.Equal(got, words) {
			t.Fatalf("got %q, %v, want %q", got, err, words)
		}
	})
}

// A key goes only where it belongs.
func TestKeyBelongs(t *testing.T) {
	openai := client.Preset{Name: "openai", BaseURL: "https://api.openai.com/v1", KeyVariable: "OPENAI_API_KEY"}
	groq := client.Preset{Name: "groq", BaseURL: "https://api.groq.example/v1", KeyVariable: "GROQ_API_KEY"}
	azure := client.Preset{Name: "azure", KeyVariable: "AZURE_OPENAI_API_KEY"}
	all := map[string]string{"OPENAI_API_KEY": "k-openai", "GROQ_API_KEY": "k-groq", "AZURE_OPENAI_API_KEY": "k-azure"}
	for _, c := range []struct {
		name   string
		env    map[string]string
		preset client.Preset
		want   string
	}{
		{"openai", nil, openai, "k-openai"},
		{"openai by its address", map[string]string{"WHATIF_BASE_URL": "https://api.openai.com/v1"}, openai, "k-openai"},
		{"another preset", nil, groq, "k-groq"},
		{"azure has no address of its own", map[string]string{"WHATIF_BASE_URL": "https://us.example/openai"}, azure, "k-azure"},
		{"address of the same tools", map[string]string{"OPENAI_BASE_URL": "https://llm.example/v1"}, client.Preset{}, "k-openai"},
		{"other address", map[string]string{"WHATIF_BASE_URL": "https://llm.example/v1"}, client.Preset{}, ""},
		{"other address of a preset", map[string]string{"WHATIF_BASE_URL": "https://llm.example/v1"}, openai, ""},
		{"no encryption", map[string]string{"WHATIF_BASE_URL": "http://api.openai.com/v1"}, openai, ""},
		{"whatif's own", map[string]string{"WHATIF_API_KEY": " k-own\n", "WHATIF_BASE_URL": "https://llm.example/v1"}, client.Preset{}, "k-own"},
		{"whatif's own comes first", map[string]string{"WHATIF_API_KEY": "k-own"}, openai, "k-own"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &app{env: map[string]string{}, stderr: &bytes.Buffer{}}
			for _, vars := range []map[string]string{all, c.env} {
				for name, value := range vars {
					a.env[name] = value
				}
			}
			s, err := a.settings(newFlags())
			if err != nil {
				t.Fatal(err)
			}
			if got, err := a.key(context.Background(), s, c.preset); got != c.want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestKeyCommand(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "key")
	write := func(text string) {
		if err := os.WriteFile(script, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run := func() (string, string, error) {
		var stderr bytes.Buffer
		a := &app{env: map[string]string{"PATH": os.Getenv("PATH"), "WHATIF_API_KEY_CMD": script + " 'one two'"}, stderr: &stderr}
		s, err := a.settings(newFlags())
		if err != nil {
			t.Fatal(err)
		}
		key, err := a.key(context.Background(), s, client.Preset{})
		return key, stderr.String(), err
	}
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no shell to write the command in")
	}
	write("echo \"k-$1\" | tr -d ' '; echo second line; printf 'unlock\\033[2J\\n' >&2")
	if key, stderr, err := run(); key != "k-onetwo" || err != nil || stderr != "api-key-cmd: unlock␛[2J\n" {
		t.Errorf("got %q, %v, stderr %q", key, err, stderr)
	}
	for _, script := range []string{"echo 'the key is k-secret' >&2; echo k-secret", "echo 'k-secret it is' >&2; head -c 100000 /dev/zero >&2; echo k-secret; sleep 20 &"} {
		write(script)
		if key, stderr, err := run(); key != "k-secret" || err != nil || strings.Contains(stderr, "k-secret") || !strings.Contains(stderr, "[secret]") || len(stderr) > 10_000 {
			t.Errorf("%q gives %q, %v, stderr %.300q", script, key, err, stderr)
		}
	}
	for _, c := range []struct{ script, says string }{
		{"echo k-secret; exit 3", "the command failed: exit status 3"},
		{"", "gives an empty key"},
		{"echo 'k-secret and more'", "no key"},
		{"head -c 20000 /dev/zero | tr '\\0' x", "more than 16KB"},
	} {
		write(c.script)
		if key, _, err := run(); key != "" || err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q gives %q, %v, want an error with %q", c.script, key, err, c.says)
		}
	}
	os.Remove(script)
	if _, _, err := run(); err == nil || !strings.Contains(err.Error(), "could not be started") {
		t.Errorf("got %v", err)
	}
}

// What is refused is not repeated where it may be a secret.
func TestRefusedUnseen(t *testing.T) {
	const secret = "sk-abcdefgh12345678ijkl"
	for key, value := range map[string]string{
		"base-url":    "https://me:" + secret + "@llm.example/v1",
		"api-key-cmd": secret,
		"header":      secret,
		"proxy":       secret,
	} {
		_, err := (&app{env: map[string]string{envName(key): value}}).settings(newFlags())
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", key, err)
		}
	}
}
