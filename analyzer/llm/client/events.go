package client

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"time"
)

// events reads a stream of server-sent events and gives go-openai its data lines alone: comments would make it give up after 300,
// a last line without a break would be lost, and a line of any length would be kept. Every line that comes puts off the watch.
type events struct {
	r     *bufio.Reader
	body  io.Closer
	watch *watch
	most  int // bytes of a line; 0: a megabyte
	ready []byte
	done  bool // the end was announced
	err   error
}

var errLongEvent = errors.New("an event of the stream is over a megabyte long")

// Read gives the next data lines.
func (e *events) Read(p []byte) (int, error) {
	for len(e.ready) == 0 {
		if e.err != nil {
			return 0, e.err
		}
		e.next()
	}
	n := copy(p, e.ready)
	e.ready = e.ready[n:]
	return n, nil
}

// Close ends the stream. One whose end was announced is read to it, or its connection could not be used again.
func (e *events) Close() error {
	if e.done && e.err == nil {
		e.watch.set(50 * time.Millisecond)
		_, _ = io.CopyN(io.Discard, e.r, 4<<10) // what comes after the end matters to nobody
	}
	return e.body.Close()
}

// next reads one line and makes it ready if it carries data.
func (e *events) next() {
	line, err := e.line()
	e.err = err
	payload, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data:"))
	payload = bytes.TrimSpace(payload)
	switch {
	case len(payload) == 0:
		return
	case bytes.Equal(payload, []byte("[DONE]")):
		e.done = true
	case !ok && payload[0] != '{': // event:, id:, retry:, a comment
		return
	case err != nil && !json.Valid(payload): // cut in the middle: not bad JSON, but a lost connection
		return
	}
	// go-openai takes lines that begin with {"error": for itself and loses those whose error is no object. A blank hides them.
	if payload[0] == '{' {
		payload = append([]byte("{ "), payload[1:]...)
	}
	e.ready = append(append([]byte("data: "), payload...), '\n')
}

// line reads one line, with its end.
func (e *events) line() ([]byte, error) {
	var line []byte
	for {
		part, err := e.r.ReadSlice('\n')
		e.watch.beat()
		line = append(line, part...)
		switch {
		case len(line) > cmp.Or(e.most, maxEvent):
			return nil, errLongEvent
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		}
	}
}
