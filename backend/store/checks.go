package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
	"sting/backend/health"
)

// Checks examines the files of an open store at the machine's time.
func (s *Store) Checks(now func() time.Time) []health.Check {
	files := checkFiles(s.dir, func(ctx context.Context) (string, error) {
		if !s.Opened() {
			return lookAt(s.dir)
		}
		return "wrote a value into sting.db and tape.db, read it back and compared it", s.Probe(ctx, now())
	})
	records := checkRecords(func(ctx context.Context) ([]health.Damage, error) {
		if !s.Opened() {
			return lookInto(s.dir)
		}
		return s.Survey(ctx)
	})
	return []health.Check{files, records}
}

// Checks examines the files in a folder that no lab has open. It changes nothing.
func Checks(dir string) []health.Check {
	return []health.Check{
		checkFiles(dir, func(context.Context) (string, error) { return lookAt(dir) }),
		checkRecords(func(context.Context) ([]health.Damage, error) { return lookInto(dir) }),
	}
}

// CheckRecords is the check that reads every value of the files.
const CheckRecords = "SV-12"

func checkRecords(look func(context.Context) ([]health.Damage, error)) health.Check {
	return health.Check{
		ID: CheckRecords, Title: "Everything in the data files can be read", Needs: []string{"SV-03"}, Patience: time.Minute,
		Run: func(ctx context.Context) health.Result {
			damages, err := look(ctx)
			if err != nil {
				return health.Blame(err)
			}
			if len(damages) == 0 {
				return health.Pass("read every value in sting.db and tape.db and compared its checksum, and every index with what it leads to")
			}
			seen := make([]string, 0, len(damages))
			for _, d := range damages {
				seen = append(seen, d.String())
			}
			return health.Fail(counted(len(damages), "value is", "values are")+" damaged. "+seen[0], damages[0].Fix,
				"sting doctor --fix "+CheckRecords, seen...)
		},
	}
}

// lookInto reads every value of the files of a lab that doesn't run.
func lookInto(dir string) (all []health.Damage, err error) {
	defer onFault()()
	defer func() {
		if p := recover(); p != nil {
			err = ErrDamaged.Because(fmt.Errorf("%v", p))
		}
	}()
	for _, name := range []string{"sting.db", "tape.db"} {
		path := filepath.Join(dir, name)
		db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: 300 * time.Millisecond, ReadOnly: true, OpenFile: openNoFollow})
		if err != nil {
			return nil, explainOpen(path, err)
		}
		err = db.View(func(tx *bolt.Tx) error {
			v, err := look(tx, kindsOf(name))
			if err == nil {
				all = append(all, v.damagesIn(name)...)
			}
			return err
		})
		if err = errors.Join(err, db.Close()); err != nil {
			return nil, explainOpen(path, err)
		}
	}
	return all, nil
}

func checkFiles(dir string, look func(context.Context) (string, error)) health.Check {
	return health.Check{
		ID: "SV-03", Title: "The data files can be opened, and are of this version",
		Run: func(ctx context.Context) health.Result {
			if _, err := os.Stat(filepath.Join(dir, "sting.db")); errors.Is(err, fs.ErrNotExist) {
				return health.Skip("there are no data files yet: the first start makes them")
			}
			if err := blocked(dir); err != nil {
				r := health.Blame(err, "folder "+dir)
				if _, rest, ok := strings.Cut(r.Fix, "`"); ok {
					r.Command, _, _ = strings.Cut(rest, "`")
				}
				return r
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
	if pages.mendable() && !pages.lost || pages.said("") != "" {
		return ErrDamaged.Saying("A part of %s is damaged, and the next start mends it.", filepath.Base(path)).
			Hinting("Run `sting start`, then `sting status`: it says what was damaged and whether anything is lost.").Running("sting start")
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
	return knownFormat(string(meta.Get(keySchema)), schemaVersion)
}
