package queue

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"whatif/analyzer/record"
	"whatif/analyzer/scan"
)

// All documents come once, whichever of three workers did them, and nothing of them is left behind.
func TestAllCome(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	for range 3 {
		begin(t, dial(t, s, nil), quick(maker(draft)))
	}
	l := line(t, dial(t, s, nil), LineOptions{Ahead: 8})
	all := names("d", 40)
	whole(t, work(t.Context(), l, all), all)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	empty(t, l.q)
}

// No more than so many documents are with the queue at once.
func TestBackPressure(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	l := line(t, dial(t, s, nil), LineOptions{Ahead: 3})
	tasks, made := make(chan scan.Task), make(chan *scan.Made)
	done := make(chan error)
	go func() { done <- l.Work(t.Context(), tasks, made) }()
	for i, name := range names("d", 3) {
		tasks <- task(i, name)
	}
	select {
	case tasks <- task(3, "more.md"):
		t.Error("a fourth was taken")
	case <-time.After(100 * time.Millisecond):
	}
	begin(t, dial(t, s, nil), quick(maker(draft)))
	<-made
	tasks <- task(3, "more.md")
	close(tasks)
	for range 3 {
		<-made
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// A worker that is killed says nothing any more: what it had is done by another.
func TestKilledWorker(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	had := make(chan string, 9)
	q := dial(t, s, nil)
	begin(t, q, quick(maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) {
		had <- t.Name
		<-ctx.Done()
		return nil, ctx.Err()
	})))
	got := make(chan *scanned, 1)
	all := names("d", 6)
	l := line(t, dial(t, s, nil), LineOptions{})
	go func() { got <- work(t.Context(), l, all) }()
	<-had
	<-had
	q.conn.Close() // without a word
	begin(t, dial(t, s, nil), quick(maker(draft)))
	whole(t, <-got, all)
}

// A document that takes longer than a silent worker counts as alive is not given to another: its worker says that it is at work.
func TestSlowDocument(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	var made atomic.Int32
	opt := quick(maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) {
		made.Add(1)
		time.Sleep(1500 * time.Millisecond)
		return draft(ctx, t)
	}))
	begin(t, dial(t, s, nil), opt)
	begin(t, dial(t, s, nil), opt)
	whole(t, work(t.Context(), line(t, dial(t, s, nil), LineOptions{}), names("d", 2)), names("d", 2))
	if made.Load() != 2 {
		t.Errorf("2 documents were made %d times", made.Load())
	}
}

// A worker that is told to end at once gives back what it has, and that is no try.
func TestCutOff(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	got := make(chan *scanned, 1)
	l := line(t, dial(t, s, nil), LineOptions{})
	go func() { got <- work(t.Context(), l, names("d", 1)) }()
	for range 4 {
		had := make(chan bool, 1)
		w := begin(t, dial(t, s, nil), quick(maker(func(ctx context.Context, _ scan.Task) (*scan.Made, error) {
			had <- true
			<-ctx.Done()
			return nil, ctx.Err()
		})))
		<-had
		w.cut()
		<-w.done
	}
	begin(t, dial(t, s, nil), quick(maker(draft)))
	whole(t, <-got, names("d", 1))
}

// A worker that is told to finish hands over what it has begun on, and takes nothing more.
func TestFinish(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	var begun, ended atomic.Int32
	opt := quick(maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) {
		begun.Add(1)
		time.Sleep(100 * time.Millisecond)
		ended.Add(1)
		return draft(ctx, t)
	}))
	first := begin(t, dial(t, s, nil), opt)
	got := make(chan *scanned, 1)
	all := names("d", 8)
	l := line(t, dial(t, s, nil), LineOptions{})
	go func() { got <- work(t.Context(), l, all) }()
	until(t, "it begins", func() bool { return begun.Load() > 0 })
	first.quit()
	<-first.done
	if first.err != nil || begun.Load() != ended.Load() || begun.Load() > 3 {
		t.Errorf("%d begun and %d ended, %v", begun.Load(), ended.Load(), first.err)
	}
	begin(t, dial(t, s, nil), quick(maker(draft)))
	whole(t, <-got, all)
}

// A worker with nothing to do ends, if it is to.
func TestIdle(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	opt := quick(maker(draft))
	opt.Idle = 50 * time.Millisecond
	w := begin(t, dial(t, s, nil), opt)
	<-w.done
	if w.err != nil {
		t.Error(w.err)
	}
}

// Two workers do the same document, as after a slow one was taken for dead: the scan has it once.
func TestTwice(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	var made atomic.Int32
	both := make(chan struct{})
	slow := maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) {
		if made.Add(1) == 2 {
			close(both)
		}
		select {
		case <-both:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return draft(ctx, t)
	})
	opt := quick(slow)
	opt.mute = true
	begin(t, dial(t, s, nil), opt)
	begin(t, dial(t, s, nil), opt)
	l := line(t, dial(t, s, nil), LineOptions{})
	whole(t, work(t.Context(), l, names("d", 1)), names("d", 1))
}

// A document that no worker finishes is put aside after a few tries, and the scan is told. The others are done.
func TestPoison(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	var tries atomic.Int32
	d := new(diary)
	opt := quick(maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) {
		if t.Name == "d01.md" {
			tries.Add(1)
			panic("poison")
		}
		return draft(ctx, t)
	}))
	opt.Tell = d.tell
	q := dial(t, s, nil)
	begin(t, q, opt)
	got := work(t.Context(), line(t, dial(t, s, nil), LineOptions{}), names("d", 3))
	r := got.record("d01.md")
	if len(got.made) != 3 || got.err != nil || r.State != record.Failed || r.Reason != "never_finished" ||
		r.Detail != "was taken 3 times and never finished: a fault of whatif itself: poison" || tries.Load() != 3 {
		t.Errorf("got %q, %v; %+v after %d tries", got.names(), got.err, r, tries.Load())
	}
	if info, err := q.dead.Info(t.Context()); err != nil || info.State.Msgs != 1 || d.count("put aside") != 1 {
		t.Errorf("aside: %+v, %v; told: %q", info.State, err, d.lines)
	}
}

// A document that kills its worker each time is put aside by a worker that never took it.
func TestDeadlyDocument(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	got := make(chan *scanned, 1)
	l := line(t, dial(t, s, nil), LineOptions{})
	go func() { got <- work(t.Context(), l, names("d", 1)) }()
	for range 3 {
		q := dial(t, s, nil)
		had := make(chan bool, 9)
		w := begin(t, q, quick(maker(func(ctx context.Context, _ scan.Task) (*scan.Made, error) {
			had <- true
			<-ctx.Done()
			return nil, ctx.Err()
		})))
		<-had
		q.conn.Close()
		w.cut()
	}
	begin(t, dial(t, s, nil), quick(maker(draft)))
	if r := (<-got).record("d00.md"); r.State != record.Failed || r.Detail != "was taken 3 times and never finished" {
		t.Errorf("got %+v", r)
	}
}

// A scan that died goes on where it was: what was finished meanwhile is not made again.
func TestResume(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	var made atomic.Int32
	all := names("d", 6)
	ctx, die := context.WithCancel(t.Context())
	q := dial(t, s, nil)
	first := line(t, q, LineOptions{Owner: "out"})
	tasks := make(chan scan.Task)
	gone := make(chan error)
	go func() { gone <- first.Work(ctx, tasks, make(chan *scan.Made)) }() // it keeps nothing
	for i, name := range all[:4] {
		tasks <- task(i, name)
	}
	until(t, "the tasks are there", func() bool { i, err := q.tasks.Info(t.Context()); return err == nil && i.State.Msgs == 4 })
	q.conn.Close() // it died, and takes nothing back
	die()
	// A take of it may be left: nobody takes what it made.
	opt := quick(maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) { made.Add(1); return draft(ctx, t) }))
	w := begin(t, dial(t, s, nil), opt)
	other := dial(t, s, nil)
	until(t, "all are made", func() bool { i, err := other.results.Info(t.Context()); return err == nil && i.State.Msgs == 4 })
	<-gone
	l := line(t, other, LineOptions{Owner: "out"})
	whole(t, work(t.Context(), l, all), all)
	if made.Load() != 6 {
		t.Errorf("%d were made, want 6", made.Load())
	}
	w.quit()
	<-w.done
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
	empty(t, other)
}

// A scan that is interrupted takes back what no worker has begun on.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	q := dial(t, s, nil)
	l := line(t, q, LineOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan *scanned, 1)
	go func() { got <- work(ctx, l, names("d", 5)) }()
	until(t, "the tasks are there", func() bool { i, err := q.tasks.Info(t.Context()); return err == nil && i.State.Msgs == 5 })
	cancel()
	if g := <-got; !errors.Is(g.err, context.Canceled) || len(g.made) != 0 {
		t.Errorf("got %q, %v", g.names(), g.err)
	}
	if i, err := q.tasks.Info(t.Context()); err != nil || i.State.Msgs != 0 {
		t.Errorf("%d tasks are left, %v", i.State.Msgs, err)
	}
}

// Two scans at once, of the same documents with other words in them, do not mix.
func TestTwoScans(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	begin(t, dial(t, s, nil), ServeOptions{Workers: 3, Maker: func(run Run) (scan.Maker, error) {
		return maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) {
			m, err := draft(ctx, t)
			m.Record.Language = run.MinPriority
			return m, err
		}), nil
	}})
	all := names("d", 15)
	var both sync.WaitGroup
	for _, o := range []struct{ owner, priority string }{{"a", "low"}, {"b", "low"}, {"b", "high"}} {
		both.Go(func() {
			l := line(t, dial(t, s, nil), LineOptions{Owner: o.owner, Run: RunSettings{MinPriority: o.priority}})
			got := work(t.Context(), l, all)
			whole(t, got, all)
			for _, m := range got.made {
				if m.Record.Language != o.priority {
					t.Errorf("a draft of the scan with %s came to that with %s", m.Record.Language, o.priority)
				}
			}
			if err := l.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	empty(t, dial(t, s, nil))
}

// The server goes away in the middle, and comes back with what it had: all come once, and the user is told once.
func TestServerRestarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startServer(t, dir, -1)
	port := s.Addr().(*net.TCPAddr).Port
	scanSide, workerSide := new(diary), new(diary)
	var made atomic.Int32
	var workers []*working
	for range 2 {
		workers = append(workers, begin(t, dial(t, s, workerSide.tell), quick(maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) {
			made.Add(1)
			time.Sleep(20 * time.Millisecond)
			return draft(ctx, t)
		}))))
	}
	all := names("d", 60)
	l := line(t, dial(t, s, scanSide.tell), LineOptions{Ahead: 16})
	got := make(chan *scanned, 1)
	go func() { got <- work(t.Context(), l, all) }()
	until(t, "some are made", func() bool { return made.Load() > 10 })
	stopServer(s)
	time.Sleep(300 * time.Millisecond)
	startServer(t, dir, port)
	whole(t, <-got, all)
	for _, w := range workers { // one may be finishing what another has finished
		w.quit()
		<-w.done
	}
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
	empty(t, l.q)
	if scanSide.count("does not answer") != 1 || scanSide.count("is back") != 1 || workerSide.count("is back") != 2 {
		t.Errorf("told: %q, %q", scanSide.lines, workerSide.lines)
	}
	t.Logf("%d drafts were made for %d documents", made.Load(), len(all))
}

// A worker dies after it handed over the drafts and before it said so to the queue: nobody makes them again.
func TestDiedAtTheEnd(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	var made atomic.Int32
	opt := quick(maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) { made.Add(1); return draft(ctx, t) }))
	q := dial(t, s, nil)
	dying, err := q.newServer(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer dying.finish(nil)
	l := line(t, dial(t, s, nil), LineOptions{})
	ctx, die := context.WithCancel(t.Context())
	tasks, gone := make(chan scan.Task), make(chan error)
	go func() { gone <- l.Work(ctx, tasks, make(chan *scan.Made)) }() // it keeps nothing
	tasks <- task(0, "d00.md")
	msg, err := dying.next()
	if err != nil {
		t.Fatal(err)
	}
	l.q.conn.Close() // the scan dies, too, and takes nothing back
	die()
	<-gone
	m, err := draft(t.Context(), task(0, "d00.md"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := encodeMade(m)
	if err != nil {
		t.Fatal(err)
	}
	id := taskID(l.run, "d00.md", sumOf([]byte("d00.md")))
	if err := errors.Join(q.putObject(t.Context(), draftsName(l.run, id, sumOf(data)), data),
		dying.say(t.Context(), l.run, id, resultMessage{Object: sumOf(data), Bytes: int64(len(data))})); err != nil {
		t.Fatal(err)
	}
	_ = msg // never acknowledged
	begin(t, dial(t, s, nil), opt)
	until(t, "the task is taken out", func() bool { i, err := q.tasks.Info(t.Context()); return err == nil && i.State.Msgs == 0 })
	whole(t, work(t.Context(), line(t, q, LineOptions{}), names("d", 1)), names("d", 1))
	if made.Load() != 0 {
		t.Errorf("it was made again")
	}
}
