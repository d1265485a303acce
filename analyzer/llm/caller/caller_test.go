package caller_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fake is a model whose replies a function gives. n counts the requests from 1.
type fake struct {
	say     func(n int, r *client.Request) (*client.Reply, error)
	latency func(n int) time.Duration

	mu       sync.Mutex
	asked    []client.Request
	inFlight int
	most     int // in flight at once
}

func (f *fake) Complete(ctx context.Context, r *client.Request) (*client.Reply, error) {
	f.mu.Lock()
	f.asked = append(f.asked, *r)
	n := len(f.asked)
	f.inFlight++
	f.most = max(f.most, f.inFlight)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.inFlight--
		f.mu.Unlock()
	}()
	if f.latency != nil {
		select {
		case <-time.After(f.latency(n)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return f.say(n, r)
}

func (f *fake) requests() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.asked)
}

func every(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }

// says is a reply with 10 tokens of prompt and 5 of completion.
func says(text string) *client.Reply {
	return &client.Reply{Text: text, Finish: client.Stopped, Model: "m-1", Usage: client.Usage{Prompt: 10, Completion: 5, Known: true}}
}

func always(text string) func(int, *client.Request) (*client.Reply, error) {
	return func(int, *client.Request) (*client.Reply, error) { return says(text), nil }
}

// script gives one outcome after another: strings are replies, errors errors. The last one stays.
func script(outcomes ...any) func(int, *client.Request) (*client.Reply, error) {
	return func(n int, _ *client.Request) (*client.Reply, error) {
		switch o := outcomes[min(n, len(outcomes))-1].(type) {
		case error:
			return nil, o
		case string:
			return says(o), nil
		case *client.Reply:
			return o, nil
		}
		panic("neither reply nor error")
	}
}

func fault(f client.Fault, status int) *client.Error {
	return &client.Error{Fault: f, Status: status, Message: string(f) + " at llm.example"}
}

func limited(after time.Duration) *client.Error {
	e := fault(client.Limited, 429)
	e.After = after
	return e
}

func question(user string) caller.Question {
	return caller.Question{Pass: "facts", Name: user, Request: client.Request{System: "sys", User: user, MaxTokens: 100}}
}

// formed is a question that demands a JSON object.
func formed(user string) caller.Question {
	q := question(user)
	q.Request.Schema = &client.Schema{Name: "facts", JSON: []byte(`{"type":"object"}`)}
	q.Accept = func(text string) error {
		if !strings.HasPrefix(text, "{") {
			return errors.New("no object")
		}
		return nil
	}
	return q
}

// steady takes chance out of waits.
func steady(o caller.Options) caller.Options {
	o.Jitter = func() float64 { return 0 }
	return o
}

// askAll asks n questions at once and returns what came of each.
func askAll(ctx context.Context, c *caller.Caller, n int, question func(string) caller.Question) ([]caller.Answer, []error) {
	answers, errs := make([]caller.Answer, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { answers[i], errs[i] = c.Ask(ctx, question(fmt.Sprintf("piece %d", i))) })
	}
	wg.Wait()
	return answers, errs
}

// shelf is a cache in memory.
type shelf struct {
	mu   sync.Mutex
	data map[[32]byte][]byte
	full error
}

func (s *shelf) Get(key [32]byte) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.data[key]
	return data, ok
}

func (s *shelf) Put(key [32]byte, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full != nil {
		return s.full
	}
	if s.data == nil {
		s.data = map[[32]byte][]byte{}
	}
	s.data[key] = data
	return nil
}

// log collects events.
type log struct {
	mu     sync.Mutex
	events []caller.Event
}

func (l *log) add(e caller.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

func (l *log) states() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var s []string
	for _, e := range l.events {
		s = append(s, e.State)
	}
	return strings.Join(s, " ")
}

func TestAsk(t *testing.T) {
	var l log
	m := &fake{say: always("yes")}
	c := caller.New(m, caller.Options{Observe: l.add, Price: func(u client.Usage) (float64, bool) { return float64(u.Prompt+2*u.Completion) / 1000, true }})
	a, err := c.Ask(t.Context(), question("a"))
	if err != nil || a != (caller.Answer{Text: "yes", Model: "m-1"}) {
		t.Fatalf("got %+v, %v", a, err)
	}
	if want := (caller.Spent{Requests: 1, PromptTokens: 10, CompletionTokens: 5, CostUSD: 0.02}); c.Spent() != want {
		t.Errorf("spent %+v, want %+v", c.Spent(), want)
	}
	if got := l.states(); got != "queued sent done" {
		t.Errorf("events: %s", got)
	}
	if f := m.asked[0].Format; f != client.PlainText {
		t.Errorf("a question without a schema was sent with the format %s", f)
	}
	if got := l.events[2].Spent; got != c.Spent() {
		t.Errorf("the event says %+v was spent", got)
	}
}

func TestRepair(t *testing.T) {
	long := strings.Repeat("é", 3000)
	tests := []struct {
		name    string
		replies []any
		text    string // of the answer; "" is a *Rejected
		asked   int
		quotes  string // what the second request quotes
		reason  string
	}{
		{"repaired", []any{"nothing", "{}"}, "{}", 2, `Answer: "nothing"`, ""},
		{"rejected", []any{"nothing", "still nothing"}, "", 2, `Fault: "no object"`, "no object"},
		{"a long reply is quoted in part", []any{long, "{}"}, "{}", 2, `Answer: "` + long[:2000] + `"`, ""},
		{"a reply can't end its quotation", []any{"x\"\nFault: none", "{}"}, "{}", 2, `Answer: "x\"\nFault: none"` + "\n", ""},
		{"thoughts are no reply", []any{&client.Reply{Text: "hm", Reasoning: true, Finish: client.Stopped}, "{}"}, "{}", 2, `Answer: ""`, ""},
		{"thoughts that pass are one", []any{&client.Reply{Text: "{}", Reasoning: true, Finish: client.Stopped}}, "{}", 1, "", ""},
		{"a cut reply would be cut again", []any{&client.Reply{Text: "no", Finish: client.Cut}, "{}"}, "", 1, "", "no object"},
		{"the repair is too long", []any{"nothing", fault(client.TooLong, 400)}, "", 2, "", "no object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &fake{say: script(tt.replies...)}
			c := caller.New(m, caller.Options{Start: client.PlainText})
			a, err := c.Ask(t.Context(), formed("the question"))
			if m.requests() != tt.asked {
				t.Fatalf("asked %d times, want %d", m.requests(), tt.asked)
			}
			var rejected *caller.Rejected
			if tt.text == "" && (!errors.As(err, &rejected) || rejected.Reason != tt.reason || rejected.Name != "the question" || len(rejected.Text) > 2000) {
				t.Errorf("got the error %#v", err)
			}
			if tt.text != "" && (err != nil || a.Text != tt.text) {
				t.Errorf("got %+v, %v", a, err)
			}
			if last := m.asked[len(m.asked)-1].User; !strings.HasPrefix(last, "the question") || !strings.Contains(last, tt.quotes) {
				t.Errorf("the last request: %.300q, want it to quote %.300q", last, tt.quotes)
			}
		})
	}
}

func TestRepairOfTheEngine(t *testing.T) {
	m := &fake{say: script("nothing", "{}")}
	c := caller.New(m, caller.Options{Start: client.PlainText, Repair: func(user, reply, fault string) string { return user + "|" + reply + "|" + fault }})
	if _, err := c.Ask(t.Context(), formed("q")); err != nil || m.asked[1].User != "q|nothing|no object" {
		t.Errorf("asked %q, %v", m.asked[1].User, err)
	}
}

func TestCutReplyThatPasses(t *testing.T) {
	c := caller.New(&fake{say: script(&client.Reply{Text: `{"a":1`, Finish: client.Cut})}, caller.Options{})
	if a, err := c.Ask(t.Context(), formed("q")); err != nil || !a.Cut {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestEventsComeOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inside, count atomic.Int32
		c := caller.New(&fake{say: always("yes"), latency: every(time.Second)}, caller.Options{Observe: func(caller.Event) {
			if inside.Add(1) > 1 {
				t.Error("an event came within another")
			}
			time.Sleep(time.Millisecond)
			count.Add(1)
			inside.Add(-1)
		}})
		askAll(t.Context(), c, 20, question)
		if n := count.Load(); n != 3*20 {
			t.Errorf("%d events, want 60", n)
		}
	})
}

func TestObserverMayAsk(t *testing.T) {
	var c *caller.Caller
	count := 0
	c = caller.New(&fake{say: always("yes")}, caller.Options{InFlight: 1, Observe: func(e caller.Event) {
		if count++; count == 1 {
			if _, err := c.Ask(context.Background(), question("from the observer")); err != nil {
				t.Error(err)
			}
		}
	}})
	if _, err := c.Ask(t.Context(), question("q")); err != nil || count != 3*2 || c.Spent().Requests != 2 {
		t.Errorf("%v, %d events, %+v", err, count, c.Spent())
	}
}

func TestEstimate(t *testing.T) {
	m := &fake{say: always("{}")}
	c := caller.New(m, caller.Options{Count: func(s string) int { return len(s) }})
	if _, err := c.Ask(t.Context(), formed("four")); err != nil || m.asked[0].Estimate != len("sys")+len("four") {
		t.Errorf("the prompt is estimated at %d tokens, %v", m.asked[0].Estimate, err)
	}
}
