package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/pflag"

	"whatif/analyzer/find"
	"whatif/analyzer/llm/batch"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/scan"
)

// batchOptions are the flags that have a model asked through its provider's Batch API.
type batchOptions struct {
	on     bool
	noWait bool
}

func (o *batchOptions) flags(flags *pflag.FlagSet) {
	flags.BoolVar(&o.on, "batch", false, "ask the model through the provider's Batch API: within a day or several, at half the price")
	flags.BoolVar(&o.noWait, "no-wait", false, "with --batch: end while replies are on their way; the same command goes on")
}

// check refuses what does not go together.
func (o *batchOptions) check(k *asking) error {
	switch {
	case o.on && k == nil:
		return hint(errors.New("--batch is about how a model is asked, and none is asked"), "name one with --model; without a model a scan takes no time worth saving on")
	case o.noWait && !o.on:
		return hint(errors.New("--no-wait says how to wait for a batch"), "give --batch too")
	}
	return nil
}

// runBatches does the documents in rounds: what can't be answered yet is asked in one batch, and the documents that wait for it are
// done when its replies are there.
func (a *app) runBatches(ctx context.Context, k *scanning, files []find.File) error {
	desk, err := a.openDesk(k)
	if err != nil {
		return err
	}
	before := desk.Spent()
	k.asking.posted = func() caller.Spent { return since(before, desk.Spent()) }
	var done scan.Summary
	rounds := 0
	err = desk.Do(ctx, !k.opt.batch.noWait, func(ctx context.Context, c *caller.Caller) error {
		k.asking.caller = c
		err := a.runOnce(ctx, k, files)
		if rounds++; rounds == 1 {
			done.Kept = k.done.Kept
		}
		done.Found, done.Undone = k.done.Found, k.done.Undone
		return err
	})
	if k.done = done; rounds == 0 {
		k.done = scan.Summary{Found: len(files), Kept: min(len(files), k.folder.Len()), Undone: max(0, len(files)-k.folder.Len())}
	}
	k.done.Made = k.done.Found - k.done.Kept - k.done.Undone
	return k.batchHint(errors.Join(err, desk.Close()))
}

// openDesk opens what keeps batches on their way, in the output folder.
func (a *app) openDesk(k *scanning) (*batch.Desk, error) {
	replies, err := a.replies(k.s)
	if err != nil {
		return nil, err
	}
	m := k.asking.model
	opt := m.callerOptions(k.s)
	var seen int
	desk, err := batch.Open(batch.Options{
		Client: m.client, Dir: k.batchDir(), Cache: replies, Price: m.price, Count: opt.Count,
		MaxRequests: opt.MaxRequests, MaxTokens: opt.MaxTokens, MaxCost: opt.MaxCost,
		Observe: func(e batch.Event) {
			if text := k.batchNews(e, &seen); text != "" {
				a.batchTell(k, text)
			}
		},
	})
	return desk, k.batchHint(err)
}

func (k *scanning) batchDir() string { return filepath.Join(scan.StateDir(k.opt.output), "batch") }

// batchNews words an event, "" where there is nothing new. seen is how many replies were told of last.
func (k *scanning) batchNews(e batch.Event, seen *int) string {
	p := e.Progress
	switch e.State {
	case "asked":
		*seen = 0
		return fmt.Sprintf("asking %s in %s: about %s tokens in, up to %s back, %s", counted(p.Requests, "request", "requests"), counted(p.Batches, "batch", "batches"),
			thousands(p.PromptTokens), thousands(p.ReplyTokens), k.worst(p))
	case "waiting":
		if n := p.Done + p.Failed; n > *seen || e.Wait == batch.FirstPause {
			*seen = n
			return fmt.Sprintf("%s of %s answered; Ctrl-C ends, and the same command goes on", thousands(n), counted(p.Requests, "request is", "requests are"))
		}
	case "got", "note":
		return e.Detail
	}
	return ""
}

// worst words what batches cost at most.
func (k *scanning) worst(p batch.Progress) string {
	switch {
	case k.asking.model.client.Local() && !k.asking.model.priced:
		return "on this machine, no cost"
	case !p.Priced:
		return "price unknown"
	}
	return dollars(p.USD) + " at most"
}

// batchTell tells how batches get on: to a program as a note.
func (a *app) batchTell(k *scanning, text string) {
	switch {
	case k.opt.events:
		k.tell.note(caller.Event{State: "note", Detail: text})
	case !k.quiet():
		a.message("", oneLine(text))
	}
}

// batchHint adds to an error what can be done.
func (k *scanning) batchHint(err error) error {
	other := (*batch.OtherModel)(nil)
	switch {
	case errors.As(err, &other):
		return hint(err, "give the settings of before, or another folder with -o; to give those replies up, remove %s", k.batchDir())
	case errors.Is(err, client.ErrNoBatches):
		return hint(err, "without --batch it is asked in the ordinary way")
	}
	return err
}

// isWaiting reports an error after which a document is for a later run: its replies are on their way.
func isWaiting(err error) bool { return errors.Is(err, caller.ErrWaiting) }

// concludeWaiting says what is on its way, for a run that does not wait.
func (a *app) concludeWaiting(k *scanning, err error) error {
	w := (*batch.Waiting)(nil)
	if errors.As(err, &w) && !k.quiet() {
		p := w.Progress
		a.message("whatif: ", fmt.Sprintf("%s on their way in %s, %s answered; %s for them", counted(p.Requests, "request is", "requests are"),
			counted(p.Batches, "batch", "batches"), thousands(p.Done+p.Failed), counted(k.done.Undone, "document waits", "documents wait")))
		a.message("hint: ", "the same command goes on from here; most batches are done within hours, all of them within a day")
	}
	return &codeError{ExitPartly, errReported}
}

// since returns what was spent between two looks.
func since(before, after caller.Spent) caller.Spent {
	return caller.Spent{Requests: after.Requests - before.Requests, CachedRequests: after.CachedRequests - before.CachedRequests,
		PromptTokens: after.PromptTokens - before.PromptTokens, CachedTokens: after.CachedTokens - before.CachedTokens,
		CompletionTokens: after.CompletionTokens - before.CompletionTokens, CostUSD: after.CostUSD - before.CostUSD, Unpriced: after.Unpriced}
}
