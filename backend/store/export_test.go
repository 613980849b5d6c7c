package store

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
)

// ExaminePages says what an examination finds in a file, the list of free pages
// included.
func ExaminePages(path string) error {
	p, err := examined(path)
	if err != nil {
		return err
	}
	if text := p.said(path); text != "" {
		return errors.New(text)
	}
	return p.list
}

// Step returns the step of an examination behind, which pauses where it is time.
func Step(ctx context.Context, asked func() uint64) func() error {
	return (&pace{ctx: ctx, began: time.Now(), asked: asked}).step
}

// KnownFormat judges the format that a file names by what a program knows.
func KnownFormat(got string, known uint64) error { return knownFormat(got, known) }

// MigrateSlowly brings a sting.db forward a row at a time, and gives up after so
// many transactions, as if it were killed between two of them. It says whether it
// came to the end.
func MigrateSlowly(path string, transactions int) (ended bool, err error) {
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		return false, err
	}
	err = db.Update(func(tx *bolt.Tx) error { return prepare(tx, durableBuckets) })
	for left := true; transactions > 0 && left && err == nil; transactions-- {
		err = db.Update(func(tx *bolt.Tx) (err error) {
			left, err = migrateSome(tx, 1)
			ended = !left
			return err
		})
	}
	return ended, errors.Join(err, db.Close())
}

// CheckFormat says what a program that knows formats up to known says of a file.
func CheckFormat(path string, known uint64) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	err = db.View(func(tx *bolt.Tx) error { return knownFormat(string(tx.Bucket(bucketMeta).Get(keySchema)), known) })
	return errors.Join(err, db.Close())
}

// CheckPages is bbolt's own examination of a file that nobody has open.
func CheckPages(path string) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return err
	}
	return errors.Join(db.View(consistent), db.Close())
}

// Miscount writes another number into a bucket that counts its keys.
func Miscount(dir, bucket string, n uint64) error {
	db, err := bolt.Open(filepath.Join(dir, "sting.db"), 0o600, nil)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucket)).SetSequence(n) })
	return errors.Join(err, db.Close())
}
