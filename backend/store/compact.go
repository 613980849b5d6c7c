package store

import (
	"errors"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// worthIt is how large tape.db must be before it is made smaller.
const worthIt = 16 << 20

// CompactTape makes tape.db smaller where half of it or more holds nothing any
// more: bbolt never gives anything back. It returns the bytes that were freed.
// Those who use the file meanwhile wait; a kill leaves the file as it was, or
// the smaller one.
func (s *Store) CompactTape() (freed int64, err error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	f := s.tape
	if err := f.inPlace(); err != nil {
		return 0, err
	}
	f.starting.Lock() // nobody begins anything from here on
	defer f.starting.Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = f.judge(p)
		}
	}()
	db, err := f.open()
	if err != nil {
		return 0, err
	}
	before, err := os.Stat(db.Path())
	if err != nil {
		return 0, explainOpen(db.Path(), err)
	}
	stats := db.Stats()
	if free := int64(stats.FreePageN+stats.PendingPageN) * int64(db.Info().PageSize); before.Size() < worthIt || 2*free < before.Size() {
		return 0, nil
	}
	temp := db.Path() + ".part"
	defer os.Remove(temp)
	if err := copyCompact(db, temp); err != nil {
		return 0, explainIO(err)
	}
	after, err := os.Stat(temp)
	if err != nil {
		return 0, explainOpen(temp, err)
	}
	return before.Size() - after.Size(), s.swapTape(db, temp)
}

// copyCompact writes what a database holds into a new one. The lock of the
// writers is held meanwhile: a change that came between would be lost.
func copyCompact(db *bolt.DB, path string) error {
	writers, err := db.Begin(true)
	if err != nil {
		return err
	}
	_ = os.Remove(path) // what an attempt left that was killed
	to, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true, NoGrowSync: true, FreelistType: bolt.FreelistMapType,
		OpenFile: openNoFollow})
	if err == nil {
		err = errors.Join(bolt.Compact(to, db, 1<<20), to.Sync(), to.Close())
	}
	return errors.Join(err, writers.Rollback())
}

// swapTape puts the file at path in tape.db's place. Those who read the old one
// are waited for. The caller keeps everybody else out.
func (s *Store) swapTape(old *bolt.DB, path string) error {
	if err := old.Close(); err != nil {
		return explainIO(err)
	}
	place := filepath.Join(s.dir, "tape.db")
	moved := os.Rename(path, place)
	tape, _, err := s.openFile(place, tapeBuckets, true)
	if err != nil {
		s.tape.bolt.Store(nil)
		return err
	}
	return errors.Join(s.tape.exchange(tape), explainIO(moved))
}
