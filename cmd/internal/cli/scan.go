package cli

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whatif/analyzer/classify"
	"whatif/analyzer/find"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/near"
	"whatif/analyzer/proposal"
	"whatif/analyzer/render"
	"whatif/analyzer/scan"
	"whatif/prompts"
)

// defaultOutput is where a scan's output goes when nobody says.
const defaultOutput = "whatif-scan"

// scanOptions are the flags of a scan that are no settings.
type scanOptions struct {
	output   string
	drafts   []string
	find     findOptions
	all      bool
	likeness float64
	workers  int
	small    bool
	events   bool
	dry      bool         // of scan alone
	batch    batchOptions // of scan alone
	queue    bool         // documents may go to workers on other machines: of scan alone
}

func (a *app) scanCommand() *cobra.Command {
	var opt scanOptions
	cmd := &cobra.Command{
		Use:   "scan DIR…",
		Short: "Write a draft for each requirements document in a folder, and one index",
		Long: `Looks through each DIR for requirements documents and writes a draft threat model of each, one index page over all, and the
findings as a table and for code hosts. READMEs, changelogs, minutes and other pages are told apart and listed with the reason.

It can be stopped at any moment, and goes on where it was when the same command is given again: nothing that was done is
done again, and no reply of a model is paid for twice. A document that fails costs itself only.

  OUT/index.html         the page to open: what to look at first, what is forgotten most, which data goes where
  OUT/index.md .json     the same for a wiki and for programs
  OUT/findings.csv       every finding, for a spreadsheet
  OUT/whatif.sarif       every finding with its place, for code hosts and editors
  OUT/drafts/            the drafts, in the folders of their documents

"whatif help ignore-files" tells what is left out and how to change that.`,
		Example: `  whatif scan docs                                   whatif-scan/index.html is the page to open
  whatif scan docs specs -o /tmp/drafts
  whatif scan . --include 'docs/**' --exclude '**/archive/**'
  whatif scan docs --since origin/main               only what changed
  git ls-files -z '*.md' | whatif scan --files-from -
  whatif scan docs --provider openai --model gpt-5-mini --max-cost 20
  whatif scan docs --provider openai --model gpt-5-mini --batch   at half the price, within a day or several
  whatif scan docs --model gpt-5-mini --dry-run      what a model would be sent, and what it would cost
  whatif scan docs --queue nats://queue.example.com   by workers on other machines; "whatif help scaling"
  whatif scan docs --json-progress 2>progress.jsonl  for another program to follow`,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			if len(args) == 0 && opt.find.filesFrom == "" {
				return hint(errors.New("no folder is named"), "`whatif scan .` looks through the current one")
			}
			if opt.dry {
				return a.dryScan(cmd.Context(), s, args, opt)
			}
			return a.scan(cmd.Context(), s, args, opt)
		},
	}
	flags := cmd.Flags()
	outputFlags(flags, &opt)
	scanFlags(flags, &opt)
	flags.BoolVar(&opt.dry, "dry-run", false, "print what would be sent to the model; send and write nothing")
	opt.batch.flags(flags)
	opt.queue = true
	settingFlags(flags, queueKeys()...)
	settingFlags(flags, append([]string{"min-priority", "framework", "rules", "quiet"}, limitKeys...)...)
	modelFlags(cmd)
	return cmd
}

// outputFlags defines the flags for a scan's output.
func outputFlags(flags *pflag.FlagSet, opt *scanOptions) {
	flags.StringVarP(&opt.output, "output", "o", defaultOutput, "the output `FOLDER`")
	flags.StringSliceVar(&opt.drafts, "drafts", []string{"html", "md", "json"}, "the forms that each draft has")
}

// scanFlags defines the flags that scan shares with the commands that go through folders as it does.
func scanFlags(flags *pflag.FlagSet, opt *scanOptions) {
	opt.find.flags(flags)
	flags.BoolVar(&opt.all, "all", false, "analyse every document, whether it reads like requirements or not")
	flags.Float64Var(&opt.likeness, "min-likeness", classify.Threshold, "how much a document must read like requirements, 0 to 1")
	flags.IntVar(&opt.workers, "workers", 0, "documents that are analysed at once (default: as many as there are processors; more with a model)")
	flags.BoolVar(&opt.small, "small-first", false, "begin with the smallest documents")
	flags.BoolVar(&opt.events, "json-progress", false, "tell on stderr what happens, one JSON object a line")
}

// A scanning is one scan on its way.
type scanning struct {
	opt    scanOptions
	s      *settings
	roots  []string
	folder *scan.Folder
	found  found
	done   scan.Summary
	asking *asking // nil: no model is asked
	maker  *scan.Drafter
	sum    string // of what shapes a draft
	tell   teller
	again  bool              // it is a watch, and not its first scan
	told   map[string]string // by document: the trouble that was told of it
	now    time.Time
}

func (a *app) scan(ctx context.Context, s *settings, roots []string, opt scanOptions) (err error) {
	k, err := a.openScan(ctx, s, roots, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.folder.Close()) }()
	return a.scanOnce(ctx, k)
}

// openScan makes ready for a scan, and takes its output folder.
func (a *app) openScan(ctx context.Context, s *settings, roots []string, opt scanOptions) (*scanning, error) {
	k := &scanning{opt: opt, s: s, roots: roots, told: map[string]string{}}
	var err error
	if k.now, err = a.now(); err != nil {
		return nil, err
	}
	if err := a.prepare(ctx, k); err != nil {
		return nil, err
	}
	k.folder, err = a.takeFolder(opt.output)
	return k, err
}

// scanOnce finds the documents, does those that are not done, and writes the pages over all.
func (a *app) scanOnce(ctx context.Context, k *scanning) (err error) {
	if k.found, err = a.find(ctx, k.roots, k.opt.find, k.maker.Read.Limits, k.opt.output); err != nil {
		return err
	}
	if err := a.sameRoots(k); err != nil {
		return err
	}
	k.tell = a.teller(k)
	return a.finishScan(k, a.runScan(ctx, k))
}

// note tells of what the model's caller says.
func (k *scanning) note(e caller.Event) { k.tell.note(e) }

// source returns where the links of a draft lead: to the document, as seen from the draft's place in the output folder.
func (k *scanning) source(f find.File, draft string) string {
	place, err := filepath.Abs(filepath.Join(k.opt.output, filepath.FromSlash(draft)))
	if err != nil {
		return ""
	}
	path, err := filepath.Abs(f.Path)
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(filepath.Dir(place), path)
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(filepath.ToSlash(rel), "\ufffd")
}

// sameRoots refuses to put the drafts of other folders where those of an earlier scan lie: they would go.
func (a *app) sameRoots(k *scanning) error {
	if k.opt.find.filesFrom != "" {
		return nil
	}
	before, err := k.folder.Holds(k.title())
	if err != nil {
		return err
	}
	if before != "" {
		return hint(fmt.Errorf("%s holds the drafts of %s, and this is a scan of %s", k.opt.output, before, k.title()),
			"choose another folder with -o, or scan them together; to give those drafts up, remove %s", k.opt.output)
	}
	return nil
}

// prepare makes ready whatever does not depend on the documents: the engine, the forms, the classes.
func (a *app) prepare(ctx context.Context, k *scanning) error {
	j, err := a.plan(k.s, nil, "", "")
	if err != nil {
		return err
	}
	kind, err := k.engineKind()
	if err != nil {
		return err
	}
	for _, n := range k.s.notes {
		a.message("note: ", n)
	}
	k.maker = &scan.Drafter{Read: j.read, Analysis: j.make, Lacks: lacking, MinLikeness: k.opt.likeness,
		Sketch: near.Sketch, Fault: a.tellFault}
	if k.maker.Formats, err = draftForms(k.opt.drafts); err != nil {
		return err
	}
	if k.opt.workers < 0 {
		return fmt.Errorf("--workers is %d, not a number from 1 up", k.opt.workers)
	}
	if k.opt.likeness < 0 || k.opt.likeness > 1 {
		return fmt.Errorf("--min-likeness is %v, not a number from 0 to 1", k.opt.likeness)
	}
	if !k.opt.all {
		if k.maker.Classes, err = classify.Builtin(); err != nil {
			return err
		}
	}
	if k.asking, err = a.ask(ctx, k.s, k.askedHere(kind), j.make.Rules); err != nil {
		return err
	}
	if err := k.opt.batch.check(k.asking); err != nil {
		return err
	}
	if k.asking == nil {
		k.maker.Longest = j.read.Limits.Time // a model takes its time, and has limits of its own
	} else {
		k.asking.progress.quiet, k.asking.progress.other = true, k.note // a scan has a progress of its own
		k.maker.Engine = func() proposal.Engine { return k.asking.next() }
	}
	k.sum, err = k.settingsSum(kind)
	return err
}

// tellFault tells of a fault of the program that cost a document. Of the trace it says where it was.
func (a *app) tellFault(name, trace string) {
	what, _, _ := strings.Cut(trace, "\n")
	a.apologize(name + ": " + what)
}

// draftForms returns the formats with the names.
func draftForms(names []string) ([]render.Format, error) {
	var forms []render.Format
	for _, name := range names {
		f, ok := render.ForName(name)
		if !ok {
			return nil, hint(fmt.Errorf("--drafts: %q is no format", name), "there are %s", strings.Join(formatNames(), ", "))
		}
		if !slices.ContainsFunc(forms, func(g render.Format) bool { return g.Name == f.Name }) {
			forms = append(forms, f)
		}
	}
	return forms, nil
}

// settingsSum returns the sum of all that shapes a draft, its document apart. A document that was done under the same need not be
// done again.
func (k *scanning) settingsSum(kind string) (string, error) {
	opt := k.maker.Analysis
	if k.asking != nil {
		opt.Engine = k.asking.engine
	}
	prompts, err := opt.Sum()
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\x00%s\x00%s\x00%s\x00%v\x00%+v", version(), kind, prompts, opt.MinPriority, k.opt.drafts, k.maker.Read.Limits)
	if k.asking != nil {
		fmt.Fprintf(hash, "\x00%s\x00%v", k.asking.model.client.Identity(), shaping(k.s))
	}
	if k.maker.Classes != nil {
		fmt.Fprintf(hash, "\x00%s\x00%v", classesSum(), k.opt.likeness)
	}
	return hex.EncodeToString(hash.Sum(nil)[:16]), nil
}

// shaping returns the settings of a model that shape its drafts beyond what its identity holds.
func shaping(s *settings) []string {
	var all []string
	for _, key := range []string{"chunk", "context", "max-output", "single", "glean", "judge", "redact", "redact-names", "redact-pattern"} {
		all = append(all, fmt.Sprint(s.values.Get(key)))
	}
	return all
}

// takeFolder opens the output folder, and tells of what it could not use.
func (a *app) takeFolder(dir string) (*scan.Folder, error) {
	f, err := scan.OpenFolder(dir)
	switch {
	case errors.Is(err, scan.ErrTaken):
		return nil, hint(err, "wait for it, or choose another folder with -o")
	case err != nil:
		return nil, hint(err, "choose another folder with -o")
	}
	if f.Renewed {
		a.message("note: ", fmt.Sprintf("the state in %s is of another version of whatif; all documents are done again", scan.StateDir(dir)))
	}
	if f.Damaged > 0 {
		a.message("note: ", fmt.Sprintf("%s in the state of %s", counted(f.Damaged, "entry is damaged", "entries are damaged"), dir)+"; what they spoke of is done again")
	}
	return f, nil
}

// runScan does the documents that are not done yet.
func (a *app) runScan(ctx context.Context, k *scanning) error {
	files := slices.Clone(k.found.files)
	slices.SortStableFunc(files, func(x, y find.File) int { return cmp.Compare(copyish(x.Name), copyish(y.Name)) })
	if k.opt.small {
		slices.SortStableFunc(files, func(x, y find.File) int { return cmp.Compare(x.Size, y.Size) })
	}
	if k.opt.batch.on {
		return a.runBatches(ctx, k, files)
	}
	return a.runOnce(ctx, k, files)
}

// copyName tells from the name of a file that it is a copy or an old version of another one.
var copyName = regexp.MustCompile(`(?i)\b(copy|kopie|backup|bak|old|archived?|previous)\b|\(\d+\)`)

// copyish is 1 for a document that is a copy by its name: of files with the same bytes it is not the one that is analysed.
func copyish(name string) int {
	if copyName.MatchString(strings.ReplaceAll(name, "_", " ")) {
		return 1
	}
	return 0
}

// runOnce goes through the documents once. Those whose replies are on their way are left out.
func (a *app) runOnce(ctx context.Context, k *scanning, files []find.File) (err error) {
	defer a.roomy()()
	line, done, err := a.line(ctx, k)
	if err != nil {
		return err
	}
	defer done()
	k.tell.begin(len(files))
	defer k.tell.end()
	k.done, err = scan.Run(ctx, files, scan.Options{
		Line: line, Keep: k.folder, Settings: k.sum, MaxBytes: k.maker.Read.Limits.Bytes,
		Open: find.Open, Source: k.source, Observe: k.tell.observe,
	})
	return err
}

// atOnce returns how many documents are on their way at once. While a model thinks about one, others can be asked about.
func (k *scanning) atOnce() int {
	n := runtime.GOMAXPROCS(0)
	if k.asking != nil {
		n = max(n, cmp.Or(k.asking.inFlight, mostAtOnce))
		if k.asking.limited {
			n = min(n, 4) // few drafts should be cut where the limit ends the run
		}
	}
	return cmp.Or(k.opt.workers, n)
}

func (k *scanning) quiet() bool { return k.s.values.GetBool("quiet") }

// counted is a number with the word for one or for more.
func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + more
}

// classesSum returns the sum of what tells requirements documents from others.
func classesSum() string {
	data, err := fs.ReadFile(prompts.FS, "classify.yaml")
	if err != nil {
		return "" // the file is missing from the program: found by any test of a scan
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))
}
