package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The files of a running lab in its home folder.
const (
	LockFile  = "sting.lock" // CONTRACT section 2
	TokenFile = "door.token" // only where the door listens on TCP; mode 0600
)

// Lock is what a running lab writes to sting.lock.
type Lock struct {
	PID   int    `json:"pid"`
	Build string `json:"build"` // the version that runs
	Door  string `json:"door"`  // the path of the socket, or "127.0.0.1:1234"
}

// longestLock bounds what is read of sting.lock, in bytes.
const longestLock = 64 << 10

// ReadLock reads sting.lock of the home folder. It returns ErrNotRunning where
// there is none, or where it doesn't name a door (yet).
func ReadLock(home string) (Lock, error) {
	raw, err := os.ReadFile(filepath.Join(home, LockFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Lock{}, ErrNotRunning
	case err != nil:
		return Lock{}, ErrNotRunning.Saying("It can't be seen whether a lab runs with this home folder.").
			Hinting("Make the home folder readable for you, or name another with --home.").Because(err)
	}
	var l Lock
	if len(bytes.TrimSpace(raw)) == 0 {
		return l, ErrNotRunning // the lab that wrote it has said goodbye
	}
	if len(raw) > longestLock || json.Unmarshal(raw, &l) != nil || l.Door == "" {
		return l, ErrNotRunning.Hinting("sting.lock names no door: a lab is just starting, or one ended half way. Try again in a moment, or " +
			"start `sting serve`.").
			Running("sting serve")
	}
	return l, nil
}

type address struct{ network, address string }

// address returns where the door is. A TCP address that isn't this machine's
// is refused: the token must not leave it.
func (l Lock) address(home string) (address, error) {
	door, isTCP := strings.CutPrefix(l.Door, "tcp://")
	if !isTCP {
		door, isTCP = strings.CutPrefix(door, "http://")
	}
	door = strings.TrimSuffix(door, "/")
	if at, err := netip.ParseAddrPort(door); err == nil {
		if !at.Addr().IsLoopback() {
			return address{}, ErrNotAnswering.Saying("sting.lock names an admin door that isn't on this machine.").
				Hinting("Delete sting.lock in the home folder and start `sting serve` again.").Running("sting serve")
		}
		return address{"tcp", at.String()}, nil
	}
	if host, port, err := net.SplitHostPort(door); err == nil && host == "localhost" {
		return address{"tcp", net.JoinHostPort("127.0.0.1", port)}, nil
	}
	if isTCP {
		return address{}, ErrNotAnswering.Saying("sting.lock names an admin door that isn't on this machine.").
			Hinting("Delete sting.lock in the home folder and start `sting serve` again.").Running("sting serve")
	}
	path := strings.TrimPrefix(door, "unix://")
	path = strings.TrimPrefix(path, "unix:")
	if !filepath.IsAbs(path) {
		path = filepath.Join(home, path)
	}
	return address{"unix", path}, nil
}

// readToken reads the token of the door. A file that other users of the
// machine can read is no secret any more.
func readToken(home string) (string, error) {
	path := filepath.Join(home, TokenFile)
	info, err := os.Lstat(path)
	if err != nil {
		return "", ErrDoorToken.Because(err)
	}
	if !info.Mode().IsRegular() || runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", ErrDoorToken.Saying("Other users of this machine can read the token of the admin door.")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", ErrDoorToken.Because(err)
	}
	token := strings.TrimSpace(string(raw))
	if token == "" || len(token) > 1024 || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", ErrDoorToken
	}
	return token, nil
}
