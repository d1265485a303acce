package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"whatif/analyzer/classify"
	"whatif/analyzer/document"
	"whatif/analyzer/find"
	"whatif/analyzer/gate"
	"whatif/analyzer/review"
)

// A checked is a document that is checked.
type checked struct {
	path  string // as it is opened
	name  string // relative to the root, with slashes: what baselines, code hosts and fingerprints know it by
	found bool   // in a folder, rather than named, or --likely treats it so: it is looked at if it reads like requirements
	kept  bool   // it is in the baseline, or somebody decided about it: it is looked at whatever it is
}

// documentsOf returns the documents that paths name, and those in the folders that they name, sorted by name and each once. None is an
// error, unless only those are asked for that changed.
func (a *app) documentsOf(ctx context.Context, paths []string, opt checkOptions, limits document.Limits) ([]checked, error) {
	o := opt.find
	root, err := nameRoot()
	if err != nil {
		return nil, err
	}
	var all []checked
	for _, p := range paths {
		if info, err := os.Stat(p); p == "-" || err != nil || !info.IsDir() {
			if one := (checked{path: p, name: nameOf(root, p), found: opt.likely && p != "-"}); !one.found || document.FormatOf(p) != "" {
				all = append(all, one) // one that is not there is told of in its turn
			}
			continue
		}
		where := find.Options{Include: o.include, Exclude: o.exclude, Since: o.since, Hidden: o.hidden, MaxBytes: limits.Bytes,
			Document: func(path string) bool { return document.FormatOf(path) != "" }}
		err := find.Walk(ctx, []string{p}, where, func(f find.File) error {
			all = append(all, checked{path: f.Path, name: nameOf(root, f.Path), found: true})
			return nil
		}, a.leftOut)
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b checked) int {
		if a.name == b.name && a.found != b.found {
			return map[bool]int{true: 1, false: -1}[a.found] // named beats found
		}
		return strings.Compare(a.name, b.name)
	})
	all = slices.CompactFunc(all, func(a, b checked) bool { return a.name == b.name })
	if len(all) == 0 && o.since == "" && !opt.likely {
		return nil, hint(fmt.Errorf("no document in %s", strings.Join(paths, ", ")), "documents end in .md, .txt, .html, .docx or .pdf; `whatif help formats` tells more")
	}
	return all, nil
}

// leftOut tells of documents that a check should see and cannot.
func (a *app) leftOut(l find.Left) {
	if slices.Contains([]find.Reason{find.TooLarge, find.Unreadable, find.TooDeep}, l.Reason) {
		a.message("note: ", fmt.Sprintf("%s is left out: %s", l.Path, l.Detail))
	}
}

// nameRoot returns the folder that names are relative to: the root of the repository around the working directory, or else that itself.
// So a baseline means the same wherever in the repository the check is run.
func nameRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("looking for the working directory: %w", err)
	}
	if inside, top := projectTop(dir, ""); inside {
		return top, nil
	}
	return dir, nil
}

// nameOf returns a document's name: its path relative to the root, with slashes. Bytes that are no UTF-8 are written as \xNN.
func nameOf(root, path string) string {
	if path == "-" {
		return path
	}
	name := path
	if full, err := filepath.Abs(path); err == nil {
		name = full
		if rel, err := filepath.Rel(root, full); err == nil {
			name = rel
		}
	}
	return validName(filepath.ToSlash(name))
}

func validName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, name[i])
		} else {
			b.WriteString(name[i : i+size])
		}
		i += size
	}
	return b.String()
}

// An otherKind is the error for a document in a folder that does not read like requirements.
type otherKind struct{ why string }

func (e *otherKind) Error() string { return "it " + e.why }

// keep has documents looked at, whatever they read like: those that are in a baseline, and those that somebody decided about. A few words
// more or less in a document must not take it out of the check.
func (g *gathering) keep(known *gate.Baseline) {
	if known == nil {
		known = &gate.Baseline{}
	}
	names := known.Documents()
	for i := range g.inputs {
		in := &g.inputs[i]
		if _, is := slices.BinarySearch(names, in.name); is || isFile(review.Path(in.path)) {
			in.found, in.kept = false, true
		}
	}
}

// onlyRequirements returns what refuses documents of other kinds where nobody named them.
func onlyRequirements(inputs []checked) (func(int, *document.Document) error, error) {
	book, err := classify.Builtin()
	if err != nil {
		return nil, err
	}
	return func(i int, doc *document.Document) error {
		if inputs[i].found {
			if v := classify.Judge(doc, book); v.Kind != classify.PRD {
				return &otherKind{v.Why}
			}
		}
		return nil
	}, nil
}

// looked returns what reports whether a document would be looked at if it were there: it is in one of the folders, and nothing says that
// only some are looked at.
func looked(root string, paths []string, o findOptions) func(string) bool {
	var folders []string
	for _, p := range paths {
		if isDir(p) {
			folders = append(folders, nameOf(root, p))
		}
	}
	return func(name string) bool {
		if o.since != "" || len(o.include)+len(o.exclude) > 0 {
			return false
		}
		return slices.ContainsFunc(folders, func(f string) bool {
			return f == "." && !strings.HasPrefix(name, "../") || strings.HasPrefix(name, f+"/")
		})
	}
}
