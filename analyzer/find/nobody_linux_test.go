package find

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// asNobody calls f without root's right to read everything. On Linux a thread can give up its own.
func asNobody(t *testing.T, dir string, f func()) {
	if os.Getuid() == 0 {
		check(t, os.Chmod(filepath.Dir(dir), 0o755)) // made by testing, for its user alone
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		const nobody = 65534
		syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
		defer syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0)
		if _, err := os.ReadDir(dir); err != nil {
			t.Skipf("SKIPPED, NOT TRIED: the folder for tests is root's own: %v", err)
		}
		if _, err := os.ReadDir(filepath.Join(dir, "b")); err == nil {
			t.Skip("SKIPPED, NOT TRIED: root reads everything here")
		}
	}
	f()
}
