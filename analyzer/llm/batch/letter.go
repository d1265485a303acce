package batch

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// A desk is the model that a round's caller asks.
type desk struct {
	*Desk
	start client.Format // that questions begin at
}

// Complete is never called: the caller posts.
func (d *desk) Complete(context.Context, *client.Request) (*client.Reply, error) {
	return nil, errors.New("a batch takes letters only")
}

// mostTries is how often a request is asked that fails as another might not.
const mostTries = 3

// waiting is what comes of a letter that was taken.
var waiting = &caller.Stopped{Reason: "the replies are on their way", Err: caller.ErrWaiting}

// Post returns the reply to a letter, or the error that came instead of it. It takes a letter that has neither, or whose error may
// have been bad luck.
func (d *desk) Post(ctx context.Context, l caller.Letter) (*client.Reply, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	id := idOf(l.Key, l.Request.Format)
	found, ok := d.shelf.find(id)
	if !ok && l.Request.Format == d.start {
		found, ok = d.stricter(l)
	}
	if ok {
		o, err := d.shelf.outcome(found)
		if err != nil {
			return nil, err
		}
		reply, err := d.opt.Client.Judge(l.Request, o)
		if err == nil {
			return reply, nil
		}
		if err = final(err, found.tries); err != nil {
			return nil, err
		}
	}
	if err := d.spool.take(id, l.Request); err != nil {
		return nil, err
	}
	return nil, waiting
}

// stricter finds a letter's reply that was asked for before the format was found not to be taken.
func (d *desk) stricter(l caller.Letter) (entry, bool) {
	for _, f := range formats[:max(slices.Index(formats, d.start), 0)] {
		if e, ok := d.shelf.find(idOf(l.Key, f)); ok && e.status == 200 {
			return e, true
		}
	}
	return entry{}, false
}

// final returns the error that a request ends with, nil if it is to be asked again.
func final(err error, tries int) error {
	var e *client.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Fault {
	case client.Limited, client.ServerError, client.Network, client.Garbage:
		if tries < mostTries {
			return nil
		}
		given := *e // that the provider can't do it is no sign that it is not well: the others go on
		given.Fault, given.Status, given.After = client.BadRequest, 0, 0
		e = &given
	}
	no := false
	once := *e
	once.Retry = &no
	return &once
}

// formats are the rungs, strictest first.
var formats = []client.Format{client.StrictSchema, client.JSONObject, client.PlainText}

// idOf returns the id of a line: what is asked, and how its form is demanded.
func idOf(key [32]byte, f client.Format) [32]byte {
	return sha256.Sum256(append([]byte("whatif batch "+string(f)+"\x00"), key[:]...))
}
