package queue

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// A shelf is a cache in memory.
type shelf struct {
	mu   sync.Mutex
	kept map[[32]byte][]byte
	gets int
}

func (s *shelf) Get(key [32]byte) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gets++
	data, ok := s.kept[key]
	return data, ok
}

func (s *shelf) Put(key [32]byte, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = map[[32]byte][]byte{}
	}
	s.kept[key] = data
	return nil
}

// What one worker keeps another finds, however long it is; the cache in front has it from then on.
func TestCache(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	front := new(shelf)
	one, two := dial(t, s, nil).Cache(t.Context(), nil), dial(t, s, nil).Cache(t.Context(), front)
	long := make([]byte, 3<<20)
	for i := range long {
		long[i] = byte(rand.Uint32())
	}
	for i, data := range [][]byte{{}, []byte("yes"), []byte("i\no\n"), long} {
		key := sha256.Sum256(fmt.Append(nil, i))
		if _, ok := two.Get(key); ok {
			t.Errorf("%d is there before it was put", i)
		}
		if err := one.Put(key, data); err != nil {
			t.Fatal(err)
		}
		if got, ok := two.Get(key); !ok || !bytes.Equal(got, data) {
			t.Errorf("%d: got %d bytes, %v", i, len(got), ok)
		}
		if got, ok := front.Get(key); !ok || !bytes.Equal(got, data) {
			t.Errorf("%d: in front %d bytes, %v", i, len(got), ok)
		}
	}
	if err := one.Put([32]byte{}, make([]byte, maxReply+1)); err == nil {
		t.Error("a reply without measure was kept")
	}
}

// A value that is none is not there.
func TestForgedReply(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	q := dial(t, s, nil)
	c := q.Cache(t.Context(), nil)
	for _, value := range []string{"", "x", "o\n", "o\n../.. 5", "o\n" + strings.Repeat("0", 64) + " 99999999999", "o\n" + strings.Repeat("0", 64) + " 5"} {
		if _, err := q.replies.Put(t.Context(), strings.Repeat("00", 32), []byte(value)); err != nil {
			t.Fatal(err)
		}
		if got, ok := c.Get([32]byte{}); ok {
			t.Errorf("%q is taken for %q", value, got)
		}
	}
}

// A caller pays once for what another worker asked.
func TestCallersShareReplies(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	asked := 0
	model := modelFunc(func() *client.Reply {
		asked++
		return &client.Reply{Text: "yes", Finish: client.Stopped, Usage: client.Usage{Prompt: 9, Completion: 1, Known: true}}
	})
	for range 3 {
		c := caller.New(model, caller.Options{Cache: dial(t, s, nil).Cache(t.Context(), nil), Identity: "m"})
		if a, err := c.Ask(t.Context(), caller.Question{Request: client.Request{User: "is it so?"}}); err != nil || a.Text != "yes" {
			t.Errorf("got %+v, %v", a, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
