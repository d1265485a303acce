package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer/framework"
	"whatif/analyzer/llm/client"
)

// completions gives the shell the values of the flags that a command has. formats are those of its --format.
func completions(cmd *cobra.Command, formats ...string) {
	fixed := func(values ...string) cobra.CompletionFunc {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return values, cobra.ShellCompDirectiveNoFileComp
		}
	}
	byFlag := map[string]cobra.CompletionFunc{
		"format":       fixed(formats...),
		"input-format": fixed(inputFormatNames()...),
		"min-priority": fixed("high", "medium", "low"),
		"framework": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		"explain":   fromFramework(questionKeys),
		"pack":      fromFramework(packKeys),
		"engine":    fixed("rules", "llm", "hybrid", "auto"),
		"provider":  providerNames,
		"max-field": fixed("max_tokens", "max_completion_tokens"),
		"max-bytes": fixed("16MB", "64MB", "256MB"),
		"max-time":  fixed("30s", "2m", "10m"),
	}
	for name, complete := range byFlag {
		if cmd.Flags().Lookup(name) == nil {
			continue
		}
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // a flag with two completions: found by any test that builds the commands
		}
	}
}

// fromFramework completes keys of the framework that the command line names.
func fromFramework(keys func(*framework.Framework) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		path, _ := cmd.Flags().GetString("framework")
		fw, err := loadFramework(path)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return keys(fw), cobra.ShellCompDirectiveNoFileComp
	}
}

// providerNames completes the names of providers.
func providerNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, p := range client.Presets() {
		names = append(names, p.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// documentFiles completes the names of documents.
func documentFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"md", "markdown", "txt", "text", "html", "htm", "docx", "pdf"}, cobra.ShellCompDirectiveFilterFileExt
}

// completionCommand makes the command that the library adds by itself refuse a shell that it has no script for.
func completionCommand(root *cobra.Command) {
	root.InitDefaultCompletionCmd("completion")
	i := slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == "completion" })
	if i < 0 {
		return
	}
	c := root.Commands()[i]
	var shells []string
	for _, shell := range c.Commands() {
		shells = append(shells, shell.Name())
	}
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return hint(fmt.Errorf("no completion for %q", args[0]), "there are scripts for %s", strings.Join(shells, ", "))
	}
}
