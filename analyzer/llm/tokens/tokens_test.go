package tokens

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func table(t testing.TB) *Table {
	t.Helper()
	b, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBuiltin(t *testing.T) {
	b := table(t)
	if b.AsOf < "2026-12-01" || len(b.rest) < 80 {
		t.Fatalf("as of %q, %d entries", b.AsOf, len(b.rest))
	}
	for i, e := range b.rest {
		for _, p := range e.patterns {
			if name := p.text; !strings.Contains(name, "*") {
				// An entry behind one that takes its names is dead.
				if got := b.Model(name).Name; got != name {
					t.Errorf("entry %d: %q is taken by %q before it", i, name, got)
				}
			}
		}
		if p := e.price; p != nil && (p.CachedInput > p.Input || p.Input > p.Output) {
			t.Errorf("entry %d, %q: price %v; cached costs at most as much as input, and input as output", i, e.patterns[0].text, *p)
		}
		if e.context != nil && e.output != nil && *e.output > *e.context {
			t.Errorf("entry %d, %q: replies of %d in a context of %d", i, e.patterns[0].text, *e.output, *e.context)
		}
	}
}

func TestModel(t *testing.T) {
	b := table(t)
	for _, c := range []struct {
		name, entry, encoding string
		priced, reasoning     bool
	}{
		{"gpt-5-mini", "gpt-5-mini", "o200k_base", true, true},
		{"gpt-5-mini-2026-01-15", "gpt-5-mini", "o200k_base", true, true},
		{"openai/gpt-5-mini", "gpt-5-mini", "o200k_base", true, true},
		{"  OpenAI/GPT-5-Mini ", "gpt-5-mini", "o200k_base", true, true},
		{"openrouter/openai/gpt-5-nano", "gpt-5-nano", "o200k_base", true, true},
		{"gpt-5.9-turbo", "gpt-5*", "o200k_base", false, true},
		{"gpt-5-chat-latest", "gpt-5-chat-latest", "o200k_base", true, false},
		{"gpt-6.2-sol", "gpt-6.2-sol", "", true, true},
		{"gpt-6-luna-2026-09-22", "gpt-6-luna", "", true, true},
		{"gpt-4o", "gpt-4o", "o200k_base", true, false},
		{"gpt-4o-2024-11-20", "gpt-4o", "o200k_base", true, false},
		{"gpt-4o-2024-05-13", "gpt-4o-2024-05-13", "o200k_base", true, false},
		{"gpt-4o-mini-2024-07-18", "gpt-4o-mini", "o200k_base", true, false},
		{"gpt-4o-audio-preview", "gpt-4o*", "o200k_base", false, false},
		{"ft:gpt-4o-mini-2024-07-18:acme:prd:AbC1", "gpt-4o-mini", "o200k_base", false, false},
		{"gpt-4.1", "gpt-4.1", "o200k_base", true, false},
		{"gpt-4.1-nano-2025-04-14", "gpt-4.1-nano", "o200k_base", true, false},
		{"gpt-41-mini", "gpt-41-mini", "o200k_base", true, false},
		{"gpt-4", "gpt-4", "cl100k_base", true, false},
		{"gpt-4-0613", "gpt-4", "cl100k_base", true, false},
		{"gpt-4-1106-preview", "gpt-4-*-preview", "cl100k_base", true, false},
		{"gpt-35-turbo", "gpt-35-turbo", "cl100k_base", true, false},
		{"gpt-35-turbo-16k-0613", "gpt-35-turbo-16k", "cl100k_base", true, false},
		{"o3", "o3", "o200k_base", true, true},
		{"o3-2025-04-16", "o3", "o200k_base", true, true},
		{"o4-mini", "o4-mini", "o200k_base", true, true},
		{"o3-deep-research", "o3-*", "o200k_base", false, true},
		{"claude-sonnet-4-5-20250929", "claude-sonnet-4*", "", true, false},
		{"anthropic/claude-sonnet-4.5", "claude-sonnet-4*", "", true, false},
		{"us.anthropic.claude-opus-4-6-v1:0", "claude-opus-4.6", "", true, false},
		{"claude-haiku-4-5@20251001", "claude-haiku-4.5", "", true, false},
		{"claude-opus-5-5", "claude-opus-5.5", "", true, true},
		{"claude-something-9", "claude*", "", false, false},
		{"gemini-2.5-pro-preview-05-06", "gemini-2.5-pro-preview*", "", true, true},
		{"models/gemini-2.5-flash", "gemini-2.5-flash", "", true, true},
		{"gemini-2.5-flash-lite-preview-09-2025", "gemini-2.5-flash-lite*", "", true, true},
		{"mistral-large-2512", "mistral-large-2512", "", true, false},
		{"mistral-large-latest", "mistral*", "", false, false},
		{"deepseek-v4-pro-0813", "deepseek-v4-pro", "", true, true},
		{"deepseek-r1:8b", "deepseek-r1*", "", false, true},
		{"llama-3.3-70b-versatile", "llama-3.3-70b-versatile", "", true, false},
		{"llama3.3:70b-instruct-q4_K_M", "llama3.3*", "", false, false},
		{"meta-llama/Llama-3.1-8B-Instruct", "llama-3.1*", "", false, false},
		{"gpt-oss:20b", "gpt-oss*", "o200k_base", false, true},
		{"openai/gpt-oss-120b", "gpt-oss*", "o200k_base", false, true},
		{"groq/openai/gpt-oss-120b", "groq/openai/gpt-oss-120b", "o200k_base", true, true},
		{"Qwen/Qwen2.5-72B-Instruct", "qwen2.5*", "", false, false},
		{"qwen3:8b", "qwen3*", "", false, true},
		{"qwen/qwen3-30b-a3b-instruct-2507", "qwen3*instruct*", "", false, false},
		{"openai/gpt-4o-mini:free", "gpt-4o-mini", "o200k_base", false, false},
		{"my-deployment", "", "", false, false},
		{"", "", "", false, false},
		{"///", "", "", false, false},
	} {
		m := b.Model(c.name)
		if m.Name != c.entry || m.Encoding != c.encoding || m.Priced != c.priced || m.Reasoning != c.reasoning {
			t.Errorf("%q: entry %q, encoding %q, priced %t, reasoning %t; want %q, %q, %t, %t",
				c.name, m.Name, m.Encoding, m.Priced, m.Reasoning, c.entry, c.encoding, c.priced, c.reasoning)
		}
		if m.Priced != (m.AsOf != "") || m.Priced != (m.Price != Price{}) {
			t.Errorf("%q: priced %t, price %v as of %q", c.name, m.Priced, m.Price, m.AsOf)
		}
	}
}

func TestModelFacts(t *testing.T) {
	m := table(t).Model("gpt-4.1-mini")
	want := Model{Name: "gpt-4.1-mini", Encoding: "o200k_base", Context: 1047576, Output: 32768,
		Price: Price{Input: 0.4, CachedInput: 0.1, Output: 1.6}, Priced: true, AsOf: "2026-12-01"}
	if m != want {
		t.Errorf("got %+v, want %+v", m, want)
	}
	if m := table(t).Model("llama-3.1-8b-instant"); m.Price.CachedInput != m.Price.Input {
		t.Errorf("price %v: where no cached price is known, it is the input's", m.Price)
	}
}

func TestModelOfAnyName(t *testing.T) {
	b := table(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOf(rapid.SampledFrom([]rune("gpt-4o5:/.@*ft_0123é日"))).Draw(t, "name")
		if b.Model(name) != b.Model("anyone/"+name) && !strings.HasPrefix(name, "ft:") {
			t.Fatalf("%q is another with a provider before it", name)
		}
	})
	if m := b.Model(strings.Repeat("a/", 100_000) + "gpt-5"); m.Name != "" {
		t.Errorf("a name of 200 KB is %q", m.Name)
	}
}

func TestCost(t *testing.T) {
	p := Price{Input: 2, CachedInput: 0.5, Output: 8}
	for _, c := range []struct {
		prompt, cached, completion int
		want                       float64
	}{
		{1_000_000, 0, 0, 2},
		{1_000_000, 1_000_000, 0, 0.5},
		{1000, 400, 250, (600*2 + 400*0.5 + 250*8) / 1e6},
		{100, 500, 0, 100 * 0.5 / 1e6}, // a server's nonsense gives no money back
		{-5, -7, -9, 0},
		{0, 0, 0, 0},
	} {
		if got := p.Cost(c.prompt, c.cached, c.completion); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("Cost(%d, %d, %d) = %v, want %v", c.prompt, c.cached, c.completion, got, c.want)
		}
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "models.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	l, err := Load(write(t, `as_of: 2027-02-03
models:
  - match: [gpt-4.1-mini]
    price: [0.3, ~, 1.2] # our contract
  - match: prd-reader
    encoding: o200k_base
    context: 16000
    output: 2000
    price: [0, 0, 0]
  - match: ["deepseek-r1:8b", acme-*-chat]
    reasoning: false
    price: [1, 1, 1]
  - {match: [o3], encoding: ""}
`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Model{
		"azure/gpt-4.1-mini": {Name: "gpt-4.1-mini", Encoding: "o200k_base", Context: 1047576, Output: 32768,
			Price: Price{0.3, 0.3, 1.2}, Priced: true, AsOf: "2027-02-03"},
		"prd-reader":      {Name: "prd-reader", Encoding: "o200k_base", Context: 16000, Output: 2000, Priced: true, AsOf: "2027-02-03"},
		"deepseek-r1:8b":  {Name: "deepseek-r1:8b", Context: 64000, Price: Price{1, 1, 1}, Priced: true, AsOf: "2027-02-03"},
		"ACME-large-chat": {Name: "acme-*-chat", Price: Price{1, 1, 1}, Priced: true, AsOf: "2027-02-03"},
		"gpt-5-nano":      table(t).Model("gpt-5-nano"),
	} {
		if got := l.Model(name); got != want {
			t.Errorf("%q: got %+v, want %+v", name, got, want)
		}
	}
	if m := l.Model("o3"); m.Encoding != "" || !m.Reasoning || m.Context != 200000 {
		t.Errorf("o3 with its encoding struck out is %+v", m)
	}
	if l.AsOf != table(t).AsOf {
		t.Errorf("as of %q", l.AsOf)
	}
}

func TestLoadFaults(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ":1: the file is empty"},
		{"# nothing\n", ":1: the file is empty"},
		{"models: [", ":1: not valid YAML near here"},
		{"models:\n  - match: [a]\n   x: 1\n", "not valid YAML near here"},
		{"- a\n", ":1: a table of models is a mapping of fields"},
		{"models: []\n---\nmodels: []\n", "one YAML document"},
		{"modles: []\n", `:1: a table of models has no field "modles"`},
		{"models: []\nmodels: []\n", `:2: field "models" is there twice`},
		{"as_of: yesterday\n", `:1: as_of must be a date such as 2026-12-01, not "yesterday"`},
		{"models: {}\n", ":1: models is a list"},
		{"models:\n  - 7\n", ":2: a model is a mapping of fields"},
		{"models:\n  - context: 7\n", ":2: a model needs match"},
		{"models:\n  - match: []\n", ":2: match is a list of 1 to 50 names"},
		{"models:\n  - match: [a, \"\"]\n", ":2: match has nothing"},
		{"models:\n  - match: [a]\n    contxt: 7\n", `:3: a model has no field "contxt"`},
		{"models:\n  - match: [a]\n    context: many\n", `:3: context must be a whole number of tokens from 1 to 100000000, not "many"`},
		{"models:\n  - match: [a]\n    output: -1\n", `:3: output must be`},
		{"models:\n  - match: [a]\n    encoding: p50k\n", `:3: encoding must be o200k_base or cl100k_base, not "p50k"`},
		{"models:\n  - match: [a]\n    reasoning: maybe\n", `:3: reasoning must be true or false, not "maybe"`},
		{"models:\n  - match: [a]\n    price: 3\n", ":3: price must be [input, cached input, output]"},
		{"models:\n  - match: [a]\n    price: [1, 1]\n", ":3: price must be [input, cached input, output]"},
		{"models:\n  - match: [a]\n    price: [1, 1, .nan]\n", `:3: price has ".nan"`},
		{"models:\n  - match: [a]\n    price: [1, 1, NaN]\n", `:3: price has "NaN"`},
		{"models:\n  - match: [a]\n    price: [1, 1, inf]\n", `:3: price has "inf"`},
		{"models:\n  - match: [a]\n    price: [-1, 1, 1]\n", `:3: price has "-1"`},
		{"models:\n  - match: [a]\n    price: [~, 1, 1]\n", `:3: price has "~"`},
		{"x: &a [1]\nmodels: *a\n", `has no field "x"`},
		{strings.Repeat("# filler\n", 150_000), "at most 1048576 bytes"},
	} {
		path := write(t, c.text)
		_, err := Load(path)
		if err == nil || !strings.HasPrefix(err.Error(), path+":") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: error %v, want %q", c.text, err, c.want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.yaml")); err == nil || !strings.Contains(err.Error(), "reading the table of models") {
		t.Errorf("no file: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	data, err := os.ReadFile("../../../prompts/models.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:4000])
	f.Add([]byte("models:\n  - {match: ['*'], price: [1, ~, 2]}\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		f, err := read("f.yaml", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.yaml:") {
				t.Fatalf("error %q names no place", err)
			}
			return
		}
		tab := &Table{own: f.entries}
		for _, e := range f.entries {
			for _, p := range e.patterns {
				tab.Model(p.text)
			}
		}
	})
}
