package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/adrg/xdg"

	"sting/backend/disk"
	"sting/backend/fault"
)

// ErrHome is a home folder that can't be used.
var ErrHome = fault.New(fault.Unavailable, "HOME_UNUSABLE", "The home folder can't be used.",
	"Name another one with --home or STING_HOME.")

// Home returns the absolute path of the home folder: flag if it is given, else
// STING_HOME, else the folder sting in the platform's data folder
// ($XDG_DATA_HOME on Linux). env is os.Getenv. It touches no disk. The error
// is ErrHome.
func Home(flag string, env func(string) string) (string, error) {
	dir := flag
	if dir == "" {
		dir = env("STING_HOME")
	}
	if dir == "" {
		data := env("XDG_DATA_HOME")
		if !filepath.IsAbs(data) {
			xdg.Reload() // HOME may have changed since the package read it
			data = xdg.DataHome
		}
		if !filepath.IsAbs(data) {
			return "", ErrHome.Hinting("This machine names no home folder for you. Set HOME, or name the folder: --home DIR.")
		}
		return filepath.Join(data, "sting"), nil
	}
	if rest, ok := strings.CutPrefix(dir, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		user, err := os.UserHomeDir()
		if err != nil {
			return "", ErrHome.Because(err).Hinting("~ means nothing here, since HOME is not set. Write the path in full.")
		}
		dir = filepath.Join(user, rest)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", ErrHome.Because(err).Hinting("Write the path in full: --home /path/to/folder.")
	}
	return abs, nil
}

// PrepareHome makes the home folder with mode 0700, and narrows to the owner
// what is ours in it and is open to others; notices say so, one sentence each.
// A file of ours that is a symbolic link is refused, not followed, and so is a
// folder of somebody else. The error is ErrHome, and says what to do.
func PrepareHome(dir string) (notices []string, err error) {
	if _, statErr := os.Stat(dir); errors.Is(statErr, fs.ErrNotExist) {
		err = os.MkdirAll(dir, 0o700)
		if err == nil {
			err = os.Chmod(dir, 0o700) // whatever the umask took away
		}
	}
	if err != nil {
		return nil, ErrHome.Because(err).Hinting("%s", homeHint(dir, err))
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, ErrHome.Because(err).Hinting("%s", homeHint(dir, err))
	}
	info, err := os.Stat(real)
	if err != nil {
		return nil, ErrHome.Because(err).Hinting("%s", homeHint(dir, err))
	}
	switch {
	case !info.IsDir():
		return nil, ErrHome.Hinting("%s", homeHint(dir, fs.ErrExist))
	case !ownedByUs(info):
		_, command := disk.Blocked(real)
		return nil, ErrHome.Hinting("%s belongs to another user. Name a folder of your own: --home DIR. If it is yours by right: `%s`.", dir,
			command)
	case shared(real, info):
		return nil, ErrHome.Hinting("%s is everybody's folder. Name one of your own, for example one below it: --home DIR.", dir)
	}
	n := narrower{}
	n.narrow(real, info, 0o700)
	n.ours(real)
	if n.err != nil {
		return n.notices, n.err
	}
	return n.notices, writable(real)
}

// shared reports whether closing the folder to others would harm them.
func shared(path string, info fs.FileInfo) bool {
	return filepath.Dir(path) == path || info.Mode()&fs.ModeSticky != 0
}

// writable tries to write. A full disk is left to those who write: what is
// there can still be read.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".sting.probe-*"+disk.Part)
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	// A lab that starts at the same moment may have swept the file away.
	if err != nil && !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, fs.ErrNotExist) {
		return ErrHome.Because(err).Hinting("%s", homeHint(dir, err))
	}
	return nil
}

// homeHint says what an error of the home folder's file system asks for.
func homeHint(dir string, err error) string {
	switch {
	case errors.Is(err, syscall.EROFS):
		return fmt.Sprintf("%s lies on a read-only file system. Make it writable, or name another folder: --home DIR.", dir)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Sprintf("The disk of %s is full. Make room.", dir)
	case errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrExist):
		return fmt.Sprintf("%s, or a part of it, is a file and not a folder. Name another one: --home DIR.", dir)
	case errors.Is(err, fs.ErrPermission):
		if why, command := disk.Blocked(dir); why != "" {
			return fmt.Sprintf("%s. Give it back to yourself: `%s`, or name another folder: --home DIR.", why, command)
		}
		return fmt.Sprintf("You may not write in %s. Name a folder of your own: --home DIR.", dir)
	default:
		return fmt.Sprintf("Look at %s, or name another folder: --home DIR.", dir)
	}
}

// narrower closes files to others, and remembers what it did.
type narrower struct {
	notices []string
	err     error
}

// ours goes through the files and folders that the lab keeps in its home.
func (n *narrower) ours(home string) {
	for _, name := range []string{FileName, SchemaName, drawnFile, "sting.lock", "sting.db", "tape.db", "door.token", "ca", "logs",
		"snapshots"} {
		n.tree(filepath.Join(home, name), 0)
	}
}

// tree narrows a file, or a folder and what is in it.
func (n *narrower) tree(path string, depth int) {
	info, err := os.Lstat(path)
	if err != nil || depth > 4 {
		return
	}
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		if n.err == nil {
			n.err = ErrHome.Hinting("%s is a symbolic link, and links in the home folder are not followed. Put the file itself in its place.", path)
		}
	case mode.IsDir():
		n.narrow(path, info, 0o700)
		entries, err := os.ReadDir(path)
		if err != nil {
			return
		}
		for _, e := range entries {
			n.tree(filepath.Join(path, e.Name()), depth+1)
		}
	case mode.IsRegular():
		n.narrow(path, info, 0o600)
	}
}

// narrow takes from others and the group what they may do. Windows keeps
// rights elsewhere, and shows no such modes.
func (n *narrower) narrow(path string, info fs.FileInfo, mode fs.FileMode) {
	if !hasModes || info.Mode().Perm()&0o077 == 0 {
		return
	}
	was := info.Mode().Perm()
	if err := os.Chmod(path, mode); err != nil {
		if n.err == nil {
			n.err = ErrHome.Because(err).Hinting("%s", homeHint(path, err))
		}
		return
	}
	n.notices = append(n.notices, fmt.Sprintf("%s was open to others (mode %04o); it is yours alone now (%04o).", path, was, mode))
}
