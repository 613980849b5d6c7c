package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
)

// bbolt trusts its file: it maps it into memory, and a page that makes no sense
// or stands behind the end of the file is a panic. What follows looks at the
// file before it is used, and makes an error of what is found later.

// shortest is less than any data file has: two pages of 4 KiB.
const shortest = 8192

// sound looks at a file before bbolt does: bbolt makes a new database of a file
// that was cut to nothing, which would be a silent fresh start.
func sound(path string) error {
	fi, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return explainOpen(path, err)
	case !fi.Mode().IsRegular():
		return ErrDamaged.Hinting("%s is not a regular file; move it away.", path)
	case fi.Size() == 0:
		return ErrDamaged.Hinting("%s is empty. Move it away to start fresh, or put a copy of it back.", path)
	case fi.Size() < shortest:
		return ErrDamaged.Hinting("%s is too short to be a data file. Move it away to start fresh, or put a copy of it back.", path)
	}
	if fi.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil {
			return explainOpen(path, err)
		}
	}
	return nil
}

// intact reads every page once, in this goroutine. bbolt does so too where the
// list of free pages is not kept in the file, but in a goroutine of its own,
// where a panic can't be caught: that is why the list is kept.
func intact(db *bolt.DB, path string) error {
	return db.View(func(tx *bolt.Tx) error {
		fi, err := os.Stat(path)
		if err != nil {
			return err
		}
		if fi.Size() < tx.Size() {
			return ErrDamaged.Hinting("%s was cut: it has %d bytes of %d. Put a copy of it back, or move it away to start fresh.", path, fi.Size(), tx.Size())
		}
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error {
			return b.ForEach(func(_, v []byte) error {
				if n := len(v); n > 0 {
					_ = v[n-1]
				}
				return nil
			})
		})
	})
}

// consistent returns the first thing that bbolt's own examination finds. That
// works in a goroutine of its own, which waits until somebody has heard
// everything it has to say.
func consistent(tx *bolt.Tx) (first error) {
	for err := range tx.Check() {
		if first == nil {
			first = err
		}
	}
	return first
}

// onFault makes a page behind the end of the file a panic in this goroutine,
// and no longer the end of the program. It returns what undoes that.
func onFault() (undo func()) {
	before := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(before) }
}

// file is a database that can be closed and opened again while others use it:
// bbolt itself waits for their transactions, and refuses those that come later.
type file struct {
	bolt    atomic.Pointer[bolt.DB] // nil: closed
	writers committer
	// cut is set once a page behind the end of the file was wanted. bbolt may
	// have kept a lock then, so nobody asks it anything more.
	cut atomic.Bool
	// astray is set once another file, or none, stood under the file's name:
	// what is written goes nowhere.
	astray atomic.Bool
	was    atomic.Pointer[os.FileInfo] // the file as it was opened
	// broken is what bbolt found wrong with a page since the file was opened.
	// Nothing is written any more, reading goes on where it can.
	broken atomic.Pointer[fault.Error]
}

// opened takes a database that was just opened.
func (f *file) opened(db *bolt.DB) error {
	info, err := os.Stat(db.Path())
	if err != nil {
		return explainOpen(db.Path(), err)
	}
	f.was.Store(&info)
	f.astray.Store(false)
	f.broken.Store(nil)
	f.bolt.Store(db)
	return nil
}

// inPlace returns ErrAstray once the file under the name is not the one that is
// open, from then until it is opened again: bbolt would go on writing into a
// file that nobody can find.
func (f *file) inPlace() error {
	db, err := f.open()
	if err != nil {
		return err
	}
	info, err := os.Stat(db.Path())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explainOpen(db.Path(), err)
	}
	if was := f.was.Load(); err != nil || was != nil && !os.SameFile(*was, info) {
		f.astray.Store(true)
	}
	return f.writable()
}

// writable returns ErrAstray where a write would go nowhere, and ErrDamaged where
// it could spoil more.
func (f *file) writable() error {
	if f.astray.Load() {
		return ErrAstray
	}
	if err := f.broken.Load(); err != nil {
		return err
	}
	return f.usable()
}

func (f *file) usable() error {
	if f.cut.Load() {
		return ErrDamaged.Hinting("The file was cut while it was open. Stop the program, put a copy of the file back or move it away, and start again.")
	}
	return nil
}

// open returns the database, or why it can't be asked.
func (f *file) open() (*bolt.DB, error) {
	if err := f.usable(); err != nil {
		return nil, err
	}
	if db := f.bolt.Load(); db != nil {
		return db, nil
	}
	return nil, ErrClosed
}

// close flushes what was not flushed at each write, and releases the file.
func (f *file) close() error {
	if err := f.usable(); err != nil {
		return err
	}
	db := f.bolt.Swap(nil)
	if db == nil {
		return nil
	}
	return errors.Join(db.Sync(), db.Close())
}

// caught makes ErrDamaged of what bbolt panics with. Mistakes of this program go
// on. It has to be deferred itself.
func (f *file) caught(err *error) {
	p := recover()
	if p == nil {
		return
	}
	if !ofBolt(p) {
		panic(p)
	}
	*err = f.judge(p)
}

// judge makes a fault of what bbolt panicked with, and keeps it: what is written
// from now on could spoil more.
func (f *file) judge(p any) error {
	if _, short := p.(interface{ Addr() uintptr }); short { // the file is shorter than it was
		f.cut.Store(true)
		return errors.Join(f.usable(), fmt.Errorf("%v", p))
	}
	damaged := ErrDamaged.Hinting("Writing has stopped, reading goes on where it can. `sting restart store` examines the file and mends what can be mended.").Because(fmt.Errorf("%v", p))
	f.broken.CompareAndSwap(nil, damaged)
	return damaged
}

// ofBolt reports whether a panic comes of the file: a page that is not there, or
// one that bbolt can't make sense of. It has to be called by a deferred function,
// while the stack of the panic still stands.
func ofBolt(p any) bool {
	if _, short := p.(interface{ Addr() uintptr }); short {
		return true
	}
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
	panicking := false
	for {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			panicking = true
		case panicking && !strings.HasPrefix(frame.Function, "runtime."):
			return strings.HasPrefix(frame.Function, "go.etcd.io/bbolt")
		}
		if !more {
			return false
		}
	}
}
