package cli

import (
	"errors"
	"syscall"
)

// brokenPipe reports whether err says that the reader of the output went away.
func brokenPipe(err error) bool {
	const noData = syscall.Errno(232) // ERROR_NO_DATA, "the pipe is being closed"
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, noData)
}
