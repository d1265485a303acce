package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// An action is action.yml, as far as it is tested.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct {
		Using string
		Steps []struct {
			Name, Uses, Shell, Run string
			Env                    map[string]string
		}
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	raw, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(raw, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestActionSafety lets nothing that somebody else writes become part of a script, and pins what is used of others.
func TestActionSafety(t *testing.T) {
	a := readAction(t)
	if a.Runs.Using != "composite" {
		t.Errorf("it runs using %q", a.Runs.Using)
	}
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("the script of %q has an expression in it", s.Name)
		}
		if s.Uses != "" && !regexp.MustCompile(`^actions/setup-go@[0-9a-f]{40}$`).MatchString(s.Uses) {
			t.Errorf("it uses %s, which is another's or not pinned", s.Uses)
		}
	}
}

// run runs the action's check with bash as GitHub does, in dir, with the inputs over their defaults. It returns what was printed, and
// whether the step passed.
func (a action) run(t *testing.T, dir string, inputs map[string]string) (string, bool) {
	t.Helper()
	step := a.Runs.Steps[len(a.Runs.Steps)-1]
	temp := t.TempDir()
	program, err := exec.LookPath("whatif")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(temp, "whatif-bin"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(temp, "whatif-bin", "whatif")); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(temp, "script.sh")
	if err := os.WriteFile(script, []byte(step.Run), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_SERVER_URL=https://git.example", "GITHUB_REPOSITORY=o/r", "HOME="+temp,
		"GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary"))
	for name, value := range step.Env {
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(value, "${{"), "}}"))
		if input, ok := strings.CutPrefix(value, "inputs."); ok {
			def, known := a.Inputs[input]
			if !known {
				t.Fatalf("%s is of no input", name)
			}
			if value = def.Default; inputs[input] != "" {
				value = inputs[input]
			}
		} else {
			value = "abc123"
		}
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func TestAction(t *testing.T) {
	if withRace {
		t.Skip("slow with the race detector; transcripts of check run the same")
	}
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("it takes bash, and links to programs")
	}
	a, dir := readAction(t), t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const open = "# Gift links\n\n- FR-1 Anyone with the link can open the gift.\n- FR-2 The gift link is sent to the friend by SMS.\n"
	write("docs/gift links.md", open)
	write("docs/b.md", strings.ReplaceAll(open, "gift", "card"))

	out, passed := a.run(t, dir, map[string]string{"paths": "docs/gift links.md\r\n\ndocs/b.md\n", "fail-on": "low", "sarif-file": "out/a.sarif", "comment-file": "a.md"})
	if passed || !strings.Contains(out, "::error file=docs/gift links.md,line=3,") || !strings.Contains(out, "::error file=docs/b.md,") {
		t.Errorf("passed: %v\n%s", passed, out)
	}
	comment, err := os.ReadFile(filepath.Join(dir, "a.md"))
	if err != nil || !strings.Contains(string(comment), "https://git.example/o/r/blob/abc123/docs/gift%20links.md?plain=1#L3") {
		t.Errorf("%v\n%s", err, comment)
	}
	if summary, err := os.ReadFile(filepath.Join(dir, "summary")); err != nil || string(summary) != string(comment) {
		t.Errorf("%v, the summary of the step is\n%s", err, summary)
	}
	if _, err := os.Stat(filepath.Join(dir, "out/a.sarif")); err != nil {
		t.Error(err)
	}
	if out, passed := a.run(t, dir, map[string]string{"fail-on": "none"}); !passed || strings.Contains(out, "::error") {
		t.Errorf("a check that fails on nothing: %v\n%s", passed, out)
	}
	for _, hostile := range []string{`"; touch pwned; "`, "$(touch pwned)", "`touch pwned`", "'; touch pwned #", "--baseline=x; touch pwned", "docs && touch pwned", "$((a[$(touch pwned)]))"} {
		inputs := map[string]string{} // all at once: the shell has read them before the program sees the first
		for input := range a.Inputs {
			inputs[input] = hostile
		}
		if out, passed := a.run(t, dir, inputs); passed {
			t.Errorf("%s passes:\n%s", hostile, out)
		}
		if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
			t.Fatalf("%s is run", hostile)
		}
	}
}

// TestHooks keeps the hook to what the program has.
func TestHooks(t *testing.T) {
	raw, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct {
		ID, Name, Entry, Language, Files string
	}
	if err := yaml.Unmarshal(raw, &hooks); err != nil || len(hooks) != 1 {
		t.Fatal(err, len(hooks))
	}
	h := hooks[0]
	files, err := regexp.Compile(h.Files)
	if err != nil || h.Language != "golang" || !files.MatchString("docs/a.md") || !files.MatchString("b.docx") || files.MatchString("main.go") {
		t.Errorf("%+v: %v", h, err)
	}
	must(t, append(strings.Fields(h.Entry)[1:], "--help")...)
}
