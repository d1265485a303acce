package cli

import (
	"context"
	"crypto/sha256"
	"io"

	"whatif/analyzer/classify"
	"whatif/analyzer/document"
	"whatif/analyzer/find"
)

// dryScan prints what a scan would send to the model, for each document that it would analyse. It writes nothing.
func (a *app) dryScan(ctx context.Context, s *settings, roots []string, opt scanOptions) error {
	j, err := a.plan(s, nil, "", "")
	if err != nil {
		return err
	}
	kind, err := s.engineKind()
	if err != nil {
		return err
	}
	for _, n := range s.notes {
		a.message("note: ", n)
	}
	found, err := a.find(ctx, roots, opt.find, j.read.Limits, opt.output)
	if err != nil {
		return err
	}
	if j.inputs, err = analysed(ctx, found.files, j.read, opt); err != nil {
		return err
	}
	a.message("", counted(len(j.inputs), "document", "documents")+" would be analysed")
	return a.dryRun(ctx, j, s, kind)
}

// analysed returns the paths of the documents that a scan would analyse: those that read like requirements, copies once. What can't be
// read is among them, so that the reason is told.
func analysed(ctx context.Context, files []find.File, read document.Options, opt scanOptions) ([]string, error) {
	book, err := classify.Builtin()
	if err != nil {
		return nil, err
	}
	var paths []string
	seen := map[[32]byte]bool{}
	for _, f := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		data, err := readFound(f)
		if sum := sha256.Sum256(data); err == nil && seen[sum] {
			continue
		} else {
			seen[sum] = true
		}
		read.Path = f.Path
		doc, err := document.Parse(ctx, data, read)
		if err == nil && !opt.all && classify.Judge(doc, book).Likeness < opt.likeness {
			continue
		}
		paths = append(paths, f.Path)
	}
	return paths, nil
}

func readFound(f find.File) ([]byte, error) {
	file, err := find.Open(f)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}
