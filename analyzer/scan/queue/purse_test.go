package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/scan"
)

// A till counts what is really in flight and really spent.
type till struct {
	mu                sync.Mutex
	flying, most      int
	requests, refused int
	usd               float64
	tokens            int
}

func (k *till) fly(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.flying += n
	k.most = max(k.most, k.flying)
}

func (k *till) book(c caller.Cost) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.requests, k.usd, k.tokens = k.requests+c.Requests, k.usd+c.USD, k.tokens+c.Tokens
}

// Three workers that ask as fast as they can never overstep a limit, whatever requests take, and whoever dies in between.
func TestPurseOfThreeWorkers(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	var queues []*Queue
	for range 3 {
		queues = append(queues, dial(t, s, nil))
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		if n > 12 {
			return // each takes a sixth of a second
		}
		limits := Limits{InFlight: rapid.IntRange(0, 5).Draw(rt, "in flight")}
		switch rapid.IntRange(0, 2).Draw(rt, "limit") {
		case 0:
			limits.Requests = rapid.IntRange(1, 40).Draw(rt, "requests")
		case 1:
			limits.Tokens = rapid.IntRange(1, 2000).Draw(rt, "tokens")
		default:
			limits.CostUSD = float64(rapid.IntRange(1, 400).Draw(rt, "cents")) / 100
		}
		dies := rapid.IntRange(-1, 2).Draw(rt, "dies")
		seed := rapid.Uint64().Draw(rt, "seed")
		if wrong := tryPurse(t, queues, fmt.Sprintf("%032x", n), limits, dies, seed); wrong != "" {
			rt.Fatalf("%+v: %s", limits, wrong)
		}
	})
}

func tryPurse(t *testing.T, queues []*Queue, run string, limits Limits, dies int, seed uint64) string {
	if err := queues[0].setPurse(t.Context(), run, limits); err != nil {
		return err.Error()
	}
	k := new(till)
	var all sync.WaitGroup
	for w, q := range queues {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p := q.newPurse(ctx, run, fmt.Sprint("w", w))
		var mine sync.WaitGroup
		for g := range 3 {
			mine.Go(func() { spend(ctx, p, k, rand.New(rand.NewPCG(seed, uint64(w*10+g)))) })
		}
		all.Go(func() {
			if w == dies {
				time.Sleep(5 * time.Millisecond)
				cancel() // whatever it holds stays held
			}
			mine.Wait()
			if w != dies {
				if err := p.leave(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	switch {
	case limits.Requests > 0 && k.requests > limits.Requests, limits.Tokens > 0 && k.tokens > limits.Tokens, limits.CostUSD > 0 && k.usd > limits.CostUSD+1e-6,
		limits.InFlight > 0 && k.most > limits.InFlight:
		return fmt.Sprintf("spent %d requests, %d tokens, $%g, %d in flight", k.requests, k.tokens, k.usd, k.most)
	case dies < 0 && limits.Requests > 0 && k.requests != limits.Requests && k.refused > 0:
		return fmt.Sprintf("ended after %d requests", k.requests)
	}
	return ""
}

// spend makes requests until nothing more fits, or 30 were made.
func spend(ctx context.Context, p *purse, k *till, r *rand.Rand) {
	for range 30 {
		most := caller.Cost{Requests: 1, Tokens: 1 + r.IntN(60), USD: 0.001 + r.Float64()/10}
		within, cancel := context.WithTimeout(ctx, time.Duration(50+r.IntN(2000))*time.Millisecond)
		settle, err := p.Hold(within, most)
		cancel()
		if err != nil {
			if stop := (*caller.Stopped)(nil); errors.As(err, &stop) {
				k.mu.Lock()
				k.refused++
				k.mu.Unlock()
				return
			}
			if ctx.Err() != nil {
				return
			}
			continue
		}
		k.fly(1)
		took := most
		if r.IntN(3) == 0 {
			took = caller.Cost{Requests: 1, Tokens: r.IntN(most.Tokens + 1), USD: most.USD * r.Float64()}
		}
		k.book(took)
		time.Sleep(time.Duration(r.IntN(1000)) * time.Microsecond)
		k.fly(-1)
		settle(took)
	}
}

// What a dead worker held counts as spent when it has not been heard of for long, and its places are free again.
func TestPurseOfTheDead(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	q := dial(t, s, nil)
	run := "0123"
	if err := q.setPurse(t.Context(), run, Limits{InFlight: 1, Requests: 2}); err != nil {
		t.Fatal(err)
	}
	one := caller.Cost{Requests: 1}
	dead, alive := q.newPurse(t.Context(), run, "dead"), q.newPurse(t.Context(), run, "alive")
	settle, err := dead.Hold(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the dead is written off", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		then, err := alive.Hold(ctx, one)
		if err == nil {
			then(one)
		}
		return err == nil
	})
	settle(caller.Cost{}) // it lives after all: too late, for somebody counted on it
	if _, err := alive.Hold(t.Context(), one); !errors.Is(err, caller.ErrBudget) {
		t.Errorf("got %v", err)
	}
	if _, err := dead.Hold(t.Context(), one); !errors.Is(err, caller.ErrBudget) {
		t.Errorf("got %v", err)
	}
	// A new run has all of it again.
	if err := q.setPurse(t.Context(), run, Limits{InFlight: 1, Requests: 2}); err != nil {
		t.Fatal(err)
	}
	if then, err := dead.Hold(t.Context(), one); err != nil {
		t.Error(err)
	} else {
		then(one)
	}
	for _, p := range []*purse{dead, alive} {
		if err := p.leave(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// A limit that is reached by the workers together ends the scan; a second run with a higher one goes on with the same workers.
func TestLimitEndsTheScan(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	asking := func(run Run) (scan.Maker, error) { // as a caller with a model does it
		var halted error
		return maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) {
			if halted != nil {
				return nil, halted
			}
			settle, err := run.Purse.Hold(ctx, caller.Cost{Requests: 1})
			if err != nil {
				halted = fmt.Errorf("analysing: %w", err)
				return nil, halted
			}
			settle(caller.Cost{Requests: 1})
			return draft(ctx, t)
		}), nil
	}
	for range 3 {
		opt := quick(nil)
		opt.Maker, opt.Workers = asking, 1
		begin(t, dial(t, s, nil), opt)
	}
	all := names("d", 20)
	q := dial(t, s, nil)
	first := work(t.Context(), line(t, q, LineOptions{Ahead: 8, Run: RunSettings{Limits: Limits{Requests: 7}}}), all)
	if !errors.Is(first.err, caller.ErrBudget) || len(first.made) > 7 {
		t.Fatalf("got %d, %v", len(first.made), first.err)
	}
	l := line(t, q, LineOptions{Ahead: 8, Run: RunSettings{Limits: Limits{Requests: 30}}})
	whole(t, work(t.Context(), l, all), all) // all again: nobody kept what came of the first
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// A worker whose own model can't be asked any more gives back what it has, and ends; the others go on.
func TestOwnStop(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	broke := begin(t, dial(t, s, nil), quick(maker(func(context.Context, scan.Task) (*scan.Made, error) {
		return nil, &caller.Stopped{Reason: "the key is wrong", Err: errors.New("401")}
	})))
	d := new(diary)
	got := make(chan *scanned, 1)
	l := line(t, dial(t, s, nil), LineOptions{Tell: d.tell})
	go func() { got <- work(t.Context(), l, names("d", 4)) }()
	<-broke.done
	if stop := (*caller.Stopped)(nil); !errors.As(broke.err, &stop) {
		t.Errorf("ended with %v", broke.err)
	}
	begin(t, dial(t, s, nil), quick(maker(draft)))
	whole(t, <-got, names("d", 4))
	until(t, "the scan is told", func() bool { return d.count("the key is wrong") > 0 })
}

// A request costs two changes of the purse, of which it waits for one.
func BenchmarkPurse(b *testing.B) {
	s := startServer(b, b.TempDir(), -1)
	q := dial(b, s, nil)
	if err := q.setPurse(b.Context(), "01", Limits{InFlight: 1 << 20, Requests: 1 << 30}); err != nil {
		b.Fatal(err)
	}
	p := q.newPurse(b.Context(), "01", "w")
	for b.Loop() {
		settle, err := p.Hold(b.Context(), caller.Cost{Requests: 1})
		if err != nil {
			b.Fatal(err)
		}
		settle(caller.Cost{Requests: 1})
	}
}

// A worker that still speaks of the end of an earlier run does not end this one; one that speaks of this one does.
func TestLateEnd(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	q := dial(t, s, nil)
	l := line(t, q, LineOptions{})
	end := func(round uint64) {
		data := fmt.Appendf(nil, `{"version":1,"stopped":"the end","budget":true,"round":%d}`, round)
		if err := q.publish(t.Context(), q.subject("result", l.run, stopID), data); err != nil {
			t.Error(err)
		}
	}
	got := make(chan *scanned, 1)
	go func() { got <- work(t.Context(), l, names("d", 1)) }()
	until(t, "it waits", func() bool { i, err := q.tasks.Info(t.Context()); return err == nil && i.State.Msgs == 1 })
	e, err := q.runs.Get(t.Context(), "run."+l.run)
	if err != nil {
		t.Fatal(err)
	}
	end(e.Revision() + 1)
	select {
	case g := <-got:
		t.Fatalf("it ended: %v", g.err)
	case <-time.After(300 * time.Millisecond):
	}
	end(e.Revision())
	if g := <-got; !errors.Is(g.err, caller.ErrBudget) || g.err.Error() != "the end" {
		t.Errorf("got %v", g.err)
	}
}
