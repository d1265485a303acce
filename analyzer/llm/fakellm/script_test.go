package fakellm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFixtures loads the scripts that people learn from, and finds each in their list.
func TestFixtures(t *testing.T) {
	const dir = "../../../fixtures/scripts"
	list, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if len(files) < 15 {
		t.Errorf("only %d scripts", len(files))
	}
	for _, f := range files {
		if _, err := Load(f); err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(list), "`"+filepath.Base(f)+"`") {
			t.Errorf("%s is not in the README's list", f)
		}
	}
}

func TestParseErrors(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "here.txt"), "text")
	for _, tt := range []struct{ name, script, want string }{
		{"empty", "", "the file is empty"},
		{"no mapping", "- a", "line 1: a script has to be a mapping"},
		{"unknown key", "seed: 1\nlatencies: 2s", `line 2: a script has no "latencies"; it has seed`},
		{"unknown key in a rule", "rules:\n  - reply: a\n    time: 3", `line 3: a rule has no "time"`},
		{"unknown key in when", "rules:\n  - reply: a\n    when: {contain: x}", `line 3: when has no "contain"`},
		{"unknown key in a fault", "rules:\n  - fault: {kind: 429, retry: 1s}", `line 2: a fault has no "retry"`},
		{"wrong type", "rules:\n  - {reply: a, times: often}", "line 2: cannot unmarshal"},
		{"not YAML", "rules: [", "line 1"},
		{"two documents", "seed: 1\n---\nseed: 2", "more than one document"},
		{"nothing said", "rules:\n  - times: 1", "line 2: says nothing"},
		{"two things said", "rules:\n  - {reply: a, json: {}}", "line 2: says more than one"},
		{"no such fault", "rules:\n  - fault: explode", `line 2: fault: no kind "explode"; it is a status`},
		{"no fault of this status", "rules:\n  - fault: 200", `no kind "200"`},
		{"wait in no way", "rules:\n  - fault: {kind: 429, retry_as: hours}", `retry_as: "hours"`},
		{"chance", "rules:\n  - {reply: a, chance: 2}", "chance 2 is not between 0 and 1"},
		{"chance of faults", "faults: {chance: -1}", "chance -1 is not between 0 and 1"},
		{"format", "rules:\n  - {reply: a, when: {format: xml}}", `format: "xml"`},
		{"usage", "rules:\n  - {reply: a, usage: lots}", `line 2: usage is none or a mapping, not "lots"`},
		{"duration without a unit", "latency: 200", "line 1: cannot unmarshal int `200` into a duration such as 200ms"},
		{"percentiles", "latency: {p50: 2s, p99: 1s}", "p99 1s is below p50 2s"},
		{"template", "rules:\n  - template: '{{.User'", "line 2: template: "},
		{"default", "default: magic", `default: "magic"`},
		{"no such file", "rules:\n  - file: nowhere.txt", "line 2: file: "},
		{"file outside", "rules:\n  - file: ../../../../etc/passwd", "line 2: file: "},
		{"replies outside", "replies: ../elsewhere", "does not lie beside the script"},
		{"JSON of no JSON", "rules:\n  - json: {a: .nan}", "line 2: JSON has no number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.script), dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// TestFiles reads replies from files: those that a script names, and a directory of rules.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "reply.txt"), "from a file")
	write(t, filepath.Join(dir, "script.yaml"), "replies: more\nrules:\n  - {when: {user_contains: one}, file: reply.txt}\n")
	write(t, filepath.Join(dir, "more", "2.yaml"), "reply: the second")
	write(t, filepath.Join(dir, "more", "1.yaml"), "when: {user_contains: two}\nfile: deep.txt")
	write(t, filepath.Join(dir, "more", "deep.txt"), "the first")
	write(t, filepath.Join(dir, "more", "notes.md"), "not a rule")
	script, err := Load(filepath.Join(dir, "script.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, script)
	for user, want := range map[string]string{"one": "from a file", "two": "the first", "three": "the second"} {
		if got := s.ask(user).content(t); got != want {
			t.Errorf("%s: got %q, want %q", user, got, want)
		}
	}
	if got := s.Log()[0].Rule; got != "rule 1" && got != "1.yaml" && got != "2.yaml" {
		t.Errorf("the rule is called %q", got)
	}

	write(t, filepath.Join(dir, "more", "3.yaml"), "\nreplie: x")
	if _, err := Load(filepath.Join(dir, "script.yaml")); err == nil || !strings.Contains(err.Error(), `3.yaml: line 2: a rule has no "replie"`) {
		t.Errorf("got error %v", err)
	}
}

func TestJSONKeepsItsOrder(t *testing.T) {
	script, err := Parse([]byte(`
rules:
  - json:
      z: 1
      a: [true, null, 1.50, 0x10, "2", two, "<b>"]
      m: {}
`), "")
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"z":1,"a":[true,null,1.50,16,"2","two","<b>"],"m":{}}`
	if got := string(script.Rules[0].JSON); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestBounds refuses scripts that are small and mean much.
func TestBounds(t *testing.T) {
	bomb := "rules:\n  - json:\n      a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i, c := range "bcdefgh" {
		bomb += "      " + string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string("abcdefgh"[i])+",", 10) + "]\n"
	}
	if _, err := Parse([]byte(bomb), ""); err == nil {
		t.Error("an alias bomb was taken")
	}
	if _, err := Parse([]byte("# "+strings.Repeat("x", maxFile)), ""); err == nil || !strings.Contains(err.Error(), "larger than 8 MB") {
		t.Errorf("got error %v", err)
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("../../../fixtures/scripts/*.yaml")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("rules:\n- &r {json: {a: [1, *r]}}"))
	f.Add([]byte("rules: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		script, err := Parse(data, t.TempDir())
		if err != nil {
			return
		}
		if _, err := New(script); err != nil {
			t.Errorf("Parse took what New refuses: %v", err)
		}
	})
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
