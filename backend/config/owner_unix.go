//go:build unix

package config

import (
	"io/fs"
	"os"
	"syscall"
)

// hasModes says whether the mode of a file keeps other users out.
const hasModes = true

// ownedByUs reports whether the folder is the user's own.
func ownedByUs(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return !ok || int(s.Uid) == os.Geteuid()
}
