package client

import (
	"bytes"
	"fmt"
	"os"
)

// suspended reports whether a process was stopped by Ctrl-Z or a signal: it takes
// connections, since the system does that for it, and answers none.
func suspended(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, found := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
	return found && bytes.HasPrefix(state, []byte("T"))
}
