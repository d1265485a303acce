package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whatif/analyzer/document"
	"whatif/analyzer/find"
	"whatif/analyzer/render"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

func (a *app) decisionsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "decisions",
		Short: "Look through files of decisions, and merge them",
		Long:  topicHelp("decisions"),
		Example: `  whatif decisions lint docs                        errors with their lines; what is expired or about another text
  git config merge.whatif.driver "whatif decisions merge %O %A %B"`,
		Args: a.noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.lintCommand(), a.mergeCommand())
	return cmd
}

func (a *app) lintCommand() *cobra.Command {
	var alone bool
	cmd := &cobra.Command{
		Use:   "lint PATH…",
		Short: "Look through files of decisions, and those in folders",
		Long: `Prints what is wrong in files of decisions as "file:line: text", and what is worth knowing as "file:line: note: text". Where the document
lies beside its decisions it is analysed, and decisions that are about another text than today's are told too. The exit code is 1 when
something is wrong: a file that can't be read, or a decision that decides nothing any more.`,
		Example: `  whatif decisions lint docs
  whatif decisions lint docs/prd.md.whatif.yaml --alone      the file alone, for a hook before each commit`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return hint(errors.New("no file of decisions named"), "%s docs", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			return a.lint(cmd.Context(), s, args, alone)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	cmd.Flags().BoolVar(&alone, "alone", false, "do not analyse the documents")
	settingFlags(cmd.Flags(), append([]string{"framework", "rules", "quiet"}, limitKeys...)...)
	modelFlags(cmd)
	completions(cmd)
	return cmd
}

// lint looks through the files of decisions that paths name.
func (a *app) lint(ctx context.Context, s *settings, paths []string, alone bool) error {
	files, err := a.decisionFiles(ctx, paths)
	if err != nil {
		return err
	}
	now, err := a.now()
	if err != nil {
		return err
	}
	d := &differ{app: a, settings: s}
	if !alone {
		if d.job, err = a.diffJob(ctx, s); err != nil {
			return err
		}
	}
	wrong := 0
	for _, path := range files {
		n, err := d.lintFile(ctx, path, now)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		wrong += n
	}
	if !s.values.GetBool("quiet") {
		a.message("", fmt.Sprintf("%s of decisions: %s wrong", plural(len(files), "file"), plural(wrong, "thing")))
	}
	switch {
	case wrong > 0:
		return &codeError{ExitFindings, errReported}
	case d.failed > 0:
		return &codeError{ExitPartly, errReported}
	}
	return nil
}

// lintFile prints the remarks about one file, and returns how many things are wrong.
func (d *differ) lintFile(ctx context.Context, path string, now time.Time) (wrong int, err error) {
	raw, err := readDecisions(path)
	if err != nil {
		return 0, err
	}
	draft, err := d.beside(ctx, path, raw)
	if err != nil {
		return 0, err
	}
	var b strings.Builder
	for _, r := range review.Lint(path, raw, draft, now) {
		b.WriteString(validName(path))
		if r.Line > 0 {
			fmt.Fprintf(&b, ":%d", r.Line)
		}
		b.WriteString(": ")
		if !r.Wrong {
			b.WriteString("note: ")
		} else {
			wrong++
		}
		b.WriteString(r.Text)
		if err := d.print([]byte(render.EscapeTerminal(b.String()) + "\n")); err != nil {
			return wrong, err
		}
		b.Reset()
	}
	return wrong, nil
}

// beside returns the draft of the document that a file of decisions is about; nil where it is not there, can't be analysed, or nothing is
// decided. That a document fails costs itself only.
func (d *differ) beside(ctx context.Context, path string, raw []byte) (*threatmodel.Draft, error) {
	doc := strings.TrimSuffix(path, review.Ending)
	if d.job == nil || doc == path || !isFile(doc) {
		return nil, nil
	}
	if f, err := review.Parse(path, raw); err != nil || len(f.Decisions)+len(f.Answers) == 0 {
		return nil, nil //nolint:nilerr // its faults are told, and nothing is held against a draft
	}
	side, err := d.side(ctx, doc)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		d.complain(d.job.asking.keyHint(err))
		d.failed++
		return nil, nil
	}
	return side.Draft, nil
}

// mostDecisions is how many bytes of a file of decisions are read: one more than a file may have.
const mostDecisions = 8<<20 + 1

func readDecisions(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading decisions: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, mostDecisions))
	if err != nil {
		return nil, fmt.Errorf("reading decisions: %w", err)
	}
	return raw, nil
}

// decisionFiles returns the files of decisions that paths name, those of documents that they name, and those in folders, each once.
func (a *app) decisionFiles(ctx context.Context, paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case err == nil && info.IsDir():
			opt := find.Options{Document: func(path string) bool { return strings.HasSuffix(path, review.Ending) }, MaxBytes: mostDecisions}
			err := find.Walk(ctx, []string{p}, opt, func(f find.File) error {
				files = append(files, f.Path)
				return nil
			}, a.leftOut)
			if err != nil {
				return nil, err
			}
		case strings.HasSuffix(p, review.Ending):
			files = append(files, p)
		case document.FormatOf(p) != "" && isFile(review.Path(p)):
			files = append(files, review.Path(p))
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("reading decisions: %w", err)
		default:
			return nil, hint(fmt.Errorf("%s is no file of decisions, and none lies beside it", p), "they are called like their document, with %s at the end", review.Ending)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func (a *app) mergeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "merge BASE OURS THEIRS",
		Short: "Merge two sides of a file of decisions, for git",
		Long: `Joins what both sides did to a file of decisions since BASE, one finding at a time, and writes the outcome to OURS. Where both
changed the same finding differently, both stand in the file between the marks that git makes, and the exit code is 1. git starts this by
itself once it is told to: "whatif help decisions" tells how.`,
		Example: `  git config merge.whatif.driver "whatif decisions merge %O %A %B"
  echo '*.whatif.yaml merge=whatif' >> .gitattributes`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 3 {
				return nil
			}
			return hint(fmt.Errorf("three files are merged, not %d", len(args)), "%s %%O %%A %%B, as git calls them", cmd.CommandPath())
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.merge(args[0], args[1], args[2]) },
	}
}

func (a *app) merge(base, ours, theirs string) error {
	var raw [3][]byte
	for i, path := range []string{base, ours, theirs} {
		var err error
		if raw[i], err = readDecisions(path); err != nil {
			return err
		}
		if len(raw[i]) == mostDecisions {
			return fmt.Errorf("reading decisions: %s is larger than %s", path, formatSize(mostDecisions-1))
		}
	}
	text, conflicts := review.Merge(raw[0], raw[1], raw[2])
	if string(text) != string(raw[1]) {
		err := writeWhole(filepath.Clean(ours), func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, c := range conflicts {
		switch {
		case c.ID != "":
			a.message("whatif: ", fmt.Sprintf("both sides decided differently about %s", c.ID))
		case c.Why != nil:
			a.message("whatif: ", "the files can't be merged one finding at a time: "+plainError(c.Why))
		default:
			a.message("whatif: ", "both sides changed something that is no decision")
		}
	}
	if len(conflicts) > 0 {
		a.message("hint: ", "both stand in the file: keep one side, and take out the lines with <<<<<<<, ======= and >>>>>>>")
		return &codeError{ExitFindings, errReported}
	}
	return nil
}
