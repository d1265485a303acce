package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testKey = "sk-test-0123456789abcdef"

// serve starts a server and a client of it.
func serve(t *testing.T, handler http.HandlerFunc, change ...func(*Config)) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return dial(t, server.URL+"/v1", change...)
}

func dial(t *testing.T, base string, change ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{BaseURL: base, Model: "m", APIKey: testKey, Proxy: "none", Timeout: 5 * time.Second, Stall: 2 * time.Second}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// says answers with a status, a body and headers as "Name: value".
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// streamed answers with lines of a stream.
func streamed(lines ...string) http.HandlerFunc {
	return says(200, strings.Join(lines, "\n\n")+"\n\n", "Content-Type: text/event-stream")
}

// delta is an event that adds content.
func delta(content string) string {
	data, _ := json.Marshal(content)
	return fmt.Sprintf(`data: {"id":"1","model":"m-1","choices":[{"index":0,"delta":{"content":%s},"finish_reason":null}]}`, data)
}

const (
	stopEvent  = `data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	usageEvent = `data: {"id":"1","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,` +
		`"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":5}}}`
	doneEvent = `data: [DONE]`
)

// hello is a whole reply.
const hello = `{"id":"1","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],` +
	`"usage":{"prompt_tokens":100,"completion_tokens":20}}`

func ask(t *testing.T, c *Client, r *Request) (*Reply, error) {
	t.Helper()
	if r == nil {
		r = &Request{System: "s", User: "u"}
	}
	reply, err := c.Complete(t.Context(), r)
	if err == nil && reply.Text == "" {
		t.Error("a reply without text")
	}
	return reply, err
}

// faultOf returns the *Error, and fails the test when there is none or its message breaks a promise.
func faultOf(t *testing.T, c *Client, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("the error is %v (%T), not an *Error", err, err)
	}
	if !strings.HasPrefix(e.Message, c.Host()+": ") || !strings.Contains(e.Message, "; ") {
		t.Errorf("message %q: it should name the host and what to do", e.Message)
	}
	if strings.Contains(e.Message, testKey) || strings.ContainsFunc(e.Message, func(r rune) bool { return r < ' ' }) || len(e.Message) > 700 {
		t.Errorf("message %q: a key, a control character or too long", e.Message)
	}
	return e
}
