package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"
)

var errNoSetting = errors.New("no such setting")

// Secret returns the 256 random bits kept under name, made at the first call
// and the same after a restart.
func (s *Store) Secret(ctx context.Context, name string) (secret []byte, err error) {
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
		raw, err := settings.get(tx, []byte("secret:"+name))
		if err == nil {
			return json.Unmarshal(raw, &secret)
		}
		if !errors.Is(err, errNoSetting) {
			return err
		}
		secret = make([]byte, 32)
		rand.Read(secret)
		if raw, err = json.Marshal(secret); err != nil {
			return err
		}
		return settings.put(tx, []byte("secret:"+name), raw)
	})
	return secret, err
}

// Probe writes, reads back and compares one value in each file, and sees that
// there is room for more: the real operation, for the health of the store.
func (s *Store) Probe(ctx context.Context, now time.Time) error {
	key := []byte("probe")
	raw, err := json.Marshal(now)
	if err != nil {
		return err
	}
	if err := roomy(s.dir); err != nil {
		return err
	}
	for _, db := range []*file{s.db, s.tape} {
		if err := db.inPlace(); err != nil {
			return err
		}
		if err := write(ctx, db, func(tx *bolt.Tx) error { return settings.put(tx, key, raw) }); err != nil {
			return err
		}
		err := view(db, func(tx *bolt.Tx) error {
			got, err := settings.get(tx, key)
			if err == nil && string(got) != string(raw) {
				return ErrDamagedRecord.Because(errors.New("the probe reads back something else"))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
