package virtual

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// passPipes lets the browser inherit its ends and tells it their handles.
func passPipes(cmd *exec.Cmd, in, out *os.File) (flags []string) {
	handles := []syscall.Handle{syscall.Handle(in.Fd()), syscall.Handle(out.Fd())}
	for _, h := range handles {
		_ = syscall.SetHandleInformation(h, syscall.HANDLE_FLAG_INHERIT, syscall.HANDLE_FLAG_INHERIT)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{AdditionalInheritedHandles: handles}
	return []string{fmt.Sprintf("--remote-debugging-io-pipes=%d,%d", handles[0], handles[1])}
}
