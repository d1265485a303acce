package document

import "errors"

// What can be wrong with a file; test with errors.Is.
var (
	ErrEmpty     = errors.New("no text")
	ErrTooLarge  = errors.New("too large")
	ErrTooDeep   = errors.New("nested too deeply")
	ErrTooSlow   = errors.New("takes too long")
	ErrBinary    = errors.New("not a text document")
	ErrFormat    = errors.New("unknown format")
	ErrDamaged   = errors.New("damaged")
	ErrEncrypted = errors.New("encrypted")
	ErrScanned   = errors.New("scanned pages without text")
)

// An Error says what is wrong with a file and what its reader can do about it.
type Error struct {
	Path   string
	Err    error  // one of the values above, or the system's error
	Detail string // "is 210 MB, over the limit of 64 MB"; "" if Err says it all
	Advice string // "split it, or raise --max-bytes"; "" if there is nothing to advise
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return "reading " + e.Path + ": " + e.Err.Error()
	}
	return "reading " + e.Path + ": " + e.Detail
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Hint returns the advice, for the line "hint: …" that the command prints below the error.
func (e *Error) Hint() string { return e.Advice }
