package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"whatif/analyzer/near"
	"whatif/analyzer/record"
	"whatif/analyzer/sarif"
	"whatif/analyzer/scan/index"
	"whatif/analyzer/wholefile"
)

// A scanPage is one of the files over all documents of a scan.
type scanPage struct {
	name  string
	write func(k *scanning, x *index.Index, w io.Writer) error
}

// scanPages lists them, the one to open last: it is there when all are.
var scanPages = []scanPage{
	{"findings.csv", func(k *scanning, _ *index.Index, w io.Writer) error { return k.writeCSV(w) }},
	{"whatif.sarif", func(k *scanning, _ *index.Index, w io.Writer) error { return k.writeSARIF(w) }},
	{"index.json", func(_ *scanning, x *index.Index, w io.Writer) error { return x.JSON(w) }},
	{"index.md", func(_ *scanning, x *index.Index, w io.Writer) error { return x.Markdown(w) }},
	{"index.html", func(_ *scanning, x *index.Index, w io.Writer) error { return x.HTML(w) }},
}

// writePages writes the pages over all documents, unless they are there and nothing changed.
func (a *app) writePages(k *scanning, notes []string) error {
	sum, err := k.pagesSum(notes)
	if err != nil {
		return err
	}
	if k.folder.PagesHold(sum) && k.pagesThere() {
		return nil
	}
	x, err := k.collect(notes)
	if err != nil {
		return err
	}
	for _, p := range scanPages {
		path := filepath.Join(k.opt.output, p.name)
		if err := wholefile.Write(path, wholefile.Options{}, func(w io.Writer) error { return p.write(k, x, w) }); err != nil {
			return fmt.Errorf("writing %s: %w", path, cause(err))
		}
	}
	return k.folder.PagesWritten(sum)
}

func (k *scanning) pagesThere() bool {
	return !slices.ContainsFunc(scanPages, func(p scanPage) bool {
		info, err := os.Lstat(filepath.Join(k.opt.output, p.name))
		return err != nil || !info.Mode().IsRegular()
	})
}

// pagesSum returns the sum of what shapes the pages, the documents' records apart.
func (k *scanning) pagesSum(notes []string) (string, error) {
	hash := sha256.New()
	err := json.NewEncoder(hash).Encode([]any{version(), k.sum, k.title(), notes, k.found.other, k.found.left})
	return hex.EncodeToString(hash.Sum(nil)), err
}

// title names what was scanned.
func (k *scanning) title() string {
	if len(k.roots) == 0 {
		return "listed documents"
	}
	var names []string
	for _, root := range k.roots {
		if abs, err := filepath.Abs(root); err == nil {
			root = filepath.Base(abs)
		}
		names = append(names, root)
	}
	return strings.ToValidUTF8(strings.Join(names, ", "), "\ufffd")
}

// collect makes the index of all records.
func (k *scanning) collect(notes []string) (*index.Index, error) {
	var items []near.Item
	likes := sync.OnceValue(func() map[string][]index.Like { return likesOf(items) })
	x := index.New(index.Options{
		Title: k.title(), Version: version(), GeneratedAt: k.now.UTC().Format(time.RFC3339), Framework: k.maker.Analysis.Framework,
		LeftOut: k.found.other, Notes: notes,
		Near: func(name string) []index.Like { return likes()[name] },
	})
	err := k.records(func(r *record.Record) error {
		x.Add(r)
		if len(r.Sketch) > 0 {
			items = append(items, near.Item{Name: r.Name, Sketch: r.Sketch})
		}
		return nil
	})
	return x, err
}

// likesOf returns for each document those that are nearly the same as it.
func likesOf(items []near.Item) map[string][]index.Like {
	like := map[string][]index.Like{}
	for _, g := range near.Groups(items) {
		for _, o := range g.Others {
			like[g.First] = append(like[g.First], index.Like{Name: o.Name, Share: o.Share})
			like[o.Name] = append(like[o.Name], index.Like{Name: g.First, Share: o.Share})
		}
	}
	return like
}

// records calls yield with the record of each document, and of what was left out before it was read, in order of their names.
func (k *scanning) records(yield func(*record.Record) error) error {
	left := slices.Clone(k.found.left)
	slices.SortStableFunc(left, func(x, y *record.Record) int { return strings.Compare(x.Name, y.Name) })
	err := k.folder.Records(func(r *record.Record) error {
		for len(left) > 0 && left[0].Name < r.Name {
			if err := yield(left[0]); err != nil {
				return err
			}
			left = left[1:]
		}
		return yield(r)
	})
	for ; err == nil && len(left) > 0; left = left[1:] {
		err = yield(left[0])
	}
	return err
}

func (k *scanning) writeCSV(w io.Writer) error {
	table := index.NewCSV(w)
	if err := k.records(func(r *record.Record) error { table.Add(r); return nil }); err != nil {
		return err
	}
	return table.Flush()
}

// pathsFromRoot returns what says where a document lies from the root of the repository, as code hosts want to know it.
func (k *scanning) pathsFromRoot() func(string) string {
	root, err := nameRoot()
	if err != nil {
		return nil
	}
	paths := make(map[string]string, len(k.found.files))
	for _, f := range k.found.files {
		paths[f.Name] = nameOf(root, f.Path)
	}
	return func(name string) string { return cmp.Or(paths[name], name) }
}

func (k *scanning) writeSARIF(w io.Writer) error {
	log := sarif.New(w, sarif.Options{Version: version(), Rules: sarifRules(k.maker.Analysis.Rules), Path: k.pathsFromRoot()})
	if err := k.records(func(r *record.Record) error { return log.Add(r, nil) }); err != nil {
		return err
	}
	return log.Close()
}
