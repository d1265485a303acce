package reply

import (
	"encoding/json"
	"strings"
)

// Schema returns the JSON Schema of v, a struct or a pointer to one, as the strict modes want it: closed objects, all fields
// required in the struct's order, no references, nothing but type, description and enum. Equal types give equal bytes.
//
// Fields are of string, int, float64, bool, slices of them, structs, and slices of structs, with these tags:
//
//	json:"name"          the property; with ",omitempty" it is still required, but no fault when a model leaves it out
//	about:"what it is"   the description
//	enum:"a,b,c"         of a string or strings: all that is allowed. "" is what [Decode] leaves when nothing fits
//	mark:"K"             of an int or ints: the letter in "K3"; without it that of sentences, as in "S12" or "sentence 12"
//	also:"x,y"           other names under which [Decode] takes the field
//
// Schema panics on any other type: that is a mistake in the program.
func Schema(v any) json.RawMessage {
	var b strings.Builder
	shapeOf(v).schema(&b, "")
	return json.RawMessage(b.String())
}

func (s *shape) schema(b *strings.Builder, about string) {
	switch s.kind {
	case objectKind:
		b.WriteString(`{"type":"object"`)
	case listKind:
		b.WriteString(`{"type":"array"`)
	case intKind:
		b.WriteString(`{"type":"integer"`)
	case realKind:
		b.WriteString(`{"type":"number"`)
	case boolKind:
		b.WriteString(`{"type":"boolean"`)
	default:
		b.WriteString(`{"type":"string"`)
	}
	if about != "" {
		b.WriteString(`,"description":` + quoted(about))
	}
	switch {
	case s.kind == objectKind:
		s.schemaFields(b)
	case s.kind == listKind:
		b.WriteString(`,"items":`)
		s.elem.schema(b, "")
	case len(s.enum) > 0:
		b.WriteString(`,"enum":` + quotedList(s.enum))
	}
	b.WriteByte('}')
}

func (s *shape) schemaFields(b *strings.Builder) {
	var names []string
	b.WriteString(`,"properties":{`)
	for i, f := range s.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quoted(f.name) + ":")
		f.shape.schema(b, f.about)
		names = append(names, f.name)
	}
	b.WriteString(`},"required":` + quotedList(names) + `,"additionalProperties":false`)
}

// quoted writes a string as JSON.
func quoted(s string) string {
	data, _ := json.Marshal(s) // a string always can be
	return string(data)
}

func quotedList(list []string) string {
	data, _ := json.Marshal(list)
	return string(data)
}

// Describe tells the form of v in few words, for the prompt itself:
//
//	{"abuse_cases": [{
//	  "s": [int], // sentences that carry it
//	  "reach": "anyone" | "user" | "admin"
//	}]}
func Describe(v any) string {
	var b strings.Builder
	shapeOf(v).describe(&b, "")
	return b.String()
}

func (s *shape) describe(b *strings.Builder, indent string) {
	switch s.kind {
	case objectKind:
		b.WriteString("{\n")
		for i, f := range s.fields {
			b.WriteString(indent + " " + quoted(f.name) + ": ")
			f.shape.describe(b, indent+" ")
			if i < len(s.fields)-1 {
				b.WriteByte(',')
			}
			if f.about != "" {
				b.WriteString(" // " + f.about)
			}
			b.WriteByte('\n')
		}
		b.WriteString(indent + "}")
	case listKind:
		b.WriteByte('[')
		s.elem.describe(b, indent)
		b.WriteByte(']')
	case intKind:
		b.WriteString("int")
	case realKind:
		b.WriteString("number")
	case boolKind:
		b.WriteString("bool")
	default:
		if len(s.enum) == 0 {
			b.WriteString("string")
			return
		}
		for i, e := range s.enum {
			if i > 0 {
				b.WriteString(" | ")
			}
			b.WriteString(quoted(e))
		}
	}
}
