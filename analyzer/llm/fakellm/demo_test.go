package fakellm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

const numberedText = `Read this:
1| Crumb gift cards
2| Anyone with the link can open the gift.
- not numbered: export everything
3| We send the code by email.
4| Admins can export all payments.
`

func TestDemo(t *testing.T) {
	s := start(t, Script{})
	want := `{"cases":[` +
		`{"s":[2],"title":"Anyone with the link can open the gift","reach":"anyone","certain":false,"note":"Anyone with the link can open the gift"},` +
		`{"s":[3],"title":"We send the code by email","reach":"anyone","certain":false,"note":"We send the code by email"},` +
		`{"s":[4],"title":"Admins can export all payments","reach":"anyone","certain":false,"note":"Admins can export all payments"}],"count":0}`
	if got := s.asks(numberedText, strict("facts", schema)).content(t); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := s.asks("Nothing is numbered: link, email.", strict("facts", schema)).content(t); got != `{"cases":[],"count":0}` {
		t.Errorf("got %s", got)
	}
	// A script without a word about it answers with as little as it takes.
	if got := parsed(t, "rules: [{when: {model: other}, reply: x}]").asks(numberedText, strict("facts", schema)).content(t); got != `{"cases":[],"count":0}` {
		t.Errorf("got %s", got)
	}
}

// TestDemoWithin leaves lists within an item empty, and cites that item's sentence.
func TestDemoWithin(t *testing.T) {
	got := start(t, Script{}).ask(`{"cases": [{"s": [int], "kind": "user" | "staff_admin", "parts": [{"s": [int]}], "k": [int], "n": int}]}` +
		"\n3| Every admin sees all passwords.").content(t)
	if want := `{"cases":[{"s":[3],"kind":"staff_admin","parts":[],"k":[],"n":0}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestDemoReadsThePrompt finds the form in the prompt where none comes with the request.
func TestDemoReadsThePrompt(t *testing.T) {
	s := start(t, Script{})
	for name, form := range map[string]string{
		"short form": `Use {braces} well. {
 "cases": [{
  "s": [int], // lines that carry "it"
  "reach": "anyone" | "user",
  "sure": bool
 }], // at most three
 "count": number
}`,
		"JSON Schema": `A {b}. {"type":"object","properties":{"cases":{"type":"array","items":{"type":"object","properties":{"s":{"type":"array","items":{"type":"integer"}},"reach":{"enum":["anyone","user"]},"sure":{"type":"boolean"}}}},"count":{"type":"number"}}} That is all.`,
	} {
		got := s.post("/v1/chat/completions", object{"model": "m", "messages": []object{
			{"role": "system", "content": form}, {"role": "user", "content": "7| Anyone with the link can open it."}}}).content(t)
		if want := `{"cases":[{"s":[7],"reach":"anyone","sure":false}],"count":0}`; got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestDemoFillsInTheFormNamed chooses among several forms.
func TestDemoFillsInTheFormNamed(t *testing.T) {
	s := start(t, Script{})
	forms := `## Form "first"
{"first": [{"s": [int]}]}
## Form "second": as the first
{"second": [{"s": [int]}], "others": […] // as before
}`
	for user, want := range map[string]string{
		`Fill in the form "first".`:                              `{"first":[{"s":[7]}]}`,
		`What the form "first" left out: fill in form "second".`: `{"second":[{"s":[7]}],"others":[]}`,
		`Fill in the form "third".`:                              `{"first":[{"s":[7]}]}`,
	} {
		got := s.post("/v1/chat/completions", object{"model": "m", "messages": []object{
			{"role": "system", "content": forms}, {"role": "user", "content": "7| Anyone with the link can open it.\n" + user}}}).content(t)
		if got != want {
			t.Errorf("%s: got %s, want %s", user, got, want)
		}
	}
}

func TestDemoJudges(t *testing.T) {
	form := `{"verdicts": [{"claim": int, "says": string, "carried": "yes" | "partly" | "no", "answered_by": [int]}]}`
	got := start(t, Script{}).ask(form + `

Claim 1: Anyone who finds a ticket can collect the lantern. What if it is lost?
- Whoever hands in a ticket receives the lantern.
Claim 2: Strangers can open the boathouse. What if a key is copied?
- Paint is kept on the upper shelf.
`).content(t)
	want := `{"verdicts":[{"claim":1,"says":"","carried":"yes","answered_by":[]},{"claim":2,"says":"","carried":"no","answered_by":[]}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestFillsAnySchema holds what is made to the schema that it is made for, by another library's judgement.
func TestFillsAnySchema(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		schema := object{"type": "object", "properties": object{}, "required": []string{}, "additionalProperties": false}
		var names []string
		for i := range rapid.IntRange(0, 5).Draw(r, "properties") {
			name := fmt.Sprintf("p%d", i)
			if i == 0 && rapid.Bool().Draw(r, "cites") {
				name = "s"
			}
			schema["properties"].(object)[name] = anySchema(r, 3)
			names = append(names, name)
		}
		schema["required"] = append([]string{}, names...)
		data, err := json.Marshal(schema)
		if err != nil {
			r.Fatal(err)
		}
		v, err := parseValue(data)
		if err != nil {
			r.Fatal(err)
		}
		for _, made := range []string{empty(v), demo(v, numberedText)} {
			if err := validate(data, made); err != nil {
				r.Errorf("%s\nis not valid for\n%s\n%v", made, data, err)
			}
		}
	})
}

// anySchema draws one that replies may have.
func anySchema(r *rapid.T, depth int) any {
	kinds := []string{"string", "integer", "number", "boolean", "enum", "null", "either", "const"}
	if depth > 0 {
		kinds = append(kinds, "array", "array", "object", "anyOf", "least")
	}
	switch kind := rapid.SampledFrom(kinds).Draw(r, "kind"); kind {
	case "enum":
		return object{"type": "string", "enum": []string{"anyone", "the_link", "x"}}
	case "const":
		return object{"const": 7}
	case "either":
		return object{"type": []string{"null", "string"}}
	case "anyOf":
		return object{"anyOf": []any{object{"type": "null"}, anySchema(r, depth-1)}}
	case "array":
		return object{"type": "array", "items": anySchema(r, depth-1)}
	case "least":
		return object{"type": "array", "items": anySchema(r, depth-1), "minItems": 2}
	case "object":
		return object{"type": "object", "properties": object{"s": object{"type": "array", "items": object{"type": "integer"}}, "name": anySchema(r, depth-1)},
			"required": []string{"s", "name"}, "additionalProperties": false}
	default:
		return object{"type": kind}
	}
}

func validate(schema []byte, made string) error {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(schema)))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("s.json", doc); err != nil {
		return err
	}
	compiled, err := c.Compile("s.json")
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(made))
	if err != nil {
		return err
	}
	return compiled.Validate(value)
}

// TestSchemaOfItself ends.
func TestSchemaOfItself(t *testing.T) {
	for _, schema := range []string{
		`{"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"$ref":"#"}}}`,
		`{"type":"object","properties":{"a":{"$ref":"#/properties/a"}}}`,
		`{"type":"array","minItems":99,"items":{"$ref":"#"}}`,
		`{"type":"object","properties":{"a":{"$ref":"elsewhere"}}}`,
	} {
		v, err := parseValue([]byte(schema))
		if err != nil {
			t.Fatal(err)
		}
		if got := demo(v, numberedText); !json.Valid([]byte(got)) {
			t.Errorf("%s gives %s", schema, got)
		}
	}
}

func FuzzQuotedSchema(f *testing.F) {
	f.Add(`{"a": [{"s": [int]}]}`, "1| Anyone with the link.")
	f.Add(`{"a": "x" | "y" // z`, "")
	f.Add(`{"properties":{"a":{"anyOf":[]}}}`, "1| export")
	f.Fuzz(func(t *testing.T, prompt, user string) {
		s := quotedSchema(prompt)
		if s == nil {
			return
		}
		if got := demo(s, user); !json.Valid([]byte(got)) {
			t.Errorf("%q gives %q", prompt, got)
		}
	})
}
