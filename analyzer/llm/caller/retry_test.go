package caller_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

func TestRetries(t *testing.T) {
	yes, no := true, false
	should := func(e *client.Error, retry *bool) *client.Error { e.Retry = retry; return e }
	waits := func(e *client.Error, after time.Duration) *client.Error { e.After = after; return e }
	tests := []struct {
		name     string
		outcomes []any
		attempts int // that may be made; 0: the default
		asked    int
		took     time.Duration
		fault    client.Fault // of the error; "" is a reply
		stopped  bool
	}{
		{"server", []any{fault(client.ServerError, 503), "yes"}, 0, 2, 500 * time.Millisecond, "", false},
		{"network", []any{fault(client.Network, 0), "yes"}, 0, 2, 500 * time.Millisecond, "", false},
		{"garbage", []any{fault(client.Garbage, 200), "yes"}, 0, 2, 500 * time.Millisecond, "", false},
		{"server with a wait", []any{waits(fault(client.ServerError, 503), 7*time.Second), "yes"}, 0, 2, 7 * time.Second, "", false},
		{"server with an age", []any{waits(fault(client.ServerError, 503), time.Hour), "yes"}, 0, 2, time.Minute, "", false},
		{"doubled", []any{fault(client.Network, 0), fault(client.Network, 0), fault(client.Network, 0), "yes"}, 0, 4, 3500 * time.Millisecond, "", false},
		{"attempts", []any{fault(client.Network, 0), fault(client.Network, 0), fault(client.Network, 0), "yes"}, 3, 3, 1500 * time.Millisecond, client.Network, false},
		{"circuit", []any{fault(client.ServerError, 503)}, 0, 5, 7500 * time.Millisecond, client.ServerError, true},
		{"server says no", []any{should(fault(client.ServerError, 500), &no), "yes"}, 0, 1, 0, client.ServerError, false},
		{"server says yes", []any{should(fault(client.BadRequest, 409), &yes), "yes"}, 0, 2, 500 * time.Millisecond, "", false},
		{"request", []any{fault(client.BadRequest, 400), "yes"}, 0, 1, 0, client.BadRequest, false},
		{"refusal", []any{fault(client.Refused, 200), "yes"}, 0, 1, 0, client.Refused, false},
		{"too long", []any{fault(client.TooLong, 400), "yes"}, 0, 1, 0, client.TooLong, false},
		{"format without one", []any{fault(client.Format400, 400), "yes"}, 0, 1, 0, client.BadRequest, false},

		{"limited with a wait", []any{limited(9 * time.Second), "yes"}, 0, 2, 9 * time.Second, "", false},
		{"limited three times", []any{limited(0), limited(0), limited(0), "yes"}, 0, 4, 6500 * time.Millisecond, "", false},
		{"limited for ever", []any{limited(0)}, 0, 6, 60500 * time.Millisecond, client.Limited, true},
		{"limited for a day", []any{limited(24 * time.Hour), "yes"}, 0, 1, 0, client.Limited, true},
		{"limited, and no retry", []any{should(limited(0), &no), "yes"}, 0, 1, 0, client.Limited, true},

		{"quota", []any{fault(client.NoMoney, 429), "yes"}, 0, 1, 0, client.NoMoney, true},
		{"quota though it says retry", []any{should(fault(client.NoMoney, 429), &yes), "yes"}, 0, 1, 0, client.NoMoney, true},
		{"key", []any{fault(client.BadKey, 401), "yes"}, 0, 1, 0, client.BadKey, true},
		{"model", []any{fault(client.NoSuchModel, 404), "yes"}, 0, 1, 0, client.NoSuchModel, true},
		{"unreachable", []any{fault(client.Unreachable, 0), "yes"}, 0, 1, 0, client.Unreachable, true},
		{"prompt was cut", []any{fault(client.PromptWasCut, 200), "yes"}, 0, 1, 0, client.PromptWasCut, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &fake{say: script(tt.outcomes...)}
				c := caller.New(m, steady(caller.Options{Attempts: tt.attempts}))
				start := time.Now()
				_, err := c.Ask(t.Context(), question("q"))
				if took := time.Since(start); took != tt.took || m.requests() != tt.asked {
					t.Errorf("asked %d times in %v, want %d in %v", m.requests(), took, tt.asked, tt.took)
				}
				var e *client.Error
				var s *caller.Stopped
				errors.As(err, &e)
				if tt.fault == "" && err != nil || tt.fault != "" && (e == nil || e.Fault != tt.fault) || errors.As(err, &s) != tt.stopped {
					t.Errorf("got the error %#v", err)
				}
				_, again := c.Ask(t.Context(), question("another"))
				if errors.As(again, &s) != tt.stopped || tt.stopped && m.requests() != tt.asked {
					t.Errorf("the next question got %v, %d requests", again, m.requests())
				}
			})
		})
	}
}

func TestAdviceOnACutPrompt(t *testing.T) {
	c := caller.New(&fake{say: script(fault(client.PromptWasCut, 200))}, caller.Options{})
	if _, err := c.Ask(t.Context(), question("q")); err == nil || !strings.Contains(err.Error(), "OLLAMA_CONTEXT_LENGTH") {
		t.Errorf("got %v", err)
	}
}

func TestContextIsLearned(t *testing.T) {
	long := func(n int) *client.Error { e := fault(client.TooLong, 400); e.Context = n; return e }
	c := caller.New(&fake{say: script(long(0), long(8192), long(4096), long(16384))}, caller.Options{})
	var got []int
	for range 4 {
		if _, err := c.Ask(t.Context(), question("q")); err == nil {
			t.Fatal("no error")
		}
		got = append(got, c.Context())
	}
	if !slices.Equal(got, []int{0, 8192, 4096, 4096}) {
		t.Errorf("learned %v", got)
	}
}

// One request that always fails has its attempts and costs itself alone, as long as others get their replies.
func TestOneThatAlwaysFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		poisoned := 0
		m := &fake{latency: every(100 * time.Millisecond)}
		m.say = func(_ int, r *client.Request) (*client.Reply, error) {
			if r.User == "piece 3" {
				m.mu.Lock()
				poisoned++
				m.mu.Unlock()
				return nil, fault(client.ServerError, 503)
			}
			return says("yes"), nil
		}
		c := caller.New(m, steady(caller.Options{InFlight: 2}))
		_, errs := askAll(t.Context(), c, 400, question)
		var e *client.Error
		var s *caller.Stopped
		for i, err := range errs {
			if i != 3 && err != nil || i == 3 && (!errors.As(err, &e) || errors.As(err, &s)) {
				t.Errorf("piece %d: %v", i, err)
			}
		}
		if poisoned != 6 {
			t.Errorf("piece 3 was asked %d times, want 6", poisoned)
		}
	})
}

// It does so also when nobody else asks any more, as long as somebody was ever answered. The next one's failure tells whose
// fault it was.
func TestLastThatAlwaysFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := false
		m := &fake{say: func(_ int, r *client.Request) (*client.Reply, error) {
			if down || r.User == "odd" {
				return nil, fault(client.ServerError, 503)
			}
			return says("yes"), nil
		}}
		c := caller.New(m, caller.Options{})
		stopped := func(user string) bool {
			var s *caller.Stopped
			_, err := c.Ask(t.Context(), question(user))
			return errors.As(err, &s)
		}
		if stopped("first") || stopped("odd") || stopped("next") || c.Spent().Requests != 2 {
			t.Errorf("one question ended the run: %+v", c.Spent())
		}
		down = true
		if stopped("odd") || !stopped("another") {
			t.Error("the failure of two questions did not end the run")
		}
	})
}

// A server that hangs up on all that is in flight, once, is not given up: many failures at once are one.
func TestOneOutageIsOneFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		m := &fake{latency: every(200 * time.Millisecond)}
		m.say = func(int, *client.Request) (*client.Reply, error) {
			if d := time.Since(start); d > time.Second && d < 3*time.Second {
				return nil, fault(client.Network, 0)
			}
			return says("yes"), nil
		}
		c := caller.New(m, steady(caller.Options{InFlight: 64}))
		_, errs := askAll(t.Context(), c, 1000, question)
		for i, err := range errs {
			if err != nil {
				t.Fatalf("piece %d: %v", i, err)
			}
		}
	})
}

// A server that fails for good is asked few times, however many wait.
func TestCircuitOpensForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{say: script(fault(client.ServerError, 503)), latency: every(50 * time.Millisecond)}
		c := caller.New(m, steady(caller.Options{InFlight: 8}))
		start := time.Now()
		_, errs := askAll(t.Context(), c, 200, question)
		var s *caller.Stopped
		for i, err := range errs {
			if !errors.As(err, &s) {
				t.Fatalf("piece %d: %v", i, err)
			}
		}
		if m.requests() > 5*8*2 || time.Since(start) > 10*time.Second {
			t.Errorf("%d requests, %v", m.requests(), time.Since(start))
		}
	})
}

// One pause is for all, and the refused keep their place.
func TestPauseForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var sent []time.Duration
		var users []string
		m := &fake{}
		m.say = func(n int, r *client.Request) (*client.Reply, error) {
			m.mu.Lock()
			sent, users = append(sent, time.Since(start)), append(users, r.User)
			m.mu.Unlock()
			time.Sleep(time.Second)
			if n == 1 {
				return nil, limited(5 * time.Second)
			}
			return says("yes"), nil
		}
		c := caller.New(m, steady(caller.Options{InFlight: 1}))
		go c.Ask(t.Context(), question("first"))
		synctest.Wait()
		go c.Ask(t.Context(), question("second"))
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if want := []time.Duration{0, 6 * time.Second, 7 * time.Second}; !slices.Equal(sent, want) || !slices.Equal(users, []string{"first", "first", "second"}) {
			t.Errorf("sent %v at %v, want at %v", users, sent, want)
		}
	})
}

// Where the server takes ten requests a minute and says so with a bare 429, all get their replies.
func TestTenAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, taken := time.Now(), map[int]int{}
		m := &fake{latency: every(200 * time.Millisecond)}
		m.say = func(int, *client.Request) (*client.Reply, error) {
			m.mu.Lock()
			defer m.mu.Unlock()
			minute := int(time.Since(start) / time.Minute)
			if taken[minute] == 10 {
				return nil, limited(0)
			}
			taken[minute]++
			return says("yes"), nil
		}
		c := caller.New(m, caller.Options{})
		_, errs := askAll(t.Context(), c, 45, question)
		for i, err := range errs {
			if err != nil {
				t.Fatalf("piece %d: %v", i, err)
			}
		}
		if took := time.Since(start); took > 6*time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

// One that is refused while all others get their replies is given up at last, alone.
func TestOneThatIsAlwaysRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{latency: every(time.Second)}
		m.say = func(_ int, r *client.Request) (*client.Reply, error) {
			if r.User == "piece 3" {
				return nil, limited(time.Second)
			}
			return says("yes"), nil
		}
		c := caller.New(m, caller.Options{InFlight: 4})
		_, errs := askAll(t.Context(), c, 100, question)
		var e *client.Error
		var s *caller.Stopped
		for i, err := range errs {
			if i != 3 && err != nil || i == 3 && (!errors.As(err, &e) || errors.As(err, &s)) {
				t.Errorf("piece %d: %v", i, err)
			}
		}
	})
}

// That holds also if others come for ever.
func TestOneIsNotRefusedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := 0
		m := &fake{latency: every(time.Second)}
		m.say = func(_ int, r *client.Request) (*client.Reply, error) {
			if r.User == "odd" {
				refused++
				return nil, limited(time.Second)
			}
			return says("yes"), nil
		}
		c := caller.New(m, caller.Options{InFlight: 2})
		odd := make(chan error)
		go func() {
			_, err := c.Ask(t.Context(), question("odd"))
			odd <- err
		}()
		for i := 0; ; i++ {
			select {
			case err := <-odd:
				var e *client.Error
				if !errors.As(err, &e) || e.Fault != client.Limited || refused != 24 {
					t.Errorf("got %v after %d refusals", err, refused)
				}
				return
			default:
			}
			if _, err := c.Ask(t.Context(), question(fmt.Sprint(i))); err != nil || i > 1000 {
				t.Fatalf("question %d: %v", i, err)
			}
		}
	})
}

// The limit of requests in flight follows a server that takes eight at once and refuses more.
func TestFollowsTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := 0
		m := &fake{}
		m.say = func(int, *client.Request) (*client.Reply, error) {
			m.mu.Lock()
			over := m.inFlight > 8
			if over {
				refused++
			}
			m.mu.Unlock()
			if over {
				return nil, limited(time.Second)
			}
			time.Sleep(200 * time.Millisecond)
			return says("yes"), nil
		}
		c := caller.New(m, caller.Options{InFlight: 64})
		_, errs := askAll(t.Context(), c, 600, question)
		for i, err := range errs {
			if err != nil {
				t.Fatalf("piece %d: %v", i, err)
			}
		}
		if refused > 100 {
			t.Errorf("%d refusals for 600 questions", refused)
		}
		t.Logf("%d refusals", refused)
	})
}

func TestSleepOfATest(t *testing.T) {
	var slept []time.Duration
	sleep := func(_ context.Context, d time.Duration) error {
		slept = append(slept, d.Round(10*time.Millisecond))
		return nil
	}
	c := caller.New(&fake{say: script(fault(client.Network, 0), limited(30*time.Second), "yes")}, steady(caller.Options{Sleep: sleep}))
	if _, err := c.Ask(t.Context(), question("q")); err != nil || !slices.Equal(slept, []time.Duration{500 * time.Millisecond, 30 * time.Second}) {
		t.Errorf("slept %v, %v", slept, err)
	}
}
