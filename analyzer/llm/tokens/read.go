package tokens

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"whatif/prompts"
)

// Bounds of a user's file, which may come from anywhere.
const (
	mostBytes    = 1 << 20
	mostEntries  = 2000
	mostPatterns = 50
	mostTokens   = 100_000_000
	mostDollars  = 100_000 // for a million tokens
	mostPattern  = 100     // bytes
)

// A file is what a file of models says.
type file struct {
	asOf    string
	entries []entry
}

func readBuiltin() (file, error) {
	const path = "models.yaml"
	data, err := prompts.FS.ReadFile(path)
	if err != nil {
		return file{}, fmt.Errorf("reading the embedded table of models: %w", err)
	}
	return read("prompts/"+path, data)
}

func readFile(path string) (file, error) {
	f, err := os.Open(path)
	if err != nil {
		return file{}, fmt.Errorf("reading the table of models: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return file{}, fmt.Errorf("reading the table of models: %w", err)
	}
	if len(data) > mostBytes {
		return file{}, fmt.Errorf("%s: a table of models has at most %d bytes; leave out the models that you do not use", path, mostBytes)
	}
	return read(path, data)
}

// read reads a table. The first fault ends it.
func read(path string, data []byte) (file, error) {
	r := reader{path: path}
	root, err := r.decode(data)
	if err != nil {
		return file{}, err
	}
	var f file
	err = r.fields(root, "a table of models", map[string]func(*yaml.Node) error{
		"as_of":  func(n *yaml.Node) error { return r.date(n, &f.asOf) },
		"models": func(n *yaml.Node) error { return r.entries(n, &f.entries) },
	})
	for i := range f.entries {
		f.entries[i].asOf = f.asOf
	}
	return f, err
}

type reader struct{ path string }

func (r *reader) fault(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", r.path, max(n.Line, 1), fmt.Sprintf(format, args...))
}

var yamlFault = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// decode returns the root of the one YAML document that the file is.
func (r *reader) decode(data []byte) (*yaml.Node, error) {
	var doc, second yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, r.fault(&doc, "the file is empty; a table of models has as_of and models")
	} else if err != nil {
		text := err.Error()
		if m := yamlFault.FindStringSubmatch(text); m != nil {
			doc.Line, _ = strconv.Atoi(m[1])
			text = m[2]
		}
		return nil, r.fault(&doc, "not valid YAML near here: %s", text)
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, r.fault(&second, "a table of models is one YAML document; there is more after it")
	}
	if len(doc.Content) == 0 {
		return nil, r.fault(&doc, "the file is empty; a table of models has as_of and models")
	}
	return doc.Content[0], nil
}

// fields reads the fields of a mapping in the file's order.
func (r *reader) fields(n *yaml.Node, what string, known map[string]func(*yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return r.fault(n, "%s is a mapping of fields", what)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		take, ok := known[key.Value]
		switch {
		case !ok:
			return r.fault(key, "%s has no field %s", what, shown(key))
		case seen[key.Value]:
			return r.fault(key, "field %s is there twice", shown(key))
		}
		seen[key.Value] = true
		if err := take(value); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) entries(n *yaml.Node, to *[]entry) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) > mostEntries {
		return r.fault(n, "models is a list of at most %d entries", mostEntries)
	}
	for _, item := range n.Content {
		e, err := r.entry(item)
		if err != nil {
			return err
		}
		*to = append(*to, e)
	}
	return nil
}

func (r *reader) entry(n *yaml.Node) (entry, error) {
	var e entry
	err := r.fields(n, "a model", map[string]func(*yaml.Node) error{
		"match":     func(n *yaml.Node) error { return r.patterns(n, &e.patterns) },
		"encoding":  func(n *yaml.Node) error { return r.encoding(n, &e.encoding) },
		"context":   func(n *yaml.Node) error { return r.count(n, "context", &e.context) },
		"output":    func(n *yaml.Node) error { return r.count(n, "output", &e.output) },
		"reasoning": func(n *yaml.Node) error { return r.truth(n, &e.reasoning) },
		"price":     func(n *yaml.Node) error { return r.price(n, &e.price) },
	})
	if err == nil && len(e.patterns) == 0 {
		err = r.fault(n, "a model needs match: the names that it goes by, as [gpt-5-mini, my-deployment*]")
	}
	return e, err
}

func (r *reader) patterns(n *yaml.Node, to *[]pattern) error {
	items := n.Content
	if n.Kind == yaml.ScalarNode {
		items = []*yaml.Node{n}
	}
	if len(items) == 0 || len(items) > mostPatterns || n.Kind == yaml.MappingNode || n.Kind == yaml.AliasNode {
		return r.fault(n, "match is a list of 1 to %d names", mostPatterns)
	}
	for _, item := range items {
		text := strings.TrimSpace(item.Value)
		if item.Kind != yaml.ScalarNode || text == "" || len(text) > mostPattern || strings.ContainsFunc(text, unicode.IsControl) {
			return r.fault(item, "match has %s; a name has 1 to %d bytes, \"*\" in it stands for any text", shown(item), mostPattern)
		}
		*to = append(*to, newPattern(text))
	}
	return nil
}
