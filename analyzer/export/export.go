// Package export writes a draft threat model in the forms of other tools, one file a format.
//
// In come a draft and what people decided about it; out go bytes that the other tool reads, and in plain words what its form has no place
// for. Nothing is said that the draft does not say, and text of the document is escaped for each format at the last step.
package export

import (
	"fmt"
	"io"
	"strings"
	"time"

	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// Options are what an export may be told besides the draft. The zero value will do.
type Options struct {
	Decisions *review.File // what people decided; nil: nothing
	Today     time.Time    // the day on which the decisions are looked at; zero: none of them has expired
}

// Left is what an export left out, in plain words: "12 open questions".
type Left []string

// A Format is one form of another tool.
type Format struct {
	Name    string
	Ending  string // of file names, lower case, the dot included; no ending is that of two formats
	About   string // what reads it, a few words
	Rejects string // what becomes of findings that somebody rejected
	Cannot  string // what it can't hold
	Checked string // against what the tests hold it; "" if the target could not be had
	Binary  bool   // not for a terminal
	Write   func(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error)
}

// formats are registered by their files, in the order in which Formats has them.
var formats = []Format{
	otmFormat, threatDragonFormat, threatComposerFormat, threatclFormat, threagileFormat, csvFormat, docxFormat, gherkinFormat,
	issuesFormat, githubFormat, jiraFormat, linearFormat, mermaidFormat, svgFormat, plantumlFormat, d2Format,
}

// Formats returns all formats, in the order in which help lists them.
func Formats() []Format { return formats }

// ForName returns the format of a name, and whether there is one.
func ForName(name string) (Format, bool) {
	for _, f := range formats {
		if strings.EqualFold(f.Name, name) {
			return f, true
		}
	}
	return Format{}, false
}

// ForEnding returns the format that a file's name asks for by its ending, the longest that fits, and whether there is one.
func ForEnding(path string) (Format, bool) {
	best, path := Format{}, strings.ToLower(path)
	for _, f := range formats {
		if strings.HasSuffix(path, f.Ending) && len(f.Ending) > len(best.Ending) {
			best = f
		}
	}
	return best, best.Name != ""
}

// An errWriter keeps the first error of many writes.
type errWriter struct {
	w   io.Writer
	err error
}

// line writes a line. Arguments must have been escaped.
func (w *errWriter) line(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.w, format+"\n", args...)
	}
}
