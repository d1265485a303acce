package caller

import "sync"

// Events go to an observer one at a time. Whoever has one while another is told leaves it there and goes on, so an observer may be
// slow, or ask something itself, and nobody waits for nobody.
type events struct {
	to    func(Event)
	spent func() Spent

	mu      sync.Mutex
	waiting []Event
	busy    bool
}

func (v *events) tell(e Event) {
	if v.to == nil {
		return
	}
	v.mu.Lock()
	v.waiting = append(v.waiting, e)
	if v.busy {
		v.mu.Unlock()
		return
	}
	v.busy = true
	for len(v.waiting) > 0 {
		e := v.waiting[0]
		v.waiting = v.waiting[1:]
		v.mu.Unlock()
		e.Spent = v.spent()
		v.to(e)
		v.mu.Lock()
	}
	v.busy = false
	v.mu.Unlock()
}

// tell says how a piece gets on.
func (c *Caller) tell(p *piece, state, detail string) {
	c.events.tell(Event{Pass: p.q.Pass, Name: p.q.Name, State: state, Detail: detail})
}
