package client

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestBody(t *testing.T) {
	zero, seed := 0.0, 7
	const messages = `"messages":[{"role":"system","content":"s"},{"role":"user","content":"1| <a> & \"b\""}]`
	r := Request{System: "s", User: `1| <a> & "b"`}
	tests := []struct {
		name   string
		change func(*Config)
		edit   func(*Request)
		want   string
	}{
		{"plain", nil, nil, `{"model":"m",` + messages + `,"stream":true,"stream_options":{"include_usage":true}}`},
		{"no stream", func(c *Config) { c.NoStream = true }, nil, `{"model":"m",` + messages + `,"stream":false}`},
		{"no system", nil, func(r *Request) { r.System = "" }, `{"model":"m","messages":[{"role":"user","content":"1| <a> & \"b\""}],"stream":true,"stream_options":{"include_usage":true}}`},
		{"settings", func(c *Config) { c.NoStream, c.Temperature, c.Seed, c.Effort = true, &zero, &seed, "low" }, func(r *Request) { r.MaxTokens = 50 },
			`{"model":"m",` + messages + `,"max_tokens":50,"temperature":0,"reasoning_effort":"low","seed":7,"stream":false}`},
		{"models that go-openai has its own mind of", func(c *Config) { c.NoStream, c.Temperature, c.Model = true, &zero, "gpt-5-mini" }, func(r *Request) { r.MaxTokens = 50 },
			`{"model":"gpt-5-mini",` + messages + `,"max_tokens":50,"temperature":0,"stream":false}`},
		{"name of the limit", func(c *Config) { c.NoStream, c.MaxField = true, "max_completion_tokens" }, func(r *Request) { r.MaxTokens = 50 },
			`{"model":"m",` + messages + `,"max_completion_tokens":50,"stream":false}`},
		{"openai's name of the limit", func(c *Config) { c.NoStream, c.BaseURL = true, "https://api.openai.com/v1" }, func(r *Request) { r.MaxTokens = 50 },
			`{"model":"m",` + messages + `,"max_completion_tokens":50,"stream":false}`},
		{"strict schema", func(c *Config) { c.NoStream = true }, func(r *Request) { r.Schema, r.Format = schema, StrictSchema },
			`{"model":"m",` + messages + `,"response_format":{"type":"json_schema","json_schema":{"name":"facts","strict":true,"schema":` + string(schema.JSON) + `}},"stream":false}`},
		{"strict schema without one", func(c *Config) { c.NoStream = true }, func(r *Request) { r.Format = StrictSchema }, `{"model":"m",` + messages + `,"stream":false}`},
		{"object", func(c *Config) { c.NoStream = true }, func(r *Request) { r.Schema, r.Format = schema, JSONObject },
			`{"model":"m",` + messages + `,"response_format":{"type":"json_object"},"stream":false}`},
		{"text", func(c *Config) { c.NoStream = true }, func(r *Request) { r.Schema, r.Format = schema, PlainText }, `{"model":"m",` + messages + `,"stream":false}`},
		{"tool", func(c *Config) { c.NoStream = true }, func(r *Request) { r.Schema, r.Format = schema, ForcedTool },
			`{"model":"m",` + messages + `,"tools":[{"type":"function","function":{"name":"facts","strict":true,"parameters":` + string(schema.JSON) + `}}],` +
				`"tool_choice":{"type":"function","function":{"name":"facts"}},"stream":false}`},
		{"extra fields", func(c *Config) {
			c.Temperature = &zero
			c.Extra = map[string]any{"z": []int{1}, "provider": map[string]any{"require_parameters": true}, "stream_options": nil, "temperature": 0.5, "none": nil}
		}, nil, `{"model":"m",` + messages + `,"temperature":0.5,"stream":true,"provider":{"require_parameters":true},"z":[1]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := dial(t, "https://api.example/v1", func(c *Config) {
				if tt.change != nil {
					tt.change(c)
				}
			})
			r := r
			if tt.edit != nil {
				tt.edit(&r)
			}
			_, _, got, err := c.Body(&r)
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
}

// sentRequest is what a server received.
type sentRequest struct {
	method, url string
	header      http.Header
	host        string
	body        []byte
}

func record(to *sentRequest) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*to = sentRequest{r.Method, "http://" + r.Host + r.URL.String(), r.Header, r.Host, body}
		says(200, hello)(w, r)
	}
}

// TestBodyIsWhatIsSent holds Body to what arrives, for any request.
func TestBodyIsWhatIsSent(t *testing.T) {
	var got sentRequest
	c := serve(t, record(&got), func(c *Config) { c.Extra = map[string]any{"a": "<é>", "b": 1.5} })
	azure := dial(t, strings.TrimSuffix(c.base.String(), "/v1"), func(c *Config) { c.Azure, c.APIVersion, c.Model = true, "2024-10-21", "my model/4.1" })
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]*Client{c, azure}).Draw(t, "client")
		r := Request{System: rapid.String().Draw(t, "system"), User: rapid.String().Draw(t, "user"), MaxTokens: rapid.IntRange(0, 9).Draw(t, "max"),
			Schema: schema, Format: rapid.SampledFrom([]Format{StrictSchema, JSONObject, PlainText, ForcedTool}).Draw(t, "format")}
		method, url, body, err := c.Body(&r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Complete(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
		if method != got.method || url != got.url || !bytes.Equal(body, got.body) {
			t.Errorf("said %s %s %s\nsent %s %s %s", method, url, body, got.method, got.url, got.body)
		}
		if !json.Valid(body) {
			t.Errorf("the body is no JSON: %s", body)
		}
	})
}

func TestHeaders(t *testing.T) {
	var got sentRequest
	c := serve(t, record(&got), func(c *Config) {
		c.Organization, c.Project, c.Headers = "org-1", "proj-1", map[string]string{"x-title": "what if"}
	})
	if _, err := ask(t, c, nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Authorization": "Bearer " + testKey, "OpenAI-Organization": "org-1", "OpenAI-Project": "proj-1",
		"X-Title": "what if", "Content-Type": "application/json", "Api-Key": "", "User-Agent": "whatif"} {
		if value := got.header.Get(name); value != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
}

func TestNoKeyNoHeader(t *testing.T) {
	var got sentRequest
	c := serve(t, record(&got), func(c *Config) { c.APIKey = "" })
	if _, err := ask(t, c, nil); err != nil || got.header["Authorization"] != nil {
		t.Errorf("%v, %v", err, got.header)
	}
	c = serve(t, record(&got), func(c *Config) {
		c.APIKey, c.BaseURL = "", strings.Replace(c.BaseURL, "://", "://user:word@", 1)+"?sig=1"
	})
	if _, err := ask(t, c, nil); err != nil || got.header.Get("Authorization") != "Basic dXNlcjp3b3Jk" || !strings.HasSuffix(got.url, "/v1/chat/completions?sig=1") {
		t.Errorf("%v, %s %v", err, got.url, got.header)
	}
}

func TestAzure(t *testing.T) {
	var got sentRequest
	for _, base := range []string{"", "/openai", "/openai/"} {
		c := serve(t, record(&got), func(c *Config) {
			c.BaseURL = strings.TrimSuffix(c.BaseURL, "/v1") + base
			c.Azure, c.APIVersion, c.Model = true, "2024-10-21", "gpt-3.5"
		})
		_, err := ask(t, c, &Request{User: "u", MaxTokens: 5})
		if err != nil || !strings.HasSuffix(got.url, got.host+"/openai/deployments/gpt-3.5/chat/completions?api-version=2024-10-21") {
			t.Errorf("%q: %s, %v", base, got.url, err)
		}
		if got.header.Get("Api-Key") != testKey || got.header.Get("Authorization") != "" || !bytes.Contains(got.body, []byte(`"max_completion_tokens":5`)) {
			t.Errorf("%q: %v %s", base, got.header, got.body)
		}
	}
	c := serve(t, record(&got), func(c *Config) { c.BaseURL, c.Azure = strings.TrimSuffix(c.BaseURL, "/v1")+"/openai/v1/", true })
	_, err := ask(t, c, nil)
	if err != nil || !strings.HasSuffix(got.url, got.host+"/openai/v1/chat/completions") || got.header.Get("Api-Key") != testKey || got.header.Get("Authorization") != "" {
		t.Errorf("the newer address: %s %v, %v", got.url, got.header, err)
	}
}

func TestBadRequestIsNotSent(t *testing.T) {
	var sent bool
	c := serve(t, func(http.ResponseWriter, *http.Request) { sent = true })
	for name, r := range map[string]*Request{
		"format": {User: "u", Format: "yaml"},
		"schema": {User: "u", Format: StrictSchema, Schema: &Schema{Name: "x", JSON: []byte("{")}},
	} {
		_, err := ask(t, c, r)
		if e := faultOf(t, c, err); e.Fault != BadRequest || sent {
			t.Errorf("%s: %s, sent %v", name, e.Message, sent)
		}
	}
	c = serve(t, func(http.ResponseWriter, *http.Request) { sent = true }, func(c *Config) { c.Model = "" })
	_, err := ask(t, c, nil)
	if e := faultOf(t, c, err); e.Fault != NoSuchModel || sent {
		t.Errorf("no model: %s, sent %v", e.Message, sent)
	}
}
