//go:build unix

package store

import "syscall"

// noFollow keeps a symbolic link in the home folder from leading a write
// elsewhere: THREATS T13.
const noFollow = syscall.O_NOFOLLOW
