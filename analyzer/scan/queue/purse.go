package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"

	"whatif/analyzer/llm/caller"
)

// A purseState is what all workers of a run may spend, have spent, and hold for what is in flight. It lies under one key, and is
// changed by compare-and-set: each change sees all that were made before.
//
// A request is let through only if what was spent, what is held by all, and what it may cost at worst, stay together within the limits.
// So they are never overstepped, whoever dies and whenever: what a dead worker held counts as spent.
type purseState struct {
	Version int               `json:"version"`
	Limits  Limits            `json:"limits"`
	Spent   sum               `json:"spent"`
	Holders map[string]holder `json:"holders,omitempty"` // workers
}

// A holder is a worker's part of what is in flight.
type holder struct {
	Op    uint64 `json:"op"`    // of its last change: shows whether one whose answer was lost was made
	Slots int    `json:"slots"` // requests in flight
	Held  sum    `json:"held"`  // what they may cost at worst
}

type sum struct {
	Requests int     `json:"requests,omitempty"`
	Tokens   int     `json:"tokens,omitempty"`
	USD      float64 `json:"usd,omitempty"`
}

func (s sum) plus(c caller.Cost) sum {
	return sum{s.Requests + c.Requests, s.Tokens + c.Tokens, s.USD + c.USD}
}

func (s sum) add(t sum) sum { return sum{s.Requests + t.Requests, s.Tokens + t.Tokens, s.USD + t.USD} }

// minus takes c off. What floating-point sums are off by never makes it less than nothing.
func (s sum) minus(c caller.Cost) sum {
	return sum{max(s.Requests-c.Requests, 0), max(s.Tokens-c.Tokens, 0), max(s.USD-c.USD, 0)}
}

// penny absorbs what floating-point sums are off by.
const penny = 1e-9

func (l Limits) bear(s sum) bool {
	return (l.Requests <= 0 || s.Requests <= l.Requests) && (l.Tokens <= 0 || s.Tokens <= l.Tokens) && (l.CostUSD <= 0 || s.USD <= l.CostUSD+penny)
}

func (l Limits) none() bool { return l == Limits{} }

// fits reports whether a request that may take c fits in beside those in flight. It returns a *caller.Stopped if it never will.
func (p *purseState) fits(c caller.Cost) (bool, *caller.Stopped) {
	if p.Limits.CostUSD > 0 && c.Unpriced {
		return false, &caller.Stopped{Reason: "a worker does not know its model's price, so --max-cost " + amount(p.Limits.CostUSD) + " can't be kept: give it with the worker's --prices FILE", Err: caller.ErrBudget}
	}
	alone := p.Spent.plus(c)
	if !p.Limits.bear(alone) {
		return false, p.overstep(c)
	}
	slots := 0
	for _, h := range p.Holders {
		alone = alone.add(h.Held)
		slots += h.Slots
	}
	return p.Limits.bear(alone) && (p.Limits.InFlight <= 0 || slots < p.Limits.InFlight), nil
}

// overstep words the end of a run. Its numbers are those of all workers.
func (p *purseState) overstep(c caller.Cost) *caller.Stopped {
	reason, l, s := "", p.Limits, p.Spent
	switch {
	case l.Requests > 0 && s.Requests+c.Requests > l.Requests:
		reason = fmt.Sprintf("--max-requests %d is reached by all workers together", l.Requests)
	case l.Tokens > 0 && s.Tokens+c.Tokens > l.Tokens:
		reason = fmt.Sprintf("--max-tokens %d would be overstepped: the next request may take %d, and all workers together used %d", l.Tokens, c.Tokens, s.Tokens)
	default:
		reason = fmt.Sprintf("--max-cost %s would be overstepped: the next request may cost $%.4f, and all workers together spent $%.4f", amount(l.CostUSD), c.USD, s.USD)
	}
	return &caller.Stopped{Reason: reason + "; what was asked so far is kept: run again with a higher limit, and it goes on from there", Err: errShared}
}

// errShared is wrapped by a Stopped whose limit is that of all workers, and errEnded by one whose run is over.
var (
	errShared = fmt.Errorf("all workers together: %w", caller.ErrBudget)
	errEnded  = errors.New("the scan that this is for has ended")
)

func amount(usd float64) string { return strconv.FormatFloat(usd, 'f', -1, 64) }

// hold lets a request of a worker through.
func (p *purseState) hold(who string, most caller.Cost) {
	h := p.Holders[who]
	h.Slots++
	h.Held = h.Held.plus(most)
	p.Holders[who] = h
}

// settle takes back what a request held, and books what it took.
func (p *purseState) settle(who string, most, took caller.Cost) {
	h := p.Holders[who]
	h.Slots = max(h.Slots-1, 0)
	h.Held = h.Held.minus(most)
	if h.Slots == 0 {
		h.Held = sum{}
	}
	p.Holders[who] = h
	p.Spent = p.Spent.plus(took)
}

// writeOff books all that a worker holds as spent, and forgets it.
func (p *purseState) writeOff(who string) {
	p.Spent = p.Spent.add(p.Holders[who].Held)
	delete(p.Holders, who)
}

// renew begins a new run under limits: nothing is spent. What is still in flight stays held.
func (p *purseState) renew(limits Limits) {
	p.Version, p.Limits, p.Spent = wireVersion, limits, sum{}
	if p.Holders == nil {
		p.Holders = map[string]holder{}
	}
	maps.DeleteFunc(p.Holders, func(_ string, h holder) bool { return h.Slots == 0 })
}

func (p *purseState) clone() *purseState {
	q := *p
	if q.Holders = maps.Clone(p.Holders); q.Holders == nil {
		q.Holders = map[string]holder{}
	}
	return &q
}

// setPurse begins a purse for a new run, or ends that of an older one where there are no limits.
func (q *Queue) setPurse(ctx context.Context, run string, limits Limits) error {
	key := "purse." + run
	return q.try(ctx, requestTime, func(ctx context.Context) error {
		for {
			s, rev := new(purseState), uint64(0)
			e, err := q.runs.Get(ctx, key)
			switch {
			case err == nil:
				rev = e.Revision()
				if json.Unmarshal(e.Value(), s) != nil {
					s = new(purseState)
				}
			case !errors.Is(err, jetstream.ErrKeyNotFound):
				return err
			case limits.none():
				return nil
			}
			s.renew(limits)
			data, err := json.Marshal(s)
			if err != nil {
				return err
			}
			if rev == 0 {
				_, err = q.runs.Create(ctx, key, data)
			} else {
				_, err = q.runs.Update(ctx, key, data, rev)
			}
			if !conflict(err) && !errors.Is(err, jetstream.ErrKeyExists) {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	})
}
