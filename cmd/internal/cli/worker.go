package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/scan/queue"
)

// workerOptions are the flags of a worker that are no settings.
type workerOptions struct {
	workers int
	idle    time.Duration
	name    string
}

func (a *app) workerCommand() *cobra.Command {
	var opt workerOptions
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Take documents of scans on other machines from a queue",
		Long: `Takes documents from a queue, makes their drafts, and hands them back to the scan that put them there with "whatif scan --queue".
As many workers as you like may take from one queue, on as many machines. A document that a worker had when it died is taken by
another one.

What shapes a draft comes from the scan. Which model is asked, with which key and at which address, is this worker's own
setting, as for analyze; a worker without a model leaves scans that want one to others. It runs until Ctrl-C, which lets it finish
what it has begun on; a second Ctrl-C gives that back. "whatif help scaling" tells how to run a server and who may read what.`,
		Example: `  whatif worker --queue nats://queue.example.com
  whatif worker --queue tls://queue.example.com --queue-creds worker.creds --workers 8
  whatif worker --queue nats://localhost --provider ollama --model qwen3:8b
  whatif worker --queue nats://localhost --idle 1m       ends when there is nothing to do`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			read := func() (*settings, error) { return a.settings(cmd.Flags()) }
			return a.worker(cmd.Context(), read, opt)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := cmd.Flags()
	settingFlags(flags, append(append(queueKeys(), "quiet"), limitKeys...)...)
	flags.IntVar(&opt.workers, "workers", 0, "documents at once (default: as many as there are processors; more with a model)")
	flags.DurationVar(&opt.idle, "idle", 0, "end when there was nothing to do for so long (default: never)")
	flags.StringVar(&opt.name, "worker-name", "", "what this worker is called in messages (default: the machine's name)")
	modelFlags(cmd)
	return cmd
}

// A worker makes drafts for scans on other machines.
type worker struct {
	app   *app
	read  func() (*settings, error)
	s     *settings
	model *model // nil: it asks none
	quiet bool

	mu     sync.Mutex
	done   int
	asking []*caller.Caller // of all scans, for what was spent
}

func (a *app) worker(ctx context.Context, read func() (*settings, error), opt workerOptions) error {
	s, err := read()
	if err != nil {
		return err
	}
	if opt.workers < 0 || opt.idle < 0 {
		return errors.New("--workers and --idle take no number below 0")
	}
	w := &worker{app: a, read: read, s: s, quiet: s.values.GetBool("quiet")}
	if err := w.findModel(ctx); err != nil {
		return err
	}
	front, err := a.replies(s)
	if err != nil {
		return err
	}
	q, conn, err := a.openQueue(ctx, s, "worker", w.note)
	if err != nil {
		return err
	}
	defer conn.Close()
	working, finish, stop := w.untilTwice(ctx)
	defer stop()
	serve := queue.ServeOptions{
		Maker: w.maker, Workers: w.atOnce(opt), Name: opt.name, Version: version(), Finish: finish, Idle: opt.idle, Tell: w.note, Observe: w.observe,
	}
	if front != nil {
		serve.Front = front
	}
	w.tell(fmt.Sprintf("taking documents from the queue %s at %s, %d at once", s.text("queue-name"), conn.Host(), serve.Workers))
	err = q.Serve(working, serve)
	w.sum()
	switch stopped := (*caller.Stopped)(nil); {
	case errors.As(err, &stopped):
		return &codeError{ExitModel, err}
	case err != nil:
		return err
	case working.Err() != nil:
		return &codeError{ExitPartly, errReported}
	}
	return nil
}

// findModel makes ready the model that the settings name, if they name one.
func (w *worker) findModel(ctx context.Context) error {
	kind, err := w.s.engineKind()
	for _, n := range w.s.notes {
		w.note(n)
	}
	if err != nil || kind == "rules" {
		return err
	}
	if w.model, err = w.app.model(ctx, w.s, true); err != nil {
		return err
	}
	w.tell(fmt.Sprintf("asking %s at %s%s", w.model.name, w.model.client.Host(), borrowed(w.s)))
	for _, n := range mind(w.s, w.model) {
		w.note(n)
	}
	return nil
}

// atOnce returns how many documents are worked on at once. While a model thinks about one, others can be asked about.
func (w *worker) atOnce(opt workerOptions) int {
	n := runtime.GOMAXPROCS(0)
	if w.model != nil {
		n = max(n, cmp.Or(w.s.values.GetInt("in-flight"), mostAtOnce))
	}
	return cmp.Or(opt.workers, n)
}

// untilTwice returns a context that ends with the second Ctrl-C, and a channel that is closed with the first.
func (w *worker) untilTwice(ctx context.Context) (working context.Context, finish <-chan struct{}, stop func()) {
	working, cut := context.WithCancel(context.WithoutCancel(ctx))
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	told := context.AfterFunc(ctx, func() {
		w.tell("finishing what is begun on; Ctrl-C again gives it back at once")
	})
	go func() {
		for n := 0; n < 2; n++ {
			select {
			case <-signals:
			case <-working.Done():
				return
			}
		}
		w.tell("giving back what is begun on")
		signal.Stop(signals) // a third one ends the program
		cut()
	}()
	return working, ctx.Done(), func() {
		told()
		signal.Stop(signals)
		cut()
	}
}

// tell tells what a quiet user does not want to know.
func (w *worker) tell(text string) {
	if !w.quiet {
		w.app.message("", text)
	}
}

func (w *worker) note(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.app.message("note: ", text)
}

// observe tells of a document that is done.
func (w *worker) observe(e queue.Work) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e.State {
	case "done":
		w.done++
		w.tell(fmt.Sprintf("%s: done in %v", oneLine(e.Name), e.Took.Round(10*time.Millisecond)))
	case "given back":
		w.tell(fmt.Sprintf("%s: given back: %v", oneLine(e.Name), e.Err))
	}
}

// sum tells what was done, and what it cost.
func (w *worker) sum() {
	text := counted(w.done, "document was", "documents were") + " done"
	if w.model != nil {
		k := &asking{model: w.model}
		var all caller.Spent
		for _, c := range w.asking {
			s := c.Spent()
			all.Requests, all.CachedRequests = all.Requests+s.Requests, all.CachedRequests+s.CachedRequests
			all.PromptTokens, all.CachedTokens, all.CompletionTokens = all.PromptTokens+s.PromptTokens, all.CachedTokens+s.CachedTokens, all.CompletionTokens+s.CompletionTokens
			all.CostUSD, all.Unpriced = all.CostUSD+s.CostUSD, all.Unpriced || s.Unpriced
		}
		text += fmt.Sprintf("; %s to %s: %s; %s", plural(all.Requests, "request"), w.model.name, tokensText(all), k.cost(all))
	}
	w.tell(text)
}
