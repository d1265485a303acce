package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whatif/analyzer/framework"
	"whatif/analyzer/gate"
	"whatif/analyzer/threatmodel"
)

// baselineFile is where a baseline is, unless something else is said.
const baselineFile = ".whatif-baseline.json"

// checkOptions are the flags of check that are no settings.
type checkOptions struct {
	format, baseline, source string
	outputs                  []string
	all                      bool // documents in folders, whether they read like requirements or not
	likely                   bool // named documents, too, only where they read like requirements
	find                     findOptions
}

func (a *app) checkCommand() *cobra.Command {
	var opt checkOptions
	cmd := &cobra.Command{
		Use:   "check PATH…",
		Short: "Fail a build on new findings, open questions and expired decisions",
		Long:  topicHelp("check"),
		Example: `  whatif check docs                                   what is new and pressing fails, with exit code 1
  whatif check docs --fail-on medium --since origin/main
  whatif check docs --require data.retention,actors.identity
  whatif baseline docs                                what is there today is known from now on
  whatif check docs --format github -o whatif.sarif -o comment.md
  whatif check prd.md -o junit.xml --fail-on none     never fails on findings; shows them all`,
		Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settingsBut(cmd.Flags(), "output", "format")
			if err != nil {
				return err
			}
			return a.check(cmd.Context(), s, a.withoutReports(args), opt)
		},
		ValidArgsFunction: documentFiles,
	}
	flags := cmd.Flags()
	settingFlags(flags, "fail-on", "require")
	flags.StringVar(&opt.baseline, "baseline", "", "`FILE` with the findings that are known; none: no file (default "+baselineFile+" if it is there)")
	flags.StringVarP(&opt.format, "format", "f", "text", "what is printed: "+strings.Join(gateFormats(), ", "))
	flags.StringArrayVarP(&opt.outputs, "output", "o", nil, "also write a `FILE`; its ending names the format: .sarif, .xml, .md, .json, .txt; may be given again")
	flags.StringVar(&opt.find.since, "since", "", "of folders, only what changed since this git `REVISION`")
	flags.StringVar(&opt.source, "source", "", "`ADDRESS` of the repository's root at this commit, for links in Markdown")
	checkFlags(cmd, flags, &opt)
	fixed := func(values ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	for name, complete := range map[string]cobra.CompletionFunc{"fail-on": fixed("high", "medium", "low", "none"), "require": fromFramework(questionKeys)} {
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // a flag with two completions: found by any test that builds the commands
		}
	}
	completions(cmd, gateFormats()...)
	return cmd
}

// topicHelp is what help says of a command that has a topic of its name, since there is more to say than fits a command.
func topicHelp(name string) string {
	text, err := help.ReadFile("help/" + name + ".txt")
	if err != nil {
		panic(err) // the file is missing from the program: found by any test that builds the commands
	}
	return strings.TrimSpace(string(text))
}

// checkFlags defines the flags that check and baseline share.
func checkFlags(cmd *cobra.Command, flags *pflag.FlagSet, opt *checkOptions) {
	flags.BoolVar(&opt.all, "all", false, "every document in a folder, whether it reads like requirements or not")
	flags.StringArrayVar(&opt.find.include, "include", nil, "of folders, only files that match this `GLOB`; may be given again")
	flags.StringArrayVar(&opt.find.exclude, "exclude", nil, "of folders, no files that match this `GLOB`; may be given again")
	flags.BoolVar(&opt.find.hidden, "hidden", false, "also look into hidden folders and those of other people's code")
	flags.BoolVar(&opt.likely, "likely", false, "of files that are named, too, only those that read like requirements: for hooks that name what changed")
	settingFlags(flags, append([]string{"framework", "rules", "quiet"}, limitKeys...)...)
	modelFlags(cmd)
}

func gateFormats() []string {
	var names []string
	for _, f := range gate.Formats {
		names = append(names, f.Name)
	}
	return names
}

// A checkOutput is one form of the outcome and where it goes; "" is standard output.
type checkOutput struct {
	path   string
	format gate.Format
}

// A checking is one check on its way.
type checking struct {
	*gathering
	settings *settings
	opt      checkOptions
	outputs  []checkOutput
	gate     *gate.Gate
	outcome  *gate.Verdict // once all is judged
	style    gate.Style
	baseline string // the file that is used; "": none
}

func (a *app) check(ctx context.Context, s *settings, paths []string, opt checkOptions) error {
	c, err := a.planCheck(ctx, s, paths, opt)
	if err != nil {
		return err
	}
	if err := a.checkDecisions(c.inputs); err != nil {
		return err
	}
	if err := a.startAsking(ctx, s, c.gathering); err != nil {
		return err
	}
	if err := a.judgeAll(ctx, c); err != nil {
		return err
	}
	return a.verdict(c)
}

// planCheck checks all that can be checked before the first document is read.
func (a *app) planCheck(ctx context.Context, s *settings, paths []string, opt checkOptions) (*checking, error) {
	g, err := a.gathering(ctx, s, paths, opt)
	if err != nil {
		return nil, err
	}
	c := &checking{gathering: g, settings: s, opt: opt, style: gate.Style{Version: version(), Source: opt.source}}
	level, require := failOn(s), required(s)
	if err := checkRequired(require, g.job.make.Framework, named(s.origin["require"], "require")); err != nil {
		return nil, err
	}
	if c.outputs, err = checkOutputs(opt, g.inputs); err != nil {
		return nil, err
	}
	known, err := a.readBaseline(c)
	if err != nil {
		return nil, err
	}
	g.keep(known)
	if slices.ContainsFunc(c.outputs, func(o checkOutput) bool { return o.format.Name == "sarif" }) {
		c.style.Rules = sarifRules(g.job.make.Rules)
	}
	root, err := nameRoot()
	if err != nil {
		return nil, err
	}
	c.gate = gate.New(gate.Options{FailOn: level, Require: require, Framework: g.job.make.Framework, Baseline: known, Today: g.job.make.Now,
		Looked: looked(root, paths, opt.find),
		There: func(name string) bool {
			_, err := os.Lstat(filepath.Join(root, filepath.FromSlash(name)))
			return err == nil
		}})
	return c, nil
}

// failOn returns the lowest priority that fails; none is that nothing does.
func failOn(s *settings) threatmodel.Level {
	if level := s.text("fail-on"); level != "none" {
		return threatmodel.Level(level)
	}
	return ""
}

// required returns the keys of the questions that must be answered.
func required(s *settings) []string {
	var keys []string
	for key := range strings.SplitSeq(s.text("require"), ",") {
		if key = strings.TrimSpace(key); key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// checkRequired makes sure that the framework has the questions.
func checkRequired(keys []string, fw *framework.Framework, origin string) error {
	for _, key := range keys {
		if fw.Question(key) != nil {
			continue
		}
		err := fmt.Errorf("%s: there is no question %q", origin, key)
		if name, ok := nearest(key, questionKeys(fw)); ok {
			return hint(err, "did you mean %s?", name)
		}
		return hint(err, "`whatif questions` lists them")
	}
	return nil
}

// checkOutputs decides where the outcome goes: it is printed, and written to each file that -o names.
func checkOutputs(opt checkOptions, inputs []checked) ([]checkOutput, error) {
	printed, ok := gate.ForName(opt.format)
	if !ok {
		return nil, fmt.Errorf("--format: %q is no format; there are %s", opt.format, strings.Join(gateFormats(), ", "))
	}
	outputs := []checkOutput{{format: printed}}
	for _, path := range opt.outputs {
		f, ok := gate.ForEnding(path)
		if !ok {
			return nil, hint(fmt.Errorf("the ending of %s names no format", path), "use .sarif, .xml (JUnit), .md, .json or .txt; --format says what is printed")
		}
		if slices.ContainsFunc(outputs, func(o checkOutput) bool { return o.path == path }) {
			return nil, fmt.Errorf("two reports would be written to %s", path)
		}
		if slices.ContainsFunc(inputs, func(in checked) bool { return in.path != "-" && sameFile(in.path, path) }) {
			return nil, hint(fmt.Errorf("the report %s would overwrite a document", path), "choose another name for the report")
		}
		if err := checkPlace(path); err != nil {
			return nil, fmt.Errorf("writing %s: %w", path, err)
		}
		outputs = append(outputs, checkOutput{path, f})
	}
	return outputs, nil
}

// readBaseline reads the baseline that is asked for, or the one in the working directory; nil where there is none.
func (a *app) readBaseline(c *checking) (*gate.Baseline, error) {
	c.baseline = c.opt.baseline
	if c.baseline == "none" || c.baseline == "" && !isFile(baselineFile) {
		c.baseline = ""
		return nil, nil
	}
	c.baseline = cmp.Or(c.baseline, baselineFile)
	known, err := gate.ReadBaseline(c.baseline)
	if errors.Is(err, os.ErrNotExist) {
		return nil, hint(err, "`whatif baseline PATH… -o %s` writes it", quoted(c.baseline))
	}
	if err != nil {
		return nil, hint(err, "`whatif baseline PATH…` writes it anew; --baseline none does without")
	}
	if !c.job.quiet {
		a.message("", fmt.Sprintf("baseline %s: %s", c.baseline, plural(len(known.Findings), "finding")))
	}
	return known, nil
}

// judgeAll analyses and judges the documents one by one, and writes the outcome as it comes. Files are there whole or not at all.
func (a *app) judgeAll(ctx context.Context, c *checking) error {
	return a.withOutputs(c.outputs, nil, func(outs []io.Writer) error {
		reports := make([]gate.Report, len(outs))
		for i, w := range outs {
			reports[i] = c.outputs[i].format.New(w, c.gate, c.style)
		}
		each := func(do func(gate.Report) error) error {
			for i, r := range reports {
				if r == nil {
					continue
				}
				err := do(r)
				if c.outputs[i].path == "" && brokenPipe(err) {
					reports[i] = nil // whoever read it had enough of it; the verdict is wanted all the same
					continue
				}
				if err != nil {
					return fmt.Errorf("writing %s: %w", cmp.Or(c.outputs[i].path, "to standard output"), plainPath(err))
				}
			}
			return nil
		}
		err := a.records(ctx, c.gathering, func(g gathered) error {
			decisions, err := decisionsOf(g.input)
			if err != nil {
				return err
			}
			a.carry(c, g, decisions)
			d := c.gate.Judge(g.record, decisions)
			return each(func(r gate.Report) error { return r.Document(d) })
		})
		if err != nil {
			return err
		}
		for _, l := range c.other {
			c.gate.LeaveOut(l)
		}
		v := c.gate.Finish()
		c.outcome = v
		return each(func(r gate.Report) error { return r.Close(v) })
	})
}

// withOutputs opens the outputs from the first one that is not in outs, and calls do with all of them. None of the files is written when
// do fails.
func (a *app) withOutputs(list []checkOutput, outs []io.Writer, do func([]io.Writer) error) error {
	switch {
	case len(outs) == len(list):
		return do(outs)
	case list[len(outs)].path == "":
		return a.withOutputs(list, append(outs, a.stdout), do)
	}
	path := list[len(outs)].path
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("writing %s: %w", path, cause(err))
	}
	var inner error // is told as it is, without the name of this file
	err := writeWhole(path, func(w io.Writer) error {
		inner = a.withOutputs(list, append(outs, w), do)
		return inner
	})
	return cmp.Or(inner, err)
}

// verdict tells the outcome, and ends the run with its exit code: what fails comes before what could not be analysed.
func (a *app) verdict(c *checking) error {
	v := c.outcome
	if v.Failed > 0 && v.Documents == 0 { // the errors say it all
		a.tellWritten(c)
		return c.allFailed()
	}
	if from := c.settings.origin["fail-on"]; v.FailOn == "" && strings.Contains(from, projectFile) {
		a.message("note: ", "no finding fails this check, as "+from+" says")
	}
	if !c.job.quiet {
		a.tellVerdict(c, v)
	}
	switch {
	case !v.Passes():
		return &codeError{ExitFindings, errReported}
	case v.Failed+v.Partial > 0:
		return &codeError{ExitPartly, errReported}
	}
	return nil
}

func (a *app) tellVerdict(c *checking, v *gate.Verdict) {
	word := "passes"
	if !v.Passes() {
		word = "fails"
	} else if v.Failed > 0 {
		word = "is not done"
	}
	a.message("", fmt.Sprintf("the check %s: %s (%s)", word, v.Headline(), plural(v.Documents, "document")))
	for _, line := range v.Details() {
		a.message("  ", line)
	}
	a.tellWritten(c)
	if v.Gone+len(v.Vanished) > 0 {
		a.message("hint: ", "`whatif baseline PATH…` with all the documents brings the baseline up to date")
	}
	switch {
	case v.New > 0 && c.baseline == "":
		a.message("hint: ", "answer it in the document, or decide: `whatif help decisions`; `whatif baseline PATH…` makes what is there today known")
	case v.New > 0:
		a.message("hint: ", "answer it in the document, or decide: `whatif help decisions`")
	}
}

func (a *app) tellWritten(c *checking) {
	for _, o := range c.outputs {
		if o.path != "" && !c.job.quiet {
			a.message("", "wrote "+o.path)
		}
	}
}
