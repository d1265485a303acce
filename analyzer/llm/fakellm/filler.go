package fakellm

import (
	"slices"
	"strconv"
	"strings"
)

// A filler makes values that a schema allows.
type filler struct {
	root      *value
	sentences []sentence // empty: lists stay empty
	claims    []claim
	made      int
}

// How deep values are made, and how many in all: a schema that holds itself ends there.
const (
	maxFill = 24
	maxMade = 10_000
)

// fill makes a value for a schema. Name is the property's, at the sentence that an item is about.
func (f *filler) fill(s *value, name string, at *sentence, depth int) *value {
	s = f.resolve(s)
	null := &value{kind: 'n', text: "null"}
	if f.made++; s == nil || depth > maxFill || f.made > maxMade {
		return null
	}
	if c := s.get("const"); c != nil {
		return c
	}
	if e := s.get("enum"); e != nil && len(e.vals) > 0 {
		return oneOf(e.vals, at)
	}
	if options := s.get("anyOf"); options != nil && len(options.vals) > 0 {
		return f.fill(f.choose(options.vals, at), name, at, depth+1)
	}
	switch typeOf(s, at != nil) {
	case "object":
		return f.object(s, at, depth)
	case "array":
		return f.array(s, name, at, depth)
	case "string":
		return text(f.string(name, at))
	case "integer", "number":
		return f.number(s, name, at)
	case "boolean":
		return &value{kind: 't', text: "false"}
	}
	return null
}

// resolve follows references within the schema.
func (f *filler) resolve(s *value) *value {
	for range maxFill {
		ref := s.str("$ref")
		if ref == "" {
			return s
		}
		path, ok := strings.CutPrefix(ref, "#")
		if !ok {
			return nil
		}
		s = f.root
		for _, key := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
			if key != "" {
				s = s.get(strings.NewReplacer("~1", "/", "~0", "~").Replace(key))
			}
		}
	}
	return nil
}

// choose takes null where there is nothing to say, else the first that is something.
func (f *filler) choose(options []*value, at *sentence) *value {
	isNull := func(s *value) bool { return s.str("type") == "null" }
	i := slices.IndexFunc(options, func(s *value) bool { return isNull(s) == (at == nil) })
	return options[max(i, 0)]
}

// typeOf returns the type to make: of several null where there is nothing to say, else the first that is something.
func typeOf(s *value, something bool) string {
	t := s.get("type")
	switch {
	case t == nil && s.get("properties") != nil:
		return "object"
	case t == nil:
		return "object" // which any schema without a type allows
	case t.kind == '"':
		return t.text
	case !something && isType(s, "null"):
		return "null"
	}
	for _, v := range t.vals {
		if v.text != "null" {
			return v.text
		}
	}
	return "null"
}

func (f *filler) object(s *value, at *sentence, depth int) *value {
	o := &value{kind: '{'}
	properties := s.get("properties")
	for i := range properties.members() {
		o.set(properties.keys[i], f.fill(properties.vals[i], properties.keys[i], at, depth+1))
	}
	return o
}

// oneOf takes the first value that has a word of the sentence, else the first.
func oneOf(values []*value, at *sentence) *value {
	if at != nil {
		said := " " + strings.ToLower(at.text)
		for _, v := range values {
			for part := range strings.SplitSeq(v.text, "_") {
				if len(part) >= 4 && strings.Contains(said, " "+part) {
					return v
				}
			}
		}
	}
	return values[0]
}

// array makes items where they can cite sentences, none otherwise.
func (f *filler) array(s *value, name string, at *sentence, depth int) *value {
	a := &value{kind: '['}
	items := f.resolve(s.get("items"))
	if cites(name) && at != nil {
		a.vals = append(a.vals, &value{kind: '0', text: strconv.Itoa(at.number)})
		return a
	}
	if at == nil && f.citing(items) {
		for _, found := range pick(f.sentences, demoWords().words(strings.ToLower(name))) {
			a.vals = append(a.vals, f.fill(items, name, &found, depth+1))
		}
	}
	if at == nil && items.get("properties").get("claim") != nil {
		for _, c := range f.claims {
			a.vals = append(a.vals, f.verdict(items, c, depth+1))
		}
	}
	least := 0
	if m := s.get("minItems"); m != nil {
		least, _ = strconv.Atoi(m.text)
	}
	for len(a.vals) < min(least, 100) {
		a.vals = append(a.vals, f.fill(items, name, at, depth+1))
	}
	return a
}

// verdict makes an item about a claim: "no" where it is not carried and the schema knows that word.
func (f *filler) verdict(items *value, c claim, depth int) *value {
	v := f.fill(items, "", nil, depth)
	properties := items.get("properties")
	for i, key := range v.keys {
		if key == "claim" {
			v.vals[i] = &value{kind: '0', text: strconv.Itoa(c.number)}
		}
		if c.carried {
			continue
		}
		if e := properties.get(key).get("enum"); e != nil {
			for _, option := range e.vals {
				if option.text == "no" {
					v.vals[i] = option
				}
			}
		}
	}
	return v
}

// cites reports whether a property of this name holds numbers of sentences.
func cites(name string) bool { return name == "s" || name == "sentences" }

// citing reports whether items can cite.
func (f *filler) citing(items *value) bool {
	properties := items.get("properties")
	for i := range properties.members() {
		if cites(properties.keys[i]) {
			return true
		}
	}
	return false
}

func (f *filler) string(name string, at *sentence) string {
	switch {
	case at == nil:
		return ""
	case slices.Contains(demoWords().Short, name):
		return at.short()
	}
	return at.words(8)
}

func (f *filler) number(s *value, name string, at *sentence) *value {
	n := &value{kind: '0', text: "0"}
	if cites(name) && at != nil {
		n.text = strconv.Itoa(at.number)
	} else if m := s.get("minimum"); m != nil && m.kind == '0' && !strings.HasPrefix(m.text, "-") {
		n.text = m.text
	}
	return n
}
