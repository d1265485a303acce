package fakellm

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// A chatRequest is the body of a request, as far as it matters here.
type chatRequest struct {
	Model         string        `json:"model"`
	Messages      []chatMessage `json:"messages"`
	Stream        bool          `json:"stream"`
	StreamOptions *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	ResponseFormat *struct {
		Type       string `json:"type"`
		JSONSchema *struct {
			Name   string          `json:"name"`
			Strict bool            `json:"strict"`
			Schema json.RawMessage `json:"schema"`
		} `json:"json_schema"`
	} `json:"response_format"`
	MaxTokens           *int     `json:"max_tokens"`
	MaxCompletionTokens *int     `json:"max_completion_tokens"`
	Temperature         *float64 `json:"temperature"`
	TopP                *float64 `json:"top_p"`
	Seed                *int64   `json:"seed"`
	N                   *int     `json:"n"`
	ReasoningEffort     string   `json:"reasoning_effort"`
	Tools               []struct {
		Type     string `json:"type"`
		Function struct {
			Name       string          `json:"name"`
			Strict     bool            `json:"strict"`
			Parameters json.RawMessage `json:"parameters"`
		} `json:"function"`
	} `json:"tools"`
	ToolChoice json.RawMessage `json:"tool_choice"`
}

type chatMessage struct {
	Role    string  `json:"role"`
	Content content `json:"content"`
}

// A content is a message's text, told as one or as parts.
type content string

func (c *content) UnmarshalJSON(data []byte) error {
	var parts []struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(data, (*string)(c)); err == nil {
		return nil
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	for _, p := range parts {
		*c += content(p.Text)
	}
	return nil
}

// An ask is a request that was read and found in order.
type ask struct {
	chatRequest
	fields     []string // names of the parameters, sorted
	path       string
	format     string // json_schema, json_object or text
	schemaName string
	schema     *value // nil: none came with the request
	tool       string // the tool that the model must or may call
	forced     bool
	prompt     prompt
	cached     int
	key        uint64 // of the whole request
	nth        int    // how often this request came before, counted from 1
}

// maxBody is the most that a request may have, in bytes.
const maxBody = 64 << 20

// read takes a request apart and checks it as the real one does, in its order: key, type, form, parameters, length. The body
// is returned even then.
func (s *Server) read(r *http.Request) (*ask, []byte, *refusal) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return nil, nil, refuse(http.StatusRequestEntityTooLarge, "", "", "The request is larger than %d MB.", maxBody>>20)
	}
	if refused := s.checkKey(r); refused != nil {
		return nil, body, refused
	}
	if refused := checkType(r); refused != nil {
		return nil, body, refused
	}
	a := &ask{path: r.URL.Path}
	if refused := a.decode(body); refused != nil {
		return nil, body, refused
	}
	if name := r.PathValue("name"); name != "" { // Azure's form
		if r.URL.Query().Get("api-version") == "" {
			return nil, body, &refusal{status: http.StatusNotFound, message: "Resource not found", code: "404"}
		}
		a.Model = name
	}
	if refused := s.check(a); refused != nil {
		return a, body, refused
	}
	return a, body, s.measure(a)
}

func (s *Server) checkKey(r *http.Request) *refusal {
	if s.script.RequireKey == "" {
		return nil
	}
	key, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !isBearer {
		key = r.Header.Get("Api-Key")
	}
	switch {
	case key == s.script.RequireKey:
		return nil
	case key == "":
		return refuse(http.StatusUnauthorized, "", "", "You didn't provide an API key. You need to provide your API key in an "+
			"Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).")
	}
	return badKey(key)
}

// badKey quotes the key's ends, as OpenAI does.
func badKey(key string) *refusal {
	shown := strings.Repeat("*", len(key))
	if len(key) > 8 {
		shown = key[:4] + strings.Repeat("*", len(key)-8) + key[len(key)-4:]
	}
	return refuse(http.StatusUnauthorized, "", "invalid_api_key", "Incorrect API key provided: %s. You can find your API key at https://platform.openai.example/account/api-keys.", shown)
}

func checkType(r *http.Request) *refusal {
	told := r.Header.Get("Content-Type")
	if kind, _, err := mime.ParseMediaType(told); err == nil && kind == "application/json" {
		return nil
	}
	return refuse(http.StatusBadRequest, "", "unsupported_content_type", "Unsupported content type: '%s'. This API method only accepts "+
		"'application/json' requests, but you specified the header 'Content-Type: %s'. Please try again with a supported content type.", told, told)
}

// decode reads the body.
func (a *ask) decode(body []byte) *refusal {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return refuse(http.StatusBadRequest, "", "", "We could not parse the JSON body of your request. (HINT: This likely means you aren't "+
			"using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)")
	}
	if err := json.Unmarshal(body, &a.chatRequest); err != nil {
		return wrongType(err)
	}
	for name, v := range fields {
		if string(v) != "null" { // the same as left out
			a.fields = append(a.fields, name)
		}
	}
	slices.Sort(a.fields)
	sum := fnv.New64a()
	_, _ = sum.Write(body)
	a.key = sum.Sum64()
	a.format = "text"
	if f := a.ResponseFormat; f != nil && f.Type != "" {
		a.format = f.Type
		if f.JSONSchema != nil {
			a.schemaName = f.JSONSchema.Name
			a.schema, _ = parseValue(f.JSONSchema.Schema)
		}
	}
	a.readTool()
	return nil
}

// wrongType tells of a parameter of the wrong type.
func wrongType(err error) *refusal {
	wrong := (*json.UnmarshalTypeError)(nil)
	if !errors.As(err, &wrong) {
		return refuse(http.StatusBadRequest, "", "", "We could not parse the JSON body of your request: %v", err)
	}
	return refuse(http.StatusBadRequest, wrong.Field, "invalid_type", "Invalid type for '%s': expected %s, but got %s instead.",
		wrong.Field, article(wrong.Type.Kind().String()), article(wrong.Value))
}

func article(noun string) string {
	switch noun {
	case "slice":
		noun = "array"
	case "struct", "ptr", "object":
		noun = "object"
	case "int", "int64":
		noun = "integer"
	case "bool":
		noun = "boolean"
	case "float64":
		noun = "number"
	}
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// readTool finds the tool that the request wants called. A forced tool's parameters are the schema of the reply.
func (a *ask) readTool() {
	if len(a.Tools) == 0 {
		return
	}
	choice := string(a.ToolChoice)
	var named struct {
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	}
	_ = json.Unmarshal(a.ToolChoice, &named) // a text leaves it empty
	a.tool = a.Tools[0].Function.Name
	a.forced = choice == `"required"` || named.Function.Name != ""
	for _, t := range a.Tools {
		if t.Function.Name == named.Function.Name || named.Function.Name == "" {
			a.tool = t.Function.Name
			if a.forced && a.schema == nil {
				a.schema, _ = parseValue(t.Function.Parameters)
			}
			return
		}
	}
}

// limit returns how many tokens the reply may have, 0 if the request does not say.
func (a *ask) limit() int {
	switch {
	case a.MaxCompletionTokens != nil:
		return *a.MaxCompletionTokens
	case a.MaxTokens != nil:
		return *a.MaxTokens
	}
	return 0
}

// text joins the messages of the roles.
func (a *ask) text(roles ...string) string {
	var texts []string
	for _, m := range a.Messages {
		if slices.Contains(roles, m.Role) {
			texts = append(texts, string(m.Content))
		}
	}
	return strings.Join(texts, "\n")
}

func (a *ask) system() string { return a.text("system", "developer") }
func (a *ask) user() string   { return a.text("user") }

// measure counts the prompt's tokens and holds them against the context.
func (s *Server) measure(a *ask) *refusal {
	a.prompt = s.prompt(a)
	limit := s.script.Context
	if limit == 0 || a.prompt.tokens+a.limit() <= limit {
		return nil
	}
	if s.script.CutPrompts {
		if a.prompt.tokens > limit {
			cutPrompt(a, a.prompt.tokens-limit)
			a.prompt = s.prompt(a)
		}
		return nil
	}
	return tooLong(limit, a.prompt.tokens, a.limit())
}

func tooLong(limit, prompt, reply int) *refusal {
	message := fmt.Sprintf("However, your messages resulted in %d tokens. Please reduce the length of the messages.", prompt)
	if reply > 0 && prompt <= limit {
		message = fmt.Sprintf("However, you requested %d tokens (%d in the messages, %d in the completion). Please reduce the length of the messages or completion.",
			prompt+reply, prompt, reply)
	}
	return refuse(http.StatusBadRequest, "messages", "context_length_exceeded", "This model's maximum context length is %d tokens. %s", limit, message)
}
