package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"whatif/analyzer"
	"whatif/analyzer/classify"
	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/near"
	"whatif/analyzer/record"
	"whatif/analyzer/rules"
	"whatif/analyzer/scan"
	"whatif/analyzer/scan/queue"
	"whatif/analyzer/threatmodel"
)

// maker returns who makes drafts for a scan, or why this worker can't.
func (w *worker) maker(run queue.Run) (scan.Maker, error) {
	s, err := w.settingsOf(&run.RunSettings)
	if err != nil {
		return nil, err
	}
	opt, err := w.analysis(&run.RunSettings)
	if err != nil {
		return nil, err
	}
	d := &scan.Drafter{Read: document.Options{Limits: s.limits()}, MinLikeness: run.Threshold, Lacks: lacking, Sketch: near.Sketch, Fault: w.app.tellFault}
	if d.Formats, err = draftForms(run.Formats); err != nil {
		return nil, err
	}
	if run.Threshold > 0 {
		if run.More["classes"] != classesSum() {
			return nil, errors.New("the scan tells requirements documents from others in another way than this worker")
		}
		if d.Classes, err = classify.Builtin(); err != nil {
			return nil, err
		}
	}
	var maker scan.Maker = d
	if run.Engine == "rules" {
		d.Longest = d.Read.Limits.Time
	} else if maker, err = w.withModel(s, run, d, &opt); err != nil {
		return nil, err
	}
	sum, err := opt.Sum()
	if err != nil {
		return nil, err
	}
	d.Analysis = opt
	return maker, run.Mismatch(version(), sum)
}

// settingsOf returns this worker's settings with what a scan says of its documents.
func (w *worker) settingsOf(run *queue.RunSettings) (*settings, error) {
	s, err := w.read()
	if err != nil {
		return nil, err
	}
	for _, def := range allSettings() {
		text, given := run.More[def.key]
		if def.key == "redact" && run.Redact {
			text, given = "true", true
		} else if !slices.Contains(limitKeys, def.key) {
			continue
		}
		if !given {
			continue
		}
		if text, err = def.check(text); err != nil {
			return nil, fmt.Errorf("the scan's %s: %w", def.key, err)
		}
		if def.project == lower && amount(text) > amount(w.s.text(def.key)) {
			return nil, fmt.Errorf("the scan's %s is %s, and this worker takes %s: raise the worker's", def.key, text, w.s.text(def.key))
		}
		if err := s.set(def, []string{text}, "the scan"); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// analysis returns how a scan's documents are analysed, engine apart.
func (w *worker) analysis(run *queue.RunSettings) (opt analyzer.Options, err error) {
	t, err := unpack(run)
	if err != nil {
		return opt, err
	}
	defer func() { err = errors.Join(err, t.remove()) }()
	priority, err := checkPriority(run.MinPriority)
	if err != nil {
		return opt, fmt.Errorf("the scan's min-priority: %w", err)
	}
	opt = analyzer.Options{MinPriority: threatmodel.Level(priority), Version: version(), Now: run.Now}
	if opt.Framework, err = loadFramework(t.framework); err != nil {
		return opt, inScan(err, t)
	}
	if t.rules == "" {
		opt.Rules, err = rules.Builtin()
	} else {
		opt.Rules, err = rules.Load(t.rules)
	}
	return opt, inScan(err, t)
}

// inScan words an error about a scan's own questions or rules: the files that it names are this worker's copies.
func inScan(err error, t *texts) error {
	if err == nil {
		return nil
	}
	if faults := (*framework.FileError)(nil); errors.As(err, &faults) {
		return errors.New("the scan's questions are faulty")
	}
	return fmt.Errorf("the scan's own questions or rules: %w", err)
}

// withModel has a scan's documents analysed with this worker's model, under the limits of all workers.
func (w *worker) withModel(s *settings, run queue.Run, d *scan.Drafter, opt *analyzer.Options) (scan.Maker, error) {
	if w.model == nil {
		return nil, errors.New("the scan wants a model, and this worker has none: name one with the worker's --model")
	}
	if run.Engine != "llm" && run.Engine != "hybrid" {
		return nil, fmt.Errorf("the scan wants the engine %q, which this worker does not know", run.Engine)
	}
	m := &modelMaker{Drafter: d}
	bounds := w.model.callerOptions(s)
	if !s.values.GetBool("no-cache") {
		bounds.Cache = run.Cache
	}
	if run.Purse != nil {
		m.purse = &watchedPurse{Purse: run.Purse}
		bounds.Purse = m.purse
	}
	bounds.Observe = func(e caller.Event) {
		if e.State == "note" || e.State == "retry" && e.Wait >= longWait {
			w.note(oneLine(e.Detail))
		}
	}
	m.caller = caller.New(w.model.client, bounds)
	engine, err := w.model.engine(s, m.caller, bounds.Count, run.Engine, opt.Rules)
	if err != nil {
		return nil, err
	}
	opt.Engine = engine
	d.Engine = (&asking{engine: engine, caller: m.caller}).next
	w.mu.Lock()
	w.asking = append(w.asking, m.caller)
	w.mu.Unlock()
	return m, nil
}

// A modelMaker makes drafts with a model. Where it can't be asked any more, and for no reason that all workers share, its documents are
// left to other workers: with what the built-in engine finds alone, they would be worth less.
type modelMaker struct {
	*scan.Drafter
	caller *caller.Caller
	purse  *watchedPurse // nil: there is no limit over all workers
}

// Make is scan.Maker's.
func (m *modelMaker) Make(ctx context.Context, t scan.Task) (*scan.Made, error) {
	made, err := m.Drafter.Make(ctx, t)
	if err != nil || made.Record.State != record.Partial {
		return made, err
	}
	if stop := m.caller.Err(); stop != nil && (m.purse == nil || !m.purse.ended.Load()) {
		return nil, stop
	}
	return made, nil
}

// A watchedPurse remembers whether it ended the run.
type watchedPurse struct {
	caller.Purse
	ended atomic.Bool
}

// Hold is caller.Purse's.
func (p *watchedPurse) Hold(ctx context.Context, most caller.Cost) (func(caller.Cost), error) {
	settle, err := p.Purse.Hold(ctx, most)
	if stop := (*caller.Stopped)(nil); errors.As(err, &stop) && errors.Is(err, caller.ErrBudget) && !most.Unpriced {
		p.ended.Store(true)
	}
	return settle, err
}
