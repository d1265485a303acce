package rules

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestBuiltInLexicon loads the lexicon, which fails on duplicates and on values outside their vocabularies, and holds its
// size to a floor.
func TestBuiltInLexicon(t *testing.T) {
	l, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	perClass := map[class]int{}
	for _, e := range l.entries {
		names += len(e.Names)
		perClass[e.Class] += len(e.Names)
	}
	t.Logf("%d entries, %d names: %v", len(l.entries), names, perClass)
	if names < 4000 {
		t.Errorf("%d names, want at least 4,000", names)
	}
	for _, e := range l.entries {
		switch e.Class {
		case assetTerm:
			if e.Gain == "" || e.Source == "" {
				t.Errorf("%s:%d: %q has no gain, or nobody says where its class comes from", e.file, e.line, e.Names[0])
			}
		case dependencyTerm:
			if e.Role == "" || e.IfItFails == "" || e.IfCompromised == "" {
				t.Errorf("%s:%d: %q lacks a role or what happens without it", e.file, e.line, e.Names[0])
			}
		}
	}
}

// TestLexiconFaults gives every mistake its message with the line.
func TestLexiconFaults(t *testing.T) {
	const head = "class: asset\ngroups:\n  - category: personal\n    sensitivity: low\n    terms:\n"
	tests := []struct{ name, yaml, want string }{
		{"no YAML", "class: [", "words.yaml:1:"},
		{"no class", "groups: []", "words.yaml:1: class is missing"},
		{"unknown class", "class: animal\ngroups: []", `words.yaml:1: unknown class "animal"`},
		{"groups no list", "class: asset\ngroups: 3", "groups must be a list"},
		{"terms no list", "class: asset\ngroups:\n  - terms: x", "words.yaml:3: terms must be a list"},
		{"unknown key", head + "      - {names: pet, colour: red}", `words.yaml:6: unknown key "colour"`},
		{"wrong type", head + "      - {names: pet, weak: perhaps}", "words.yaml:6: "},
		{"no names", head + "      - {weak: true}", "words.yaml:6: a term needs names"},
		{"no words", head + "      - pet | €", "has no words"},
		{"bad category", strings.Replace(head, "personal", "pets", 1) + "      - pet", `words.yaml:6: category "pets" of "pet" is not one of personal`},
		{"twice", head + "      - pet\n      - animal | pets", `words.yaml:7: "pets" stands already in words.yaml:6`},
		{"more than a neighbour", head + "      - {names: pet, not_after: [the big]}", `words.yaml:6: "pet" stands no further than one word away: "the big" is more`},
		{"kind missing", "class: safeguard\ngroups:\n  - terms:\n      - locked", `words.yaml:4: safeguard "locked" has no kind`},
		{"word list", "grammar:\n  colours: red", `words.yaml:2: unknown word list "colours"`},
		{"step without verbs", "steps:\n  - words: [x]", "words.yaml:2: a step needs verbs and what_ifs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := loadLexicon(fstest.MapFS{"lexicon/words.yaml": {Data: []byte(tt.yaml)}}, "lexicon")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q in it", err, tt.want)
			}
		})
	}
}
