package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/export"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

func (a *app) exportCommand() *cobra.Command {
	var formats, outputs []string
	var list bool
	cmd := &cobra.Command{
		Use:   "export DRAFT.json|DOCUMENT…",
		Short: "Hand the draft on to other tools: threat modelling, trackers, Word, diagrams",
		Long: `Writes a draft in the form of another tool. A saved draft is taken as it is; a document is analysed first, by the built-in engine. "-" is a
draft on standard input. What was decided about its findings (NAME.whatif.yaml beside the document) goes along, and what the form has no place for is told on stderr.

-f names the form, or the ending of -o does. "whatif export --list" tells the forms, and "whatif help exports" what each can't hold.`,
		Example: `  whatif export -f otm draft.json > model.otm.json
  whatif export prd.md -o review.docx -o findings.csv       by the ending, repeatable
  whatif export docs/*.md -f jira -f gherkin -o exports/    one for each document and form
  whatif export --list`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				if len(args) > 0 {
					return noArguments(cmd, args)
				}
				return a.print([]byte(exportList()))
			}
			if err := atLeastOneFile(cmd, args); err != nil {
				return err
			}
			s, err := a.settingsBut(cmd.Flags(), "output", "format")
			if err != nil {
				return err
			}
			return a.export(cmd.Context(), s, args, formats, outputs)
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			names, how := documentFiles(c, args, word)
			return append(names, "json"), how
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&formats, "format", "f", nil, "`FORM` to write, repeatable (default: by the ending of -o)")
	flags.StringArrayVarP(&outputs, "output", "o", nil, "`FILE` to write, or a directory with a slash at its end; repeatable (default: standard output)")
	flags.BoolVar(&list, "list", false, "tell the forms, and do nothing else")
	settingFlags(flags, append([]string{"quiet", "min-priority", "rules", "framework"}, limitKeys...)...)
	completions(cmd, exportNames()...)
	return cmd
}

func exportNames() []string {
	var names []string
	for _, f := range export.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// exportList tells the forms, a line each.
func exportList() string {
	var b strings.Builder
	for _, f := range export.Formats() {
		fmt.Fprintf(&b, "%-16s %-20s %s\n%16s can't hold: %s\n%16s rejected findings: %s\n", f.Name, f.Ending, f.About, "", f.Cannot, "", f.Rejects)
	}
	return b.String()
}

// A handover is one form of a draft and where it goes.
type handover struct {
	path   string // "" is standard output
	format export.Format
}

func (a *app) export(ctx context.Context, s *settings, inputs, formats, outputs []string) error {
	inputs = a.withoutRendered(inputs)
	if err := checkInputs(inputs, ""); err != nil {
		return err
	}
	plan, err := planExports(inputs, formats, outputs)
	if err != nil {
		return err
	}
	j, err := a.exportJob(s)
	if err != nil {
		return err
	}
	failed := 0
	for i, in := range inputs {
		err := a.exportOne(ctx, j, in, plan[i])
		if errors.Is(err, context.Canceled) || brokenPipe(err) {
			return err
		}
		if err != nil {
			failed++
			a.complain(err)
		}
	}
	switch {
	case failed == 0:
		return nil
	case failed == len(inputs):
		return errReported
	}
	return &codeError{ExitPartly, errReported}
}

// exportJob returns what holds for all documents of an export: they are analysed by the built-in engine.
func (a *app) exportJob(s *settings) (*job, error) {
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
	return &job{quiet: s.values.GetBool("quiet"), read: document.Options{Limits: s.limits()},
		make: analyzer.Options{Framework: fw, Rules: book, MinPriority: threatmodel.Level(s.text("min-priority")), Version: version(), Now: now}}, nil
}

// withoutRendered leaves out, of several inputs, the reports of an earlier run; saved drafts are what an export is made from, and stay.
func (a *app) withoutRendered(inputs []string) []string {
	var drafts, others []string
	for _, in := range inputs {
		if isDraft(in) {
			drafts = append(drafts, in)
		} else {
			others = append(others, in)
		}
	}
	if len(drafts) > 0 && !slices.ContainsFunc(others, func(in string) bool { return !isReport(in) }) {
		return drafts
	}
	return append(drafts, a.withoutReports(others)...)
}

// isDraft reports whether an input is a saved draft; what comes from standard input is one.
func isDraft(path string) bool { return path == "-" || strings.EqualFold(filepath.Ext(path), ".json") }

// exportOne writes all forms of one draft. They are all rendered before the first is written.
func (a *app) exportOne(ctx context.Context, j *job, in string, plan []handover) error {
	draft, decided, err := a.draftOrDocument(ctx, j, in)
	if err != nil {
		return err
	}
	file, err := review.Load(decided)
	if err != nil {
		return hint(err, "`whatif help decisions` tells how the file is written")
	}
	rendered, lefts := make([]bytes.Buffer, len(plan)), make([]export.Left, len(plan))
	for i, h := range plan {
		if lefts[i], err = h.format.Write(&rendered[i], draft, export.Options{Decisions: file, Today: j.make.Now}); err != nil {
			return fmt.Errorf("exporting %s as %s: %w", in, h.format.Name, err)
		}
	}
	for i, h := range plan {
		if err := a.handOver(h, rendered[i].Bytes()); err != nil {
			return err
		}
		a.tellExport(j, in, h, lefts[i])
	}
	return nil
}

func (a *app) handOver(h handover, text []byte) error {
	switch {
	case h.path == "" && h.format.Binary && isTerminal(a.stdout):
		return hint(fmt.Errorf("%s is nothing for a terminal", h.format.Name), "write it to a file: -o review%s", h.format.Ending)
	case h.path == "":
		return a.print(text)
	}
	if err := os.MkdirAll(filepath.Dir(h.path), 0o777); err != nil {
		return fmt.Errorf("writing %s: %w", h.path, cause(err))
	}
	return writeWhole(h.path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// tellExport says what was written, and what its form has no place for.
func (a *app) tellExport(j *job, in string, h handover, left export.Left) {
	if j.quiet {
		return
	}
	if h.path != "" {
		a.message("", "wrote "+h.path)
	}
	if len(left) > 0 {
		a.message("note: ", fmt.Sprintf("%s as %s: left out %s", in, h.format.Name, strings.Join(left, ", ")))
	}
}

// draftOrDocument reads a saved draft, or makes the draft of a document by the built-in engine. It also returns where decisions about it
// are: beside the document, which a draft names by its path as it was seen from where the draft was made.
func (a *app) draftOrDocument(ctx context.Context, j *job, in string) (*threatmodel.Draft, string, error) {
	if isDraft(in) {
		draft, err := a.readDraft(ctx, in)
		if err != nil {
			return nil, "", err
		}
		return draft, decisionsOfDraft(in, draft), nil
	}
	one := *j
	one.inputs = []string{in}
	d := a.draft(ctx, &one, 0, nil)
	if d.fault != "" {
		a.apologize(d.fault)
	}
	return d.draft, review.Path(in), d.err
}

// decisionsOfDraft returns where decisions about a draft's document are: as the draft names it, or else beside the draft.
func decisionsOfDraft(path string, draft *threatmodel.Draft) string {
	named := review.Path(filepath.FromSlash(draft.Document.Path))
	if beside := filepath.Join(filepath.Dir(path), filepath.Base(named)); !isFile(named) && isFile(beside) {
		return beside
	}
	return named
}

// planExports decides, before any work is done, what is written for each input.
func planExports(inputs, formats, outputs []string) ([][]handover, error) {
	asked, err := exportFormats(formats)
	if err != nil {
		return nil, err
	}
	if len(outputs) == 0 {
		outputs = []string{"-"}
	}
	plan, seen := make([][]handover, len(inputs)), map[string]bool{}
	for _, out := range outputs {
		for i := range inputs {
			list, err := planExport(inputs, i, out, asked)
			if err != nil {
				return nil, err
			}
			plan[i] = append(plan[i], list...)
		}
	}
	for i := range plan {
		for _, h := range plan[i] {
			if err := checkExport(inputs, h, seen); err != nil {
				return nil, err
			}
		}
	}
	return plan, nil
}

// exportFormats returns the forms that are named.
func exportFormats(names []string) ([]export.Format, error) {
	var list []export.Format
	for _, name := range strings.Split(strings.Join(names, ","), ",") {
		if name == "" {
			continue
		}
		f, ok := export.ForName(name)
		if !ok {
			advice := "`whatif export --list` tells the forms"
			if like, ok := nearest(name, exportNames()); ok {
				advice = fmt.Sprintf("did you mean %s? %s", like, advice)
			}
			return nil, hint(fmt.Errorf("no form %q to export to", name), "%s", advice)
		}
		if !slices.ContainsFunc(list, func(o export.Format) bool { return o.Name == f.Name }) {
			list = append(list, f)
		}
	}
	return list, nil
}

// planExport decides what one -o means for one input.
func planExport(inputs []string, i int, out string, asked []export.Format) ([]handover, error) {
	switch {
	case out != "-" && isDir(out):
		if len(asked) == 0 {
			return nil, hint(fmt.Errorf("which forms are to be written into %s?", out), "name them: -f otm -f csv; `whatif export --list` tells them")
		}
		var list []handover
		for _, f := range asked {
			list = append(list, handover{filepath.Join(out, strings.Replace(reportNames(inputs)[i], reportMark+reportMark, reportMark, 1)+f.Ending), f})
		}
		return list, nil
	case len(inputs) > 1:
		return nil, hint(fmt.Errorf("%d drafts cannot share one output", len(inputs)), "name a directory: -o exports%c", filepath.Separator)
	case out == "-" && len(asked) != 1:
		return nil, hint(errors.New("which form is to be printed?"), "name one: -f otm; `whatif export --list` tells them")
	case out == "-":
		return []handover{{"", asked[0]}}, nil
	}
	if f, ok := export.ForEnding(out); ok && (len(asked) == 0 || slices.ContainsFunc(asked, func(o export.Format) bool { return o.Name == f.Name })) {
		return []handover{{out, f}}, nil
	}
	if len(asked) == 1 {
		return []handover{{out, asked[0]}}, nil
	}
	return nil, hint(fmt.Errorf("the ending of %s names none of the forms", out), "name the form with -f; `whatif export --list` tells forms and endings")
}

// checkExport makes sure that an export overwrites nothing else.
func checkExport(inputs []string, h handover, seen map[string]bool) error {
	if h.path == "" {
		return nil
	}
	for _, in := range inputs {
		for _, kept := range []string{in, review.Path(in)} {
			if in != "-" && sameFile(kept, h.path) {
				return hint(fmt.Errorf("the export %s would overwrite %s", h.path, kept), "choose another name for it")
			}
		}
	}
	if seen[h.path] {
		return fmt.Errorf("two exports would be written to %s", h.path)
	}
	seen[h.path] = true
	if err := checkPlace(h.path); err != nil {
		return fmt.Errorf("writing %s: %w", h.path, err)
	}
	return nil
}
