package caller_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// cents is a price of a cent for 100 tokens of prompt, and for 10 of completion.
func cents(u client.Usage) (float64, bool) {
	return float64(u.Prompt)/10_000 + float64(u.Completion)/1000, true
}

func TestLimits(t *testing.T) {
	ten := func(string) int { return 5 } // tokens of system and user each
	tests := []struct {
		name     string
		opt      caller.Options
		answered int
		says     string
	}{
		{"requests", caller.Options{MaxRequests: 3}, 3, "--max-requests 3"},
		// Each takes 110 at most and 15 in truth.
		{"tokens", caller.Options{MaxTokens: 200, Count: ten}, 7, "--max-tokens 200"},
		// Each costs 10.1 cents at most and 0.6 in truth.
		{"money", caller.Options{MaxCost: 0.5, Price: cents, Count: ten}, 67, "--max-cost 0.50"},
		{"fractions of a cent", caller.Options{MaxCost: 0.105, Price: cents, Count: ten}, 1, "--max-cost 0.105"},
		{"too little for one", caller.Options{MaxTokens: 100, Count: ten}, 0, "--max-tokens 100"},
		{"an unknown price", caller.Options{MaxCost: 1, Price: func(client.Usage) (float64, bool) { return 0, false }}, 0, "--prices FILE"},
		{"no price", caller.Options{MaxCost: 1}, 0, "--prices FILE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &fake{say: always("yes"), latency: every(time.Second)}
				c := caller.New(m, tt.opt)
				_, errs := askAll(t.Context(), c, 100, question)
				answered := 0
				var s *caller.Stopped
				for _, err := range errs {
					if err == nil {
						answered++
					} else if !errors.As(err, &s) || !errors.Is(err, caller.ErrBudget) || !strings.Contains(s.Reason, tt.says) {
						t.Fatalf("got %v", err)
					}
				}
				if answered != tt.answered || m.requests() != tt.answered {
					t.Errorf("%d answers of %d requests, want %d", answered, m.requests(), tt.answered)
				}
			})
		})
	}
}

// After a limit is reached, the cache still answers.
func TestCacheAfterTheLimit(t *testing.T) {
	c := caller.New(&fake{say: always("yes")}, caller.Options{MaxRequests: 1, Cache: &shelf{}})
	for i, want := range []bool{true, false, false} {
		if _, err := c.Ask(t.Context(), question(fmt.Sprint(i))); (err == nil) != want {
			t.Errorf("question %d: %v", i, err)
		}
	}
	if a, err := c.Ask(t.Context(), question("0")); err != nil || !a.Cached {
		t.Errorf("got %+v, %v", a, err)
	}
}

// Whatever the server does, what was really used never exceeds a limit, and all is used that may be.
func TestLimitsHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		opt := caller.Options{
			InFlight: rapid.IntRange(0, 40).Draw(rt, "in flight"),
			Count:    func(s string) int { return len(s) },
			Price:    cents,
		}
		switch rapid.IntRange(0, 2).Draw(rt, "limit") {
		case 0:
			opt.MaxRequests = rapid.IntRange(1, 60).Draw(rt, "requests")
		case 1:
			opt.MaxTokens = rapid.IntRange(1, 6000).Draw(rt, "tokens")
		default:
			opt.MaxCost = float64(rapid.IntRange(1, 500).Draw(rt, "cents")) / 100
		}
		seed := rapid.Uint64().Draw(rt, "seed")
		questions := rapid.IntRange(1, 80).Draw(rt, "questions")
		var wrong string
		synctest.Test(t, func(t *testing.T) { wrong = tryLimits(t, opt, seed, questions) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// tryLimits asks a server that fails and answers at random, and compares what it served with what the caller says and may do.
func tryLimits(t *testing.T, opt caller.Options, seed uint64, questions int) string {
	random := rand.New(rand.NewPCG(seed, 0))
	var served caller.Spent // what the server would bill
	m := &fake{}
	chance := func(n int) int { m.mu.Lock(); defer m.mu.Unlock(); return random.IntN(n) }
	m.latency = func(int) time.Duration { return time.Duration(chance(1000)) * time.Millisecond }
	m.say = func(_ int, r *client.Request) (*client.Reply, error) {
		kind := chance(12)
		u := client.Usage{Prompt: len(r.System) + len(r.User), Completion: 1 + chance(r.MaxTokens), Known: kind != 1}
		switch kind {
		case 2:
			return nil, limited(0)
		case 3:
			return nil, fault(client.ServerError, 503)
		case 4:
			return nil, fault(client.TooLong, 400)
		}
		text := "yes"
		if kind == 1 { // the size of the text is all there is to know
			text = strings.Repeat("y", u.Completion)
		}
		m.mu.Lock()
		served.Requests++
		served.PromptTokens += u.Prompt
		served.CompletionTokens += u.Completion
		usd, _ := cents(u)
		served.CostUSD += usd
		m.mu.Unlock()
		switch kind {
		case 5:
			return nil, fault(client.Network, 200) // the stream broke after all was said
		case 6:
			text = "" // not accepted
		}
		return &client.Reply{Text: text, Finish: client.Stopped, Usage: u}, nil
	}
	c := caller.New(m, opt)
	_, errs := askAll(t.Context(), c, questions, func(user string) caller.Question {
		q := question(user)
		q.Accept = func(text string) error {
			if text == "" {
				return errors.New("empty")
			}
			return nil
		}
		return q
	})
	tokens := served.PromptTokens + served.CompletionTokens
	switch {
	case opt.MaxRequests > 0 && served.Requests > opt.MaxRequests, opt.MaxTokens > 0 && tokens > opt.MaxTokens, opt.MaxCost > 0 && served.CostUSD > opt.MaxCost+1e-9:
		return fmt.Sprintf("limits %d, %d, %g: the server served %+v", opt.MaxRequests, opt.MaxTokens, opt.MaxCost, served)
	case c.Spent().Requests != served.Requests:
		return fmt.Sprintf("the server served %+v, the caller says %+v", served, c.Spent())
	}
	for _, err := range errs { // the limit ends the run only when no other request fits
		if errors.Is(err, caller.ErrBudget) && opt.MaxRequests > 0 && served.Requests < opt.MaxRequests {
			return fmt.Sprintf("stopped at %d of %d requests", served.Requests, opt.MaxRequests)
		}
	}
	return ""
}

// Where prompts prove longer than they were counted, more is held for the next ones.
func TestCountIsCorrected(t *testing.T) {
	used := 0
	m := &fake{say: func(_ int, r *client.Request) (*client.Reply, error) {
		used += 2 * len(r.User)
		return &client.Reply{Text: "yes", Finish: client.Stopped, Usage: client.Usage{Prompt: 2 * len(r.User), Known: true}}, nil
	}}
	c := caller.New(m, caller.Options{MaxTokens: 11_000, Count: func(s string) int { return len(s) }})
	for i := range 10 {
		c.Ask(t.Context(), caller.Question{Request: client.Request{User: fmt.Sprint(i, strings.Repeat(" word", 300)), MaxTokens: 10}})
	}
	if used > 11_000 || used < 8000 {
		t.Errorf("%d of 11,000 tokens used", used)
	}
}

// Where a limit must hold, the reply's length is bounded too.
func TestReplyWithoutABound(t *testing.T) {
	for limit, want := range map[int]int{0: 0, 10_000: 4096} {
		m := &fake{say: always("yes")}
		c := caller.New(m, caller.Options{MaxTokens: limit})
		if _, err := c.Ask(t.Context(), caller.Question{Request: client.Request{User: "q"}}); err != nil || m.asked[0].MaxTokens != want {
			t.Errorf("with a limit of %d tokens: replies of %d, want %d; %v", limit, m.asked[0].MaxTokens, want, err)
		}
	}
}

func TestUsageThatIsNotReported(t *testing.T) {
	m := &fake{say: script(&client.Reply{Text: "four", Finish: client.Stopped})}
	c := caller.New(m, caller.Options{Price: cents, Count: func(s string) int { return len(s) }})
	if _, err := c.Ask(t.Context(), question("q")); err != nil {
		t.Fatal(err)
	}
	if want := (caller.Spent{Requests: 1, PromptTokens: 4, CompletionTokens: 4, CostUSD: 0.0044, Unpriced: true}); c.Spent() != want {
		t.Errorf("spent %+v, want %+v", c.Spent(), want)
	}
}

func TestCachedTokens(t *testing.T) {
	m := &fake{say: script(&client.Reply{Text: "yes", Finish: client.Stopped, Usage: client.Usage{Prompt: 9, Cached: 7, Completion: 1, Known: true}})}
	c := caller.New(m, caller.Options{})
	if _, err := c.Ask(t.Context(), question("q")); err != nil || c.Spent().CachedTokens != 7 || !c.Spent().Unpriced {
		t.Errorf("spent %+v, %v", c.Spent(), err)
	}
}
