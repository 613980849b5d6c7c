package store_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/fault"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// format1 is a home as the program wrote it before rows were CBOR, and what it held:
// people who were changed and removed, passkeys with uses and without, tombstones,
// sessions that live, ended, and are gone.
func format1(t *testing.T) (home string, w truth) {
	t.Helper()
	home = t.TempDir()
	for _, name := range []string{"sting.db", "tape.db"} {
		from, err := os.Open(filepath.Join("testdata", "format1", name+".gz"))
		must(t, err)
		z, err := gzip.NewReader(from)
		must(t, err)
		to, err := os.OpenFile(filepath.Join(home, name), os.O_CREATE|os.O_WRONLY, 0o600)
		must(t, err)
		_, err = io.Copy(to, z)
		must(t, errors.Join(err, to.Close(), from.Close()))
	}
	raw, err := os.ReadFile(filepath.Join("testdata", "format1", "truth.json"))
	must(t, err)
	must(t, json.Unmarshal(raw, &w))
	return home, w
}

// holds fails the test unless everything that the home held is there, and can be
// found by every index.
func holds(t *testing.T, s *store.Store, w truth) {
	t.Helper()
	var got truth
	var err error
	got.People, err = s.Identities(t.Context(), "", 1000)
	must(t, err)
	got.Passkeys, err = s.Credentials(t.Context(), "", 1000)
	must(t, err)
	got.Sessions, err = s.Sessions(t.Context(), "", 1000)
	must(t, err)
	got.Records, err = s.Records(t.Context(), "", 1000)
	must(t, err)
	if diff := cmp.Diff(inJSON(t, w), inJSON(t, got)); diff != "" {
		t.Errorf("it holds something else (-want +got):\n%s", diff)
	}
	c := &child{s: s}
	for _, p := range w.People {
		i, err := s.IdentityByUserHandle(t.Context(), p.UserHandle)
		c.expect("by handle the account", string(p.ID), err, i, p)
	}
	for _, k := range w.Passkeys {
		found, err := s.CredentialByCredentialID(t.Context(), k.CredentialID)
		if k.AttestationObject, k.ClientDataJSON = nil, nil; inJSON(t, found) != inJSON(t, k) {
			t.Errorf("by its own id the passkey is %+v (%v), want %+v", found, err, k)
		}
	}
	if damages, err := s.Survey(t.Context()); err != nil || len(damages) > 0 {
		t.Errorf("damaged are %v, %v", damages, err)
	}
	if said := s.Notices(); len(said) > 0 {
		t.Errorf("it says %q", said)
	}
}

func inJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	must(t, err)
	return string(raw)
}

func TestAFileOfFormat1IsBroughtForwardWhole(t *testing.T) {
	home, w := format1(t)
	for range 2 {
		s, done := storetest.Open(t, home)
		holds(t, s, w)
		if _, err := s.TakeCeremony(t.Context(), "none"); err == nil {
			t.Error("an unknown ceremony was taken")
		}
		done()
	}
	f := refused(t, openOlder(filepath.Join(home, "sting.db")), "STORE_NEWER")
	if f.Hint == "" {
		t.Error("an older program is told nothing")
	}
}

// openOlder is what a program of format 1 says.
func openOlder(path string) error { return store.CheckFormat(path, 1) }

func TestAMigrationThatEndedAnywhereGoesOn(t *testing.T) {
	for transactions := 0; ; transactions += 9 {
		home, w := format1(t)
		ended, err := store.MigrateSlowly(filepath.Join(home, "sting.db"), transactions)
		must(t, err)
		refused(t, openOlder(filepath.Join(home, "sting.db")), "STORE_NEWER")
		s, _ := storetest.Open(t, home)
		holds(t, s, w)
		if ended {
			return
		}
	}
}

// STING_MIGRATE_HOME makes this program the one that is killed.
func TestAMigrationThatIsKilledGoesOn(t *testing.T) {
	for range 4 {
		home, w := format1(t)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "STING_MIGRATE_HOME="+home)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		_, _ = io.ReadFull(out, make([]byte, 1)) // it begins
		time.AfterFunc(time.Duration(rand.IntN(60))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // it was killed, or faster
		s, _ := storetest.Open(t, home)
		holds(t, s, w)
	}
}

// A snapshot of format 1 is compared, restored and read as one of today.
func TestACopyOfFormat1IsReadWhole(t *testing.T) {
	home, w := format1(t)
	path := filepath.Join(home, "sting.db")
	must(t, store.CheckFile(path))
	c, found, err := store.ReadContent(path, t.TempDir())
	if err != nil || len(found) > 0 {
		t.Fatalf("it has the problems %v, %v", found, err)
	}
	var got truth
	for _, e := range c.People {
		got.People = append(got.People, e.Value)
	}
	for _, e := range c.Passkeys {
		got.Passkeys = append(got.Passkeys, e.Value)
	}
	for _, e := range c.Sessions {
		got.Sessions = append(got.Sessions, e.Value)
	}
	got.Records = w.Records
	if diff := cmp.Diff(inJSON(t, w), inJSON(t, got)); diff != "" {
		t.Errorf("it holds something else (-want +got):\n%s", diff)
	}
	for _, k := range w.Passkeys {
		if lives, err := store.Lives(path, k.CredentialID); err != nil || lives != k.Active() {
			t.Errorf("%s lives: %v, %v", k.ID, lives, err)
		}
	}
}

// What can't be read is not brought forward, and named as it was.
func TestADamagedRowOfFormat1IsNamedAndTheOthersComeForward(t *testing.T) {
	home, w := format1(t)
	broken := w.Passkeys[0]
	damage(t, filepath.Join(home, "sting.db"), `{"id":"`+broken.ID)
	s, _ := storetest.Open(t, home)
	list, err := s.Damages(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != broken.ID || list[0].What != store.Passkey {
		t.Errorf("named are %v, %v", list, err)
	}
	_, err = s.Credential(t.Context(), broken.ID)
	refused(t, err, fault.ErrStoreUnavailable.Code)
	rest, err := s.Credentials(t.Context(), "", 1000)
	if err != nil || len(rest) != len(w.Passkeys)-1 {
		t.Errorf("%d passkeys are left, %v", len(rest), err)
	}
}

// A sign-in reads and writes the passkey without what its registration said, and
// keeps it.
func TestWhatTheRegistrationSaidOutlivesASignIn(t *testing.T) {
	s := storetest.New(t)
	c := registered(person(t, s, "ada@example.test"))
	must(t, s.AddCredential(t.Context(), c))
	found, err := s.CredentialByCredentialID(t.Context(), c.CredentialID)
	if err != nil || found.AttestationObject != nil || found.ClientDataJSON != nil || len(found.Counters) != len(c.Counters) {
		t.Errorf("a sign-in reads %+v, %v", found, err)
	}
	v, _ := newSession(c.IdentityID)
	_, err = s.Grant(t.Context(), c.ID, countUp, v)
	must(t, err)
	got, err := s.Credential(t.Context(), c.ID)
	must(t, err)
	want := c
	want.SignCount++
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a sign-in (-want +got):\n%s", diff)
	}
	must(t, s.Forget(t.Context(), c.IdentityID, "none"))
	if list, err := s.Survey(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("after it was forgotten: %v, %v", list, err)
	}
}

// A damaged registration costs the passkey nothing.
func TestADamagedRegistrationIsNamedAndThePasskeyWorks(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	c := registered(person(t, s, "ada@example.test"))
	must(t, s.AddCredential(t.Context(), c))
	done()
	damage(t, filepath.Join(dir, "sting.db"), string(c.AttestationObject))
	s, _ = storetest.Open(t, dir)
	list, err := s.Damages(t.Context())
	if err != nil || len(list) != 1 || list[0].What != store.Registration || list[0].Whose != "ada@example.test" || list[0].ID != c.ID {
		t.Errorf("named are %v, %v", list, err)
	}
	got, err := s.Credential(t.Context(), c.ID)
	if err != nil || got.AttestationObject != nil || string(got.PublicKey) != string(c.PublicKey) {
		t.Errorf("the passkey is %+v, %v", got, err)
	}
	if n, err := s.DropDamaged(t.Context()); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	v, _ := newSession(c.IdentityID)
	_, err = s.Grant(t.Context(), c.ID, countUp, v)
	must(t, err)
}
