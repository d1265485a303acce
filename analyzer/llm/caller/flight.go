package caller

import (
	"context"
	"errors"
	"sync"
)

// Flights are the questions that are being asked, so that none is asked twice at once.
type flights struct {
	mu    sync.Mutex
	byKey map[[32]byte]*flight
}

// A flight is one question being asked. What came of it stands there when done is closed.
type flight struct {
	done  chan struct{}
	reply *keptReply
	err   error
	left  bool // its leader's context ended
}

// errLeft is what came of a flight whose leader panicked.
var errLeft = errors.New("nobody asked")

// join returns the flight of a question, and whether the caller leads it and must land it.
func (f *flights) join(key [32]byte) (fl *flight, lead bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl := f.byKey[key]; fl != nil {
		return fl, false
	}
	if f.byKey == nil {
		f.byKey = map[[32]byte]*flight{}
	}
	fl = &flight{done: make(chan struct{}), err: errLeft}
	f.byKey[key] = fl
	return fl, true
}

func (f *flights) land(key [32]byte, fl *flight) {
	f.mu.Lock()
	delete(f.byKey, key)
	f.mu.Unlock()
	close(fl.done)
}

// shared asks a piece's question, or waits for who is asking the same.
func (c *Caller) shared(p *piece) (Answer, error) {
	for {
		fl, lead := c.once.join(p.key)
		if lead {
			return c.lead(p, fl)
		}
		select {
		case <-fl.done:
		case <-p.ctx.Done():
			return Answer{}, p.ctx.Err()
		}
		var stop *Stopped
		switch err := fl.err; {
		case err == nil && p.accept(fl.reply.Text) == nil:
			c.gate.cached(&p.turn)
			c.tell(p, "cached", "")
			return p.answer(fl.reply, true), nil
		case err == nil, fl.left, errors.Is(err, errLeft), errors.As(err, &stop):
			// That was the other's affair alone; ask.
		default:
			c.tell(p, "failed", err.Error())
			return Answer{}, err
		}
	}
}

// lead asks a piece's question for all who wait for its flight.
func (c *Caller) lead(p *piece, fl *flight) (Answer, error) {
	defer c.once.land(p.key, fl)
	k, cached, err := c.find(p)
	fl.reply, fl.err, fl.left = k, err, p.ctx.Err() != nil
	if err != nil {
		return Answer{}, err
	}
	return p.answer(k, cached), nil
}

// Warmth knows which systems' prompts the server has read.
type warmth struct {
	mu       sync.Mutex
	bySystem map[string]chan struct{} // closed when the first has its reply
}

// hold waits until the first request with the system has its reply. For the first itself it returns at once: done says that it
// has, or gave up.
func (w *warmth) hold(ctx context.Context, system string) (done func(), err error) {
	w.mu.Lock()
	read, ok := w.bySystem[system]
	if !ok {
		if w.bySystem == nil {
			w.bySystem = map[string]chan struct{}{}
		}
		read = make(chan struct{})
		w.bySystem[system] = read
		w.mu.Unlock()
		return sync.OnceFunc(func() { close(read) }), nil
	}
	w.mu.Unlock()
	select {
	case <-read:
		return func() {}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
