package fakellm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// atOnce sends n requests at once and returns how many got each status.
func atOnce(p *played, n int) map[int]int {
	var mu sync.Mutex
	var all sync.WaitGroup
	got := map[int]int{}
	for i := range n {
		all.Go(func() {
			o := p.ask(fmt.Sprint("request ", i))
			mu.Lock()
			defer mu.Unlock()
			got[o.status]++
		})
	}
	all.Wait()
	return got
}

// TestSustains answers 64 requests at once in little more than their latency: the server itself is no bottleneck.
func TestSustains(t *testing.T) {
	const latency = 200 * time.Millisecond
	s := start(t, Script{Latency: Latency{P50: latency}})
	s.client.Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	begun := time.Now()
	for range 3 {
		if got := atOnce(s, 64); got[200] != 64 {
			t.Fatalf("got %v", got)
		}
	}
	took := time.Since(begun)
	t.Logf("3 × 64 requests at %v took %v", latency, took)
	if st := s.Stats(); st.MaxInFlight < 32 || st.InFlight != 0 || st.Requests != 192 {
		t.Errorf("counted %+v", st)
	}
	if took < 3*latency || took > 10*3*latency {
		t.Errorf("took %v", took)
	}
}

func TestInFlight(t *testing.T) {
	s := parsed(t, "in_flight: 4\nrules: [{when: {user_contains: slow}, latency: 1h, reply: x}]")
	ctx, cancel := context.WithCancel(t.Context())
	var slow sync.WaitGroup
	for range 4 {
		slow.Go(func() { s.postFor(ctx, "/v1/chat/completions", request("slow", nil)) })
	}
	s.waitFor(4)
	o := s.ask("x")
	if message, _ := o.failure(t); o.status != 429 || !strings.Contains(message, "Limit 4, Used 4") {
		t.Errorf("got %d %s", o.status, o.body)
	}
	cancel()
	slow.Wait()
	s.waitFor(0)
	if o := s.ask("x"); o.status != 200 {
		t.Errorf("got %d %s", o.status, o.body)
	}
}

// TestRate lets a second's worth through at once, and then one after the other.
func TestRate(t *testing.T) {
	b := bucket{rate: 2}
	now := time.Unix(0, 0)
	for i, tt := range []struct {
		after time.Duration
		want  time.Duration
	}{{0, 0}, {0, 0}, {0, 500 * time.Millisecond}, {250 * time.Millisecond, 250 * time.Millisecond}, {250 * time.Millisecond, 0}, {10 * time.Second, 0}, {0, 0}, {0, 500 * time.Millisecond}} {
		now = now.Add(tt.after)
		if got := b.take(now); (got - tt.want).Abs() > time.Microsecond {
			t.Errorf("request %d has to wait %v, want %v", i, got, tt.want)
		}
	}
	s := start(t, Script{Rate: 1})
	s.ask("x")
	o := s.ask("x")
	wait, err := strconv.ParseFloat(o.header.Get("Retry-After"), 64)
	if _, code := o.failure(t); o.status != 429 || code != "rate_limit_exceeded" || err != nil || wait <= 0 || wait > 1 {
		t.Errorf("got %d %v %s", o.status, o.header, o.body)
	}
}

// TestLatency draws from the distribution that was asked for, on a clock that does not really run.
func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Script{Seed: 1, Latency: Latency{P50: 200 * time.Millisecond, P99: 2 * time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		below50, above99, most := 0, 0, time.Duration(0)
		for i := range 2000 {
			begun := time.Now()
			body, _ := json.Marshal(request(fmt.Sprint(i), nil))
			r := httptest.NewRequest("POST", "/v1/chat/completions", bytes.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			s.ServeHTTP(httptest.NewRecorder(), r)
			took := time.Since(begun)
			most = max(most, took)
			if took < 200*time.Millisecond {
				below50++
			}
			if took > 2*time.Second {
				above99++
			}
		}
		if below50 < 900 || below50 > 1100 || above99 < 5 || above99 > 45 || most > 8*time.Second {
			t.Errorf("of 2,000 %d are below p50, %d above p99, the longest %v", below50, above99, most)
		}
	})
}

func TestRuleLatency(t *testing.T) {
	s := parsed(t, "latency: 1h\nrules: [{reply: a, latency: 20ms}]")
	begun := time.Now()
	if s.ask("x").content(t) != "a" || time.Since(begun) < 20*time.Millisecond {
		t.Errorf("took %v", time.Since(begun))
	}
}

func TestLog(t *testing.T) {
	var lines bytes.Buffer
	s, err := New(Script{Rules: []Rule{{Name: "hello", When: When{UserContains: Words{"hello"}}, Reply: "hi"}, {Fault: Fault{Kind: "503"}}}})
	if err != nil {
		t.Fatal(err)
	}
	s.LogTo(&lines)
	p := recorded(t, s)
	p.post("/v1/chat/completions", request("hello", object{"max_tokens": 9}), "Authorization", "Bearer sk-secret", "X-Team", "a")
	p.ask("bye")
	p.post("/v1/chat/completions", []byte("{"))
	log := s.Log()
	if len(log) != 3 {
		t.Fatalf("%d entries", len(log))
	}
	e := log[0]
	if e.N != 1 || e.User != "hello" || e.System != "You answer in JSON." || e.Model != "m" || e.Format != "text" || e.Max != 9 || e.Rule != "hello" ||
		e.Status != 200 || e.Reply != "hi" || e.Prompt == 0 || e.Complete != 1 || e.Took == 0 || e.InFlight != 1 || !json.Valid(e.Body) {
		t.Errorf("the log has %+v", e)
	}
	if e.Header.Get("Authorization") != "Bearer hidden" || e.Header.Get("X-Team") != "a" {
		t.Errorf("headers %v", e.Header)
	}
	if e := log[1]; e.Rule != "rule 2" || e.Fault != "503" || e.Status != 503 {
		t.Errorf("the log has %+v", e)
	}
	if e := log[2]; e.Rule != "" || e.Status != 400 {
		t.Errorf("the log has %+v", e)
	}
	told := p.get("/log").body
	if told != lines.String() || strings.Count(told, "\n") != 3 || strings.Contains(told, "sk-secret") {
		t.Errorf("told %s\nwrote %s", told, lines.String())
	}
	var stats Stats
	if err := json.Unmarshal([]byte(p.get("/stats").body), &stats); err != nil || stats != s.Stats() || stats.Requests != 3 || stats.Faults != 1 || stats.Refused != 1 {
		t.Errorf("stats %+v, error %v", stats, err)
	}
}

// recorded asks a server without a network.
func recorded(t *testing.T, s *Server) *played {
	return &played{s, t, "http://fake.example/v1", &http.Client{Transport: direct{s}}}
}

// direct hands requests to a handler.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestLogIsBounded keeps the last requests, and the bodies of as many as fit.
func TestLogIsBounded(t *testing.T) {
	var j journal
	r := httptest.NewRequest("POST", "/", nil)
	for range maxEntries + 10 {
		e := j.begin(r)
		e.Body = make([]byte, 10_000)
		j.decided(e)
		j.end(e)
	}
	list := j.entries()
	if len(list) != maxEntries || list[0].N != 11 || list[len(list)-1].N != maxEntries+10 {
		t.Errorf("%d entries from %d", len(list), list[0].N)
	}
	sum := 0
	for _, e := range list {
		sum += len(e.Body)
	}
	if sum > maxKeptBytes || sum < maxKeptBytes-20_000 || list[0].Body != nil || list[len(list)-1].Body == nil {
		t.Errorf("%d bytes are kept", sum)
	}
}

// TestClientGoes sees a client that does not wait.
func TestClientGoes(t *testing.T) {
	s := start(t, Script{Latency: Latency{P50: time.Hour}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		s.waitFor(1)
		cancel()
	}()
	if o := s.postFor(ctx, "/v1/chat/completions", request("x", nil)); o.err == nil {
		t.Fatalf("got %+v", o)
	}
	s.waitFor(0)
	if e := s.Log()[0]; !e.Gone || e.Status != 0 {
		t.Errorf("the log has %+v", e)
	}
}
