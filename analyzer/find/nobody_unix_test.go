//go:build unix && !linux

package find

import (
	"os"
	"testing"
)

// asNobody calls f, unless root runs the test: root may read everything.
func asNobody(t *testing.T, dir string, f func()) {
	if os.Getuid() == 0 {
		t.Skip("SKIPPED, NOT TRIED: root may read everything")
	}
	f()
}
