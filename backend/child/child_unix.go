//go:build unix

package child

import (
	"errors"
	"fmt"
	"syscall"
)

// ask asks a process to end.
func ask(pid int) { _ = syscall.Kill(pid, syscall.SIGTERM) } // one that is gone is what is wanted

// kill ends a process at once.
func kill(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) } // one that is gone is what is wanted

// killGroup ends what is left of a child and of what it started. A group that is
// gone is what is wanted.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// alive reports whether a process runs. One that has ended and only waits for its
// parent to ask doesn't.
func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	return !ended(pid)
}

func killCommand(pid int) string { return fmt.Sprintf("kill %d", pid) }
