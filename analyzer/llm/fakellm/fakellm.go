// Package fakellm is a model server for tests and demos that speaks OpenAI's chat interface.
//
// In comes a script (replies by what a request holds, latency, faults); out comes an http.Handler that plays it, checks requests
// as strictly as the real one, counts tokens with a prefix cache, and logs what it was asked.
package fakellm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Server plays a script. It is an http.Handler that many goroutines may use.
//
//	POST /v1/chat/completions                                      whole and streamed
//	POST /openai/deployments/NAME/chat/completions?api-version=…   the same as Azure has it
//	GET  /v1/models
//	POST /v1/files, GET /v1/files/ID/content, POST /v1/batches …   the Batch API, see [Batches]
//	GET  /log                                                      what was asked so far, as JSON lines
//	GET  /stats                                                    requests, tokens, most in flight, as JSON
type Server struct {
	script  Script
	rules   []*rule
	mux     *http.ServeMux
	cache   prefixCache
	bucket  bucket
	journal journal
	office  office

	mu    sync.Mutex // guards what follows, and the counts of the rules
	asked map[uint64]int
}

// New checks the script and returns a server that plays it. A script without rules plays "demo": see [Rule].
func New(script Script) (*Server, error) {
	rules, err := compile(&script)
	if err != nil {
		return nil, err
	}
	s := &Server{script: script, rules: rules, mux: http.NewServeMux(), asked: map[uint64]int{}}
	s.cache.off = script.Cache.Off
	s.bucket.rate = script.Rate
	s.journal.start = time.Now()
	s.mux.HandleFunc("POST /v1/chat/completions", s.chat)
	s.mux.HandleFunc("POST /openai/v1/chat/completions", s.chat)
	s.mux.HandleFunc("POST /openai/deployments/{name}/chat/completions", s.chat)
	s.mux.HandleFunc("GET /v1/models", s.models)
	s.mux.HandleFunc("GET /v1/models/{name...}", s.models)
	s.mux.HandleFunc("GET /openai/models", s.models)
	s.mux.HandleFunc("GET /log", s.serveLog)
	s.mux.HandleFunc("GET /stats", s.serveStats)
	s.mux.HandleFunc("/", unknown)
	s.serveBatches()
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Log returns what was asked so far, in order of arrival: at most the last 10,000 requests. A request that is still being
// answered is there too, as soon as it is known what it gets. Older requests lose their bodies when all are over 64 MB.
func (s *Server) Log() []Entry { return s.journal.entries() }

// Stats returns the totals so far.
func (s *Server) Stats() Stats { return s.journal.totals() }

// LogTo writes each request that is done as one line of JSON to w, besides keeping it. It is called before the server is.
func (s *Server) LogTo(w io.Writer) { s.journal.to = w }

// Models lists the names of the models that the server has.
func (s *Server) Models() []string { return append([]string(nil), s.script.Models...) }

// Start serves the script on a free port of this machine. The url is what a client takes as its base URL. stop ends the server
// and all that it still answers, and returns when nothing of it runs any more.
func Start(script Script) (url string, s *Server, stop func(), err error) {
	s, err = New(script)
	if err != nil {
		return "", nil, nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, nil, fmt.Errorf("starting the model server: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(ctx, ln, 0)
	}()
	return "http://" + ln.Addr().String() + "/v1", s, func() { cancel(); <-done }, nil
}

// Serve answers what comes to ln until ctx ends. Requests that are then being answered have grace to end by themselves. It
// returns when nothing runs any more; the end of ctx is no error.
func (s *Server) Serve(ctx context.Context, ln net.Listener, grace time.Duration) error {
	var running sync.WaitGroup
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			running.Add(1)
			defer running.Done()
			s.ServeHTTP(w, r)
		}),
	}
	ended := make(chan struct{})
	stopWaiting := context.AfterFunc(ctx, func() {
		defer close(ended)
		last, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		_ = server.Shutdown(last)
		_ = server.Close() // what is left after the grace
	})
	err := server.Serve(ln)
	if stopWaiting() { // Serve failed by itself
		_ = server.Close()
	} else {
		<-ended
	}
	running.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serving on %s: %w", ln.Addr(), err)
}

func (s *Server) models(w http.ResponseWriter, r *http.Request) {
	if refused := s.checkKey(r); refused != nil {
		refused.write(w)
		return
	}
	type model struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		Created int64  `json:"created"`
		OwnedBy string `json:"owned_by"`
	}
	list := []model{}
	for _, name := range s.script.Models {
		m := model{name, "model", created, "fakellm"}
		if name == r.PathValue("name") {
			writeJSON(w, http.StatusOK, m)
			return
		}
		list = append(list, m)
	}
	if name := r.PathValue("name"); name != "" {
		noSuchModel(name).write(w)
		return
	}
	writeJSON(w, http.StatusOK, object{"object": "list", "data": list})
}

// unknown answers what is no address of the interface, in OpenAI's words.
func unknown(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/chat/completions") && r.Method != http.MethodPost {
		refuse(http.StatusMethodNotAllowed, "", "", "Not allowed to %s on %s. (HINT: Perhaps you meant to use a different HTTP method?)",
			r.Method, r.URL.Path).write(w)
		return
	}
	refuse(http.StatusNotFound, "", "", "Invalid URL (%s %s)", r.Method, r.URL.Path).write(w)
}
