package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/record"
	"whatif/analyzer/scan"
)

// A serving is what a worker has for one run.
type serving struct {
	round   uint64 // revision of the run's description
	maker   scan.Maker
	purse   *purse
	refused error // why this worker can't work for it
	stale   bool  // to be made anew
}

// handle deals with one message. It reports whether it gave it back for others.
func (s *server) handle(ctx context.Context, msg jetstream.Msg) (rest bool) {
	began := time.Now()
	t, err := decodeTask(msg.Subject(), msg.Data())
	if newer := (*newerError)(nil); errors.As(err, &newer) {
		s.tell(t.run, newer.Error())
		s.opt.Observe(Work{State: "refused", Err: err})
		return s.giveBack(msg, t)
	}
	if err != nil {
		s.tell("", "a message in the queue is malformed, and is taken out: "+err.Error())
		s.opt.Observe(Work{State: "malformed", Err: err})
		_ = msg.TermWithReason("malformed") // else it comes again
		return false
	}
	tries := s.tries(ctx, msg, t)
	if tries > 1 && s.done(ctx, t) { // a worker died between the result and the acknowledgement
		s.ack(ctx, msg)
		return false
	}
	if tries > s.opt.Tries {
		s.giveUp(ctx, msg, t, nil)
		return false
	}
	run, err := s.runOf(ctx, t)
	switch {
	case err != nil && ctx.Err() == nil && tries < s.opt.Tries: // it may not have come to all servers of a cluster yet
		_ = msg.NakWithDelay(s.opt.Sitout / 5)
		return false
	case err != nil && ctx.Err() == nil:
		s.tell("", "a document's scan is not known any more, and the document is taken out of the queue: "+err.Error())
		_ = msg.TermWithReason("unknown run")
		return false
	case err != nil:
		return s.giveBack(msg, t)
	case run.refused != nil:
		s.tell(t.run, "can't work for the scan: "+run.refused.Error())
		s.opt.Observe(Work{Name: t.Name, State: "refused", Err: run.refused})
		return s.giveBack(msg, t)
	}
	m, err := s.make(ctx, msg, t, run)
	if err == nil {
		err = s.deliver(ctx, msg, t, m, time.Since(began))
	}
	if err == nil {
		s.opt.Observe(Work{Name: t.Name, State: "done", Took: time.Since(began)})
		return false
	}
	return s.unfinished(ctx, msg, t, run, tries, err)
}

// unfinished decides about a document that was not finished.
func (s *server) unfinished(ctx context.Context, msg jetstream.Msg, t *taskMessage, run *serving, tries int, err error) (rest bool) {
	stop := (*caller.Stopped)(nil)
	switch {
	case ctx.Err() != nil:
		s.opt.Observe(Work{Name: t.Name, State: "given back", Err: err})
		return s.giveBack(msg, t)
	case errors.As(err, &stop):
		s.opt.Observe(Work{Name: t.Name, State: "given back", Err: err})
		s.end(ctx, t, run, stop)
		return s.giveBack(msg, t)
	case tries >= s.opt.Tries:
		s.giveUp(ctx, msg, t, err)
		return false
	}
	s.opt.Observe(Work{Name: t.Name, State: "given back", Err: err})
	_ = msg.NakWithDelay(s.opt.Sitout / 5) // else it comes again later
	return false
}

// tries returns how often a document was taken, this time among them: how often it was delivered, but for when it was given back.
func (s *server) tries(ctx context.Context, msg jetstream.Msg, t *taskMessage) int {
	meta, err := msg.Metadata()
	if err != nil || meta.NumDelivered <= 1 {
		return 1
	}
	var e jetstream.KeyValueEntry
	err = s.q.try(ctx, requestTime, func(ctx context.Context) (err error) {
		e, err = s.q.runs.Get(ctx, t.backKey())
		return err
	})
	back := 0
	if err == nil {
		_ = json.Unmarshal(e.Value(), &back) // written by others: 0 if it is no number
	}
	return max(int(meta.NumDelivered)-max(back, 0), 1)
}

func (t *taskMessage) backKey() string { return "back." + t.run + "." + t.id }

// giveBack returns a message to the queue, for others, and notes that this was no try. It returns true.
func (s *server) giveBack(msg jetstream.Msg, t *taskMessage) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), requestTime)
	defer cancel()
	if t.id != "" {
		_ = s.q.try(ctx, requestTime, func(ctx context.Context) error { // else it counts as a try
			back, rev := 0, uint64(0)
			if e, err := s.q.runs.Get(ctx, t.backKey()); err == nil {
				_, rev = json.Unmarshal(e.Value(), &back), e.Revision()
			} else if !errors.Is(err, jetstream.ErrKeyNotFound) {
				return err
			}
			data := fmt.Append(nil, back+1)
			if rev == 0 {
				_, err := s.q.runs.Create(ctx, t.backKey(), data)
				return err
			}
			_, err := s.q.runs.Update(ctx, t.backKey(), data, rev)
			return err
		})
	}
	delay := 2 * s.opt.Sitout // longer than a rest, so that it does not keep this worker from others
	if s.taking.Err() != nil {
		delay = 0
	}
	_ = msg.NakWithDelay(delay) // else it comes again when AckWait is over
	return true
}

// done reports whether a task has its result already.
func (s *server) done(ctx context.Context, t *taskMessage) bool {
	msg, err := s.q.last(ctx, s.q.results, s.q.subject("result", t.run, t.id))
	return err == nil && msg != nil
}

// ack takes a message out of the queue.
func (s *server) ack(ctx context.Context, msg jetstream.Msg) {
	_ = s.q.try(ctx, requestTime, msg.DoubleAck) // else it comes again, and its result is found
}

// runOf returns what the worker has for a task's run. The description is looked at each time: another scan may have renewed it.
func (s *server) runOf(ctx context.Context, t *taskMessage) (*serving, error) {
	var e jetstream.KeyValueEntry
	err := s.q.try(ctx, requestTime, func(ctx context.Context) (err error) {
		e, err = s.q.runs.Get(ctx, "run."+t.run)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading its description: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.use(t.run)
	old := s.runs[t.run]
	if old != nil && old.round == e.Revision() && !old.stale {
		return old, nil
	}
	r := &serving{round: e.Revision()}
	if old != nil {
		r.purse = old.purse
	}
	var d struct {
		Version int `json:"version"`
		RunSettings
	}
	if err := json.Unmarshal(e.Value(), &d); err != nil || d.Version < 1 || d.Version > wireVersion {
		r.refused = errors.New("its description is of a newer version of whatif, or none at all")
	} else {
		s.equip(ctx, r, t.run, d.RunSettings)
	}
	s.runs[t.run] = r
	return r, nil
}

// maxRuns is how many runs a worker is equipped for at once. The one that was used longest ago makes room.
const maxRuns = 16

// use notes that a run was used. s.mu is held.
func (s *server) use(run string) {
	s.order = append(slices.DeleteFunc(s.order, func(id string) bool { return id == run }), run)
	if len(s.order) <= maxRuns {
		return
	}
	if old := s.runs[s.order[0]]; old != nil && old.purse != nil {
		s.leaving.Go(func() { s.leavePurse(old.purse) })
	}
	delete(s.runs, s.order[0])
	s.order = s.order[1:]
}

// equip gives a run its maker. s.mu is held, so that it is made once.
func (s *server) equip(ctx context.Context, r *serving, id string, settings RunSettings) {
	run := Run{RunSettings: settings, Cache: s.cache}
	if _, err := s.q.runs.Get(ctx, "purse."+id); err == nil {
		if r.purse == nil {
			r.purse = s.q.newPurse(s.ctx, id, s.id)
			r.purse.say = func(text string) { s.inform(id, text) }
		}
		run.Purse = r.purse
	} else if !errors.Is(err, jetstream.ErrKeyNotFound) { // a limit that is not known is not kept
		r.refused, r.stale = fmt.Errorf("what it may spend can't be read: %w", err), true
		return
	}
	r.maker, r.refused = s.opt.Maker(run)
}

// make analyses a document. A fault of the program is an error.
func (s *server) make(ctx context.Context, msg jetstream.Msg, t *taskMessage, run *serving) (m *scan.Made, err error) {
	stop := s.hold(ctx, msg)
	defer stop()
	defer func() {
		if r := recover(); r != nil {
			m, err = nil, fmt.Errorf("a fault of whatif itself: %v", r)
		}
	}()
	content, err := s.q.getObject(ctx, contentName(t.run, t.SHA256), t.SHA256, t.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the document from the queue: %w", err)
	}
	m, err = run.maker.Make(ctx, scan.Task{Num: t.Num, Name: t.Name, Path: t.Path, Source: t.Source, SHA256: t.SHA256, Content: content})
	if err == nil && (m == nil || m.Record == nil) {
		err = errors.New("nothing came of it")
	}
	return m, err
}

// hold says again and again that a document is being worked on.
func (s *server) hold(ctx context.Context, msg jetstream.Msg) (stop func()) {
	within, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for sleep(within, s.opt.AckWait/4) == nil {
			if !s.opt.mute {
				_ = msg.InProgress() // while the connection is away, nothing can be said
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// deliver hands over what came of a document, and takes its message out of the queue.
func (s *server) deliver(ctx context.Context, msg jetstream.Msg, t *taskMessage, m *scan.Made, took time.Duration) error {
	stop := s.hold(ctx, msg)
	defer stop()
	data, err := encodeMade(m)
	if err != nil {
		return fmt.Errorf("packing the drafts: %w", err)
	}
	sum := sumOf(data)
	if err := s.q.putObject(ctx, draftsName(t.run, t.id, sum), data); err != nil {
		return fmt.Errorf("putting the drafts into the queue: %w", err)
	}
	if err := s.say(ctx, t.run, t.id, resultMessage{Object: sum, Bytes: int64(len(data)), Millis: took.Milliseconds()}); err != nil {
		return err
	}
	s.ack(ctx, msg)
	return nil
}

// say publishes a result.
func (s *server) say(ctx context.Context, run, id string, r resultMessage) error {
	r.Version, r.Worker = wireVersion, s.opt.Name
	data, err := json.Marshal(r)
	if err == nil {
		err = s.q.publish(ctx, s.q.subject("result", run, id), data)
	}
	if err != nil {
		return fmt.Errorf("telling the scan the result: %w", err)
	}
	return nil
}

// giveUp puts a document aside that no worker finishes: for people to look at, and with a record for the scan.
func (s *server) giveUp(ctx context.Context, msg jetstream.Msg, t *taskMessage, why error) {
	detail := fmt.Sprintf("was taken %d times and never finished", s.opt.Tries)
	if why != nil {
		detail += ": " + cut(why.Error(), maxReason)
	}
	s.tell("", fmt.Sprintf("%s %s; it is put aside", t.Name, detail))
	s.opt.Observe(Work{Name: t.Name, State: "given up", Err: why})
	if err := s.q.publish(ctx, s.q.subject("dead", t.run, t.id), msg.Data()); err != nil {
		return // it comes again
	}
	m := &scan.Made{Num: t.Num, Record: &record.Record{Name: t.Name, Path: t.Path, SHA256: t.SHA256, Bytes: t.Bytes, State: record.Failed,
		Reason: "never_finished", Detail: detail}}
	_ = s.deliver(ctx, msg, t, m, 0) // else it comes again
}

// end deals with a model that can't be asked any more: where a limit of all workers was reached, the scan is ended, else this worker.
func (s *server) end(ctx context.Context, t *taskMessage, run *serving, stop *caller.Stopped) {
	s.mu.Lock()
	round := run.round
	run.stale = true // its caller asks nothing any more
	s.mu.Unlock()
	switch {
	case errors.Is(stop, errShared):
		_ = s.say(ctx, t.run, stopID, resultMessage{Round: round, Stopped: stop.Reason, Budget: true}) // else the next one says it
	case !errors.Is(stop, errEnded):
		s.tell(t.run, stop.Reason)
		s.finish(stop)
	}
}
