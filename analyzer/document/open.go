package document

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options say how a file is read. The zero value guesses the format from the path and the first bytes.
type Options struct {
	Path   string // for messages and the draft; "-" for standard input
	Format Format // "" to guess
	Limits Limits
}

// A loader reads one format: it sets the document's Source (and Title, Pages, Warnings where the format has them) and adds
// blocks in source order. For md, txt and html Source and Encoding are set before, unless the page names an encoding of its
// own.
type loader func(ctx context.Context, b *builder, raw []byte, limits Limits) error

// loaders has one entry a format; each lives in the file named after it.
var loaders = map[Format]loader{}

// Open reads the file at path. Errors are of type [*Error].
func Open(ctx context.Context, path string, opt Options) (*Document, error) {
	opt.Path = path
	opt.Limits = opt.Limits.withDefaults()
	info, err := os.Stat(path)
	if err != nil {
		return nil, &Error{Path: path, Err: err, Detail: reason(err), Advice: adviceFor(err)}
	}
	if err := readable(info, opt.Limits); err != nil {
		return nil, named(err, path)
	}
	return reading(ctx, opt, func(ctx context.Context) (*Document, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, &Error{Err: err, Detail: reason(err), Advice: adviceFor(err)}
		}
		defer f.Close()
		return parseFrom(ctx, f, info.Size(), opt)
	})
}

// OpenReader reads a document from a stream, of which it takes no more than the limit allows. Errors are of type [*Error].
func OpenReader(ctx context.Context, r io.Reader, opt Options) (*Document, error) {
	if opt.Path == "" {
		opt.Path = "-"
	}
	opt.Limits = opt.Limits.withDefaults()
	return reading(ctx, opt, func(ctx context.Context) (*Document, error) {
		return parseFrom(ctx, r, 0, opt)
	})
}

// Parse reads a document from its bytes. Errors are of type [*Error].
func Parse(ctx context.Context, raw []byte, opt Options) (*Document, error) {
	opt.Limits = opt.Limits.withDefaults()
	return reading(ctx, opt, func(ctx context.Context) (*Document, error) {
		return parse(ctx, raw, opt)
	})
}

// withDefaults fills in the limits that are not set.
func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = DefaultLimits.Bytes
	}
	if l.Extracted <= 0 {
		l.Extracted = DefaultLimits.Extracted
	}
	if l.Nesting <= 0 {
		l.Nesting = DefaultLimits.Nesting
	}
	if l.Time <= 0 {
		l.Time = DefaultLimits.Time
	}
	return l
}

// readable refuses what no document can be read from, before any byte is.
func readable(info os.FileInfo, limits Limits) error {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return &Error{Err: ErrFormat, Detail: "is a directory", Advice: "name a file in it"}
	case mode&(os.ModeDevice|os.ModeSocket|os.ModeIrregular) != 0:
		return &Error{Err: ErrFormat, Detail: "is a device, not a file", Advice: "name a file, or pipe the text in and name it -"}
	}
	if info.Size() > limits.Bytes {
		return tooLarge(info.Size(), limits)
	}
	return nil
}

func tooLarge(size int64, limits Limits) error {
	return &Error{Err: ErrTooLarge, Detail: fmt.Sprintf("is %s, over the limit of %s", megabytes(size), megabytes(limits.Bytes)),
		Advice: "split it, or raise --max-bytes"}
}

// megabytes writes a size for people.
func megabytes(n int64) string {
	switch {
	case n >= 1<<20:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<20)), ".0") + " MB"
	case n >= 1<<10:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<10)), ".0") + " kB"
	}
	return fmt.Sprintf("%d bytes", n)
}

// parseFrom reads r to its end, or to the limit, and parses that.
func parseFrom(ctx context.Context, r io.Reader, size int64, opt Options) (*Document, error) {
	raw, err := readAll(r, size, opt.Limits.Bytes)
	if err != nil {
		return nil, &Error{Err: err, Detail: reason(err)}
	}
	if int64(len(raw)) > opt.Limits.Bytes {
		return nil, &Error{Err: ErrTooLarge, Detail: "is over the limit of " + megabytes(opt.Limits.Bytes),
			Advice: "split it, or raise --max-bytes"}
	}
	return parse(ctx, raw, opt)
}

// readAll reads at most one byte more than the limit. The size is a hint.
func readAll(r io.Reader, size, limit int64) ([]byte, error) {
	raw := make([]byte, 0, min(max(size, 511), limit)+1)
	r = io.LimitReader(r, limit+1)
	for {
		if len(raw) == cap(raw) {
			raw = append(raw, 0)[:len(raw)]
		}
		n, err := r.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		if err == io.EOF {
			return raw, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// reading runs read within the time limit. Libraries that can't be interrupted are left to themselves when time is up, and
// one that panics has met a damaged file.
func reading(ctx context.Context, opt Options, read func(context.Context) (*Document, error)) (*Document, error) {
	type result struct {
		doc *Document
		err error
	}
	ctx, cancel := context.WithTimeoutCause(ctx, opt.Limits.Time, errTime)
	defer cancel()
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- result{err: &Error{Err: ErrDamaged, Detail: fmt.Sprintf("can't be read: %v", p),
					Advice: "save it anew in the program that made it, or as text"}}
			}
		}()
		doc, err := read(ctx)
		done <- result{doc, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, named(r.err, opt.Path)
		}
		return r.doc, nil
	case <-ctx.Done():
		return nil, named(stopped(ctx, opt.Limits), opt.Path)
	}
}

var errTime = errors.New("time limit")

// stopped says why ctx is done.
func stopped(ctx context.Context, limits Limits) error {
	if context.Cause(ctx) == errTime {
		return &Error{Err: ErrTooSlow, Detail: fmt.Sprintf("takes longer than the limit of %v", limits.Time.Round(time.Millisecond)),
			Advice: "split it, or raise --max-time"}
	}
	return &Error{Err: ctx.Err(), Detail: "stopped"}
}

// named makes err an [*Error] about path.
func named(err error, path string) error {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Err: err}
		if errors.Is(err, context.DeadlineExceeded) {
			e = &Error{Err: ErrTooSlow, Detail: "takes longer than the time limit", Advice: "split it, or raise --max-time"}
		}
	}
	if e.Path == "" {
		copied := *e
		copied.Path = path
		return &copied
	}
	return e
}

// reason says what the system's error is, without the operation and the path that it repeats.
func reason(err error) string {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

func adviceFor(err error) string {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "check the path"
	case errors.Is(err, os.ErrPermission):
		return "check who may read it"
	}
	return ""
}

// parse reads the document within raw.
func parse(ctx context.Context, raw []byte, opt Options) (*Document, error) {
	if int64(len(raw)) > opt.Limits.Bytes {
		return nil, tooLarge(int64(len(raw)), opt.Limits)
	}
	format, warnings, err := sniff(raw, opt)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	doc := &Document{Path: opt.Path, Format: format, SHA256: hex.EncodeToString(sum[:]), Bytes: len(raw), Warnings: warnings}
	load, ok := loaders[format]
	if !ok {
		return nil, &Error{Err: ErrFormat, Detail: fmt.Sprintf("format %q is not known", format),
			Advice: "use one of md, txt, html, docx, pdf"}
	}
	if format == Markdown || format == Text || format == HTML {
		if err := doc.decode(raw); err != nil {
			return nil, err
		}
	}
	b := newBuilder(doc)
	if err := load(ctx, b, raw, opt.Limits); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, stopped(ctx, opt.Limits)
	}
	b.finish()
	if !doc.visible() {
		return nil, &Error{Err: ErrEmpty, Detail: "has no text to read", Advice: "check that it is the right file"}
	}
	return doc, nil
}

// visible reports whether there is anything to read in d.
func (d *Document) visible() bool {
	for i := range d.Sentences {
		if d.Sentences[i].Kind != Hidden {
			return true
		}
	}
	return false
}

// nameTitle makes a title of the file's name.
func nameTitle(path string) string {
	if path == "" || path == "-" {
		return "Untitled"
	}
	base := filepath.Base(path)
	title := strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ").Replace(strings.TrimSuffix(base, filepath.Ext(base))))
	if title == "" {
		return base
	}
	return title
}
