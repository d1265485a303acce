package rules

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/reading"
)

// gapMark stands for up to four words in a name: "link .. expire" is also "links to the file expire".
const gapMark = " .. "

// read reads one file of the lexicon. A file has either a class and groups of terms, or word lists for the grammar, or rules
// for steps.
func (l *lexicon) read(file string, raw []byte) []error {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return []error{fmt.Errorf("%s:%s", file, yamlFault(err))}
	}
	if len(doc.Content) == 0 {
		return nil // nothing but comments
	}
	r := lexiconReader{lexicon: l, file: file}
	root := doc.Content[0]
	switch {
	case root.Kind != yaml.MappingNode:
		r.fault(root, "want a mapping with a class and groups")
	case value(root, "grammar") != nil:
		r.grammar(value(root, "grammar"))
	case value(root, "steps") != nil:
		r.steps(value(root, "steps"))
	default:
		r.groups(root)
	}
	return r.wrong
}

// yamlFault takes the line out of the YAML library's message, so that all errors read "file:line: what".
var yamlLine = regexp.MustCompile(`^yaml: (?:unmarshal errors:\s+)?line (\d+): `)

func yamlFault(err error) string {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		return m[1] + ": " + err.Error()[len(m[0]):]
	}
	return "1: " + err.Error()
}

// A lexiconReader reads one file and notes what is wrong with it.
type lexiconReader struct {
	lexicon *lexicon
	file    string
	class   class
	wrong   []error
}

func (r *lexiconReader) fault(at *yaml.Node, format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Errorf("%s:%d: "+format, append([]any{r.file, at.Line}, args...)...))
}

func (r *lexiconReader) groups(root *yaml.Node) {
	r.onlyKeys(root, "class", "groups")
	c := value(root, "class")
	if c == nil {
		r.fault(root, "class is missing")
		return
	}
	switch r.class = class(c.Value); r.class {
	case assetTerm, actorTerm, dependencyTerm, flowTerm, privilegeTerm, safeguardTerm, featureTerm, scopeTerm, laxTerm, hintTerm, noiseTerm:
	default:
		r.fault(c, "unknown class %q", c.Value)
		return
	}
	groups := value(root, "groups")
	if groups == nil || groups.Kind != yaml.SequenceNode {
		r.fault(root, "groups must be a list")
		return
	}
	for _, g := range groups.Content {
		r.group(g)
	}
}

func (r *lexiconReader) group(g *yaml.Node) {
	if g.Kind != yaml.MappingNode {
		r.fault(g, "a group must be a mapping with terms")
		return
	}
	r.onlyKeys(g, append([]string{"terms"}, traitKeys...)...)
	var common traits
	if err := g.Decode(&common); err != nil {
		r.wrong = append(r.wrong, fmt.Errorf("%s:%s", r.file, yamlFault(err)))
		return
	}
	terms := value(g, "terms")
	if terms == nil || terms.Kind != yaml.SequenceNode {
		r.fault(g, "terms must be a list")
		return
	}
	for _, t := range terms.Content {
		r.term(t, common)
	}
}

// term reads "card number | PAN", or a mapping with names and traits of its own.
func (r *lexiconReader) term(t *yaml.Node, common traits) {
	e := &entry{traits: common, Class: r.class, file: r.file, line: t.Line}
	names := t
	if t.Kind == yaml.MappingNode {
		r.onlyKeys(t, append([]string{"names"}, traitKeys...)...)
		if err := t.Decode(&e.traits); err != nil {
			r.wrong = append(r.wrong, fmt.Errorf("%s:%s", r.file, yamlFault(err)))
			return
		}
		names = value(t, "names")
	}
	if names == nil || names.Kind != yaml.ScalarNode || strings.TrimSpace(names.Value) == "" {
		r.fault(t, "a term needs names: one | another")
		return
	}
	for _, name := range strings.Split(names.Value, "|") {
		name = strings.TrimSpace(name)
		if len(reading.Words(name)) == 0 {
			r.fault(names, "a name of %q has no words", names.Value)
			return
		}
		e.Names = append(e.Names, name)
	}
	for _, near := range slices.Concat(e.After, e.Before, e.NotAfter, e.NotBefore) {
		if strings.Contains(near, " ") {
			r.fault(t, "%q stands no further than one word away: %q is more", names.Value, near)
			return
		}
	}
	e.After, e.Before = stemsOf(e.After), stemsOf(e.Before)
	e.NotAfter, e.NotBefore = stemsOf(e.NotAfter), stemsOf(e.NotBefore)
	r.lexicon.add(e)
}

func stemsOf(words []string) []string {
	var out []string
	for _, w := range words {
		out = append(out, reading.Stems(w)...)
	}
	return out
}

// traitKeys are the YAML names of the fields of traits.
var traitKeys = func() (keys []string) {
	t := reflect.TypeFor[traits]()
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get("yaml"))
	}
	return keys
}()

// onlyKeys reports keys of the mapping m that are not known: a misspelt one would be lost without a word.
func (r *lexiconReader) onlyKeys(m *yaml.Node, known ...string) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		key := m.Content[i]
		found := false
		for _, k := range known {
			found = found || k == key.Value
		}
		if !found {
			r.fault(key, "unknown key %s; known are %s", strconv.Quote(key.Value), strings.Join(known, ", "))
		}
	}
}

// value returns the value of a key of the mapping m, or nil.
func value(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}
