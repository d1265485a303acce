// Package cli is the command line: commands, settings, exit codes, and what is printed for people.
//
// In come arguments, environment and streams; out go results on stdout, messages on stderr and an exit code. Each command has
// a file of its own. What the commands do is done in package analyzer and below; here it is only asked for.
package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Run runs the program once and returns its exit code. It keeps no state outside of its arguments, never exits the process
// and never panics. env has the form of [os.Environ].
func Run(ctx context.Context, env []string, stdin io.Reader, stdout, stderr io.Writer, args []string) (code int) {
	a := &app{env: environment(env), stdin: stdin, stdout: stdout, stderr: stderr}
	defer func() {
		if r := recover(); r != nil {
			a.apologize(faultOf(r))
			code = ExitUsage
		}
	}()
	root := a.root()
	root.SetArgs(append([]string{}, args...)) // never nil, which cobra takes for os.Args
	return a.finish(root.ExecuteContext(ctx))
}

// An app is one run of the program.
type app struct {
	env    map[string]string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// environment returns the variables of env by name. The last of a name counts, as in a shell.
func environment(env []string) map[string]string {
	vars := make(map[string]string, len(env))
	for _, e := range env {
		if name, value, ok := strings.Cut(e, "="); ok && name != "" {
			vars[name] = value
		}
	}
	return vars
}

// root returns the command tree. Building it must stay cheap: nothing is read and nothing is loaded before a command runs.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "whatif",
		Short: "Ask a requirements document what could go wrong",
		Long: `whatif reads a product requirements document (PRD), asks it plain questions about what could go wrong, and writes
a draft threat model. Every line of the draft shows the sentence of the document it came from.

It runs on your machine. Nothing leaves it unless you set up a model, and "--dry-run" shows beforehand what would.`,
		Example: `  whatif analyze prd.md                          the draft, as Markdown
  whatif analyze prd.docx -o report.html         a page with the document beside the findings
  whatif analyze prd.pdf -o draft.md -o draft.json
  whatif questions                               what is asked, and why
  whatif doctor                                  does the model work that you set up?`,
		Version:           version(),
		Args:              a.noSuchCommand,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("whatif {{.Version}}\n")
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SuggestionsMinimumDistance = 2
	root.AddGroup(&cobra.Group{ID: "draft", Title: "Make a draft:"},
		&cobra.Group{ID: "framework", Title: "Know what is asked:"},
		&cobra.Group{ID: "model", Title: "Ask a model:"},
		&cobra.Group{ID: "plumbing", Title: "Look inside, set up:"})
	a.add(root, "draft", a.analyzeCommand(), a.reviewCommand(), a.scanCommand(), a.workerCommand(), a.watchCommand(), a.checkCommand(), a.baselineCommand(), a.decisionsCommand(), a.diffCommand(), a.renderCommand(), a.exportCommand())
	a.add(root, "framework", a.questionsCommand(), a.rulesCommand(), a.templateCommand())
	a.add(root, "model", a.modelsCommand(), a.doctorCommand(), a.promptsCommand(), a.cacheCommand())
	a.add(root, "plumbing", a.textCommand(), a.evalCommand(), a.configCommand(), a.schemaCommand(), a.versionCommand())
	root.SetHelpCommandGroupID("plumbing")
	root.SetCompletionCommandGroupID("plumbing")
	root.AddCommand(a.manCommand())
	root.AddCommand(topics()...)
	completionCommand(root)
	return root
}

func (a *app) add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}
