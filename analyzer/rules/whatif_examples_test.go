package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// An example is short texts in which a rule must be found and others in which it must not.
type example struct {
	Fires, Silent []string
}

// leastExamples is how many texts of each sort a rule must have.
const leastExamples = 2

func readExamples(t *testing.T) map[string]example {
	t.Helper()
	files, err := filepath.Glob("testdata/rules/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	all := map[string]example{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var some map[string]example
		if err := yaml.Unmarshal(raw, &some); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for id, e := range some {
			if _, twice := all[id]; twice {
				t.Errorf("%s: rule %s has examples twice", f, id)
			}
			all[id] = e
		}
	}
	return all
}

// askedOf returns what the rules propose for a text; with only, that rule alone is asked.
func askedOf(t *testing.T, book *ruleBook, text string, only string) *proposal.Set {
	t.Helper()
	doc, err := document.Parse(t.Context(), []byte(text), document.Options{Format: document.Markdown})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	f := &facts{text: reading.Read(doc), set: &proposal.Set{}}
	if err := f.mark(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.gather()
	if only != "" {
		book = &ruleBook{rules: []rule{*book.rule(only)}, phrases: book.phrases}
	}
	if err := f.ask(t.Context(), book); err != nil {
		t.Fatal(err)
	}
	return f.set
}

// TestExamples asks each rule of its own examples. A rule without enough of them fails.
func TestExamples(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	all := readExamples(t)
	for _, r := range book.rules {
		e := all[r.ID]
		if len(e.Fires) < leastExamples || len(e.Silent) < leastExamples {
			t.Errorf("%s: %d texts where it fires and %d where it does not; it needs %d of each", r.ID, len(e.Fires), len(e.Silent), leastExamples)
		}
		for _, text := range e.Fires {
			if set := askedOf(t, book, text, r.ID); len(set.AbuseCases) == 0 {
				t.Errorf("%s: not found in %q; withheld %v", r.ID, text, set.Withheld)
			}
		}
		for _, text := range e.Silent {
			for _, c := range askedOf(t, book, text, r.ID).AbuseCases {
				if !(len(c.Safeguards) > 0) {
					t.Errorf("%s: found in %q", r.ID, text)
				}
			}
		}
		delete(all, r.ID)
	}
	for id := range all {
		t.Errorf("examples of a rule that is not there: %s", id)
	}
}

var (
	braces   = regexp.MustCompile(`[{}]|\[ |\|`)
	articles = regexp.MustCompile(`(?i)\b(a|an|the) (a|an|the|your|their|his|her|its|our|this|that|these|those|each|every|any)\b|\ba [aei][a-z]|\ban [bcdfgjklmnpqrstvwxz][a-z]`)
	vowelOK  = regexp.MustCompile(`(?i)\ba (one|once|eu|us|un[ia])`)
)

// TestTextsReadWell looks for what joining words leaves behind, in every text that the examples make.
func TestTextsReadWell(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	all := readExamples(t)
	for _, id := range keysInOrder(all) {
		for _, text := range all[id].Fires {
			for _, c := range askedOf(t, book, text, "").AbuseCases {
				for _, said := range textsOf(&c) {
					if fault := misreads(said); fault != "" {
						t.Errorf("%s: %s in %q", c.Rule, fault, said)
					}
				}
			}
		}
	}
}

func textsOf(c *proposal.AbuseCase) []string {
	texts := []string{c.Title, c.WhatIf, c.WhoBenefits, c.Gain, c.Users, c.Business, c.Reputation}
	for _, s := range c.Silences {
		texts = append(texts, s.What)
	}
	for _, r := range c.Requirements {
		texts = append(append(texts, r.Text), r.Acceptance...)
	}
	return texts
}

// misreads says what is wrong with a text, if anything is.
func misreads(s string) string {
	if s == "" {
		return "nothing"
	}
	if m := braces.FindString(s); m != "" {
		return "a leftover " + m
	}
	for _, m := range articles.FindAllString(s, -1) {
		if !vowelOK.MatchString(m) && !slices.Contains([]string{"that that"}, strings.ToLower(m)) {
			return "articles " + m
		}
	}
	words := strings.Fields(strings.ToLower(s))
	for i := 1; i < len(words); i++ {
		if words[i] == words[i-1] && words[i] != "that" && words[i] != "had" {
			return "the word " + words[i] + " twice"
		}
	}
	if strings.Contains(s, "  ") || strings.Contains(s, " ,") || strings.Contains(s, " .") {
		return "loose punctuation"
	}
	return ""
}

// TestSameTextSameFindings asks the same text several times and wants the same answer.
func TestSameTextSameFindings(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	text := manyExamples(readExamples(t))
	first := rendered(askedOf(t, book, text, ""))
	for range 3 {
		if again := rendered(askedOf(t, book, text, "")); again != first {
			t.Fatal("two runs differ")
		}
	}
}

// manyExamples is one document with the first example of every rule, each under a heading of its own.
func manyExamples(all map[string]example) string {
	var b strings.Builder
	b.WriteString("# Everything\n\n")
	for _, id := range keysInOrder(all) {
		if len(all[id].Fires) > 0 {
			b.WriteString("## " + strings.ReplaceAll(id, "-", " ") + "\n\n" + all[id].Fires[0] + "\n\n")
		}
	}
	return b.String()
}

func rendered(set *proposal.Set) string {
	var b strings.Builder
	for i := range set.AbuseCases {
		b.WriteString(strings.Join(textsOf(&set.AbuseCases[i]), "\n") + "\n")
	}
	for _, w := range set.Withheld {
		b.WriteString(w.Rule + w.Reason + w.Detail + "\n")
	}
	return b.String()
}
