package rules

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/prompts"
)

// A Book is the what-if rules that an [Engine] asks. It is not changed once it is there, and serves any number of documents.
type Book struct {
	rules *ruleBook
	added []string // the contents of the files that were added, for the sum
}

// Builtin returns the rules that the program carries.
func Builtin() (*Book, error) {
	rules, err := builtinRules()
	if err != nil {
		return nil, fmt.Errorf("loading the built-in rules: %w", err)
	}
	return &Book{rules: rules}, nil
}

// maxFile is how many bytes a rule file may have.
const maxFile = 1 << 20

// Load returns the built-in rules together with those in paths. A path is a rule file, or a directory whose *.yaml files are
// read in the order of their names. A rule with the id of another one is refused. An error names file and line.
func Load(paths ...string) (*Book, error) {
	files, err := ruleFiles(paths)
	if err != nil {
		return nil, err
	}
	rules, err := loadRules(prompts.FS, "rules")
	if err != nil {
		return nil, fmt.Errorf("loading the built-in rules: %w", err)
	}
	book := &Book{rules: rules}
	for _, name := range files {
		data, err := readRules(name)
		if err != nil {
			return nil, err
		}
		if err := rules.parse(name, data); err != nil {
			return nil, fmt.Errorf("reading rules: %s: %w", name, err)
		}
		book.added = append(book.added, string(data))
	}
	return book, nil
}

func ruleFiles(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("reading rules: %w", err)
		}
		if info.Mode().IsRegular() {
			files = append(files, p)
			continue
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("reading rules: %s is neither a file nor a directory", p)
		}
		in, err := filepath.Glob(filepath.Join(globless(p), "*.yaml"))
		if err != nil || len(in) == 0 {
			return nil, fmt.Errorf("reading rules: there is no .yaml file in %s", p)
		}
		for _, name := range in {
			if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
				return nil, fmt.Errorf("reading rules: %s is no ordinary file; a link in a directory of rules is not followed", name)
			}
		}
		files = append(files, in...)
	}
	return files, nil
}

// globless returns the path so that no letter of it is taken for a pattern.
func globless(path string) string {
	var b []byte
	for i := range len(path) {
		if c := path[i]; (c == '*' || c == '?' || c == '[' || c == '\\') && filepath.Separator != '\\' {
			b = append(b, '\\')
		}
		b = append(b, path[i])
	}
	return string(b)
}

func readRules(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("reading rules: %s is larger than %d bytes, the limit for rules", name, maxFile)
	}
	return data, nil
}

// Sum returns the SHA-256 of the rules that were added to the built-in ones, in lower-case hex; "" if there are none.
func (b *Book) Sum() string {
	if len(b.added) == 0 {
		return ""
	}
	hash := sha256.New()
	for _, data := range b.added {
		fmt.Fprintf(hash, "%d\x00%s", len(data), data)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// An Outcome is what became of one example of a rule file.
type Outcome struct {
	Rule  string // its id
	Line  int    // of the example in its file
	Text  string
	Fires bool   // the rule should find something
	Found bool   // it did
	Title string // of what it found
	Why   string // what kept it from finding something that it looked at, if it did
}

// Right reports whether the rule did what its example says.
func (o *Outcome) Right() bool { return o.Fires == o.Found }

// Test asks each rule of the file its own examples, in the file's order. The file must be one of those that were loaded.
func (b *Book) Test(ctx context.Context, file string) ([]Outcome, error) {
	var outcomes []Outcome
	for _, e := range b.rules.examples {
		if e.source != file {
			continue
		}
		if b.rules.rule(e.rule) == nil {
			return nil, fmt.Errorf("testing rules: %s: line %d: examples of the rule %s, which is not there", file, e.line, e.rule)
		}
		o := Outcome{Rule: e.rule, Line: e.line, Text: e.text, Fires: e.fires}
		set, err := b.ask(ctx, e.text, e.rule)
		if err != nil {
			return nil, fmt.Errorf("testing rules: %s: line %d: %w", file, e.line, err)
		}
		for _, c := range set.AbuseCases {
			o.Found, o.Title = true, c.Title
			break
		}
		for _, w := range set.Withheld {
			o.Why = w.Detail
			break
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

// ask asks one rule of a text in Markdown.
func (b *Book) ask(ctx context.Context, text, id string) (*proposal.Set, error) {
	doc, err := document.Parse(ctx, []byte(text), document.Options{Format: document.Markdown})
	if err != nil {
		return nil, err
	}
	only := &Book{rules: b.rules.only(id)}
	fw, err := framework.Builtin()
	if err != nil {
		return nil, err
	}
	sets, err := (&Engine{Rules: only}).Propose(ctx, reading.Read(doc), fw)
	if err != nil {
		return nil, err
	}
	return sets[0], nil
}

// only returns the book with one of its rules.
func (b *ruleBook) only(id string) *ruleBook {
	one := *b
	one.rules = []rule{*b.rule(id)}
	return &one
}

// A ruleExample is a short text in which a rule must, or must not, find something.
type ruleExample struct {
	rule, text, source string
	line               int
	fires              bool
}

// A Rule is what a rule says of itself.
type Rule struct {
	ID             string   `json:"id"`
	Theme          string   `json:"theme"`
	Doc            string   `json:"doc"`
	FalsePositives string   `json:"false_positives"`
	Weakness       string   `json:"weakness"`
	Question       string   `json:"question"`
	Category       string   `json:"category"`
	Title          string   `json:"title"`
	WhatIf         string   `json:"what_if"`
	When           []string `json:"when"`
	Unless         []string `json:"unless"`
	Searched       []string `json:"searched"` // before it calls the document silent
	Requirements   []string `json:"requirements"`
	STRIDE         []string `json:"stride"`
	LINDDUN        []string `json:"linddun"`
	Regulations    []string `json:"regulations"`
	Source         string   `json:"source"` // the file, "built-in" for those that the program carries
	Line           int      `json:"line"`   // in its file, 1-based
}

// Rules returns what each rule says of itself, by theme in the order of the files.
func (b *Book) Rules() []Rule {
	words := b.rules.phrases.texts()
	list := make([]Rule, len(b.rules.rules))
	for i := range b.rules.rules {
		list[i] = b.rules.rules[i].describe(words)
	}
	return list
}

// Rule returns what the rule with this id says of itself.
func (b *Book) Rule(id string) (Rule, error) {
	r := b.rules.rule(id)
	if r == nil {
		return Rule{}, errors.New("there is no rule " + id)
	}
	return r.describe(b.rules.phrases.texts()), nil
}

// texts returns the phrases as they were written, by number.
func (b *phrasebook) texts() []string {
	texts := make([]string, len(b.phrases))
	for text, id := range b.byText {
		texts[id] = text
	}
	return texts
}

func (r *rule) describe(words []string) Rule {
	d := Rule{ID: r.ID, Theme: r.Theme, Doc: r.Doc, FalsePositives: r.FalsePositives, Weakness: r.Weakness, Question: r.Question,
		Category: r.Category, Title: r.Title.source, WhatIf: r.WhatIf.source, When: []string{}, Unless: []string{}, Searched: []string{},
		Requirements: []string{}, STRIDE: notNil(r.STRIDE), LINDDUN: notNil(r.LINDDUN), Regulations: notNil(r.Regulations),
		Source: r.source, Line: r.line}
	for i := range r.When {
		d.When = append(d.When, r.When[i].describe(words))
	}
	for i := range r.Unless {
		text := r.Unless[i].describe(words)
		if r.Unless[i].Lowers {
			text += " (lowers it)"
		}
		d.Unless = append(d.Unless, text)
	}
	if r.Silence != nil {
		d.Searched = r.Silence.Searched
	}
	for _, q := range r.Requirements {
		d.Requirements = append(d.Requirements, q.Text.source)
	}
	return d
}

// notNil returns the list, empty rather than nil.
func notNil(s []string) []string { return append([]string{}, s...) }

// describe says a condition in one line: what must stand where.
func (c *condition) describe(words []string) string {
	var any []string
	for _, id := range c.Words {
		any = append(any, words[id])
	}
	for _, fact := range []struct {
		kind string
		keys []string
	}{{"asset", c.Assets}, {"actor", c.Actors}, {"dependency", c.Relied}, {"term", c.Terms}} {
		for _, k := range fact.keys {
			any = append(any, fact.kind+" "+k)
		}
	}
	text := string(c.Near) + ": "
	if c.Not {
		text += "not "
	}
	if c.Optional {
		text += "maybe "
	}
	return text + strings.Join(any, ", or ")
}

// From returns the book with the rules of one of the files that were loaded, and no others.
func (b *Book) From(file string) *Book {
	some := *b.rules
	some.rules = slices.DeleteFunc(slices.Clone(b.rules.rules), func(r rule) bool { return r.source != file })
	return &Book{rules: &some, added: b.added}
}
