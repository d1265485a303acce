package fakellm

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

const reply = `{"facts":["one","two","three","four","five","six","seven","eight"]}`

// TestStatusFaults looks at the faults that come instead of a reply, raw.
func TestStatusFaults(t *testing.T) {
	for _, tt := range []struct {
		fault  string
		status int
		header string // "Name: value"
		want   string // in the body
	}{
		{"400", 400, "", `"type":"invalid_request_error"`},
		{"401", 401, "", `"code":"invalid_api_key"`},
		{"403", 403, "", `"message":"Country, region, or territory not supported"`},
		{"404", 404, "", `"code":"model_not_found"`},
		{"408", 408, "", `"message":"Request Timeout"`},
		{"context_length", 400, "", `"code":"context_length_exceeded","message":"This model's maximum context length is 4096 tokens. However, your messages resulted in 4097 tokens.`},
		{"unsupported_format", 400, "", `"param":"response_format"`},
		{"model_not_found", 404, "", "The model `m` does not exist"},
		{"quota", 429, "", `"type":"insufficient_quota"`},
		{"429", 429, "", `"code":"rate_limit_exceeded"`},
		{"{kind: 429, retry_after: 2s}", 429, "Retry-After: 2", ""},
		{"{kind: 429, retry_after: 1500ms}", 429, "Retry-After: 1.5", ""},
		{"{kind: 429, retry_after: 1500ms, retry_as: ms}", 429, "Retry-After-Ms: 1500", ""},
		{"{kind: 429, should_retry: false}", 429, "X-Should-Retry: false", ""},
		{"500", 500, "", `"type":"server_error"`},
		{"502", 502, "", "Bad gateway"},
		{"503", 503, "", "overloaded"},
		{"529", 529, "", "Overloaded"},
		{"{kind: 500, message: out of memory}", 500, "", `"message":"out of memory"`},
		{"{kind: 500, form: text, message: oops}", 500, "", `{"error":"oops"}`},
		{"{kind: 500, form: detail, message: oops}", 500, "", `{"detail":"oops"}`},
		{"{kind: 400, form: array, message: oops}", 400, "", `[{"error":{"code":400,"message":"oops"`},
		{"html", 200, "Content-Type: text/html; charset=utf-8", "<!DOCTYPE html>"},
		{"{kind: html, status: 502}", 502, "Content-Type: text/html; charset=utf-8", "<title>502</title>"},
		{"error_in_200", 200, "Content-Type: application/json", `{"error":{`},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			s := parsed(t, "rules:\n  - fault: "+tt.fault)
			for _, o := range []outcome{s.ask("x"), s.stream("x", nil)} {
				if o.status != tt.status || !strings.Contains(o.body, tt.want) {
					t.Errorf("got %d %s, want %d %s", o.status, o.body, tt.status, tt.want)
				}
				if name, v, _ := strings.Cut(tt.header, ": "); name != "" && o.header.Get(name) != v {
					t.Errorf("header %s is %q, want %q", name, o.header.Get(name), v)
				}
			}
			if stats := s.Stats(); stats.Faults != 2 || stats.Prompt != 0 {
				t.Errorf("counted %+v", stats)
			}
		})
	}
}

func TestRetryAfterDate(t *testing.T) {
	s := parsed(t, "rules:\n  - fault: {kind: 503, retry_after: 1h, retry_as: date}")
	before := time.Now()
	at, err := http.ParseTime(s.ask("x").header.Get("Retry-After"))
	if wait := at.Sub(before); err != nil || wait < time.Hour-time.Second || wait > time.Hour+time.Minute {
		t.Errorf("got a wait of %v, error %v", wait, err)
	}
}

// TestWholeFaults looks at replies that come with status 200 and are not what they should be.
func TestWholeFaults(t *testing.T) {
	for _, tt := range []struct{ fault, whole, stream string }{
		{"empty_body", "", ""},
		{"empty_choices", `"choices":[]`, `"choices":[]`},
		{"null_content", `"content":null`, `"content":null`},
		{"empty_content", `"content":""`, `"finish_reason":"stop"`},
		{"content_filter", `"finish_reason":"content_filter"`, `"finish_reason":"content_filter"`},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			s := start(t, Script{Rules: []Rule{{Reply: reply, Fault: Fault{Kind: tt.fault}}}})
			if o := s.ask("x"); o.err != nil || o.status != 200 || !strings.Contains(o.body, tt.whole) || strings.Contains(o.body, "eight") {
				t.Errorf("whole: %+v", o)
			}
			if o := s.stream("x", nil); o.err != nil || o.status != 200 || !strings.Contains(o.body, tt.stream) || strings.Contains(o.body, "eight") {
				t.Errorf("streamed: %+v", o)
			}
			if o := s.ask("x"); tt.fault == "empty_body" && o.body != "" {
				t.Errorf("the body is %q", o.body)
			}
		})
	}
}

// TestBrokenStreams looks at streams that do not come to their end.
func TestBrokenStreams(t *testing.T) {
	for _, tt := range []struct {
		fault Fault
		least int   // bytes of the reply that came
		most  int   // and not more
		err   error // that reading ends in
	}{
		{Fault{Kind: "cut_stream"}, 20, 60, nil},
		{Fault{Kind: "cut_stream", After: 5}, 5, 10, nil},
		{Fault{Kind: "cut_stream", After: 10_000}, len(reply), len(reply), nil}, // all of it came, and nothing says so
		{Fault{Kind: "sse_error"}, 20, 60, nil},
		{Fault{Kind: "sse_error", Form: "with_id"}, 20, 60, nil},
		{Fault{Kind: "stall", For: 30 * time.Millisecond}, 20, 60, io.ErrUnexpectedEOF},
		{Fault{Kind: "reset", After: 20}, 0, 40, syscall.ECONNRESET}, // a reset may overtake what was sent
	} {
		t.Run(tt.fault.Kind, func(t *testing.T) {
			s := start(t, Script{Rules: []Rule{{Reply: reply, Fault: tt.fault}}})
			o := s.stream("x", nil)
			if !errors.Is(o.err, tt.err) {
				t.Errorf("got error %v, want %v", o.err, tt.err)
			}
			got := o.told(t)
			if got.done || got.finish != "" || got.usage != nil {
				t.Errorf("it came to its end: %+v", got)
			}
			if n := len(got.content); n < tt.least || n > tt.most || !strings.HasPrefix(reply, got.content) {
				t.Errorf("%d bytes came: %q", n, got.content)
			}
			if (tt.fault.Kind == "sse_error") != (got.failed != "") {
				t.Errorf("told the error %q", got.failed)
			}
			if withID := strings.Contains(o.body, "chatcmpl-error"); withID != (tt.fault.Form == "with_id") {
				t.Errorf("the error comes with an id: %v", withID)
			}
		})
	}
}

// TestBrokenWholes breaks off replies that are not streamed.
func TestBrokenWholes(t *testing.T) {
	for kind, want := range map[string]error{"cut_stream": nil, "stall": io.ErrUnexpectedEOF} {
		s := start(t, Script{Rules: []Rule{{Reply: reply, Fault: Fault{Kind: kind, For: 20 * time.Millisecond}}}})
		o := s.ask("x")
		if !errors.Is(o.err, want) || !strings.HasPrefix(o.body, `{"choices"`) || strings.HasSuffix(o.body, "}") {
			t.Errorf("%s: %+v", kind, o)
		}
	}
}

func TestResetAtOnce(t *testing.T) {
	s := start(t, Script{Rules: []Rule{{Fault: Fault{Kind: "reset"}}}})
	if o := s.ask("x"); !errors.Is(o.err, syscall.ECONNRESET) {
		t.Errorf("got %+v", o)
	}
	if e := s.Log()[0]; e.Status != 0 || e.Fault != "reset" {
		t.Errorf("the log has %+v", e)
	}
}

// TestStallHoldsOn sends half and then nothing until the client goes.
func TestStallHoldsOn(t *testing.T) {
	s := start(t, Script{Rules: []Rule{{Reply: reply, Fault: Fault{Kind: "stall"}}}})
	ctx, cancel := context.WithCancel(t.Context())
	_, rest := s.open(ctx, "x", `"content":"{\"facts`)
	time.AfterFunc(50*time.Millisecond, cancel)
	more, err := io.ReadAll(rest)
	if !errors.Is(err, context.Canceled) || strings.Contains(string(more), "[DONE]") {
		t.Errorf("got %q, error %v", more, err)
	}
}

func TestSlow(t *testing.T) {
	s := start(t, Script{Rules: []Rule{{Reply: reply, Fault: Fault{Kind: "slow", For: 100 * time.Millisecond}}}})
	for name, ask := range map[string]func() outcome{
		"whole": func() outcome { return s.ask("x") }, "streamed": func() outcome { return s.stream("x", nil) },
	} {
		begun := time.Now()
		o := ask()
		if took := time.Since(begun); o.err != nil || took < 70*time.Millisecond {
			t.Errorf("%s: took %v, error %v", name, took, o.err)
		}
		if name == "streamed" && (o.told(t).content != reply || o.told(t).events < 10) {
			t.Errorf("told %+v", o.told(t))
		}
	}
}

func TestWhiteSpace(t *testing.T) {
	s := start(t, Script{Rules: []Rule{{Reply: reply, Fault: Fault{Kind: "white_space"}}}})
	got := s.stream("x", object{"max_tokens": 100}).told(t)
	if got.finish != "length" || len(got.content) < 400 || len(strings.TrimSpace(got.content)) != len(reply)/2 || !got.done {
		t.Errorf("told %+v", got)
	}
	// Without a limit it goes on far beyond what a client bears.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, rest := s.open(ctx, "x", "three")
	if n, err := io.CopyN(io.Discard, rest, 20_000); err != nil {
		t.Errorf("it ends after %d bytes: %v", n, err)
	}
}

func TestRepeat(t *testing.T) {
	s := start(t, Script{Rules: []Rule{{Reply: reply, Fault: Fault{Kind: "repeat"}}}})
	for name, text := range map[string]string{"whole": s.ask("x").content(t), "streamed": s.stream("x", nil).told(t).content} {
		if n := len(text); n < 1<<20 || n > 1<<20+100 || !strings.HasPrefix(text, `{"facts":["one"`) {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}

// TestFaultsByChance fails the same requests in each run, in whatever order they come.
func TestFaultsByChance(t *testing.T) {
	script := Script{Seed: 3, Faults: Chances{Chance: 0.3, Of: []Fault{{Kind: "500"}, {Kind: "429"}}}}
	one, other := start(t, script), start(t, script)
	statuses := map[string]int{}
	failed := 0
	for i := range 100 {
		user := strings.Repeat("x", i)
		statuses[user] = one.ask(user).status
		if statuses[user] != 200 {
			failed++
		}
	}
	if failed < 15 || failed > 45 {
		t.Errorf("%d of 100 failed, want about 30", failed)
	}
	for i := 99; i >= 0; i-- {
		user := strings.Repeat("x", i)
		if got := other.ask(user).status; got != statuses[user] {
			t.Errorf("request %d: %d in one order, %d in the other", i, statuses[user], got)
		}
	}
	for i := 0; one.ask("again").status != 200; i++ {
		if i > 20 {
			t.Fatal("a request that is sent again always fails")
		}
	}
}
