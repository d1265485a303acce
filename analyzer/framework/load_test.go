package framework_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whatif/analyzer/framework"
)

func load(t *testing.T, text string) (*framework.Framework, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "our.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return framework.Load(path)
}

// whole is the fields of a question but its key.
const whole = `text: "What now?", why: w, good: g, example: e, ask: pm, weight: 2, signs: [we do]`

func TestLoadAdds(t *testing.T) {
	fw, err := load(t, `
name: acme
version: 7
themes:
  - {key: fairness, title: Fairness, intro: Who is left out.}
questions:
  - {key: fairness.groups, `+whole+`}
  - {key: data.shadow, `+whole+`}
packs:
  - key: drones
    title: Drones
    needs: 2
    signs: [rotor|propeller blade, no_fly zone]
    questions:
      - {key: drones.crash, `+whole+`}
  - key: export
    questions:
      - {key: export.printer, `+whole+`}
`)
	if err != nil {
		t.Fatal(err)
	}
	base := builtin(t)
	if got, want := len(fw.Questions), len(base.Questions)+4; got != want || fw.ID() != "acme/7" {
		t.Errorf("%s has %d questions, want acme/7 with %d", fw.ID(), got, want)
	}
	if i := slices.IndexFunc(fw.Questions, func(q framework.Question) bool { return q.Key == "data.shadow" }); i != 5 {
		t.Errorf("data.shadow stands at %d, want after the questions about data", i)
	}
	if q := fw.Question("fairness.groups"); q == nil || q.Theme != "fairness" {
		t.Errorf("fairness.groups is %+v", q)
	}
	if p := fw.Pack("drones"); p == nil || p.Needs != 2 || len(fw.InPack("drones")) != 1 {
		t.Errorf("drones is %+v", p)
	}
	if len(fw.InPack("export")) != len(base.InPack("export"))+1 || fw.Pack("export").Title != base.Pack("export").Title {
		t.Error("the pack export did not grow by a question")
	}
	if base.Question("data.shadow") != nil || base.Pack("drones") != nil {
		t.Error("loading a file changed the built-in framework")
	}
}

func TestLoadChanges(t *testing.T) {
	fw, err := load(t, `
name: acme
without: [flow.integrity, payments]
questions:
  - {key: data.retention, weight: 1, text: "How long do we keep it here?"}
steps:
  - {key: step.bots, text: "What if it is a crowd?"}
`)
	if err != nil {
		t.Fatal(err)
	}
	q, before := fw.Question("data.retention"), builtin(t).Question("data.retention")
	if q.Weight != 1 || q.Text != "How long do we keep it here?" || q.Why != before.Why || len(q.Parts) != 2 {
		t.Errorf("data.retention is now %+v", q)
	}
	if before.Weight == 1 {
		t.Error("the built-in question changed too")
	}
	if fw.Question("flow.integrity") != nil || fw.Pack("payments") != nil || len(fw.InPack("payments")) > 0 {
		t.Error("what should be left out is still there")
	}
	if fw.Steps[3].Text != "What if it is a crowd?" || fw.Steps[3].Why == "" || builtin(t).Steps[3].Text == fw.Steps[3].Text {
		t.Errorf("step.bots is %+v", fw.Steps[3])
	}
}

func TestLoadReplaces(t *testing.T) {
	fw, err := load(t, `
extends: none
name: tiny
themes: [{key: only, title: Only, intro: One.}]
questions:
  - key: only.one
    text: |
      What   if
      it rains?
    why: w
    good: g
    example: e
    ask: appsec
    weight: 5
    parts:
      - {name: when, signs: [Umbrella|rain_coat ready, dry]}
      - {name: who, facts: [actor, asset]}
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(fw.Questions) != 1 || len(fw.Packs) != 0 || len(fw.Steps) != 0 || fw.ID() != "tiny/1" {
		t.Fatalf("%s has %d questions, %d packs, %d steps", fw.ID(), len(fw.Questions), len(fw.Packs), len(fw.Steps))
	}
	q := fw.Questions[0]
	if q.Text != "What if it rains?" || q.Ask != "appsec" || len(q.Parts) != 2 {
		t.Errorf("the question is %+v", q)
	}
	if want := []string{"umbrella|rain_coat ready", "dry"}; !slices.Equal(q.Parts[0].Signs, want) {
		t.Errorf("signs are %q, want %q", q.Parts[0].Signs, want)
	}
	if want := []string{"umbrella ready", "dry"}; !slices.Equal(q.Signs, want) {
		t.Errorf("plain signs are %q, want %q", q.Signs, want)
	}
	if want := []string{"actor", "asset"}; !slices.Equal(q.Parts[1].Facts, want) {
		t.Errorf("facts are %q, want %q", q.Parts[1].Facts, want)
	}
}

func TestLoadFaults(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // in order: the line, and a piece of what is said
	}{
		{"empty", "", []string{"1 the file is empty"}},
		{"only a comment", "# nothing\n", []string{"1 "}},
		{"a list", "- a\n", []string{"1 a framework is a mapping"}},
		{"not YAML", "name: a\nquestions: [\n", []string{"2 not valid YAML near here"}},
		{"tab", "name: a\nquestions:\n\t- x\n", []string{"3 not valid YAML near here"}},
		{"no name", "version: 2\n", []string{"1 missing name"}},
		{"two documents", "name: a\n---\nname: b\n", []string{"2 a framework is one YAML document"}},
		{"bad name", "name: My Framework\n", []string{`1 name "My Framework" must be lower-case`}},
		{"bad version", "name: a\nversion: 0\n", []string{"2 version must be a whole number from 1"}},
		{"unknown field", "name: a\nquestion: []\n", []string{`2 unknown field "question"; did you mean "questions"?`}},
		{"slip in a question", "name: a\nquestions:\n  - key: data.foo\n    txt: hm?\n    " + strings.ReplaceAll(whole, ", ", "\n    ") + "\n",
			[]string{`4 question "data.foo": unknown field "txt"; did you mean "text"?`}},
		{"field twice", "name: a\nname: b\n", []string{`2 field "name" is there twice; the first is on line 1`}},
		{"key twice", "name: a\nquestions:\n  - {key: data.a, " + whole + "}\n  - {key: data.a, " + whole + "}\n",
			[]string{`4 question "data.a": is there twice; the first is on line 3`}},
		{"missing fields", `name: a
questions:
  - {key: data.a, text: "What?"}`,
			[]string{`3 question "data.a": missing ask, example, good, signs, weight, why`}},
		{"no key", "name: a\nquestions:\n  - {text: What}\n", []string{"3 question: missing key"}},
		{"key shape", "name: a\nquestions:\n  - {key: Retention, " + whole + "}\n", []string{`3 question "Retention": a question's key looks like data.retention`}},
		{"unknown theme", "name: a\nquestions:\n  - {key: date.a, " + whole + "}\n", []string{`3 question "date.a": unknown theme "date"; did you mean "data"?`}},
		{"several", "name: a\nquestions:\n  - {key: data.a, " + strings.Replace(strings.Replace(whole, "pm", "legal", 1), "2", "9", 1) + "}\nversion: x\n",
			[]string{`3 question "data.a": unknown ask "legal"; known are pm, appsec`, `3 question "data.a": weight must be a whole number from 1 to 5, not "9"`, "4 version must be"}},
		{"wrong kinds", "name: a\nquestions:\n  - just text\npacks: {}\nsteps: yes\n",
			[]string{"3 question: must be a mapping of fields, not text", "4 packs must be a list, not a mapping", "5 steps must be a list"}},
		{"text is a list", "name: a\nquestions:\n  - {key: data.a, " + strings.Replace(whole, "why: w", "why: [w]", 1) + "}\n", []string{`3 question "data.a": why must be text, not a list`}},
		{"empty text", "name: a\nquestions:\n  - {key: data.a, " + strings.Replace(whole, "why: w", "why: ", 1) + "}\n", []string{`3 question "data.a": why is empty`}},
		{"invisible", "name: a\nquestions:\n  - {key: data.a, " + strings.Replace(whole, "why: w", `why: "a\u202eb"`, 1) + "}\n", []string{`3 question "data.a": why holds control or invisible`}},
		{"long text", "name: a\nquestions:\n  - {key: data.a, " + strings.Replace(whole, "why: w", "why: "+strings.Repeat("long ", 400), 1) + "}\n", []string{`3 question "data.a": why has 1999 bytes; the limit is 1200`}},
		{"bad sign", "name: a\nquestions:\n  - {key: data.a, " + strings.Replace(whole, "we do", "we || do, $group x, ok", 1) + "}\n",
			[]string{`3 question "data.a": sign "we || do" has an alternative without letters`, `3 question "data.a": sign "$group x" holds "$group"`}},
		{"signs and parts", "name: a\nquestions:\n  - {key: data.a, " + whole + ", parts: [{signs: [x]}]}\n", []string{`3 question "data.a": has both signs and parts`}},
		{"empty part", "name: a\nquestions:\n  - {key: data.a, " + strings.Replace(whole, "signs: [we do]", "parts: [{name: n}]", 1) + "}\n", []string{`3 question "data.a": a part needs signs or facts`}},
		{"unknown fact", "name: a\nquestions:\n  - {key: data.a, " + strings.Replace(whole, "signs: [we do]", "parts: [{facts: [assets]}]", 1) + "}\n", []string{`3 question "data.a": unknown fact "assets"; did you mean "asset"?`}},
		{"pack without", "name: a\npacks:\n  - {key: sea}\n", []string{`3 pack "sea": missing questions, signs, title`}},
		{"pack needs too much", "name: a\npacks:\n  - {key: sea, title: Sea, signs: [salt water], needs: 3, questions: []}\n", []string{`3 pack "sea": needs 3 signs and has 1`}},
		{"question of another pack", "name: a\npacks:\n  - {key: sea, title: Sea, signs: [salt], questions: [{key: export.wave, " + whole + "}]}\n", []string{`3 question "export.wave": is in pack "sea", so its key must begin with "sea."`}},
		{"pack's question outside", "name: a\nquestions:\n  - {key: export.expiry, weight: 1}\n", []string{`3 question "export.expiry": belongs to pack "export"`}},
		{"pack like a theme", "name: a\npacks:\n  - {key: data, title: D, signs: [x], questions: []}\n", []string{`3 pack "data": a pack cannot be called as a theme is`}},
		{"extends", "name: a\nextends: builtins\n", []string{`2 unknown extends "builtins"; did you mean "builtin"?`}},
		{"without", "name: a\nwithout: [data.retentoin]\n", []string{`2 without: unknown question or pack "data.retentoin"; did you mean "data.retention"?`}},
		{"none left", "name: a\nextends: none\n", []string{"1 it has no questions"}},
		{"alias bomb", "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nname: *b\n", []string{"2 aliases (*a) are not allowed"}},
		{"merge key", "name: a\nsteps: &s []\n<<: *s\n", []string{"3 aliases (*s) are not allowed"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fw, err := load(t, test.text)
			var faults *framework.FileError
			if fw != nil || !errors.As(err, &faults) {
				t.Fatalf("got %v and error %v, want a *FileError", fw, err)
			}
			if len(faults.Problems) != len(test.want) {
				t.Fatalf("got %d faults, want %d:\n%v", len(faults.Problems), len(test.want), err)
			}
			for i, p := range faults.Problems {
				if got := fmt.Sprintf("%d %s", p.Line, p.Text); !strings.HasPrefix(got, test.want[i]) {
					t.Errorf("fault %d is\n\t%s\nwant\n\t%s…", i, got, test.want[i])
				}
				if filepath.Base(p.File) != "our.yaml" || !strings.Contains(err.Error(), fmt.Sprintf("our.yaml:%d: ", p.Line)) {
					t.Errorf("fault %d is not placed in the file: %v", i, err)
				}
			}
			if faults.Hint() == "" {
				t.Error("no hint")
			}
		})
	}
}

func TestLoadLimits(t *testing.T) {
	var many strings.Builder
	many.WriteString("name: a\nquestions:\n")
	for i := range 600 {
		fmt.Fprintf(&many, "  - {key: data.q%d, %s}\n", i, whole)
	}
	signs := strings.Repeat("sign word, ", 150)
	deep := strings.Repeat("[", 20_000)
	for name, text := range map[string]string{
		"has 600 items; the limit is 500": many.String(),
		"is larger than 1048576 bytes":    "name: a\n# " + strings.Repeat("x", 1<<20),
		"signs has 300 items":             "name: a\nquestions:\n  - {key: data.a, signs: [" + signs + strings.TrimSuffix(signs, ", ") + "], " + strings.TrimSuffix(whole, ", signs: [we do]") + "}\n",
		"not valid YAML near here":        "name: " + deep,
		"… and 10 more":                   "name: a\nquestions:\n" + strings.Repeat("  - x\n", 60),
	} {
		if _, err := load(t, text); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error with %q, got %.300v", name, err)
		}
	}
	if _, err := framework.Load(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
	if _, err := framework.Load(t.TempDir()); err == nil {
		t.Error("a directory was loaded")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("name: a\nwithout: [data.retention]\nquestions:\n  - {key: data.a, " + whole + "}\n")
	f.Add("extends: none\nname: b\nthemes: [{key: x, title: t, intro: i}]\nquestions:\n  - {key: x.y, " + whole + "}\npacks:\n  - {key: p, title: t, signs: [a|b c_d], questions: []}\n")
	f.Add("a: &a [*a]\n")
	f.Add("name: \"\\x00\"\n? [k]\n: v\n<<: {}\n--- !!binary x\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, "fuzz.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		fw, err := framework.Load(path)
		var faults *framework.FileError
		switch {
		case err == nil && fw == nil, err != nil && !errors.As(err, &faults):
			t.Fatalf("got %v, %v", fw, err)
		case err != nil:
			for _, p := range faults.Problems {
				if p.Line < 1 || p.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+3 || strings.ContainsAny(p.Text, "\x1b\n") {
					t.Errorf("fault at line %d of the file: %q", p.Line, p.Text)
				}
			}
		default:
			complete(t, fw)
		}
	})
}

// complete checks what a loaded framework promises to everybody who uses it.
func complete(t *testing.T, fw *framework.Framework) {
	t.Helper()
	keys := map[string]bool{}
	for _, q := range fw.Questions {
		if q.Text == "" || q.Why == "" || q.Good == "" || q.Example == "" || q.Weight < 1 || q.Weight > 5 || len(q.Parts) == 0 {
			t.Errorf("%s is not complete: %+v", q.Key, q)
		}
		if (q.Theme == "") == (q.Pack == "") || keys[q.Key] || q.Ask != "pm" && q.Ask != "appsec" {
			t.Errorf("%s has theme %q, pack %q, ask %q; twice: %v", q.Key, q.Theme, q.Pack, q.Ask, keys[q.Key])
		}
		if q.Pack != "" && fw.Pack(q.Pack) == nil {
			t.Errorf("%s is of pack %s, which is not there", q.Key, q.Pack)
		}
		for _, p := range q.Parts {
			if len(p.Signs)+len(p.Facts) == 0 {
				t.Errorf("%s has an empty part", q.Key)
			}
		}
		keys[q.Key] = true
	}
	for _, p := range fw.Packs {
		if p.Title == "" || len(p.Signs) == 0 || p.Needs < 1 || p.Needs > len(p.Signs) {
			t.Errorf("pack %s is not complete: %+v", p.Key, p)
		}
	}
}

func TestBuiltinIsComplete(t *testing.T) { complete(t, builtin(t)) }
