// Package tokens counts tokens and money.
//
// In comes the name of a model; out comes how it counts a text, how much it reads and writes at once, and what it costs, from
// prompts/models.yaml or a user's own file. For a model that is not known there is a safe estimate.
package tokens

import "sync"

// A Model is what is known of a model. The zero value is one that nothing is known of.
type Model struct {
	Name      string // of the entry that fits, "" if none does
	Encoding  string // o200k_base, cl100k_base; "" where the model has its own: counts are estimates
	Context   int    // tokens that it takes at once, prompt and reply; 0 if not known
	Output    int    // most tokens of a reply; 0 if not known
	Reasoning bool   // it thinks before it answers: replies need room, and it takes no temperature
	Price     Price
	Priced    bool
	AsOf      string // when the price was looked up, "2026-12-01"; "" if the file does not say
}

// A Price is in US dollars for a million tokens.
type Price struct {
	Input, CachedInput, Output float64
}

// Cost returns the US dollars for a reply's usage. cached is part of prompt. Counts come from a server: one below zero is taken
// as none, and more cached tokens than the prompt has as all of them.
func (p Price) Cost(prompt, cached, completion int) float64 {
	prompt, completion = max(prompt, 0), max(completion, 0)
	cached = min(max(cached, 0), prompt)
	return (float64(prompt-cached)*p.Input + float64(cached)*p.CachedInput + float64(completion)*p.Output) / 1e6
}

// A Table is what is known of models.
type Table struct {
	AsOf string // when the embedded prices were looked up, "2026-12-01"
	own  []entry
	rest []entry
}

var builtin = sync.OnceValues(func() (*Table, error) {
	f, err := readBuiltin()
	if err != nil {
		return nil, err
	}
	return &Table{AsOf: f.asOf, rest: f.entries}, nil
})

// Builtin returns the embedded table.
func Builtin() (*Table, error) { return builtin() }

// Load returns the embedded table with the entries of a user's file before it. What a user's entry does not say of a model is
// taken from the embedded one. Errors name the file and line.
func Load(path string) (*Table, error) {
	table, err := Builtin()
	if err != nil {
		return nil, err
	}
	f, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return &Table{AsOf: table.AsOf, own: f.entries, rest: table.rest}, nil
}

// Model returns what is known of the model with the name, as endpoints write it: "gpt-5-mini-2026-01-15", "openai/gpt-5-mini".
// Where several serve the same model at prices of their own, the server's name may be put before it: "groq/openai/gpt-oss-120b".
func (t *Table) Model(name string) Model {
	forms := formsOf(name)
	var m Model
	for _, entries := range [][]entry{t.rest, t.own} { // the user's last, over the embedded
		for i := range entries {
			if entries[i].fits(forms) {
				entries[i].tell(&m, forms)
				break
			}
		}
	}
	return m
}
