//go:build !windows

package cli

import "syscall"

// ownSession parts a process from this terminal.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
