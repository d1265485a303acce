package reading

import (
	"maps"
	"sync"
	"sync/atomic"
)

// A cache keeps up to max values by a text. Many goroutines read it all the time, so that what is known is read without a lock.
type cache[V any] struct {
	max   int
	known atomic.Pointer[map[string]V] // is not changed, but replaced

	mu    sync.Mutex
	fresh map[string]V // what came since
	asked int          // how often fresh was asked for a value that it has
}

func newCache[V any](max int) *cache[V] {
	c := &cache[V]{max: max, fresh: map[string]V{}}
	c.known.Store(&map[string]V{})
	return c
}

func (c *cache[V]) get(text string) (v V, ok bool) {
	if v, ok = (*c.known.Load())[text]; ok {
		return v, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok = c.fresh[text]; ok {
		c.asked++
		c.merge()
	}
	return v, ok
}

// put keeps v, unless the cache is full. The text must not be a part of something large.
func (c *cache[V]) put(text string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := *c.known.Load()
	if _, ok := known[text]; !ok && len(known)+len(c.fresh) < c.max {
		c.fresh[text] = v
		c.merge()
	}
}

// merge makes fresh values known when there are many, or when they are asked for: each value is copied a few times at most.
func (c *cache[V]) merge() {
	known := *c.known.Load()
	if len(c.fresh)+c.asked <= 64+len(known)/2 {
		return
	}
	all := make(map[string]V, len(known)+len(c.fresh))
	maps.Copy(all, known)
	maps.Copy(all, c.fresh)
	c.known.Store(&all)
	clear(c.fresh)
	c.asked = 0
}
