// Package web is the page on which people review a draft: findings beside the document, and what they decide is saved at once.
//
// In come documents with their drafts; out goes a server for one machine. It listens on the loopback address, lets in only who has the
// one-time address that was printed, and writes nothing but the files of decisions.
package web

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"whatif/analyzer/document"
	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

// A Document is one that is reviewed.
type Document struct {
	Path  string // as it is opened: decisions are saved beside it
	Name  string // for people
	Doc   *document.Document
	Draft *threatmodel.Draft // nil: there is none, and Err says why
	Err   error
}

// Options say what is reviewed and how.
type Options struct {
	Documents []Document
	// Analyze reads the document with the index i anew. It is called by one request at a time.
	Analyze func(ctx context.Context, i int) (*document.Document, *threatmodel.Draft, error)
	By      string           // who decides, unless they say otherwise
	Idle    time.Duration    // end after nobody asked for anything for so long; 0: never
	Now     func() time.Time // nil: the clock; today's date is written into decisions
}

// A Server serves the pages of one review.
type Server struct {
	opt      Options
	books    []*book
	pages    *template.Template
	listener net.Listener
	address  string // host:port, the only Host that is answered
	prefix   string // of every path: other servers on this machine get no cookie for it

	mu       sync.Mutex
	token    string // of the address that was printed; "" once used
	sessions map[string]*session

	last atomic.Int64 // when somebody last asked for something, in Unix nanoseconds
}

// A session is one browser that was let in.
type session struct {
	csrf string
	by   atomic.Pointer[string]
}

//go:embed page
var pageFiles embed.FS

// Listen opens a port of this machine that no other machine reaches; 0 is any that is free.
func Listen(port int) (net.Listener, error) {
	l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("opening a port for the page: %w", err)
	}
	return l, nil
}

// New returns a server on a listener from [Listen].
func New(l net.Listener, opt Options) (*Server, error) {
	t, err := template.New("").Funcs(render.PageFuncs()).Funcs(pageFuncs).ParseFS(pageFiles, "page/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("reading the page's templates: %w", err)
	}
	if opt.Now == nil {
		opt.Now = func() time.Time { return time.Now().UTC() }
	}
	s := &Server{opt: opt, pages: t, listener: l, address: l.Addr().String(), prefix: "/" + rand.Text()[:8], sessions: map[string]*session{}}
	for i := range opt.Documents {
		s.books = append(s.books, newBook(&opt.Documents[i]))
	}
	s.touch()
	return s, nil
}

// Address returns an address that lets one browser in, once. One that was returned before lets nobody in any more.
func (s *Server) Address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = rand.Text() + rand.Text()
	return "http://" + s.address + s.prefix + "/?token=" + s.token
}

// headerTimeout is how long a browser may take to say what it wants.
var headerTimeout = 5 * time.Second

// ErrIdle ends [Server.Serve] when nobody asked for anything for as long as the options say.
var ErrIdle = errors.New("nobody used the page")

// Serve answers until ctx ends, which is no error, or the page is idle.
func (s *Server) Serve(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
		BaseContext:    func(net.Listener) context.Context { return ctx },
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(s.listener) }()
	if s.opt.Idle > 0 {
		go s.watchIdle(ctx, stop)
	}
	select {
	case err := <-done:
		return fmt.Errorf("serving the page: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		server.Close() //nolint:errcheck // whoever is still connected is cut off
	}
	<-done
	if cause := context.Cause(ctx); errors.Is(cause, ErrIdle) {
		return cause
	}
	return nil
}

// touch notes that somebody asked for something.
func (s *Server) touch() { s.last.Store(time.Now().UnixNano()) }

func (s *Server) watchIdle(ctx context.Context, stop context.CancelCauseFunc) {
	for {
		left := s.opt.Idle - time.Since(time.Unix(0, s.last.Load()))
		if left <= 0 {
			stop(ErrIdle)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(left):
		}
	}
}

// Decided counts the findings of all documents, and those that are decided.
func (s *Server) Decided() (decided, all int) {
	for _, b := range s.books {
		st := b.standings(s.opt.Now())
		decided += st.decided
		all += st.all
	}
	return decided, all
}

// by returns who decides in a session.
func (s *Server) by(u *session) string {
	if p := u.by.Load(); p != nil {
		return *p
	}
	return s.opt.By
}
