package store_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// registered is a passkey as it is after a while: with what its registration said,
// and as many uses as are remembered.
func registered(p identity.Identity) passkey.Credential {
	c := newCredential(p)
	c.PublicKey, c.AAGUID = bytes.Repeat([]byte{7}, 77), make([]byte, 16)
	c.AttestationObject, c.ClientDataJSON = bytes.Repeat([]byte{9}, 900), bytes.Repeat([]byte{'c'}, 240)
	c.AttestationFormat, c.Transports = "packed", []string{"internal", "hybrid"}
	for i := range 50 {
		c.Counters = append(c.Counters, passkey.Use{At: start().Add(time.Duration(i) * time.Hour), SignCount: uint32(i), UserVerified: true})
	}
	return c
}

// countUp is what a sign-in changes, in short.
func countUp(c *passkey.Credential) error { c.SignCount++; return nil }

// BenchmarkSignInLookups is what a sign-in reads before it verifies: the passkey by
// the authenticator's id, and its person by the user handle.
func BenchmarkSignInLookups(b *testing.B) {
	s := storetest.New(b)
	p := person(b, s, "ada@example.test")
	c := registered(p)
	must(b, s.AddCredential(b.Context(), c))
	b.ReportAllocs()
	for b.Loop() {
		got, err := s.CredentialByCredentialID(b.Context(), c.CredentialID)
		must(b, err)
		_, err = s.IdentityByUserHandle(b.Context(), got.UserHandle)
		must(b, err)
	}
}

// BenchmarkSessionByToken is what each request of a signed-in browser reads.
func BenchmarkSessionByToken(b *testing.B) {
	s := storetest.New(b)
	v, _, _ := issued(b, s, person(b, s, "ada@example.test"))
	b.ReportAllocs()
	for b.Loop() {
		_, err := s.SessionByToken(b.Context(), session.KindPasskey, v.PasskeyToken)
		must(b, err)
	}
}

// BenchmarkGrantUnflushed is BenchmarkGrant without the disk, of a passkey that was
// used often.
func BenchmarkGrantUnflushed(b *testing.B) {
	s, err := store.Open(b.TempDir(), store.Options{NoSync: true})
	must(b, err)
	defer func() { must(b, s.Close()) }()
	c := registered(person(b, s, "ada@example.test"))
	must(b, s.AddCredential(b.Context(), c))
	b.ReportAllocs()
	for b.Loop() {
		v, _ := newSession(c.IdentityID)
		_, err := s.Grant(b.Context(), c.ID, func(c *passkey.Credential) error {
			c.SignCount++
			c.Counters = append(c.Counters[1:], passkey.Use{At: start(), SignCount: c.SignCount})
			return nil
		}, v)
		must(b, err)
	}
}

// BenchmarkCommit is one commit of a bbolt file, flushed to the disk.
func BenchmarkCommit(b *testing.B) {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "one.db"), 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	must(b, err)
	defer func() { must(b, db.Close()) }()
	for b.Loop() {
		must(b, db.Update(func(tx *bolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("one"))
			if err != nil {
				return err
			}
			return bucket.Put([]byte("key"), make([]byte, 500))
		}))
	}
}
