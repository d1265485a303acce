package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/scan"
	"whatif/analyzer/threatmodel"
)

// A teller tells how a scan gets on.
type teller interface {
	begin(documents int)
	observe(e scan.Event)
	note(e caller.Event) // of the model
	names() []string
	came() (states map[record.State]int, lacks string)
	end()
}

// teller returns the one that fits: for a terminal, for a log, for a program, or none.
func (a *app) teller(k *scanning) teller {
	t := &tally{app: a, asking: k.asking, open: map[string]time.Time{}, states: map[record.State]int{}, findings: map[threatmodel.Level]int{},
		lacks: map[string]int{}, told: k.told}
	switch {
	case k.opt.events:
		return &eventTeller{tally: t}
	case k.quiet():
		return &logTeller{tally: t, silent: true}
	case isTerminal(a.stderr) && a.env["TERM"] != "dumb":
		return &barTeller{tally: t}
	}
	return &logTeller{tally: t}
}

// A tally counts what came of the documents so far.
type tally struct {
	app    *app
	asking *asking

	mu       sync.Mutex
	started  time.Time
	total    int
	finished int // done now or before
	kept     int
	open     map[string]time.Time // documents on their way, and since when
	states   map[record.State]int
	findings map[threatmodel.Level]int
	made     []string          // the first documents that were done
	lacks    map[string]int    // what drafts lack that are not whole, and how many
	told     map[string]string // by document: the trouble that was told of it
}

// shownMade is how many documents a watch names after a change.
const shownMade = 5

// names returns the first documents that were done, with their findings.
func (t *tally) names() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.made)
}

// came returns how many documents came out in which state, and what most of those lack that are not whole.
func (t *tally) came() (states map[record.State]int, lacks string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for words, n := range t.lacks {
		if most := t.lacks[lacks]; n > most || n == most && words < lacks {
			lacks = words
		}
	}
	return maps.Clone(t.states), lacks
}

func (t *tally) start(documents int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.started, t.total = time.Now(), documents
}

// take counts an event, and returns how long its document took.
func (t *tally) take(e scan.Event) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.What {
	case "begun":
		t.open[e.Name] = time.Now()
		return 0
	case "kept":
		t.kept++
		t.finished++
		return 0
	}
	var took time.Duration
	if since, ok := t.open[e.Name]; ok {
		took = time.Since(since)
		delete(t.open, e.Name)
	}
	t.finished++
	t.states[e.Record.State]++
	if len(t.made) < shownMade {
		t.made = append(t.made, fmt.Sprintf("%s (%d high, %d medium, %d low)", e.Name, e.Record.Count(threatmodel.High), e.Record.Count(threatmodel.Medium), e.Record.Count(threatmodel.Low)))
	}
	if e.Record.State == record.Partial {
		t.lacks[e.Record.Detail]++
	}
	for i := range e.Record.Findings {
		t.findings[e.Record.Findings[i].Priority]++
	}
	return took
}

// trouble says what is wrong with a document, "" if nothing is, or if it was told already.
func (t *tally) trouble(r *record.Record) string {
	if r == nil || r.State != record.Failed {
		return ""
	}
	text := fmt.Sprintf("%s %s", r.Path, oneLine(cmp.Or(r.Detail, r.Reason)))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.told[r.Name] == text {
		return ""
	}
	t.told[r.Name] = text
	return text
}

// soFar words the findings and the documents of other states. t.mu is held.
func (t *tally) soFar() string {
	parts := []string{fmt.Sprintf("%s high, %s medium, %s low", thousands(t.findings[threatmodel.High]), thousands(t.findings[threatmodel.Medium]),
		thousands(t.findings[threatmodel.Low]))}
	for _, s := range []struct {
		state record.State
		word  string
	}{{record.LeftOut, "left out"}, {record.Copy, "copies"}, {record.Partial, "not whole"}, {record.Failed, "failed"}} {
		if n := t.states[s.state]; n > 0 {
			parts = append(parts, thousands(n)+" "+s.word)
		}
	}
	if t.kept > 0 {
		parts = append(parts, thousands(t.kept)+" done before")
	}
	return strings.Join(parts, "; ")
}

// spending words what the model has cost, "" without one.
func (t *tally) spending() string {
	if t.asking == nil {
		return ""
	}
	spent := t.asking.soFar()
	return fmt.Sprintf("%s, %s tokens, %s", plural(spent.Requests, "request"), thousands(spent.PromptTokens+spent.CompletionTokens), t.asking.cost(spent))
}

// rate returns documents a second and how long it takes to the end at that rate, 0 when it is not known. t.mu is held.
func (t *tally) rate() (perSecond float64, left time.Duration) {
	n := t.finished - t.kept
	passed := time.Since(t.started)
	if n == 0 || passed < time.Second {
		return 0, 0
	}
	perSecond = float64(n) / passed.Seconds()
	return perSecond, time.Duration(float64(t.total-t.finished)/perSecond) * time.Second
}

// slow returns the documents that have been on their way longest, those of more than five seconds. t.mu is held.
func (t *tally) slow() string {
	names := slices.SortedFunc(maps.Keys(t.open), func(x, y string) int {
		return cmp.Or(t.open[x].Compare(t.open[y]), strings.Compare(x, y))
	})
	var shown []string
	for _, name := range names[:min(len(names), 2)] {
		if d := time.Since(t.open[name]); d > 5*time.Second {
			shown = append(shown, fmt.Sprintf("%s (%v)", name, d.Round(time.Second)))
		}
	}
	return strings.Join(shown, ", ")
}

// A logTeller writes a line now and then, for a log, and one for each document that fails.
type logTeller struct {
	*tally
	silent bool // only what failed
	last   time.Time
}

// logEvery is how often a line is written.
const logEvery = 20 * time.Second

func (l *logTeller) begin(documents int) { l.start(documents); l.last = time.Now() }
func (l *logTeller) end()                {}

func (l *logTeller) note(e caller.Event) {
	if !l.silent && (e.State == "note" || e.State == "retry" && e.Wait >= longWait) {
		l.app.message("note: ", oneLine(e.Detail))
	}
}

func (l *logTeller) observe(e scan.Event) {
	l.take(e)
	if text := l.trouble(e.Record); text != "" {
		l.app.message("whatif: ", text)
	}
	if l.silent || time.Since(l.last) < logEvery {
		return
	}
	l.last = time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	line := fmt.Sprintf("%s of %s documents; %s", thousands(l.finished), thousands(l.total), l.soFar())
	if cost := l.spending(); cost != "" {
		line += "; " + cost
	}
	if _, left := l.rate(); left > 0 {
		line += fmt.Sprintf("; %v left", left.Round(time.Second))
	}
	l.app.message("", line)
}

// A barTeller shows a bar and a few lines on a terminal.
type barTeller struct {
	*tally
	page *mpb.Progress
	bar  *mpb.Bar
	rest []*mpb.Bar
}

func (b *barTeller) begin(documents int) {
	b.start(documents)
	b.page = mpb.New(mpb.WithOutput(b.app.stderr), mpb.WithWidth(100), mpb.WithRefreshRate(150*time.Millisecond))
	b.bar = b.page.AddBar(int64(documents), mpb.BarWidth(30),
		mpb.PrependDecorators(decor.Name("documents "), decor.CountersNoUnit("%d of %d ")),
		mpb.AppendDecorators(b.text(b.speed)))
	for _, line := range []func() string{b.locked(b.soFar, "findings  "), b.spendingLine, b.locked(b.slow, "slow      ")} {
		b.rest = append(b.rest, b.page.New(0, mpb.NopStyle(), mpb.BarFillerTrim(), mpb.PrependDecorators(b.text(line))))
	}
}

// text shows what line returns.
func (b *barTeller) text(line func() string) decor.Decorator {
	return decor.Any(func(decor.Statistics) string { return render.EscapeTerminal(line()) })
}

// locked words something under the lock, with its name before it; nothing where there is nothing.
func (b *barTeller) locked(what func() string, name string) func() string {
	return func() string {
		b.mu.Lock()
		defer b.mu.Unlock()
		if text := what(); text != "" {
			return name + text
		}
		return ""
	}
}

func (b *barTeller) speed() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	rate, left := b.rate()
	if rate == 0 {
		return ""
	}
	return fmt.Sprintf(" %.3g a second, %v left", rate, left.Round(time.Second))
}

func (b *barTeller) spendingLine() string {
	if cost := b.spending(); cost != "" {
		return "model     " + cost
	}
	return ""
}

func (b *barTeller) note(e caller.Event) {
	if e.State == "note" || e.State == "retry" && e.Wait >= longWait {
		fmt.Fprintln(b.page, render.EscapeTerminal("note: "+oneLine(e.Detail)))
	}
}

func (b *barTeller) observe(e scan.Event) {
	b.take(e)
	if text := b.trouble(e.Record); text != "" {
		fmt.Fprintln(b.page, render.EscapeTerminal("whatif: "+text))
	}
	if e.What != "begun" {
		b.bar.Increment()
	}
}

func (b *barTeller) end() {
	for _, line := range b.rest {
		line.Abort(true)
	}
	b.bar.Abort(true)
	b.page.Wait()
}

// An eventTeller writes each event as a JSON object on a line of its own.
type eventTeller struct{ *tally }

// A progressEvent is such a line.
type progressEvent struct {
	Event    string         `json:"event"` // started, begun, kept, made, note, ended
	Name     string         `json:"name,omitempty"`
	State    string         `json:"state,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Detail   string         `json:"detail,omitempty"`
	Millis   int64          `json:"millis,omitempty"`
	Findings map[string]int `json:"findings,omitempty"` // of the document, by priority
	Finished int            `json:"finished"`
	Total    int            `json:"total"`
	AllFound map[string]int `json:"all_findings,omitempty"` // so far
	Requests int            `json:"requests,omitempty"`
	Tokens   int            `json:"tokens,omitempty"`
	CostUSD  float64        `json:"cost_usd,omitempty"`
}

func (t *eventTeller) begin(documents int) {
	t.start(documents)
	t.write(progressEvent{Event: "started"})
}

func (t *eventTeller) end() { t.write(progressEvent{Event: "ended"}) }

func (t *eventTeller) note(e caller.Event) {
	if e.State == "note" || e.State == "retry" {
		t.write(progressEvent{Event: "note", Name: e.Name, Detail: e.Detail})
	}
}

func (t *eventTeller) observe(e scan.Event) {
	took := t.take(e)
	p := progressEvent{Event: e.What, Name: e.Name, Millis: took.Milliseconds()}
	if r := e.Record; r != nil {
		p.State, p.Reason, p.Detail, p.Findings = string(r.State), r.Reason, r.Detail, map[string]int{}
		for i := range r.Findings {
			p.Findings[string(r.Findings[i].Priority)]++
		}
	}
	t.write(p)
}

// write completes an event with the totals and writes it.
func (t *eventTeller) write(p progressEvent) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p.Finished, p.Total, p.AllFound = t.finished, t.total, map[string]int{}
	for priority, n := range t.findings {
		p.AllFound[string(priority)] = n
	}
	if t.asking != nil {
		spent := t.asking.soFar()
		p.Requests, p.Tokens, p.CostUSD = spent.Requests, spent.PromptTokens+spent.CompletionTokens, spent.CostUSD
	}
	line, err := json.Marshal(p)
	if err != nil {
		return // numbers and strings can always be written
	}
	fmt.Fprintln(t.app.stderr, string(line))
}
