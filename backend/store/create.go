package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/disk"
	"sting/backend/fault"
)

// create makes a data file where there is none: whole, beside its place, and moved
// there in one step. bbolt itself would begin with an empty file under the name,
// and a kill or a full disk at that moment would leave one that looks damaged.
func create(path string, buckets [][]byte) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil // what is there is for others to judge
	}
	part := path + disk.Part
	if err := disk.Remove(part); err != nil { // of a start that was killed
		return explainOpen(path, err)
	}
	err := fill(part, buckets)
	if err == nil {
		err = disk.Place(part, path)
	}
	if err != nil {
		return explainOpen(path, errors.Join(err, disk.Remove(part)))
	}
	return nil
}

// fill makes a file with empty buckets, and flushes it.
func fill(path string, buckets [][]byte) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout: 500 * time.Millisecond, NoSync: true, FreelistType: bolt.FreelistMapType, OpenFile: openNoFollow,
	})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error { return prepare(tx, buckets) })
	return errors.Join(err, db.Sync(), db.Close())
}

// clearing is the file that says that everything is to be forgotten. It stands from
// the moment at which that can't be undone until it is done: a start that finds it
// goes on where a kill came between.
const clearing = "sting.reset"

// Clear forgets what is in both files, so that the next Reopen begins afresh, and
// does what belongs to it: do, which may be nil. After a kill at any moment nothing
// was forgotten, or the next Open forgets the rest; what do would have done is what
// Pending returns then. The store must be closed.
func (s *Store) Clear(what string, do func() error) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if s.Opened() {
		return ErrDamaged.Saying("The data files are open.").Hinting("Stop the store first: `sting stop store`.").
			Running("sting stop store")
	}
	if err := s.CarryEnded(); err != nil {
		return err
	}
	if err := disk.Replace(filepath.Join(s.dir, clearing), []byte(what)); err != nil {
		return explainOpen(filepath.Join(s.dir, clearing), err)
	}
	if do != nil {
		if err := do(); err != nil { // nothing was forgotten yet
			return errors.Join(err, disk.Remove(filepath.Join(s.dir, clearing)))
		}
	}
	return s.finishClear()
}

// Pending returns what a Clear that was killed in a home folder was called with, and
// whether there is one. Open finishes what belongs to the files.
func Pending(dir string) (what string, pending bool) {
	raw, err := os.ReadFile(filepath.Join(dir, clearing))
	return string(raw), err == nil
}

// finishClear removes both files, and then what says so. s.changing is held.
func (s *Store) finishClear() error {
	for _, name := range []string{"sting.db", "tape.db", clearing} {
		if err := disk.Remove(filepath.Join(s.dir, name)); err != nil {
			return fault.ErrStoreUnavailable.Saying("The data files can't be removed.").
				Hinting("Look who may write in %s. The reset goes on at the next start.", s.dir).Because(err)
		}
	}
	return nil
}
