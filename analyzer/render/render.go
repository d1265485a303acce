// Package render prints a draft, one file a format.
//
// In comes a draft and, where a report shows the text beside the findings, the document; out go bytes. Nothing is decided
// here and nothing is said that the draft does not say. Text of the document is escaped for each target at the last step.
package render

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// Options are what a report may be told besides the draft. The zero value will do for all of them.
type Options struct {
	Document *document.Document // shown beside the findings by the HTML report; nil: quotes only
	Source   string             // where line links point, see [MarkdownOptions]
}

// A Format is one way to print a draft.
type Format struct {
	Name    string   // for a --format flag: "md"
	Endings []string // of file names, lower case, dot included, the usual one first
	About   string   // what it is for, a few words
	Write   func(w io.Writer, d *threatmodel.Draft, opt Options) error
}

// Formats are all of them, in the order in which a help text lists them.
var Formats = []Format{
	{"md", []string{".md", ".markdown"}, "Markdown for a pull request or a wiki", func(w io.Writer, d *threatmodel.Draft, opt Options) error {
		return Markdown(w, d, MarkdownOptions{Source: opt.Source})
	}},
	{"html", []string{".html", ".htm"}, "one self-contained page, the document beside the findings", func(w io.Writer, d *threatmodel.Draft, opt Options) error {
		return HTML(w, d, opt.Document)
	}},
	{"json", []string{".json"}, "the draft itself, for programs", func(w io.Writer, d *threatmodel.Draft, _ Options) error {
		return JSON(w, d)
	}},
	{"mermaid", []string{".mmd", ".mermaid"}, "the data-flow diagram as Mermaid text", func(w io.Writer, d *threatmodel.Draft, _ Options) error {
		return Mermaid(w, d)
	}},
	{"svg", []string{".svg"}, "the data-flow diagram as a picture", func(w io.Writer, d *threatmodel.Draft, _ Options) error {
		return SVG(w, d)
	}},
}

// ForEnding returns the format that a file's name asks for by its ending ("draft.html"), and whether there is one.
func ForEnding(path string) (Format, bool) {
	ending := strings.ToLower(filepath.Ext(path))
	for _, f := range Formats {
		for _, e := range f.Endings {
			if e == ending {
				return f, true
			}
		}
	}
	return Format{}, false
}

// ForName returns the format called name, by its name or by an ending without its dot, and whether there is one.
func ForName(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == strings.ToLower(name) {
			return f, true
		}
	}
	return ForEnding("draft." + name)
}

// buffers are used for one report after another.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func borrow() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

// giveBack lets the buffer be used again, unless the report was so large that its room would be missed elsewhere.
func giveBack(b *bytes.Buffer) {
	if b.Cap() <= 1<<20 {
		b.Reset()
		buffers.Put(b)
	}
}

// An errWriter writes until the first error and keeps it, so that a report can be printed without a check a line.
type errWriter struct {
	w   io.Writer
	err error
	row []byte // the line at hand; its room is used again
}

func (w *errWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	var n int
	n, w.err = w.w.Write(p)
	return n, w.err
}

// printf writes formatted text; its arguments must be escaped already.
func (w *errWriter) printf(format string, args ...any) {
	if w.err == nil {
		w.row = fmt.Appendf(w.row[:0], format, args...)
		_, w.err = w.w.Write(w.row)
	}
}

// line writes its parts and ends the line.
func (w *errWriter) line(parts ...string) {
	if w.err == nil {
		w.row = w.row[:0]
		for _, p := range parts {
			w.row = append(w.row, p...)
		}
		w.row = append(w.row, '\n')
		_, w.err = w.w.Write(w.row)
	}
}

// ReportTitle begins the title of every report that is read as a document, so that a report can be told from what it is about.
const ReportTitle = "Draft threat model: "
