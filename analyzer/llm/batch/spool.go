package batch

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"whatif/analyzer/llm/client"
)

// usualReply is the longest reply, in tokens, of a request that names none.
const usualReply = 4096

// A spool writes the questions of a round into files, each the input of one batch.
type spool struct {
	desk  *Desk
	start client.Format // that questions begin at

	mu    sync.Mutex
	taken map[[32]byte]bool
	jobs  []*job
	file  *os.File // of the last job; nil before the first
	out   *bufio.Writer
	bytes int
	err   error // the first; no more is taken after it
}

// take writes a request under an id, once.
func (s *spool) take(id [32]byte, r *client.Request) error {
	line, err := s.desk.opt.Client.Line(hex.EncodeToString(id[:]), r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || s.taken[id] {
		return s.err
	}
	s.taken[id] = true
	if s.err = s.put(line, r); s.err != nil {
		s.err = fmt.Errorf("keeping questions for a batch: %w", s.err)
	}
	return s.err
}

func (s *spool) put(line []byte, r *client.Request) error {
	if s.file == nil || s.bytes+len(line) > s.desk.opt.MostBytes || s.jobs[len(s.jobs)-1].Lines >= s.desk.opt.MostLines {
		if err := s.next(); err != nil {
			return err
		}
	}
	j := s.jobs[len(s.jobs)-1]
	j.Lines++
	s.bytes += len(line)
	reply := r.MaxTokens
	if reply <= 0 {
		reply = usualReply
	}
	j.add(promptTokens(r), reply)
	_, err := s.out.Write(line)
	return err
}

// promptTokens returns the tokens of a prompt by the engine's count, or an estimate.
func promptTokens(r *client.Request) int {
	n := r.Estimate
	if n == 0 {
		n = (len(r.System) + len(r.User) + 2) / 3
	}
	if r.Schema != nil {
		n += len(r.Schema.JSON) / 4
	}
	return n
}

// next begins the input of another batch.
func (s *spool) next() error {
	if err := s.flush(); err != nil {
		return err
	}
	j := &job{ID: s.desk.opt.name(), Step: ready, Format: s.start}
	f, err := os.OpenFile(s.desk.input(j), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	s.file, s.out, s.bytes, s.jobs = f, bufio.NewWriterSize(f, 64<<10), 0, append(s.jobs, j)
	return nil
}

// flush brings the file to the disk and closes it.
func (s *spool) flush() error {
	if s.file == nil {
		return nil
	}
	err := s.out.Flush()
	if err == nil {
		err = s.desk.synced(s.file)
	}
	if closed := s.file.Close(); err == nil {
		err = closed
	}
	s.file = nil
	return err
}

// close ends the round and returns its jobs.
func (s *spool) close() ([]*job, error) {
	s.mu.Lock()
	err := s.err
	if err == nil {
		err = s.flush()
	}
	s.mu.Unlock()
	if err != nil {
		s.drop()
		return nil, err
	}
	return s.jobs, nil
}

// drop throws the round's questions away. They come again.
func (s *spool) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.flush()
	for _, j := range s.jobs {
		_ = os.Remove(s.desk.input(j)) // or the next run does
	}
	s.jobs = nil
}

// linesOf calls each with the id and the text of the lines of a job's input.
func (d *Desk) linesOf(j *job, each func(id [32]byte, line []byte) error) error {
	f, err := os.Open(d.input(j))
	if err != nil {
		return fmt.Errorf("reading what was asked: %w", err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 64<<10)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) == 0 && err != nil {
			return nil
		}
		var told struct {
			ID string `json:"custom_id"`
		}
		if bad := json.Unmarshal(line, &told); bad != nil {
			return fmt.Errorf("reading what was asked: %s is damaged: %w", f.Name(), bad)
		}
		id, ok := readID(told.ID)
		if !ok {
			return fmt.Errorf("reading what was asked: %s is damaged: a line has the id %q", f.Name(), told.ID)
		}
		if err := each(id, line); err != nil {
			return err
		}
	}
}

func readID(text string) (id [32]byte, ok bool) {
	if len(text) != 2*len(id) {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err == nil
}
