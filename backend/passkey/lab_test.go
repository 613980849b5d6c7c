package passkey_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/clock"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

const origin = "https://localhost:8443"

// lab is ceremonies over a real store, a clock that stands still unless moved,
// and a recorder that remembers.
type lab struct {
	*passkey.Ceremonies
	t       testing.TB
	store   *store.Store
	close   func()
	dir     string
	clock   *clock.Clock
	rp      passkey.RelyingParty
	entries *entries
	browser []byte
}

// entries is a Recorder.
type entries struct {
	mu   sync.Mutex
	list []passkey.Entry
}

func (e *entries) Record(x passkey.Entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, x)
}

func (e *entries) all() []passkey.Entry {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.list)
}

// last returns the newest entry.
func (e *entries) last(t testing.TB) passkey.Entry {
	t.Helper()
	all := e.all()
	if len(all) == 0 {
		t.Fatal("nothing was recorded")
	}
	return all[len(all)-1]
}

func newLab(t testing.TB) *lab {
	t.Helper()
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := &lab{
		t: t, dir: t.TempDir(), entries: new(entries),
		clock:   clock.New(func() time.Time { return start }),
		browser: []byte("the browser of the test, hashed."),
		rp: passkey.RelyingParty{
			ID: "localhost", Name: "STING", Origins: []string{origin},
			UserVerification: "preferred", Timeout: time.Minute,
		},
	}
	l.open()
	return l
}

// open opens the store and builds everything over it, as a start does.
func (l *lab) open() {
	l.t.Helper()
	l.store, l.close = storetest.Open(l.t, l.dir)
	secret, err := l.store.Secret(l.t.Context(), "decoys")
	if err != nil {
		l.t.Fatal(err)
	}
	l.Ceremonies = &passkey.Ceremonies{
		Credentials: l.store, Challenges: l.store, People: l.store,
		Recorder: l.entries, Now: l.clock.Now,
		Bus: new(events.Bus), Log: slog.New(slog.DiscardHandler), DecoySecret: secret,
	}
}

// restart closes the files and opens them again.
func (l *lab) restart() {
	l.t.Helper()
	l.close()
	l.open()
}

func (l *lab) from() passkey.From {
	return passkey.From{Origin: origin, UserAgent: "test", Address: "127.0.0.1", Browser: l.browser}
}

func (l *lab) person(email string) identity.Identity {
	l.t.Helper()
	traits, _ := json.Marshal(map[string]string{"email": email})
	i := identity.New(l.clock.Now(), "default", traits, email)
	l.must(l.store.CreateIdentity(l.t.Context(), i))
	return i
}

func (l *lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// The halves of ceremonies at the lab's relying party.

func (l *lab) BeginRegistration(ctx context.Context, id identity.ID, name string, from passkey.From) (passkey.Begun, error) {
	return l.Ceremonies.BeginRegistration(ctx, l.rp, id, name, from)
}

func (l *lab) FinishRegistration(ctx context.Context, a passkey.Answer) (passkey.Credential, error) {
	return l.Ceremonies.FinishRegistration(ctx, l.rp, a)
}

func (l *lab) BeginAuthentication(ctx context.Context, username string, from passkey.From) (passkey.Begun, error) {
	return l.Ceremonies.BeginAuthentication(ctx, l.rp, username, from)
}

func (l *lab) FinishAuthentication(ctx context.Context, a passkey.Answer) (passkey.Verified, error) {
	return l.Ceremonies.FinishAuthentication(ctx, l.rp, a)
}

// beginRegistration returns what a browser gets.
func (l *lab) beginRegistration(p identity.Identity) passkey.Begun {
	l.t.Helper()
	b, err := l.BeginRegistration(l.t.Context(), p.ID, "", l.from())
	l.must(err)
	return b
}

func (l *lab) beginSignIn(username string) passkey.Begun {
	l.t.Helper()
	b, err := l.BeginAuthentication(l.t.Context(), username, l.from())
	l.must(err)
	return b
}

func (l *lab) create(k *softkey.Authenticator, b passkey.Begun, muts ...softkey.Mutation) []byte {
	l.t.Helper()
	raw, err := k.Create(b.PublicKey, origin, muts...)
	l.must(err)
	return raw
}

func (l *lab) get(k *softkey.Authenticator, b passkey.Begun, muts ...softkey.Mutation) []byte {
	l.t.Helper()
	raw, err := k.Get(b.PublicKey, origin, muts...)
	l.must(err)
	return raw
}

// register runs a whole registration.
func (l *lab) register(p identity.Identity, k *softkey.Authenticator, muts ...softkey.Mutation) (passkey.Credential, error) {
	l.t.Helper()
	b := l.beginRegistration(p)
	return l.finishRegistration(p, b.ChallengeID, l.create(k, b, muts...))
}

func (l *lab) finishRegistration(p identity.Identity, id string, raw []byte) (passkey.Credential, error) {
	return l.FinishRegistration(l.t.Context(), passkey.Answer{
		ChallengeID: id, Credential: raw, IdentityID: p.ID, From: l.from(),
	})
}

// registered is register where a failure ends the test.
func (l *lab) registered(p identity.Identity, k *softkey.Authenticator) passkey.Credential {
	l.t.Helper()
	c, err := l.register(p, k)
	l.must(err)
	return c
}

// signIn runs a whole sign-in, the commit included; an empty username makes it
// discoverable.
func (l *lab) signIn(username string, k *softkey.Authenticator, muts ...softkey.Mutation) (passkey.Credential, error) {
	l.t.Helper()
	b := l.beginSignIn(username)
	return l.finishSignIn(b.ChallengeID, l.get(k, b, muts...))
}

func (l *lab) finishSignIn(id string, raw []byte) (passkey.Credential, error) {
	v, err := l.FinishAuthentication(l.t.Context(), passkey.Answer{ChallengeID: id, Credential: raw, From: l.from()})
	if err != nil {
		return passkey.Credential{}, err
	}
	return l.commit(v)
}

func (l *lab) commit(v passkey.Verified) (passkey.Credential, error) {
	after, err := l.store.UpdateCredential(context.WithoutCancel(l.t.Context()), v.Credential.ID, v.Use)
	return after, l.Conclude(v, after, "session", err)
}

// stored is the credential as the store has it.
func (l *lab) stored(id string) passkey.Credential {
	l.t.Helper()
	c, err := l.store.Credential(l.t.Context(), id)
	l.must(err)
	return c
}

// dump is everything durable that a ceremony could change.
func (l *lab) dump() string {
	l.t.Helper()
	credentials, err := l.store.Credentials(l.t.Context(), "", 1000)
	l.must(err)
	people, err := l.store.Identities(l.t.Context(), "", 1000)
	l.must(err)
	sessions, err := l.store.Sessions(l.t.Context(), "", 1000)
	l.must(err)
	out, err := json.MarshalIndent([]any{credentials, people, sessions}, "", " ")
	l.must(err)
	return string(out)
}

// unchanged runs f and fails the test if anything durable changed.
func (l *lab) unchanged(f func()) {
	l.t.Helper()
	before := l.dump()
	f()
	if diff := cmp.Diff(before, l.dump()); diff != "" {
		l.t.Errorf("a refused ceremony changed the store (-before +after):\n%s", diff)
	}
}

// refused fails the test unless err is a fault with exactly this code.
func refused(t testing.TB, err error, code string) *fault.Error {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("got %v, want %s", err, code)
	}
	if f.Code != code {
		t.Fatalf("got %v (hint %q), want %s", err, f.Hint, code)
	}
	if f.Message == "" || f.Hint == "" || strings.Contains(f.Hint, "%!") {
		t.Errorf("%s says %q and hints %q: both have to be sentences", code, f.Message, f.Hint)
	}
	return f
}
