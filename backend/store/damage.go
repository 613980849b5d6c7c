package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

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

// examined looks at the pages of a file before bbolt uses them, while nobody can
// write to it. ErrDamaged, ErrLocked; nil for a file that isn't there yet.
func examined(path string) (p *pages, err error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	lock, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: 500 * time.Millisecond, OpenFile: openNoFollow})
	if err != nil {
		return nil, explainOpen(path, err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	f, err := openNoFollow(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, explainOpen(path, err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, explainOpen(path, err)
	}
	if p, err = examinePages(f, fi.Size()); err != nil {
		return nil, damagedPages(path, err)
	}
	return p, nil
}

// met passes an error on, and remembers a damaged value.
func (f *file) met(err error) error {
	if errors.Is(err, ErrDamagedRecord) && fault.From(err).Message == ErrDamagedRecord.Message {
		f.suspect.Store(true)
	}
	return err
}

func damagedPages(path string, err error) error {
	if cut, ok := errors.AsType[errCut](err); ok {
		return ErrDamaged.Hinting("%s was cut: it has %d bytes of %d. Put a copy of it back, or move it away to start fresh.", path, cut.has,
			cut.wants)
	}
	return ErrDamaged.Hinting("%s: %v. Move it away to start fresh, or put a copy of it back: `sting snapshot list` names those that were "+
		"taken, and they stand in the folder snapshots. Nothing was changed.", path, err).
		Running("sting snapshot list").Because(err)
}

// whole says whether the buckets of a file are those that it should have: one
// that lost its name stands under another.
func (p *pages) whole(path string, known [][]byte) error {
	if p == nil || len(p.buckets) == 0 { // it was just made
		return nil
	}
	var missing, strange []string
	for _, name := range append([][]byte{bucketMeta}, known...) {
		if !slices.Contains(p.buckets, string(name)) {
			missing = append(missing, string(name))
		}
	}
	for _, name := range p.buckets {
		if name != string(bucketMeta) && !slices.ContainsFunc(known, func(k []byte) bool { return string(k) == name }) {
			strange = append(strange, name)
		}
	}
	if len(missing) == 0 || len(strange) == 0 {
		return nil
	}
	return damagedPages(path, fmt.Errorf("there are %q, and %q are missing", strange, missing))
}

// mendFile writes what an examination put right, and returns what to say of it.
func (p *pages) mendFile(path string) (said []string, err error) {
	if p == nil {
		return nil, nil
	}
	name := filepath.Base(path)
	if text := p.said(name); text != "" {
		said = append(said, text)
	}
	if p.list != nil {
		said = append(said, fmt.Sprintf("The list of free pages in %s was damaged (%v) and was made anew; nothing is lost.", name, p.list))
	}
	if !p.mendable() {
		return said, nil
	}
	f, err := openNoFollow(path, os.O_RDWR, 0)
	if err != nil {
		return said, explainOpen(path, err)
	}
	if err := errors.Join(p.mend(f), f.Sync(), f.Close()); err != nil {
		return said, explainOpen(path, err)
	}
	return said, nil
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
	// displaced is set once another file, or none, stood under the file's name:
	// what is written goes nowhere.
	displaced atomic.Bool
	was       atomic.Pointer[os.FileInfo] // the file as it was opened
	handle    atomic.Pointer[os.File]     // to ask how long it is, whatever stands under its name
	// starting lets one transaction begin at a time: whoever begins in a file that
	// was cut would keep bbolt's locks, and those behind wait for ever.
	starting sync.Mutex
	longest  int64 // the file is never shorter than it was; guarded by starting
	// broken is what bbolt found wrong with a page since the file was opened.
	// Nothing is written any more, reading goes on where it can.
	broken atomic.Pointer[fault.Error]
	// suspect is set once a value was met that can't be read.
	suspect atomic.Bool
	asked   atomic.Uint64                  // how many transactions there were
	began   func(file string, writes bool) // nil: nobody listens
}

// opened takes a database that was just opened.
func (f *file) opened(db *bolt.DB) error {
	f.starting.Lock()
	defer f.starting.Unlock()
	return f.adopt(db)
}

// adopt is opened for who holds starting.
func (f *file) adopt(db *bolt.DB) error {
	info, err := os.Stat(db.Path())
	if err != nil {
		return explainOpen(db.Path(), err)
	}
	handle, err := openNoFollow(db.Path(), os.O_RDONLY, 0)
	if err != nil {
		return explainOpen(db.Path(), err)
	}
	if old := f.handle.Swap(handle); old != nil {
		_ = old.Close() // it was only asked for a length
	}
	f.longest = info.Size()
	f.was.Store(&info)
	f.displaced.Store(false)
	f.broken.Store(nil)
	f.bolt.Store(db)
	return nil
}

// exchange adopts a database in the place of one that was closed, or has none: another
// start could not open a file that is still held.
func (f *file) exchange(db *bolt.DB) error {
	err := f.adopt(db)
	if err != nil {
		f.bolt.Store(nil)
		err = errors.Join(err, db.Close())
	}
	return err
}

// inPlace returns ErrDisplaced once the file under the name is not the one that is
// open, from then until it is opened again: bbolt would go on writing into a
// file that nobody can find.
func (f *file) inPlace() error {
	f.starting.Lock() // while it is made smaller, another file takes its name
	defer f.starting.Unlock()
	db, err := f.open()
	if err != nil {
		return err
	}
	info, err := os.Stat(db.Path())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explainOpen(db.Path(), err)
	}
	if was := f.was.Load(); err != nil || was != nil && !os.SameFile(*was, info) {
		f.displaced.Store(true)
	}
	return f.writable()
}

// writable returns ErrDisplaced where a write would go nowhere, and ErrDamaged where
// it could spoil more.
func (f *file) writable() error {
	if f.displaced.Load() {
		return ErrDisplaced
	}
	if err := f.broken.Load(); err != nil {
		return err
	}
	return f.usable()
}

func (f *file) usable() error {
	if f.cut.Load() {
		return ErrDamaged.Hinting("The file was cut while it was open. Stop the program, put a copy of the file back or move it away, and " +
			"start again.")
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

// begin starts a transaction in a file that is as long as it was.
func (f *file) begin(writable bool) (tx *bolt.Tx, err error) {
	f.starting.Lock()
	defer f.starting.Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = f.judge(p)
		}
	}()
	db, err := f.open()
	if err == nil {
		err = f.whole()
	}
	if err != nil {
		return nil, err
	}
	f.asked.Add(1)
	if f.began != nil {
		f.began(filepath.Base(db.Path()), writable)
	}
	tx, err = db.Begin(writable)
	return tx, explainIO(err)
}

// whole returns ErrDamaged from the moment on when the file is shorter than it was.
func (f *file) whole() error {
	info, err := f.handle.Load().Stat()
	if err != nil {
		return ErrClosed.Because(err)
	}
	if info.Size() < f.longest {
		f.cut.Store(true)
	}
	f.longest = max(f.longest, info.Size())
	return f.usable()
}

// close flushes what was not flushed at each write, and releases the file. Before
// that, and once no transaction begins any more, it calls ending.
func (f *file) close(ending func() error) error {
	unusable := f.usable()
	f.starting.Lock()
	db := f.bolt.Load()
	if unusable == nil {
		f.bolt.Store(nil)
	}
	f.starting.Unlock()
	if err := errors.Join(unusable, ending()); unusable != nil || db == nil {
		return err
	}
	return errors.Join(db.Sync(), db.Close(), f.handle.Load().Close())
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
	damaged := ErrDamaged.Hinting("Writing has stopped, reading goes on where it can. `sting restart store` examines the file and mends " +
		"what can be mended.").
		Running("sting restart store").Because(fmt.Errorf("%v", p))
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
