package caller

import (
	"context"
	"errors"
)

// A Purse is what several callers, on one machine or on many, may spend together. A caller asks it before it sends a request, besides
// keeping its own limits, and tells it afterwards what the request took.
type Purse interface {
	// Hold waits until a request that takes no more than most fits in beside all that are in flight. settle is called once, when it
	// is known what the request took; it does not block. The error is ctx's, or a *Stopped when nothing more fits in.
	Hold(ctx context.Context, most Cost) (settle func(took Cost), err error)
}

// A Cost is what a request takes. The zero value is that of one that was not served and is not billed.
type Cost struct {
	Requests int
	Tokens   int // prompt and completion together
	USD      float64
	Unpriced bool // the price is not known: USD leaves it out
}

// draw waits for the purse to bear a request whose turn has come. Where it does not, the turn is given back.
func (c *Caller) draw(p *piece) error {
	if c.opt.Purse == nil {
		return nil
	}
	m := p.turn.most
	settle, err := c.opt.Purse.Hold(p.wait, Cost{1, m.prompt + m.completion, m.usd, !m.known})
	if err == nil {
		p.turn.settle = settle
		return nil
	}
	if stop := (*Stopped)(nil); errors.As(err, &stop) {
		c.halt(stop)
	} else if p.wait.Err() == nil {
		c.halt(&Stopped{"what may be spent is not known: " + err.Error(), err})
	}
	c.gate.abandon(&p.turn)
	return c.ended(p)
}

// abandon gives back a turn that had come, and was not used.
func (g *gate) abandon(t *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.giveBack(t)
	g.open()
}

// pay tells the purse what became of a request. What was lost may have been billed in full.
func (t *turn) pay(o outcome, spent Spent) {
	if t.settle == nil {
		return
	}
	took := Cost{}
	switch {
	case o.fault == "":
		took = Cost{1, spent.PromptTokens + spent.CompletionTokens, spent.CostUSD, spent.Unpriced}
	case o.lost:
		took = Cost{1, t.most.prompt + t.most.completion, t.most.usd, !t.most.known}
	}
	t.settle(took)
	t.settle = nil
}
