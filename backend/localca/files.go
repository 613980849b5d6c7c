package localca

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"sting/backend/disk"
)

// maxFile bounds what is read from the folder: a certificate has about 1 KiB.
const maxFile = 1 << 20

// formerly is how the names of unfinished files began in earlier versions.
const formerly = ".writing-"

// prepareFolder makes the folder, narrows what is wider than it should be, and
// removes what an interrupted write left behind. a.mu is held.
func (a *Authority) prepareFolder() error {
	if a.dir == "" || !filepath.IsAbs(a.dir) {
		return ErrFolder.Because(fmt.Errorf("the folder %q is not an absolute path", a.dir))
	}
	if err := os.MkdirAll(filepath.Dir(a.dir), 0o700); err != nil {
		return ErrFolder.Because(err)
	}
	err := os.Mkdir(a.dir, 0o700)
	made := err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return ErrFolder.Because(err)
	}
	info, err := os.Lstat(a.dir)
	if err != nil {
		return ErrFolder.Because(err)
	}
	if !info.IsDir() {
		return ErrFolder.Saying("%s is not a folder, and links are not followed.", a.dir)
	}
	if err := a.narrow(a.dir, info, 0o700, made); err != nil {
		return err
	}
	return a.prepareFiles()
}

func (a *Authority) prepareFiles() error {
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return ErrFolder.Because(err)
	}
	for _, e := range entries {
		path := filepath.Join(a.dir, e.Name())
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if strings.HasSuffix(e.Name(), disk.Part) || strings.HasPrefix(e.Name(), formerly) {
			if err := os.Remove(path); err != nil {
				return ErrFolder.Because(err)
			}
			continue
		}
		if err := a.narrow(path, info, 0o600, false); err != nil {
			return err
		}
	}
	return nil
}

// narrow takes away what path's mode has beyond want, and says so. What was
// made just now gets want whatever the umask left of it.
func (a *Authority) narrow(path string, info fs.FileInfo, want fs.FileMode, made bool) error {
	wider := info.Mode().Perm()&^want != 0
	if runtime.GOOS == "windows" || !wider && !made {
		return nil
	}
	if err := os.Chmod(path, want); err != nil {
		return ErrFolder.Because(err)
	}
	if !made {
		a.notice(fmt.Sprintf("%s had mode %04o, now %04o.", path, info.Mode().Perm(), want))
	}
	return nil
}

// write replaces the file name by data, mode 0600 under any umask: whoever
// reads it sees the old file or the new one. a.mu is held.
func (a *Authority) write(name string, data []byte) error {
	if err := disk.Replace(filepath.Join(a.dir, name), data); err != nil {
		return ErrFolder.Because(fmt.Errorf("write %s: %w", name, err))
	}
	return nil
}

// putAside renames files so that they are neither used nor lost. a.mu is held.
func (a *Authority) putAside(files ...string) error {
	stamp := a.now().UTC().Format("20060102-150405")
	for _, name := range files {
		path := filepath.Join(a.dir, name)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		aside := name + ".damaged-" + stamp
		if err := os.Rename(path, filepath.Join(a.dir, aside)); err != nil {
			return ErrFolder.Because(err)
		}
		a.notice(fmt.Sprintf("Put %s aside as %s: it was damaged.", name, aside))
	}
	return nil
}
