package framework

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// A reader gathers a framework from one file or more. It goes on after a fault, so that all of them are found.
type reader struct {
	name      string
	version   int
	themes    []Theme
	questions []Question
	packs     []Pack
	steps     []StepQuestion
	base      *Framework // what a user's file may extend; nil for the built-in files

	file     string
	where    string         // what is being read: `question "data.retention"`
	seen     map[string]int // line of each key of a theme, question, pack or step of the file
	problems []Problem
	more     int
}

func newReader(base *Framework) *reader {
	return &reader{base: base, version: 1, seen: map[string]int{}}
}

// How much a framework may hold.
const (
	maxQuestions = 500
	maxPacks     = 100
	maxThemes    = 50
	maxSteps     = 50
	maxParts     = 10   // of a question
	maxText      = 1200 // bytes of a text
	maxSign      = 400  // bytes of a sign
	maxSigns     = 200  // of a part or a pack
)

// read reads one file. The head of a framework holds its name and version.
func (r *reader) read(name string, data []byte, head bool) {
	r.file, r.where = name, ""
	start := len(r.problems)
	root := r.decode(data)
	if root == nil || !r.noAliases(root) {
		return
	}
	var known []field
	if r.base != nil {
		known = append(known, field{"extends", r.readExtends}, field{"without", r.readWithout})
		if r.value(root, "extends") == nil {
			r.extend()
		}
	}
	if head {
		known = append(known, field{"name", r.readName}, field{"version", r.readVersion})
	}
	r.fields(root, append(known, field{"themes", r.readThemes}, field{"questions", r.readQuestions},
		field{"packs", r.readPacks}, field{"steps", r.readSteps}))
	if head && r.name == "" && r.value(root, "name") == nil {
		r.problem(root.Line, "missing name: what reports call this framework")
	}
	sortProblems(r.problems[start:])
}

// decode returns the mapping that the file is, or nil.
func (r *reader) decode(data []byte) *yaml.Node {
	var doc, second yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		r.problem(1, "the file is empty")
		return nil
	} else if err != nil {
		r.syntax(err)
		return nil
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		r.problem(max(1, second.Line), "a framework is one YAML document; there is more after it")
		return nil
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		r.problem(1, "a framework is a mapping with name, questions, packs, …")
		return nil
	}
	return doc.Content[0]
}

var yamlFault = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// syntax records what the YAML parser says, at the line that it says.
func (r *reader) syntax(err error) {
	line, text := 1, err.Error()
	if m := yamlFault.FindStringSubmatch(text); m != nil {
		text = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	r.problem(max(1, line), "not valid YAML near here: %s", text)
}

// noAliases refuses "*name": a few of them can stand for a file of any size. It reports whether there are none.
func (r *reader) noAliases(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		r.problem(n.Line, "aliases (*%s) are not allowed in a framework; write the text out", clip(n.Value))
		return false
	}
	for _, child := range n.Content {
		if !r.noAliases(child) {
			return false
		}
	}
	return true
}

// A field is a key that a mapping may have, and what reads its value.
type field struct {
	name string
	read func(*yaml.Node)
}

// fields reads the fields of a mapping in the order of known, which need not be the file's.
func (r *reader) fields(n *yaml.Node, known []field) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "must be a mapping of fields, not %s", kindOf(n))
		return
	}
	var names []string
	for _, f := range known {
		names = append(names, f.name)
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if line, twice := first[key.Value]; twice {
			r.fail(key, "field %q is there twice; the first is on line %d", clip(key.Value), line)
		}
		first[key.Value] = key.Line
		if !contains(names, key.Value) {
			r.fail(key, "%s", unknown("field", key.Value, names))
		}
	}
	for _, f := range known {
		if v := r.value(n, f.name); v != nil {
			f.read(v)
		}
	}
}

// value returns the value of the mapping's field, or nil.
func (r *reader) value(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Value == "":
		return "nothing"
	}
	return "text"
}
