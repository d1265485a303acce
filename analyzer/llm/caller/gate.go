package caller

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// A gate lets requests through by the age of their questions: as many at once as the pace allows, none during a pause, and
// none that the budget may not bear.
type gate struct {
	halted context.Context
	halt   context.CancelCauseFunc
	sleep  func(context.Context, time.Duration) error

	mu       sync.Mutex
	pace     pace
	budget   budget
	inFlight int
	queue    []*turn // by number
}

// A turn is a question's place in the queue.
type turn struct {
	number  int64         // by its account and its age; a retry keeps it, mostly
	account *Account      // of who asks, nil without one
	most    cost          // what the request may cost, held for it while it is in flight
	come    chan struct{} // takes one: the turn has come
	sent    stamp
	settle  func(Cost) // tells the purse what the request in flight took; nil without a purse
}

func newGate(halted context.Context, halt context.CancelCauseFunc, opt Options) *gate {
	return &gate{halted: halted, halt: halt, sleep: opt.Sleep, pace: newPace(opt.InFlight, opt.Jitter), budget: newBudget(opt)}
}

// enter waits until the request may be sent. It returns an error if ctx or the run ended before.
func (g *gate) enter(ctx context.Context, t *turn) error {
	g.mu.Lock()
	g.line(t)
	g.open()
	g.mu.Unlock()
	return g.await(ctx, t)
}

// await waits for the turn of a request that is in the queue, and for the end of a pause.
func (g *gate) await(ctx context.Context, t *turn) error {
	select {
	case <-t.come:
	case <-ctx.Done():
		g.withdraw(t)
		return ctx.Err()
	}
	// A pause may be made longer while it is slept through. Whoever slept to its end goes on, whatever the clock says: a test's
	// sleep takes no time.
	for slept := (time.Time{}); ; {
		until := g.pause()
		d := time.Until(until)
		if d <= 0 || until.Equal(slept) {
			break
		}
		if g.sleep(ctx, d) != nil {
			break
		}
		slept = until
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if ctx.Err() != nil || g.halted.Err() != nil {
		g.giveBack(t)
		g.open()
		return context.Canceled
	}
	t.sent = g.pace.stamp(t.number)
	return nil
}

// leave takes a request out of flight after what came of it, and back into the queue if it is to be sent again at once. It
// reports whether the server has failed too often to be asked any more: then nobody is let through, and the run is to be ended.
func (g *gate) leave(t *turn, o outcome, again bool) (broken bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	busy := len(g.queue) > 0 || g.inFlight >= g.pace.limit
	g.giveBack(t)
	spent := g.budget.settle(t.most, o)
	t.charge(spent)
	t.pay(o, spent)
	g.pace.learn(t.sent, o, busy, time.Now())
	if again {
		g.line(t)
	}
	if broken = g.pace.broken(); !broken {
		g.open()
	}
	return broken
}

// line puts a turn into the queue, by its age.
func (g *gate) line(t *turn) {
	at, _ := slices.BinarySearchFunc(g.queue, t.number, func(t *turn, n int64) int { return cmp.Compare(t.number, n) })
	g.queue = slices.Insert(g.queue, at, t)
}

// open lets through who may go. The first in the queue is never passed by: if the budget has no room for it, all wait for what
// requests in flight leave of what is held for them.
func (g *gate) open() {
	for len(g.queue) > 0 && g.inFlight < g.pace.limit && g.halted.Err() == nil {
		t := g.queue[0]
		fits, stop := g.budget.room(t.most)
		if stop != nil {
			g.halt(stop)
			return
		}
		if !fits {
			return
		}
		g.queue = slices.Delete(g.queue, 0, 1)
		g.inFlight++
		g.budget.hold(t.most)
		t.come <- struct{}{}
	}
}

// giveBack undoes what open did for a turn.
func (g *gate) giveBack(t *turn) {
	g.inFlight--
	g.budget.release(t.most, g.inFlight == 0)
}

// withdraw takes out of the queue who does not wait any longer.
func (g *gate) withdraw(t *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := slices.Index(g.queue, t); at >= 0 {
		g.queue = slices.Delete(g.queue, at, at+1)
	} else {
		<-t.come // the turn came at the same moment
		g.giveBack(t)
	}
	g.open()
}

func (g *gate) pause() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pace.until
}

// refused returns how often in a row the server refused, with the refusal of this request, and how many replies came in all.
func (g *gate) refused(t *turn) (inRow, replies int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	inRow = g.pace.refused
	if g.pace.news(t.sent) {
		inRow++
	}
	return inRow, g.pace.replies
}

// pardon forgets the failures in a row: something is tried that may help.
func (g *gate) pardon() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pace.failures = 0
}

func (g *gate) spent() Spent {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.budget.spent
}

// cached counts a question that cost nothing.
func (g *gate) cached(t *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	free := Spent{CachedRequests: 1}
	g.budget.spent.add(free)
	t.charge(free)
}

// charge books what was spent on a question to whom it was asked for.
func (t *turn) charge(s Spent) {
	if t.account != nil {
		t.account.spent.add(s)
	}
}

// atMost returns how long a prompt may be in the server's eyes, in tokens, that was counted here.
func (g *gate) atMost(counted int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return int(math.Ceil(float64(counted) * g.budget.factor))
}

// backoff returns the wait after a request's nth failure.
func (g *gate) backoff(n int) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pace.backoff(n)
}
