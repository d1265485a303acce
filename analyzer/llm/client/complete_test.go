package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var schema = &Schema{Name: "facts", JSON: []byte(`{"type":"object","properties":{},"required":[],"additionalProperties":false}`)}

func TestReplies(t *testing.T) {
	message := func(m, finish string) http.HandlerFunc {
		return says(200, `{"choices":[{"index":0,"message":`+m+`,"finish_reason":"`+finish+`"}]}`)
	}
	tests := []struct {
		name   string
		serve  http.HandlerFunc
		want   Reply // without times
		change func(*Config)
	}{
		{"stream", streamed(delta("he"), delta("llo"), stopEvent, usageEvent, doneEvent),
			Reply{Text: "hello", Finish: Stopped, Model: "m-1", Usage: Usage{100, 64, 20, 5, true}}, nil},
		{"stream without a word of usage", streamed(delta("hello"), stopEvent, doneEvent), Reply{Text: "hello", Finish: Stopped, Model: "m-1"}, nil},
		{"stream that ends without DONE", streamed(delta("hello"), stopEvent), Reply{Text: "hello", Finish: Stopped, Model: "m-1"}, nil},
		{"stream whose last line has no break", says(200, delta("hello")+"\n\n"+stopEvent, "Content-Type: text/event-stream"),
			Reply{Text: "hello", Finish: Stopped, Model: "m-1"}, nil},
		{"stream with CRLF and without blanks", says(200, strings.ReplaceAll(delta("hello")+"\n\n"+stopEvent+"\n\n"+doneEvent+"\n\n", "\n", "\r\n")),
			Reply{Text: "hello", Finish: Stopped, Model: "m-1"}, nil},
		{"stream with a thousand comments", streamed(strings.Repeat(": PROCESSING\n\n", 1000)+delta("hello"), "event: x", "id: 3", stopEvent, doneEvent),
			Reply{Text: "hello", Finish: Stopped, Model: "m-1"}, nil},
		{"stream to one who asked for none", streamed(delta("hello"), stopEvent, doneEvent), Reply{Text: "hello", Finish: Stopped, Model: "m-1"},
			func(c *Config) { c.NoStream = true }},
		{"second choice is left out", streamed(`data: {"choices":[{"index":1,"delta":{"content":"no"}},{"index":0,"delta":{"content":"yes"}}]}`, stopEvent),
			Reply{Text: "yes", Finish: Stopped}, nil},
		{"whole to one who asked for a stream", says(200, hello), Reply{Text: "hello", Finish: Stopped, Model: "m-1", Usage: Usage{Prompt: 100, Completion: 20, Known: true}}, nil},
		{"whole", says(200, " \n"+hello), Reply{Text: "hello", Finish: Stopped, Model: "m-1", Usage: Usage{Prompt: 100, Completion: 20, Known: true}},
			func(c *Config) { c.NoStream = true }},
		{"whole with a byte order mark", says(200, "\ufeff"+hello), Reply{Text: "hello", Finish: Stopped, Model: "m-1", Usage: Usage{Prompt: 100, Completion: 20, Known: true}}, nil},
		{"odd types", says(200, `{"created":1.5,"id":7,"model":null,"error":null,"choices":[{"index":0,"logprobs":3,"message":{"content":"x","tool_calls":"none","audio":[]},"finish_reason":null}],"usage":"none"}`),
			Reply{Text: "x", Finish: Stopped}, nil},
		{"content as parts", message(`{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"},{"type":"text","text":"b"}]}`, "stop"),
			Reply{Text: "ab", Finish: Stopped}, nil},
		{"limit", message(`{"content":"x"}`, "length"), Reply{Text: "x", Finish: Cut}, nil},
		{"limit in capitals", message(`{"content":"x"}`, "MAX_TOKENS"), Reply{Text: "x", Finish: Cut}, nil},
		{"tool", message(`{"content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"2","function":{"name":"f","arguments":"{}"}}]}`, "tool_calls"),
			Reply{Text: `{"a":1}`, Finish: Stopped}, nil},
		{"tool whose arguments are an object", message(`{"tool_calls":[{"function":{"arguments":{"a":1}}}]}`, "tool_calls"), Reply{Text: `{"a":1}`, Finish: Stopped}, nil},
		{"streamed tool", streamed(`data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\""}}]}}]}`,
			`data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"function":{"arguments":"no"}}]}}]}`, stopEvent, doneEvent),
			Reply{Text: `{"a":1}`, Finish: Stopped}, nil},
		{"old function call", message(`{"function_call":{"name":"f","arguments":"{}"}}`, "function_call"), Reply{Text: `{}`, Finish: Stopped}, nil},
		{"content before the tool", message(`{"content":"x","tool_calls":[{"function":{"arguments":"y"}}]}`, "stop"), Reply{Text: "x", Finish: Stopped}, nil},
		{"answer in the thinking", message(`{"content":"","reasoning_content":"{}"}`, "stop"), Reply{Text: "{}", Reasoning: true, Finish: Stopped}, nil},
		{"thinking under its other name", message(`{"reasoning":"{}"}`, "stop"), Reply{Text: "{}", Reasoning: true, Finish: Stopped}, nil},
		{"thinking is not the answer", message(`{"content":"x","reasoning_content":"hm"}`, "stop"), Reply{Text: "x", Finish: Stopped}, nil},
		{"usage in another dialect", says(200, `{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":10,"completion_tokens":"3","total_tokens":20,"prompt_cache_hit_tokens":30,"completion_tokens_details":{"reasoning_tokens":7}}}`),
			Reply{Text: "x", Finish: Stopped, Usage: Usage{40, 30, 10, 7, true}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			change := tt.change
			if change == nil {
				change = func(*Config) {}
			}
			got, err := ask(t, serve(t, tt.serve, change), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.First <= 0 || got.Took < got.First {
				t.Errorf("first words after %v, all after %v", got.First, got.Took)
			}
			got.First, got.Took = 0, 0
			if *got != tt.want {
				t.Errorf("got  %+v\nwant %+v", *got, tt.want)
			}
		})
	}
}

func TestNoReply(t *testing.T) {
	message := func(m, finish string) string {
		return `{"choices":[{"message":` + m + `,"finish_reason":"` + finish + `"}]}`
	}
	tests := []struct {
		name  string
		serve http.HandlerFunc
		want  Fault
		in    string // of the message
	}{
		{"empty body", says(200, ""), Garbage, "empty"},
		{"empty stream", says(200, "\n\n", "Content-Type: text/event-stream"), Garbage, "empty"},
		{"DONE alone", streamed(doneEvent), Network, "ends before"},
		{"web page", says(200, "<!doctype html><title>Log in</title>", "Content-Type: text/html"), Garbage, "web page"},
		{"plain text", says(200, "It works!"), Garbage, "promises"},
		{"bad JSON", says(200, `{"choices":[`), Garbage, "promises"},
		{"no choices", says(200, `{"choices":[]}`), Garbage, "no choices"},
		{"choices null", says(200, `{"id":"x","choices":null}`), Garbage, "no choices"},
		{"choices of another type", says(200, `{"choices":"many"}`), Garbage, "promises"},
		{"stream without choices", streamed(usageEvent, doneEvent), Network, "ends before"},
		{"content null", says(200, message(`{"content":null}`, "stop")), Garbage, "no words"},
		{"content blank", says(200, message(`{"content":" \n "}`, "stop")), Garbage, "no words"},
		{"thought until the limit", says(200, message(`{"content":""}`, "length")), BadRequest, "longer replies"},
		{"refusal", says(200, message(`{"content":null,"refusal":"I can't\u0007 help"}`, "stop")), Refused, "“I can't help”"},
		{"streamed refusal", streamed(`data: {"choices":[{"delta":{"refusal":"I "}}]}`, `data: {"choices":[{"delta":{"refusal":"can't"},"finish_reason":"stop"}]}`, doneEvent), Refused, "I can't"},
		{"content filter", says(200, message(`{"content":"half of"}`, "content_filter")), Refused, "filter"},
		{"error in a reply", says(200, `{"error":{"message":"boom","type":"server_error","code":null}}`), ServerError, "boom"},
		{"error in a reply, with a status", says(200, `{"error":{"message":"slow down","code":429}}`), Limited, "slow down"},
		{"error beside choices", says(200, `{"choices":[{"finish_reason":"error"}],"error":{"message":"Provider disconnected","code":502}}`), ServerError, "disconnected"},
		{"error as text", says(200, `{"error":"Unexpected endpoint or method. (POST /chat/completions)"}`), NoSuchModel, "/v1"},
		{"detail instead of a reply", says(200, `{"detail":"overloaded"}`), ServerError, "overloaded"},
		{"list instead of a reply", says(200, `[{"error":{"code":503,"message":"later","status":"UNAVAILABLE"}}]`), ServerError, "later"},
		{"error in a stream", streamed(delta("he"), `data: {"error":{"message":"boom","type":"server_error"}}`, doneEvent), ServerError, "boom"},
		{"error with an id in a stream", streamed(`data: {"id":"1","error":{"message":"limit","code":"rate_limit_exceeded"}}`), Limited, "limit"},
		{"error as text in a stream", streamed(delta("he"), `data: {"error":"boom"}`), ServerError, "boom"},
		{"error without data", says(200, "event: error\n{\"error\":{\"message\":\"boom\"}}\n\n", "Content-Type: text/event-stream"), ServerError, "boom"},
		{"older error in a stream", streamed(`data: {"object":"error","message":"boom","code":400}`), BadRequest, "boom"},
		{"bad JSON in a stream", streamed(delta("he"), `data: {"choices":[}`, delta("llo")), Garbage, "promises"},
		{"cut stream", streamed(delta("he"), delta("llo")), Network, "ends before"},
		{"cut stream that says DONE", streamed(delta("he"), doneEvent), Network, "ends before"},
		{"stream cut in an event", says(200, delta("he")+"\n\n"+`data: {"choices":[{"del`, "Content-Type: text/event-stream"), Network, "ends before"},
		{"event without end", says(200, delta("he")+"\n\ndata: {"+strings.Repeat("x", 2<<20), "Content-Type: text/event-stream"), Garbage, "megabyte"},
		{"gave up", streamed(delta("he"), `data: {"choices":[{"delta":{},"finish_reason":"error"}]}`), ServerError, "middle"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, tt.serve)
			_, err := ask(t, c, nil)
			if e := faultOf(t, c, err); e.Fault != tt.want || !strings.Contains(e.Message, tt.in) {
				t.Errorf("got %s: %s, want %s with %q", e.Fault, e.Message, tt.want, tt.in)
			}
		})
	}
}

// endless writes a stream until the client goes away, and counts its bytes.
func endless(piece string, sent *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		line := []byte(delta(piece) + "\n\n")
		for r.Context().Err() == nil && sent.Load() < 256<<20 {
			n, err := w.Write(line)
			if err != nil {
				return
			}
			sent.Add(int64(n))
		}
	}
}

func TestRunaway(t *testing.T) {
	var all strings.Builder // no two sentences alike
	for i := range 200_000 {
		all.WriteString(string(rune('a'+i*i%23)) + string(rune('a'+i%19)) + string(rune('a'+i%17)) + " ")
	}
	tests := []struct {
		name, begin, piece string
		max                int // bytes of the reply
		tokens             int
	}{
		{"white space", `{"a":1`, "\n\t ", 20, 0},
		{"one word", "", "and ", 8 << 10, 0},
		{"a paragraph", "", strings.Repeat("All is well that ends well. ", 30) + "So it is.\n", 64 << 10, 0},
		{"no end in sight", "", all.String()[:60000], maxText, 0},
		{"over the limit of tokens", "", all.String()[:60000], 100*perToken + 4<<10, 100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sent atomic.Int64
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte(delta(tt.begin) + "\n\n"))
				endless(tt.piece, &sent)(w, r)
			})
			got, err := ask(t, c, &Request{User: "u", MaxTokens: tt.tokens})
			if err != nil {
				t.Fatal(err)
			}
			if got.Finish != Cut || !got.Runaway || len(got.Text) > tt.max {
				t.Errorf("finish %s, runaway %v, %d bytes of text", got.Finish, got.Runaway, len(got.Text))
			}
		})
	}
}

// A babble is a body without end in which nothing is said.
type babble struct{ read int }

func (b *babble) Read(p []byte) (int, error) {
	const line = ": still here, and still nothing to say, as for the last hour\n"
	n := 0
	for n < len(p) {
		n += copy(p[n:], line[(b.read+n)%len(line):])
	}
	b.read += n
	return n, nil
}

func (*babble) Close() error { return nil }

func TestStreamIsBounded(t *testing.T) {
	var body babble
	c := dial(t, "https://api.example/v1", func(c *Config) { c.Timeout = time.Minute })
	c.http = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		if body.read > 0 {
			t.Error("asked twice")
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: &endsWith{&body, r.Context()}, Request: r}, nil
	})}
	_, err := ask(t, c, nil)
	if e := faultOf(t, c, err); e.Fault != Network || body.read > maxStream+1<<20 {
		t.Errorf("%s after %d bytes", e.Message, body.read)
	}
}

// endsWith is a body that ends with its request's context, as the network's do.
type endsWith struct {
	io.ReadCloser
	ctx context.Context
}

func (e *endsWith) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.ReadCloser.Read(p)
}

func TestRunawayWhole(t *testing.T) {
	c := serve(t, says(200, `{"choices":[{"message":{"content":"`+strings.Repeat("again and ", 100_000)+`"},"finish_reason":"stop"}]}`))
	got, err := ask(t, c, nil)
	if err != nil || got.Finish != Cut || !got.Runaway || len(got.Text) > 16<<10 {
		t.Errorf("got %v, finish %s, %d bytes", err, got.Finish, len(got.Text))
	}
}

func TestNotRunaway(t *testing.T) {
	item := `{"kind":"abuse_case","title":"A clerk reads what is not hers","evidence":[12,14],"likelihood":"medium"},` + "\n" + strings.Repeat(" ", 40) +
		`"why":"She has the rights of her whole branch, and nobody looks at what she opens, since the log is kept for a week and read by none. ` +
		`What is found there sells: addresses, balances, the name of a mother, and each is one more key to an account that is not hers either. ` +
		`The text says that clerks see what they need; it does not say who decides that, nor what happens when the need is over, or was never there."` + "\n"
	g := growing{bound: maxText}
	for range 10 { // a list may hold one item some times
		if !g.add(item) {
			t.Fatal("ten items were taken for repetition without end")
		}
	}
	if !g.add(strings.Repeat("=", 3000)) {
		t.Error("a long line was taken for repetition without end")
	}
	g = growing{bound: maxText}
	if !g.add("{" + strings.Repeat("\n ", 80)) {
		t.Error("160 white-space characters are none too many")
	}
	if g.add(strings.Repeat(" ", 80)) || g.text.Len() > 1+maxBlank {
		t.Errorf("240 white-space characters were taken: %d bytes", g.text.Len())
	}
}

func TestBlankReply(t *testing.T) {
	for format, want := range map[Format]Fault{StrictSchema: Format400, PlainText: Garbage} {
		var sent atomic.Int64
		c := serve(t, endless(" ", &sent))
		_, err := ask(t, c, &Request{User: "u", Schema: schema, Format: format})
		if e := faultOf(t, c, err); e.Fault != want {
			t.Errorf("%s: got %s, want %s: the next rung has to be tried", format, e.Fault, want)
		}
	}
}

// holds writes lines, then nothing until the client goes away.
func holds(lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, line := range lines {
			_, _ = w.Write([]byte(line + "\n\n"))
		}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

func TestSilence(t *testing.T) {
	short := func(c *Config) { c.Stall = 50 * time.Millisecond }
	tests := []struct {
		name   string
		serve  http.HandlerFunc
		change func(*Config)
		in     string
	}{
		{"in the middle", holds(delta("he")), short, "silent"},
		{"after the headers", holds(), short, "silent"},
		{"while comments came", holds(": wait"), short, "silent"},
		{"for longer than all may take", holds(delta("he")), func(c *Config) { c.Timeout = 100 * time.Millisecond }, "no whole reply"},
		{"before the headers", func(w http.ResponseWriter, r *http.Request) { drain(r); <-r.Context().Done() }, func(c *Config) { c.Timeout = 100 * time.Millisecond }, "no whole reply"},
		{"in a whole reply", holds(`{"choices":`), func(c *Config) { c.NoStream, c.Timeout = true, 100*time.Millisecond }, "no whole reply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, tt.serve, tt.change)
			_, err := ask(t, c, nil)
			if e := faultOf(t, c, err); e.Fault != Network || !strings.Contains(e.Message, tt.in) {
				t.Errorf("got %s: %s", e.Fault, e.Message)
			}
		})
	}
}

// drain reads a request, so that the server notices when the client goes away.
func drain(r *http.Request) {
	b := make([]byte, 1<<16)
	for {
		if _, err := r.Body.Read(b); err != nil {
			return
		}
	}
}

func TestSilenceAfterTheEnd(t *testing.T) {
	c := serve(t, holds(delta("hello"), stopEvent), func(c *Config) { c.Stall = 50 * time.Millisecond })
	if got, err := ask(t, c, nil); err != nil || got.Text != "hello" || got.Finish != Stopped {
		t.Errorf("got %+v, %v: the reply was whole, and is paid for", got, err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(delta("he") + "\n\n"))
		w.(http.Flusher).Flush()
		cancel()
		drain(r)
		<-r.Context().Done()
	})
	for range 2 {
		var e *Error
		if _, err := c.Complete(ctx, &Request{User: "u"}); !errors.Is(err, context.Canceled) || errors.As(err, &e) {
			t.Errorf("got %v (%T): it is the caller's own end, no fault", err, err)
		}
	}
}

func TestPromptWasCut(t *testing.T) {
	tests := []struct {
		read, estimate int
		cut            bool
	}{{100, 0, false}, {100, 100, false}, {100, 399, false}, {1000, 1600, false}, {1000, 900, false}, {1000, 1700, true}, {0, 2000, false}}
	for _, tt := range tests {
		c := serve(t, streamed(delta("x"), stopEvent, fmt.Sprintf(`data: {"usage":{"prompt_tokens":%d,"completion_tokens":1}}`, tt.read), doneEvent))
		_, err := ask(t, c, &Request{User: "u", Estimate: tt.estimate})
		if !tt.cut {
			if err != nil {
				t.Errorf("%d read of about %d: %v", tt.read, tt.estimate, err)
			}
			continue
		}
		if e := faultOf(t, c, err); e.Fault != PromptWasCut || !strings.Contains(e.Message, "1000 tokens") || !strings.Contains(e.Message, "1700") {
			t.Errorf("got %s: %s", e.Fault, e.Message)
		}
	}
}

func TestConnectionIsUsedAgain(t *testing.T) {
	var remotes sync.Map
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		remotes.Store(r.RemoteAddr, true)
		streamed(delta("hello"), stopEvent, doneEvent)(w, r)
		w.(http.Flusher).Flush()
		time.Sleep(5 * time.Millisecond) // the end of the body comes by itself
	})
	for range 5 {
		if _, err := ask(t, c, nil); err != nil {
			t.Fatal(err)
		}
	}
	connections := 0
	remotes.Range(func(any, any) bool { connections++; return true })
	if connections != 1 {
		t.Errorf("5 requests took %d connections", connections)
	}
}
