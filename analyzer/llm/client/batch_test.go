package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// TestLineIsTheBody: a line of a batch holds what an ordinary request would send, but for the stream.
func TestLineIsTheBody(t *testing.T) {
	half := 0.5
	for name, change := range map[string]func(*Config){
		"plain":    func(*Config) {},
		"settings": func(c *Config) { c.Temperature, c.Effort, c.Extra = &half, "low", map[string]any{"provider": "x"} },
		"no stream options": func(c *Config) {
			c.Extra = map[string]any{"stream_options": nil}
		},
		"whole replies": func(c *Config) { c.NoStream = true },
		"own options":   func(c *Config) { c.Extra = map[string]any{"stream_options": map[string]any{"x": 1}} },
	} {
		c := dial(t, "http://127.0.0.1:1/v1", change)
		r := &Request{System: "s <b>", User: "u & é", Schema: &Schema{Name: "x", JSON: json.RawMessage(`{"type":"object"}`)}, Format: StrictSchema, MaxTokens: 7}
		line, err := c.Line("id-1", r)
		if err != nil || bytes.Count(line, []byte("\n")) != 1 || !bytes.HasSuffix(line, []byte("\n")) {
			t.Fatalf("%s: %q, %v", name, line, err)
		}
		var told struct {
			ID     string         `json:"custom_id"`
			Method string         `json:"method"`
			URL    string         `json:"url"`
			Body   map[string]any `json:"body"`
		}
		_, _, body, err := c.Body(r)
		var want map[string]any
		if err := errors.Join(err, json.Unmarshal(line, &told), json.Unmarshal(body, &want)); err != nil {
			t.Fatal(err)
		}
		delete(want, "stream")
		delete(want, "stream_options")
		if told.ID != "id-1" || told.Method != "POST" || told.URL != "/v1/chat/completions" || !reflect.DeepEqual(told.Body, want) {
			t.Errorf("%s: %s is not %s", name, line, body)
		}
	}
}

func TestUpload(t *testing.T) {
	const content = "{\"a\":1}\n{\"b\":2}\n"
	var got, purpose, name string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		f, h, err := r.FormFile("file")
		if err != nil { // of the second upload, if it comes here at all
			return
		}
		data, _ := io.ReadAll(f)
		got, purpose, name = string(data), r.FormValue("purpose"), h.Filename
		if r.URL.Path != "/v1/files" || r.Header.Get("Authorization") != "Bearer "+testKey || r.ContentLength <= int64(len(content)) {
			t.Errorf("%s with %d bytes", r.URL.Path, r.ContentLength)
		}
		_, _ = io.WriteString(w, `{"id":"file-1","object":"file"}`)
	})
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
	id, ready, err := c.Upload(t.Context(), "a.jsonl", int64(len(content)), open)
	if err != nil || id != "file-1" || !ready || got != content || purpose != "batch" || name != "a.jsonl" {
		t.Errorf("id %q, %v; %q for %q as %q", id, err, got, purpose, name)
	}
	lost := errors.New("the disk is gone")
	if _, _, err := c.Upload(t.Context(), "a.jsonl", 3, func() (io.ReadCloser, error) { return nil, lost }); !errors.Is(err, lost) {
		t.Errorf("error %v", err)
	}
}

// TestWithoutBatches: an endpoint that has no such address is told from a model that is not there.
func TestWithoutBatches(t *testing.T) {
	for _, status := range []int{404, 405, 501} {
		c := serve(t, says(status, `{"error":{"message":"Invalid URL (POST /v1/files)"}}`))
		_, _, err := c.Upload(t.Context(), "a.jsonl", 0, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("")), nil })
		if !errors.Is(err, ErrNoBatches) {
			t.Errorf("%d: %v", status, err)
		}
		faultOf(t, c, err)
	}
}

func TestBatch(t *testing.T) {
	c := serve(t, says(200, `{"id":"batch_1","object":"batch","status":"failed","input_file_id":"file-1","output_file_id":null,"metadata":{"whatif_job":"j"},
		"errors":{"data":[{"code":"token_limit_exceeded","message":"Enqueued for key sk-test-0123456789abcdef\u001b[31m","line":null}]},"request_counts":{"total":3,"completed":2,"failed":1}}`))
	b, err := c.Batch(t.Context(), "batch_1")
	if err != nil {
		t.Fatal(err)
	}
	if b.Message != "Enqueued for key [secret] [31m" {
		t.Errorf("message %q", b.Message)
	}
	b.Message = ""
	if want := (Batch{ID: "batch_1", File: "file-1", Job: "j", Status: BatchFailed, Code: QueueFull, Total: 3, Completed: 2, Failed: 1}); *b != want || !b.Ended() {
		t.Errorf("%+v", *b)
	}
	for _, id := range []string{"", "../files", "a/b", "a?b", "a b", ".."} { // a state that somebody else wrote
		if _, err := c.Batch(t.Context(), id); err == nil {
			t.Errorf("the id %q is taken", id)
		}
		if err := c.Download(t.Context(), id, nil); err == nil {
			t.Errorf("the id %q is taken", id)
		}
	}
	for _, body := range []string{`{}`, `[]`, `<html>`, ``, `{"id":"x"}`, `{"error":{"message":"no"}}`} {
		c := serve(t, says(200, body))
		_, err := c.Batch(t.Context(), "batch_1")
		faultOf(t, c, err)
	}
}

// TestFindBatch looks page by page, by the job's name; by the file only where the endpoint keeps no names.
func TestFindBatch(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		page := `{"data":[{"id":"b1","status":"failed","input_file_id":"f","metadata":{"whatif_job":"other"}}],"has_more":true}`
		if r.URL.Query().Get("after") == "b1" {
			page = `{"data":[{"id":"b2","status":"in_progress","metadata":{"whatif_job":"j"}},{"id":"b3","status":"in_progress","input_file_id":"g","metadata":null}],"has_more":false}`
		}
		_, _ = io.WriteString(w, page)
	})
	for _, test := range []struct{ file, job, want string }{{"f", "j", "b2"}, {"f", "k", ""}, {"g", "k", "b3"}, {"", "", ""}} {
		b, err := c.FindBatch(t.Context(), test.file, test.job)
		if err != nil || (b == nil) != (test.want == "") || b != nil && b.ID != test.want {
			t.Errorf("%+v: %+v, %v", test, b, err)
		}
	}
}

func TestDownload(t *testing.T) {
	for body, want := range map[string]string{"{\"a\":1}\n\n{\"b\":2}\n": `[{"a":1} {"b":2}]`, `{"a":1}`: `[{"a":1}]`, "": "[]"} {
		c := serve(t, says(200, body))
		var got []string
		if err := c.Download(t.Context(), "f", func(line []byte) error { got = append(got, string(line)); return nil }); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%q: %v, %v", body, got, err)
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{\"a\":1}\n{\"b\"")
			panic(http.ErrAbortHandler)
		},
		"cut where no length was told": says(200, "{\"a\":1}\n{\"b\""),
	} {
		c := serve(t, handler)
		err := c.Download(t.Context(), "f", func([]byte) error { return nil })
		if e := faultOf(t, c, err); e.Fault != Network {
			t.Errorf("%s: %v", name, err)
		}
	}
	own := errors.New("enough")
	c := serve(t, says(200, "{}\n{}\n"))
	if err := c.Download(t.Context(), "f", func([]byte) error { return own }); !errors.Is(err, own) {
		t.Errorf("error %v", err)
	}
}

// TestJudge: a line's outcome is read as the reply to an ordinary request is.
func TestJudge(t *testing.T) {
	c := dial(t, "http://127.0.0.1:1/v1")
	for _, test := range []struct{ name, line, want string }{
		{"reply", `{"custom_id":"x","response":{"status_code":200,"body":` + hello + `},"error":null}`, "hello"},
		{"no status", `{"custom_id":"x","response":{"body":` + hello + `}}`, "hello"},
		{"too long", `{"custom_id":"x","response":{"status_code":400,"body":{"error":{"message":"This model's maximum context length is 4096 tokens.","code":"context_length_exceeded"}}}}`, "too_long 4096"},
		{"format", `{"custom_id":"x","response":{"status_code":400,"body":{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.","param":"response_format"}}}}`, "format"},
		{"limited", `{"custom_id":"x","response":{"status_code":429,"body":{"error":{"message":"slow down"}}}}`, "limited"},
		{"money", `{"custom_id":"x","response":{"status_code":429,"body":{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","code":"insufficient_quota"}}}}`, "quota"},
		{"key", `{"custom_id":"x","response":{"status_code":401,"body":{"error":{"message":"Incorrect API key provided: sk-t***cdef"}}}}`, "key"},
		{"expired", `{"custom_id":"x","response":null,"error":{"code":"batch_expired","message":"This request could not be executed."}}`, "server"},
		{"no body", `{"custom_id":"x","response":null,"error":null}`, "server"},
		{"page", `{"custom_id":"x","response":{"status_code":200,"body":"<html>"}}`, "server"},
		{"no choices", `{"custom_id":"x","response":{"status_code":200,"body":{"choices":[]}}}`, "garbage"},
	} {
		o, err := c.ReadOutcome([]byte(test.line))
		if err != nil || o.ID != "x" || strings.Contains(string(o.Body), "cdef") {
			t.Errorf("%s: %+v, %v", test.name, o, err)
		}
		reply, err := c.Judge(&Request{Format: StrictSchema}, o)
		got := ""
		if err != nil {
			e := faultOf(t, c, err)
			if got = string(e.Fault); e.Context > 0 {
				got += fmt.Sprint(" ", e.Context)
			}
		} else {
			got = reply.Text
		}
		if got != test.want {
			t.Errorf("%s: %s (%v), want %s", test.name, got, err, test.want)
		}
	}
	for _, line := range []string{``, `{}`, `[]`, `null`, `{"custom_id":5}`} {
		if _, err := c.ReadOutcome([]byte(line)); err == nil {
			t.Errorf("%q is taken", line)
		}
	}
}

// FuzzReadOutcome: whatever stands in a batch's output, what is kept of it is JSON without the key, and can be judged.
func FuzzReadOutcome(f *testing.F) {
	f.Add([]byte(`{"custom_id":"x","response":{"status_code":200,"body":` + hello + `},"error":null}`))
	f.Add([]byte(`{"custom_id":"x","response":{"status_code":400,"body":{"error":{"message":"sk-test-0123456789abcdef","code":["a",400]}}}}`))
	f.Add([]byte(`{"custom_id":"x","response":{"status_code":200,"body":{"choices":[{"message":{"content":"sk-test-0123456789abcdef"}}]}}}`))
	f.Add([]byte(`{"custom_id":"x","response":{"status_code":-1,"body":7},"error":"x"}`))
	c, err := New(Config{BaseURL: "http://127.0.0.1:1/v1", Model: "m", APIKey: testKey, Proxy: "none"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		o, err := c.ReadOutcome(line)
		if err != nil {
			return
		}
		if !json.Valid(o.Body) || bytes.Contains(o.Body, []byte(testKey)) {
			t.Errorf("kept %q of %q", o.Body, line)
		}
		kept, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		var again Outcome
		if err := json.Unmarshal(kept, &again); err != nil {
			t.Fatal(err)
		}
		reply, err := c.Judge(&Request{Format: StrictSchema, MaxTokens: 100}, again)
		if (reply == nil) == (err == nil) {
			t.Errorf("judged %q: %v, %v", line, reply, err)
		}
	})
}
