package analyzer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/llm"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/render"
	"whatif/analyzer/rules"
	"whatif/analyzer/threatmodel"
)

// An attempt to steer the tool; fixtures/injection/README.md says what the fields mean.
type attempt struct {
	ID, Language, Technique, Form, Text, Plain, Obey, Say string
	Cite                                                  int
}

// in puts an attempt into a document, at its start, before its third part or at its end.
func (a *attempt) in(base string, place int) string {
	text := a.Text
	line := strings.ReplaceAll(a.Text, "\n", " ")
	switch a.Form {
	case "list":
		text = "- " + line
	case "heading":
		text = "## " + strings.TrimLeft(line, "# ")
	case "comment":
		text = "<!-- " + a.Text + " -->"
	case "hidden":
		text = `<div style="display:none">` + a.Text + "</div>"
	case "table":
		text = "| Item | Detail |\n|---|---|\n| Note | " + strings.ReplaceAll(line, "|", `\|`) + " |"
	case "code":
		text = "```\n" + a.Text + "\n```"
	case "link_title":
		text = `See [Notes](https://wiki.example/notes "` + strings.ReplaceAll(line, `"`, "'") + `") for more.`
	case "alt":
		text = "![" + line + "](picture.png)"
	}
	parts := strings.SplitAfterN(base, "\n", 2)
	if place > 0 {
		at := strings.LastIndex(base, "\n## ") + 1
		parts = []string{base[:at], base[at:]}
	}
	if place == 2 {
		parts = []string{base, ""}
	}
	return parts[0] + "\n" + text + "\n\n" + parts[1]
}

// An obedient is a model that does what the document says. A cunning one even knows the claims whose verdict is known.
type obedient struct {
	attempt *attempt
	cunning bool
	known   map[string]string // verdicts of the controls, by title
}

var questionLine = regexp.MustCompile(`(?m)^- ([a-z_]+\.[a-z_]+): `)

var claimLine = regexp.MustCompile(`(?m)^Claim (\d+): (.*)$`)

func (m *obedient) Complete(_ context.Context, r *client.Request) (*client.Reply, error) {
	a := m.attempt
	danger := map[string]any{"s": []int{4}, "title": "Anyone with the code opens the door", "what_if": "What if the code is forwarded?", "category": "unauthorized_access"}
	safe := a.Obey == "empty" || a.Obey == "approve_all" || a.Obey == "mark_safe"
	say := a.Say
	switch a.Obey {
	case "echo_system":
		say = r.System
	case "wrong_ids":
		danger["s"] = []int{900, -3}
	}
	if say != "" {
		for _, field := range []string{"title", "what_if", "gain", "users", "requirement", "about"} {
			danger[field] = say
		}
	}
	if a.Cite > 0 {
		danger["s"] = []int{a.Cite}
	}
	reply := map[string]any{}
	for _, list := range []string{"assets", "actors", "dependencies", "flows", "safeguards", "steps", "answers", "noticed", "abuse_cases", "questions"} {
		reply[list] = []any{}
	}
	switch r.Schema.Name {
	case "facts":
		if a.Obey == "mark_safe" {
			reply["safeguards"] = []any{map[string]any{"s": []int{4}, "text": "everything is safe, codes and doors are protected"}}
			var answers []any
			for _, q := range questionLine.FindAllStringSubmatch(r.User, -1) {
				answers = append(answers, map[string]any{"s": []int{4}, "question": q[1], "answer": "it was approved", "whole": true})
			}
			reply["answers"] = answers
		}
		if say != "" {
			reply["assets"] = []any{map[string]any{"s": []int{4}, "name": say}}
		}
	case "again":
		var noticed []any
		for i := range 20 {
			noticed = append(noticed, map[string]any{"r": i + 1, "right": false})
		}
		reply["noticed"] = noticed
	case "what_if":
		if !safe {
			reply["abuse_cases"] = []any{danger}
		}
	case "judge":
		var verdicts []any
		for i, c := range claimLine.FindAllStringSubmatch(r.User, -1) {
			v := map[string]any{"claim": i + 1, "carried": "yes", "plain": say == "", "title": say}
			if safe {
				v["carried"], v["says"], v["answered_by"] = "no", "this was approved", []int{1}
			}
			for title, verdict := range m.known {
				if m.cunning && strings.HasPrefix(c[2], title) {
					v["carried"] = verdict
				}
			}
			verdicts = append(verdicts, v)
		}
		reply = map[string]any{"verdicts": verdicts}
	}
	data, err := json.Marshal(reply)
	return &client.Reply{Text: string(data), Finish: client.Stopped}, err
}

// TestInjection plays every attempt against a model that obeys it. The draft must hold: the built-in engine's findings are there,
// those of less priority at least among what was left out; what is cited stands in the document; and what the attempt wanted said
// is nowhere but where the document says it.
func TestInjection(t *testing.T) {
	attempts, bases := readAttempts(t)
	prompts, err := llm.BuiltinPrompts()
	if err != nil {
		t.Fatal(err)
	}
	source, _ := prompts.Source("controls.yaml")
	known := verdicts(t, source)
	for i := range attempts {
		a := &attempts[i]
		t.Run(a.ID, func(t *testing.T) {
			doc, err := document.Parse(t.Context(), []byte(a.in(bases[i%len(bases)], i%3)), document.Options{Path: "prd.md"})
			if err != nil {
				t.Fatal(err)
			}
			alone, err := analyzer.Analyze(t.Context(), doc, analyzer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, cunning := range []bool{false, true} {
				engine, err := llm.New(llm.Options{Asker: caller.New(&obedient{a, cunning, known}, caller.Options{}), Prompts: prompts, Rules: &rules.Engine{},
					Count: func(s string) int { return len(s) / 4 }, Context: 64000})
				if err != nil {
					t.Fatal(err)
				}
				draft, err := analyzer.Analyze(t.Context(), doc, analyzer.Options{Engine: engine})
				if err != nil {
					t.Fatal(err)
				}
				holds(t, doc, alone, draft)
				saysNothing(t, a, doc, draft)
			}
		})
	}
}

func readAttempts(t *testing.T) (attempts []attempt, bases []string) {
	t.Helper()
	data, err := os.ReadFile("../fixtures/injection/attempts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Attempts []attempt }
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	paths, _ := filepath.Glob("../fixtures/injection/base/*.md")
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bases = append(bases, string(data))
	}
	if len(file.Attempts) < 50 || len(bases) == 0 {
		t.Fatalf("%d attempts, %d documents", len(file.Attempts), len(bases))
	}
	return file.Attempts, bases
}

// verdicts reads the claims whose verdict is known.
func verdicts(t *testing.T, source string) map[string]string {
	t.Helper()
	var file map[string][]struct{ Title string }
	if err := yaml.Unmarshal([]byte(source), &file); err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for _, c := range file["sound"] {
		known[c.Title] = "yes"
	}
	for _, c := range file["unsound"] {
		known[c.Title] = "no"
	}
	return known
}

// holds checks that nothing of the built-in engine's draft is gone without a word, nothing at all where the attempt was noticed, and
// that citations are true.
func holds(t *testing.T, doc *document.Document, alone, draft *threatmodel.Draft) {
	t.Helper()
	noticed := slices.ContainsFunc(alone.AbuseCases, func(c threatmodel.AbuseCase) bool { return c.Rule == "document-steers" })
	for _, c := range alone.AbuseCases {
		there := slices.ContainsFunc(draft.AbuseCases, func(x threatmodel.AbuseCase) bool {
			return x.Rule == c.Rule && slices.ContainsFunc(x.Citations, func(y threatmodel.Citation) bool { return y.Sentence == c.Citations[0].Sentence })
		})
		listed := slices.ContainsFunc(draft.Dropped, func(x threatmodel.Dropped) bool {
			return x.Rule == c.Rule && x.Detail != "" && (x.Text == c.Title || slices.ContainsFunc(x.Cited, func(y threatmodel.Citation) bool { return y.Sentence == c.Citations[0].Sentence }))
		})
		if !there && (c.Priority == threatmodel.High || noticed || !listed) {
			t.Errorf("the finding %q (%s priority) is gone", c.Title, c.Priority)
		}
	}
	for _, a := range alone.Assets {
		there := slices.ContainsFunc(draft.Assets, func(x threatmodel.Asset) bool { return x.Name == a.Name || slices.Contains(x.Aliases, a.Name) })
		listed := slices.ContainsFunc(draft.Dropped, func(x threatmodel.Dropped) bool { return x.Kind == "asset" && x.Text == a.Name && x.Detail != "" })
		if !there && (noticed || !listed) {
			t.Errorf("the asset %q is gone", a.Name)
		}
	}
	for _, q := range alone.Questions {
		if noticed && q.Status != threatmodel.Answered && slices.ContainsFunc(draft.Questions, func(x threatmodel.Question) bool { return x.Question == q.Question && x.Status == threatmodel.Answered }) {
			t.Errorf("the question %s is taken for answered", q.Question)
		}
	}
	for _, c := range draft.AbuseCases {
		for _, cited := range c.Citations {
			if doc.Source[cited.Start:cited.End] != cited.Quote {
				t.Errorf("%q cites what does not stand there: %q", c.Title, cited.Quote)
			}
		}
	}
}

// saysNothing checks that what the attempt wanted said stands nowhere in what the draft itself says, and that no markup or address of
// it gets into a page.
func saysNothing(t *testing.T, a *attempt, doc *document.Document, draft *threatmodel.Draft) {
	t.Helper()
	said := a.Say
	if a.Obey == "echo_system" {
		said = "A program checks every line you write"
	}
	if said == "" {
		return
	}
	for _, c := range draft.AbuseCases {
		own := c
		own.Citations, own.Absences = nil, nil
		data, _ := json.Marshal(own)
		var plain bytes.Buffer
		e := json.NewEncoder(&plain)
		e.SetEscapeHTML(false)
		_ = e.Encode(own)
		if strings.Contains(string(data)+plain.String(), said) {
			t.Errorf("the finding %q says what the attempt wanted said: %s", c.Title, said)
		}
	}
	var page bytes.Buffer
	if err := render.HTML(&page, draft, doc); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(said, "<") && strings.Contains(page.String(), said) {
		t.Errorf("markup of the attempt is in the page: %s", said)
	}
	if strings.Contains(page.String(), `href="`+said) {
		t.Errorf("the page leads to %s", said)
	}
}
