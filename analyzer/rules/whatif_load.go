package rules

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"whatif/prompts"
)

// builtinRules are the rules under prompts/rules, read once.
var builtinRules = sync.OnceValues(func() (*ruleBook, error) { return loadRules(prompts.FS, "rules") })

// wordsFile holds the groups of words that all rule files share.
const wordsFile = "words.yaml"

// loadRules reads every rule file of dir, in order of their names. Its error names file and line.
func loadRules(fsys fs.FS, dir string) (*ruleBook, error) {
	files, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("listing rules: %w", err)
	}
	groups, err := loadGroups(fsys, path.Join(dir, wordsFile))
	if err != nil {
		return nil, err
	}
	book := &ruleBook{phrases: newPhrasebook(groups)}
	for name, to := range map[string]*[]int{"undoing": &book.undoing, "partial": &book.partial, "overall": &book.overall, "summing_up": &book.summingUp} {
		if *to, err = book.phrases.addAll(groups[name]); err != nil {
			return nil, fmt.Errorf("%s: group %s: %w", path.Join(dir, wordsFile), name, err)
		}
	}
	for _, name := range files {
		if path.Base(name) == wordsFile {
			continue
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("reading rules: %w", err)
		}
		if err := book.parse(builtin, data); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return book, nil
}

// loadGroups reads groups of words by name; there are none where the file is not there.
func loadGroups(fsys fs.FS, name string) (map[string][]string, error) {
	data, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading words: %w", err)
	}
	var groups map[string][]string
	if err := yaml.Unmarshal(data, &groups); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return groups, nil
}

// builtin is the source of rules that the program carries.
const builtin = "built-in"

// parse adds the rules of one file, with the words and the examples that it has for them. source is the file's name.
func (b *ruleBook) parse(source string, data []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return err
	}
	if len(doc.Content) == 0 {
		return nil
	}
	r := &ruleReader{book: b, source: source}
	var theme string
	r.fields(doc.Content[0], "file", map[string]func(*yaml.Node){
		"theme":    func(n *yaml.Node) { theme = r.text(n) },
		"words":    r.words,
		"examples": r.examples,
		"rules": func(n *yaml.Node) {
			for _, item := range r.list(n) {
				r.rule(item, theme)
			}
		},
	})
	return r.err
}

// A ruleReader turns YAML into rules. It keeps the first error; what is read after it is not used.
type ruleReader struct {
	book   *ruleBook
	source string
	err    error
}

func (r *ruleReader) fail(n *yaml.Node, format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...))
	}
}

// fields calls the function of each key of a mapping, in the file's order.
func (r *ruleReader) fields(n *yaml.Node, what string, known map[string]func(*yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "a %s must be a mapping", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		set, ok := known[key]
		if !ok {
			r.fail(n.Content[i], "unknown key %q in a %s; known are %s", key, what, strings.Join(keysInOrder(known), ", "))
			return
		}
		if seen[key] {
			r.fail(n.Content[i], "key %q stands twice in a %s", key, what)
			return
		}
		seen[key] = true
		set(n.Content[i+1])
	}
}

// words adds groups of words for the rules that come after them in the file.
func (r *ruleReader) words(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "words must be a mapping of names to lists")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if _, ok := r.book.phrases.groups[name]; ok {
			r.fail(n.Content[i], "there is a group of words %q already", name)
			return
		}
		if r.book.phrases.groups == nil {
			r.book.phrases.groups = map[string][]string{}
		}
		r.book.phrases.groups[name] = r.texts(n.Content[i+1])
	}
}

// examples keeps the texts in which a rule must, or must not, find something.
func (r *ruleReader) examples(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "examples must be a mapping of rule ids to fires and silent")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		id := n.Content[i].Value
		add := func(fires bool) func(*yaml.Node) {
			return func(n *yaml.Node) {
				for _, item := range r.list(n) {
					r.book.examples = append(r.book.examples, ruleExample{id, item.Value, r.source, item.Line, fires})
				}
			}
		}
		r.fields(n.Content[i+1], "list of examples", map[string]func(*yaml.Node){"fires": add(true), "silent": add(false)})
	}
}

func keysInOrder[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (r *ruleReader) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		r.fail(n, "text expected")
		return ""
	}
	return strings.Join(strings.Fields(n.Value), " ")
}

// list returns the items of a sequence; one scalar is a list of one.
func (r *ruleReader) list(n *yaml.Node) []*yaml.Node {
	switch {
	case n.Kind == yaml.SequenceNode:
		return n.Content
	case n.Kind == yaml.ScalarNode && n.Value != "":
		return []*yaml.Node{n}
	}
	r.fail(n, "a list expected")
	return nil
}

func (r *ruleReader) texts(n *yaml.Node) []string {
	var texts []string
	for _, item := range r.list(n) {
		texts = append(texts, r.text(item))
	}
	return texts
}

// oneOf reads a word of a vocabulary.
func (r *ruleReader) oneOf(n *yaml.Node, what string, vocabulary []string) string {
	word := r.text(n)
	if !slices.Contains(vocabulary, word) {
		r.fail(n, "unknown %s %q; known are %s", what, word, strings.Join(vocabulary, ", "))
	}
	return word
}

func (r *ruleReader) allOf(n *yaml.Node, what string, vocabulary []string) []string {
	var words []string
	for _, item := range r.list(n) {
		words = append(words, r.oneOf(item, what, vocabulary))
	}
	return words
}

func (r *ruleReader) bool(n *yaml.Node) bool {
	return r.oneOf(n, "truth", []string{"true", "false"}) == "true"
}
