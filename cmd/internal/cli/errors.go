package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whatif/analyzer/render"
)

// A hinted error carries advice for whoever reads it.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }
func (e *hinted) Hint() string  { return e.hint }

// hint returns err with advice.
func hint(err error, format string, args ...any) error {
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// finish prints err, if there is one, and returns the exit code.
func (a *app) finish(err error) int {
	switch {
	case err == nil:
		return ExitDone
	case brokenPipe(err):
		return ExitDone // whoever read the output had enough of it
	case errors.Is(err, errReported):
	default:
		a.complain(err)
	}
	if coded := (*codeError)(nil); errors.As(err, &coded) {
		return coded.code
	}
	if errors.Is(err, context.Canceled) {
		return ExitPartly
	}
	return ExitUsage
}

// errReported ends a run whose errors were printed when they happened.
var errReported = errors.New("failed")

// complain prints err as "whatif: …", one line for each of its lines, and its advice as "hint: …".
func (a *app) complain(err error) {
	if errors.Is(err, context.Canceled) {
		a.message("whatif: ", "interrupted")
		return
	}
	a.message("whatif: ", plainError(err))
	if h := (interface{ Hint() string })(nil); errors.As(err, &h) {
		a.message("hint: ", h.Hint())
	}
}

// message prints text on stderr with a prefix on each line. Text may come from documents and file names: it is escaped.
func (a *app) message(prefix, text string) {
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if line != "" {
			fmt.Fprintln(a.stderr, prefix+render.EscapeTerminal(line))
		}
	}
}

// plainError words err for people: the system's "open x: no such file or directory" loses its verb.
func plainError(err error) string {
	text := err.Error()
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		text = strings.Replace(text, p.Error(), p.Path+": "+p.Err.Error(), 1)
		text = strings.Replace(text, p.Path+": "+p.Path+": ", p.Path+": ", 1)
	}
	return text
}

// apologize reports a fault of the program itself: what, where, and what to do. No stack trace: it would tell a reader nothing.
func (a *app) apologize(fault string) {
	a.message("whatif: ", fmt.Sprintf("sorry, this is a fault of whatif %s itself, not yours: %s", version(), fault))
	a.message("hint: ", "please report the line above, and what kind of document it was; the document itself is not needed")
}

// faultOf words what was recovered from a panic, and where it was. It must be called while panicking.
func faultOf(r any) string {
	text, _, _ := strings.Cut(fmt.Sprint(r), "\n")
	return text + faultPlace()
}

// faultPlace returns where a panic came from, " (in file.go, line 12)". It must be called while panicking.
func faultPlace() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for panicking := false; ; {
		f, more := frames.Next()
		if panicking && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf(" (in %s, line %d)", filepath.Base(f.File), f.Line)
		}
		panicking = panicking || f.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}

// noSuchCommand is for arguments that name no command.
func (a *app) noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q", args[0])
	if info, statErr := os.Stat(args[0]); statErr == nil && !info.IsDir() {
		return hint(err, "did you mean `whatif analyze %s`?", args[0])
	}
	if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
		return hint(err, "did you mean `whatif %s`?", strings.Join(similar, "` or `whatif "))
	}
	return hint(err, "`whatif --help` lists the commands")
}

// flagError adds to an error about flags what was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	help := fmt.Sprintf("`%s --help` lists the flags", cmd.CommandPath())
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if name, ok := nearest(unknown.GetSpecifiedName(), names); ok {
			help = fmt.Sprintf("did you mean --%s? %s", name, help)
		}
	}
	return hint(err, "%s", help)
}
