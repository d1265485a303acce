package fakellm

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// advance takes a batch as far as time and looks let it be.
func (s *Server) advance(b *batch) {
	opt := &s.script.Batches
	due := time.Since(b.begun) >= opt.Takes && b.looks >= opt.Looks
	switch {
	case b.ended():
	case b.fault != nil:
		b.status = "failed"
	case b.cancelling:
		s.finish(b, "cancelled", len(b.lines)/2)
	case !due && b.looks > 1 && b.looks+1 == opt.Looks:
		b.status = "finalizing"
	case !due:
		b.status = "in_progress"
	case opt.Cancels && s.unlucky(b):
		s.finish(b, "cancelled", len(b.lines)/2)
	case opt.Expires > 0 && s.unlucky(b):
		s.finish(b, "expired", int(opt.Expires*float64(len(b.lines))))
	default:
		s.finish(b, "completed", len(b.lines))
	}
}

// finish answers the first lines of a batch and writes its files, in an order of their own.
func (s *Server) finish(b *batch, status string, n int) {
	var output, failed [][]byte
	for i, l := range b.lines {
		id := fmt.Sprintf("batch_req_%s_%d", b.id, i+1)
		if i >= n {
			why := map[string]string{"expired": "This request could not be executed before the completion window expired."}[status]
			failed = append(failed, tellLine(object{"id": id, "custom_id": l.ID, "response": nil,
				"error": object{"code": "batch_" + status, "message": or(why, "This request was cancelled.")}}))
			continue
		}
		got, body := s.answerLine(b, l)
		told := tellLine(object{"id": id, "custom_id": l.ID, "error": nil, "response": object{"status_code": got, "request_id": id, "body": json.RawMessage(body)}})
		if got == http.StatusOK {
			output = append(output, told)
		} else {
			failed = append(failed, told)
		}
	}
	b.status, b.done, b.failed = status, len(output), len(failed)
	b.output, b.errors = s.write(b, "output", output), s.write(b, "error", failed)
}

func tellLine(o object) []byte {
	data, _ := json.Marshal(o) // always can be
	return append(data, '\n')
}

// write keeps a file that a batch wrote, nil for one without lines.
func (s *Server) write(b *batch, kind string, lines [][]byte) *file {
	if len(lines) == 0 {
		return nil
	}
	slices.SortStableFunc(lines, func(x, y []byte) int {
		return cmp.Compare(hash(uint64(s.script.Seed), string(x)), hash(uint64(s.script.Seed), string(y)))
	})
	content := bytes.Join(lines, nil)
	f := &file{Object: "file", Created: created, Name: b.id + "_" + kind + ".jsonl", Purpose: "batch_output", Status: "processed", Bytes: len(content), content: content}
	s.office.keep(f)
	return f
}

// answerLine answers one request of a batch, as chat does but for waiting.
func (s *Server) answerLine(b *batch, l batchLine) (status int, body []byte) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "/v1/chat/completions", bytes.NewReader(l.Body))
	if err != nil { // never: the method and the address are ours
		return http.StatusInternalServerError, []byte("null")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", b.key)
	e := s.journal.begin(r)
	e.Batch, e.Line = b.id, l.ID
	defer s.journal.end(e)
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	a, sent, refused := s.read(r)
	e.note(a, sent)
	if refused == nil && a.Stream {
		refused = bad("stream", "", "Streaming is not supported in the Batch API.")
	}
	if refused != nil {
		s.refuse(w, e, refused)
		return w.status, w.body()
	}
	p := s.choose(a)
	if c := s.script.Batches.Lines; c.Chance > 0 && s.unlucky(b) && s.draw("lines", a) < c.Chance {
		p = &play{name: "lines", fault: c.Of[int(s.draw("which line fault", a)*float64(len(c.Of)))]}
	}
	switch p.fault.Kind {
	case "cut_stream", "stall", "reset", "sse_error", "slow": // faults of a connection, which a line has none of
		p.fault = Fault{Kind: strconv.Itoa(http.StatusInternalServerError)}
	}
	a.cached = s.cache.look(a.prompt)
	s.cache.keep(a.prompt)
	s.perform(&exchange{server: s, w: w, r: r, ask: a, play: p, entry: e})
	return w.status, w.body()
}

// A recorder is an answer that is kept.
type recorder struct {
	header http.Header
	status int
	data   bytes.Buffer
}

func (w *recorder) Header() http.Header            { return w.header }
func (w *recorder) WriteHeader(status int)         { w.status = status }
func (w *recorder) Write(data []byte) (int, error) { return w.data.Write(data) }
func (w *recorder) FlushError() error              { return nil }

// body returns what was written if it is JSON.
func (w *recorder) body() []byte {
	if !json.Valid(w.data.Bytes()) {
		return []byte("null")
	}
	return w.data.Bytes()
}
