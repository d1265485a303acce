package queue

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"whatif/analyzer/llm/caller"
)

// A cache is the replies that all workers share: what a worker paid for that died is found by the next. It is a caller.Cache.
//
// A value is the letter i and the reply, or, where that is too long for a message, the letter o, its SHA-256, a blank, and its size: the
// reply is an object then.
type cache struct {
	q     *Queue
	ctx   context.Context // ends with the worker
	front caller.Cache    // this machine's own; nil: none
}

// maxReply is the most bytes of a reply.
const maxReply = 16 << 20

// patience is how long a reply is looked for, and how long it is tried to keep one, while the server does not answer.
const patience = time.Minute

// Cache returns the replies that all who use the queue share. front, if there is one, is looked into first. It works until ctx ends.
func (q *Queue) Cache(ctx context.Context, front caller.Cache) caller.Cache {
	return &cache{q, ctx, front}
}

// Get returns the reply with a key, and whether there is one. What can't be read is not there.
func (c *cache) Get(key [32]byte) ([]byte, bool) {
	if c.front != nil {
		if data, ok := c.front.Get(key); ok {
			return data, true
		}
	}
	ctx, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	data, err := c.get(ctx, hex.EncodeToString(key[:]))
	if err != nil {
		return nil, false
	}
	if c.front != nil {
		_ = c.front.Put(key, data) // it is kept where it came from
	}
	return data, true
}

func (c *cache) get(ctx context.Context, key string) ([]byte, error) {
	var e jetstream.KeyValueEntry
	err := c.q.try(ctx, requestTime, func(ctx context.Context) (err error) {
		e, err = c.q.replies.Get(ctx, key)
		return err
	})
	if err != nil {
		return nil, err
	}
	kind, rest, _ := strings.Cut(string(e.Value()), "\n")
	if kind == "i" {
		return []byte(rest), nil
	}
	sum, size, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(size, 10, 64)
	if kind != "o" || err != nil || n < 0 || n > maxReply || !isHex(sum, 64) {
		return nil, errors.New("it is no reply")
	}
	return c.q.getObject(ctx, replyName(sum), sum, n)
}

func replyName(sum string) string { return "reply." + sum }

// Put keeps a reply.
func (c *cache) Put(key [32]byte, data []byte) error {
	var local error
	if c.front != nil {
		local = c.front.Put(key, data)
	}
	ctx, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	if err := c.put(ctx, hex.EncodeToString(key[:]), data); err != nil {
		return errors.Join(fmt.Errorf("keeping a reply in the queue: %w", err), local)
	}
	return local
}

func (c *cache) put(ctx context.Context, key string, data []byte) error {
	if len(data) > maxReply {
		return fmt.Errorf("it has %d bytes, over the limit of %d", len(data), maxReply)
	}
	value := append([]byte("i\n"), data...)
	if most := int(c.q.nc.MaxPayload()) - 4096; len(value) > most { // headers and subject need some room
		sum := sumOf(data)
		if err := c.q.putObject(ctx, replyName(sum), data); err != nil {
			return err
		}
		value = fmt.Appendf(nil, "o\n%s %d", sum, len(data))
	}
	return c.q.try(ctx, requestTime, func(ctx context.Context) error {
		_, err := c.q.replies.Put(ctx, key, value)
		return err
	})
}
