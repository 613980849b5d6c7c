package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
	"sting/backend/health"
)

// Checks examines the files of an open store at the machine's time.
func (s *Store) Checks(now func() time.Time) []health.Check {
	return []health.Check{checkFiles(s.dir, func(ctx context.Context) (string, error) {
		if !s.Opened() {
			return lookAt(s.dir)
		}
		return "wrote a value into sting.db and tape.db, read it back and compared it", s.Probe(ctx, now())
	})}
}

// Checks examines the files in a folder that no lab has open. It changes nothing.
func Checks(dir string) []health.Check {
	return []health.Check{checkFiles(dir, func(context.Context) (string, error) { return lookAt(dir) })}
}

func checkFiles(dir string, look func(context.Context) (string, error)) health.Check {
	return health.Check{
		ID: "SV-03", Title: "The data files can be opened, and are of this version",
		Run: func(ctx context.Context) health.Result {
			if _, err := os.Stat(filepath.Join(dir, "sting.db")); errors.Is(err, fs.ErrNotExist) {
				return health.Skip("there are no data files yet: the first start makes them")
			}
			seen, err := look(ctx)
			if err != nil {
				return health.Blame(err, "folder "+dir)
			}
			return health.Pass(seen)
		},
	}
}

// lookAt opens the files to read, and closes them again.
func lookAt(dir string) (string, error) {
	for name, buckets := range map[string][][]byte{"sting.db": durableBuckets, "tape.db": tapeBuckets} {
		if err := lookAtFile(filepath.Join(dir, name), buckets); err != nil {
			return "", err
		}
	}
	return "opened sting.db and tape.db to read: format and pages are right", nil
}

func lookAtFile(path string, buckets [][]byte) (err error) {
	defer onFault()()
	defer func() {
		if p := recover(); p != nil { // bbolt trusts what it maps
			err = ErrDamaged.Hinting("Put a copy of %s back, or move it away to start fresh.", path)
		}
	}()
	if fi, err := os.Lstat(path); err != nil || !fi.Mode().IsRegular() || fi.Size() < shortest {
		return ErrDamaged.Hinting("%s is no whole data file. Put a copy of it back, or move it away to start fresh.", path)
	}
	pages, err := examined(path)
	if err == nil {
		err = pages.whole(path, buckets)
	}
	if err != nil {
		return err
	}
	if pages.mendable() || pages.said("") != "" {
		return ErrDamaged.Saying("A part of %s is damaged, and the next start mends it.", filepath.Base(path)).
			Hinting("Run `sting start`, then `sting status`: it says what was damaged and whether anything is lost.")
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: 300 * time.Millisecond, ReadOnly: true, OpenFile: openNoFollow})
	if err != nil {
		return explainOpen(path, err)
	}
	if err = errors.Join(db.View(ofThisFormat), db.Close()); err != nil {
		return explainOpen(path, err)
	}
	return nil
}

// ofThisFormat returns ErrNewer for a file that this program can't read.
func ofThisFormat(tx *bolt.Tx) error {
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		return fault.ErrStoreUnavailable.Saying("The file is a bbolt database, and not one of the lab's.")
	}
	return knownFormat(string(meta.Get(keySchema)))
}
