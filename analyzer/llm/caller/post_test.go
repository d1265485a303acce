package caller_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// A post is a correspondent: it takes letters, and has replies to those whose time has come.
type post struct {
	fake
	replies map[[32]byte]*client.Reply // by key

	mu    sync.Mutex
	taken map[[32]byte]caller.Letter
}

func (p *post) Post(_ context.Context, l caller.Letter) (*client.Reply, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.replies[l.Key]; r != nil {
		return r, nil
	}
	if p.taken == nil {
		p.taken = map[[32]byte]caller.Letter{}
	}
	p.taken[l.Key] = l
	return nil, &caller.Stopped{Reason: "on its way", Err: caller.ErrWaiting}
}

// arrive lets all that was taken have a reply.
func (p *post) arrive(say func(l caller.Letter) *client.Reply) {
	if p.replies == nil {
		p.replies = map[[32]byte]*client.Reply{}
	}
	for key, l := range p.taken {
		p.replies[key] = say(l)
	}
	p.taken = nil
}

// TestPost: all questions of a run are taken at once, whatever marks they bear, and later ones have their replies, counted and
// repaired as in an ordinary run.
func TestPost(t *testing.T) {
	p := &post{}
	ask := func(mark string) (c *caller.Caller, texts map[string]string, errs []error) {
		c = caller.New(p, caller.Options{Warm: true, InFlight: 2, Cache: nil})
		texts = map[string]string{}
		for i := range 5 {
			q := formed(fmt.Sprintf("%s question %d", mark, i))
			q.Volatile = []string{mark}
			a, err := c.Ask(t.Context(), q)
			if texts[q.Request.User[len(mark):]] = a.Text; err != nil {
				errs = append(errs, err)
			}
		}
		return c, texts, errs
	}
	waits := func(c *caller.Caller, errs []error, letters int) {
		t.Helper()
		for _, err := range errs {
			if stopped := (*caller.Stopped)(nil); !errors.Is(err, caller.ErrWaiting) || !errors.As(err, &stopped) {
				t.Errorf("error %v", err)
			}
		}
		if len(p.taken) != letters || len(errs) != letters {
			t.Errorf("%d letters, %d errors, want %d", len(p.taken), len(errs), letters)
		}
	}
	c, _, errs := ask("m1")
	if waits(c, errs, 5); c.Spent() != (caller.Spent{Unpriced: c.Spent().Unpriced}) {
		t.Errorf("what was not sent cost %+v", c.Spent())
	}
	p.arrive(func(l caller.Letter) *client.Reply {
		if l.Name == "m1 question 3" {
			return says("no JSON")
		}
		return says(`{"n": 1}`)
	})
	c, _, errs = ask("m22")
	waits(c, errs, 1) // for the repair
	p.arrive(func(l caller.Letter) *client.Reply {
		if l.Request.Format != client.JSONObject {
			t.Errorf("after a reply without JSON the format is %s", l.Request.Format)
		}
		return says(`{"n": 2}`)
	})
	c, texts, errs := ask("m333")
	waits(c, errs, 0)
	if s := c.Spent(); s.Requests != 6 || s.PromptTokens != 60 || texts[" question 3"] != `{"n": 2}` || texts[" question 4"] != `{"n": 1}` {
		t.Errorf("%+v, %v", s, texts)
	}
	if p.requests() > 0 {
		t.Error("it was asked in the ordinary way")
	}
}
