package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/scan"
)

// LineOptions say how a scan uses a queue.
type LineOptions struct {
	Run RunSettings
	// Owner names the scan from run to run, such as by a random text kept in its output folder: a second run of it picks up what was
	// finished after the first one died. Scans with other owners have nothing in common but the workers and the replies.
	Owner string
	Ahead int               // most documents that are with the queue at once; 0: 64
	Tell  func(text string) // what a user should know: there is no worker, or one can't work for this scan; nil: nobody is told

	Look time.Duration // how often is looked for what the server did not tell; 0: 5s
}

// A Line takes tasks to the workers of a queue, and brings back what they made: a scan.Line.
type Line struct {
	q   *Queue
	opt LineOptions
	run string

	round uint64 // of the run's description: tells this run's workers from those of an earlier one

	mu      sync.Mutex
	done    bool // all that it took is done
	trash   []func(context.Context) error
	toldAll map[string]bool
}

// NewLine returns the line of a scan.
func (q *Queue) NewLine(opt LineOptions) (*Line, error) {
	if opt.Ahead <= 0 {
		opt.Ahead = 64
	}
	if opt.Look <= 0 {
		opt.Look = 5 * time.Second
	}
	if opt.Tell == nil {
		opt.Tell = func(string) {}
	}
	run, err := opt.Run.id(opt.Owner)
	if err != nil {
		return nil, err
	}
	return &Line{q: q, opt: opt, run: run, toldAll: map[string]bool{}}, nil
}

// Work is scan.Line's. When it ends early, what no worker has begun on is taken back; what one has is finished, and kept for another run.
// A limit of all workers that is reached is a *caller.Stopped that wraps caller.ErrBudget.
func (l *Line) Work(ctx context.Context, tasks <-chan scan.Task, made chan<- *scan.Made) error {
	if err := l.announce(ctx); err != nil {
		return fmt.Errorf("announcing the scan to the queue: %w", plain(err))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := newTraffic(l, made, cancel)
	stop, err := w.listen(ctx)
	if err != nil {
		return fmt.Errorf("listening to the queue: %w", plain(err))
	}
	var helpers, askers sync.WaitGroup
	within, quit := context.WithCancel(ctx)
	helpers.Go(func() { w.look(within) })
	helpers.Go(func() { w.sweep(within) })
	for range takers {
		helpers.Go(func() { w.takeAll(within) })
	}
	for range senders {
		askers.Go(func() { w.askAll(ctx, tasks) })
	}
	askers.Wait()
	w.wait(ctx)
	quit()
	stop()
	helpers.Wait()
	w.sweepLater()
	if err := context.Cause(ctx); err != nil {
		l.takeBack()
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = true
	return nil
}

// How many goroutines ask and take. They wait for the network most of the time.
const (
	senders = 8
	takers  = 4
)

// announce tells the workers about the scan: its settings, and what it may spend.
func (l *Line) announce(ctx context.Context) error {
	data, err := json.Marshal(struct {
		Version int `json:"version"`
		*RunSettings
	}{wireVersion, &l.opt.Run})
	if err != nil {
		return err
	}
	if len(data) > maxSettings {
		return fmt.Errorf("its questions and rules have %d bytes, and the queue takes %d", len(data), maxSettings)
	}
	if err := l.q.setPurse(ctx, l.run, l.opt.Run.Limits); err != nil {
		return err
	}
	if err := l.q.purge(ctx, l.q.results, l.q.subject("result", l.run, stopID)); err != nil { // an earlier run's end
		return err
	}
	return l.q.try(ctx, requestTime, func(ctx context.Context) (err error) {
		l.round, err = l.q.runs.Put(ctx, "run."+l.run, data)
		return err
	})
}

// takeBack takes tasks out of the queue that nobody waits for any more.
func (l *Line) takeBack() {
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	_ = l.q.purge(ctx, l.q.tasks, l.q.subject("task", l.run, "*")) // else they age out
}

// Close deletes from the queue what the scan has taken from it; if all is done, also what the workers knew of it. Call it when what
// Work sent has been kept.
func (l *Line) Close(ctx context.Context) error {
	l.mu.Lock()
	trash, done := l.trash, l.done
	l.trash = nil
	l.mu.Unlock()
	if done {
		trash = append(trash, func(ctx context.Context) error { return l.q.forget(ctx, l.run) })
	}
	var failed []error
	for _, t := range trash {
		failed = append(failed, t(ctx))
	}
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("tidying the queue: %w", err)
	}
	return nil
}

// forget deletes what is known of a run.
func (q *Queue) forget(ctx context.Context, run string) error {
	failed := []error{
		q.purge(ctx, q.tasks, q.subject("task", run, "*")),
		q.purge(ctx, q.results, q.subject("result", run, "*")),
		q.purge(ctx, q.objects, q.objectSubject("in."+run, ">")),
		q.purge(ctx, q.objects, q.objectSubject("out."+run, ">")),
	}
	for _, key := range []string{"run." + run, "purse." + run} {
		failed = append(failed, q.try(ctx, requestTime, func(ctx context.Context) error { return q.runs.Purge(ctx, key) }))
	}
	return errors.Join(failed...)
}

// tell tells the user something, once, and not much of it: it comes from others.
func (l *Line) tell(text string) {
	l.mu.Lock()
	told := l.toldAll[text] || len(l.toldAll) >= 20
	l.toldAll[text] = true
	l.mu.Unlock()
	if !told {
		l.opt.Tell(text)
	}
}

// listen subscribes to results, and to what workers say of the scan. Messages may be missed: look finds what was.
func (w *traffic) listen(ctx context.Context) (stop func(), err error) {
	results, err := w.q.nc.Subscribe(w.q.subject("result", w.line.run, "*"), func(m *nats.Msg) {
		if _, id, ok := splitSubject(m.Subject); ok {
			w.arrive(ctx, arrival{id, m.Data})
		}
	})
	if err != nil {
		return nil, err
	}
	told, err := w.q.nc.Subscribe(w.q.subject("told", w.line.run, "*"), func(m *nats.Msg) {
		var say struct{ Text string }
		if decode(m.Data, &say) == nil && strings.TrimSpace(say.Text) != "" {
			w.line.tell(cut(say.Text, maxReason))
		}
	})
	if err != nil {
		return nil, errors.Join(err, results.Unsubscribe())
	}
	return func() {
		_ = results.Unsubscribe() // the connection may be gone
		_ = told.Unsubscribe()
	}, nil
}

// stopped is the error for a run of which a worker says that nothing more is done.
func (r *resultMessage) stopped() error {
	stop := &caller.Stopped{Reason: cut(r.Stopped, maxReason), Err: errWorkers}
	if r.Budget {
		stop.Err = caller.ErrBudget
	}
	return stop
}

// errWorkers is wrapped by a Stopped that came from a worker and is over no limit.
var errWorkers = errors.New("the workers can't go on")
