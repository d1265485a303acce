package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"

	"whatif/analyzer/classify"
	"whatif/analyzer/diff"
	"whatif/analyzer/document"
)

// revisions compares documents as two commits have them.
func (d *differ) revisions(ctx context.Context, paths []string, opt diffOptions) (*diff.Report, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("looking for the working directory: %w", err)
	}
	r, err := diff.NewRevisions(ctx, dir, opt.git)
	if errors.Is(err, diff.ErrNoGit) {
		return nil, hint(err, "install git, or compare two files: whatif diff old.md new.md")
	}
	if err != nil {
		return nil, hint(err, "name branches, tags or commits that are here; in CI, fetch the history first (actions/checkout: fetch-depth: 0)")
	}
	files, err := r.Files(ctx, paths)
	if err != nil {
		return nil, err
	}
	named, err := namesOf(paths)
	if err != nil {
		return nil, err
	}
	var docs []diff.Document
	for _, f := range files {
		if document.FormatOf(f.Was) == "" && document.FormatOf(f.Now) == "" {
			continue
		}
		doc, err := d.file(ctx, r, f, opt.all || slices.Contains(named, f.Was) || slices.Contains(named, f.Now))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			d.complain(err)
			d.failed++
			doc = &diff.Document{Name: validName(cmp.Or(f.Now, f.Was)), Error: plainError(err), Findings: []diff.Finding{}, Questions: []diff.Question{},
				Safeguards: []diff.Safeguard{}}
		}
		if doc != nil {
			docs = append(docs, *doc)
		}
	}
	if len(docs) == 0 && !d.job.quiet {
		d.message("note: ", fmt.Sprintf("no document changed from %s to %s", r.From, r.To))
	}
	if d.failed > 0 && d.failed == len(docs) {
		return nil, errReported
	}
	return diff.NewReport(validName(r.From), validName(r.To), docs), nil
}

// namesOf are what paths are called in the repository.
func namesOf(paths []string) ([]string, error) {
	root, err := nameRoot()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = nameOf(root, p)
	}
	return names, nil
}

// file compares the two versions of a file. It returns nil where neither reads like requirements and it was not asked for by name.
func (d *differ) file(ctx context.Context, r *diff.Revisions, f diff.File, asked bool) (*diff.Document, error) {
	was, err := d.version(ctx, f.Was, r.Old)
	if err != nil {
		return nil, err
	}
	now, err := d.version(ctx, f.Now, r.New)
	if err != nil {
		return nil, err
	}
	if !asked {
		book, err := classify.Builtin()
		if err != nil {
			return nil, err
		}
		if !isRequirements(was, book) && !isRequirements(now, book) {
			return nil, nil
		}
	}
	var sides [2]diff.Side
	for i, doc := range []*document.Document{was, now} {
		if doc == nil {
			continue
		}
		if sides[i], err = d.draftOf(ctx, doc); err != nil {
			return nil, err
		}
	}
	name := cmp.Or(f.Now, f.Was)
	out := diff.Of(validName(name), sides[0], sides[1])
	if f.Was != "" && f.Was != name {
		out.Was = validName(f.Was)
	}
	return &out, nil
}

func isRequirements(doc *document.Document, book *classify.Book) bool {
	return doc != nil && classify.Judge(doc, book).Kind == classify.PRD
}

// version reads a file as a revision has it; nil where it is not there, or is no document there.
func (d *differ) version(ctx context.Context, name string, read func(context.Context, string, int64) ([]byte, error)) (*document.Document, error) {
	if name == "" || document.FormatOf(name) == "" {
		return nil, nil
	}
	raw, err := read(ctx, name, d.job.read.Limits.Bytes)
	if err != nil {
		return nil, err
	}
	opt := d.job.read
	opt.Path = path.Clean(name)
	return document.Parse(ctx, raw, opt)
}
