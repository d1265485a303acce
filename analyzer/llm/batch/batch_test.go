package batch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/fakellm"
)

func isWaiting(err error) bool { return errors.Is(err, caller.ErrWaiting) }

// TestSameAsOrdinary: the drafts are those of an ordinary run, at half its price, in as few rounds as there are passes.
func TestSameAsOrdinary(t *testing.T) {
	want, spent := ordinary(t, fakellm.Script{})
	b := newBench(t, fakellm.Script{Batches: fakellm.Batches{Looks: 4}})
	opt := b.options(t.TempDir(), newCache())
	got, rounds, err := posted(t.Context(), t, opt, true)
	if err != nil {
		t.Fatal(err)
	}
	checkSame(t, got, want)
	b.checkOnce()
	if rounds > 6 {
		t.Errorf("%d rounds", rounds)
	}
	d, err := Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if s := d.Spent(); s.Requests != spent.Requests || s.PromptTokens != spent.PromptTokens || math.Abs(s.CostUSD-spent.CostUSD/2) > 1e-9 || s.Unpriced {
		t.Errorf("spent %+v, in an ordinary run %+v", s, spent)
	}
	if n := len(b.billed()); n != spent.Requests || n < 10 {
		t.Errorf("%d lines were billed, %d ordinary requests", n, spent.Requests)
	}

	// What it paid for is there for ordinary runs, and what these paid for is not sent again.
	c := caller.New(b.client(), caller.Options{Identity: opt.Client.Identity(), Cache: opt.Cache, Count: count})
	for i, text := range docs {
		_, _ = draftOf(t.Context(), engine(t, c), fmt.Sprintf("doc%d.md", i), text)
	}
	if s := c.Spent(); s.Requests != 0 || s.CachedRequests < spent.Requests {
		t.Errorf("an ordinary run afterwards: %+v", s)
	}
	again := b.options(t.TempDir(), opt.Cache)
	before := b.calls.Load()
	d2, err := Open(again)
	if err != nil {
		t.Fatal(err)
	}
	defer d2.Close()
	if err := d2.Do(t.Context(), true, func(ctx context.Context, c *caller.Caller) error {
		for i, text := range docs {
			_, _ = draftOf(ctx, engine(t, c), fmt.Sprintf("doc%d.md", i), text)
		}
		return nil
	}); err != nil || b.calls.Load() != before {
		t.Errorf("another folder: %v, %d calls", err, b.calls.Load()-before)
	}
}
