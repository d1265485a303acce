package queue

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// requestTime is for one request to the server.
const requestTime = 5 * time.Second

// try calls f again and again, each time with so long, while the server does not answer. Other errors are f's last word. f must be
// such that it may be done twice. What is asked when the connection breaks is not waited for.
func (q *Queue) try(ctx context.Context, long time.Duration, f func(context.Context) error) error {
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		link := q.conn.whileLinked()
		within, cancel := context.WithTimeout(ctx, long)
		stop := context.AfterFunc(link, cancel)
		err := f(within)
		stop()
		cancel()
		broken := link.Err() != nil && errors.Is(err, context.Canceled)
		if err == nil || q.nc.IsClosed() || !broken && !passing(err) {
			return err
		}
		if sleep(ctx, wait) != nil {
			return context.Cause(ctx)
		}
	}
}

// passing reports an error that another attempt may do away with: the server is away, or too busy to answer.
func passing(err error) bool {
	for _, e := range []error{nats.ErrTimeout, context.DeadlineExceeded, nats.ErrNoResponders, jetstream.ErrNoStreamResponse, nats.ErrReconnectBufExceeded,
		nats.ErrDisconnected, nats.ErrConnectionReconnecting, nats.ErrStaleConnection, jetstream.ErrAsyncPublishTimeout} {
		if errors.Is(err, e) {
			return true
		}
	}
	api := (*jetstream.APIError)(nil)
	return errors.As(err, &api) && api.Code == 503
}

// plain words errors of the server for people.
func plain(err error) error {
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount), errors.Is(err, nats.ErrNoResponders):
		return errors.New("the server has no JetStream: start it with nats-server -js, or let the account use it")
	case errors.Is(err, nats.ErrPermissionViolation), strings.Contains(strings.ToLower(err.Error()), "permissions violation"):
		return errors.New("this user may not: give it the subjects that `whatif help scaling` lists")
	}
	return err
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
