package caller_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// Two documents are read at once: each account has what was spent on its own questions, and together they have what the caller spent.
func TestAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{say: script(fault(client.ServerError, 500), "yes"), latency: every(time.Second)}
		c := caller.New(m, steady(caller.Options{Cache: &shelf{}, Price: cents, InFlight: 2, MaxCost: 1}))
		one, two := c.Account(), c.Account()
		done := make(chan error, 3)
		ask := func(a *caller.Account, texts ...string) {
			for _, text := range texts {
				if _, err := a.Ask(t.Context(), question(text)); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}
		go ask(one, "a", "b", "c", "a")
		go func() {
			time.Sleep(time.Millisecond) // then the first is being asked "a"
			ask(two, "a", "d")
		}()
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		first, second, all := one.Spent(), two.Spent(), c.Spent()
		if first.Requests != 3 || first.CachedRequests != 1 || first.PromptTokens != 30 || second.Requests != 1 || second.CachedRequests != 1 || second.CompletionTokens != 5 {
			t.Errorf("spent %+v and %+v", first, second)
		}
		if sum := first.CostUSD + second.CostUSD; all.Requests != 4 || all.CachedRequests != 2 || sum == 0 || sum-all.CostUSD > 1e-9 || all.CostUSD-sum > 1e-9 {
			t.Errorf("together %v, the caller %+v", sum, all)
		}
	})
}

// Questions of an account go before those of one that was opened later, whichever come first.
func TestFirstAccountFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{say: always("yes"), latency: every(time.Second)}
		c := caller.New(m, caller.Options{InFlight: 1})
		one, two := c.Account(), c.Account()
		var all sync.WaitGroup
		for _, ask := range []struct {
			account *caller.Account
			text    string
		}{{two, "x"}, {two, "y"}, {two, "z"}, {one, "a"}, {one, "b"}} {
			all.Go(func() {
				if _, err := ask.account.Ask(t.Context(), question(ask.text)); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		order := ""
		for _, r := range m.asked {
			order += r.User
		}
		if order != "xabyz" {
			t.Errorf("asked in the order %s", order)
		}
	})
}
