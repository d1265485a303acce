package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"os/user"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whatif/analyzer/document"
	"whatif/analyzer/review"
	"whatif/analyzer/review/web"
	"whatif/analyzer/threatmodel"
)

// reviewOptions are the flags of review that are no settings.
type reviewOptions struct {
	check  checkOptions
	noOpen bool
	port   int
	idle   time.Duration
	by     string
}

func (a *app) reviewCommand() *cobra.Command {
	var opt reviewOptions
	text, err := help.ReadFile("help/review.txt")
	if err != nil {
		panic(err) // the file is missing from the program: found by any test that builds the commands
	}
	_, long, _ := strings.Cut(string(text), "\n")
	cmd := &cobra.Command{
		Use:   "review FILE…|DIR…",
		Short: "Decide about findings and answer questions on a page beside the document",
		Long:  strings.TrimSpace(long),
		Example: `  whatif review prd.md                       opens the page; decisions go to prd.md.whatif.yaml
  whatif review docs                         every requirements document in a folder
  whatif review prd.md --no-open             only prints the address
  whatif review prd.md --idle 30m            ends when nobody used the page for half an hour`,
		Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			return a.review(cmd.Context(), s, a.withoutReports(args), opt)
		},
		ValidArgsFunction: documentFiles,
	}
	flags := cmd.Flags()
	flags.BoolVar(&opt.noOpen, "no-open", false, "print the address, and open no browser")
	flags.IntVar(&opt.port, "port", 0, "`PORT` of this machine for the page (default: any that is free)")
	flags.DurationVar(&opt.idle, "idle", 0, "end when nobody used the page for so long, such as 30m")
	flags.StringVar(&opt.by, "by", "", "`NAME` under which decisions are saved (default: yours on this machine)")
	settingFlags(flags, "min-priority")
	checkFlags(cmd, flags, &opt.check)
	return cmd
}

// review analyses the documents and serves the page until Ctrl-C.
func (a *app) review(ctx context.Context, s *settings, paths []string, opt reviewOptions) error {
	if opt.port < 0 || opt.port > 65535 {
		return fmt.Errorf("--port: %d is no port", opt.port)
	}
	if opt.idle < 0 {
		return fmt.Errorf("--idle: %s is no time to wait", opt.idle)
	}
	g, err := a.gathering(ctx, s, paths, opt.check)
	if err != nil {
		return err
	}
	for _, in := range g.inputs {
		if in.path == "-" {
			return hint(errors.New("standard input can't be reviewed: decisions are saved beside a file"), "save it to a file first")
		}
	}
	g.job.make.MinPriority = threatmodel.Level(s.text("min-priority"))
	g.keep(nil)
	if err := a.startAsking(ctx, s, g); err != nil {
		return err
	}
	docs, at, err := a.reviewed(ctx, g)
	if err != nil {
		return err
	}
	return a.serveReview(ctx, g, opt, web.Options{
		Documents: docs, By: cmp.Or(opt.by, a.whoami()), Idle: opt.idle, Now: a.today,
		Analyze: func(ctx context.Context, i int) (*document.Document, *threatmodel.Draft, error) {
			d := a.draft(ctx, g.job, at[i], g.job.asking.next())
			return d.doc, d.draft, d.err
		},
	})
}

// reviewed analyses the documents. at are their places among the arguments.
func (a *app) reviewed(ctx context.Context, g *gathering) (docs []web.Document, at []int, err error) {
	failed := 0
	for i, d := range a.drafts(ctx, g.job) {
		other := (*otherKind)(nil)
		in := g.inputs[i]
		switch {
		case errors.Is(d.err, context.Canceled):
			return nil, nil, a.interrupted(g.job, i)
		case errors.As(d.err, &other):
			g.leaveOut(i, other)
			continue
		}
		if d.fault != "" {
			a.apologize(d.fault)
		}
		if d.err != nil {
			failed++
			a.complain(g.job.asking.keyHint(d.err))
			g.lost = append(g.lost, d.err)
		} else {
			a.tellDrafted(g, i, d)
		}
		docs, at = append(docs, web.Document{Path: in.path, Name: validName(in.path), Doc: d.doc, Draft: d.draft, Err: d.err}), append(at, i)
	}
	a.tellOthers(g)
	if g.job.asking != nil && !g.job.quiet {
		a.message("", g.job.asking.spent())
	}
	switch {
	case len(docs) == 0:
		return nil, nil, hint(errors.New("no document to review"), "name a document, or use --all")
	case failed == len(docs):
		return nil, nil, g.allFailed()
	}
	return docs, at, nil
}

// tellDrafted tells of one draft, and of decisions about it that can't be read: the page says so too.
func (a *app) tellDrafted(g *gathering, i int, d drafted) {
	if !g.job.quiet {
		a.message("", fmt.Sprintf("%s: %s; %s", g.inputs[i].path, findings(d.draft), openQuestions(d.draft)))
	}
	if partial(d.draft) {
		a.incomplete(g.job, i, d.draft)
	}
	if _, err := review.Load(review.Path(g.inputs[i].path)); err != nil {
		a.message("warning: ", plainError(err))
	}
}

// serveReview serves the page until ctx ends or nobody uses it.
func (a *app) serveReview(ctx context.Context, g *gathering, opt reviewOptions, w web.Options) error {
	l, err := web.Listen(opt.port)
	if err != nil {
		return hint(err, "leave out --port, and one that is free is taken")
	}
	s, err := web.New(l, w)
	if err != nil {
		l.Close() //nolint:errcheck // nothing was done with it
		return err
	}
	address := s.Address()
	if err := a.print([]byte(address + "\n")); err != nil {
		l.Close() //nolint:errcheck // nothing was done with it
		return err
	}
	if !opt.noOpen && isTerminal(a.stdout) {
		a.openBrowser(ctx, address)
	}
	if isTerminal(a.stdin) {
		a.message("", "that address opens once; Enter prints another, Ctrl-C ends")
		go a.moreAddresses(ctx, s)
	}
	err = s.Serve(ctx)
	if errors.Is(err, web.ErrIdle) {
		a.message("", fmt.Sprintf("nobody used the page for %s: done", opt.idle))
		err = nil
	}
	if err == nil && !g.job.quiet {
		decided, all := s.Decided()
		a.message("", fmt.Sprintf("%d of %s decided", decided, plural(all, "finding")))
	}
	return err
}

// moreAddresses prints a new address for each line that is typed.
func (a *app) moreAddresses(ctx context.Context, s *web.Server) {
	in := bufio.NewScanner(a.stdin)
	for in.Scan() && ctx.Err() == nil {
		if a.print([]byte(s.Address()+"\n")) != nil {
			return
		}
	}
}

// openBrowser opens an address, without a shell. Where that fails the printed address must do.
func (a *app) openBrowser(ctx context.Context, address string) {
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), name, args...)
	if err := cmd.Start(); err != nil {
		a.message("note: ", "no browser could be opened: open the address above yourself")
		return
	}
	go cmd.Wait() //nolint:errcheck // the browser may stay open longer than this runs
}

// whoami returns the user's name on this machine, "" if it is not known.
func (a *app) whoami() string {
	if name := a.env["GIT_AUTHOR_NAME"]; name != "" {
		return name
	}
	u, err := user.Current()
	if err != nil {
		return ""
	}
	full, _, _ := strings.Cut(u.Name, ",")
	return cmp.Or(strings.TrimSpace(full), u.Username)
}

// today is the time for decisions: SOURCE_DATE_EPOCH where it is set, as for drafts.
func (a *app) today() time.Time {
	if now, err := a.now(); err == nil {
		return now
	}
	return time.Now().UTC()
}
