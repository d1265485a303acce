package batch

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// A shelf keeps what came of all requests, in one file that only grows. It is the cache of a round's caller, too: before the cache
// that ordinary runs share, so that a folder alone is enough to go on, and so that what a batch paid for is counted as that.
type shelf struct {
	desk *Desk

	mu      sync.RWMutex
	file    *os.File
	size    int64
	entries map[[32]byte]entry
	dirty   bool // something was put since the last finished scan
}

// An entry says where the last outcome of a request stands.
type entry struct {
	at     int64
	length int
	status int
	tries  int    // outcomes so far, in this scan
	job    string // that brought it
	old    bool   // of a scan that was finished: to later ones it is a reply of the cache
}

// A record is a line of the file.
type record struct {
	Job      string `json:"job,omitempty"`
	Finished bool   `json:"finished,omitempty"` // all that was asked has its replies
	client.Outcome
}

// openShelf reads the file. A last line that was not written to its end is cut off.
func openShelf(d *Desk) (*shelf, error) {
	f, err := os.OpenFile(d.path(repliesName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the replies: %w", err)
	}
	s := &shelf{desk: d, file: f, entries: map[[32]byte]entry{}}
	in := bufio.NewReaderSize(f, 256<<10)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil, errors.Join(fmt.Errorf("reading the replies: %w", err), f.Close())
			}
			if len(line) > 0 {
				err = f.Truncate(s.size)
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, errors.Join(fmt.Errorf("mending the replies: %w", err), f.Close())
			}
			return s, nil
		}
		s.note(line)
	}
}

// note takes a line of the file into the list. One that is damaged is as good as none.
func (s *shelf) note(line []byte) {
	at := s.size
	s.size += int64(len(line))
	var r record
	if json.Unmarshal(line, &r) != nil {
		return
	}
	if r.Finished {
		s.age()
		return
	}
	if id, ok := readID(r.ID); ok {
		s.entries[id] = entry{at: at, length: len(line), status: r.Status, tries: s.entries[id].tries + 1, job: r.Job}
		s.dirty = true
	}
}

// age makes all entries those of a finished scan.
func (s *shelf) age() {
	for id, e := range s.entries {
		e.tries, e.old = 0, true
		s.entries[id] = e
	}
	s.dirty = false
}

func (s *shelf) find(id [32]byte) (entry, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e, ok := s.entries[id]
	return e, ok
}

// has reports whether a job brought the outcome that is kept of a request.
func (s *shelf) has(j *job, id [32]byte) bool {
	e, ok := s.find(id)
	return ok && e.job == j.ID
}

// outcome reads an entry.
func (s *shelf) outcome(e entry) (client.Outcome, error) {
	line := make([]byte, e.length)
	if _, err := s.file.ReadAt(line, e.at); err != nil {
		return client.Outcome{}, fmt.Errorf("reading the replies: %w", err)
	}
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return client.Outcome{}, fmt.Errorf("reading the replies: %w", err)
	}
	return r.Outcome, nil
}

// put keeps what came of a job's request, once.
func (s *shelf) put(j *job, id [32]byte, o client.Outcome) error {
	if s.has(j, id) {
		return nil
	}
	o.ID = hex.EncodeToString(id[:])
	return s.write(record{Job: j.ID, Outcome: o})
}

func (s *shelf) write(r record) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(&r); err != nil {
		return fmt.Errorf("keeping the replies: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.file.WriteAt(b.Bytes(), s.size); err != nil {
		return fmt.Errorf("keeping the replies: %w", errors.Join(err, s.file.Truncate(s.size)))
	}
	s.note(b.Bytes())
	return nil
}

func (s *shelf) sync() error {
	if err := s.desk.synced(s.file); err != nil {
		return fmt.Errorf("keeping the replies: %w", err)
	}
	return nil
}

func (s *shelf) close() error { return s.file.Close() }

// get returns a reply as a cache has it: one of ordinary runs or of earlier scans. Those of this scan come by post, unless own.
func (s *shelf) get(key [32]byte, own bool) ([]byte, bool) {
	var past entry
	for _, f := range formats {
		switch e, ok := s.find(idOf(key, f)); {
		case ok && !e.old && !own:
			return nil, false
		case ok && e.status == 200:
			past = e
		}
	}
	if cache := s.desk.opt.Cache; cache != nil {
		if data, ok := cache.Get(key); ok {
			return data, true
		}
	}
	if past.length == 0 {
		return nil, false
	}
	o, err := s.outcome(past)
	if err != nil {
		return nil, false
	}
	reply, err := s.desk.opt.Client.Judge(&client.Request{}, o)
	if err != nil {
		return nil, false
	}
	return caller.Encode(reply, client.PlainText), true
}

// Put keeps an accepted reply for ordinary runs.
func (s *shelf) Put(key [32]byte, data []byte) error {
	if s.desk.opt.Cache == nil {
		return nil
	}
	return s.desk.opt.Cache.Put(key, data)
}

// A memo is the cache of one round: a reply that came by post is the cache's for whoever asks the same again, as in ordinary runs.
type memo struct {
	*shelf
	mu   sync.Mutex
	told map[[32]byte]bool
}

// Get returns a reply, see shelf.
func (m *memo) Get(key [32]byte) ([]byte, bool) {
	m.mu.Lock()
	told := m.told[key]
	m.mu.Unlock()
	return m.shelf.get(key, told)
}

// Put keeps an accepted reply.
func (m *memo) Put(key [32]byte, data []byte) error {
	m.mu.Lock()
	m.told[key] = true
	m.mu.Unlock()
	return m.shelf.Put(key, data)
}

// finish notes that all that was asked has its replies.
func (d *Desk) finish(ctx context.Context) error {
	d.sweep(ctx)
	if !d.shelf.dirty {
		return nil
	}
	return errors.Join(d.shelf.write(record{Finished: true}), d.shelf.sync())
}
