package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"whatif/analyzer/document"
	"whatif/analyzer/find"
	"whatif/analyzer/record"
	"whatif/analyzer/scan/index"
)

// findOptions are the flags that say which files are looked at.
type findOptions struct {
	include, exclude []string
	since, filesFrom string
	hidden           bool
}

func (o *findOptions) flags(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.include, "include", nil, "only files that match this `GLOB`; may be given again")
	flags.StringArrayVar(&o.exclude, "exclude", nil, "no files that match this `GLOB`; may be given again")
	flags.StringVar(&o.since, "since", "", "only what changed since this git `REVISION`")
	flags.StringVar(&o.filesFrom, "files-from", "", "take the names of documents from this `FILE`, one a line or ended by NUL; - is standard input")
	flags.BoolVar(&o.hidden, "hidden", false, "also look into hidden folders and those of other people's code")
}

// partly reports whether the flags ask for some documents only, so that those that were not found may still be there.
func (o *findOptions) partly() bool { return o.since != "" || o.filesFrom != "" }

// A found is what lies in the folders.
type found struct {
	files []find.File
	left  []*record.Record // what was left out and should be looked at, as records
	other []index.LeftCount
	names map[string]bool // of files
}

// mostLeft is how many files that were left out are told one by one; more are only counted.
const mostLeft = 1000

// countedReasons are common and ask for nothing: what is left out for one is only counted.
var countedReasons = map[find.Reason]string{
	find.Ignored: "ignored, as an ignore file says", find.Excluded: "not wanted, as --include and --exclude say", find.Hidden: "hidden",
	find.Vendor: "other people's code, or what a build made", find.NotADocument: "not a document", find.Report: "reports of whatif",
	find.ScanOutput: "output of a scan", find.Twice: "listed twice", find.Empty: "empty",
}

// find looks for the documents.
func (a *app) find(ctx context.Context, roots []string, o findOptions, limits document.Limits, output string) (found, error) {
	f := found{names: map[string]bool{}}
	opt := find.Options{Include: o.include, Exclude: o.exclude, MaxBytes: limits.Bytes, Since: o.since, Hidden: o.hidden,
		Document: func(path string) bool { return document.FormatOf(path) != "" }}
	if output != "" {
		opt.Skip = []string{output}
	}
	if o.filesFrom != "" {
		names, err := a.openNames(o.filesFrom)
		if err != nil {
			return f, err
		}
		defer names.Close()
		opt.Files = names
	}
	err := find.Walk(ctx, roots, opt, func(file find.File) error {
		f.files = append(f.files, file)
		f.names[file.Name] = true
		return nil
	}, f.leave)
	slices.SortFunc(f.other, func(x, y index.LeftCount) int { return y.Count - x.Count })
	return f, err
}

// leave notes what was left out.
func (f *found) leave(l find.Left) {
	words, counted := countedReasons[l.Reason]
	switch {
	case l.Reason == find.NotADocument && l.Detail != "":
		words += ": " + l.Detail
	case l.Folder && counted:
		words = "folders: " + words
	}
	if !counted && len(f.left) < mostLeft {
		f.left = append(f.left, &record.Record{Name: l.Name, Path: l.Name, State: record.LeftOut, Reason: string(l.Reason), Detail: l.Detail})
		return
	}
	n := max(l.Files, 1)
	for i := range f.other {
		if f.other[i].Reason == words {
			f.other[i].Count += n
			return
		}
	}
	f.other = append(f.other, index.LeftCount{Reason: words, Count: n})
}

// openNames opens the list of names that --files-from gives.
func (a *app) openNames(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(a.stdin), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the names of documents: %w", err)
	}
	return f, nil
}

// has reports whether a document with the name was found.
func (f *found) has(name string) bool { return f.names[name] }

// missing counts the files that the system did not give, or that were listed and are not there.
func (f *found) missing() int {
	n := 0
	for _, r := range f.left {
		switch find.Reason(r.Reason) {
		case find.Vanished, find.Unreadable:
			n++
		}
	}
	return n
}

// passedOver counts the files that were left out before they were read.
func (f *found) passedOver() int {
	n := len(f.left)
	for _, l := range f.other {
		n += l.Count
	}
	return n
}
