package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"whatif/analyzer/llm/client"
	"whatif/analyzer/render"
)

// endpointKeys are the settings that say where a model is and how it is reached.
var endpointKeys = []string{"provider", "base-url", "model", "api-key-cmd", "api-version", "organization", "openai-project", "header", "proxy",
	"ca-file", "allow-http", "timeout"}

func (a *app) modelsCommand() *cobra.Command {
	var providers, asJSON bool
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List the models that can be asked",
		Long: `Asks the endpoint that the settings name which models it has, and marks the one that is set. Where no endpoint is set, lists the
providers whose addresses are known, and the servers that answer on this machine. "whatif help model" tells how to set one up.`,
		Example: `  whatif models                          of the endpoint that is set
  whatif models --provider ollama        of Ollama on this machine
  whatif models --providers              the names that --provider takes`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			if providers {
				return a.listProviders(asJSON)
			}
			if !s.endpointSet() {
				return a.offerProviders(cmd.Context(), asJSON)
			}
			return a.listModels(cmd.Context(), s, asJSON)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&providers, "providers", false, "list the providers instead; asks nobody")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	settingFlags(cmd.Flags(), endpointKeys...)
	completions(cmd)
	return cmd
}

// endpointSet reports whether the settings say whom to ask.
func (s *settings) endpointSet() bool {
	return s.text("provider") != "" || s.text("base-url") != "" || s.text("model") != ""
}

// A modelName is what "whatif models --json" prints of a model.
type modelName struct {
	Name   string `json:"name"`
	Chosen bool   `json:"chosen"`
}

func (a *app) listModels(ctx context.Context, s *settings, asJSON bool) error {
	m, err := a.model(ctx, s, true)
	if err != nil {
		return err
	}
	names, err := m.client.Models(ctx)
	if err != nil {
		if modelFailed(err) {
			err = &codeError{ExitModel, (&asking{model: m}).keyHint(err)}
		}
		return err
	}
	list := []modelName{}
	for _, n := range names {
		list = append(list, modelName{n, n == m.name})
	}
	if asJSON {
		return a.write(func(w io.Writer) error { return writeJSON(w, list) })
	}
	err = a.write(func(w io.Writer) error {
		for _, n := range list {
			mark := map[bool]string{true: "* ", false: "  "}[n.Chosen]
			fmt.Fprintln(w, mark+render.EscapeTerminal(oneLine(n.Name)))
		}
		return nil
	})
	if err == nil && m.name != "" && !slices.Contains(names, m.name) {
		a.message("note: ", fmt.Sprintf("%s does not list %s, which is set; some endpoints take names that they do not list", m.client.Host(), m.name))
	}
	return err
}

// A provider is what "whatif models --providers --json" prints of a preset.
type provider struct {
	Name    string `json:"name"`
	About   string `json:"about"`
	BaseURL string `json:"base_url"`
	Key     string `json:"key_variable"`
	Local   bool   `json:"local"` // on this machine
}

func (a *app) listProviders(asJSON bool) error {
	list := []provider{}
	for _, p := range client.Presets() {
		list = append(list, provider{p.Name, p.About, p.BaseURL, p.KeyVariable, p.Local})
	}
	return a.write(func(w io.Writer) error {
		if asJSON {
			return writeJSON(w, list)
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "PROVIDER\tADDRESS\tKEY\tWHAT IT IS")
		for _, p := range list {
			address, key := p.BaseURL, p.Key
			if address == "" {
				address = "yours: --base-url"
			}
			if key == "" {
				key = "none needed"
			}
			fmt.Fprintln(t, strings.Join([]string{p.Name, address, key, p.About}, "\t"))
		}
		return t.Flush()
	})
}

// offerProviders is for who has set nothing: what is known, and what answers on this machine. It uses none of it.
func (a *app) offerProviders(ctx context.Context, asJSON bool) error {
	if err := a.listProviders(asJSON); err != nil {
		return err
	}
	a.message("", "no endpoint is set, so none was asked; `whatif help model` tells how to set one")
	a.offerLocal(ctx)
	return nil
}

// offerLocal tells which servers answer on this machine, with the words to use them.
func (a *app) offerLocal(ctx context.Context) {
	found := client.Found(ctx)
	if len(found) == 0 {
		a.message("", "no model server answers on this machine")
	}
	for _, p := range found {
		a.message("hint: ", fmt.Sprintf("%s answers at %s: whatif analyze prd.md --provider %s --model %s", p.About, p.BaseURL, p.Name, quoted(firstModel(ctx, p))))
	}
}

// firstModel returns the name of a model that a server on this machine has.
func firstModel(ctx context.Context, p client.Preset) string {
	cfg := client.Config{}
	p.Apply(&cfg)
	c, err := client.New(cfg)
	if err != nil {
		return "NAME"
	}
	defer c.Close()
	names, err := c.Models(ctx)
	if err != nil || len(names) == 0 {
		return "NAME"
	}
	return names[0]
}
