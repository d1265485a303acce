package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer/llm"
	"whatif/analyzer/render"
)

func (a *app) promptsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prompts",
		Short: "Look at what is said to a model, and change it",
		Long: `What a model is told are templates. They can be read, and replaced: write them into a directory, change what you like there, and
use it with --prompts. A file that is not there stays as it is built in. What a model makes of your words is checked like all else.`,
		Example: `  whatif prompts list
  whatif prompts show facts.tmpl
  whatif prompts eject our-prompts
  whatif analyze prd.md --prompts our-prompts --dry-run`,
		Args: a.noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.promptsListCommand(), a.promptsShowCommand(), a.promptsEjectCommand())
	return cmd
}

func (a *app) promptsListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the prompts in the order in which they are used",
		Example: "  whatif prompts list",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, prompts, err := a.promptsOf(cmd)
			if err != nil {
				return err
			}
			return a.write(func(w io.Writer) error {
				for _, name := range prompts.Names() {
					if dir := s.text("prompts"); dir != "" && isFile(filepath.Join(dir, name)) {
						name += "  (from " + render.EscapeTerminal(dir) + ")"
					}
					fmt.Fprintln(w, name)
				}
				return nil
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	settingFlags(cmd.Flags(), "prompts")
	return cmd
}

func (a *app) promptsShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show NAME",
		Short:   "Print a prompt",
		Example: "  whatif prompts show facts.tmpl",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, prompts, err := a.promptsOf(cmd)
			if err != nil {
				return err
			}
			text, ok := prompts.Source(args[0])
			if !ok {
				return noPrompt(prompts, args[0])
			}
			if isTerminal(a.stdout) {
				text = render.EscapeTerminal(text)
			}
			return a.print([]byte(text))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			prompts, err := llm.BuiltinPrompts()
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			return prompts.Names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	settingFlags(cmd.Flags(), "prompts")
	return cmd
}

func noPrompt(prompts *llm.Prompts, name string) error {
	err := fmt.Errorf("there is no prompt %q", name)
	if name, ok := nearest(name, prompts.Names()); ok {
		return hint(err, "did you mean %s?", name)
	}
	return hint(err, "`whatif prompts list` lists them")
}

func (a *app) promptsEjectCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eject DIR",
		Short: "Write the prompts into a directory, to change them",
		Long: `Writes each built-in prompt into DIR. A file that is there already is left as it is, unless --force is given: it may hold your
changes.`,
		Example: "  whatif prompts eject our-prompts",
		Args:    cobra.ExactArgs(1),
	}
	force := cmd.Flags().Bool("force", false, "write over files that are there")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		prompts, err := llm.BuiltinPrompts()
		if err != nil {
			return err
		}
		return a.eject(prompts, args[0], *force)
	}
	return cmd
}

// eject writes the prompts that are not there yet.
func (a *app) eject(prompts *llm.Prompts, dir string, force bool) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("writing prompts: %w", err)
	}
	for _, name := range prompts.Names() {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); err == nil && !force {
			a.message("note: ", path+" is there already, and left as it is")
			continue
		}
		text, _ := prompts.Source(name)
		if err := writeWhole(path, func(w io.Writer) error { _, err := io.Copy(w, strings.NewReader(text)); return err }); err != nil {
			return err
		}
		a.message("", "wrote "+path)
	}
	a.message("hint: ", "use them with --prompts "+quoted(dir)+"; --dry-run shows what comes of it")
	return nil
}

func (a *app) promptsOf(cmd *cobra.Command) (*settings, *llm.Prompts, error) {
	s, err := a.settings(cmd.Flags())
	if err != nil {
		return nil, nil, err
	}
	prompts, err := loadPrompts(s.text("prompts"))
	return s, prompts, err
}
