package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// ErrCancelled is wrapped by the *caller.Stopped of a run whose batch somebody cancelled at the provider's.
var ErrCancelled = errors.New("the batch was cancelled")

// look asks how the batches get on, and has what came of those that ended. It reports whether one did.
func (d *Desk) look(ctx context.Context) (moved bool, err error) {
	for _, j := range slices.Clone(d.state.Jobs) {
		if j.Step != created {
			continue
		}
		var b *client.Batch
		err := d.try(ctx, func() (err error) { b, err = d.opt.Client.Batch(ctx, j.Batch); return err })
		switch {
		case errors.Is(err, client.ErrNoBatches):
			return moved, fmt.Errorf("%s does not know the batch %s; is the key of the same account? To ask anew, remove %s: %w",
				d.opt.Client.Host(), j.Batch, d.path(stateName), err)
		case err != nil:
			return moved, err
		}
		if j.Done != b.Completed || j.Failed != b.Failed {
			j.Done, j.Failed = min(b.Completed, j.Lines), min(b.Failed, j.Lines)
		}
		switch {
		case b.Status == client.BatchFailed:
			got, err := d.failed(j, b)
			if moved = moved || got; err != nil {
				return moved, err
			}
		case b.Ended():
			moved = true
			if err := d.collect(ctx, j, b); err != nil {
				return moved, err
			}
		}
	}
	return moved, nil
}

// failed decides about a batch of which nothing was done.
func (d *Desk) failed(j *job, b *client.Batch) (moved bool, err error) {
	if b.Code == client.QueueFull {
		return d.full(j, b.Message)
	}
	input := d.input(j)
	d.remove(j)
	if err := d.save(); err != nil {
		return true, err
	}
	_ = os.Remove(input) // or the next run does
	return true, &caller.Stopped{Reason: fmt.Sprintf("%s refuses the batch %s: %s (%s); nothing of it was done or billed", d.opt.Client.Host(), b.ID, b.Message, b.Code),
		Err: &client.Error{Fault: client.BadRequest, Message: b.Message}}
}

// queueLimits are how providers tell how many tokens may wait.
var queueLimits = regexp.MustCompile(`(?i)limit:? ([\d,]{1,15})`)

// full decides about a batch for which there is no room at the provider's: it waits for those before it; one that never fits in is
// halved. It reports whether the halves may go at once.
func (d *Desk) full(j *job, message string) (moved bool, err error) {
	j.Step, j.Batch, j.Created = uploaded, "", nil
	j.Try++
	j.Full++
	limit := 0
	if m := queueLimits.FindStringSubmatch(message); m != nil {
		limit, _ = strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
	}
	alone := d.queued() == 0
	if limit > 0 {
		d.state.Queue = limit
	} else if !alone {
		d.state.Queue = d.queued()
	}
	fits := limit > 0 && j.Prompt <= limit
	d.tell(Event{State: "note", Detail: "the provider lets no more tokens wait: " + message})
	switch {
	case j.Lines == 1 && limit > 0 && !fits && j.Full > 2 || j.Full > 10*mostUnseen: // a day and more
		return false, &caller.Stopped{Reason: "the provider takes no batch, however small: " + message, Err: &client.Error{Fault: client.Limited, Message: message}}
	case j.Lines > 1 && (limit > 0 && !fits || alone && !fits || j.Full%4 == 0):
		return limit > 0 && !fits, d.halve(j)
	}
	return false, d.save()
}

// halve makes two jobs of one.
func (d *Desk) halve(j *job) error {
	a := &job{ID: d.opt.name(), Step: ready, Format: j.Format, Full: 0, Lines: j.Lines / 2}
	b := &job{ID: d.opt.name(), Step: ready, Format: j.Format, Full: 0, Lines: j.Lines - j.Lines/2}
	a.add(j.Prompt*a.Lines/j.Lines, j.Reply*a.Lines/j.Lines)
	b.add(j.Prompt-a.Prompt, j.Reply-a.Reply)
	var halves [2][]byte
	n := 0
	if err := d.linesOf(j, func(_ [32]byte, line []byte) error {
		half := 0
		if n >= a.Lines {
			half = 1
		}
		halves[half] = append(halves[half], line...)
		n++
		return nil
	}); err != nil {
		return err
	}
	for i, half := range []*job{a, b} {
		if err := d.write(d.input(half), halves[i]); err != nil {
			return fmt.Errorf("keeping questions for a batch: %w", err)
		}
	}
	at := slices.Index(d.state.Jobs, j)
	input := d.input(j)
	d.state.Jobs = slices.Insert(d.state.Jobs, at, a, b)
	d.remove(j)
	if err := d.save(); err != nil {
		return err
	}
	_ = os.Remove(input) // or the next run does
	return nil
}

// A reckoning is what came of a job, while it is read.
type reckoning struct {
	asked     map[[32]byte]bool // that have no outcome yet
	good      int
	formless  int // failures that the format is to blame for
	lost      int // that were not executed
	halt      *client.Error
	spent     caller.Spent
	strangers int
}

// collect has what came of a batch that ended, and puts it on the shelf.
func (d *Desk) collect(ctx context.Context, j *job, b *client.Batch) error {
	r := &reckoning{asked: map[[32]byte]bool{}}
	if err := d.linesOf(j, func(id [32]byte, _ []byte) error { r.asked[id] = true; return nil }); err != nil {
		return err
	}
	for _, file := range []string{b.Output, b.Errors} {
		if file == "" {
			continue
		}
		if err := d.try(ctx, func() error {
			return d.opt.Client.Download(ctx, file, func(line []byte) error { return d.take(j, line, r) })
		}); err != nil {
			return fmt.Errorf("having the replies of the batch %s: %w", b.ID, err)
		}
	}
	if b.Status != client.BatchCancelled && r.halt == nil {
		for id := range r.asked {
			if err := d.shelf.put(j, id, client.Outcome{Body: lostBody}); err != nil {
				return err
			}
		}
	}
	r.lost += len(r.asked)
	if err := d.shelf.sync(); err != nil {
		return err
	}
	if r.good == 0 && r.formless > 0 && r.formless == j.Lines {
		if below := caller.Below(j.Format); below != "" {
			d.state.Format = below
		}
	}
	d.state.Spent = sum(d.state.Spent, r.spent)
	input := d.input(j)
	d.remove(j, b.Output, b.Errors)
	if err := d.save(); err != nil {
		return err
	}
	_ = os.Remove(input) // or the next run does
	d.tell(Event{State: "got", Detail: r.say(j, b)})
	switch {
	case r.halt != nil:
		return &caller.Stopped{Reason: r.halt.Message + "; what was answered is kept: run again when that is mended", Err: r.halt}
	case b.Status == client.BatchCancelled:
		return &caller.Stopped{Reason: fmt.Sprintf("the batch %s was cancelled at the provider's; %d of its %d replies are there and kept: run again to ask for the others",
			b.ID, r.good, j.Lines), Err: ErrCancelled}
	}
	return nil
}

var lostBody = json.RawMessage(`{"error":{"message":"the batch ended without a reply to it","code":["lost"]}}`)

// say tells what came of a job, for people.
func (r *reckoning) say(j *job, b *client.Batch) string {
	text := fmt.Sprintf("%d of %d replies came", r.good, j.Lines)
	if b.Status != client.BatchCompleted {
		text += "; the batch is " + b.Status
	}
	if failed := j.Lines - r.good; failed > 0 {
		text += fmt.Sprintf("; %d are asked for again, or given up", failed)
	}
	if r.strangers > 0 {
		text += fmt.Sprintf("; %d lines are replies to nothing that was asked", r.strangers)
	}
	return text
}

// take puts one line of a batch's output on the shelf.
func (d *Desk) take(j *job, line []byte, r *reckoning) error {
	o, err := d.opt.Client.ReadOutcome(line)
	if err != nil {
		r.strangers++
		return nil
	}
	id, ok := readID(o.ID)
	if !ok || !r.asked[id] {
		if !ok || !d.shelf.has(j, id) { // a second download brings the same again
			r.strangers++
		}
		return nil
	}
	reply, err := d.opt.Client.Judge(&client.Request{Format: j.Format}, o)
	var e *client.Error
	if errors.As(err, &e) && o.Status != 200 {
		switch e.Fault {
		case client.NoMoney, client.BadKey, client.NoSuchModel, client.Unreachable: // another run may have more luck
			r.halt = e
			return nil
		case client.Format400:
			r.formless++
		}
		if strings.Contains(string(o.Body), "batch_cancelled") {
			return nil
		}
	}
	delete(r.asked, id)
	if o.Status == 200 {
		r.good++
		r.book(d, reply)
	}
	return d.shelf.put(j, id, o)
}

// book adds what a reply cost.
func (r *reckoning) book(d *Desk, reply *client.Reply) {
	s := caller.Spent{Requests: 1, Unpriced: true}
	if reply != nil && reply.Usage.Known {
		u := reply.Usage
		usd, known := d.price(u)
		s = caller.Spent{Requests: 1, PromptTokens: u.Prompt, CachedTokens: u.Cached, CompletionTokens: u.Completion, Unpriced: !known}
		if known {
			s.CostUSD = usd
		}
	}
	r.spent = sum(r.spent, s)
}

func sum(a, b caller.Spent) caller.Spent {
	return caller.Spent{Requests: a.Requests + b.Requests, CachedRequests: a.CachedRequests + b.CachedRequests, PromptTokens: a.PromptTokens + b.PromptTokens,
		CachedTokens: a.CachedTokens + b.CachedTokens, CompletionTokens: a.CompletionTokens + b.CompletionTokens, CostUSD: a.CostUSD + b.CostUSD,
		Unpriced: a.Unpriced || b.Unpriced}
}

func (d *Desk) write(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = d.synced(f)
	}
	return errors.Join(err, f.Close())
}
