package fakellm

import (
	"encoding/json"
	"strings"
)

// How many braces of a prompt are tried as the beginning of a schema.
const maxTries = 200

// quotedSchema finds the first schema that a prompt quotes: JSON Schema, or the short form
//
//	{"items": [{
//	  "s": [int], // what it is
//	  "kind": "a" | "b"
//	}], "others": […]}
//
// It returns nil if there is none.
func quotedSchema(prompt string) *value {
	rest := prompt
	for range maxTries {
		i := strings.IndexByte(rest, '{')
		if i < 0 {
			return nil
		}
		rest = rest[i:]
		if v, err := readValue(json.NewDecoder(strings.NewReader(rest))); err == nil && v.get("properties").members() > 0 {
			return v
		}
		p := &shortForm{rest: rest}
		if s, ok := p.schema(0); ok && s.get("properties").members() > 0 {
			return s
		}
		rest = rest[1:]
	}
	return nil
}

// A shortForm reads the short form of a schema.
type shortForm struct{ rest string }

// next skips blanks and comments and takes the token if it is there.
func (p *shortForm) next(token string) bool {
	for {
		p.rest = strings.TrimLeft(p.rest, " \t\r\n")
		if !strings.HasPrefix(p.rest, "//") {
			break
		}
		_, p.rest, _ = strings.Cut(p.rest, "\n")
	}
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = rest
	}
	return ok
}

// schema reads one form.
func (p *shortForm) schema(depth int) (*value, bool) {
	switch {
	case depth > maxFill:
		return nil, false
	case p.next("{"):
		return p.object(depth)
	case p.next("[…]"):
		return typed("array"), true
	case p.next("["):
		items, ok := p.schema(depth + 1)
		return typed("array").set("items", items), ok && p.next("]")
	case p.next(`"`):
		return p.enum()
	}
	for _, word := range [][2]string{{"int", "integer"}, {"number", "number"}, {"bool", "boolean"}, {"string", "string"}} {
		if p.next(word[0]) {
			return typed(word[1]), true
		}
	}
	return nil, false
}

func (p *shortForm) object(depth int) (*value, bool) {
	properties := &value{kind: '{'}
	for !p.next("}") {
		if !p.next(`"`) {
			return nil, false
		}
		key, rest, ok := strings.Cut(p.rest, `"`)
		p.rest = rest
		if !ok || !p.next(":") {
			return nil, false
		}
		s, ok := p.schema(depth + 1)
		if !ok {
			return nil, false
		}
		properties.set(key, s)
		p.next(",")
	}
	return typed("object").set("properties", properties), true
}

// enum reads what follows the first quote.
func (p *shortForm) enum() (*value, bool) {
	list := &value{kind: '['}
	for {
		word, rest, ok := strings.Cut(p.rest, `"`)
		if !ok {
			return nil, false
		}
		p.rest = rest
		list.vals = append(list.vals, text(word))
		if !p.next("|") {
			return typed("string").set("enum", list), true
		}
		if !p.next(`"`) {
			return nil, false
		}
	}
}

func typed(name string) *value { return (&value{kind: '{'}).set("type", text(name)) }
