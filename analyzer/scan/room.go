package scan

import (
	"context"
	"sync"
)

// A room bounds the bytes of documents that are in memory at once. One document always fits, however large.
type room struct {
	mu    sync.Mutex
	free  int64
	taken int64
	more  chan struct{} // closed when some was given back
}

func newRoom(bytes int64) *room {
	if bytes <= 0 {
		bytes = defaultAhead
	}
	return &room{free: bytes, more: make(chan struct{})}
}

// take waits until there is room for n bytes. It returns an error when ctx ended.
func (r *room) take(ctx context.Context, n int64) error {
	for {
		r.mu.Lock()
		if r.taken == 0 || r.taken+n <= r.free {
			r.taken += n
			r.mu.Unlock()
			return nil
		}
		more := r.more
		r.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// give gives n bytes back.
func (r *room) give(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken -= n
	close(r.more)
	r.more = make(chan struct{})
}
