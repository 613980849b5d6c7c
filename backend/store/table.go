package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"syscall"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"sting/backend/fault"
)

// durableBuckets and tapeBuckets are what the two files hold.
var (
	durableBuckets = [][]byte{
		identities.name, identifiers.name, userHandles.name,
		credentials.name, registrations.name, credentialIDs.name, credentialsOf.name,
		sessions.name, sessionTokens.name, sessionsOf.name, endedSessions.name,
		codes.name, codesByAge.name, guesses.name,
		settings.name,
		peopleNewest.name, peopleNames.name, peopleWords.name,
		passkeysNewest.name, passkeysNames.name, passkeysWords.name, sessionsNewest.name,
	}
	tapeBuckets = [][]byte{
		ceremonies.name, ceremoniesByAge.name, ceremoniesOf.name, ceremoniesOfGuests.name, provenBrowsers.name, challenges.name,
		records.name, flows.name, flowsByAge.name, flowsOf.name, flowCounts.name,
		mails.name, mailTexts.name, mailSources.name, mailIDs.name,
		signIns.name, watchedKeys.name,
		messages.name, messageIDs.name, messageWaiting.name,
		settings.name,
	}
)

// table is a bucket of values of one type, each behind a CRC-32C.
type table[V any] struct {
	name    []byte
	missing error     // what get returns for a key that is not there
	coding  coding[V] // zero: JSON
}

// sumLen is how long the checksum before a value is.
const sumLen = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (t table[V]) get(tx *bolt.Tx, key []byte) (v V, err error) {
	b := tx.Bucket(t.name).Get(key)
	if b == nil {
		return v, t.missing
	}
	return t.decode(key, b)
}

func (t table[V]) decode(key, b []byte) (v V, err error) {
	if len(b) < sumLen || binary.BigEndian.Uint32(b) != crc32.Checksum(b[sumLen:], castagnoli) {
		return v, ErrDamagedRecord.Because(fmt.Errorf("%s/%q: checksum differs", t.name, key))
	}
	if v, err = t.inBytes().decode(b[sumLen:]); err != nil {
		return v, ErrDamagedRecord.Because(fmt.Errorf("%s/%q: %w", t.name, key, err))
	}
	return v, nil
}

func (t table[V]) inBytes() coding[V] {
	if t.coding.encode == nil {
		return inJSON[V]()
	}
	return t.coding
}

func (t table[V]) put(tx *bolt.Tx, key []byte, v V) error {
	b := bytes.NewBuffer(make([]byte, sumLen, 512))
	if err := t.inBytes().encode(b, v); err != nil {
		return fmt.Errorf("encode %s/%q: %w", t.name, key, err)
	}
	row := b.Bytes()
	binary.BigEndian.PutUint32(row, crc32.Checksum(row[sumLen:], castagnoli))
	return tx.Bucket(t.name).Put(key, row)
}

func (t table[V]) delete(tx *bolt.Tx, key []byte) error {
	return tx.Bucket(t.name).Delete(key)
}

// list returns at most limit values behind the key called after, in order. db is
// told where one can't be read: it must not hide the others.
func (t table[V]) list(tx *bolt.Tx, db *file, after []byte, limit int) (vs []V) {
	c := tx.Bucket(t.name).Cursor()
	k, b := c.First()
	if len(after) > 0 {
		if k, b = c.Seek(after); string(k) == string(after) {
			k, b = c.Next()
		}
	}
	for ; k != nil && len(vs) < limit; k, b = c.Next() {
		v, err := t.decode(k, b)
		if err != nil {
			_ = db.met(err)
			continue
		}
		vs = append(vs, v)
	}
	return vs
}

// index is a bucket of keys that lead to keys.
type index struct {
	name    []byte
	counted bool // the bucket's sequence says how many keys there are
}

func (x index) get(tx *bolt.Tx, key []byte) []byte { return tx.Bucket(x.name).Get(key) }

func (x index) put(tx *bolt.Tx, key, to []byte) error {
	b := tx.Bucket(x.name)
	if x.counted && b.Get(key) == nil {
		if err := b.SetSequence(b.Sequence() + 1); err != nil {
			return err
		}
	}
	return b.Put(key, to)
}

func (x index) delete(tx *bolt.Tx, key []byte) error {
	b := tx.Bucket(x.name)
	if x.counted && b.Get(key) != nil {
		if err := b.SetSequence(max(b.Sequence(), 1) - 1); err != nil {
			return err
		}
	}
	return b.Delete(key)
}

// under calls f with what follows prefix in each key that begins with it.
func (x index) under(tx *bolt.Tx, prefix []byte, f func(rest, to []byte) error) error {
	c := tx.Bucket(x.name).Cursor()
	for k, v := c.Seek(prefix); k != nil && len(k) >= len(prefix) && string(k[:len(prefix)]) == string(prefix); k, v = c.Next() {
		if err := f(k[len(prefix):], v); err != nil {
			return err
		}
	}
	return nil
}

// join makes the key of an index that lists many under one.
func join(parts ...[]byte) []byte {
	var key []byte
	for i, p := range parts {
		if i > 0 {
			key = append(key, 0)
		}
		key = append(key, p...)
	}
	return key
}

// view runs one transaction that reads, and makes a fault of what the disk says.
func view(db *file, f func(*bolt.Tx) error) (err error) {
	defer onFault()()
	defer db.caught(&err)
	tx, err := db.begin(false)
	if err != nil {
		return err
	}
	defer db.end(tx)
	return db.met(explainIO(f(tx)))
}

// write runs one transaction that writes, together with others that come at the
// same time. f may run more than once, and in another goroutine. Where ctx ends
// before its turn has come, nothing is written.
func write(ctx context.Context, db *file, f func(*bolt.Tx) error) error {
	if _, err := db.open(); err != nil {
		return err
	}
	if err := db.writable(); err != nil {
		return err
	}
	return db.met(db.writers.write(ctx, f, db.commit))
}

func explainIO(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if errors.Is(err, berrors.ErrDatabaseNotOpen) { // closed since it was asked for
		return ErrClosed.Because(err)
	}
	for _, full := range []error{syscall.ENOSPC, errQuota, syscall.EROFS, syscall.EFBIG} {
		if errors.Is(err, full) {
			return explainSpace(err)
		}
	}
	return fault.ErrStoreUnavailable.Because(err)
}
