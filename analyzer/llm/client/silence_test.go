package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A slow body gives its pieces after waits, in the time of a synctest bubble.
type slow struct {
	ctx    context.Context
	pieces []piece
	rest   string
}

type piece struct {
	wait time.Duration
	text string
}

func (s *slow) Read(p []byte) (int, error) {
	if s.rest == "" {
		if len(s.pieces) == 0 {
			return 0, io.EOF
		}
		select {
		case <-time.After(s.pieces[0].wait):
		case <-s.ctx.Done():
			return 0, s.ctx.Err()
		}
		s.rest, s.pieces = s.pieces[0].text+"\n\n", s.pieces[1:]
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (*slow) Close() error { return nil }

// TestPatience holds the default time-outs to the second.
func TestPatience(t *testing.T) {
	every := func(d time.Duration, times int, text string, end ...piece) (list []piece) {
		for range times {
			list = append(list, piece{d, text})
		}
		return append(list, end...)
	}
	word, end, done := delta("word "), piece{0, stopEvent}, piece{0, doneEvent}
	tests := []struct {
		name   string
		pieces []piece
		takes  time.Duration
		in     string // of the error's message; "" for none
	}{
		{"a word every 50 s", every(50*time.Second, 5, word, end, done), 250 * time.Second, ""},
		{"a long queue", every(230*time.Second, 1, word, end, done), 230 * time.Second, ""},
		{"too long a queue", every(241*time.Second, 1, word, end, done), 240 * time.Second, "silent"},
		{"a queue with comments", every(70*time.Second, 3, ": queued", piece{0, word}, end, done), 210 * time.Second, ""},
		{"silence after a word", every(time.Second, 1, word, piece{61 * time.Second, word}, end, done), 61 * time.Second, "silent"},
		{"comments after a word", every(time.Second, 1, word, append(every(50*time.Second, 2, ": alive"), end, done)...), 101 * time.Second, ""},
		{"slow for ever", every(50*time.Second, 10, word, end, done), 300 * time.Second, "no whole reply came in 5m0s"},
		{"silence after the end", every(time.Second, 1, word, end, piece{time.Hour, usageEvent}), 6 * time.Second, ""},
		{"usage a moment after the end", every(time.Second, 1, word, end, piece{4 * time.Second, usageEvent}, done), 5 * time.Second, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, "https://api.example/v1", func(c *Config) { c.Timeout, c.Stall = 0, 0 })
				c.http = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: 200, Header: http.Header{}, Body: &slow{ctx: r.Context(), pieces: tt.pieces}, Request: r}, nil
				})}
				start := time.Now()
				_, err := ask(t, c, nil)
				if took := time.Since(start).Round(100 * time.Millisecond); took != tt.takes {
					t.Errorf("took %v, want %v", took, tt.takes)
				}
				if tt.in == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				var e *Error
				if !errors.As(err, &e) || e.Fault != Network || !strings.Contains(e.Message, tt.in) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}
