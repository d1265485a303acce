package queue

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	requestTime = 5 * time.Second  // for one request to the server
	objectTime  = 30 * time.Second // for one document or draft
)

// try calls f again and again, each time with so long, while the server does not answer. Other errors are f's last word. f must be
// such that it may be done twice.
func try(ctx context.Context, long time.Duration, f func(context.Context) error) error {
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		within, cancel := context.WithTimeout(ctx, long)
		err := f(within)
		cancel()
		if err == nil || !passing(err) {
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
