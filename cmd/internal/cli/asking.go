package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/llm"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/proposal"
	"whatif/analyzer/rules"
	"whatif/analyzer/threatmodel"
)

// An asking is the model at work in one run: one caller for all documents, so that limits and the server's pace hold for them
// together.
type asking struct {
	engine   *llm.Engine
	model    *model
	caller   *caller.Caller
	progress *progress
	kept     bool // replies are kept for another run
	inFlight int  // most requests at once; 0: the caller's choice
	limited  bool // the run may end before all is asked
	started  time.Time
	posted   func() caller.Spent // what batches cost; nil: the caller's requests count
}

// ask returns the model at work, nil where the settings ask for the built-in engine alone. It says where the document will go.
func (a *app) ask(ctx context.Context, s *settings, kind string, book *rules.Book) (*asking, error) {
	if kind == "rules" {
		a.unasked(s)
		return nil, nil
	}
	m, err := a.model(ctx, s, true)
	if err != nil {
		return nil, err
	}
	kept, err := a.replies(s)
	if err != nil {
		return nil, err
	}
	k := &asking{model: m, kept: kept != nil, progress: &progress{app: a, quiet: s.values.GetBool("quiet")}, started: time.Now()}
	opt := m.callerOptions(s)
	opt.Cache, opt.Observe = kept, k.progress.observe
	k.inFlight, k.limited = opt.InFlight, limited(opt)
	k.caller = caller.New(m.client, opt)
	if k.engine, err = m.engine(s, k.caller, opt.Count, kind, book); err != nil {
		return nil, err
	}
	if !k.progress.quiet {
		a.message("", fmt.Sprintf("asking %s at %s%s", m.name, m.client.Host(), borrowed(s)))
		for _, n := range mind(s, m) {
			a.message("note: ", n)
		}
	}
	return k, nil
}

// mind tells what a user may not know of what is sent: that it crosses the network in clear, and that somebody else's file put words
// into it.
func mind(s *settings, m *model) []string {
	var notes []string
	if !m.client.Local() && strings.HasPrefix(strings.ToLower(m.config.BaseURL), "http:") {
		notes = append(notes, "the document goes to "+m.client.Host()+" unencrypted; an address with https:// would not")
	}
	if from := s.origin["framework"]; strings.Contains(from, projectFile) {
		notes = append(notes, fmt.Sprintf("the questions are those of %s, as %s says; the model is sent them too", s.text("framework"), from))
	}
	return notes
}

// next returns the engine for one more document, which has an account of its own: what it asks goes before what is asked about
// documents that come later. A nil asking leaves all to the built-in engine.
func (k *asking) next() proposal.Engine {
	if k == nil {
		return nil
	}
	return k.engine.With(k.caller.Account())
}

// analyze makes the draft of a document, with progress on the way.
func (k *asking) analyze(ctx context.Context, doc *document.Document, opt analyzer.Options) (*threatmodel.Draft, error) {
	if k != nil {
		k.progress.start()
		defer k.progress.stop()
	}
	return analyzer.Analyze(ctx, doc, opt)
}

// aside calls f while no progress is shown.
func (k *asking) aside(f func()) {
	if k == nil {
		f()
		return
	}
	k.progress.aside(f)
}

// unasked notes that a model which the command line names is not asked, since a file says so.
func (a *app) unasked(s *settings) {
	if strings.HasPrefix(s.origin["model"], "--") && !strings.HasPrefix(s.origin["engine"], "--") && s.text("engine") == "rules" {
		a.message("note: ", fmt.Sprintf("the model is not asked, since %s says engine: rules; --engine hybrid asks it", s.origin["engine"]))
	}
}

// borrowed names the variables of other tools that decide where a document goes, so that it goes nowhere unnoticed.
func borrowed(s *settings) string {
	var names []string
	for _, key := range []string{"base-url", "model"} {
		if from := s.origin[key]; strings.HasPrefix(from, "OPENAI_") {
			names = append(names, from)
		}
	}
	if names == nil {
		return ""
	}
	return ", as " + strings.Join(names, " and ") + " say" + map[bool]string{true: "s"}[len(names) == 1]
}

// spent tells what a run cost, "" when nothing was asked.
func (k *asking) spent() string {
	spent := k.soFar()
	if spent.Requests+spent.CachedRequests == 0 {
		return ""
	}
	text := fmt.Sprintf("%s to %s: %s", plural(spent.Requests, "request"), k.model.name, tokensText(spent))
	if spent.CachedRequests > 0 {
		text += fmt.Sprintf("; %s from the cache", countWithVerb(spent.CachedRequests))
	}
	return text + fmt.Sprintf("; %s; %s", k.cost(spent), time.Since(k.started).Round(100*time.Millisecond))
}

// soFar returns what was spent in this run.
func (k *asking) soFar() caller.Spent {
	if k.posted != nil {
		return k.posted()
	}
	return k.caller.Spent()
}

func countWithVerb(n int) string {
	if n == 1 {
		return "1 reply came"
	}
	return fmt.Sprintf("%s replies came", thousands(n))
}

func tokensText(spent caller.Spent) string {
	in := thousands(spent.PromptTokens) + " tokens in"
	if spent.CachedTokens > 0 {
		in += fmt.Sprintf(" (%s of them at the price of the model's cache)", thousands(spent.CachedTokens))
	}
	return in + ", " + thousands(spent.CompletionTokens) + " out"
}

func (k *asking) cost(spent caller.Spent) string {
	switch {
	case k.model.client.Local():
		return "on this machine, no cost"
	case spent.Unpriced && spent.CostUSD > 0:
		return "more than " + dollars(spent.CostUSD) + ", some of it at a price that is not known"
	case spent.Unpriced:
		return "price unknown"
	}
	return dollars(spent.CostUSD)
}

// dollars writes an amount with as many digits as it takes to see something.
func dollars(usd float64) string {
	switch {
	case usd == 0:
		return "$0"
	case usd < 0.0001:
		return "under $0.0001"
	case usd < 1:
		return fmt.Sprintf("$%.4f", usd)
	}
	return fmt.Sprintf("$%.2f", usd)
}

// thousands writes a number with commas.
func thousands(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// partialCodes are the warnings of a draft for which the model did not do all it was to do.
var partialCodes = []string{"chunk_failed", "not_asked", "model_failed", "model_stopped", "budget"}

// partial reports a draft to which a part is missing that another run may bring.
func partial(d *threatmodel.Draft) bool {
	return slices.ContainsFunc(d.Warnings, func(w threatmodel.Warning) bool { return slices.Contains(partialCodes, w.Code) })
}

// lacking says what is missing from a draft that another run may bring, "" if nothing is: why the model stopped, where it did, rather than
// the first piece that was not asked about.
func lacking(d *threatmodel.Draft) string {
	for _, code := range []string{"budget", "model_stopped", "model_failed", "chunk_failed", "not_asked"} {
		for _, w := range d.Warnings {
			if w.Code == code {
				return w.Message
			}
		}
	}
	return ""
}

// modelFailed reports an error after which a document has no draft because of the model or the network.
func modelFailed(err error) bool {
	stopped, failed, rejected := (*caller.Stopped)(nil), (*client.Error)(nil), (*caller.Rejected)(nil)
	return errors.As(err, &stopped) || errors.As(err, &failed) || errors.As(err, &rejected)
}

// keyHint adds to an error about the key how to give one.
func (k *asking) keyHint(err error) error {
	if failed := (*client.Error)(nil); k != nil && errors.As(err, &failed) && failed.Fault == client.BadKey {
		return hint(err, "%s", k.model.advice)
	}
	return err
}
