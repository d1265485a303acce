package client

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// answered returns a client whose server answers with these bytes, without a network.
func answered(t *testing.T, status int, body []byte) *Client {
	t.Helper()
	c := dial(t, "https://api.example/v1")
	c.http = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
	})}
	return c
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// wellFormed fails the test for an outcome that breaks a promise of the package.
func wellFormed(t *testing.T, reply *Reply, err error) {
	t.Helper()
	if err == nil {
		if reply.Text == "" || len(reply.Text) > maxText || reply.Usage.Cached > reply.Usage.Prompt || reply.Usage.Prompt < 0 {
			t.Errorf("reply %+v", reply)
		}
		return
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T: %v", err, err)
	}
	bad := func(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Cf) }
	if e.Fault == "" || len(e.Message) > 700 || strings.ContainsFunc(e.Message, bad) || !utf8.ValidString(e.Message) || strings.Contains(e.Message, testKey) {
		t.Errorf("%s: %q", e.Fault, e.Message)
	}
	if e.After < 0 || e.Context < 0 {
		t.Errorf("after %v, context %d", e.After, e.Context)
	}
}

func FuzzErrorBody(f *testing.F) {
	for _, body := range []string{"", "{", `{"error":"x"}`, `[{"error":{"message":["a",{"b":1}],"code":"429"}}]`, `{"detail":"{\"error\":\"x\"}"}`,
		"<title>x</title>", `{"error":{"details":[{"retryDelay":"9s"}],"n_ctx":1e99}}`, "try again in 1h2m3.5s", testKey, "\u202e\x00\xff",
		`{"message":"maximum context length is 99999999999999999999 tokens"}`} {
		f.Add(400, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		status = 300 + max(status, -status, 0)%300
		if status < 309 && status != 304 { // redirects without a place to go are the library's
			status = 304
		}
		reply, err := answered(t, status, body).Complete(t.Context(), &Request{User: "u", Schema: schema, Format: StrictSchema})
		if err == nil {
			t.Fatalf("status %d gave a reply", status)
		}
		wellFormed(t, reply, err)
	})
}

func FuzzStream(f *testing.F) {
	for _, body := range []string{"", hello, delta("a") + "\n\n" + stopEvent + "\n\n" + usageEvent + "\n\n" + doneEvent, "data: {}\n", ": x\n\ndata: [DONE]",
		`data: {"error":"x"}`, "data: null\n", `data: {"choices":[{"delta":{"content":[1,{"text":2}]}}]}`, `data: {"choices":[null]}`, `{"choices":[{"message":7}]}`,
		`data: {"usage":{"prompt_tokens":-1,"completion_tokens":1e300,"total_tokens":"x"}}`, "event\n", "\xef\xbb\xbfdata: 1"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		reply, err := answered(t, 200, body).Complete(t.Context(), &Request{User: "u"})
		wellFormed(t, reply, err)
	})
}

func FuzzModels(f *testing.F) {
	for _, body := range []string{"", "[]", `{"data":[{"id":"x"}]}`, `{"models":{}}`, `[[[]]]`, `{"data":{"id":1}}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		names, err := answered(t, 200, body).Models(t.Context())
		if err != nil {
			wellFormed(t, nil, err)
		}
		for _, n := range names {
			if n == "" || n != clean(n, 200) {
				t.Errorf("name %q", n)
			}
		}
	})
}
