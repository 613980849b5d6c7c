package home

import (
	"errors"
	"net"
	"os"
	"path/filepath"
)

// longestSocket is how long the path of a Unix socket may be everywhere.
const longestSocket = 100

// OpenDoor opens the admin door: a socket in the home folder, or, where its
// path would be too long, in a folder of its own under the temporary one.
func OpenDoor(home string) (net.Listener, error) {
	path := filepath.Join(home, "admin.sock")
	if len(path) > longestSocket {
		dir, err := os.MkdirTemp("", "sting-")
		if err != nil {
			return nil, ErrUnusable.Because(err)
		}
		path = filepath.Join(dir, "admin.sock")
	}
	// The lock is ours, so a socket that is there was left by a lab that died.
	if fi, err := os.Lstat(path); err == nil && fi.Mode().Type() == os.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, ErrUnusable.Because(err)
		}
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, ErrUnusable.Saying("The admin door can't be opened.").Because(err)
	}
	// The folder is 0700 from the start, so nobody else could have come in before.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(ErrUnusable.Because(err), ln.Close())
	}
	return ln, nil
}
