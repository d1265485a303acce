package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer"
	"whatif/analyzer/diff"
	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// diffOptions are the flags of diff that are no settings.
type diffOptions struct {
	git            string
	format, output string
	brief, all     bool
}

func (a *app) diffCommand() *cobra.Command {
	var opt diffOptions
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Tell which risks an edit closed, opened and changed",
		Long: `Compares two drafts: which risks are new, gone or weigh otherwise, which questions were answered or no longer are, which safeguards
came or went, and which sentence made the difference, then and now. OLD and NEW are documents, which are analysed, or drafts that
"whatif analyze FILE -o draft.json" saved; of documents the whole text is known, so that more can be told.

With --git A..B the documents under PATH are read as two revisions of the git repository have them; without PATH all that changed.
The working directory is not looked at. A.. ends at HEAD.`,
		Example: `  whatif diff prd-v1.md prd-v2.md                    what the edit did, as Markdown
  whatif diff draft-monday.json prd.md -o diff.html
  whatif diff --git main.. docs                      what a branch does to the documents in docs
  whatif diff --git v1.0..v2.0 --brief               3 risks closed, 1 new, 2 questions answered`,
		Args: func(_ *cobra.Command, args []string) error { return opt.checkArgs(args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settingsBut(cmd.Flags(), "output", "format")
			if err != nil {
				return err
			}
			return a.diff(cmd.Context(), s, args, opt)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"md", "markdown", "txt", "text", "html", "htm", "docx", "pdf", "json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.git, "git", "", "compare two revisions, `A..B`, of the documents under PATH")
	flags.StringVarP(&opt.output, "output", "o", "", "write to this `FILE`; its ending names the format: .md, .html, .json")
	flags.StringVarP(&opt.format, "format", "f", "", "what is printed: md, html, json (default md)")
	flags.BoolVar(&opt.brief, "brief", false, "print one line, for a chat")
	flags.BoolVar(&opt.all, "all", false, "with --git, every document in a folder, whether it reads like requirements or not")
	settingFlags(flags, append([]string{"framework", "rules", "quiet"}, limitKeys...)...)
	modelFlags(cmd)
	completions(cmd, "md", "html", "json")
	return cmd
}

func (opt *diffOptions) checkArgs(args []string) error {
	switch {
	case opt.git != "":
		return nil
	case len(args) == 1 && strings.Contains(args[0], ".."):
		return hint(errors.New("a second draft or document is missing"), "whatif diff --git %s compares two revisions", quoted(args[0]))
	case len(args) != 2:
		return hint(fmt.Errorf("two drafts or documents are compared, not %d", len(args)), "whatif diff old.md new.md, or whatif diff --git main.. docs")
	}
	return nil
}

// form returns how the report is printed.
func (opt *diffOptions) form() (diff.Form, error) {
	name := cmp.Or(opt.format, "md")
	if opt.output != "" && opt.format == "" {
		name = strings.TrimPrefix(strings.ToLower(filepath.Ext(opt.output)), ".")
	}
	if opt.brief {
		name = "brief"
	}
	f, ok := diff.FormFor(name)
	if !ok {
		return f, fmt.Errorf("%q is no format of a comparison; there are md, html, json", name)
	}
	return f, nil
}

// A differ makes drafts to be compared.
type differ struct {
	*app
	settings *settings
	job      *job
	failed   int
}

func (a *app) diff(ctx context.Context, s *settings, args []string, opt diffOptions) error {
	form, err := opt.form()
	if err != nil {
		return err
	}
	for _, in := range args {
		if opt.output != "" && in != "-" && sameFile(in, opt.output) {
			return hint(fmt.Errorf("the report %s would overwrite what is compared", opt.output), "choose another name for the report")
		}
	}
	d := &differ{app: a, settings: s}
	if d.job, err = a.diffJob(ctx, s); err != nil {
		return err
	}
	var report *diff.Report
	if opt.git != "" {
		report, err = d.revisions(ctx, args, opt)
	} else {
		report, err = d.pair(ctx, args[0], args[1])
	}
	if err != nil {
		return d.job.asking.keyHint(err)
	}
	if d.job.asking != nil && !d.job.quiet {
		a.message("", d.job.asking.spent())
	}
	if err := a.writeDiff(form, report, opt.output, d.job.quiet); err != nil {
		return err
	}
	if d.failed > 0 {
		return &codeError{ExitPartly, errReported}
	}
	return nil
}

// diffJob reads the settings that analysing needs.
func (a *app) diffJob(ctx context.Context, s *settings) (*job, error) {
	fw, err := loadFramework(s.text("framework"))
	if err != nil {
		return nil, err
	}
	book, err := loadBook(s)
	if err != nil {
		return nil, err
	}
	now, err := a.now()
	if err != nil {
		return nil, err
	}
	kind, err := s.engineKind()
	if err != nil {
		return nil, err
	}
	for _, n := range s.notes {
		a.message("note: ", n)
	}
	j := &job{quiet: s.values.GetBool("quiet"), read: document.Options{Limits: s.limits()}, make: analyzer.Options{Framework: fw, Rules: book, Version: version(), Now: now}}
	j.asking, err = a.ask(ctx, s, kind, book)
	return j, err
}

func (a *app) writeDiff(form diff.Form, r *diff.Report, path string, quiet bool) error {
	if path == "" {
		var page bytes.Buffer
		if err := form.Write(r, &page); err != nil {
			return err
		}
		return a.print(page.Bytes())
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("writing %s: %w", path, cause(err))
	}
	if err := writeWhole(path, func(w io.Writer) error { return form.Write(r, w) }); err != nil {
		return err
	}
	if !quiet {
		a.message("", r.Brief())
		a.message("", "wrote "+path)
	}
	return nil
}

// pair compares two drafts or documents.
func (d *differ) pair(ctx context.Context, was, now string) (*diff.Report, error) {
	if was == "-" && now == "-" {
		return nil, errors.New("standard input (-) can be read once only")
	}
	before, err := d.side(ctx, was)
	if err != nil {
		return nil, err
	}
	after, err := d.side(ctx, now)
	if err != nil {
		return nil, err
	}
	out := diff.Of(validName(now), before, after)
	return diff.NewReport(validName(was), validName(now), []diff.Document{out}), nil
}

// side reads a draft, or makes the one of a document.
func (d *differ) side(ctx context.Context, path string) (diff.Side, error) {
	if strings.EqualFold(filepath.Ext(path), ".json") {
		draft, err := d.readDraft(ctx, path)
		if err != nil {
			return diff.Side{}, err
		}
		return diff.SideOf(draft, nil), nil
	}
	if err := checkInputs([]string{path}, ""); err != nil {
		return diff.Side{}, err
	}
	doc, err := d.open(ctx, path, d.job.read)
	if err != nil {
		return diff.Side{}, err
	}
	return d.draftOf(ctx, doc)
}

func (d *differ) draftOf(ctx context.Context, doc *document.Document) (diff.Side, error) {
	opt := d.job.make
	opt.Engine = d.job.asking.next()
	draft, err := d.job.asking.analyze(ctx, doc, opt)
	if err != nil {
		return diff.Side{}, err
	}
	d.tellPartial(doc.Path, draft)
	return diff.SideOf(draft, doc), nil
}

// tellPartial tells of a draft to which another run may add: what it lacks is no change.
func (d *differ) tellPartial(path string, draft *threatmodel.Draft) {
	if partial(draft) {
		d.failed++
		d.message("whatif: ", fmt.Sprintf("the draft of %s is not whole, and what is told of it may change", path))
	}
}
