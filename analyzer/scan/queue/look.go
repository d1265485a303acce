package queue

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// drop deletes a result that was kept, and its document unless another task needs it.
func (w *traffic) drop(ctx context.Context, h *handed) error {
	if err := w.q.purge(ctx, w.q.results, w.q.subject("result", w.line.run, h.id)); err != nil {
		return err
	}
	if err := w.q.deleteObject(ctx, h.drafts); err != nil {
		return err
	}
	w.mu.Lock()
	if w.contents[h.content]--; w.contents[h.content] > 0 {
		w.mu.Unlock()
		return nil
	}
	delete(w.contents, h.content)
	gone := make(chan struct{})
	w.going[h.content] = gone
	w.mu.Unlock()
	err := w.q.deleteObject(ctx, contentName(w.line.run, h.content))
	w.mu.Lock()
	delete(w.going, h.content)
	w.mu.Unlock()
	close(gone)
	return err
}

// later leaves a deletion to the line's Close.
func (w *traffic) later(h *handed) {
	l := w.line
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trash = append(l.trash, func(ctx context.Context) error {
		return errors.Join(
			l.q.purge(ctx, l.q.results, l.q.subject("result", l.run, h.id)),
			l.q.deleteObject(ctx, h.drafts), l.q.deleteObject(ctx, contentName(l.run, h.content)))
	})
}

// sweepLater leaves all that is not deleted yet to the line's Close: the last result too, which the scan may just be keeping.
func (w *traffic) sweepLater() {
	for {
		select {
		case h := <-w.kept:
			w.later(h)
		default:
			w.sending.Lock()
			if w.last != nil {
				w.later(w.last)
				w.last = nil
			}
			w.sending.Unlock()
			return
		}
	}
}

// again is how long a task may be on its way before it is looked whether the queue still has it.
const again = 5 * time.Minute

// look looks from time to time for results of which no message came, such as while the connection was broken, and whether there is
// anybody to do the work.
func (w *traffic) look(ctx context.Context) {
	back, stop := w.q.conn.onReturn()
	defer stop()
	tick := time.NewTicker(w.line.opt.Look)
	defer tick.Stop()
	began, manned := time.Now(), false
	for {
		select {
		case <-tick.C:
		case <-back:
		case <-ctx.Done():
			return
		}
		for id, a := range w.waiting() {
			if done, err := w.fetch(ctx, id); err != nil || done {
				continue // the next look sees it
			}
			if time.Since(a.since) > again {
				w.mend(ctx, id, a)
			}
		}
		_, _ = w.fetch(ctx, stopID) // as above
		if !manned && time.Since(began) > 2*w.line.opt.Look {
			manned = w.manned(ctx)
			began = time.Now()
		}
	}
}

// waiting returns the tasks whose results did not come yet.
func (w *traffic) waiting() map[string]asked {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string]asked{}
	for id, a := range w.out {
		if !a.taken {
			all[id] = *a
		}
	}
	return all
}

// mend puts a task into the queue again, if somebody took it out of there: it is refused where it still is.
func (w *traffic) mend(ctx context.Context, id string, a asked) {
	if a.size < 0 {
		return // it is still being put there
	}
	_ = w.put(ctx, id, a.task, a.size) // else the next look does it
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.out[id]; a != nil {
		a.since = time.Now()
	}
}

// manned reports whether there is a worker, and tells if there is none.
func (w *traffic) manned(ctx context.Context) bool {
	if len(w.waiting()) == 0 {
		return false
	}
	within, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	keys, err := w.q.live.Keys(within)
	if errors.Is(err, jetstream.ErrNoKeysFound) || err == nil && len(keys) == 0 {
		w.line.tell("no worker is taking documents; begin one with `whatif worker --queue URL`")
	}
	return err == nil && len(keys) > 0
}
