// Package disk writes files that are whole or not there, whenever the program or
// the machine ends, and whether or not the disk is full.
//
// Its one invariant: under a file's own name stands what was flushed before. What is
// being written has a name that ends in Part, and only this program gives those.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Part is how the name of a file ends that is not whole yet.
const Part = ".part"

// Replace puts data under path, for its owner alone. Whoever reads it sees the old
// file or the new one; a link under the name is replaced and not followed.
func Replace(path string, data []byte) error {
	return write(path, data, os.Rename)
}

// ErrThere means that a file stands under the name already.
var ErrThere = fs.ErrExist

// Create is Replace for a name under which nothing may stand: ErrThere.
func Create(path string, data []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("create %s: %w", path, ErrThere)
	}
	return write(path, data, func(part, path string) error {
		err := os.Link(part, path) // unlike a rename it replaces nothing
		switch {
		case err == nil:
			return os.Remove(part)
		case errors.Is(err, fs.ErrExist):
			return err
		}
		return os.Rename(part, path) // a file system without links
	})
}

func write(path string, data []byte, place func(part, path string) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*"+Part) // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove(f.Name()))
		}
	}()
	if runtime.GOOS != "windows" {
		err = f.Chmod(0o600) // whatever the umask took away
	}
	if err == nil {
		_, err = f.Write(data)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := place(f.Name(), path); err != nil {
		return err
	}
	return Sync(filepath.Dir(path))
}

// Refusal is a sentence that says why Read left a file unread.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Read returns a plain file of at most so many bytes. A link is refused and not
// followed: it could lead to another person's file. The error is a Refusal or the
// system's.
func Read(path string, most int64) ([]byte, error) {
	before, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, Refusal(path + " is not a plain file, and links in the home folder are not followed: put the file itself there.")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if after, err := f.Stat(); err != nil || !os.SameFile(before, after) {
		return nil, Refusal(fmt.Sprintf("%s was exchanged while it was read.", path))
	}
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		return nil, Refusal(fmt.Sprintf("%s is larger than %d KiB.", path, most>>10))
	}
	return text, err
}

// Place moves a file that is whole and flushed to its name, for good.
func Place(part, path string) error {
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return Sync(filepath.Dir(path))
}

// Remove deletes a file for good. One that isn't there is no error.
func Remove(path string) error {
	if err := remove(path); err != nil {
		return err
	}
	return Sync(filepath.Dir(path))
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Sync makes what happened to the names in a folder last through a power cut.
func Sync(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Sweep removes what was never finished of files whose names begin with one of
// those: what a kill or a full disk left behind. It returns their names. Nobody may
// be writing in the folder meanwhile; one that isn't there has nothing to sweep.
func Sweep(dir string, begin ...string) (swept []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name, unfinished := strings.CutSuffix(e.Name(), Part)
		if !unfinished || !e.Type().IsRegular() || !ours(name, begin) {
			continue
		}
		if err := remove(filepath.Join(dir, e.Name())); err != nil {
			return swept, err
		}
		swept = append(swept, e.Name())
	}
	return swept, nil
}

func ours(name string, begin []string) bool {
	for _, b := range begin {
		if strings.HasPrefix(strings.TrimPrefix(name, "."), b) {
			return true
		}
	}
	return len(begin) == 0
}
