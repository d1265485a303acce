package document

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
)

// Options say how a file is read. The zero value guesses the format from the path and the first bytes.
type Options struct {
	Path   string // for messages and the draft; "-" for standard input
	Format Format // "" to guess
	Limits Limits
}

// A loader reads one format: it sets the document's Source (and Title, Pages, Warnings where the format has them) and adds
// blocks in source order.
type loader func(ctx context.Context, b *builder, raw []byte, limits Limits) error

// loaders has one entry a format; each lives in the file named after it.
var loaders = map[Format]loader{}

// Open reads the file at path.
func Open(ctx context.Context, path string, opt Options) (*Document, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, &Error{Path: path, Err: err}
	}
	opt.Path = path
	return Parse(ctx, raw, opt)
}

// Parse reads a document from its bytes. Errors are of type [*Error].
func Parse(ctx context.Context, raw []byte, opt Options) (*Document, error) {
	sum := sha256.Sum256(raw)
	doc := &Document{Path: opt.Path, Format: opt.Format, SHA256: hex.EncodeToString(sum[:]), Bytes: len(raw)}
	load, ok := loaders[opt.Format]
	if !ok {
		return nil, &Error{Path: opt.Path, Err: ErrFormat}
	}
	b := newBuilder(doc)
	if err := load(ctx, b, raw, opt.Limits); err != nil {
		return nil, err
	}
	return b.finish(), nil
}
