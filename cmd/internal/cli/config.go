package cli

import (
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"whatif/analyzer/render"
)

func (a *app) configCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the settings and where each came from",
		Long: `Shows each setting, the value that holds here, and where it came from: a variable, a project's file, your own file, or the
default. "whatif help settings" tells how to change one.`,
		Example: `  whatif config
  WHATIF_MIN_PRIORITY=high whatif config`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			if asJSON {
				return a.configJSON(s)
			}
			return a.config(s)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) config(s *settings) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SETTING\tVALUE\tFROM\tWHAT IT IS")
	for _, def := range allSettings() {
		fmt.Fprintln(w, strings.Join([]string{def.key, render.EscapeTerminal(s.show(def)), render.EscapeTerminal(s.origin[def.key]), def.about}, "\t"))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing to standard output: %w", plainPath(err))
	}
	for _, n := range s.notes {
		a.message("note: ", n)
	}
	return nil
}

func (a *app) configJSON(s *settings) error {
	type entry struct {
		Value string `json:"value"`
		From  string `json:"from"`
	}
	entries := map[string]entry{} // printed in order of its keys
	for _, def := range allSettings() {
		entries[def.key] = entry{s.show(def), s.origin[def.key]}
	}
	return writeJSON(a.stdout, entries)
}

// show returns the value of a setting as text, without what is secret in it.
func (s *settings) show(def setting) string {
	values := []string{s.text(def.key)}
	if def.list {
		values = s.values.GetStringSlice(def.key)
	}
	if def.secret {
		for i := range values {
			values[i] = masked(values[i])
		}
	}
	return strings.Join(values, ", ")
}

// masked returns the value of a secret setting without its secret: a header's name, a proxy's address.
func masked(value string) string {
	if u, err := url.Parse(value); err == nil && u.Host != "" {
		if u.User != nil {
			u.User = url.User("(not shown)")
			return strings.Replace(u.String(), u.User.String(), u.User.Username(), 1)
		}
		return u.String()
	}
	if name, _, ok := strings.Cut(value, ":"); ok {
		return name + ": (not shown)"
	}
	return value // "none", or nothing
}
