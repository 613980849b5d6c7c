package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
)

// A large sting.db is not read before it is opened, or the start would take the
// longer the more people there are. What has to be sound to open it is looked at:
// headers, the tree of the buckets' names, and their roots. The rest is examined
// behind the back of those who use it already, and until that has ended well no
// write reaches a page that was there before:
//
//   - bbolt begins with a list of free pages that is empty, so that it takes new ones
//     from the end of the file alone. A wrong list, or a tree that leads to a page
//     which the list gives away, overwrites nothing.
//   - A read transaction is held from before the first write, so that what bbolt gives
//     up is not used again. A tree with two ways to one page loses nothing.
//
// A tree that is wrong ends writing, as any page does that bbolt trips over. One that
// is right shows which pages are free. Where they are many, the file is closed in a
// moment in which nobody reads, they are written into its list, and it is opened again,
// so that they are used before it grows. Otherwise that is done when it is closed for
// good, so that it is whole for whoever reads it next.

// mostAtOnce is how large a sting.db may be, in bytes, that is examined as a whole
// before it is opened.
const mostAtOnce = 8 << 20

// roomToGrow is how much a file may grow while a read transaction is held, before
// bbolt has to map it anew and waits for that transaction. Windows would make the
// file as large at once: there a large file is examined as a whole first, too.
const roomToGrow = 256 << 20

// unexamined is a file that was opened before it was examined.
type unexamined struct {
	path  string
	file  *os.File
	pages *pages   // as they were when it was opened
	hold  *bolt.Tx // keeps them from being used again; nil once it has ended
	whole bool     // they were examined, and are right
	ended chan struct{}
	stop  context.CancelFunc
	once  sync.Once
}

// release lets the pages be used again: once they were examined and are right, or
// nobody writes any more.
func (u *unexamined) release() error {
	if u == nil {
		return nil
	}
	var err error
	u.once.Do(func() {
		if u.hold != nil {
			err = u.hold.Rollback()
		}
		err = errors.Join(err, u.file.Close())
	})
	return err
}

// openUnexamined takes the list of free pages away from a large file, and looks at
// what has to be sound to open it. It returns nil for a file that is to be examined
// as a whole first: a small one, or one of an older format.
func (s *Store) openUnexamined(path string, buckets [][]byte) (u *unexamined, err error) {
	fi, err := os.Lstat(path)
	if err != nil || fi.Size() <= s.mostAtOnce() || filepath.Base(path) != "sting.db" || runtime.GOOS == "windows" {
		return nil, nil
	}
	// Until the file has its empty list nobody else may write into it.
	lock, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: 500 * time.Millisecond, OpenFile: openNoFollow})
	if err != nil {
		return nil, explainOpen(path, err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	f, err := openNoFollow(path, os.O_RDWR, 0)
	if err != nil {
		return nil, explainOpen(path, err)
	}
	defer func() {
		if u == nil {
			err = errors.Join(err, f.Close())
		}
	}()
	p, err := examineRoots(f, fi.Size())
	if err != nil {
		return nil, damagedPages(path, err)
	}
	if now, err := current(lock); err != nil || !now {
		return nil, err
	}
	if err := p.whole(path, buckets); err != nil {
		return nil, err
	}
	if err := p.emptyList(f); err != nil {
		return nil, explainOpen(path, err)
	}
	if text := p.said(filepath.Base(path)); text != "" {
		s.notices = append(s.notices, text)
	}
	return &unexamined{path: path, file: f, pages: p, ended: make(chan struct{})}, nil
}

// current reports whether a file is of today's format, and not on the way to it.
func current(db *bolt.DB) (now bool, err error) {
	err = db.View(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		now = meta != nil && string(meta.Get(keySchema)) == fmt.Sprint(schemaVersion) && meta.Get(keyMigrating) == nil
		return nil
	})
	return now, err
}

func (s *Store) mostAtOnce() int64 {
	if s.options.AtOnce > 0 {
		return s.options.AtOnce
	}
	return mostAtOnce
}

// room is the size that is mapped of a file that is opened unexamined.
func (u *unexamined) room() int {
	if u == nil {
		return 0
	}
	return int(u.pages.count)*int(u.pages.size) + roomToGrow
}

// examineBehind begins the examination of the file that was just opened.
func (s *Store) examineBehind(u *unexamined) {
	if u == nil {
		return
	}
	var ctx context.Context
	ctx, u.stop = context.WithCancel(context.Background())
	go func() {
		defer close(u.ended)
		defer onFault()()
		s.examineNow(ctx, u)
	}()
}

// examineNow says what it finds as the examination before opening does: a wrong tree
// ends writing, wrong indexes are mended, what can't be read is named.
func (s *Store) examineNow(ctx context.Context, u *unexamined) {
	name := filepath.Base(u.path)
	v, err := &survey{pace: &pace{ctx: ctx, began: time.Now(), asked: s.db.asked.Load}}, error(nil)
	defer s.db.caught(&err)
	u.pages.pace = v.pace
	if err = u.pages.walkAll(); err == nil {
		u.whole = true
		err = v.look(u.hold, kindsOf(name))
	} else if ctx.Err() == nil {
		s.db.spoilt(damagedPages(u.path, err))
		return
	}
	if err != nil {
		return // the store closes
	}
	s.keep(name, v)
	_ = u.release()
	if !v.sound() {
		err = write(ctx, s.db, func(tx *bolt.Tx) error {
			said, err := v.mend(tx, name)
			s.notice(said...)
			return err
		})
		if err != nil {
			s.db.suspect.Store(true)
		}
	}
	if err := s.takeUp(ctx, u); err != nil {
		s.notice(fmt.Sprintf("sting.db could not be opened again after it was examined: %v. `sting restart store` tries it again.", err))
	}
}

// muchUnused is which part of a file has to be unused before it is opened again for it.
const muchUnused = 8

// takeUp opens a file that was examined once more, now with its free pages, as soon as
// nobody reads it.
func (s *Store) takeUp(ctx context.Context, u *unexamined) error {
	if free := u.pages.unused(); muchUnused*free < u.pages.count || s.db.inPlace() != nil {
		return nil
	}
	moment := time.NewTicker(aStretch)
	defer moment.Stop()
	for {
		if done, err := s.reopenIdle(u); done {
			return err
		}
		select {
		case <-moment.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// reopenIdle does that, or reports that it can't be done now. Who wants to read or
// write meanwhile waits.
func (s *Store) reopenIdle(u *unexamined) (done bool, err error) {
	f := s.db
	f.starting.Lock()
	defer f.starting.Unlock()
	defer func() {
		if p := recover(); p != nil {
			done, err = true, f.judge(p)
		}
	}()
	db, err := f.open()
	if err == nil {
		err = f.writable()
	}
	if err != nil || db.Stats().OpenTxN > 0 {
		return err != nil, err
	}
	if err := errors.Join(db.Sync(), db.Close()); err != nil {
		return true, explainIO(err)
	}
	given := u.giveBack()
	if db, err = openBolt(u.path, s.options.NoSync, 0); err != nil {
		f.bolt.Store(nil)
		return true, errors.Join(given, explainOpen(u.path, err))
	}
	return true, errors.Join(given, f.exchange(db))
}

// notice says something about how the files were opened that was found later.
func (s *Store) notice(said ...string) {
	s.seeing.Lock()
	defer s.seeing.Unlock()
	s.later = append(s.later, said...)
}

// Examined waits until the files have been examined as a whole, or ctx ends.
func (s *Store) Examined(ctx context.Context) error {
	s.changing.Lock()
	u := s.unexamined
	s.changing.Unlock()
	if u == nil {
		return nil
	}
	select {
	case <-u.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// endExamination ends an examination that goes on. The caller holds changing.
func (s *Store) endExamination() (u *unexamined) {
	if u, s.unexamined = s.unexamined, nil; u != nil {
		u.stop()
		<-u.ended
	}
	return u
}

// spoilt ends writing for what was found wrong with the file.
func (f *file) spoilt(err error) {
	damaged, ok := errors.AsType[*fault.Error](err)
	if ok {
		f.broken.CompareAndSwap(nil, damaged)
	}
}

// giveBack writes the list of free pages of a file that was closed: those that were
// free when it was opened, and those that came since.
func (u *unexamined) giveBack() (err error) {
	if u == nil || !u.whole {
		return nil
	}
	u.whole = false // bbolt may use them from now on, so they are not given a second time
	lock, err := bolt.Open(u.path, 0o600, &bolt.Options{Timeout: 500 * time.Millisecond, OpenFile: openNoFollow,
		FreelistType: bolt.FreelistMapType})
	if err != nil {
		return explainOpen(u.path, err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	f, err := openNoFollow(u.path, os.O_RDWR, 0)
	if err != nil {
		return explainOpen(u.path, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fi, err := f.Stat()
	if err != nil {
		return explainOpen(u.path, err)
	}
	now := &pages{file: f}
	if now.headers, err = readHeaders(f, fi.Size()); err != nil {
		return damagedPages(u.path, err)
	}
	return now.writeList(f, u.pages)
}

// pace makes who reads a whole file leave room for those who use it.
type pace struct {
	ctx   context.Context //nolint:containedctx // of one examination, which ends with it
	began time.Time
	asked func() uint64 // how often the file was asked for something
	last  uint64
}

// aStretch is how long an examination works before it pauses as long, or aYield times
// as long where somebody asked for something since the stretch before.
const (
	aStretch = 2 * time.Millisecond
	aYield   = 4
)

// step pauses where it is time, and returns an error once nobody waits any more. A
// nil pace never pauses.
func (p *pace) step() error {
	if p == nil {
		return nil
	}
	worked := time.Since(p.began)
	if worked < aStretch {
		return p.ctx.Err()
	}
	asked := p.asked()
	if asked != p.last {
		p.last, worked = asked, aYield*worked
	}
	wait := time.NewTimer(worked)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-p.ctx.Done():
	}
	p.began = time.Now()
	return p.ctx.Err()
}
