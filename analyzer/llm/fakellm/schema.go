package fakellm

import (
	"fmt"
	"slices"
	"strings"
)

// What Azure's strict mode takes at most; OpenAI's takes more.
const (
	maxSchemaLevels     = 5
	maxSchemaProperties = 100
	maxSchemaEnums      = 500
)

// forbidden are the keywords that the strict modes refuse: OpenAI's, and those about sizes that Azure's refuses too.
var forbidden = strings.Fields(`allOf oneOf not if then else dependentRequired dependentSchemas patternProperties
	minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
	unevaluatedProperties propertyNames minProperties maxProperties
	unevaluatedItems contains minContains maxContains minItems maxItems uniqueItems`)

// A schemaCheck walks a strict schema.
type schemaCheck struct {
	strict            bool
	properties, enums int
}

// checkSchema returns what the real one has against a schema, "" for nothing. A schema that is not strict only has to be one of
// an object.
func checkSchema(root *value, strict bool) string {
	if root.kind != '{' {
		return "schema must be a JSON Schema of 'type: \"object\"', got something else."
	}
	if t := root.str("type"); t != "object" {
		if t == "" {
			t = "None"
		}
		return fmt.Sprintf("schema must be a JSON Schema of 'type: \"object\"', got 'type: \"%s\"'.", t)
	}
	if !strict {
		return ""
	}
	c := &schemaCheck{strict: strict}
	fault := c.walk(root, nil, 0)
	switch {
	case fault != "":
		return fault
	case c.properties > maxSchemaProperties:
		return fmt.Sprintf("%d object properties exceed the limit of %d.", c.properties, maxSchemaProperties)
	case c.enums > maxSchemaEnums:
		return fmt.Sprintf("%d enum values exceed the limit of %d.", c.enums, maxSchemaEnums)
	}
	return ""
}

// walk checks one schema. Above says how many objects it lies in.
func (c *schemaCheck) walk(s *value, at []string, above int) string {
	if s.kind != '{' {
		return in(at, "schema must be an object.")
	}
	for _, key := range s.keys {
		if slices.Contains(forbidden, key) {
			return in(at, "'%s' is not permitted.", key)
		}
	}
	if s.get("type") == nil && s.get("anyOf") == nil && s.get("$ref") == nil {
		return in(at, "schema must have a 'type' key.")
	}
	if e := s.get("enum"); e != nil {
		c.enums += len(e.vals)
	}
	if isType(s, "object") {
		if fault := c.object(s, at, above+1); fault != "" {
			return fault
		}
	}
	if isType(s, "array") && s.get("items") == nil {
		return in(at, "array schema missing items.")
	}
	return c.inner(s, at, above)
}

// inner checks the schemas within that are no properties.
func (c *schemaCheck) inner(s *value, at []string, above int) string {
	if items := s.get("items"); items != nil {
		if fault := c.walk(items, deeper(at, "items"), above); fault != "" {
			return fault
		}
	}
	if anyOf := s.get("anyOf"); anyOf != nil {
		if len(at) == 0 {
			return in(at, "'anyOf' is not permitted.") // at the root
		}
		for i, one := range anyOf.vals {
			if fault := c.walk(one, deeper(at, "anyOf", fmt.Sprint(i)), above); fault != "" {
				return fault
			}
		}
	}
	for _, key := range []string{"$defs", "definitions"} {
		defs := s.get(key)
		for i := range defs.members() {
			if fault := c.walk(defs.vals[i], deeper(at, key, defs.keys[i]), above); fault != "" {
				return fault
			}
		}
	}
	return ""
}

// object checks what an object has to have.
func (c *schemaCheck) object(s *value, at []string, level int) string {
	if level > maxSchemaLevels {
		return fmt.Sprintf("%d levels of nesting exceeds limit of %d.", level, maxSchemaLevels)
	}
	if more := s.get("additionalProperties"); more == nil || more.text != "false" {
		return in(at, "'additionalProperties' is required to be supplied and to be false.")
	}
	properties := s.get("properties")
	if properties == nil || properties.kind != '{' {
		return in(at, "object schema missing properties.")
	}
	var required []string
	if r := s.get("required"); r != nil {
		for _, name := range r.vals {
			required = append(required, name.text)
		}
	}
	for i, name := range properties.keys {
		c.properties++
		if !slices.Contains(required, name) {
			return in(at, "'required' is required to be supplied and to be an array including every key in properties. Missing '%s'.", name)
		}
		if fault := c.walk(properties.vals[i], deeper(at, "properties", name), level); fault != "" {
			return fault
		}
	}
	for _, name := range required {
		if properties.get(name) == nil {
			return in(at, "'required' is required to be supplied and to be an array including every key in properties. Extra required key '%s' supplied.", name)
		}
	}
	return ""
}

// members counts an object's, none if v is no object.
func (v *value) members() int {
	if v == nil || v.kind != '{' {
		return 0
	}
	return len(v.keys)
}

// isType reports whether a schema allows the type.
func isType(s *value, name string) bool {
	t := s.get("type")
	if t == nil {
		return false
	}
	return t.kind == '"' && t.text == name || slices.ContainsFunc(t.vals, func(v *value) bool { return v.text == name })
}

func deeper(at []string, keys ...string) []string { return append(slices.Clip(at), keys...) }

// in tells where in the schema a fault is, as OpenAI does: a Python tuple.
func in(at []string, format string, args ...any) string {
	var b strings.Builder
	b.WriteString("In context=(")
	for i, key := range at {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("'" + key + "'")
	}
	if len(at) == 1 {
		b.WriteByte(',')
	}
	b.WriteString("), ")
	fmt.Fprintf(&b, format, args...)
	return b.String()
}
