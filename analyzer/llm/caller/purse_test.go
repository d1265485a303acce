package caller_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// A kitty is a purse in memory: most requests, dollars, and requests in flight.
type kitty struct {
	requests, slots int
	usd             float64

	mu    sync.Mutex
	held  []caller.Cost
	spent caller.Cost
	asked int
	more  chan struct{}
}

func (k *kitty) Hold(ctx context.Context, most caller.Cost) (func(caller.Cost), error) {
	for {
		k.mu.Lock()
		k.asked++
		requests, usd := k.spent.Requests+most.Requests, k.spent.USD+most.USD
		if k.requests > 0 && requests > k.requests || k.usd > 0 && usd > k.usd {
			k.mu.Unlock()
			return nil, &caller.Stopped{Reason: "the kitty is empty", Err: caller.ErrBudget}
		}
		for _, h := range k.held {
			requests, usd = requests+h.Requests, usd+h.USD
		}
		if (k.requests <= 0 || requests <= k.requests) && (k.usd <= 0 || usd <= k.usd) && len(k.held) < k.slots {
			k.held = append(k.held, most)
			k.mu.Unlock()
			return func(took caller.Cost) { k.settle(most, took) }, nil
		}
		if k.more == nil {
			k.more = make(chan struct{})
		}
		more := k.more
		k.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (k *kitty) settle(most, took caller.Cost) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := 0
	for k.held[i] != most {
		i++
	}
	k.held = append(k.held[:i], k.held[i+1:]...)
	k.spent.Requests += took.Requests
	k.spent.Tokens += took.Tokens
	k.spent.USD += took.USD
	if k.more != nil {
		close(k.more)
		k.more = nil
	}
}

// A caller asks its purse before it sends, and tells it what each request took.
func TestPurse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kitty{slots: 9, requests: 3}
		m := &fake{say: script(limited(0), "yes", fault(client.Network, 0), "yes", "yes")}
		c := caller.New(m, steady(caller.Options{Purse: k, Price: cents, Cache: &shelf{}, InFlight: 1}))
		for i, want := range []bool{true, true, false} { // the refusal is free, the broken connection may have been billed
			_, err := c.Ask(t.Context(), question(fmt.Sprint(i)))
			if stop := (*caller.Stopped)(nil); (err == nil) != want || err != nil && (!errors.As(err, &stop) || !errors.Is(err, caller.ErrBudget)) {
				t.Errorf("question %d: %v", i, err)
			}
		}
		if a, err := c.Ask(t.Context(), question("0")); err != nil || !a.Cached {
			t.Errorf("got %+v, %v", a, err)
		}
		if k.spent.Requests != 3 || len(k.held) != 0 || m.requests() != 4 {
			t.Errorf("the purse paid %+v and holds %v, %d requests were sent", k.spent, k.held, m.requests())
		}
	})
}

// What waits for the purse ends with its context, and others go on.
func TestPurseIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kitty{slots: 1}
		m := &fake{say: always("yes"), latency: every(time.Minute)}
		one, two := caller.New(m, caller.Options{Purse: k}), caller.New(m, caller.Options{Purse: k})
		go one.Ask(t.Context(), question("a"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := two.Ask(ctx, question("b")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if _, err := two.Ask(t.Context(), question("c")); err != nil || m.most != 1 {
			t.Errorf("got %v; %d were in flight at once", err, m.most)
		}
	})
}

// Three callers with one purse never overstep it, whatever the server does.
func TestPurseHolds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := &kitty{slots: rapid.IntRange(1, 6).Draw(rt, "slots")}
		if rapid.Bool().Draw(rt, "money") {
			k.usd = float64(rapid.IntRange(1, 300).Draw(rt, "cents")) / 100
		} else {
			k.requests = rapid.IntRange(1, 40).Draw(rt, "requests")
		}
		kinds := rapid.SliceOfN(rapid.IntRange(0, 6), 120, 120).Draw(rt, "kinds")
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			served := caller.Cost{}
			m := &fake{latency: every(time.Second), say: func(n int, r *client.Request) (*client.Reply, error) {
				switch kinds[n%len(kinds)] {
				case 0:
					return nil, limited(0)
				case 1:
					return nil, fault(client.ServerError, 503)
				}
				u := client.Usage{Prompt: len(r.System) + len(r.User), Completion: 1 + 10*kinds[n%len(kinds)], Known: true}
				usd, _ := cents(u)
				mu.Lock()
				defer mu.Unlock()
				served.Requests++
				served.USD += usd
				if kinds[n%len(kinds)] == 2 {
					return nil, fault(client.Network, 200)
				}
				return &client.Reply{Text: "yes", Finish: client.Stopped, Usage: u}, nil
			}}
			var all sync.WaitGroup
			for range 3 {
				c := caller.New(m, caller.Options{Purse: k, Price: cents, Count: func(s string) int { return len(s) }})
				all.Go(func() { askAll(t.Context(), c, 30, question) })
			}
			all.Wait()
			if k.requests > 0 && served.Requests > k.requests || k.usd > 0 && served.USD > k.usd+1e-9 || m.most > k.slots || len(k.held) > 0 {
				rt.Fatalf("of %d requests, $%g and %d at once: served %+v, %d at once, %d still held", k.requests, k.usd, k.slots, served, m.most, len(k.held))
			}
		})
	})
}
