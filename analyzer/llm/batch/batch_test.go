package batch

import (
	"errors"
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
}
