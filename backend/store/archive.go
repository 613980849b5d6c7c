package store

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
)

// Snapshot writes a consistent copy of sting.db while the lab goes on.
func (s *Store) Snapshot(w io.Writer) error {
	return view(s.db, func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}

// CheckFile reads a copy of sting.db and says whether it is one, whole, and of a
// format that this program knows: ErrDamaged, ErrNewer. It changes nothing in it.
func CheckFile(path string) (err error) {
	defer onFault()()
	defer func() { // a damaged file can make bbolt panic
		if p := recover(); p != nil {
			err = ErrDamaged.Because(fmt.Errorf("%v", p))
		}
	}()
	if err := sound(path); err != nil {
		return err
	}
	pages, err := examined(path)
	if err == nil {
		err = pages.whole(path, durableBuckets)
	}
	if err != nil {
		return err
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: 500 * time.Millisecond})
	if err != nil {
		return explainOpen(path, err)
	}
	checked := db.View(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil || tx.Bucket(identities.name) == nil {
			return ErrDamaged.Because(errors.New("it is no data file of this program"))
		}
		return knownFormat(string(meta.Get(keySchema)), schemaVersion)
	})
	return errors.Join(checked, db.Close())
}

// Lives reports whether a passkey may be used to sign in in a copy of sting.db.
func Lives(path string, credentialID []byte) (lives bool, err error) {
	defer onFault()()
	defer func() { // a damaged file can make bbolt panic
		if p := recover(); p != nil {
			err = ErrDamaged.Because(fmt.Errorf("%v", p))
		}
	}()
	if err := sound(path); err != nil {
		return false, err
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: 500 * time.Millisecond})
	if err != nil {
		return false, explainOpen(path, err)
	}
	read := db.View(func(tx *bolt.Tx) error {
		if tx.Bucket(credentialIDs.name) == nil || tx.Bucket(credentials.name) == nil {
			return ErrDamaged.Because(errors.New("it is no data file of this program"))
		}
		id := credentialIDs.get(tx, credentialID)
		if id == nil {
			return nil
		}
		c, err := credentials.get(tx, id)
		lives = err == nil && c.Active()
		return err
	})
	return lives, errors.Join(read, db.Close())
}

// Path is where sting.db is.
func (s *Store) Path() string { return filepath.Join(s.dir, "sting.db") }

// ReadContent reads what people have in a copy of sting.db that CheckFile finds
// whole, and says what in it no transaction of this program leaves behind: records
// under another's key, indexes that lead to somebody else, people who share what
// has to be one's own. Damaged records are left out, as everywhere. scratch is a
// folder for what is needed meanwhile.
func ReadContent(path, scratch string) (c Content, found fault.Problems, err error) {
	defer onFault()()
	defer func() { // a damaged file can make bbolt panic
		if p := recover(); p != nil {
			err = ErrDamaged.Because(fmt.Errorf("%v", p))
		}
	}()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: 500 * time.Millisecond, OpenFile: openNoFollow})
	if err != nil {
		return c, nil, explainOpen(path, err)
	}
	err = db.View(func(tx *bolt.Tx) error {
		r := reading{tx: tx, unsound: map[string]bool{}}
		if err := r.content(); err != nil {
			return err
		}
		c = r.Content
		err := r.compare(scratch)
		found = r.found
		return err
	})
	return c, found, errors.Join(err, db.Close())
}
