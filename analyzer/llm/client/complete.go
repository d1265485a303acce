package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// placeholder is what go-openai is given to send. The body that goes out is ours; with the model's real name go-openai would refuse
// settings by its own list of models.
var placeholder = openai.ChatCompletionRequest{Model: "model"}

// Complete asks once.
func (c *Client) Complete(ctx context.Context, r *Request) (*Reply, error) {
	a, err := c.attempt(r)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	within, done := a.within(ctx, c.cfg.Timeout)
	defer done()
	s := a.newAnswer(r, start)
	stream, err := a.openai().CreateChatCompletionStream(within, placeholder)
	switch {
	case errors.Is(err, errWhole):
		err = s.readWhole(a.whole)
	case err == nil:
		err = s.read(stream)
	}
	if err != nil {
		return nil, a.failed(ctx, err)
	}
	return s.reply(r)
}

// Body returns the method, address and body that Complete would send, to the byte. Nothing is sent. The address is without the
// base URL's user and with its query's values blanked: they may hold a key.
func (c *Client) Body(r *Request) (method, address string, body []byte, err error) {
	a, err := c.attempt(r)
	if err != nil {
		return "", "", nil, err
	}
	a.send = func(*http.Request) (*http.Response, error) { return nil, errCaptured }
	_, err = a.openai().CreateChatCompletionStream(context.Background(), placeholder)
	if !errors.Is(err, errCaptured) {
		return "", "", nil, a.failed(context.Background(), err)
	}
	u := *a.sent.URL
	u.User, u.RawQuery = nil, c.publicQuery(u.Query())
	return a.sent.Method, u.String(), a.body, nil
}

func (c *Client) newAttempt() *attempt {
	return &attempt{c: c, send: c.http.Do, watch: &watch{}, cause: func() error { return nil }}
}

// attempt makes r ready to be sent.
func (c *Client) attempt(r *Request) (*attempt, error) {
	a := c.newAttempt()
	a.format = r.Format
	if c.cfg.Model == "" {
		return nil, a.fault(NoSuchModel, "no model is named", "set one; `whatif models` lists what the endpoint has")
	}
	body, err := c.body(r)
	if err != nil {
		e := a.fault(BadRequest, c.clean(err.Error()), "correct the settings")
		e.Err = err
		return nil, e
	}
	a.body = body
	return a, nil
}

// within bounds an attempt in time and lets its watch end it. done must be called.
func (a *attempt) within(ctx context.Context, limit time.Duration) (_ context.Context, done func()) {
	ctx, stop := context.WithTimeoutCause(ctx, limit, errTimedOut)
	ctx, cancel := context.WithCancelCause(ctx)
	a.watch.cancel = cancel
	a.cause = func() error { return context.Cause(ctx) }
	return ctx, func() { a.watch.stop(); cancel(nil); stop() }
}

// failed makes an *Error of whatever went wrong, or returns the end of the caller's own context.
func (a *attempt) failed(caller context.Context, err error) error {
	if ended := caller.Err(); ended != nil {
		return ended
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if cause := a.cause(); cause != nil {
		return a.network(cause)
	}
	return a.unsent(err)
}
