//go:build unix

package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"sting/backend/child"
)

// Blocked returns why the person who runs this can't use a file or a folder of theirs:
// its owner or its mode. command gives it back, as it is to be typed; what is well, or
// isn't there, has "".
func Blocked(path string) (why, command string) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Sprintf("You may not look at %s", path), "sudo chown -R " + me() + " " + child.Quote(path)
	}
	if err != nil {
		return "", ""
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if ok && int(s.Uid) != os.Geteuid() {
		sudo := "sudo "
		if os.Geteuid() == 0 {
			sudo = ""
		}
		return fmt.Sprintf("%s belongs to %s and not to you", path, nameOf(int(s.Uid))), sudo + "chown -R " + me() + " " + child.Quote(path)
	}
	needed, letters := fs.FileMode(0o600), "u+rw"
	if info.IsDir() {
		needed, letters = 0o700, "u+rwx"
	}
	if mode := info.Mode().Perm(); mode&needed != needed {
		return fmt.Sprintf("%s has the mode %04o: you may not write there", path, mode), "chmod " + letters + " " + child.Quote(path)
	}
	return "", ""
}

func me() string { return strconv.Itoa(os.Geteuid()) }

func nameOf(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return "user " + strconv.Itoa(uid)
}
