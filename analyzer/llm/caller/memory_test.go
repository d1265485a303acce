package caller_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// TestKey asks a question, and then one that differs: is the reply taken from the cache?
func TestKey(t *testing.T) {
	with := func(change func(*caller.Question)) caller.Question {
		q := formed("between the marks abc is the document")
		q.Volatile = []string{"abc", ""}
		change(&q)
		return q
	}
	tests := []struct {
		name   string
		second caller.Question
		cached bool
	}{
		{"the same", with(func(*caller.Question) {}), true},
		{"another name", with(func(q *caller.Question) { q.Name, q.Pass = "x", "y" }), true},
		{"other marks", with(func(q *caller.Question) {
			q.Request.User, q.Volatile = strings.ReplaceAll(q.Request.User, "abc", "xyz"), []string{"xyz"}
		}), true},
		{"another format", with(func(q *caller.Question) { q.Request.Format = client.PlainText }), true},
		{"other words", with(func(q *caller.Question) { q.Request.User += "." }), false},
		{"another system", with(func(q *caller.Question) { q.Request.System += "." }), false},
		{"a word moved", with(func(q *caller.Question) { q.Request.System, q.Request.User = "sysb", q.Request.User[1:] }), false},
		{"another schema", with(func(q *caller.Question) {
			q.Request.Schema = &client.Schema{Name: "facts", JSON: []byte(`{"type":"array"}`)}
		}), false},
		{"no schema", with(func(q *caller.Question) { q.Request.Schema = nil }), false},
		{"longer replies", with(func(q *caller.Question) { q.Request.MaxTokens++ }), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &fake{say: always("{}")}
			opt := caller.Options{Cache: &shelf{}, Identity: "here"}
			c := caller.New(m, opt)
			if _, err := c.Ask(t.Context(), with(func(*caller.Question) {})); err != nil {
				t.Fatal(err)
			}
			a, err := c.Ask(t.Context(), tt.second)
			if err != nil || a.Cached != tt.cached || (m.requests() == 1) != tt.cached {
				t.Errorf("got %+v, %v; %d requests", a, err, m.requests())
			}
		})
	}
}

func TestSecondRun(t *testing.T) {
	cache := &shelf{}
	m := &fake{say: script(&client.Reply{Text: "{}", Finish: client.Cut, Model: "m-2"})}
	price := func(client.Usage) (float64, bool) { return 1, true }
	run := func(identity string) (caller.Answer, caller.Spent, error) {
		c := caller.New(m, caller.Options{Cache: cache, Identity: identity, Price: price})
		a, err := c.Ask(t.Context(), formed("q"))
		return a, c.Spent(), err
	}
	if _, _, err := run("here"); err != nil {
		t.Fatal(err)
	}
	a, spent, err := run("here")
	if want := (caller.Answer{Text: "{}", Cut: true, Cached: true, Model: "m-2"}); err != nil || a != want || spent != (caller.Spent{CachedRequests: 1}) {
		t.Errorf("got %+v, %+v, %v", a, spent, err)
	}
	if _, _, err := run("elsewhere"); err != nil || m.requests() != 2 {
		t.Errorf("another endpoint: %d requests, %v", m.requests(), err)
	}
}

func TestWhatIsCached(t *testing.T) {
	cache := &shelf{}
	m := &fake{say: script("nothing", "{}", "{}")}
	c := caller.New(m, caller.Options{Cache: cache, Start: client.PlainText})
	q := formed("q")
	if _, err := c.Ask(t.Context(), q); err != nil || m.requests() != 2 {
		t.Fatal(err)
	}
	if a, err := c.Ask(t.Context(), q); err != nil || !a.Cached {
		t.Errorf("a repaired reply is not kept: %+v, %v", a, err)
	}
	q.Accept = func(text string) error {
		if m.requests() == 2 {
			return errors.New("no longer good enough")
		}
		return nil
	}
	if a, err := c.Ask(t.Context(), q); err != nil || a.Cached || m.requests() != 3 {
		t.Errorf("a reply that does not pass any more is used: %+v, %v", a, err)
	}
	for key := range cache.data {
		cache.data[key] = cache.data[key][:len(cache.data[key])/2]
	}
	if a, err := c.Ask(t.Context(), q); err != nil || a.Cached {
		t.Errorf("a damaged entry is used: %+v, %v", a, err)
	}
	for key := range cache.data {
		cache.data[key] = []byte(`{"version":99,"text":"{}"}`)
	}
	if a, err := c.Ask(t.Context(), q); err != nil || a.Cached {
		t.Errorf("an entry of another version is used: %+v, %v", a, err)
	}
}

func TestFullDisk(t *testing.T) {
	var l log
	c := caller.New(&fake{say: always("yes")}, caller.Options{Cache: &shelf{full: errors.New("no space left")}, Observe: l.add})
	for range 3 {
		if _, err := c.Ask(t.Context(), question("q")); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(l.states(), "note"); n != 1 {
		t.Errorf("%d notes, want 1", n)
	}
	for _, e := range l.events {
		if e.State == "note" && !strings.Contains(e.Detail, "no space left") {
			t.Errorf("the note: %s", e.Detail)
		}
	}
}

func TestSameQuestionAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{say: always("{}"), latency: every(time.Second)}
		c := caller.New(m, caller.Options{})
		answers, errs := askAll(t.Context(), c, 10, func(string) caller.Question { return formed("same") })
		cached := 0
		for i := range answers {
			if errs[i] != nil || answers[i].Text != "{}" {
				t.Errorf("got %+v, %v", answers[i], errs[i])
			}
			if answers[i].Cached {
				cached++
			}
		}
		if s := c.Spent(); m.requests() != 1 || cached != 9 || s.Requests != 1 || s.CachedRequests != 9 {
			t.Errorf("%d requests, %d cached, %+v", m.requests(), cached, s)
		}
	})
}

// One who asks the same as another is not drawn into the other's end.
func TestSameQuestionWhoseAskerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{say: always("{}"), latency: every(time.Second)}
		c := caller.New(m, caller.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, err := c.Ask(ctx, formed("same"))
			left <- err
		}()
		synctest.Wait()
		stayed := make(chan error)
		go func() {
			_, err := c.Ask(t.Context(), formed("same"))
			stayed <- err
		}()
		time.Sleep(time.Second / 2)
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
		if err := <-stayed; err != nil || m.requests() != 2 {
			t.Errorf("who stayed got %v after %d requests", err, m.requests())
		}
	})
}

// A reply that has come is kept and returned, even if the context ended meanwhile.
func TestReplyAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cache := &shelf{}
	m := &fake{say: func(int, *client.Request) (*client.Reply, error) { cancel(); return says("yes"), nil }}
	a, err := caller.New(m, caller.Options{Cache: cache}).Ask(ctx, question("q"))
	if err != nil || a.Text != "yes" || len(cache.data) != 1 {
		t.Errorf("got %+v, %v; %d entries", a, err, len(cache.data))
	}
	if _, err := caller.New(m, caller.Options{}).Ask(ctx, question("q")); !errors.Is(err, context.Canceled) || m.requests() != 1 {
		t.Errorf("an ended context: %v, %d requests", err, m.requests())
	}
}
