package batch

import (
	"context"
	"slices"
	"testing"

	"whatif/analyzer/llm/fakellm"
)

// killed runs f with a context that ends at the bench's nth call of the provider, before the call arrives or after it was done.
func (b *bench) killed(n int64, done bool, f func(ctx context.Context) error) error {
	ctx, kill := context.WithCancel(b.t.Context())
	defer kill()
	at := func(now int64) bool {
		if now == n {
			kill()
		}
		return now >= n
	}
	if done {
		b.breaks(nil, at)
	} else {
		b.breaks(at, nil)
	}
	err := f(ctx)
	if ctx.Err() == nil {
		b.t.Fatalf("call %d is never made", n)
	}
	b.breaks(nil, nil)
	return err
}

// TestKilledAtEachCall ends a run at each of its calls of the provider, before the call arrives and after it was done, and goes on
// on another machine. Nothing is lost, and nothing paid for twice.
func TestKilledAtEachCall(t *testing.T) {
	script := fakellm.Script{Rules: []fakellm.Rule{echo}, Batches: fakellm.Batches{Looks: 2}}
	opts := func(b *bench, dir string) Options {
		opt := b.options(dir, nil)
		opt.MostLines = 3 // two batches, then one
		return opt
	}
	whole := newBench(t, script)
	want, err := talked(t.Context(), opts(whole, t.TempDir()), true)
	if err != nil || len(want) != 6 {
		t.Fatal(want, err)
	}
	for n := range whole.calls.Load() {
		for _, done := range []bool{false, true} {
			b := newBench(t, script)
			dir := t.TempDir()
			_ = b.killed(n+1, done, func(ctx context.Context) error { _, err := talked(ctx, opts(b, dir), true); return err })
			got, err := talked(t.Context(), opts(b, moved(t, dir)), true)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("killed at call %d (done %t): %q, %v", n+1, done, got, err)
			}
			if b.checkOnce(); len(b.billed()) != 6 {
				t.Errorf("killed at call %d (done %t): billed %v", n+1, done, b.billed())
			}
		}
	}
}

// TestDocumentsKilled does it with documents, at some calls.
func TestDocumentsKilled(t *testing.T) {
	script := fakellm.Script{Batches: fakellm.Batches{Looks: 2}}
	want, _ := ordinary(t, script)
	for _, n := range []int64{16} {
		b := newBench(t, script)
		dir := t.TempDir()
		if err := b.killed(n, n%2 == 0, func(ctx context.Context) error { _, _, err := posted(ctx, t, b.options(dir, nil), true); return err }); err == nil {
			t.Fatal("it was not killed")
		}
		got, _, err := posted(t.Context(), t, b.options(moved(t, dir), nil), true)
		if err != nil {
			t.Fatal(err)
		}
		checkSame(t, got, want)
		b.checkOnce()
	}
}
