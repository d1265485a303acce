package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"whatif/analyzer/llm/client"
)

// The pauses between two looks at a batch, the shortest and the longest. Most are done within the hour.
const (
	FirstPause = 30 * time.Second
	LastPause  = 10 * time.Minute
)

// mostUnseen is how many looks in a row may fail while one waits: some two hours without a network.
const mostUnseen = 15

// deliver sends what is ready and waits until all replies are there.
func (d *Desk) deliver(ctx context.Context, wait bool) error {
	d.sweep(ctx)
	pause, unseen := FirstPause, 0
	for len(d.state.Jobs) > 0 {
		moved, err := d.submit(ctx)
		if err == nil {
			var got bool
			got, err = d.look(ctx)
			moved = moved || got
		}
		switch {
		case err != nil && wait && ctx.Err() == nil && passing(err) && unseen < mostUnseen:
			unseen++
			d.tell(Event{State: "note", Detail: err.Error()})
		case err != nil:
			return err
		case moved:
			pause, unseen = FirstPause, 0
			if d.idle() {
				continue
			}
		default:
			unseen = 0
		}
		if len(d.state.Jobs) == 0 {
			break
		}
		if !wait {
			return &Waiting{d.progress()}
		}
		d.tell(Event{State: "waiting", Wait: pause})
		if err := d.opt.Sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(pause*3/2, LastPause)
	}
	d.sweep(ctx)
	return nil
}

// idle reports whether nothing is at the provider's: what is ready goes at once.
func (d *Desk) idle() bool {
	return !slices.ContainsFunc(d.state.Jobs, func(j *job) bool { return j.Step == created || j.Full > 0 })
}

// passing reports an error that may be gone a little later.
func passing(err error) bool {
	var e *client.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Fault {
	case client.Network, client.ServerError, client.Limited, client.Garbage:
		return e.Retry == nil || *e.Retry
	}
	return false
}

// mostAttempts is how often a request about files and batches is made.
const mostAttempts = 5

// try calls f until it succeeds, or fails for good.
func (d *Desk) try(ctx context.Context, f func() error) error {
	for n := 1; ; n++ {
		err := f()
		if err == nil || n == mostAttempts || !passing(err) {
			return err
		}
		if err := d.opt.Sleep(ctx, patience(err, n)); err != nil {
			return err
		}
	}
}

// patience returns how long to wait after the nth failure.
func patience(err error, n int) time.Duration {
	var e *client.Error
	if errors.As(err, &e) && e.After > 0 {
		return min(e.After, time.Minute)
	}
	return time.Second << min(n-1, 5)
}

// submit sends the jobs that are ready, as many as the provider lets wait. It reports whether one went out.
func (d *Desk) submit(ctx context.Context) (moved bool, err error) {
	for _, j := range slices.Clone(d.state.Jobs) {
		if j.Step == created {
			continue
		}
		if waits := d.queued(); d.state.Queue > 0 && waits > 0 && waits+j.Prompt > d.state.Queue {
			break
		}
		if j.Step == ready {
			if err := d.upload(ctx, j); err != nil {
				return moved, err
			}
		}
		if err := d.create(ctx, j); err != nil {
			return moved, err
		}
		if j.Step == created {
			moved = true
			d.tell(Event{State: "sent"})
		}
	}
	return moved, nil
}

// queued returns the tokens of the prompts that wait at the provider's.
func (d *Desk) queued() int {
	sum := 0
	for _, j := range d.state.Jobs {
		if j.Step == created {
			sum += j.Prompt
		}
	}
	return sum
}

// upload sends a job's input. One that was sent and not noted costs nothing but its place.
func (d *Desk) upload(ctx context.Context, j *job) error {
	info, err := os.Stat(d.input(j))
	if err != nil {
		return fmt.Errorf("reading what was asked: %w", err)
	}
	var usable bool
	err = d.try(ctx, func() (err error) {
		j.File, usable, err = d.opt.Client.Upload(ctx, "whatif-"+j.ID+".jsonl", info.Size(), func() (io.ReadCloser, error) { return os.Open(d.input(j)) })
		return err
	})
	switch {
	case errors.Is(err, client.ErrNoBatches):
		return fmt.Errorf("%s has no Batch API: %w", d.opt.Client.Host(), err)
	case err != nil:
		return fmt.Errorf("sending what is asked: %w", err)
	}
	if !usable {
		if err := d.settled(ctx, j); err != nil {
			return err
		}
	}
	j.Step = uploaded
	return d.save()
}

// mostUnsettled is how often is asked whether a file may be used: for some ten minutes.
const mostUnsettled = 60

// settled waits until a file may be used.
func (d *Desk) settled(ctx context.Context, j *job) error {
	for range mostUnsettled {
		if err := d.opt.Sleep(ctx, 10*time.Second); err != nil {
			return err
		}
		var usable bool
		if err := d.try(ctx, func() (err error) { usable, err = d.opt.Client.FileReady(ctx, j.File); return err }); err != nil || usable {
			return err
		}
	}
	return nil // then the provider says what is wrong with it
}

// lookups are the waits before a batch is looked for whose creation got no answer: lists may lag behind.
var lookups = []time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second}

// create makes the batch of a job. Where an answer is lost, the batch is looked for before another is made.
func (d *Desk) create(ctx context.Context, j *job) error {
	if j.Step == creating {
		if done, err := d.seek(ctx, j, lookups[:2]); done || err != nil {
			return err
		}
	}
	for n := 1; ; n++ {
		j.Step = creating
		if err := d.save(); err != nil {
			return err
		}
		b, err := d.opt.Client.CreateBatch(ctx, j.File, j.name())
		switch {
		case err == nil:
			return d.found(j, b)
		case ctx.Err() != nil:
			return err // the next run looks for it
		case refused(err):
			return d.uncreated(ctx, j, err)
		}
		if done, seekErr := d.seek(ctx, j, lookups); done || seekErr != nil {
			return seekErr
		}
		if n == 3 {
			return fmt.Errorf("creating a batch: %w", err)
		}
	}
}

// refused reports an answer that says that no batch was created.
func refused(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Status >= 400 && e.Status < 500 && e.Status != 408 && e.Status != 409
}

// seek looks for the batch of a job that may have been created.
func (d *Desk) seek(ctx context.Context, j *job, after []time.Duration) (done bool, err error) {
	for i := range len(after) + 1 {
		var b *client.Batch
		err := d.try(ctx, func() (err error) { b, err = d.opt.Client.FindBatch(ctx, j.File, j.name()); return err })
		switch {
		case errors.Is(err, client.ErrNoBatches):
			return false, fmt.Errorf("whether the batch %s was created can't be known, since no list of batches is to be had; look for it at the provider's, "+
				"and remove %s to ask again: %w", j.name(), d.path(stateName), err)
		case err != nil:
			return false, fmt.Errorf("looking for a batch that may have been created: %w", err)
		case b != nil:
			return true, d.found(j, b)
		case i == len(after):
			return false, nil
		}
		if err := d.opt.Sleep(ctx, after[i]); err != nil {
			return false, err
		}
	}
	return false, nil
}

// found notes a job's batch.
func (d *Desk) found(j *job, b *client.Batch) error {
	now := d.opt.Now().UTC()
	j.Batch, j.Step, j.Created = b.ID, created, &now
	return d.save()
}

// uncreated decides about a batch that the provider refused to make.
func (d *Desk) uncreated(ctx context.Context, j *job, err error) error {
	j.Step = uploaded
	var e *client.Error
	errors.As(err, &e) // it is one: it was refused
	switch {
	case strings.Contains(strings.ToLower(e.Message), "enqueued"):
		_, err := d.full(j, e.Message)
		return err
	case e.Fault == client.BadRequest: // the file may be gone
		j.Step, j.File = ready, ""
	}
	return errors.Join(fmt.Errorf("creating a batch: %w", err), d.save())
}

// sweep has the provider forget the files of jobs that are done. What can't be deleted now is tried again by the next run, and
// forgotten when it is not there any more.
func (d *Desk) sweep(ctx context.Context) {
	if len(d.state.Litter) == 0 || ctx.Err() != nil {
		return
	}
	d.state.Litter = slices.DeleteFunc(d.state.Litter, func(file string) bool {
		err := d.opt.Client.DeleteFile(ctx, file)
		return err == nil || !passing(err) && ctx.Err() == nil
	})
	_ = d.save() // it is deleted again
}
