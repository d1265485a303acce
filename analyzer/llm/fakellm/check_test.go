package fakellm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// schema is a strict one.
var schema = json.RawMessage(`{"type":"object","properties":{
	"cases":{"type":"array","items":{"type":"object","properties":{
		"s":{"type":"array","items":{"type":"integer"}},
		"title":{"type":"string"},
		"reach":{"type":"string","enum":["anyone","user"]},
		"certain":{"type":"boolean"},
		"note":{"type":["string","null"]}
	},"required":["s","title","reach","certain","note"],"additionalProperties":false}},
	"count":{"type":"integer"}
},"required":["cases","count"],"additionalProperties":false}`)

// strict asks for a schema.
func strict(name string, schema json.RawMessage) object {
	return object{"response_format": object{"type": "json_schema", "json_schema": object{"name": name, "strict": true, "schema": schema}}}
}

func TestRefusals(t *testing.T) {
	const tools = `"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object"}}}]`
	const messages = `"messages":[{"role":"user","content":"hello"}]`
	for _, tt := range []struct {
		name, script, body string
		status             int
		code, want         string
	}{
		{"no JSON", "", `{"model":`, 400, "", "We could not parse the JSON body"},
		{"no object", "", `[]`, 400, "", "We could not parse the JSON body"},
		{"no model", "", `{` + messages + `}`, 400, "", "you must provide a model parameter"},
		{"unknown model", "models: [a]", `{"model":"b",` + messages + `}`, 404, "model_not_found", "The model `b` does not exist"},
		{"no messages", "", `{"model":"m"}`, 400, "missing_required_parameter", "Missing required parameter: 'messages'."},
		{"empty messages", "", `{"model":"m","messages":[]}`, 400, "empty_array", "Invalid 'messages': empty array."},
		{"role", "", `{"model":"m","messages":[{"role":"boss","content":"x"}]}`, 400, "invalid_value", "Invalid value: 'boss'."},
		{"type", "", `{"model":"m","max_tokens":"many",` + messages + `}`, 400, "invalid_type", "Invalid type for 'max_tokens': expected an integer, but got a string instead."},
		{"unknown parameter", "strict_params: true", `{"model":"m","top_k":5,` + messages + `}`, 400, "", "Unrecognized request argument supplied: top_k"},
		{"both limits", "", `{"model":"m","max_tokens":5,"max_completion_tokens":5,` + messages + `}`, 400, "invalid_parameter_combination", "at the same time"},
		{"limit of 0", "", `{"model":"m","max_tokens":0,` + messages + `}`, 400, "integer_below_min_value", "Invalid 'max_tokens'"},
		{"temperature", "", `{"model":"m","temperature":2.5,` + messages + `}`, 400, "decimal_above_max_value", "Invalid 'temperature'"},
		{"temperature of a model that thinks", "", `{"model":"gpt-5-mini","temperature":0,` + messages + `}`, 400, "unsupported_value", "'temperature' does not support 0 with this model. Only the default (1) value is supported."},
		{"max_tokens of a model that thinks", "", `{"model":"o3","max_tokens":5,` + messages + `}`, 400, "unsupported_parameter", "Use 'max_completion_tokens' instead."},
		{"stream_options", "", `{"model":"m","stream_options":{"include_usage":true},` + messages + `}`, 400, "", "only allowed when 'stream' is enabled"},
		{"unknown format", "", `{"model":"m","response_format":{"type":"xml"},` + messages + `}`, 400, "invalid_value", "Invalid value: 'xml'."},
		{"JSON without the word", "", `{"model":"m","response_format":{"type":"json_object"},` + messages + `}`, 400, "", "must contain the word 'json' in some form"},
		{"schema without a schema", "", `{"model":"m","response_format":{"type":"json_schema"},` + messages + `}`, 400, "missing_required_parameter", "'response_format.json_schema'"},
		{"schema without a name", "", `{"model":"m","response_format":{"type":"json_schema","json_schema":{"schema":{}}},` + messages + `}`, 400, "missing_required_parameter", "json_schema.name"},
		{"schema with a bad name", "", `{"model":"m","response_format":{"type":"json_schema","json_schema":{"name":"a b","schema":{}}},` + messages + `}`, 400, "invalid_value", "string does not match pattern"},
		{"tool", "", `{"model":"m",` + tools + `,` + messages + `}`, 400, "invalid_function_parameters", "Invalid schema for function 'f': In context=(), 'additionalProperties'"},
		{"unsupported schema", "unsupported: [json_schema]", `{"model":"m","response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}},` + messages + `}`, 400, "", "'response_format' of type 'json_schema' is not supported with this model."},
		{"unsupported mode", "unsupported: [json_object]", `{"model":"m","response_format":{"type":"json_object"},` + messages + `}`, 400, "", "'response_format' of type 'json_object' is not supported with this model."},
		{"unsupported parameter", "unsupported: [stream]", `{"model":"m","stream":true,` + messages + `}`, 400, "unsupported_parameter", "Unsupported parameter: 'stream'"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := parsed(t, "seed: 1\n"+tt.script)
			o := s.post("/v1/chat/completions", []byte(tt.body))
			message, code := o.failure(t)
			if o.status != tt.status || code != tt.code || !strings.Contains(message, tt.want) {
				t.Errorf("got %d %s\nwant %d, code %q, %q", o.status, o.body, tt.status, tt.code, tt.want)
			}
			if st := s.Stats(); st.Refused != 1 || st.Requests != 1 || s.Log()[0].Status != tt.status {
				t.Errorf("counted %+v, logged %+v", st, s.Log()[0])
			}
		})
	}
}

// TestTaken are requests that look odd and are fine.
func TestTaken(t *testing.T) {
	s := parsed(t, "strict_params: true")
	for _, body := range []string{
		`{"model":"gpt-5","temperature":1,"max_completion_tokens":50,"messages":[{"role":"developer","content":"x"}]}`,
		`{"model":"gpt-4o","temperature":0,"max_tokens":50,"seed":1,"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]}`,
		`{"model":"o1x","max_tokens":null,"top_p":0.5,"messages":[{"role":"assistant","content":null}]}`,
	} {
		if o := s.post("/v1/chat/completions", []byte(body)); o.status != 200 {
			t.Errorf("%s: %s", body, o.body)
		}
	}
	if o := parsed(t, "unsupported: [stream]").asks("x", object{"stream": false}); o.status != 200 {
		t.Errorf("no stream where there are none: %s", o.body)
	}
	if o := start(t, Script{}).asks("x", object{"top_k": 5}); o.status != 200 {
		t.Errorf("a parameter that only others know: %s", o.body)
	}
	if o := s.post("/v1/chat/completions", request("x", nil), "Content-Type", "application/json; charset=utf-8"); o.status != 200 {
		t.Errorf("got %s", o.body)
	}
	o := s.post("/v1/chat/completions", request("x", nil), "Content-Type", "text/plain")
	if _, code := o.failure(t); o.status != 400 || code != "unsupported_content_type" {
		t.Errorf("got %d %s", o.status, o.body)
	}
}

func TestStrictSchemas(t *testing.T) {
	deep := func(levels int) string {
		s := `{"type":"string"}`
		for range levels {
			s = `{"type":"object","properties":{"a":` + s + `},"required":["a"],"additionalProperties":false}`
		}
		return s
	}
	wide := func(n int) string {
		var properties, required []string
		for i := range n {
			properties = append(properties, fmt.Sprintf(`"p%d":{"type":"string"}`, i))
			required = append(required, fmt.Sprintf(`"p%d"`, i))
		}
		return `{"type":"object","properties":{` + strings.Join(properties, ",") + `},"required":[` + strings.Join(required, ",") + `],"additionalProperties":false}`
	}
	with := func(property string) string {
		return `{"type":"object","properties":{"a":` + property + `},"required":["a"],"additionalProperties":false}`
	}
	for _, tt := range []struct{ name, schema, want string }{
		{"good", string(schema), ""},
		{"root is a list", `{"type":"array","items":{"type":"string"}}`, `schema must be a JSON Schema of 'type: "object"', got 'type: "array"'.`},
		{"root has no type", `{}`, `got 'type: "None"'.`},
		{"open", `{"type":"object","properties":{},"required":[]}`, "In context=(), 'additionalProperties' is required to be supplied and to be false."},
		{"open within", with(`{"type":"array","items":{"type":"object","properties":{},"required":[],"additionalProperties":true}}`), "In context=('properties', 'a', 'items'), 'additionalProperties'"},
		{"not all required", `{"type":"object","properties":{"a":{"type":"string"}},"required":[],"additionalProperties":false}`, "Missing 'a'."},
		{"required and not there", `{"type":"object","properties":{},"required":["b"],"additionalProperties":false}`, "Extra required key 'b' supplied."},
		{"no properties", `{"type":"object","additionalProperties":false}`, "object schema missing properties."},
		{"oneOf", with(`{"oneOf":[{"type":"string"}]}`), "In context=('properties', 'a'), 'oneOf' is not permitted."},
		{"pattern", with(`{"type":"string","pattern":"a"}`), "'pattern' is not permitted."},
		{"minItems", with(`{"type":"array","minItems":1,"items":{"type":"string"}}`), "'minItems' is not permitted."},
		{"no type", with(`{"description":"x"}`), "In context=('properties', 'a'), schema must have a 'type' key."},
		{"no items", with(`{"type":"array"}`), "array schema missing items."},
		{"anyOf", with(`{"anyOf":[{"type":"string"},{"type":"null"}]}`), ""},
		{"bad within anyOf", with(`{"anyOf":[{"type":"object"}]}`), "In context=('properties', 'a', 'anyOf', '0'), 'additionalProperties'"},
		{"reference", `{"type":"object","properties":{"a":{"$ref":"#/$defs/b"}},"required":["a"],"additionalProperties":false,"$defs":{"b":{"type":"string"}}}`, ""},
		{"bad definition", `{"type":"object","properties":{},"required":[],"additionalProperties":false,"$defs":{"b":{"not":{}}}}`, "In context=('$defs', 'b'), 'not' is not permitted."},
		{"5 levels", deep(5), ""},
		{"6 levels", deep(6), "6 levels of nesting exceeds limit of 5."},
		{"100 properties", wide(100), ""},
		{"101 properties", wide(101), "101 object properties exceed the limit of 100."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, Script{})
			o := s.asks("x", strict("facts", json.RawMessage(tt.schema)))
			if tt.want == "" {
				if o.status != 200 {
					t.Errorf("got %d %s", o.status, o.body)
				}
				return
			}
			message, _ := o.failure(t)
			if o.status != 400 || !strings.HasPrefix(message, "Invalid schema for response_format 'facts': ") || !strings.Contains(message, tt.want) {
				t.Errorf("got %d %q, want %q", o.status, message, tt.want)
			}
		})
	}
	// What is not strict is not held to it.
	loose := object{"response_format": object{"type": "json_schema", "json_schema": object{"name": "x", "schema": json.RawMessage(`{"type":"object"}`)}}}
	if o := start(t, Script{}).asks("x", loose); o.status != 200 {
		t.Errorf("got %d %s", o.status, o.body)
	}
}

func TestContext(t *testing.T) {
	long := strings.Repeat("word ", 300)
	s := start(t, Script{Context: 200})
	if o := s.ask("short"); o.status != 200 {
		t.Errorf("got %d %s", o.status, o.body)
	}
	message, code := s.ask(long).failure(t)
	if code != "context_length_exceeded" || !strings.HasPrefix(message, "This model's maximum context length is 200 tokens. However, your messages resulted in 3") {
		t.Errorf("got %q, %q", message, code)
	}
	message, _ = s.asks("short", object{"max_tokens": 190}).failure(t)
	if !strings.Contains(message, "(19 in the messages, 190 in the completion)") && !strings.Contains(message, "190 in the completion") {
		t.Errorf("got %q", message)
	}
	cut := parsed(t, "context: 200\ncut_prompts: true\nrules: [{template: '{{.System}}|{{.User}}'}]")
	o := cut.ask("first " + long + "last")
	if got := o.content(t); strings.Contains(got, "first") || !strings.HasSuffix(got, "last") || !strings.HasPrefix(got, "You answer in JSON.|") {
		t.Errorf("the model saw %q", got)
	}
	if u := o.decode(t).Usage; u.Prompt > 200 || u.Prompt < 190 {
		t.Errorf("told %d tokens", u.Prompt)
	}
}
