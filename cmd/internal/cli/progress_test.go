package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"whatif/analyzer/llm/caller"
)

// Elsewhere than on a terminal only notes and long waits are told, and a wait once.
func TestProgressInLog(t *testing.T) {
	events := []caller.Event{
		{Pass: "facts", State: "queued"}, {Pass: "facts", State: "sent"},
		{Pass: "facts", State: "retry", Detail: "llm.example: busy", Wait: time.Second},
		{Pass: "facts", State: "retry", Detail: "llm.example: very\x1b busy", Wait: time.Minute},
		{Pass: "facts", State: "retry", Detail: "llm.example: very busy", Wait: time.Minute},
		{State: "note", Detail: "asking in another form"}, {Pass: "facts", State: "done"},
	}
	for quiet, want := range map[bool]string{true: "", false: "llm.example: very␛ busy: asking again in 1m0s\nnote: asking in another form\n"} {
		var stderr bytes.Buffer
		p := &progress{app: &app{stderr: &stderr}, quiet: quiet}
		p.start()
		for _, e := range events {
			p.observe(e)
		}
		p.stop()
		if stderr.String() != want {
			t.Errorf("quiet %v: %q, want %q", quiet, stderr.String(), want)
		}
	}
}

// lockedBuffer is a terminal that the bars and the test share.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// On a terminal there is a bar for each pass, and drawing it never waits for who sets it.
func TestProgressBars(t *testing.T) {
	var screen lockedBuffer
	p := &progress{app: &app{stderr: io.Discard}, running: 1}
	p.page = mpb.New(mpb.WithOutput(&screen), mpb.ForceAutoRefresh(), mpb.WithWidth(120), mpb.WithRefreshRate(time.Millisecond))
	var all sync.WaitGroup
	for _, pass := range []string{"facts", "what_if"} {
		all.Go(func() {
			for i := range 300 {
				p.observe(caller.Event{Pass: pass, Name: fmt.Sprint(i), State: "queued"})
				p.observe(caller.Event{Pass: pass, Name: fmt.Sprint(i), State: "done", Spent: caller.Spent{PromptTokens: 1234 * i, CostUSD: 0.5}})
				if i%100 == 0 {
					p.observe(caller.Event{Pass: pass, State: "retry", Detail: "busy"})
					time.Sleep(5 * time.Millisecond)
				}
			}
		})
	}
	all.Wait()
	time.Sleep(20 * time.Millisecond)
	p.stop()
	p.observe(caller.Event{Pass: "judge", State: "done"}) // comes late, and is not shown
	screen.mu.Lock()
	defer screen.mu.Unlock()
	for _, want := range []string{"reading", "asking what if", " of 300", " tokens, $0.5000", "busy: asking again\n"} {
		if !strings.Contains(screen.b.String(), want) {
			t.Errorf("the screen lacks %q:\n%s", want, screen.b.String()[max(0, screen.b.Len()-900):])
		}
	}
}

func TestLeft(t *testing.T) {
	since := time.Now().Add(-30 * time.Second)
	if got := left(decor.Statistics{Current: 10, Total: 30}, since); got != ", 1m0s left" {
		t.Errorf("got %q", got)
	}
	for _, s := range []decor.Statistics{{Current: 0, Total: 3}, {Current: 3, Total: 3}} {
		if got := left(s, since); got != "" {
			t.Errorf("%v: got %q", s, got)
		}
	}
}
