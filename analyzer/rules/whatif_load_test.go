package rules

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"whatif/analyzer/framework"
	"whatif/analyzer/threatmodel"
)

// A good rule, from which the tests of faults make bad ones.
const goodRule = `theme: Test
rules:
  - id: open-door
    doc: A door stands open.
    false_positives: It is a gate.
    question: actors.who
    category: fraud
    when:
      - {words: ["=door|gate ... open"], as: door, or: door}
    unless:
      - words: [locked]
    silence:
      what: who closes the {door}
      searched: [door is closed]
    title: "The {door} is open"
    what_if: "What if {a door} stays open?"
    who_benefits: Thieves
    gain: Things
    users: Loss
    business: Loss
    reputation: Talk
    requirements:
      - text: "Close {a door}."
        acceptance: ["Given {a door}, when it is open, then it closes."]
    stride: [spoofing]
    factors: {reach: anyone, needs: nothing, scale: one, undo: easily, harm: loss}
`

func TestRuleFaults(t *testing.T) {
	tests := []struct{ name, from, to, want string }{
		{"good", "", "", ""},
		{"unknown key", "    gain: Things", "    gian: Things", `line 18: unknown key "gian" in a rule`},
		{"key twice", "    gain: Things", "    gain: Things\n    gain: More", `line 19: key "gain" stands twice`},
		{"no text", "    gain: Things\n", "", "rule open-door needs gain"},
		{"unknown category", "category: fraud", "category: theft", `line 7: unknown category "theft"`},
		{"unknown stride", "[spoofing]", "[spoofin]", `unknown stride "spoofin"`},
		{"unknown factor", "harm: loss", "harm: bad", `unknown harm "bad"`},
		{"unknown group", `"=door|gate`, `"=$doors|gate`, "unknown group $doors"},
		{"unknown slot", "The {door} is", "The {window} is", "title: there is nothing called {window}"},
		{"slot that may be empty", "The {door} is", "The {asset} is", "{asset} may be empty"},
		{"open brace", "The {door} is", "The {door is", "{ without its }"},
		{"open bracket", "The {door} is", "The [{door} is", "[ without its ]"},
		{"too long a slot", "{a door} stays", "{an old door} stays", "a slot is"},
		{"unknown form", "{a door} stays", "{old door} stays", "unknown form"},
		{"question's shape", "actors.who", "who", "a question's key looks like"},
		{"no anchor", "as: door, or: door}", "as: door, or: door, not: true}", "begins with what must be there"},
		{"pattern searched", "[door is closed]", "[door|gate closed]", "searched words are plain"},
		{"bad id", "id: open-door", "id: Open Door", "needs an id"},
		{"no acceptance", `        acceptance: ["Given {a door}, when it is open, then it closes."]`, "", "needs text and acceptance"},
		{"no mapping", "rules:", "rules: [x]\nmore:", "a rule must be a mapping"},
		{"unknown near", "as: door,", "near: far, as: door,", `unknown near "far"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(goodRule, tt.from, tt.to, 1)
			_, err := loadRules(fstest.MapFS{"rules/test.yaml": {Data: []byte(text)}}, "rules")
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "rules/test.yaml: line ") {
				t.Errorf("error %v, want file, line and %q", err, tt.want)
			}
		})
	}
}

func TestRuleTwice(t *testing.T) {
	_, rest, _ := strings.Cut(goodRule, "rules:\n")
	_, err := loadRules(fstest.MapFS{"rules/test.yaml": {Data: []byte(goodRule + rest)}}, "rules")
	if err == nil || !strings.Contains(err.Error(), "is there twice") {
		t.Errorf("error %v", err)
	}
}

// TestBuiltinRules holds the built-in rules to the framework's questions and the draft's vocabulary.
func TestBuiltinRules(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	fw, err := framework.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if len(book.rules) < 100 {
		t.Errorf("%d rules only", len(book.rules))
	}
	asked := map[string]bool{}
	for _, r := range book.rules {
		if fw.Question(r.Question) == nil {
			t.Errorf("%s: there is no question %q", r.ID, r.Question)
		}
		asked[r.Question] = true
	}
	for _, key := range []string{"data.excess", "data.retention", "data.destination", "actors.who", "actors.privileges", "actors.initiate",
		"actors.identity", "actors.recovery", "flow.integrity", "flow.recipient", "misuse.gain", "misuse.who_benefits", "misuse.edge_cases",
		"dependencies.failure", "dependencies.compromise", "consequences.business", "consequences.compliance"} {
		if !asked[key] {
			t.Errorf("no rule belongs to %s", key)
		}
	}
	if !slices.Equal(ruleVocabulary["category"], words(threatmodel.AbuseCategories)) {
		t.Errorf("categories differ from the draft's: %v", ruleVocabulary["category"])
	}
	if !slices.Equal(ruleVocabulary["actor"], words(threatmodel.ActorKinds)) {
		t.Errorf("kinds of actor differ from the draft's: %v", ruleVocabulary["actor"])
	}
	if !slices.Equal(ruleVocabulary["asset"][3:], words(threatmodel.AssetCategories)) {
		t.Errorf("categories of asset differ from the draft's: %v", ruleVocabulary["asset"])
	}
}

func words[T ~string](vocabulary []T) []string {
	var all []string
	for _, w := range vocabulary {
		all = append(all, string(w))
	}
	return all
}

func FuzzRules(f *testing.F) {
	f.Add([]byte(goodRule))
	f.Fuzz(func(t *testing.T, data []byte) {
		book := &ruleBook{phrases: newPhrasebook(map[string][]string{"a": {"b", "c d"}})}
		if err := book.parse("test.yaml", data); err != nil {
			return
		}
		for i := range book.rules {
			for _, text := range book.rules[i].texts() {
				text.with(map[string]string{})
			}
		}
	})
}
