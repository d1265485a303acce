package reading

import (
	"strconv"
	"sync"
	"testing"
)

func TestCache(t *testing.T) {
	const max = 500
	c := newCache[int](max)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 2 * max {
				c.put(strconv.Itoa(i), i)
				if v, ok := c.get(strconv.Itoa(i)); ok && v != i {
					t.Errorf("%d is kept as %d", i, v)
				}
			}
		})
	}
	all.Wait()
	kept := 0
	for i := range 2 * max {
		if v, ok := c.get(strconv.Itoa(i)); ok {
			kept++
			if v != i {
				t.Errorf("%d is kept as %d", i, v)
			}
		}
	}
	if kept != max {
		t.Errorf("%d are kept, want %d", kept, max)
	}
}
