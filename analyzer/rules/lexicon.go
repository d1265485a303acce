package rules

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"whatif/analyzer/reading"
	"whatif/prompts"
)

// A lexicon is what the engine knows of words: terms with their classes, and how English sentences hang together. It is not
// changed after it was loaded.
type lexicon struct {
	entries []*entry // in order of files and lines
	byKey   map[string]*entry
	hints   map[string]*entry // by singular form
	match   matcher
	grammar grammar
	steps   []stepRule
}

// An entry is one thing that the lexicon knows, under all its names.
type entry struct {
	traits
	Key   string
	Class class
	Names []string // as people write them, the first one is the usual one
	tags  []string
	file  string
	line  int
}

// traits are what a group of terms has in common, or one term has for itself.
type traits struct {
	// Category, Sensitivity and Regulations are an asset's, Source is where these come from; Gain says what an attacker would
	// do with it.
	Category    string   `yaml:"category"`
	Sensitivity string   `yaml:"sensitivity"`
	Regulations []string `yaml:"regulations"`
	Source      string   `yaml:"source"`
	Gain        string   `yaml:"gain"`

	// Kind is an actor's or a dependency's kind, or what a safeguard or feature does.
	Kind          string `yaml:"kind"`
	Role          string `yaml:"role"`
	IfItFails     string `yaml:"if_it_fails"`
	IfCompromised string `yaml:"if_compromised"`

	// Direction is where a flow verb moves data; States are what it does to it.
	Direction string   `yaml:"direction"`
	States    []string `yaml:"states"`

	One  bool     `yaml:"one"`  // all names mean the same thing: a document that uses two of them speaks of one
	Tags []string `yaml:"tags"` // anything else that rules may ask for

	// When words are this term: only as a noun or a verb, only spelt like this, only with a capital, only (not) right
	// after or before one of these words. Weak terms need a sentence that says what is done with the thing.
	Noun      bool     `yaml:"noun"`
	Verb      bool     `yaml:"verb"`
	Exact     bool     `yaml:"exact"`
	Capital   bool     `yaml:"capital"`
	Weak      bool     `yaml:"weak"`
	After     []string `yaml:"after"`
	Before    []string `yaml:"before"`
	NotAfter  []string `yaml:"not_after"`
	NotBefore []string `yaml:"not_before"`

	// With are phrases of which one must stand in the sentence too, for a safeguard to be listed.
	With []string `yaml:"with"`
}

// builtIn is the lexicon under prompts/lexicon, read on first use.
var builtIn = sync.OnceValues(func() (*lexicon, error) { return loadLexicon(prompts.FS, "lexicon") })

// stanceFile lies beside the lexicon; package reading reads it.
const stanceFile = "stance.yaml"

// loadLexicon reads every YAML file in the folder dir of fsys. Its error lists all that is wrong, each with file and line.
func loadLexicon(fsys fs.FS, dir string) (*lexicon, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("listing the lexicon: %w", err)
	}
	l := &lexicon{byKey: map[string]*entry{}, hints: map[string]*entry{}}
	var wrong []error
	for _, name := range names {
		if path.Base(name) == stanceFile {
			continue
		}
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("reading the lexicon: %w", err)
		}
		wrong = append(wrong, l.read(path.Base(name), raw)...)
	}
	wrong = append(wrong, l.check()...)
	if len(wrong) > 0 {
		return nil, fmt.Errorf("loading the lexicon: %w", errors.Join(wrong...))
	}
	l.match = newMatcher(l.entries)
	return l, nil
}

// person reports whether a name is one word or has a word for people in it.
func (l *lexicon) person(name string) bool {
	words := reading.Words(name)
	return len(words) == 1 || slices.ContainsFunc(words, func(w reading.Word) bool {
		e := l.hints[bySingular.of(&w)]
		return l.grammar.person(&w) || e != nil && e.Category == "personal" && w.Form != "name" && w.Form != "names"
	})
}

// entry returns the entry with the class and key, or nil.
func (l *lexicon) entry(c class, key string) *entry { return l.byKey[string(c)+":"+key] }

// add gives an entry its key and tags, and appends it.
func (l *lexicon) add(e *entry) {
	e.Key = keyOf(e.Names[0])
	for _, t := range append([]string{e.Category, e.Sensitivity, e.Kind, e.Direction}, append(e.traits.Tags, e.Regulations...)...) {
		if t != "" && !slices.Contains(e.tags, t) {
			e.tags = append(e.tags, t)
		}
	}
	l.entries = append(l.entries, e)
}

// keyOf turns a name into a key: "card number" is "card_number".
func keyOf(name string) string {
	words := reading.Words(name)
	forms := make([]string, len(words))
	for i, w := range words {
		forms[i] = w.Form
	}
	return strings.Join(forms, "_")
}

// vocabularies are the values that a trait may have, by class and trait.
var vocabularies = map[class]map[string][]string{
	assetTerm: {
		"category": {"personal", "financial", "health", "credential", "location", "content", "device", "behavioural",
			"business", "children", "biometric", "other"},
		"sensitivity": {"high", "medium", "low"},
	},
	hintTerm:       {"sensitivity": {"high", "medium", "low"}},
	laxTerm:        {"kind": {"unchecked", "unlimited", "no_way_out", "sold", "guessable", "too_late", "kept_from_view", "paid_at_once", "beyond"}},
	actorTerm:      {"kind": {"user", "child", "anonymous", "staff", "admin", "partner", "system"}},
	dependencyTerm: {"kind": {"vendor", "internal", "platform"}},
	flowTerm: {"direction": {"gives", "proves", "sends", "shares", "tells", "receives", "shows", "sees", "open", "takes", "fetches", "collects",
		"stores", "exports", "syncs", "processes", "deletes", "goes"}},
}

// check reports what no single file shows: keys and names that stand twice, values outside their vocabulary.
func (l *lexicon) check() []error {
	var wrong []error
	names := map[string]*entry{}
	for _, e := range l.entries {
		for trait, values := range vocabularies[e.Class] {
			got := map[string]string{"category": e.Category, "sensitivity": e.Sensitivity, "kind": e.Kind, "direction": e.Direction}[trait]
			if !slices.Contains(values, got) {
				wrong = append(wrong, e.fault("%s %q of %q is not one of %s", trait, got, e.Names[0], strings.Join(values, ", ")))
			}
		}
		if (e.Class == safeguardTerm || e.Class == featureTerm) && e.Kind == "" {
			wrong = append(wrong, e.fault("%s %q has no kind", e.Class, e.Names[0]))
		}
		id := string(e.Class) + ":" + e.Key
		if l.byKey[id] == nil {
			l.byKey[id] = e
		}
		for _, name := range e.Names {
			k := e.nameKey(name)
			if old := names[k]; old != nil {
				wrong = append(wrong, e.fault("%q stands already in %s:%d", name, old.file, old.line))
				continue
			}
			names[k] = e
			if e.Class == hintTerm {
				l.hints[bySingular.split(name)[0]] = e
			}
		}
	}
	return wrong
}

// hint returns the entry that tells what a name is about, and how sensitive that makes it: the entry of its last word, unless
// another one is of more weight; nil if none is known. The "stage" of a disease is as private as the disease, the "status" of
// a payment is not as much as the payment.
func (l *lexicon) hint(name string) (best *entry, sensitivity string) {
	if head, of, ok := strings.Cut(name, " of "); ok {
		name = of + " " + head
	}
	for _, word := range slices.Backward(bySingular.split(name)) {
		e := l.hints[word]
		switch {
		case e == nil:
		case best == nil:
			best, sensitivity = e, e.Sensitivity
			if word == "name" && !l.person(name) {
				sensitivity = "low" // the name of a tariff
			} else if word == "number" && strings.Contains(name, " ") && l.person(name) {
				sensitivity = "medium" // a driver's number is not a pump's
			}
		case e.Category == "personal" && sensitivity == "low":
			sensitivity = "medium" // the status of a member
		case e.Sensitivity == "high" && sensitivity != "high":
			personal := e.Category == "health" || e.Category == "children" || e.Category == "biometric"
			if sensitivity = "high"; best.Sensitivity == "low" && !personal {
				sensitivity = "medium"
			}
			best = e
		}
	}
	return best, sensitivity
}

// nameKey is equal for names that match the same words.
func (e *entry) nameKey(name string) string {
	var parts []string
	for _, part := range strings.Split(name, gapMark) {
		parts = append(parts, strings.Join(e.spelling(name).split(part), " "))
	}
	return fmt.Sprintf("%s %d %q", e.Class, e.spelling(name), parts)
}

func (e *entry) fault(format string, args ...any) error {
	return fmt.Errorf("%s:%d: "+format, append([]any{e.file, e.line}, args...)...)
}
