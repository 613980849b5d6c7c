//go:build unix

package localca

import (
	"os"
	"syscall"
)

// foreign reports whether path belongs to somebody else than this process'
// user: what root makes in a person's home that person's browser can't use.
func foreign(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) != os.Geteuid()
}
