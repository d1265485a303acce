package document

import (
	"regexp"
	"sync"
)

// lazy returns a regular expression that is compiled when it is first asked for: what a run does not read, it does not pay for.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
