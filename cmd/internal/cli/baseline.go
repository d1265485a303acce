package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"whatif/analyzer/gate"
	"whatif/analyzer/record"
)

func (a *app) baselineCommand() *cobra.Command {
	opt := checkOptions{}
	cmd := &cobra.Command{
		Use:   "baseline PATH…",
		Short: "Write down the findings of today, so that check fails on new ones only",
		Long: `Analyses the documents, and those in folders, and writes their findings and open questions to a file. "whatif check" passes
what is in it. Commit the file: it is sorted, with one finding a line, and has neither times nor places in it, so that a change of it
shows which findings came and went.

It holds what the documents have, not what should be done: a finding that somebody looked at belongs into a decision, and
"whatif help decisions" tells how to write one. Name all documents that are checked, since the file is written anew.`,
		Example: `  whatif baseline docs                       writes ` + baselineFile + `, which check finds by itself
  whatif baseline docs specs/login.md -o ci/known.json`,
		Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settingsBut(cmd.Flags(), "output")
			if err != nil {
				return err
			}
			return a.baseline(cmd.Context(), s, a.withoutReports(args), opt)
		},
		ValidArgsFunction: documentFiles,
	}
	flags := cmd.Flags()
	flags.StringVarP(&opt.baseline, "output", "o", baselineFile, "the `FILE` to write")
	checkFlags(cmd, flags, &opt)
	completions(cmd)
	return cmd
}

func (a *app) baseline(ctx context.Context, s *settings, paths []string, opt checkOptions) error {
	g, err := a.gathering(ctx, s, paths, opt)
	if err != nil {
		return err
	}
	if err := checkBaselinePlace(opt.baseline, g.inputs); err != nil {
		return err
	}
	before, err := gate.ReadBaseline(opt.baseline)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		a.message("note: ", fmt.Sprintf("%s is written anew: %s", opt.baseline, plainError(err)))
	}
	g.keep(before)
	if err := a.startAsking(ctx, s, g); err != nil {
		return err
	}
	after, incomplete := &gate.Baseline{}, 0
	err = a.records(ctx, g, func(one gathered) error {
		if one.record.State == record.Partial {
			incomplete++
		}
		after.Add(one.record)
		after.Keep(one.record, before)
		return nil
	})
	if err != nil {
		return err
	}
	if lost := len(g.lost); lost > 0 && lost+len(g.other) == len(g.inputs) {
		a.message("whatif: ", fmt.Sprintf("%s is not written, since %s could not be analysed", opt.baseline, plural(lost, "document")))
		return g.allFailed()
	}
	if err := os.MkdirAll(filepath.Dir(opt.baseline), 0o777); err != nil {
		return fmt.Errorf("writing %s: %w", opt.baseline, cause(err))
	}
	if err := writeWhole(opt.baseline, after.Write); err != nil {
		return err
	}
	a.tellBaseline(g, opt.baseline, before, after)
	if n := len(g.lost); n > 0 {
		a.message("note: ", fmt.Sprintf("%s could not be analysed; what an earlier baseline had of it is kept", plural(n, "document")))
		a.message("hint: ", "--exclude, or a line in .whatifignore, leaves out what can't be read")
	}
	if incomplete+len(g.lost) > 0 {
		return &codeError{ExitPartly, errReported}
	}
	return nil
}

// checkBaselinePlace makes sure that the baseline overwrites nothing else.
func checkBaselinePlace(path string, inputs []checked) error {
	if path == "-" || isDir(path) {
		return fmt.Errorf("%s is no file for a baseline", path)
	}
	if slices.ContainsFunc(inputs, func(in checked) bool { return in.path != "-" && sameFile(in.path, path) }) {
		return hint(fmt.Errorf("the baseline %s would overwrite a document", path), "choose another name for it")
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		if _, err := gate.ReadBaseline(path); errors.Is(err, gate.ErrNoBaseline) {
			return hint(fmt.Errorf("%s is there, and is no baseline", path), "choose another name for it, or delete the file")
		}
	}
	if err := checkPlace(path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// tellBaseline tells what changed, and what is lost with documents that were not named.
func (a *app) tellBaseline(g *gathering, path string, before, after *gate.Baseline) {
	if before != nil {
		checked := map[string]bool{}
		for _, in := range g.inputs {
			checked[in.name] = true
		}
		root, _ := nameRoot()
		for _, name := range before.Documents() {
			if _, err := os.Lstat(filepathJoin(root, name)); err == nil && !checked[name] {
				a.message("note: ", name+" was in the baseline, was not named, and is in it no more")
			}
		}
	}
	if g.job.quiet {
		return
	}
	text := fmt.Sprintf("wrote %s: %s in %s", path, plural(len(after.Findings), "finding"), plural(len(g.inputs)-len(g.other)-len(g.lost), "document"))
	if before != nil {
		came, went := after.Since(before)
		text += fmt.Sprintf("; %d came and %d went since the last one", came, went)
	}
	a.message("", text)
}
