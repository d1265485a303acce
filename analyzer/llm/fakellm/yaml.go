package fakellm

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The library's own strictness ends where a type decodes itself, so every type here decodes itself and goes through fill.

// UnmarshalYAML reads a script.
func (s *Script) UnmarshalYAML(n *yaml.Node) error {
	type plain Script
	return fill(n, "a script", (*plain)(s))
}

// UnmarshalYAML reads a rule.
func (r *Rule) UnmarshalYAML(n *yaml.Node) error {
	type plain Rule
	r.line = n.Line
	return fill(n, "a rule", (*plain)(r))
}

// UnmarshalYAML reads a condition.
func (w *When) UnmarshalYAML(n *yaml.Node) error {
	type plain When
	return fill(n, "when", (*plain)(w))
}

// UnmarshalYAML reads the settings of the cache.
func (c *Cache) UnmarshalYAML(n *yaml.Node) error {
	type plain Cache
	return fill(n, "cache", (*plain)(c))
}

// UnmarshalYAML reads the settings of the Batch API.
func (b *Batches) UnmarshalYAML(n *yaml.Node) error {
	type plain Batches
	return fill(n, "batches", (*plain)(b))
}

// UnmarshalYAML reads faults by chance.
func (c *Chances) UnmarshalYAML(n *yaml.Node) error {
	type plain Chances
	return fill(n, "faults", (*plain)(c))
}

// UnmarshalYAML reads a fault, or its kind alone.
func (f *Fault) UnmarshalYAML(n *yaml.Node) error {
	type plain Fault
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&f.Kind)
	}
	return fill(n, "a fault", (*plain)(f))
}

// UnmarshalYAML reads a distribution, or one duration.
func (l *Latency) UnmarshalYAML(n *yaml.Node) error {
	type plain Latency
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&l.P50)
	}
	return fill(n, "latency", (*plain)(l))
}

// UnmarshalYAML reads numbers, or "none".
func (u *Usage) UnmarshalYAML(n *yaml.Node) error {
	type plain Usage
	if n.Kind == yaml.ScalarNode {
		u.None = n.Value == "none"
		if !u.None {
			return faultAt(n, "usage is none or a mapping, not %q", n.Value)
		}
		return nil
	}
	return fill(n, "usage", (*plain)(u))
}

// UnmarshalYAML reads a list of texts, or one.
func (w *Words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = Words{n.Value}
		return nil
	}
	return n.Decode((*[]string)(w))
}

// UnmarshalYAML writes a value as JSON, with its keys in their order.
func (r *Raw) UnmarshalYAML(n *yaml.Node) error {
	j := &jsonWriter{left: maxValues}
	if err := j.write(n); err != nil {
		return err
	}
	*r = Raw(j.b.String())
	return nil
}

// fill decodes a mapping into the struct that into points to, and refuses keys that it does not have.
func fill(n *yaml.Node, what string, into any) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return faultAt(n, "%s has to be a mapping", what)
	}
	names := keysOf(reflect.TypeOf(into).Elem())
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(names, key.Value) {
			return faultAt(key, "%s has no %q; it has %s", what, key.Value, strings.Join(names, ", "))
		}
	}
	return n.Decode(into)
}

// keysOf lists the YAML names of a struct's fields.
func keysOf(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// faultAt is a fault at a node, in the library's form, so that several faults are told at once.
func faultAt(n *yaml.Node, format string, args ...any) error {
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: ", n.Line) + fmt.Sprintf(format, args...)}}
}

// Most values that a "json" may have, aliases counted as often as they are used.
const maxValues = 100_000

// A jsonWriter writes YAML as JSON.
type jsonWriter struct {
	b    strings.Builder
	left int
}

func (j *jsonWriter) write(n *yaml.Node) error {
	if j.left--; j.left < 0 {
		return faultAt(n, "json has more than %d values", maxValues)
	}
	switch n.Kind {
	case yaml.AliasNode:
		return j.write(n.Alias)
	case yaml.MappingNode:
		return j.writeAll(n, '{', '}')
	case yaml.SequenceNode:
		return j.writeAll(n, '[', ']')
	}
	return j.writeScalar(n)
}

func (j *jsonWriter) writeAll(n *yaml.Node, open, shut byte) error {
	j.b.WriteByte(open)
	for i, c := range n.Content {
		isKey := open == '{' && i%2 == 0
		switch {
		case isKey && c.Kind != yaml.ScalarNode:
			return faultAt(c, "a key in json has to be a text")
		case open == '{' && !isKey:
			j.b.WriteByte(':')
		case i > 0:
			j.b.WriteByte(',')
		}
		if isKey {
			j.b.WriteString(quoted(c.Value))
			continue
		}
		if err := j.write(c); err != nil {
			return err
		}
	}
	j.b.WriteByte(shut)
	return nil
}

func (j *jsonWriter) writeScalar(n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!null":
		j.b.WriteString("null")
	case "!!bool":
		var v bool
		if err := n.Decode(&v); err != nil {
			return err
		}
		j.b.WriteString(strconv.FormatBool(v))
	case "!!int", "!!float":
		var v float64
		if json.Valid([]byte(n.Value)) { // as it was written, with all its digits
			j.b.WriteString(n.Value)
			return nil
		}
		if err := n.Decode(&v); err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return faultAt(n, "JSON has no number %q", n.Value)
		}
		j.b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	default:
		j.b.WriteString(quoted(n.Value))
	}
	return nil
}

// quoted writes a text as JSON, without the escapes that only HTML needs.
func quoted(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a text always can be
	return strings.TrimSuffix(b.String(), "\n")
}
