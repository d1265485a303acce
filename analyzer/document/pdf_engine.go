package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// maxPDFMemory bounds what the PDF library may allocate in its sandbox, in WebAssembly pages of 64 KiB: 1 GiB.
const maxPDFMemory = 16 << 10

// A pdfFile is an open PDF in a sandbox of its own: no file system, no network, bounded memory and time.
type pdfFile struct {
	pdfium.Pdfium
	pool  pdfium.Pool
	cache wazero.CompilationCache
	doc   references.FPDF_DOCUMENT
	pages int
}

// openPDF starts the library and opens the file. The context ends whatever the library is doing.
func openPDF(ctx context.Context, raw []byte) (*pdfFile, error) {
	f := &pdfFile{cache: pdfCache()}
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(maxPDFMemory).
		WithCloseOnContextDone(true)
	if f.cache != nil {
		config = config.WithCompilationCache(f.cache)
	}
	var err error
	f.pool, err = webassembly.Init(webassembly.Config{Context: ctx, MaxIdle: 1, MaxTotal: 1, FSConfig: wazero.NewFSConfig(),
		RuntimeConfig: config, Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		f.close()
		return nil, fmt.Errorf("starting the PDF library: %w", err)
	}
	if f.Pdfium, err = f.pool.GetInstance(time.Minute); err != nil {
		f.close()
		return nil, fmt.Errorf("starting the PDF library: %w", err)
	}
	if err := f.load(raw); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *pdfFile) load(raw []byte) error {
	doc, err := f.OpenDocument(&requests.OpenDocument{File: &raw})
	if err != nil {
		return pdfError(err)
	}
	f.doc = doc.Document
	count, err := f.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: f.doc})
	if err != nil {
		return pdfError(err)
	}
	if f.pages = count.PageCount; f.pages == 0 {
		return damagedPDF()
	}
	return nil
}

func (f *pdfFile) close() {
	if f.pool != nil {
		f.pool.Close()
	}
	if f.cache != nil {
		f.cache.Close(context.Background())
	}
}

// pdfCache keeps the library's compiled code on disk, which makes every start but the first a quick one. Without a place to
// write it works all the same, only slower.
func pdfCache() wazero.CompilationCache {
	base, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	dir := filepath.Join(base, "whatif", "pdf")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil
	}
	probe, err := os.CreateTemp(dir, "probe")
	if err != nil {
		return nil
	}
	probe.Close()
	os.Remove(probe.Name())
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil
	}
	return cache
}

// pdfError turns the library's error into one for people.
func pdfError(err error) error {
	if errors.Is(err, pdfiumerrors.ErrPassword) || errors.Is(err, pdfiumerrors.ErrSecurity) {
		return &Error{Err: ErrEncrypted, Detail: "is protected by a password", Advice: "open it in a viewer and print it to a new PDF, or save a copy without the password"}
	}
	return damagedPDF()
}

func damagedPDF() error {
	return &Error{Err: ErrDamaged, Detail: "is damaged, or no PDF at all", Advice: "open it in a viewer and print it to a new PDF"}
}
