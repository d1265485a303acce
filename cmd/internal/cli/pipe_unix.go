//go:build !windows

package cli

import (
	"errors"
	"syscall"
)

// brokenPipe reports whether err says that the reader of the output went away.
func brokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
