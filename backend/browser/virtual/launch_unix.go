//go:build unix

package virtual

import (
	"os"
	"os/exec"
	"syscall"
)

// passPipes gives the browser its ends as file descriptors 3 and 4, where it
// looks for them, and a process group of its own: Ctrl-C in the terminal of the
// lab is for the lab, which then closes the browser in good order.
func passPipes(cmd *exec.Cmd, in, out *os.File) (flags []string) {
	cmd.ExtraFiles = []*os.File{in, out}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return nil
}

// killGroup ends what is left of the browser. A group that is gone is what is
// wanted.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
