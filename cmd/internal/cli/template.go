package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer/template"
)

func (a *app) templateCommand() *cobra.Command {
	var outputs, packs []string
	var format, feature string
	cmd := &cobra.Command{
		Use:   "template",
		Short: "Write a blank threat model to fill in",
		Long: `Writes a blank, simplified threat model with the questions of the framework, for a product manager to fill in before or while
the requirements are written. --pack adds the questions of a feature; "whatif questions" lists the packs.`,
		Example: `  whatif template -o blank.docx
  whatif template --pack export --pack payments --feature "Gift links" -o blank.md
  whatif template --pack all --format html > blank.html`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(template.Formats(), format) {
				return fmt.Errorf("--format: %q is no format; there are %s", format, strings.Join(template.Formats(), ", "))
			}
			s, err := a.settingsBut(cmd.Flags(), "format") // which lists a template's own formats
			if err != nil {
				return err
			}
			fw, err := loadFramework(s.text("framework"))
			if err != nil {
				return err
			}
			opt := template.Options{Feature: feature, Packs: packs}
			return a.blank(outputs, format, func(w io.Writer, format string) error { return template.Write(w, format, fw, opt) })
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&outputs, "output", "o", nil, "where the template goes, its format by the ending: .md, .html, .docx")
	flags.StringVarP(&format, "format", "f", "md", "format of what is printed: "+strings.Join(template.Formats(), ", "))
	flags.StringArrayVar(&packs, "pack", nil, "add the questions of this pack (its `KEY`), or of \"all\"")
	flags.StringVar(&feature, "feature", "", "name of the feature, for the title")
	settingFlags(flags, "framework")
	completions(cmd, template.Formats()...)
	return cmd
}

// blank writes a template to each output, or to standard output. All are made before the first is written.
func (a *app) blank(outputs []string, format string, write func(w io.Writer, format string) error) error {
	if len(outputs) == 0 {
		outputs = []string{"-"}
	}
	if format == "docx" && slices.Contains(outputs, "-") && isTerminal(a.stdout) {
		return hint(errors.New("a DOCX file is not for a terminal"), "write it to a file: -o blank.docx")
	}
	pages := make([]bytes.Buffer, len(outputs))
	for i, out := range outputs {
		f := format
		if out != "-" {
			if f = strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), "."); !slices.Contains(template.Formats(), f) {
				return hint(fmt.Errorf("the ending of %s names no format", out), "use one of .%s", strings.Join(template.Formats(), " ."))
			}
		}
		if err := write(&pages[i], f); err != nil {
			return err
		}
	}
	var failures []error
	for i, out := range outputs {
		if out == "-" {
			failures = append(failures, a.print(pages[i].Bytes()))
			continue
		}
		err := writeWhole(out, func(w io.Writer) error {
			_, err := w.Write(pages[i].Bytes())
			return err
		})
		if err == nil {
			a.message("", "wrote "+out)
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
