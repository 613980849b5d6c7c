package store_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store/storetest"
)

func TestTokensAreKeptAsHashesOnly(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	v, p, k := issued(t, s, person(t, s, "ada@example.test"))
	_, err := s.EndSession(t.Context(), v.ID, start())
	must(t, err)
	_, p2, k2 := issued(t, s, person(t, s, "eve@example.test"))
	done()
	var needles [][]byte
	for _, token := range []string{p, k, p2, k2} {
		raw, err := base64.RawURLEncoding.DecodeString(token)
		must(t, err)
		needles = append(needles, []byte(token), raw, []byte(hex.EncodeToString(raw)), []byte(base64.StdEncoding.EncodeToString(raw)))
	}
	if contains(t, dir, needles...) {
		t.Error("a token stands in a data file")
	}
	if !contains(t, dir, session.Hash(p2)) {
		t.Error("the hash of a token does not: the search finds nothing at all")
	}
}

// Rows are decoded at each look: nothing that is kept in memory outlives a change.
func TestASessionThatEndedIsGoneAtTheVeryNextLook(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	for claim, end := range map[string]func(session.Session) error{
		"ended": func(v session.Session) error {
			_, err := s.EndSession(t.Context(), v.ID, start())
			return err
		},
		"password changed": func(session.Session) error {
			_, err := s.UpdateIdentity(t.Context(), ada.ID, func(i *identity.Identity) error {
				i.Password = &identity.Password{Hash: "another", SetAt: start()}
				return nil
			})
			return err
		},
		"replaced": func(v session.Session) error {
			next, _ := newSession(ada.ID)
			return s.CreateSession(t.Context(), next, v.ID)
		},
	} {
		v, token, _ := issued(t, s, ada)
		for range 3 {
			_, err := s.SessionByToken(t.Context(), session.KindPasskey, session.Hash(token))
			must(t, err)
		}
		must(t, end(v))
		if got, err := s.SessionByToken(t.Context(), session.KindPasskey, session.Hash(token)); !errors.Is(err, session.ErrNone) {
			t.Errorf("%s: the next look finds %+v, %v", claim, got, err)
		}
	}
}

func TestPruneRemovesWhatIsOverAndNothingElse(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	living, token, _ := issued(t, s, ada)
	expired, _, _ := issued(t, s, ada)
	_, err := s.UpdateSession(t.Context(), expired.ID, func(v *session.Session) error {
		v.ExpiresAt = start().Add(time.Hour)
		return nil
	})
	must(t, err)
	ended, _, _ := issued(t, s, ada)
	_, err = s.EndSession(t.Context(), ended.ID, start().Add(time.Minute))
	must(t, err)
	n, err := s.PruneSessions(t.Context(), start().Add(2*time.Hour))
	if err != nil || n != 2 {
		t.Errorf("pruned %d (%v), want 2", n, err)
	}
	if got, err := s.SessionByToken(t.Context(), session.KindPasskey, session.Hash(token)); err != nil || got.ID != living.ID {
		t.Errorf("the living one: %v, %v", got.ID, err)
	}
	for _, id := range []session.ID{expired.ID, ended.ID} {
		if _, err := s.Session(t.Context(), id); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("%s is still there: %v", id, err)
		}
	}
	if list, err := s.SessionsOf(t.Context(), ada.ID); err != nil || len(list) != 1 {
		t.Errorf("%d are listed (%v)", len(list), err)
	}
	if n, err := s.PruneSessions(t.Context(), start().Add(2*time.Hour)); err != nil || n != 0 {
		t.Errorf("pruned %d again (%v)", n, err)
	}
}

func TestAGrantIsWholeOrNothing(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	c := credential(t, s, ada)
	old, oldToken, _ := issued(t, s, ada)
	refusal := errors.New("the counter went down meanwhile")
	v, token := newSession(ada.ID)

	_, err := s.Grant(t.Context(), c.ID, func(c *passkey.Credential) error {
		c.SignCount = 7
		return refusal
	}, v, old.ID)
	if !errors.Is(err, refusal) {
		t.Fatalf("got %v, want the error of use", err)
	}
	if _, err := s.SessionByToken(t.Context(), session.KindPasskey, session.Hash(token)); !errors.Is(err, session.ErrNone) {
		t.Errorf("a refused grant left a session: %v", err)
	}
	if got, err := s.Credential(t.Context(), c.ID); err != nil || got.SignCount != 0 {
		t.Errorf("a refused grant changed the counter to %d (%v)", got.SignCount, err)
	}
	if _, err := s.SessionByToken(t.Context(), session.KindPasskey, session.Hash(oldToken)); err != nil {
		t.Errorf("a refused grant ended the old session: %v", err)
	}
	_, err = s.Grant(t.Context(), "no-such-passkey", func(*passkey.Credential) error { return nil }, v)
	refused(t, err, "NOT_FOUND")

	after, err := s.Grant(t.Context(), c.ID, func(c *passkey.Credential) error {
		c.SignCount, c.IdentityID, c.CredentialID = 7, "eve", []byte("another")
		return nil
	}, v, old.ID)
	must(t, err)
	if after.SignCount != 7 || after.IdentityID != ada.ID || string(after.CredentialID) != string(c.CredentialID) {
		t.Errorf("after the grant it is %+v: whose it is never changes", after)
	}
	if _, err := s.SessionByToken(t.Context(), session.KindPasskey, session.Hash(token)); err != nil {
		t.Errorf("the new session: %v", err)
	}
	if _, err := s.SessionByToken(t.Context(), session.KindPasskey, session.Hash(oldToken)); !errors.Is(err, session.ErrNone) {
		t.Errorf("the old session is not dead at once: %v", err)
	}
}

func newSession(id identity.ID) (session.Session, string) {
	v := session.New(start(), session.Policy{Lifespan: 24 * time.Hour}, id, session.Proof{Method: session.Passkey}, session.Device{})
	token, hash := session.NewToken()
	v.PasskeyToken = hash
	return v, token
}

func TestADamagedValueIsAnErrorOfItsOwnAndTheOthersWork(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	ada, eve := person(t, s, "ada@example.test"), person(t, s, "eve@example.test")
	broken, good := credential(t, s, ada), credential(t, s, ada)
	dead, deadToken, _ := issued(t, s, ada)
	_, aliveToken, _ := issued(t, s, ada)
	done()
	for _, text := range []string{
		"\x01x$" + string(eve.ID), "\x01x$" + broken.ID, "\x01x$" + string(dead.ID), // the first member, a text of 36 bytes
	} {
		damage(t, filepath.Join(dir, "sting.db"), text)
	}
	s, _ = storetest.Open(t, dir)
	ctx := t.Context()

	_, err := s.Identity(ctx, eve.ID)
	refused(t, err, "STORE_UNAVAILABLE")
	_, err = s.IdentityByIdentifier(ctx, "eve@example.test")
	refused(t, err, "STORE_UNAVAILABLE")
	_, err = s.Identity(ctx, ada.ID)
	must(t, err)
	_, err = s.Credential(ctx, broken.ID)
	refused(t, err, "STORE_UNAVAILABLE")
	_, err = s.CredentialByCredentialID(ctx, broken.CredentialID)
	refused(t, err, "STORE_UNAVAILABLE")
	_, err = s.Credential(ctx, good.ID)
	must(t, err)
	_, err = s.SessionByToken(ctx, session.KindPasskey, session.Hash(deadToken))
	refused(t, err, "STORE_UNAVAILABLE") // "cannot tell", not "signed out"
	if !errors.Is(err, session.ErrDamaged) {
		t.Errorf("a session whose record is damaged: %v", err)
	}
	_, err = s.SessionByToken(ctx, session.KindPasskey, session.Hash(aliveToken))
	must(t, err)

	people, err := s.Identities(ctx, "", 10)
	if err != nil || len(people) != 1 {
		t.Errorf("%d people are listed (%v), want the whole one", len(people), err)
	}
	if list, err := s.CredentialsOf(ctx, ada.ID); err != nil || len(list) != 1 || list[0].ID != good.ID {
		t.Errorf("%d passkeys are listed (%v), want the whole one", len(list), err)
	}
	if list, err := s.SessionsOf(ctx, ada.ID); err != nil || len(list) != 1 {
		t.Errorf("%d sessions are listed (%v), want the whole one", len(list), err)
	}
	stolen := newCredential(ada)
	stolen.CredentialID = broken.CredentialID
	refused(t, s.AddCredential(ctx, stolen), "CREDENTIAL_KNOWN") // also while its record is damaged
}
