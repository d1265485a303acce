package caller_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// heavyTailed returns latencies around 200 ms, one in twenty of them much longer, up to 6 s. They are the same each time.
func heavyTailed(n int) []time.Duration {
	random := rand.New(rand.NewPCG(1, 2))
	out := make([]time.Duration, n)
	for i := range out {
		pareto := 0.1 * math.Pow(1-random.Float64(), -1/1.5)
		out[i] = time.Duration(min(pareto, 6) * float64(time.Second))
	}
	return out
}

// ideal is the time in which requests with these latencies are had if each of so many places is filled in the moment in which it
// is free. Nobody does better who does not know the latencies beforehand.
func ideal(latencies []time.Duration, inFlight int) time.Duration {
	free := make([]time.Duration, inFlight)
	for _, d := range latencies {
		first := 0
		for i := range free {
			if free[i] < free[first] {
				first = i
			}
		}
		free[first] += d
	}
	return slices.Max(free)
}

// bound is the time in which nobody at all has them: the work divided by the places, or the longest.
func bound(latencies []time.Duration, inFlight int) time.Duration {
	var sum time.Duration
	for _, d := range latencies {
		sum += d
	}
	return max(sum/time.Duration(inFlight), slices.Max(latencies))
}

func fill(n int, d time.Duration) []time.Duration { return slices.Repeat([]time.Duration{d}, n) }

// The clock is a fake one, so what is measured is the schedule alone, to the nanosecond. BenchmarkAsk measures real time.
func TestWallTime(t *testing.T) {
	tests := []struct {
		name      string
		inFlight  int // as the option
		most      int // that it means
		latencies []time.Duration
		ratio     float64
	}{
		{"1", 1, 1, fill(50, 200*time.Millisecond), 1},
		{"8", 8, 8, fill(400, 200*time.Millisecond), 1},
		{"64", 64, 64, fill(640, 200*time.Millisecond), 1},
		{"default", 0, 16, fill(640, 200*time.Millisecond), 1.05},
		{"heavy-tailed, 1", 1, 1, heavyTailed(100), 1},
		{"heavy-tailed, 8", 8, 8, heavyTailed(800), 1},
		{"heavy-tailed, 64", 64, 64, heavyTailed(2000), 1},
		{"heavy-tailed, default", 0, 16, heavyTailed(2000), 1.05},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &fake{say: always("yes"), latency: func(n int) time.Duration { return tt.latencies[n-1] }}
				c := caller.New(m, caller.Options{InFlight: tt.inFlight})
				start := time.Now()
				askAll(t.Context(), c, len(tt.latencies), question)
				got := float64(time.Since(start)) / float64(ideal(tt.latencies, tt.most))
				t.Logf("wall/ideal %.3f, wall/bound %.3f, %d in flight at most", got, float64(time.Since(start))/float64(bound(tt.latencies, tt.most)), m.most)
				if got > tt.ratio+1e-9 || m.most != tt.most {
					t.Errorf("wall/ideal is %.3f, %d in flight; want at most %g, %d", got, m.most, tt.ratio, tt.most)
				}
			})
		})
	}
}

// Without a number from the user the server is felt for: 4, 8, 16.
func TestFeelsForTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{say: always("yes"), latency: every(time.Second)}
		c := caller.New(m, caller.Options{})
		var seen []int
		go func() {
			time.Sleep(time.Second / 2)
			for range 4 {
				m.mu.Lock()
				seen = append(seen, m.inFlight)
				m.mu.Unlock()
				time.Sleep(time.Second)
			}
		}()
		askAll(t.Context(), c, 60, question)
		if !slices.Equal(seen, []int{4, 8, 16, 16}) {
			t.Errorf("in flight, second by second: %v", seen)
		}
	})
}

// A refusal halves what is in flight; then it grows by one with each window.
func TestGrowsSlowlyAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{}
		m.latency = func(n int) time.Duration {
			if n == 1 {
				return 900 * time.Millisecond // before the others
			}
			return time.Second
		}
		m.say = func(n int, _ *client.Request) (*client.Reply, error) {
			if n == 1 {
				return nil, limited(time.Second)
			}
			return says("yes"), nil
		}
		c := caller.New(m, caller.Options{InFlight: 10})
		var seen []int
		go func() {
			time.Sleep(time.Second / 2)
			for range 7 {
				m.mu.Lock()
				seen = append(seen, m.inFlight)
				m.mu.Unlock()
				time.Sleep(time.Second)
			}
		}()
		askAll(t.Context(), c, 100, question)
		if !slices.Equal(seen, []int{10, 0, 5, 6, 7, 8, 9}) {
			t.Errorf("in flight, second by second: %v", seen)
		}
	})
}

// Nobody is overtaken: requests are sent in the order of the questions.
func TestFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		later := func(n int) time.Duration { return time.Second + time.Duration(n)*time.Millisecond } // so that no two end at once
		m := &fake{say: always("yes"), latency: later}
		c := caller.New(m, caller.Options{InFlight: 2})
		for i := range 20 {
			go c.Ask(t.Context(), question(fmt.Sprintf("%02d", i)))
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		var users []string
		for _, r := range m.asked {
			users = append(users, r.User)
		}
		if len(users) != 20 || !slices.IsSorted(users) {
			t.Errorf("sent in the order %v", users)
		}
	})
}

func TestWarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{say: always("yes"), latency: every(time.Second)}
		c := caller.New(m, caller.Options{InFlight: 50, Warm: true})
		two := func(user string) caller.Question {
			q := question(user)
			if user < "piece 5" {
				q.Request.System = "other"
			}
			return q
		}
		start := time.Now()
		go func() {
			time.Sleep(time.Second / 2)
			if n := m.requests(); n != 2 {
				t.Errorf("%d requests go ahead, want one for each system", n)
			}
		}()
		askAll(t.Context(), c, 30, two)
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("it took %v, want 2s", took)
		}
	})
}

// When the request that goes ahead fails, the others are not held for ever.
func TestWarmFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := caller.New(&fake{say: script(fault(client.Refused, 400), "yes"), latency: every(time.Second)}, caller.Options{Warm: true})
		_, errs := askAll(t.Context(), c, 10, question)
		if n := len(slices.DeleteFunc(errs, func(err error) bool { return err == nil })); n != 1 {
			t.Errorf("%d errors, want 1", n)
		}
	})
}

// Ask returns at once when its context ends, wherever it waits, and leaves the way free for others.
func TestCancel(t *testing.T) {
	tests := []struct {
		name string
		opt  caller.Options
		say  func(int, *client.Request) (*client.Reply, error)
	}{
		{"in flight and in the queue", caller.Options{}, always("yes")},
		{"in a pause", caller.Options{}, script(limited(time.Minute))},
		{"before a retry", caller.Options{}, script(fault(client.Network, 0))},
		{"for a warm cache", caller.Options{Warm: true}, always("yes")},
		{"for room in the budget", caller.Options{MaxTokens: 250}, always("yes")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &fake{say: tt.say, latency: every(100 * time.Millisecond)}
				c := caller.New(m, tt.opt)
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				if tt.name == "in a pause" || tt.name == "before a retry" {
					ctx, cancel = context.WithTimeout(t.Context(), 250*time.Millisecond)
				}
				defer cancel()
				start := time.Now()
				_, errs := askAll(ctx, c, 40, question)
				for i, err := range errs {
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("piece %d: %v", i, err)
					}
				}
				if took := time.Since(start); took > 250*time.Millisecond {
					t.Errorf("it took %v", took)
				}
				m.say = always("yes")
				if _, err := c.Ask(t.Context(), question("later")); err != nil && tt.opt.MaxTokens == 0 {
					t.Errorf("another question afterwards: %v", err)
				}
			})
		})
	}
}

// What is in flight when the run ends is waited for, and counts; what waits ends at once.
func TestStopLetsRepliesCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{latency: func(n int) time.Duration { return time.Duration(n) * time.Second }}
		m.say = func(n int, _ *client.Request) (*client.Reply, error) {
			if n == 1 {
				return nil, fault(client.BadKey, 401)
			}
			return says("yes"), nil
		}
		c := caller.New(m, caller.Options{InFlight: 3, Cache: &shelf{}})
		_, errs := askAll(t.Context(), c, 10, question)
		answered := 0
		for _, err := range errs {
			if err == nil {
				answered++
			}
		}
		if answered != 2 || c.Spent().Requests != 2 {
			t.Errorf("%d answers, %+v", answered, c.Spent())
		}
	})
}
