package fakellm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A played is a server that runs, as a client sees it.
type played struct {
	*Server
	t      *testing.T
	url    string
	client *http.Client
}

func start(t *testing.T, script Script) *played {
	t.Helper()
	url, s, stop, err := Start(script)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		stop()
		client.CloseIdleConnections()
	})
	return &played{s, t, url, client}
}

// parsed is start with a script in YAML.
func parsed(t *testing.T, script string) *played {
	t.Helper()
	s, err := Parse([]byte(script), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return start(t, s)
}

// request returns a body with the user's text, and what more it should hold.
func request(user string, more object) object {
	body := object{"model": "m", "messages": []object{{"role": "system", "content": "You answer in JSON."}, {"role": "user", "content": user}}}
	for k, v := range more {
		body[k] = v
	}
	return body
}

// An outcome is what came back.
type outcome struct {
	status int
	header http.Header
	body   string
	err    error
}

// post sends a body, a value or bytes, to a path below the server's root.
func (p *played) post(path string, body any, headers ...string) outcome {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return p.postFor(ctx, path, body, headers...)
}

func (p *played) postFor(ctx context.Context, path string, body any, headers ...string) outcome {
	p.t.Helper()
	data, ok := body.([]byte)
	if !ok {
		var err error
		if data, err = json.Marshal(body); err != nil {
			p.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, "POST", strings.TrimSuffix(p.url, "/v1")+path, bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return p.do(r)
}

func (p *played) do(r *http.Request) outcome {
	resp, err := p.client.Do(r)
	if err != nil {
		return outcome{err: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return outcome{resp.StatusCode, resp.Header, string(text), err}
}

// ask sends a request for a whole reply.
func (p *played) ask(user string) outcome {
	p.t.Helper()
	return p.post("/v1/chat/completions", request(user, nil))
}

// asks is ask with more in the body.
func (p *played) asks(user string, more object) outcome {
	p.t.Helper()
	return p.post("/v1/chat/completions", request(user, more))
}

// stream sends a request for a streamed reply with usage.
func (p *played) stream(user string, more object) outcome {
	p.t.Helper()
	body := request(user, more)
	body["stream"], body["stream_options"] = true, object{"include_usage": true}
	return p.post("/v1/chat/completions", body)
}

// waitFor waits until n requests are being answered.
func (p *played) waitFor(n int) {
	for end := time.Now().Add(20 * time.Second); p.Stats().InFlight != n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			p.t.Errorf("%d requests are being answered, want %d", p.Stats().InFlight, n)
			return
		}
	}
}

// open begins to read a streamed reply, up to the words, and returns what goes on with it.
func (p *played) open(ctx context.Context, user, words string) (read string, rest io.Reader) {
	p.t.Helper()
	data, _ := json.Marshal(request(user, object{"stream": true})) // always can be
	r, err := http.NewRequestWithContext(ctx, "POST", p.url+"/chat/completions", bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = resp.Body.Close() })
	in := bufio.NewReader(resp.Body)
	for !strings.Contains(read, words) {
		line, err := in.ReadString('\n')
		if err != nil {
			p.t.Fatalf("%v after %d bytes", err, len(read))
		}
		read += line
	}
	return read, in
}

func (p *played) get(path string) outcome {
	p.t.Helper()
	r, err := http.NewRequest("GET", strings.TrimSuffix(p.url, "/v1")+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.do(r)
}

// A completion is an answer, whole or put together from a stream.
type completion struct {
	Choices []struct {
		Message, Delta message
		Finish         string `json:"finish_reason"`
	}
	Usage *usage
	Error *struct{ Message, Type, Param, Code string }
}

type message struct {
	Content, Refusal *string
	Reasoning        string `json:"reasoning_content"`
	Calls            []struct {
		Function struct{ Name, Arguments string }
	} `json:"tool_calls"`
}

func (o outcome) decode(t *testing.T) completion {
	t.Helper()
	var c completion
	if err := json.Unmarshal([]byte(o.body), &c); err != nil {
		t.Fatalf("%v in %d %q (%v)", err, o.status, o.body, o.err)
	}
	return c
}

// content returns the reply's text.
func (o outcome) content(t *testing.T) string {
	t.Helper()
	c := o.decode(t)
	if o.status != 200 || len(c.Choices) != 1 || c.Choices[0].Message.Content == nil {
		t.Fatalf("no reply: %d %s", o.status, o.body)
	}
	return *c.Choices[0].Message.Content
}

// failure returns the error that was told.
func (o outcome) failure(t *testing.T) (message, code string) {
	t.Helper()
	c := o.decode(t)
	if c.Error == nil {
		t.Fatalf("no error: %d %s", o.status, o.body)
	}
	return c.Error.Message, c.Error.Code
}

// A told is what a stream told, put together.
type told struct {
	content, refusal, reasoning, name, arguments, finish string
	usage                                                *usage
	events                                               int
	done                                                 bool
	failed                                               string // an error among the events
}

func (o outcome) told(t *testing.T) told {
	t.Helper()
	var all told
	for lines := bufio.NewScanner(strings.NewReader(o.body)); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if data == "[DONE]" {
			all.done = true
		}
		if !ok || data == "[DONE]" {
			continue
		}
		all.events++
		c := outcome{status: 200, body: data}.decode(t)
		if c.Usage != nil {
			all.usage = c.Usage
		}
		if c.Error != nil {
			all.failed = c.Error.Message
		}
		for _, choice := range c.Choices {
			d := choice.Delta
			all.finish += choice.Finish
			all.reasoning += d.Reasoning
			if d.Content != nil {
				all.content += *d.Content
			}
			if d.Refusal != nil {
				all.refusal += *d.Refusal
			}
			for _, call := range d.Calls {
				all.name += call.Function.Name
				all.arguments += call.Function.Arguments
			}
		}
	}
	return all
}

// TestStop ends what is still being answered; goleak sees to what would be left.
func TestStop(t *testing.T) {
	url, s, stop, err := Start(Script{Rules: []Rule{{Fault: Fault{Kind: "stall"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(url, "http://127.0.0.1:") || !strings.HasSuffix(url, "/v1") {
		t.Errorf("the address is %q", url)
	}
	p := &played{s, t, url, &http.Client{Transport: &http.Transport{}}}
	defer p.client.CloseIdleConnections()
	asked := make(chan outcome)
	go func() { asked <- p.stream("hello", nil) }()
	p.waitFor(1)
	stop()
	stop() // twice is once
	if o := <-asked; o.err == nil {
		t.Errorf("a stalled answer ended well: %+v", o)
	}
	if e := s.Log()[0]; e.Took == 0 || !e.Gone {
		t.Errorf("the log has %+v", e)
	}
	if o := p.ask("x"); o.err == nil {
		t.Error("it still answers")
	}
}

func TestPaths(t *testing.T) {
	s := start(t, Script{Models: []string{"b", "a"}, RequireKey: "sk-test"})
	key := []string{"Authorization", "Bearer sk-test"}
	azure := []string{"Api-Key", "sk-test"}
	body := request("x", object{"model": "a"})
	for _, tt := range []struct {
		path   string
		header []string
		status int
		want   string
	}{
		{"/v1/chat/completions", key, 200, `"model":"a"`},
		{"/v1/chat/completions", nil, 401, "You didn't provide an API key"},
		{"/v1/chat/completions", []string{"Authorization", "Bearer sk-proj-secret"}, 401, `"code":"invalid_api_key"`},
		{"/openai/deployments/b/chat/completions?api-version=2024-10-21", azure, 200, `"model":"b"`},
		{"/openai/deployments/b/chat/completions", azure, 404, "Resource not found"},
		{"/openai/deployments/c/chat/completions?api-version=1", azure, 404, "model_not_found"},
		{"/openai/v1/chat/completions", azure, 200, `"model":"a"`},
		{"/chat/completions", key, 404, "Invalid URL (POST /chat/completions)"},
		{"/v1/embeddings", key, 404, "Invalid URL (POST /v1/embeddings)"},
	} {
		o := s.post(tt.path, body, tt.header...)
		if o.status != tt.status || !strings.Contains(o.body, tt.want) {
			t.Errorf("%s with %v: got %d %s, want %d %s", tt.path, tt.header, o.status, o.body, tt.status, tt.want)
		}
	}
	if o := s.get("/v1/chat/completions"); o.status != 405 {
		t.Errorf("GET gives %d", o.status)
	}
	if strings.Contains(s.post("/v1/chat/completions", body, "Authorization", "Bearer sk-proj-secret").body, "sk-proj-secret") {
		t.Error("the whole key is quoted")
	}
}

func TestModels(t *testing.T) {
	s := start(t, Script{Models: []string{"b", "a"}})
	if o := s.get("/v1/models"); o.status != 200 || strings.Index(o.body, `"id":"b"`) > strings.Index(o.body, `"id":"a"`) || !strings.Contains(o.body, `"object":"list"`) {
		t.Errorf("got %d %s", o.status, o.body)
	}
	if o := s.get("/v1/models/a"); o.status != 200 || !strings.Contains(o.body, `"id":"a"`) {
		t.Errorf("got %d %s", o.status, o.body)
	}
	if o := s.get("/v1/models/c"); o.status != 404 {
		t.Errorf("got %d %s", o.status, o.body)
	}
	if o := start(t, Script{}).get("/v1/models"); !strings.Contains(o.body, `"id":"fakellm"`) {
		t.Errorf("got %d %s", o.status, o.body)
	}
}
