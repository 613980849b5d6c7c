// Package store keeps the lab's state in two bbolt files: sting.db, which is
// durable, and tape.db, which is not flushed at each write and is bounded.
//
// It implements the Store interfaces that the domain packages declare, one file
// each. Every exported method is one transaction; no transaction leaves this
// package. Every value carries a checksum: a damaged one is a typed error, and
// the others go on working.
package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"sting/backend/fault"
	"sting/backend/health"
	"sting/backend/identity"
	"sting/backend/session"
)

// The faults of the files.
var (
	ErrLocked = fault.New(fault.Unavailable, "STORE_LOCKED", "Another program has the data file open.",
		"Stop the other instance: `sting stop`, or end the process that `sting.lock` names.").Running("sting stop")
	ErrDamaged = fault.New(fault.Unavailable, "STORE_DAMAGED", "The data file is damaged.",
		"Move it away to start fresh, or put a copy of it back; nothing was changed or deleted.")
	ErrNewer = fault.New(fault.Unavailable, "STORE_NEWER", "The data file was written by a newer version of this program.",
		"Use that version, or another home folder: `--home DIR`. The file is untouched.")
	// ErrClosed has the code of every fault that keeps the store from working.
	ErrClosed = fault.New(fault.Unavailable, "STORE_UNAVAILABLE", "The store is stopped.",
		"Start it: `sting start store`.").Running("sting start store")
	// ErrDisplaced has the same one: nothing is written any more, reading goes on.
	ErrDisplaced = fault.New(fault.Unavailable, "STORE_UNAVAILABLE", "The data file was removed or replaced while it was open.",
		"Reading goes on, writing has stopped: save what the lab still knows with `sting export`, put the file back if you have it, then "+
			"`sting restart store`; without one, that begins afresh.").
		Running("sting export")
	ErrDamagedRecord = fault.New(fault.Unavailable, "STORE_UNAVAILABLE", "A record in the data file is damaged.",
		"The other records work. Put a snapshot back: `sting snapshot list`. Without one, `sting doctor --fix SV-12` takes a snapshot as it is "+
			"and removes what is damaged.").
		Running("sting snapshot list")
)

// schemaVersion is the version of what the buckets hold.
const schemaVersion = 3

// Store is the two databases. Between Close and Reopen every method that needs
// one of them returns ErrClosed.
type Store struct {
	db      *file // sting.db
	tape    *file // tape.db
	dir     string
	options Options
	minted  minted

	people *remembered[identity.Identity]
	held   *remembered[session.Session]

	changing sync.Mutex // one Close or Reopen at a time; guards notices
	notices  []string   // what a person should know about how the files were opened

	unexamined *unexamined // sting.db, where it is examined behind; guarded by changing

	seeing  sync.Mutex // guards damages and later
	damages []health.Damage
	later   []string // notices of an examination behind
}

// Options change how a store is opened. The zero value is right for the program.
type Options struct {
	NoSync bool // skips fsync; only tests and benchmarks set it
	// Challenges says how many open ceremonies all together may have; nil: 20,000.
	Challenges func() int
	// AtOnce says up to how many bytes a sting.db is examined before it is opened;
	// 0: 8 MiB. A larger one is examined behind the back of those who use it.
	AtOnce int64
	// Began hears of each transaction, by the name of its file; only tests set it.
	Began func(file string, writes bool)
}

// Open opens the databases in dir, creating them if need be. It returns
// ErrLocked, ErrDamaged, ErrNewer or ErrStoreUnavailable.
func Open(dir string, o Options) (*Store, error) {
	s := &Store{
		db: &file{began: o.Began}, tape: &file{began: o.Began}, dir: dir, options: o,
		people: rememberedPeople(), held: rememberedSessions(),
	}
	if err := s.Reopen(); err != nil {
		return nil, err
	}
	return s, nil
}

// Reopen opens the files again after Close, with the errors of Open. Where they
// are open it does nothing.
func (s *Store) Reopen() error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if s.Opened() {
		return nil
	}
	if err := errors.Join(s.db.usable(), s.tape.usable()); err != nil {
		return err
	}
	s.notices = nil
	s.forgetLater()
	if _, pending := Pending(s.dir); pending {
		if err := s.finishClear(); err != nil {
			return err
		}
		s.notices = append(s.notices, "A reset was interrupted; it was finished now, and the data is gone.")
	}
	s.sayMissing()
	db, u, err := s.openFile(filepath.Join(s.dir, "sting.db"), durableBuckets, s.options.NoSync)
	if err != nil {
		return err
	}
	giveUp := func(err error) error { return errors.Join(err, u.release(), db.Close()) }
	if err := s.openMinted(db); err != nil {
		return giveUp(err)
	}
	if err := s.workOffCarried(db); err != nil {
		return giveUp(err)
	}
	tape, err := s.openTape()
	if err != nil {
		return giveUp(err)
	}
	err = errors.Join(s.db.opened(db), s.tape.opened(tape))
	s.unexamined = u
	s.examineBehind(u)
	return err
}

// sayMissing says that sting.db is gone where there was a lab: tape.db is made after
// it. A first start says nothing.
func (s *Store) sayMissing() {
	_, err := os.Lstat(filepath.Join(s.dir, "sting.db"))
	_, lab := os.Lstat(filepath.Join(s.dir, "tape.db"))
	if errors.Is(err, fs.ErrNotExist) && lab == nil {
		s.notices = append(s.notices, "sting.db was missing, so the lab begins with nobody. If you didn't take it away: "+
			"`sting snapshot list` names the copies there are, or stop the lab and put the file back.")
	}
}

// openTape begins a damaged tape.db anew: a power cut may cost it. The old one is
// put aside, and that is said.
func (s *Store) openTape() (*bolt.DB, error) {
	path := filepath.Join(s.dir, "tape.db")
	tape, _, err := s.openFile(path, tapeBuckets, true)
	if !errors.Is(err, ErrDamaged) {
		return tape, err
	}
	aside := path + ".damaged"
	if os.Rename(path, aside) != nil {
		return nil, err
	}
	s.notices = append(s.notices, fmt.Sprintf("tape.db was damaged (%v) and is now %s; open ceremonies, records and mails begin anew", err,
		aside))
	tape, _, err = s.openFile(path, tapeBuckets, true)
	return tape, err
}

// Opened reports whether the files are open.
func (s *Store) Opened() bool { return s.db.bolt.Load() != nil && s.tape.bolt.Load() != nil }

// Notices says what a person should know about how the files were opened.
func (s *Store) Notices() []string {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.seeing.Lock()
	defer s.seeing.Unlock()
	return slices.Concat(s.notices, s.later, s.minted.notices())
}

func (s *Store) forgetLater() {
	s.seeing.Lock()
	defer s.seeing.Unlock()
	s.later = nil
}

// Close releases the files once the transactions that run have ended. A second
// call does nothing.
func (s *Store) Close() error {
	s.changing.Lock()
	defer s.changing.Unlock()
	u := s.endExamination()
	err := errors.Join(s.db.close(u.release), s.tape.close(func() error { return nil }))
	if err == nil && s.db.writable() == nil {
		err = u.giveBack()
	}
	return err
}

// Check reports the first inconsistency in the files.
func (s *Store) Check() error {
	for _, db := range []*file{s.db, s.tape} {
		open, err := db.open()
		if err != nil {
			return err
		}
		if err := open.View(consistent); err != nil {
			return fmt.Errorf("check %s: %w", open.Path(), err)
		}
	}
	return nil
}

// openFile opens a data file, and examines it first. Of a large sting.db only the
// roots are: then u says what is left.
func (s *Store) openFile(path string, buckets [][]byte, noSync bool) (db *bolt.DB, u *unexamined, err error) {
	defer onFault()()
	defer func() { // a damaged file can make bbolt panic while it opens
		if p := recover(); p != nil {
			err = ErrDamaged.Hinting("Move %s away to start fresh, or put a copy of it back; nothing was changed.",
				path).Because(fmt.Errorf("%v", p))
		}
		if err != nil {
			err = errors.Join(err, u.release())
			if db != nil {
				err = errors.Join(err, db.Close())
			}
			db, u = nil, nil
		}
	}()
	if err := errors.Join(create(path, buckets), sound(path)); err != nil {
		return db, nil, err
	}
	if u, err = s.openUnexamined(path, buckets); err == nil && u == nil {
		err = s.examineFirst(path, buckets)
	}
	if err != nil {
		return db, nil, err
	}
	if db, err = openBolt(path, noSync, u.room()); err != nil {
		return db, u, explainOpen(path, err)
	}
	if u != nil {
		if u.hold, err = db.Begin(false); err != nil {
			return db, u, explainOpen(path, err)
		}
	}
	if err := db.Update(func(tx *bolt.Tx) error { return prepare(tx, buckets) }); err != nil {
		return db, u, explainOpen(path, err)
	}
	if err := migrate(db, migrateAtOnce); err != nil {
		return db, u, explainOpen(path, err)
	}
	if u == nil {
		err = s.surveyed(db, path)
	}
	return db, u, explainOpen(path, err)
}

// openBolt opens a file that was examined, and maps as many bytes of it at least.
func openBolt(path string, noSync bool, mapped int) (*bolt.DB, error) {
	return bolt.Open(path, 0o600, &bolt.Options{
		Timeout: 500 * time.Millisecond, NoSync: noSync, NoGrowSync: noSync,
		FreelistType: bolt.FreelistMapType, OpenFile: openNoFollow, InitialMmapSize: mapped,
	})
}

// examineFirst examines the pages of a file that nobody has open, and mends them.
func (s *Store) examineFirst(path string, buckets [][]byte) error {
	pages, err := examined(path)
	if err == nil {
		err = pages.whole(path, buckets)
	}
	if err != nil {
		return err
	}
	said, err := pages.mendFile(path)
	s.notices = append(s.notices, said...)
	return err
}

func openNoFollow(path string, flag int, mode os.FileMode) (*os.File, error) {
	return os.OpenFile(path, flag|noFollow, mode)
}

func explainOpen(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case fault.From(err).Code != fault.ErrInternal.Code:
		return err
	case errors.Is(err, berrors.ErrTimeout):
		return lockedBy(path).Because(err)
	case errors.Is(err, fs.ErrPermission):
		if why := blocked(filepath.Dir(path)); why != nil {
			return fault.From(why).Because(err)
		}
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return fault.ErrStoreUnavailable.Saying("No more files can be opened.").
			Hinting("The limit of this process is reached: raise it in the shell that starts the lab (`ulimit -n 4096`), then start it again. " +
				"Nothing was lost.").Because(err)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return ErrDamaged.Hinting("Move %s away to start fresh, or put a copy of it back; nothing was changed.", path).Because(err)
	case errors.Is(err, syscall.ENOSPC):
		return fault.ErrStoreUnavailable.Saying("The disk is full.").Hinting("Free some space; nothing was lost.").Because(err)
	}
	return fault.ErrStoreUnavailable.Saying("The data file can't be opened.").Hinting("Look at %s: %v", path, err).Because(err)
}

var (
	bucketMeta = []byte("meta")
	keySchema  = []byte("schema")
)

// knownFormat refuses a file of another format than those up to known. Formats
// are whole numbers from 1; a file that was just made has none yet.
func knownFormat(got string, known uint64) error {
	if got == "" {
		return nil
	}
	if n, err := strconv.ParseUint(got, 10, 64); err != nil || n == 0 || n > known {
		return ErrNewer.Hinting("The file has format %s, this program knows %d. Use the newer version, or `--home DIR`.",
			strconv.QuoteToASCII(got), known)
	}
	return nil
}

func prepare(tx *bolt.Tx, buckets [][]byte) error {
	meta, err := tx.CreateBucketIfNotExists(bucketMeta)
	if err != nil {
		return err
	}
	got := string(meta.Get(keySchema))
	if err := knownFormat(got, schemaVersion); err != nil {
		return err
	}
	if got != fmt.Sprint(schemaVersion) {
		if err := meta.Put(keySchema, []byte(fmt.Sprint(schemaVersion))); err != nil {
			return err
		}
	}
	if got != "" && got != fmt.Sprint(schemaVersion) && tx.Bucket(credentials.name) != nil {
		if err := meta.Put(keyMigrating, []byte{0}); err != nil {
			return err
		}
	}
	for _, name := range buckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return nil
}
