package queue

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/scan"
)

// ServeOptions say how a worker works.
type ServeOptions struct {
	// Maker returns who makes drafts for a run. An error says why this worker can't: the run is left to others, and its scan is told.
	Maker   func(run Run) (scan.Maker, error)
	Workers int             // documents at once; 0: 1
	Name    string          // of this worker, for people; "": the machine's
	Version string          // of the program, for people
	Front   caller.Cache    // replies of this machine, looked into before those that all share; nil: none
	Finish  <-chan struct{} // closed: what is begun on is finished, and nothing more is taken
	Idle    time.Duration   // ends when there was nothing to do for so long; 0: never
	Tries   int             // how often a document is taken that is never finished; 0: 3
	AckWait time.Duration   // after which a document counts as dropped by a worker that says nothing; 0: 30s
	Tell    func(text string)
	Observe func(Work)    // nil: nobody; may be called by several goroutines at once
	Sitout  time.Duration // how long a worker rests that gave back two documents after another, to let others have them; 0: 5s

	mute bool // for tests: it does not say that it is at work
}

// A Work is one document that a worker is done with, or gave back.
type Work struct {
	Name  string // of the document; from others
	State string // done, given back, given up, refused, malformed
	Err   error  // of given back and given up
	Took  time.Duration
}

// Serve works until ctx ends, which cuts off what is begun on and gives it back; until Finish is closed; or until there is nothing to
// do any more. It returns an error when its own model can't be asked any more: a *caller.Stopped.
func (q *Queue) Serve(ctx context.Context, opt ServeOptions) error {
	s, err := q.newServer(ctx, opt)
	if err != nil {
		return fmt.Errorf("taking documents from the queue at %s: %w", q.conn.Host(), plain(err))
	}
	beating, quit := context.WithCancel(ctx)
	var beat, slots sync.WaitGroup
	beat.Go(func() { s.beat(beating) })
	for range max(opt.Workers, 1) {
		slots.Go(func() { s.work(ctx) })
	}
	slots.Wait()
	s.finish(nil)
	quit()
	beat.Wait()
	s.leave()
	return s.ownStop()
}

// A server is a worker at work.
type server struct {
	q        *Queue
	opt      ServeOptions
	ctx      context.Context
	id       string
	consumer jetstream.Consumer
	cache    caller.Cache
	taking   context.Context // ends when nothing more is to be taken
	stop     context.CancelCauseFunc

	mu      sync.Mutex
	runs    map[string]*serving
	order   []string // of runs: the one that was used last stands at the end
	told    map[string]bool
	busy    int
	worked  time.Time // when somebody was busy last
	stopped error

	leaving sync.WaitGroup
}

func (q *Queue) newServer(ctx context.Context, opt ServeOptions) (*server, error) {
	if opt.Tries <= 0 {
		opt.Tries = 3
	}
	if opt.AckWait <= 0 {
		opt.AckWait = 30 * time.Second
	}
	if opt.Sitout <= 0 {
		opt.Sitout = 5 * time.Second
	}
	if opt.Name == "" {
		opt.Name, _ = os.Hostname() // a worker without a name works too
	}
	if opt.Tell == nil {
		opt.Tell = func(string) {}
	}
	if opt.Observe == nil {
		opt.Observe = func(Work) {}
	}
	s := &server{q: q, opt: opt, ctx: ctx, id: rand.Text()[:16], cache: q.Cache(ctx, opt.Front), runs: map[string]*serving{}, told: map[string]bool{}, worked: time.Now()}
	s.taking, s.stop = context.WithCancelCause(ctx)
	err := q.try(ctx, requestTime, func(ctx context.Context) (err error) {
		s.consumer, err = q.tasks.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
			Durable: "workers", AckPolicy: jetstream.AckExplicitPolicy, AckWait: opt.AckWait, MaxDeliver: -1, MaxAckPending: 100_000, MaxWaiting: 4096})
		return err
	})
	if err == nil {
		err = q.try(ctx, requestTime, s.alive)
	}
	if err != nil {
		s.stop(nil)
		return nil, err
	}
	if opt.Finish != nil {
		go func() {
			select {
			case <-opt.Finish:
				s.finish(nil)
			case <-s.taking.Done():
			}
		}()
	}
	return s, nil
}

// finish sees to it that nothing more is taken. err is why, if it is no wish of the user's.
func (s *server) finish(err error) {
	s.mu.Lock()
	if s.stopped == nil {
		s.stopped = err
	}
	s.mu.Unlock()
	s.stop(err)
}

func (s *server) ownStop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

// alive says that the worker is.
func (s *server) alive(ctx context.Context) error {
	data, err := json.Marshal(map[string]any{"version": wireVersion, "name": s.opt.Name, "workers": max(s.opt.Workers, 1), "whatif": s.opt.Version})
	if err != nil {
		return err
	}
	_, err = s.q.live.Put(ctx, s.id, data)
	return err
}

// beat says again and again that the worker is alive.
func (s *server) beat(ctx context.Context) {
	for sleep(ctx, s.q.liveTTL/4) == nil {
		_ = s.q.try(ctx, requestTime, s.alive) // the next time it may do
	}
}

// leave says that the worker is gone, and settles what it spent.
func (s *server) leave() {
	for _, r := range s.runs {
		if r.purse != nil {
			s.leaving.Go(func() { s.leavePurse(r.purse) })
		}
	}
	s.leaving.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), requestTime)
	defer cancel()
	_ = s.q.live.Purge(ctx, s.id) // else it ages out
}

// leavePurse settles what was spent on a run.
func (s *server) leavePurse(p *purse) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), requestTime)
	defer cancel()
	_ = p.leave(ctx) // else what it holds counts as spent when this worker does not live any more
}

// work takes one document after another.
func (s *server) work(ctx context.Context) {
	for refused := 0; s.taking.Err() == nil; {
		msg, err := s.next()
		switch {
		case msg != nil:
			s.count(1)
			if s.handle(ctx, msg) {
				refused++
			} else {
				refused = 0
			}
			s.count(-1)
			if refused > 1 { // what others could do is not to go through this worker's hands all the time
				_ = sleep(s.taking, s.opt.Sitout) // ended: the loop sees it
			}
		case s.idle():
			s.finish(nil)
		case err != nil && !errors.Is(err, nats.ErrTimeout) && s.taking.Err() == nil:
			_ = sleep(s.taking, 100*time.Millisecond) // the connection is away: it comes back
		}
	}
}

// next takes a message, nil if there is none for a while.
func (s *server) next() (jetstream.Msg, error) {
	wait := 5 * time.Second
	if s.opt.Idle > 0 {
		wait = min(wait, max(s.opt.Idle/4, 10*time.Millisecond))
	}
	ctx, cancel := context.WithTimeout(s.taking, wait)
	defer cancel()
	defer context.AfterFunc(s.q.conn.whileLinked(), cancel)() // a server that comes back knows nothing of who waits
	return s.consumer.Next(jetstream.FetchContext(ctx))
}

// count notes that a slot is busy, or is not any more.
func (s *server) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy += n
	s.worked = time.Now()
}

// idle reports whether there was nothing to do for as long as the worker waits.
func (s *server) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opt.Idle > 0 && s.busy == 0 && time.Since(s.worked) >= s.opt.Idle
}

// tell tells the user of this worker something, once, and the scan, if run names one.
func (s *server) tell(run, text string) {
	s.mu.Lock()
	told := s.told[run+text] || len(s.told) >= 1000
	s.told[run+text] = true
	s.mu.Unlock()
	if !told {
		s.opt.Tell(text)
	}
	if run != "" {
		s.inform(run, "the worker "+s.opt.Name+": "+text)
	}
}

// inform tells a scan something. It may come to it several times, from several workers; it tells its user once.
func (s *server) inform(run, text string) {
	data, err := json.Marshal(struct {
		Version int    `json:"version"`
		Text    string `json:"text"`
	}{wireVersion, cut(text, maxReason)})
	if err == nil {
		_ = s.q.nc.Publish(s.q.subject("told", run, s.id), data) // who does not hear it may ask the worker's user
	}
}
