package cli

import "syscall"

// detached is DETACHED_PROCESS of CreateProcess: no console.
const detached = 0x00000008

// ownSession parts a process from this console.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | detached, HideWindow: true}
}
