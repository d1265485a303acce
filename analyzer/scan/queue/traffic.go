package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"whatif/analyzer/record"
	"whatif/analyzer/scan"
)

// A traffic is what is on its way between one Work and the workers.
type traffic struct {
	line   *Line
	q      *Queue
	made   chan<- *scan.Made
	cancel context.CancelCauseFunc
	room   chan struct{} // holds one for each task that is with the queue
	came   chan arrival
	kept   chan *handed // what the scan has kept: to be deleted

	mu       sync.Mutex
	out      map[string]*asked        // by task
	contents map[string]int           // by SHA-256: tasks that need the document
	going    map[string]chan struct{} // documents that are being deleted; closed when they are
	idle     chan struct{}            // takes one: a task was done

	sending sync.Mutex
	last    *handed // was sent to made, and may not be kept yet
}

// An asked is a task that is with the queue. Its content is not in memory.
type asked struct {
	task  scan.Task
	size  int64     // of its content; -1: that is not in the queue yet
	since time.Time // it was put there, or last looked after
	taken bool
}

// An arrival is a result's message.
type arrival struct {
	id   string
	data []byte
}

// A handed is what is deleted when a result is kept.
type handed struct{ id, content, drafts string }

func newTraffic(l *Line, made chan<- *scan.Made, cancel context.CancelCauseFunc) *traffic {
	return &traffic{
		line: l, q: l.q, made: made, cancel: cancel, room: make(chan struct{}, l.opt.Ahead), came: make(chan arrival, 256), kept: make(chan *handed, l.opt.Ahead),
		out: map[string]*asked{}, contents: map[string]int{}, going: map[string]chan struct{}{}, idle: make(chan struct{}, 1),
	}
}

// askAll puts tasks into the queue while there is room.
func (w *traffic) askAll(ctx context.Context, tasks <-chan scan.Task) {
	for {
		select {
		case w.room <- struct{}{}:
		case <-ctx.Done():
			return
		}
		select {
		case t, ok := <-tasks:
			if !ok {
				<-w.room
				return
			}
			if err := w.ask(ctx, t); err != nil {
				w.cancel(fmt.Errorf("handing %s to the queue: %w", t.Name, plain(err)))
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// ask puts one task into the queue, unless its result is there already.
func (w *traffic) ask(ctx context.Context, t scan.Task) error {
	if len(t.Content) > maxContent || !label(t.Name) || !label(t.Path) {
		return fmt.Errorf("its name or its %d bytes are more than the queue takes", len(t.Content))
	}
	id := taskID(w.line.run, t.Name, t.SHA256)
	content := t.Content
	t.Content = nil
	if err := w.need(ctx, t.SHA256); err != nil {
		return err
	}
	w.mu.Lock()
	if w.out[id] != nil {
		w.mu.Unlock()
		return errors.New("it was handed over twice")
	}
	a := &asked{task: t, size: -1, since: time.Now()}
	w.out[id] = a
	w.mu.Unlock()
	if done, err := w.fetch(ctx, id); done || err != nil {
		return err
	}
	if err := w.q.putObject(ctx, contentName(w.line.run, t.SHA256), content); err != nil {
		return err
	}
	w.mu.Lock()
	a.size = int64(len(content))
	w.mu.Unlock()
	return w.put(ctx, id, t, a.size)
}

// put puts a task's message into the queue. One that is there is not put there twice.
func (w *traffic) put(ctx context.Context, id string, t scan.Task, size int64) error {
	data, err := json.Marshal(taskMessage{Version: wireVersion, Num: t.Num, Name: t.Name, Path: t.Path, Source: t.Source, SHA256: t.SHA256, Bytes: size})
	if err != nil {
		return err
	}
	err = w.q.publish(ctx, w.q.subject("task", w.line.run, id), data)
	if queued(err) {
		return nil
	}
	return err
}

// queued reports the server's refusal of a task that is in the queue.
func queued(err error) bool {
	api := (*jetstream.APIError)(nil)
	return errors.As(err, &api) && strings.Contains(api.Description, "maximum messages per subject")
}

// need notes that a task needs a document, and waits while the same one is being deleted.
func (w *traffic) need(ctx context.Context, sum string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.going[sum] != nil {
		gone := w.going[sum]
		w.mu.Unlock()
		select {
		case <-gone:
		case <-ctx.Done():
		}
		w.mu.Lock()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	w.contents[sum]++
	return nil
}

// arrive hands a result's message on.
func (w *traffic) arrive(ctx context.Context, a arrival) {
	select {
	case w.came <- a:
	case <-ctx.Done():
	}
}

// fetch looks whether a task's result is there, and takes it if so.
func (w *traffic) fetch(ctx context.Context, id string) (done bool, err error) {
	msg, err := w.q.last(ctx, w.q.results, w.q.subject("result", w.line.run, id))
	if err != nil || msg == nil {
		return false, err
	}
	w.arrive(ctx, arrival{id, msg.Data})
	return true, nil
}

// takeAll takes results as they come.
func (w *traffic) takeAll(ctx context.Context) {
	for {
		select {
		case a := <-w.came:
			if err := w.take(ctx, a); err != nil && ctx.Err() == nil {
				w.cancel(fmt.Errorf("reading a result from the queue: %w", plain(err)))
			}
		case <-ctx.Done():
			return
		}
	}
}

// take takes one result: the first for a task that was asked for. Others are ignored.
func (w *traffic) take(ctx context.Context, a arrival) error {
	var r resultMessage
	if err := decode(a.data, &r); err != nil {
		newer := (*newerError)(nil)
		if errors.As(err, &newer) {
			w.line.tell("a worker sent a result of a newer version of whatif, which is left alone")
		}
		return nil // nobody who may be believed wrote it; the task is still to be done
	}
	if a.id == stopID {
		if r.Round == w.line.round {
			w.cancel(r.stopped())
		}
		return nil
	}
	w.mu.Lock()
	asked := w.out[a.id]
	if asked == nil || asked.taken {
		w.mu.Unlock()
		return nil
	}
	asked.taken = true
	w.mu.Unlock()
	m, err := w.read(ctx, a.id, &asked.task, &r)
	if err != nil {
		return err
	}
	w.send(m, &handed{a.id, asked.task.SHA256, draftsName(w.line.run, a.id, r.Object)})
	w.mu.Lock()
	delete(w.out, a.id)
	w.mu.Unlock()
	<-w.room
	select {
	case w.idle <- struct{}{}:
	default:
	}
	return nil
}

// read reads a result. One that can't be read is a document that failed: another run tries it again.
func (w *traffic) read(ctx context.Context, id string, t *scan.Task, r *resultMessage) (*scan.Made, error) {
	err := errors.New("it names no object")
	if isHex(r.Object, 64) && r.Bytes > 0 && r.Bytes <= maxDrafts {
		var data []byte
		data, err = w.q.getObject(ctx, draftsName(w.line.run, id, r.Object), r.Object, r.Bytes)
		if err != nil && !errors.Is(err, errObject) {
			return nil, err
		}
		var m *scan.Made
		if err == nil {
			if m, err = decodeMade(data, t, time.Duration(max(r.Millis, 0))*time.Millisecond); err == nil {
				return m, nil
			}
		}
	}
	return &scan.Made{Num: t.Num, Record: &record.Record{Name: t.Name, Path: cut(t.Path, maxName), SHA256: t.SHA256, State: record.Failed,
		Reason: "bad_result", Detail: "what came back from the queue can't be read: " + err.Error()}}, nil
}

// send hands a result to the scan. When it takes one, it has kept the one before.
func (w *traffic) send(m *scan.Made, h *handed) {
	w.sending.Lock()
	defer w.sending.Unlock()
	w.made <- m
	last := w.last
	w.last = h
	if last != nil {
		w.kept <- last
	}
}

// wait waits until all tasks are done, or ctx ends.
func (w *traffic) wait(ctx context.Context) {
	for {
		w.mu.Lock()
		n := len(w.out)
		w.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-w.idle:
		case <-ctx.Done():
			return
		}
	}
}

// sweep deletes what was kept. What it has not deleted at the end, the line's Close does.
func (w *traffic) sweep(ctx context.Context) {
	for {
		select {
		case h := <-w.kept:
			if err := w.drop(ctx, h); err != nil {
				w.later(h)
			}
		case <-ctx.Done():
			w.sweepLater()
			return
		}
	}
}
