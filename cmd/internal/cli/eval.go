package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/eval"
	"whatif/analyzer/framework"
	"whatif/analyzer/render"
)

func (a *app) evalCommand() *cobra.Command {
	var opt evalOptions
	cmd := &cobra.Command{
		Use:   "eval [DIR]",
		Short: "Measure the drafts against labels made by people",
		Long: `Looks in DIR (the current directory if none is given) and below for labels, files named NAME.gold.yaml that lie beside
their documents, makes the draft of each document, and tells how the two compare: what was found, missed and made up.
"whatif help labels" tells how labels are written.

What counts as the same:
  everything     the two stand on a common line of the document; each label counts once, best match first; what
                 matches a label that another has taken is a repeat, neither right nor wrong
  names          of assets, actors, dependencies: the same words; or one says the same with more words
                 ("letter", "discharge letter"); or six tenths of the words of both are common. Other names count
  data flows     two of source, destination and data are alike, one of the ends among them
  safeguards     two words with a meaning are common; of steps of the journey, one
  abuse cases    1 point for a category that the label accepts (0.6 for a near one), 0.4 if the finding's first sentence
                 is one of the label's, and for each word of the gist in the finding's title, what-if, gain,
                 beneficiary or harm 1 point shared among the labels that have the word: 1.6 in all
Recall counts the labels that are not optional, of abuse cases the must-finds. Precision counts whatever agrees with a
label, optional or not. Numbers in brackets are 95 % intervals (bootstrap over documents, the same in every run).`,
		Example: `  whatif eval fixtures                               the table
  whatif eval fixtures --split dev --show missed,extra --kind abuse_cases
  whatif eval fixtures --json > before.json          keep it, and after a change:
  whatif eval fixtures --compare before.json         what got better or worse
  whatif eval fixtures --engine hybrid --model gpt-5-mini --max-cost 2`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settingsBut(cmd.Flags(), "engine") // which is rules unless the command line says otherwise
			if err != nil {
				return err
			}
			opt.settings = s
			return a.eval(cmd.Context(), append(args, ".")[0], opt)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.engine, "engine", "rules", "what proposes: "+strings.Join(evalEngines, ", "))
	flags.StringVar(&opt.split, "split", "", "only documents of this `SPLIT`, as their labels name it")
	flags.StringSliceVar(&opt.show, "show", nil, "list what was "+strings.Join(eval.Views, ", "))
	flags.StringSliceVar(&opt.kinds, "kind", nil, "list only these kinds: "+strings.Join(eval.Kinds, ", "))
	flags.StringVar(&opt.old, "compare", "", "tell what changed since the report in `FILE`, written with --json")
	flags.BoolVar(&opt.json, "json", false, "print JSON")
	settingFlags(flags, append([]string{"framework", "rules", "quiet"}, limitKeys...)...)
	modelFlags(cmd, modelKeys()[1:]...) // the first is engine
	completions(cmd)
	return cmd
}

// evalEngines are what can be measured. It is said on the command line alone: a measure must not change with the settings.
var evalEngines = []string{"rules", "llm", "hybrid"}

type evalOptions struct {
	engine, split, old string
	show, kinds        []string
	json               bool
	settings           *settings
}

func (o *evalOptions) check() error {
	if !slices.Contains(evalEngines, o.engine) {
		return hint(fmt.Errorf("--engine: no engine %q", o.engine), "there are %s", strings.Join(evalEngines, ", "))
	}
	if o.engine != "rules" && o.settings.text("model") == "" {
		return noModel("--engine: " + o.engine + " asks a model, and none is named")
	}
	for _, list := range []struct {
		flag         string
		given, known []string
	}{{"--show", o.show, eval.Views}, {"--kind", o.kinds, eval.Kinds}} {
		for _, s := range list.given {
			if !slices.Contains(list.known, s) {
				return fmt.Errorf("%s: there is no %q; there are %s", list.flag, s, strings.Join(list.known, ", "))
			}
		}
	}
	if len(o.kinds) == 0 {
		o.kinds = eval.Kinds
	}
	return nil
}

func (a *app) eval(ctx context.Context, dir string, opt evalOptions) error {
	if err := opt.check(); err != nil {
		return err
	}
	var old *eval.Report
	if opt.old != "" {
		if opt.json {
			return errors.New("--compare prints a table: leave out --json")
		}
		var err error
		if old, err = eval.Load(opt.old); err != nil {
			return err
		}
	}
	report, gaps, err := a.measure(ctx, dir, opt)
	if err != nil {
		return err
	}
	if err := a.printMeasure(report, old, opt); err != nil || gaps == 0 {
		return err
	}
	return &codeError{ExitPartly, fmt.Errorf("%d of %d drafts partial, so the numbers are too low: the model did not read everything", gaps, len(report.Documents))}
}

func (a *app) printMeasure(report, old *eval.Report, opt evalOptions) error {
	if opt.json {
		return a.write(func(w io.Writer) error { return writeJSON(w, report) })
	}
	var page strings.Builder // labels and documents are not trusted: nothing in them reaches the terminal as it is
	err := report.WriteTable(&page)
	if err == nil && len(opt.show) > 0 {
		err = report.WriteEntries(&page, opt.show, opt.kinds)
	}
	if err == nil && old != nil {
		err = report.WriteChanges(&page, old)
	}
	if err != nil {
		return err
	}
	return a.print([]byte(render.EscapeTerminal(page.String())))
}

// measure drafts each document that has labels and compares the two. It also returns how many drafts are partial.
func (a *app) measure(ctx context.Context, dir string, opt evalOptions) (*eval.Report, int, error) {
	fw, err := loadFramework(opt.settings.text("framework"))
	if err != nil {
		return nil, 0, err
	}
	book, err := loadBook(opt.settings)
	if err != nil {
		return nil, 0, err
	}
	labelled, err := a.labelled(ctx, dir, fw, opt)
	if err != nil {
		return nil, 0, err
	}
	opts := analyzer.Options{Framework: fw, Rules: book, Version: version()}
	asking, err := a.ask(ctx, opt.settings, opt.engine, book)
	if err != nil {
		return nil, 0, err
	}
	if asking != nil {
		defer func() {
			if !asking.progress.quiet {
				a.message("", asking.spent())
			}
		}()
	}
	report := &eval.Report{Version: version(), Engine: opt.engine, Framework: fw.ID(), Documents: []*eval.Document{}}
	gaps := 0
	for _, l := range labelled {
		opts.Engine = asking.next()
		draft, err := asking.analyze(ctx, l.doc, opts)
		if err != nil {
			if modelFailed(err) {
				err = &codeError{ExitModel, asking.keyHint(err)}
			}
			return nil, 0, err
		}
		if partial(draft) {
			gaps++
		}
		report.PromptsSHA256 = draft.Engine.PromptsSHA256
		report.Documents = append(report.Documents, eval.Compare(l.gold, l.doc, draft))
	}
	report.Sum()
	return report, gaps, nil
}

// A labelledDocument is a document with what people say of it.
type labelledDocument struct {
	gold *eval.Gold
	doc  *document.Document
}

// labelled reads the labels in a directory and below, with their documents.
func (a *app) labelled(ctx context.Context, dir string, fw *framework.Framework, opt evalOptions) ([]labelledDocument, error) {
	paths, err := eval.Find(dir)
	if err != nil {
		return nil, err
	}
	var list []labelledDocument
	seen := map[string]string{} // file with labels by document
	for _, path := range paths {
		gold, err := readLabels(path, fw)
		if err != nil {
			return nil, hint(err, "`whatif help labels` tells how labels are written")
		}
		if other := seen[filepath.Join(filepath.Dir(path), gold.Document)]; other != "" {
			return nil, fmt.Errorf("%s and %s are labels of one document", other, path)
		}
		seen[filepath.Join(filepath.Dir(path), gold.Document)] = path
		if opt.split != "" && gold.Split != opt.split {
			continue
		}
		doc, err := document.Open(ctx, filepath.Join(filepath.Dir(path), gold.Document), document.Options{Limits: opt.settings.limits()})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if err := gold.CheckLines(doc.Lines()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, labelledDocument{gold, doc})
	}
	if len(list) == 0 {
		what := "no labels"
		if opt.split != "" {
			what = fmt.Sprintf("no labels of the split %q", opt.split)
		}
		return nil, hint(errors.New(what+" in "+dir), "they are files named NAME%s; `whatif help labels`", eval.Ending)
	}
	return list, nil
}

// readLabels reads a file with labels, whose questions must be those of the framework: what is never asked is never answered.
func readLabels(path string, fw *framework.Framework) (*eval.Gold, error) {
	gold, err := eval.Read(path)
	if err != nil {
		return nil, err
	}
	for _, q := range gold.Questions {
		if fw.Question(q.Key) == nil {
			return nil, fmt.Errorf("reading labels: %s: questions: no question has the key %q", path, q.Key)
		}
	}
	return gold, nil
}
