//go:build unix

package localca

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"sting/backend/child"
)

// access are the rights that certutil needs, in the bits of access(2).
const (
	mayRead  = 4
	mayWrite = 2
	mayEnter = 1
)

// blocked returns why this process can't use the NSS store in dir, and how that is
// mended; nil where nothing is in the way. write says that it is about to change the
// store. The system is asked, not the modes: root writes past them.
func blocked(dir string, write bool) error {
	var modes []string
	letters := "u+w"
	for _, name := range append([]string{"."}, storeFiles()...) {
		path := filepath.Join(dir, name)
		need := uint32(mayRead)
		if name == "." {
			need |= mayEnter
		}
		if write && name != "pkcs11.txt" {
			need |= mayWrite
		}
		err := syscall.Access(path, need)
		switch {
		case err == nil || errors.Is(err, fs.ErrNotExist):
			continue
		case errors.Is(err, syscall.EROFS):
			return ErrStore.Saying("The trust store %s lies on a file system that is mounted read-only.", dir).
				Hinting("See where that is mounted with `findmnt -T %s` and mount it writable.", child.Quote(dir)).Because(err)
		case foreign(path):
			return ErrStore.Saying("The trust store can't be used: %s belongs to another user.", path).
				Hinting("Give it to yourself: `sudo chown -R %s`", strconv.Itoa(os.Geteuid())+" "+child.Quote(dir)).Because(err)
		}
		modes = append(modes, path)
		if syscall.Access(path, need&^mayWrite) != nil {
			letters = "u+rwX"
		}
		if name == "." && letters != "u+w" {
			break // nothing in it can be seen before that is mended
		}
	}
	if len(modes) == 0 {
		return nil
	}
	what := "read-only"
	if letters != "u+w" {
		what = "not readable"
	}
	return ErrStore.Saying("The trust store is %s: %s.", what, strings.Join(modes, ", ")).
		Hinting("%s", "Let yourself write there: `"+child.Quote(append([]string{"chmod", letters}, modes...)...)+"`").
		Because(fmt.Errorf("use %s: %w", dir, fs.ErrPermission))
}

// holder returns a process that holds a database of the NSS store in dir locked, which
// certutil can't tell from a damaged one; 0 where there is none.
func holder(dir string) int {
	for _, name := range []string{"cert9.db", "key4.db"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		// SQLite's database file locking: PENDING_BYTE, RESERVED_BYTE and SHARED_SIZE.
		lock := syscall.Flock_t{Type: syscall.F_WRLCK, Start: 0x40000000, Len: 512}
		err = syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock)
		f.Close()
		if err == nil && lock.Type != syscall.F_UNLCK {
			return int(lock.Pid)
		}
	}
	return 0
}
