package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

func (a *app) analyzeCommand() *cobra.Command {
	var inputFormat, source string
	var dry bool
	cmd := &cobra.Command{
		Use:   "analyze FILE…",
		Short: "Write the draft threat model of a document",
		Long: `Reads each FILE and writes its draft threat model: what data the feature handles, who takes part, what it depends on,
what could be misused, what is in place already, and what to ask. Every line shows the sentence it came from.

Without -o the draft is printed as Markdown. With -o it goes to files, in the format that their ending names. A summary of
each document goes to stderr. "whatif help formats" tells what can be read and written.

Where a model is set, its findings are added to those of the built-in engine and checked like them. --dry-run prints what would be
sent to it, and sends nothing. "whatif help model" tells how to set one up.`,
		Example: `  whatif analyze prd.md                                 print the draft
  whatif analyze prd.docx -o report.html                the page to review it with
  whatif analyze prd.pdf -o draft.md -o draft.json      two reports at once
  whatif analyze docs/*.md -o reports/ --format html    one report for each document
  whatif analyze prd.md --min-priority high             only what is pressing
  pbpaste | whatif analyze -                            a document from the clipboard
  whatif analyze prd.md --dry-run                       what a model would be sent, and what it would cost
  whatif analyze prd.md --provider ollama --model qwen3:8b -o report.html`,
		Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			return a.analyze(cmd.Context(), s, a.withoutReports(args), document.Format(inputFormat), source, dry)
		},
		ValidArgsFunction: documentFiles,
	}
	flags := cmd.Flags()
	settingFlags(flags, append([]string{"output", "format", "min-priority", "framework", "rules", "quiet"}, limitKeys...)...)
	flags.StringVar(&inputFormat, "input-format", "", "what FILE is: md, txt, html, docx, pdf (default: by its ending and contents)")
	flags.BoolVar(&dry, "dry-run", false, "print what would be sent to the model; send and write nothing")
	flags.StringVar(&source, "source", "", "address of the document for links in the report, such as its page in a repository")
	modelFlags(cmd)
	completions(cmd, formatNames()...)
	return cmd
}

// A job is what holds for all documents of one analyze.
type job struct {
	inputs  []string
	reports [][]report
	read    document.Options
	make    analyzer.Options
	source  string
	quiet   bool
	asking  *asking // nil: no model is asked
	partial int     // drafts to which another run may add
	beside  bool    // show the document beside the findings, where a report can
	printed int     // how many drafts went to standard output

	refuse func(i int, doc *document.Document) error // says why a document is not to be analysed; nil: all are
}

func (a *app) analyze(ctx context.Context, s *settings, inputs []string, input document.Format, source string, dry bool) error {
	j, err := a.plan(s, inputs, input, source)
	if err != nil {
		return err
	}
	kind, err := s.engineKind()
	if err != nil {
		return err
	}
	for _, n := range s.notes {
		a.message("note: ", n)
	}
	if dry {
		return a.dryRun(ctx, j, s, kind)
	}
	if j.asking, err = a.ask(ctx, s, kind, j.make.Rules); err != nil {
		return err
	}
	err = a.analyzeAll(ctx, j)
	if j.asking != nil && !j.quiet {
		a.message("", j.asking.spent())
	}
	return err
}

// analyzeAll makes and writes the draft of each document. A document that fails costs itself only.
func (a *app) analyzeAll(ctx context.Context, j *job) error {
	failed, lost, unasked := 0, false, true
	for i, d := range a.drafts(ctx, j) {
		err := a.deliverAll(j, i, d)
		if errors.Is(err, context.Canceled) {
			return a.interrupted(j, i)
		}
		if brokenPipe(err) {
			return err
		}
		if err != nil {
			failed++
			a.complain(j.asking.keyHint(err))
			lost = lost || errors.Is(err, errPartly)
			unasked = unasked && modelFailed(err)
		}
	}
	switch {
	case failed == 0 && j.partial == 0:
		return nil
	case failed == len(j.inputs) && !lost && unasked:
		return &codeError{ExitModel, errReported}
	case failed == len(j.inputs) && !lost:
		return errReported
	case failed > 0 && len(j.inputs) > 1:
		a.message("whatif: ", fmt.Sprintf("%d of %d documents failed", failed, len(j.inputs)))
	}
	return &codeError{ExitPartly, errReported}
}

// errPartly marks an error after which some of a document's reports are there.
var errPartly = errors.New("the other reports of this document were written")

// interrupted says what is missing after the run was stopped at the document with the index i.
func (a *app) interrupted(j *job, i int) error {
	a.message("whatif: ", fmt.Sprintf("interrupted; not done: %s", j.inputs[i])+more(len(j.inputs)-1-i))
	if j.asking != nil && j.asking.kept {
		a.message("hint: ", "what the model has answered is kept: another run asks only for the rest")
	}
	return &codeError{ExitPartly, errReported}
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// plan checks all that can be checked before the first document is read.
func (a *app) plan(s *settings, inputs []string, input document.Format, source string) (*job, error) {
	if err := checkInputs(inputs, input); err != nil {
		return nil, err
	}
	reports, err := planReports(inputs, s.values.GetStringSlice("output"), s.text("format"))
	if err != nil {
		return nil, err
	}
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
	return &job{
		inputs: inputs, reports: reports, source: source, beside: true, quiet: s.values.GetBool("quiet"),
		read: document.Options{Format: input, Limits: s.limits()},
		make: analyzer.Options{Framework: fw, Rules: book, MinPriority: threatmodel.Level(s.text("min-priority")), Version: version(), Now: now},
	}, nil
}

// deliverAll writes all reports of one document and tells of it. A fault of the program costs this document only.
func (a *app) deliverAll(j *job, i int, d drafted) (err error) {
	defer func() {
		if r := recover(); r != nil {
			a.apologize(faultOf(r))
			err = fmt.Errorf("writing the draft of %s: given up because of that", j.inputs[i])
		}
	}()
	if d.fault != "" {
		a.apologize(d.fault)
	}
	if d.err != nil {
		return d.err
	}
	written := 0
	var failures []error
	for _, r := range j.reports[i] {
		if err := a.deliver(j, d.draft, d.doc, r); err != nil {
			failures = append(failures, err)
			continue
		}
		written++
	}
	if !j.quiet {
		a.summarize(j.inputs[i], d.draft, j.reports[i], len(failures) == 0)
	}
	if partial(d.draft) {
		j.partial++
		a.incomplete(j, i, d.draft)
	}
	if written > 0 && len(failures) > 0 {
		failures = append(failures, errPartly)
	}
	return errors.Join(failures...)
}

// deliver writes one report. A draft for standard output is rendered whole before its first byte is printed.
func (a *app) deliver(j *job, draft *threatmodel.Draft, doc *document.Document, r report) error {
	opt := render.Options{Source: linkTo(j.source, doc.Path, r.path)}
	if j.beside {
		opt.Document = doc
	}
	if r.path != "" {
		if err := os.MkdirAll(filepath.Dir(r.path), 0o777); err != nil {
			return fmt.Errorf("writing %s: %w", r.path, cause(err))
		}
		return writeWhole(r.path, func(w io.Writer) error { return r.format.Write(w, draft, opt) })
	}
	var page bytes.Buffer
	if j.printed > 0 && r.format.Name == "md" {
		page.WriteString("\n---\n\n")
	}
	if err := r.format.Write(&page, draft, opt); err != nil {
		return fmt.Errorf("rendering the draft: %w", err)
	}
	j.printed++
	return a.print(page.Bytes())
}

// print writes to standard output.
func (a *app) print(p []byte) error {
	if _, err := a.stdout.Write(p); err != nil {
		return fmt.Errorf("writing to standard output: %w", plainPath(err))
	}
	return nil
}

// linkTo returns where a report's links to the document lead: the address asked for, or the path from the report's place.
func linkTo(source, document, report string) string {
	if source != "" || report == "" || document == "-" || filepath.IsAbs(document) {
		return source
	}
	rel, err := filepath.Rel(filepath.Dir(report), document)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(rel)
}

// now returns the time for the draft: SOURCE_DATE_EPOCH where it is set, so that two runs give the same bytes.
func (a *app) now() (time.Time, error) {
	epoch := a.env["SOURCE_DATE_EPOCH"]
	if epoch == "" {
		return time.Now().UTC(), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil || seconds < 0 {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q, not a number of seconds", epoch)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func loadFramework(path string) (*framework.Framework, error) {
	if path == "" {
		return framework.Builtin()
	}
	return framework.Load(path)
}
