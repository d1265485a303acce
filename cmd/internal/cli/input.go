package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer/document"
)

// inputFormats are what --input-format takes.
var inputFormats = []document.Format{document.Markdown, document.Text, document.HTML, document.DOCX, document.PDF}

func inputFormatNames() []string {
	names := make([]string, len(inputFormats))
	for i, f := range inputFormats {
		names[i] = string(f)
	}
	return names
}

// open reads a document; "-" is standard input.
func (a *app) open(ctx context.Context, path string, opt document.Options) (*document.Document, error) {
	if path != "-" {
		return document.Open(ctx, path, opt)
	}
	opt.Path = "-"
	if isTerminal(a.stdin) {
		a.message("", "reading the document from the terminal; end it with Ctrl-D")
	}
	raw, err := a.readAll(ctx, opt.Limits.Bytes)
	if err != nil {
		return nil, err
	}
	return document.Parse(ctx, raw, opt)
}

// readAll reads standard input up to one byte over the limit, which the parser then refuses. It does not wait for more input
// once ctx has ended; the read that is under way is left behind.
func (a *app) readAll(ctx context.Context, limit int64) ([]byte, error) {
	type result struct {
		raw []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		raw, err := io.ReadAll(io.LimitReader(a.stdin, limit+1))
		done <- result{raw, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("reading standard input: %w", plainPath(r.err))
		}
		return r.raw, nil
	}
}

// checkInputs finds faults in the arguments themselves.
func checkInputs(inputs []string, format document.Format) error {
	if format != "" && !slices.Contains(inputFormats, format) {
		return fmt.Errorf("--input-format: %q is no format; there are %s", format, strings.Join(inputFormatNames(), ", "))
	}
	stdin := 0
	for _, in := range inputs {
		if in == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return errors.New("standard input (-) can be read once only")
	}
	for _, in := range inputs {
		if info, err := os.Stat(in); in != "-" && err == nil && info.IsDir() && len(inputs) == 1 {
			return hint(fmt.Errorf("%s is a directory", in), "name the documents in it: %s", filepathJoin(in, "*.md"))
		}
	}
	return nil
}

// filepathJoin joins as a person would write it.
func filepathJoin(dir, name string) string {
	if os.IsPathSeparator(dir[len(dir)-1]) {
		return dir + name
	}
	return dir + string(os.PathSeparator) + name
}

// noArguments is for commands that read no document.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return hint(fmt.Errorf("%s takes no argument, not %q", cmd.CommandPath(), args[0]), "`%s --help` lists the flags", cmd.CommandPath())
}

// atLeastOneFile is for commands that read documents.
func atLeastOneFile(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return hint(errors.New("no document named"), "%s prd.md, or - for standard input", cmd.CommandPath())
}

// oneFile is for commands that read one document.
func oneFile(cmd *cobra.Command, args []string) error {
	if err := atLeastOneFile(cmd, args); err != nil || len(args) == 1 {
		return err
	}
	return fmt.Errorf("one document at a time, not %d", len(args))
}

// plainPath takes "write /dev/stdout:" off an error of the system.
func plainPath(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
