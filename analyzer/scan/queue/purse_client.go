package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"whatif/analyzer/llm/caller"
)

// A purse is one worker's hand in the purse of a run. All that its goroutines want at one moment is one change: it costs a round trip
// to the server before a request, and one after it that nobody waits for.
type purse struct {
	q   *Queue
	ctx context.Context // ends with the worker
	key string
	me  string
	say func(text string) // is told why nothing more fits in; nil: nobody is

	mu      sync.Mutex
	waiting []*claim // in the order in which they came
	paid    []payment
	running bool
	news    chan struct{} // takes one: something was paid or claimed

	// Of the goroutine that is running.
	state  *purseState // as last seen; nil: to be read
	rev    uint64
	op     uint64
	holds  bool // there was something of this worker's in state when it was last written
	round  int  // raised when what this worker held was written off
	absent map[string]time.Time
	looked time.Time
}

// A claim waits for a request to be let through.
type claim struct {
	most  caller.Cost
	done  chan error // takes one
	round int        // in which it was let through
	gone  bool       // nobody waits for it any more
}

// A payment is what a request took that was let through.
type payment struct {
	most, took caller.Cost
	round      int
}

func (q *Queue) newPurse(ctx context.Context, run, me string) *purse {
	return &purse{q: q, ctx: ctx, key: "purse." + run, me: me, news: make(chan struct{}, 1), op: rand.Uint64N(1 << 40), absent: map[string]time.Time{}}
}

// Hold is caller.Purse's.
func (p *purse) Hold(ctx context.Context, most caller.Cost) (func(caller.Cost), error) {
	c := &claim{most: most, done: make(chan error, 1)}
	p.mu.Lock()
	p.waiting = append(p.waiting, c)
	p.start()
	p.mu.Unlock()
	select {
	case err := <-c.done:
		if err != nil {
			return nil, err
		}
		return p.settler(c), nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c.gone = true
	if i := slices.Index(p.waiting, c); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
	}
	select {
	case err := <-c.done: // it was let through at the same moment
		if err == nil {
			p.pay(payment{c.most, caller.Cost{}, c.round})
		}
	default:
	}
	return nil, ctx.Err()
}

func (p *purse) settler(c *claim) func(caller.Cost) {
	return func(took caller.Cost) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.pay(payment{c.most, took, c.round})
	}
}

// pay books a payment. p.mu is held.
func (p *purse) pay(x payment) {
	p.paid = append(p.paid, x)
	p.start()
}

// start sees to it that somebody is running. p.mu is held.
func (p *purse) start() {
	select {
	case p.news <- struct{}{}:
	default:
	}
	if !p.running {
		p.running = true
		go p.run()
	}
}

// run serves claims and payments until there are none.
func (p *purse) run() {
	for wait := time.Duration(0); ; {
		p.mu.Lock()
		paid, claims := p.paid, slices.Clone(p.waiting)
		p.paid = nil
		if len(paid) == 0 && len(claims) == 0 || p.ctx.Err() != nil {
			p.paid, p.running = paid, false
			p.answer(claims, context.Cause(p.ctx))
			p.mu.Unlock()
			return
		}
		p.mu.Unlock()

		granted, stopped, err := p.change(p.ctx, paid, claims)
		p.mu.Lock()
		if err != nil {
			if ended := (*caller.Stopped)(nil); !errors.As(err, &ended) { // else there is nowhere to book it
				p.paid = append(paid, p.paid...)
			}
			p.answer(claims, err)
		}
		for _, c := range granted {
			c.round = p.round
		}
		p.answer(granted, nil)
		if stopped != nil {
			p.answer(claims, stopped)
		}
		p.mu.Unlock()
		if stopped != nil && p.say != nil {
			p.say(stopped.Error())
		}
		if err != nil && p.ctx.Err() == nil {
			wait = time.Second
		} else if wait = min(max(2*wait, 10*time.Millisecond), 100*time.Millisecond); len(granted) > 0 || len(paid) > 0 {
			wait = 0
		}
		p.pause(wait)
	}
}

// pause waits until others may have paid, or until something happens here.
func (p *purse) pause(d time.Duration) {
	if d == 0 {
		return
	}
	t := time.NewTimer(d/2 + rand.N(d/2+1))
	defer t.Stop()
	select {
	case <-t.C:
	case <-p.news:
	case <-p.ctx.Done():
	}
}

// answer tells claims that wait what came of them. p.mu is held.
func (p *purse) answer(claims []*claim, err error) {
	for _, c := range claims {
		i := slices.Index(p.waiting, c)
		if i >= 0 {
			p.waiting = slices.Delete(p.waiting, i, i+1)
			c.done <- err
		} else if c.gone && err == nil {
			c.gone = false
			p.paid = append(p.paid, payment{c.most, caller.Cost{}, c.round})
		}
	}
}

// change books payments and lets through the claims that fit, in one change. stopped is why the first claim that does not fit never will.
func (p *purse) change(ctx context.Context, paid []payment, claims []*claim) (granted []*claim, stopped error, err error) {
	for {
		fresh := p.state == nil
		if fresh {
			done, err := p.read(ctx, p.op+1)
			if err != nil {
				return nil, nil, err
			}
			if done { // the change of which no answer came was made
				p.op++
				return granted, nil, nil
			}
		}
		next := p.state.clone()
		granted, stopped = p.apply(next, paid, claims)
		for who := range p.dead(ctx, len(granted) == 0 && len(claims) > 0 && fresh) {
			next.writeOff(who)
			paid = append(paid, payment{round: -1}) // there is something to write
		}
		if len(granted) == 0 && !fresh && len(claims) > 0 { // that may be old news
			p.state = nil
			continue
		}
		if len(granted) == 0 && len(paid) == 0 {
			p.state = nil
			return nil, stopped, nil
		}
		h := next.Holders[p.me]
		h.Op = p.op + 1
		next.Holders[p.me] = h
		if ok, err := p.write(ctx, next); err != nil {
			return nil, nil, err
		} else if ok {
			return granted, stopped, nil
		}
	}
}

// apply books payments into a state, and lets through the claims that fit.
func (p *purse) apply(s *purseState, paid []payment, claims []*claim) (granted []*claim, stopped error) {
	for _, x := range paid {
		if x.round == p.round { // else it was written off as a whole
			s.settle(p.me, x.most, x.took)
		}
	}
	for _, c := range claims {
		fits, stop := s.fits(c.most)
		if stop != nil {
			return granted, stop
		}
		if !fits {
			break
		}
		s.hold(p.me, c.most)
		granted = append(granted, c)
	}
	return granted, nil
}

// read reads the state. It reports whether the worker's own last change has the number op.
func (p *purse) read(ctx context.Context, op uint64) (done bool, err error) {
	var e jetstream.KeyValueEntry
	err = p.q.try(ctx, requestTime, func(ctx context.Context) (err error) {
		e, err = p.q.runs.Get(ctx, p.key)
		return err
	})
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return false, &caller.Stopped{Reason: errEnded.Error(), Err: errEnded}
	}
	if err != nil {
		return false, fmt.Errorf("reading what may be spent: %w", err)
	}
	s := new(purseState)
	if err := json.Unmarshal(e.Value(), s); err != nil || s.Version != wireVersion {
		return false, &caller.Stopped{Reason: "what all workers may spend is not written in a way that this version of whatif knows", Err: errors.Join(err, errors.New("unknown version"))}
	}
	h, here := s.Holders[p.me]
	if p.holds && (!here || h.Op != p.op && h.Op != op) {
		p.round++
		p.holds = false
	}
	p.state, p.rev = s.clone(), e.Revision()
	if here && h.Op == op {
		p.holds = h.Slots > 0
		return true, nil
	}
	return false, nil
}

// write writes the state, if nobody else did since it was read.
func (p *purse) write(ctx context.Context, next *purseState) (ok bool, err error) {
	data, err := json.Marshal(next)
	if err != nil {
		return false, err
	}
	within, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	rev, err := p.q.runs.Update(within, p.key, data, p.rev)
	switch {
	case err == nil:
		p.op++
		p.state, p.rev, p.holds = next, rev, next.Holders[p.me].Slots > 0
		return true, nil
	case conflict(err) || passing(err): // it may have been made all the same: reading shows
		p.state = nil
		return false, sleep(ctx, rand.N(2*time.Millisecond))
	}
	return false, fmt.Errorf("booking what is spent: %w", err)
}

// conflict reports that a key was changed by somebody else.
func conflict(err error) bool {
	api := (*jetstream.APIError)(nil)
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// dead returns the workers that hold something and have not been heard of for long, now and when somebody last looked.
func (p *purse) dead(ctx context.Context, look bool) map[string]bool {
	if !look || time.Since(p.looked) < p.q.liveTTL/8 {
		return nil
	}
	p.looked = time.Now()
	var gone map[string]bool
	for who, h := range p.state.Holders {
		if who == p.me || h.Slots == 0 {
			continue
		}
		_, err := p.q.live.Get(ctx, who)
		since, seen := p.absent[who]
		switch {
		case !errors.Is(err, jetstream.ErrKeyNotFound):
			delete(p.absent, who)
		case !seen:
			p.absent[who] = p.looked
		case p.looked.Sub(since) >= p.q.liveTTL/2:
			if gone == nil {
				gone = map[string]bool{}
			}
			gone[who] = true
		}
	}
	return gone
}

// leave takes the worker out of the purse when it asks nothing any more: what it does not know the outcome of counts as spent.
func (p *purse) leave(ctx context.Context) error {
	for {
		p.mu.Lock()
		running, paid := p.running, p.paid
		if !running {
			p.paid = nil
		}
		p.mu.Unlock()
		if running {
			if err := sleep(ctx, 5*time.Millisecond); err != nil {
				return err
			}
			continue
		}
		return p.quit(ctx, paid)
	}
}

func (p *purse) quit(ctx context.Context, paid []payment) error {
	for {
		p.state = nil
		_, err := p.read(ctx, p.op)
		if stop := (*caller.Stopped)(nil); errors.As(err, &stop) {
			return nil // the purse is gone
		}
		if err != nil {
			return err
		}
		next := p.state.clone()
		if _, here := next.Holders[p.me]; !here {
			return nil
		}
		p.apply(next, paid, nil)
		next.writeOff(p.me)
		if ok, err := p.write(ctx, next); ok || err != nil {
			return err
		}
	}
}
