package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write manual pages into a directory",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			now, err := a.now()
			if err != nil {
				return err
			}
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return fmt.Errorf("writing manual pages: %w", err)
			}
			return writeManuals(cmd.Root(), args[0], now)
		},
	}
}

// writeManuals writes a page for a command and for each that stands below it.
func writeManuals(cmd *cobra.Command, dir string, now time.Time) error {
	if cmd.Hidden || cmd.Name() == "help" {
		return nil
	}
	cmd.InitDefaultHelpFlag()
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	page := manual(cmd, name, now)
	err := writeWhole(filepath.Join(dir, name+".1"), func(w io.Writer) error {
		_, err := w.Write(page)
		return err
	})
	for _, c := range cmd.Commands() {
		if err == nil {
			err = writeManuals(c, dir, now)
		}
	}
	return err
}

// manual writes one page in the man macros of roff.
func manual(cmd *cobra.Command, name string, now time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, ".TH %s 1 %q %q %q\n", roffQuoted(strings.ToUpper(name)), now.Format("Jan 2006"), "whatif "+version(), "whatif manual")
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(name), roff(cmd.Short))
	if cmd.Runnable() {
		fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(cmd.UseLine()))
	}
	long := cmd.Long
	if long == "" {
		long = cmd.Short
	}
	manualText(&b, "DESCRIPTION", long)
	if cmd.HasAvailableLocalFlags() {
		b.WriteString(".SH OPTIONS\n")
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { manualFlag(&b, f) })
	}
	if cmd.Example != "" {
		manualText(&b, "EXAMPLES", cmd.Example)
	}
	var also []string
	if cmd.HasParent() {
		also = append(also, strings.ReplaceAll(cmd.Parent().CommandPath(), " ", "-"))
	}
	for _, c := range cmd.Commands() {
		if !c.Hidden && c.Name() != "help" {
			also = append(also, strings.ReplaceAll(c.CommandPath(), " ", "-"))
		}
	}
	if len(also) > 0 {
		fmt.Fprintf(&b, ".SH SEE ALSO\n%s(1)\n", roff(strings.Join(also, "(1), ")))
	}
	return b.Bytes()
}

// manualText writes a section; lines that are set in stay as they are, others are filled.
func manualText(b *bytes.Buffer, title, text string) {
	fmt.Fprintf(b, ".SH %s\n", title)
	verbatim := false
	for line := range strings.SplitSeq(text, "\n") {
		inset := strings.HasPrefix(line, "  ")
		switch {
		case inset && !verbatim:
			b.WriteString(".PP\n.nf\n")
		case !inset && verbatim:
			b.WriteString(".fi\n.PP\n")
		case line == "":
			b.WriteString(".PP\n")
		}
		verbatim = inset
		if line != "" {
			b.WriteString(roff(line) + "\n")
		}
	}
	if verbatim {
		b.WriteString(".fi\n")
	}
}

func manualFlag(b *bytes.Buffer, f *pflag.Flag) {
	if f.Hidden {
		return
	}
	value, about := pflag.UnquoteUsage(f)
	head := "--" + f.Name
	if f.Shorthand != "" {
		head = "-" + f.Shorthand + ", " + head
	}
	if value != "" {
		head += " " + value
	}
	fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(head), roff(about))
}

// roff escapes a line of text: a backslash, a hyphen, and a full stop or an apostrophe at its start mean something to roff.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

func roffQuoted(text string) string { return `"` + strings.ReplaceAll(roff(text), `"`, `""`) + `"` }
