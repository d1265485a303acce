package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/render"
	"whatif/analyzer/rules"
)

func (a *app) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Look at the built-in engine's what-if rules, and test your own",
		Long: `The built-in engine asks "what if?" with rules: what must stand in a document, what would answer it, and what to say. They
are data, and you can add your own with --rules. "whatif help rule-files" tells how they are written.`,
		Example: `  whatif rules list                        all of them, by theme
  whatif rules explain share-link-open     one of them in full
  whatif rules test our.yaml               try your rules on their examples
  whatif rules test our.yaml prd.md        and on a document
  whatif analyze prd.md --rules our.yaml   use them`,
		Args: a.noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.rulesListCommand(), a.rulesExplainCommand(), a.rulesTestCommand())
	return cmd
}

func (a *app) rulesListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the rules by theme",
		Example: "  whatif rules list\n  whatif rules list --json | jq -r '.[].id'",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			book, err := a.book(cmd)
			if err != nil {
				return err
			}
			return a.write(func(w io.Writer) error {
				if asJSON {
					return writeJSON(w, book.Rules())
				}
				listRules(w, book.Rules())
				return nil
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	settingFlags(cmd.Flags(), "rules")
	completions(cmd)
	return cmd
}

func (a *app) rulesExplainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "explain ID",
		Short:   "Tell what a rule looks for, what silences it, and what it says",
		Example: "  whatif rules explain share-link-open",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			book, err := a.book(cmd)
			if err != nil {
				return err
			}
			r, err := book.Rule(args[0])
			if err != nil {
				var ids []string
				for _, r := range book.Rules() {
					ids = append(ids, r.ID)
				}
				if name, ok := nearest(args[0], ids); ok {
					return hint(err, "did you mean %s?", name)
				}
				return hint(err, "`whatif rules list` lists them")
			}
			return a.write(func(w io.Writer) error { explainRule(w, &r); return nil })
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return ruleIDs() },
	}
	settingFlags(cmd.Flags(), "rules")
	completions(cmd)
	return cmd
}

func (a *app) rulesTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test FILE [DOCUMENT…]",
		Short: "Try rules of your own on their examples, and on documents",
		Long: `Reads the rules in FILE, asks each of its own examples, and says which did not do what they should: exit code 1 if there are
any. With documents, it also shows what the rules find in each, with the sentence.`,
		Example: "  whatif rules test our.yaml\n  whatif rules test our.yaml docs/*.md",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if isDir(args[0]) {
				return hint(fmt.Errorf("%s is a directory", args[0]), "name one rule file; the others are documents")
			}
			book, err := rules.Load(args[0])
			if err != nil {
				return hint(err, "`whatif help rule-files` tells how rules are written")
			}
			return a.testRules(cmd.Context(), book, args[0], args[1:])
		},
	}
}

// book returns the rules that the settings of a command ask for.
func (a *app) book(cmd *cobra.Command) (*rules.Book, error) {
	s, err := a.settings(cmd.Flags())
	if err != nil {
		return nil, err
	}
	return loadBook(s)
}

func loadBook(s *settings) (*rules.Book, error) {
	paths := s.values.GetStringSlice("rules")
	if len(paths) == 0 {
		return rules.Builtin()
	}
	book, err := rules.Load(paths...)
	if err != nil {
		return nil, hint(err, "`whatif rules test FILE` tries a rule file; `whatif help rule-files` tells how rules are written")
	}
	return book, nil
}

// write prints through a buffer.
func (a *app) write(print func(io.Writer) error) error {
	out := bufio.NewWriter(a.stdout)
	err := print(out)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("writing to standard output: %w", plainPath(err))
	}
	return nil
}

func listRules(w io.Writer, list []rules.Rule) {
	var themes []string
	for _, r := range list {
		if !slices.Contains(themes, r.Theme) {
			themes = append(themes, r.Theme)
		}
	}
	for _, theme := range themes {
		fmt.Fprintf(w, "\n%s\n", render.EscapeTerminal(theme))
		for _, r := range list {
			if r.Theme == theme {
				fmt.Fprintf(w, "  %-28s  %s\n", render.EscapeTerminal(r.ID), wrapped(r.Doc, 32, 72))
			}
		}
	}
	fmt.Fprintf(w, "\n%s. `whatif rules explain ID` tells all about one.\n", plural(len(list), "rule"))
}

func explainRule(w io.Writer, r *rules.Rule) {
	fmt.Fprintf(w, "%s\n  %s\n", render.EscapeTerminal(r.ID), wrapped(r.Doc, 2, 92))
	for _, part := range []struct {
		title string
		lines []string
	}{
		{"It says", []string{r.Title, r.WhatIf}}, {"Where all of this stands", r.When}, {"Unless one of this answers it", r.Unless},
		{"Looked for before it calls the document silent", []string{strings.Join(r.Searched, ", ")}},
		{"It asks for", r.Requirements}, {"Known to be wrong where", []string{r.FalsePositives}},
		{"Question", []string{r.Question}}, {"Category", []string{r.Category}},
		{"STRIDE, LINDDUN, law", []string{strings.Join(slices.Concat(r.STRIDE, r.LINDDUN, r.Regulations), ", ")}},
		{"Source", []string{fmt.Sprintf("%s, line %d", r.Source, r.Line)}},
	} {
		if strings.Join(part.lines, "") == "" {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", part.title)
		for _, line := range part.lines {
			fmt.Fprintf(w, "  %s\n", wrapped(line, 4, 92))
		}
	}
}

// testRules asks the rules of a file their examples, then the documents.
func (a *app) testRules(ctx context.Context, book *rules.Book, file string, documents []string) error {
	outcomes, err := book.Test(ctx, file)
	if err != nil {
		return err
	}
	wrong := 0
	err = a.write(func(w io.Writer) error {
		for i := range outcomes {
			if o := &outcomes[i]; !o.Right() {
				wrong++
				reportOutcome(w, file, o)
			}
		}
		fmt.Fprintf(w, "%d of %s right\n", len(outcomes)-wrong, plural(len(outcomes), "example"))
		return nil
	})
	if err != nil {
		return err
	}
	if len(outcomes) == 0 {
		a.message("hint: ", "the file has no examples; a list of texts under examples, ID, fires and silent lets rules be tested")
	}
	for _, path := range documents {
		if err := a.tryRules(ctx, book, file, path); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return &codeError{ExitFindings, errors.New(plural(wrong, "example") + " went wrong")}
	}
	return nil
}

func reportOutcome(w io.Writer, file string, o *rules.Outcome) {
	should := "should be silent, and says: " + o.Title
	if o.Fires {
		should = "should find something in"
		if o.Why != "" {
			should = "should find something, and withholds it (" + o.Why + "), in"
		}
	}
	fmt.Fprintf(w, "%s:%d: %s %s\n    %s\n", render.EscapeTerminal(file), o.Line, render.EscapeTerminal(o.Rule), render.EscapeTerminal(should),
		wrapped(o.Text, 4, 92))
}

// tryRules shows what the rules of a file find in a document.
func (a *app) tryRules(ctx context.Context, book *rules.Book, file, path string) error {
	doc, err := a.open(ctx, path, document.Options{})
	if err != nil {
		return err
	}
	draft, err := analyzer.Analyze(ctx, doc, analyzer.Options{Rules: book.From(file), Version: version()})
	if err != nil {
		return err
	}
	return a.write(func(w io.Writer) error {
		fmt.Fprintf(w, "\n%s: %s\n", render.EscapeTerminal(path), plural(len(draft.AbuseCases), "finding"))
		for i := range draft.AbuseCases {
			c := &draft.AbuseCases[i]
			fmt.Fprintf(w, "  %s (%s)\n", wrapped(c.Title, 4, 92), render.EscapeTerminal(c.Rule))
			for _, cited := range c.Citations {
				fmt.Fprintf(w, "    line %d: %s\n", cited.LineStart, wrapped(cited.Quote, 6, 88))
			}
		}
		for i := range draft.Dropped {
			if d := &draft.Dropped[i]; d.Kind == "abuse_case" {
				fmt.Fprintf(w, "  left out: %s (%s: %s)\n", wrapped(d.Text, 4, 92), d.Reason, render.EscapeTerminal(oneLine(d.Detail)))
			}
		}
		return nil
	})
}

// ruleIDs completes the ids of the built-in rules.
func ruleIDs() ([]string, cobra.ShellCompDirective) {
	book, err := rules.Builtin()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var ids []string
	for _, r := range book.Rules() {
		ids = append(ids, r.ID+"\t"+r.Doc)
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
