package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// maxDraft is how many bytes a saved draft may have.
const maxDraft = 256 << 20

func (a *app) renderCommand() *cobra.Command {
	var from, source string
	cmd := &cobra.Command{
		Use:   "render DRAFT.json",
		Short: "Write reports from a saved draft again",
		Long: `Reads a draft that "whatif analyze FILE -o draft.json" wrote and writes reports from it. Nothing is analyzed again, and the
document is not needed. With --document the HTML report shows it beside the findings; it must be the very file that was analyzed.`,
		Example: `  whatif render draft.json -o report.html --document prd.md
  whatif render draft.json > draft.md`,
		Args: oneDraft,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			return a.render(cmd.Context(), s, args[0], from, source)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	settingFlags(flags, append([]string{"output", "format"}, limitKeys...)...)
	flags.StringVar(&from, "document", "", "the `FILE` that was analyzed, to show it beside the findings")
	flags.StringVar(&source, "source", "", "address of the document for links in the report, such as its page in a repository")
	completions(cmd, formatNames()...)
	return cmd
}

// oneDraft is for the command that reads one draft.
func oneDraft(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return hint(errors.New("no draft named"), "whatif render draft.json, or - for standard input")
	case len(args) > 1:
		return fmt.Errorf("one draft at a time, not %d", len(args))
	}
	return nil
}

func (a *app) render(ctx context.Context, s *settings, path, from, source string) error {
	draft, err := a.readDraft(ctx, path)
	if err != nil {
		return err
	}
	inputs := []string{path}
	doc := &document.Document{Path: draft.Document.Path}
	if from != "" {
		if doc, err = a.sameDocument(ctx, from, draft, document.Options{Limits: s.limits(), Format: document.Format(draft.Document.Format)}); err != nil {
			return err
		}
		inputs = append(inputs, from)
	}
	plan, err := planReports(inputs[:1], s.values.GetStringSlice("output"), s.text("format"))
	if err != nil {
		return err
	}
	if err := checkReports(inputs, plan); err != nil {
		return err
	}
	j := &job{source: source, beside: from != ""}
	var failures []error
	for _, r := range plan[0] {
		if err := a.deliver(j, draft, doc, r); err != nil {
			failures = append(failures, err)
		} else if r.path != "" {
			a.message("", "wrote "+r.path)
		}
	}
	if n := len(failures); n > 0 && n < len(plan[0]) {
		return &codeError{ExitPartly, errors.Join(failures...)}
	}
	return errors.Join(failures...)
}

// readDraft reads a saved draft.
func (a *app) readDraft(ctx context.Context, path string) (*threatmodel.Draft, error) {
	var raw []byte
	var err error
	if path == "-" {
		raw, err = a.readAll(ctx, maxDraft)
	} else {
		raw, err = readDraftFile(path)
	}
	if err != nil {
		return nil, err
	}
	if len(raw) > maxDraft {
		return nil, fmt.Errorf("reading %s: it is larger than %s", path, formatSize(maxDraft))
	}
	draft, err := threatmodel.Decode(bytes.NewReader(raw))
	switch {
	case errors.Is(err, threatmodel.ErrVersion):
		return nil, hint(fmt.Errorf("reading %s: %w", path, err), "analyze the document again, or use the version of whatif that wrote the draft")
	case err != nil:
		return nil, hint(fmt.Errorf("reading %s: it is not a draft in JSON: %w", path, err), "`whatif analyze FILE -o draft.json` writes one")
	}
	return draft, nil
}

func readDraftFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, plainPath(err))
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxDraft+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, plainPath(err))
	}
	return raw, nil
}

// sameDocument reads the document that the draft was made from, and refuses another.
func (a *app) sameDocument(ctx context.Context, path string, draft *threatmodel.Draft, opt document.Options) (*document.Document, error) {
	doc, err := a.open(ctx, path, opt)
	if err != nil {
		return nil, err
	}
	if doc.SHA256 != draft.Document.SHA256 {
		return nil, hint(fmt.Errorf("%s is not the file that the draft was made from", path), "analyze it anew: whatif analyze %s -o draft.json", quoted(path))
	}
	return doc, nil
}
