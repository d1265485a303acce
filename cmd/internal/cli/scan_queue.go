package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"whatif/analyzer/llm"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/proposal"
	"whatif/analyzer/scan"
	"whatif/analyzer/scan/queue"
	"whatif/analyzer/wholefile"
)

// queueKind returns the engine that the workers of a scan are to use. Which model they ask is their own setting: here its name only says
// that one is wanted.
func (s *settings) queueKind() string {
	switch kind := s.text("engine"); {
	case kind != "auto":
		return kind
	case s.text("model") != "":
		return "hybrid"
	}
	return "rules"
}

// engineKind returns the engine that the settings ask for, and refuses what does not go together with a queue.
func (k *scanning) engineKind() (string, error) {
	switch {
	case !k.queued():
		return k.s.engineKind()
	case k.opt.batch.on:
		return "", hint(errors.New("--batch and --queue do not go together"), "without --queue this machine sends the batches; without --batch the workers ask one by one")
	}
	return k.s.queueKind(), nil
}

// askedHere returns the engine of this process: with a queue, it asks nothing itself.
func (k *scanning) askedHere(kind string) string {
	if k.queued() {
		return "rules"
	}
	return kind
}

// queued reports whether a scan's documents go to workers on other machines.
func (k *scanning) queued() bool { return k.opt.queue && k.s.text("queue") != "" }

// line returns who does a scan's documents: this process, or the workers of a queue. done is called when all is kept.
func (a *app) line(ctx context.Context, k *scanning) (line scan.Line, done func(), err error) {
	if !k.queued() {
		return scan.Local{Maker: k.maker, Workers: k.atOnce(), Waits: isWaiting}, func() {}, nil
	}
	far := &farLine{}
	note := func(text string) {
		if far.begun.Load() {
			k.tell.note(caller.Event{State: "note", Detail: text})
		} else {
			a.message("note: ", text)
		}
	}
	q, conn, err := a.openQueue(ctx, k.s, "scan", note)
	if err != nil {
		return nil, nil, err
	}
	if far.Line, err = a.queueLine(k, q, note); err != nil {
		conn.Close()
		return nil, nil, err
	}
	if !k.quiet() {
		a.message("", fmt.Sprintf("handing documents to the workers of the queue %s at %s", k.s.text("queue-name"), conn.Host()))
	}
	return far, func() {
		defer conn.Close()
		if err := far.Close(context.WithoutCancel(ctx)); err != nil {
			a.message("note: ", err.Error()) // what is left ages out
		}
	}, nil
}

// A farLine is the line to a queue. From when it begins to work, messages go through the scan's progress.
type farLine struct {
	*queue.Line
	begun atomic.Bool
}

// Work is scan.Line's.
func (l *farLine) Work(ctx context.Context, tasks <-chan scan.Task, made chan<- *scan.Made) error {
	l.begun.Store(true)
	defer l.begun.Store(false)
	return l.Line.Work(ctx, tasks, made)
}

func (a *app) queueLine(k *scanning, q *queue.Queue, note func(string)) (*queue.Line, error) {
	settings, err := k.runSettings()
	if err != nil {
		return nil, err
	}
	owner, err := ownerOf(k.opt.output)
	if err != nil {
		return nil, err
	}
	return q.NewLine(queue.LineOptions{Run: *settings, Owner: owner, Tell: note})
}

// runSettings describes the scan to its workers.
func (k *scanning) runSettings() (*queue.RunSettings, error) {
	s := k.s
	r := &queue.RunSettings{
		Engine: s.queueKind(), MinPriority: s.text("min-priority"), Redact: s.values.GetBool("redact"), Formats: k.opt.drafts, Version: version(),
		More: limitTexts(s), Now: k.maker.Analysis.Now,
		Limits: queue.Limits{InFlight: s.values.GetInt("in-flight"), Requests: int(s.limit("max-requests")), Tokens: int(s.limit("max-tokens")), CostUSD: s.limit("max-cost")},
	}
	if !k.opt.all {
		r.Threshold = max(k.opt.likeness, leastLikeness)
		r.More["classes"] = classesSum()
	}
	if r.Engine == "rules" {
		r.Limits = queue.Limits{} // nothing is spent
	}
	opt := k.maker.Analysis
	if r.Engine != "rules" {
		prompts, err := loadPrompts(s.text("prompts"))
		if err != nil {
			return nil, err
		}
		opt.Engine = promptsOnly{prompts: prompts}
	}
	var err error
	if r.PromptsSum, err = opt.Sum(); err != nil {
		return nil, err
	}
	return r, pack(s, r)
}

// leastLikeness stands for 0, which in a run's description means that no document is told apart.
const leastLikeness = 1e-9

// promptsOnly stands for the workers' engine: what of it is known here are the prompts.
type promptsOnly struct {
	proposal.Engine
	prompts *llm.Prompts
}

// Sum returns the SHA-256 of the prompts.
func (p promptsOnly) Sum() string { return p.prompts.Sum() }

// ownerOf returns what an output folder is known by to the queue: a random text that is made once and kept in it, so that another scan
// into it finds what was finished after this one died.
func ownerOf(output string) (string, error) {
	path := filepath.Join(scan.StateDir(output), "queue")
	data, err := os.ReadFile(path)
	if owner := strings.TrimSpace(string(data)); err == nil && len(owner) >= 16 {
		return owner, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("reading the state of the scan: %w", err)
	}
	owner := rand.Text()
	err = wholefile.Write(path, wholefile.Options{}, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, owner)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("writing the state of the scan: %w", err)
	}
	return owner, nil
}
