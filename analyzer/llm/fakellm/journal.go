package fakellm

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// An Entry is one request that was asked, and what it got.
type Entry struct {
	N        int             `json:"n"`    // counted from 1, in order of arrival
	At       time.Duration   `json:"at"`   // since the server's start, in nanoseconds, as all durations here
	Took     time.Duration   `json:"took"` // 0: it is still being answered
	Path     string          `json:"path"`
	Query    string          `json:"query,omitempty"`
	Header   http.Header     `json:"header"` // keys are hidden
	Model    string          `json:"model"`
	Format   string          `json:"format"`           // json_schema, json_object or text
	Schema   string          `json:"schema,omitempty"` // its name
	Stream   bool            `json:"stream"`
	Max      int             `json:"max_tokens,omitempty"` // under either name
	System   string          `json:"system,omitempty"`
	User     string          `json:"user,omitempty"`
	Body     json.RawMessage `json:"body,omitempty"` // as it came, if it is JSON
	Rule     string          `json:"rule,omitempty"` // that played; "default" where none did, "" where it was refused before
	Fault    string          `json:"fault,omitempty"`
	Status   int             `json:"status"` // 0: none was sent
	Reply    string          `json:"reply,omitempty"`
	Prompt   int             `json:"prompt_tokens"`
	Cached   int             `json:"cached_tokens"`
	Complete int             `json:"completion_tokens"`
	Wait     time.Duration   `json:"latency"`
	InFlight int             `json:"in_flight"` // requests that were being answered when it came, itself among them
	Gone     bool            `json:"gone,omitempty"`
	Batch    string          `json:"batch,omitempty"` // that the request is a line of
	Line     string          `json:"line,omitempty"`  // its id there
}

// Stats are totals.
type Stats struct {
	Requests    int `json:"requests"` // for replies, refused ones too
	Refused     int `json:"refused"`  // by the checks and limits
	Faults      int `json:"faults"`   // that the script played
	Prompt      int `json:"prompt_tokens"`
	Cached      int `json:"cached_tokens"` // part of Prompt
	Completion  int `json:"completion_tokens"`
	InFlight    int `json:"in_flight"`
	MaxInFlight int `json:"max_in_flight"`
}

// What the journal keeps at most.
const (
	maxEntries   = 10_000
	maxKeptBytes = 64 << 20
)

// A journal keeps what was asked.
type journal struct {
	start time.Time
	to    io.Writer

	mu    sync.Mutex
	list  []*Entry // by N, without gaps
	bytes int      // of bodies and texts
	bare  int      // how many entries at the front have lost theirs
	stats Stats
}

// begin takes note of a request that came and returns its entry, which is the caller's to fill in.
func (j *journal) begin(r *http.Request) *Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stats.Requests++
	j.stats.InFlight++
	j.stats.MaxInFlight = max(j.stats.MaxInFlight, j.stats.InFlight)
	e := &Entry{N: j.stats.Requests, At: time.Since(j.start), Path: r.URL.Path, Query: r.URL.RawQuery, Header: hideKeys(r.Header), InFlight: j.stats.InFlight}
	kept := *e
	j.list = append(j.list, &kept)
	if len(j.list) > maxEntries {
		j.bytes -= j.list[0].size()
		j.list = j.list[1:]
		j.bare = max(0, j.bare-1)
	}
	return e
}

// decided writes down what a request gets, before anything of it is sent, so that whoever has the answer finds it in the log.
func (j *journal) decided(e *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case e.Rule == "":
		j.stats.Refused++
	case e.Fault != "":
		j.stats.Faults++
	}
	j.stats.Prompt += e.Prompt
	j.stats.Cached += e.Cached
	j.stats.Completion += e.Complete
	j.put(e)
}

// end writes down that a request is done.
func (j *journal) end(e *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.Took = max(time.Since(j.start)-e.At, 1)
	j.stats.InFlight--
	j.put(e)
	if j.to != nil {
		_, _ = j.to.Write(line(e)) // a full disk is no reason to fail a request
	}
}

// put keeps a copy of the entry in its place.
func (j *journal) put(e *Entry) {
	i := e.N - j.list[0].N
	if i < 0 {
		return
	}
	kept := *e
	if i < j.bare {
		kept.strip()
	}
	j.bytes += kept.size() - j.list[i].size()
	j.list[i] = &kept
	for ; j.bytes > maxKeptBytes && j.bare < i; j.bare++ {
		j.bytes -= j.list[j.bare].size()
		j.list[j.bare].strip()
	}
}

// strip takes away what makes an entry large.
func (e *Entry) strip() { e.System, e.User, e.Reply, e.Body = "", "", "", nil }

func (e *Entry) size() int { return len(e.Body) + len(e.System) + len(e.User) + len(e.Reply) }

func (j *journal) entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]Entry, len(j.list))
	for i, e := range j.list {
		list[i] = *e
	}
	return list
}

func (j *journal) totals() Stats {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.stats
}

// hideKeys copies the headers without what is secret in them.
func hideKeys(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Authorization", "Api-Key", "X-Api-Key", "Proxy-Authorization", "Cookie"} {
		for i, v := range h[name] {
			kind, _, more := strings.Cut(v, " ")
			if !more {
				kind = ""
			}
			h[name][i] = strings.TrimSpace(kind + " hidden")
		}
	}
	return h
}

func line(e *Entry) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(e) // always can be
	return b.Bytes()
}

func (s *Server) serveLog(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/jsonl")
	for _, e := range s.Log() {
		if _, err := w.Write(line(&e)); err != nil {
			return
		}
	}
}

func (s *Server) serveStats(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.Stats())
}
