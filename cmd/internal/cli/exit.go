package cli

// The program's exit codes. The manual and "whatif help exit-codes" list them, and a test holds both to these.
const (
	ExitDone     = 0
	ExitFindings = 1
	ExitUsage    = 2
	ExitPartly   = 3
	ExitModel    = 4
)

// An ExitCode is one of the codes, for lists.
type ExitCode struct {
	Code    int
	Meaning string
}

// ExitCodes lists every exit code that the program uses, in order.
func ExitCodes() []ExitCode {
	return []ExitCode{
		{ExitDone, "done"},
		{ExitFindings, "findings fail the check"},
		{ExitUsage, "usage or bad input: nothing was done"},
		{ExitPartly, "partly done: a document or a report failed, or the run was interrupted; stderr says what is missing"},
		{ExitModel, "the model or the network failed"},
	}
}

// A codeError ends the run with a code other than ExitUsage.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string { return e.err.Error() }
func (e *codeError) Unwrap() error { return e.err }
