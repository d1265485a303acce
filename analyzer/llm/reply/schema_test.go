package reply

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// compiled returns the schema of v as an independent validator reads it.
func compiled(t *testing.T, v any) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(Schema(v))))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("reply.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("reply.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// full marshals a value of the shape with all its properties: those of a schema are required even where the struct leaves them out.
func full(s *shape, v reflect.Value) any {
	switch s.kind {
	case objectKind:
		m := map[string]any{}
		for _, f := range s.fields {
			m[f.name] = full(f.shape, v.Field(f.index))
		}
		return m
	case listKind:
		list := []any{}
		for i := range v.Len() {
			list = append(list, full(s.elem, v.Index(i)))
		}
		return list
	}
	data, _ := json.Marshal(v.Interface())
	value, _ := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	return value
}

func TestSchemaTakesItsValues(t *testing.T) {
	schema, s := compiled(t, facts{}), shapeOf(facts{})
	if err := schema.Validate(full(s, reflect.ValueOf(facts{}))); err != nil {
		t.Errorf("the zero value: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		doc := full(s, value(t, s))
		if err := schema.Validate(doc); err != nil {
			t.Fatalf("%v: %v", doc, err)
		}
		data, _ := json.Marshal(doc)
		var got facts
		if report, err := Decode(string(data), &got); err != nil || report.Cut || len(report.Faults) > 0 {
			t.Fatalf("%s: %+v, %v", data, report, err)
		}
	})
}

func TestSchemaRefusesOthers(t *testing.T) {
	schema := compiled(t, verdict{})
	for text, ok := range map[string]bool{
		`{"found":[],"note":""}`: true,
		`{"found":[{"s":[1],"name":"N","kinds":["person"]}],"note":""}`: true,
		`{"found":[]}`:                    false,
		`{"found":[],"note":"","more":1}`: false,
		`{"found":[{"s":[1.5],"name":"N","kinds":[]}],"note":""}`:            false,
		`{"found":[{"s":[1],"name":"N","kinds":["robot"]}],"note":""}`:       false,
		`{"found":[{"s":[1],"name":"N","kinds":[],"age":1}],"note":""}`:      false,
		`{"found":[{"s":["1"],"name":"N","kinds":[]}],"note":""}`:            false,
		`{"found":{"s":[1],"name":"N","kinds":[]},"note":""}`:                false,
		`[{"s":[1],"name":"N","kinds":[]}]`:                                  false,
		`{"found":[{"s":[1],"name":"N"}],"note":""}`:                         false,
		`{"found":[{"s":[1],"name":null,"kinds":["person"]}],"note":"long"}`: false,
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// The strict modes want closed objects whose properties are all required, and know few keywords.
func TestSchemaIsStrict(t *testing.T) {
	var doc any
	if err := json.Unmarshal(Schema(facts{}), &doc); err != nil {
		t.Fatal(err)
	}
	objects := 0
	var walk func(v any)
	walk = func(v any) {
		m := v.(map[string]any)
		for key := range m {
			if !slices.Contains([]string{"type", "description", "enum", "properties", "required", "additionalProperties", "items"}, key) {
				t.Errorf("the keyword %q", key)
			}
		}
		if items, ok := m["items"]; ok {
			walk(items)
		}
		properties, ok := m["properties"].(map[string]any)
		if !ok {
			return
		}
		objects++
		if m["additionalProperties"] != false {
			t.Errorf("an open object: %v", m)
		}
		if required := m["required"].([]any); len(required) != len(properties) {
			t.Errorf("required are %v of %v", required, properties)
		}
		for _, p := range properties {
			walk(p)
		}
	}
	walk(doc)
	if objects != 4 {
		t.Errorf("%d objects were seen, want 4", objects)
	}
}

func TestSchemaText(t *testing.T) {
	const want = `{"type":"object","properties":{"found":{"type":"array","items":{"type":"object","properties":` +
		`{"s":{"type":"array","items":{"type":"integer"}},"name":{"type":"string"},` +
		`"kinds":{"type":"array","items":{"type":"string","enum":["person","system"]}}},` +
		`"required":["s","name","kinds"],"additionalProperties":false}},"note":{"type":"string"}},` +
		`"required":["found","note"],"additionalProperties":false}`
	for range 3 {
		if got := string(Schema(&verdict{})); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	const want = `{
 "abuse_cases": [{
  "s": [int], // numbers of the sentences
  "title": string,
  "reach": "anyone" | "user" | "account_takeover",
  "steps": [{
   "s": [int],
   "does": string
  }],
  "known": [int],
  "terms": [string],
  "people": int,
  "undone": bool,
  "sure": number
 }], // what could go wrong
 "actors": [{
  "s": [int],
  "name": string,
  "kinds": ["person" | "system"]
 }]
}`
	if got := Describe(facts{}); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestSize(t *testing.T) {
	for _, c := range []struct {
		v                  any
		levels, properties int
	}{{step{}, 1, 2}, {verdict{}, 2, 5}, {facts{}, 3, 16}} {
		if levels, properties := Size(c.v); levels != c.levels || properties != c.properties {
			t.Errorf("%T: got %d, %d, want %d, %d", c.v, levels, properties, c.levels, c.properties)
		}
	}
}

type selfish struct {
	Parts []selfish `json:"parts"`
}

// A type that has no schema is a mistake in the program.
func TestNoSchema(t *testing.T) {
	for name, v := range map[string]any{
		"nil":       nil,
		"no struct": 7,
		"no fields": struct{}{},
		"no name": struct {
			A int
		}{},
		"a map": struct {
			A map[string]int `json:"a"`
		}{},
		"a pointer": struct {
			A *int `json:"a"`
		}{},
		"itself": selfish{},
	} {
		func() {
			defer func() {
				if said, _ := recover().(string); !strings.HasPrefix(said, "reply: ") {
					t.Errorf("%s: panicked with %q", name, said)
				}
			}()
			Schema(v)
		}()
	}
}
