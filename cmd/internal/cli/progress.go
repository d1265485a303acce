package cli

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/render"
)

// A progress shows on a terminal how far the model is: a bar for each pass, over all documents that are on their way. Elsewhere it says
// only when there is long to wait, so that a log is not filled.
type progress struct {
	app   *app
	quiet bool
	other func(caller.Event)           // is told in this one's place; nil: nobody
	spent atomic.Pointer[caller.Spent] // apart from the lock: the bars read it while they are being set

	mu      sync.Mutex
	page    *mpb.Progress
	passes  []*passBar // in the order in which they began
	running int        // documents
	waited  time.Time  // until when the last pause that was told lasts
}

// A passBar counts the requests of one pass.
type passBar struct {
	pass        string
	bar         *mpb.Bar // nil while none is shown
	total, done int
	since       time.Time
}

// left returns how much longer a pass takes at its speed so far, "" when it is done or has not begun.
func left(s decor.Statistics, since time.Time) string {
	if s.Current == 0 || s.Current >= s.Total {
		return ""
	}
	each := time.Since(since) / time.Duration(s.Current)
	return fmt.Sprintf(", %v left", (each * time.Duration(s.Total-s.Current)).Round(time.Second))
}

// longWait is how long a pause is that is worth a line in a log.
const longWait = 10 * time.Second

// start makes ready for a document.
func (p *progress) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running++; p.running == 1 {
		p.passes = nil
		p.show()
	}
}

// stop ends what start began. With the last document the bars go off the terminal.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running--; p.running == 0 {
		p.hide()
	}
}

// aside calls f, which may print, while the bars are off the terminal and nothing else is told.
func (p *progress) aside(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hide()
	f()
	if p.running > 0 {
		p.show()
	}
}

// show puts the bars on the terminal, if it is one.
func (p *progress) show() {
	if p.quiet || !isTerminal(p.app.stderr) || p.app.env["TERM"] == "dumb" {
		return
	}
	p.page = mpb.New(mpb.WithOutput(p.app.stderr), mpb.WithWidth(40), mpb.WithRefreshRate(150*time.Millisecond))
	for _, pass := range p.passes {
		p.draw(pass)
	}
}

// hide takes the bars off the terminal. What is printed afterwards stands where they were.
func (p *progress) hide() {
	if p.page == nil {
		return
	}
	for _, pass := range p.passes {
		pass.bar.Abort(true)
		pass.bar = nil
	}
	p.page.Wait()
	p.page = nil
}

// observe takes in an event.
func (p *progress) observe(e caller.Event) {
	p.spent.Store(&e.Spent)
	if p.other != nil {
		p.other(e)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.State {
	case "note":
		p.tell("note: " + oneLine(e.Detail))
	case "retry":
		p.retry(e)
	}
	if p.running > 0 && e.Pass != "" {
		p.count(e)
	}
}

// count moves the bar of an event's pass.
func (p *progress) count(e caller.Event) {
	i := slices.IndexFunc(p.passes, func(pass *passBar) bool { return pass.pass == e.Pass })
	if i < 0 {
		i = len(p.passes)
		p.passes = append(p.passes, &passBar{pass: e.Pass, since: time.Now()})
	}
	pass := p.passes[i]
	switch e.State {
	case "queued":
		pass.total++
	case "done", "cached", "failed":
		pass.done++
		pass.total = max(pass.total, pass.done)
	}
	p.draw(pass)
}

// draw sets the bar of a pass, where bars are shown.
func (p *progress) draw(pass *passBar) {
	if p.page == nil {
		return
	}
	if pass.bar == nil {
		pass.bar = p.add(pass.pass, pass.since)
	}
	pass.bar.SetTotal(int64(pass.total), false)
	pass.bar.SetCurrent(int64(pass.done))
}

// retry tells that a request is asked again, and why: each time on a terminal, elsewhere when that takes long.
func (p *progress) retry(e caller.Event) {
	text := fmt.Sprintf("%s: asking again", oneLine(e.Detail))
	if e.Wait > 0 {
		text += fmt.Sprintf(" in %v", e.Wait.Round(100*time.Millisecond))
	}
	now := time.Now()
	if p.page == nil && (e.Wait < longWait || now.Before(p.waited)) {
		return
	}
	p.waited = now.Add(e.Wait)
	p.tell(text)
}

// tell prints a line, above the bars where there are some.
func (p *progress) tell(text string) {
	switch {
	case p.quiet:
	case p.page != nil:
		fmt.Fprintln(p.page, render.EscapeTerminal(text))
	default:
		p.app.message("", text)
	}
}

// passNames say in plain words what a pass does.
var passNames = map[string]string{
	"facts": "reading", "again": "reading again", "what_if": "asking what if", "judge": "judging", "questions": "open questions",
}

func (p *progress) add(pass string, since time.Time) *mpb.Bar {
	name := passNames[pass]
	if name == "" {
		name = pass
	}
	return p.page.AddBar(0,
		mpb.PrependDecorators(decor.Name(render.EscapeTerminal(name), decor.WCSyncSpaceR), decor.CountersNoUnit("%d of %d", decor.WCSyncSpace)),
		mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string { return " " + p.soFar() + left(s, since) })))
}

// soFar returns what the run has cost until now. The page asks for it from a goroutine of its own.
func (p *progress) soFar() string {
	spent := p.spent.Load()
	if spent == nil {
		return ""
	}
	text := thousands(spent.PromptTokens+spent.CompletionTokens) + " tokens"
	if spent.CostUSD > 0 {
		text += ", " + dollars(spent.CostUSD)
	}
	return text
}
