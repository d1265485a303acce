package client

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// A problem is what a server says went wrong.
type problem struct {
	message string
	codes   string // codes, types and parameters, in lower case, each on a line
	status  int    // an HTTP status that stands in the body
	context int    // tokens that the server takes
	after   string // "36s", as Gemini's details have it
}

// Keys of error bodies, by what they hold. Messages are in the order of trust.
var (
	messageKeys = []string{"message", "msg", "detail", "error", "error_description", "reason", "title", "errors", "raw", "metadata"}
	codeKeys    = []string{"code", "type", "status", "param", "reason", "error_type", "loc"}
)

// readProblem reads an error's body, of whatever form: OpenAI's object, a string, a list, FastAPI's detail, JSON within a string,
// a web page, plain text.
func readProblem(body []byte) problem {
	var p problem
	body = bytes.TrimSpace(bytes.ToValidUTF8(body, []byte("?")))
	var v any
	switch {
	case len(body) == 0:
	case json.Unmarshal(body, &v) == nil:
		p.walk(v, 0)
	case body[0] == '<':
		p.message = pageTitle(body)
	default:
		p.message = string(bytes.TrimSpace(bytes.TrimPrefix(body, []byte("data:"))))
	}
	p.message = strings.TrimSpace(p.message)
	return p
}

// walk collects from a value, some levels deep. The first message stands; codes add up.
func (p *problem) walk(v any, depth int) {
	if depth > 6 {
		return
	}
	switch v := v.(type) {
	case string:
		p.text(v, depth)
	case []any:
		for _, item := range v[:min(len(v), 5)] {
			p.walk(item, depth+1)
		}
	case map[string]any:
		p.object(v, depth)
	}
}

// text takes a message, unless it is an error's JSON written into a string.
func (p *problem) text(s string, depth int) {
	var v any
	if t := strings.TrimSpace(s); strings.HasPrefix(t, "{") && json.Unmarshal([]byte(t), &v) == nil {
		p.walk(v, depth+1)
		return
	}
	if p.message == "" {
		p.message = s
	} else if len(p.message) < 2000 && !strings.Contains(p.message, s) {
		p.message += ": " + s // a gateway's words first, then the server's behind it
	}
}

func (p *problem) object(m map[string]any, depth int) {
	for _, key := range codeKeys {
		p.code(m[key])
	}
	if n, ok := m["n_ctx"].(float64); ok && n > 0 && n < 1e9 { // llama.cpp
		p.context = int(n)
	}
	if s, ok := m["retryDelay"].(string); ok { // Google
		p.after = s
	}
	for _, key := range messageKeys {
		if v, ok := m[key]; ok {
			p.walk(v, depth+1)
		}
	}
	if list, ok := m["details"].([]any); ok {
		for _, d := range list[:min(len(list), 10)] {
			if detail, ok := d.(map[string]any); ok && detail["retryDelay"] != nil {
				p.after, _ = detail["retryDelay"].(string)
			}
		}
	}
}

func (p *problem) code(v any) {
	switch v := v.(type) {
	case string:
		if len(v) <= 200 {
			p.codes += strings.ToLower(v) + "\n"
			if n, err := strconv.Atoi(v); err == nil {
				p.code(float64(n))
			}
		}
	case float64:
		if p.status == 0 && v >= 400 && v < 600 {
			p.status = int(v)
		}
	case []any: // FastAPI's loc: ["body", "stream_options"]
		for _, item := range v[:min(len(v), 5)] {
			p.code(item)
		}
	}
}

var titles = regexp.MustCompile(`(?is)<(?:title|h1)[^>]*>([^<]{1,200})<`)

func pageTitle(body []byte) string {
	if m := titles.FindSubmatch(body); m != nil {
		return string(bytes.TrimSpace(m[1]))
	}
	return "a web page"
}
