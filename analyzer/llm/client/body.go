package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A field is one of the body's. The body is written here and not by go-openai, which has no fields of one's own, leaves out a
// temperature of 0, and refuses settings by its own list of models.
type field struct {
	name  string
	value any
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// body writes the request. The same request gives the same bytes.
func (c *Client) body(r *Request) ([]byte, error) {
	fields, err := c.fields(r, true)
	if err != nil {
		return nil, err
	}
	return object(fields)
}

// fields lists the body's fields. Those that say whether the reply is streamed are left out on request.
func (c *Client) fields(r *Request, stream bool) ([]field, error) {
	format, err := formatFields(r)
	if err != nil {
		return nil, err
	}
	var messages []message
	if r.System != "" {
		messages = append(messages, message{"system", r.System})
	}
	fields := append([]field{
		{"model", c.cfg.Model},
		{"messages", append(messages, message{"user", r.User})},
	}, format...)
	if r.MaxTokens > 0 {
		fields = append(fields, field{c.limitField(), r.MaxTokens})
	}
	if c.cfg.Temperature != nil {
		fields = append(fields, field{"temperature", *c.cfg.Temperature})
	}
	if c.cfg.Effort != "" {
		fields = append(fields, field{"reasoning_effort", c.cfg.Effort})
	}
	if c.cfg.Seed != nil {
		fields = append(fields, field{"seed", *c.cfg.Seed})
	}
	if stream {
		fields = append(fields, field{"stream", !c.cfg.NoStream})
	}
	if stream && !c.cfg.NoStream {
		fields = append(fields, field{"stream_options", map[string]bool{"include_usage": true}})
	}
	return withExtra(fields, c.cfg.Extra), nil
}

// formatFields demands the form of the reply. Without a schema the strict forms are none.
func formatFields(r *Request) ([]field, error) {
	if r.Schema != nil && !json.Valid(r.Schema.JSON) {
		return nil, fmt.Errorf("the schema %q is not JSON", r.Schema.Name)
	}
	switch r.Format {
	case "", PlainText:
		return nil, nil
	case JSONObject:
		return []field{{"response_format", map[string]string{"type": "json_object"}}}, nil
	case StrictSchema:
		if r.Schema == nil {
			return nil, nil
		}
		return []field{{"response_format", strictFormat{"json_schema", strictSchema{r.Schema.Name, true, r.Schema.JSON}}}}, nil
	case ForcedTool:
		if r.Schema == nil {
			return nil, nil
		}
		return []field{
			{"tools", []tool{{"function", function{Name: r.Schema.Name, Strict: true, Parameters: r.Schema.JSON}}}},
			{"tool_choice", tool{"function", function{Name: r.Schema.Name}}},
		}, nil
	}
	return nil, errors.New("no format is called " + string(r.Format))
}

type strictFormat struct {
	Type       string       `json:"type"`
	JSONSchema strictSchema `json:"json_schema"`
}

type strictSchema struct {
	Name   string          `json:"name"`
	Strict bool            `json:"strict"`
	Schema json.RawMessage `json:"schema"`
}

type tool struct {
	Type     string   `json:"type"`
	Function function `json:"function"`
}

type function struct {
	Name       string          `json:"name"`
	Strict     bool            `json:"strict,omitempty"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
}

// withExtra puts the user's fields in, sorted by name; one that is nil takes a field out.
func withExtra(fields []field, extra map[string]any) []field {
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		switch value := extra[name]; {
		case i >= 0 && value == nil:
			fields = slices.Delete(fields, i, i+1)
		case i >= 0:
			fields[i].value = value
		case value != nil:
			fields = append(fields, field{name, value})
		}
	}
	return fields
}

// object writes fields in their order, and < and > as they are, so that a person can read what is sent.
func object(fields []field) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for i, f := range fields {
		b.WriteByte("{,"[min(i, 1)])
		if err := enc.Encode(f.name); err != nil {
			return nil, fmt.Errorf("writing field %s of the request: %w", f.name, err)
		}
		b.Bytes()[b.Len()-1] = ':' // in place of Encode's line break
		if err := enc.Encode(f.value); err != nil {
			return nil, fmt.Errorf("writing field %s of the request: %w", f.name, err)
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
