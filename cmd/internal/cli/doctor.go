package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"whatif/analyzer/llm/client"
	"whatif/analyzer/render"
)

func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Try the model that is set, and tell what works",
		Long: `Sends a document of one sentence, which is not yours, to the model that is set, and tells what works: whether the endpoint answers,
the key is taken, the model is there; in which form it can be made to answer; whether replies come word by word, with a count of
their tokens; how fast it is, and what that cost. For what does not work it says what to set. Exit code 4 if nothing works.

Where no model is set, it looks for model servers on this machine, and says how to use them.`,
		Example: `  whatif doctor
  whatif doctor --provider ollama --model qwen3:8b
  whatif doctor --json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			if s.text("model") == "" {
				return a.doctorWithout(cmd.Context(), s)
			}
			return a.doctor(cmd.Context(), s, asJSON)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	settingFlags(cmd.Flags(), append(endpointKeys, "seed", "temperature", "reasoning-effort", "max-output", "context", "max-field", "no-stream", "stall", "prices")...)
	completions(cmd)
	return cmd
}

// doctorWithout is for who has named no model: it looks for servers on this machine, unless an endpoint was named.
func (a *app) doctorWithout(ctx context.Context, s *settings) error {
	if s.endpointSet() {
		return hint(errors.New("no model is named"), "`whatif models` lists those of the endpoint; name one with --model or WHATIF_MODEL")
	}
	a.offerLocal(ctx)
	return noModel("no model is set, so there is nothing to try")
}

// A check is one thing that was tried.
type check struct {
	Name   string `json:"name"`
	State  string `json:"state"` // ok, no, or - where it says nothing
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"`
}

// The states of a check.
const (
	works   = "ok"
	fails   = "no"
	neither = "-"
)

// An examination is what "whatif doctor --json" prints.
type examination struct {
	Host     string        `json:"host"`
	Model    string        `json:"model"`
	Checks   []check       `json:"checks"`
	Format   client.Format `json:"format"` // that will be used; "" if none works
	CostUSD  float64       `json:"cost_usd"`
	Unpriced bool          `json:"unpriced"`
}

func (a *app) doctor(ctx context.Context, s *settings, asJSON bool) error {
	m, err := a.model(ctx, s, true)
	if err != nil {
		return err
	}
	d := &doctor{settings: s, model: m, report: examination{Host: m.client.Host(), Model: m.name}}
	if !asJSON {
		fmt.Fprintf(a.stdout, "%s at %s\n\n", render.EscapeTerminal(m.name), m.client.Host())
		d.tell = func(c check) { tellCheck(a.stdout, c) }
	}
	if err := d.examine(ctx); err != nil {
		return err
	}
	if asJSON {
		err = a.write(func(w io.Writer) error { return writeJSON(w, d.report) })
	} else if d.report.Format != "" {
		_, err = fmt.Fprintf(a.stdout, "\n`whatif analyze` will ask for replies as %s.\n", d.report.Format)
	}
	if err == nil && d.report.Format == "" {
		return &codeError{ExitModel, hint(fmt.Errorf("%s at %s gives no reply that can be used", m.name, m.client.Host()), "mend what the first no above says")}
	}
	return err
}

// tellCheck prints a check as it is known, since the next may take a while.
func tellCheck(w io.Writer, c check) {
	fmt.Fprintf(w, "%-3s %-12s %s\n", c.State, c.Name, render.EscapeTerminal(oneLine(c.Found)))
	if c.Advice != "" {
		fmt.Fprintf(w, "%-3s %-12s → %s\n", "", "", render.EscapeTerminal(oneLine(c.Advice)))
	}
}
