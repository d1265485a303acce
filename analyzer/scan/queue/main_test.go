package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"

	"whatif/analyzer/record"
	"whatif/analyzer/scan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startServer starts a server in this process, with what it keeps in dir, at a port: -1 is any.
func startServer(t testing.TB, dir string, port int) *natsd.Server {
	t.Helper()
	s, err := natsd.NewServer(&natsd.Options{ServerName: "n1", Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not begin")
	}
	t.Cleanup(func() { stopServer(s) })
	return s
}

func stopServer(s *natsd.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// dial opens the queue of a server by a connection of its own.
func dial(t testing.TB, s *natsd.Server, tell func(string)) *Queue {
	t.Helper()
	c, err := Dial(t.Context(), DialOptions{URL: s.ClientURL(), Tell: tell})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	q, err := Open(t.Context(), c, Options{liveTTL: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// A maker makes drafts as a function says.
type maker func(ctx context.Context, t scan.Task) (*scan.Made, error)

func (f maker) Make(ctx context.Context, t scan.Task) (*scan.Made, error) { return f(ctx, t) }

// draft is a draft that says what the document is.
func draft(_ context.Context, t scan.Task) (*scan.Made, error) {
	return &scan.Made{Num: t.Num, Record: &record.Record{Name: t.Name, Path: t.Path, SHA256: t.SHA256, State: record.Done, Title: string(t.Content)},
		Files: []scan.File{{Ending: "md", Data: append([]byte("# "), t.Content...)}}}, nil
}

// quick are options of a worker without patience.
func quick(m scan.Maker) ServeOptions {
	return ServeOptions{Maker: func(Run) (scan.Maker, error) { return m, nil }, Workers: 2, AckWait: 400 * time.Millisecond, Sitout: 50 * time.Millisecond, Name: "w"}
}

// A working is a worker that a test began.
type working struct {
	cut  context.CancelFunc // cuts it off
	quit func()             // lets it finish what it has begun on
	done chan struct{}
	err  error
}

// begin begins a worker. It ends with the test.
func begin(t testing.TB, q *Queue, opt ServeOptions) *working {
	ctx, cancel := context.WithCancel(context.Background())
	finish := make(chan struct{})
	w := &working{cut: cancel, quit: sync.OnceFunc(func() { close(finish) }), done: make(chan struct{})}
	opt.Finish = finish
	go func() {
		defer close(w.done)
		w.err = q.Serve(ctx, opt)
	}()
	t.Cleanup(func() {
		cancel()
		<-w.done
	})
	return w
}

// task returns a document with its name as the words.
func task(num int, name string) scan.Task {
	return scan.Task{Num: num, Name: name, Path: "in/" + name, SHA256: sumOf([]byte(name)), Content: []byte(name)}
}

func names(prefix string, n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("%s%02d.md", prefix, i))
	}
	return all
}

// A scanned is what a scan got.
type scanned struct {
	made []*scan.Made
	err  error
}

// names returns the names of the drafts, sorted.
func (s *scanned) names() (all []string) {
	for _, m := range s.made {
		all = append(all, m.Record.Name)
	}
	slices.Sort(all)
	return all
}

func (s *scanned) record(name string) *record.Record {
	for _, m := range s.made {
		if m.Record.Name == name {
			return m.Record
		}
	}
	return &record.Record{}
}

// line returns the line of a scan with some settings.
func line(t testing.TB, q *Queue, opt LineOptions) *Line {
	t.Helper()
	opt.Run.Engine, opt.Run.Version = "rules", "1.0.0"
	if opt.Look == 0 {
		opt.Look = 100 * time.Millisecond
	}
	l, err := q.NewLine(opt)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// work lets a line do the documents with the names.
func work(ctx context.Context, l *Line, names []string) *scanned {
	s := new(scanned)
	tasks, made := make(chan scan.Task), make(chan *scan.Made)
	go func() {
		defer close(tasks)
		for i, name := range names {
			select {
			case tasks <- task(i, name):
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		defer close(made)
		s.err = l.Work(ctx, tasks, made)
	}()
	for m := range made {
		s.made = append(s.made, m)
	}
	return s
}

// whole fails the test unless each document came once, with its draft.
func whole(t *testing.T, s *scanned, want []string) {
	t.Helper()
	if s.err != nil || !slices.Equal(s.names(), want) {
		t.Fatalf("got %q, %v, want %q", s.names(), s.err, want)
	}
	for _, m := range s.made {
		name := m.Record.Name
		if m.Record.Title != name || len(m.Files) != 1 || string(m.Files[0].Data) != "# "+name || m.Record.State != record.Done || want[m.Num] != name {
			t.Errorf("%s: got %+v, %q", name, m.Record, m.Files)
		}
	}
}

// until waits for something that must come to pass.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for began := time.Now(); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 15*time.Second {
			t.Fatalf("in vain: %s", what)
		}
	}
}

// empty fails the test unless nothing of a scan is left on the server.
func empty(t *testing.T, q *Queue) {
	t.Helper()
	for name, stream := range map[string]string{"tasks": q.bucket("tasks"), "results": q.bucket("results"), "objects": q.bucket("objects")} {
		s, err := q.js.Stream(t.Context(), stream)
		if err != nil {
			t.Fatal(err)
		}
		if n := s.CachedInfo().State.Msgs; n != 0 {
			t.Errorf("%d messages are left in %s", n, name)
		}
	}
	keys, err := q.runs.Keys(t.Context())
	if err == nil && len(keys) > 0 {
		t.Errorf("left: %q", keys)
	}
}

// A diary keeps what a user is told.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) tell(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, text)
}

func (d *diary) count(part string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.lines {
		if strings.Contains(l, part) {
			n++
		}
	}
	return n
}
