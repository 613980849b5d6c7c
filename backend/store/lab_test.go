package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
)

func start() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused fails the test unless err is a fault with exactly this code.
func refused(t testing.TB, err error, code string) *fault.Error {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	if f.Message == "" || f.Hint == "" {
		t.Errorf("%s says %q and hints %q", code, f.Message, f.Hint)
	}
	return f
}

func person(t testing.TB, s *store.Store, email string) identity.Identity {
	t.Helper()
	traits, err := json.Marshal(map[string]string{"email": email})
	must(t, err)
	i := identity.New(start(), "default", traits, email)
	must(t, s.CreateIdentity(t.Context(), i))
	return i
}

func credential(t testing.TB, s *store.Store, p identity.Identity) passkey.Credential {
	t.Helper()
	c := newCredential(p)
	must(t, s.AddCredential(t.Context(), c))
	return c
}

func newCredential(p identity.Identity) passkey.Credential {
	id := uuid.New()
	return passkey.Credential{
		ID: uuid.NewString(), CredentialID: id[:], IdentityID: p.ID, UserHandle: p.UserHandle,
		RPID: "localhost", Name: "key", PublicKey: []byte("key"), Transports: []string{}, CreatedAt: start(), UpdatedAt: start(),
	}
}

// issued creates a session with both tokens and returns them.
func issued(t testing.TB, s *store.Store, p identity.Identity) (v session.Session, passkeyToken, kratosToken string) {
	t.Helper()
	v = session.New(start(), session.Policy{Lifespan: 24 * time.Hour}, p.ID, session.Proof{Method: session.Passkey}, session.Device{})
	passkeyToken, v.PasskeyToken = session.NewToken()
	kratosToken, v.KratosToken = session.NewToken()
	must(t, s.CreateSession(t.Context(), v))
	return v, passkeyToken, kratosToken
}

// damage changes one byte of the value that holds text, in the closed file.
func damage(t testing.TB, path, text string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	at := bytes.LastIndex(raw, []byte(text))
	if at < 0 {
		t.Fatalf("%s does not hold %q", path, text)
	}
	for at >= 0 { // older copies stand in free pages
		raw[at] ^= 1
		at = bytes.LastIndex(raw, []byte(text))
	}
	must(t, os.WriteFile(path, raw, 0o600))
}

func contains(t testing.TB, dir string, needles ...[]byte) bool {
	t.Helper()
	for _, name := range []string{"sting.db", "tape.db"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		for _, n := range needles {
			if bytes.Contains(raw, n) {
				return true
			}
		}
	}
	return false
}

func openError(t testing.TB, dir string) error {
	t.Helper()
	s, err := store.Open(dir, store.Options{NoSync: true})
	if err == nil {
		must(t, s.Close())
	}
	return err
}

func number(i int) string { return fmt.Sprintf("%04d@example.test", i) }
