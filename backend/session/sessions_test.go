package session_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sting/backend/clock"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/session"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// lab is sessions over a real store and a clock that stands still unless moved.
type lab struct {
	*session.Sessions
	t      testing.TB
	dir    string
	store  *store.Store
	close  func()
	clock  *clock.Clock
	policy session.Policy
}

func newLab(t testing.TB) *lab {
	t.Helper()
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := &lab{
		t: t, dir: t.TempDir(), clock: clock.New(func() time.Time { return start }),
		policy: session.Policy{Lifespan: 24 * time.Hour, PrivilegedAge: 15 * time.Minute},
	}
	l.open()
	return l
}

func (l *lab) open() {
	l.t.Helper()
	l.store, l.close = storetest.Open(l.t, l.dir)
	l.Sessions = &session.Sessions{
		Store: l.store, Now: l.clock.Now, Policy: func() session.Policy { return l.policy }, Bus: new(events.Bus),
	}
}

func (l *lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// issued begins a session of who with both tokens.
func (l *lab) issued(who identity.ID, replaced ...session.ID) (s session.Session, passkeyToken, kratosToken string) {
	l.t.Helper()
	s = session.New(l.clock.Now(), l.policy, who, session.Proof{Method: session.Passkey, CredentialID: "c"}, session.Device{UserAgent: "test"})
	passkeyToken, s.PasskeyToken = session.NewToken()
	kratosToken, s.KratosToken = session.NewToken()
	l.must(l.Issue(l.t.Context(), s, replaced...))
	return s, passkeyToken, kratosToken
}

// signedIn reports whether a token shows a living session; anything but yes and
// no ends the test.
func (l *lab) signedIn(k session.Kind, token string) bool {
	l.t.Helper()
	_, err := l.ByToken(l.t.Context(), k, token)
	if err != nil && !errors.Is(err, session.ErrNone) {
		l.t.Fatal(err)
	}
	return err == nil
}

func TestATokenShowsItsOwnSessionInItsOwnKind(t *testing.T) {
	l := newLab(t)
	s, p, k := l.issued("ada")
	l.issued("eve")
	for kind, token := range map[session.Kind]string{session.KindPasskey: p, session.KindKratos: k} {
		got, err := l.ByToken(t.Context(), kind, token)
		l.must(err)
		if got.ID != s.ID || got.IdentityID != "ada" || got.Method() != session.Passkey || got.AAL != "aal1" {
			t.Errorf("%s shows %+v", kind, got)
		}
	}
	for claim, c := range map[string]struct {
		kind  session.Kind
		token string
	}{
		"the token of the other kind": {session.KindPasskey, k},
		"no token":                    {session.KindPasskey, ""},
		"the hash in place of it":     {session.KindPasskey, string(s.PasskeyToken)},
		"half of it":                  {session.KindPasskey, p[:20]},
		"a very long one":             {session.KindPasskey, string(make([]byte, 100_000))},
	} {
		if l.signedIn(c.kind, c.token) {
			t.Errorf("%s shows a session", claim)
		}
	}
}

func TestARestartSignsNobodyOut(t *testing.T) {
	l := newLab(t)
	_, p, k := l.issued("ada")
	l.close()
	l.open()
	if !l.signedIn(session.KindPasskey, p) || !l.signedIn(session.KindKratos, k) {
		t.Error("signed out by a restart")
	}
}

func TestLifetimes(t *testing.T) {
	type step struct {
		move  time.Duration
		alive bool
	}
	cases := []struct {
		claim string
		idle  time.Duration
		steps []step
	}{
		{"a session lives as long as promised and not longer", 0, []step{{24*time.Hour - time.Nanosecond, true}, {time.Nanosecond, false}}},
		{"it does not come to life when the clock jumps on", 0, []step{{48 * time.Hour, false}, {time.Hour, false}}},
		{"a small correction of the clock signs nobody out", 0, []step{{-30 * time.Second, true}, {30 * time.Second, true}}},
		{"a clock that is set back makes it no longer", 0, []step{{-time.Hour, false}, {time.Hour, true}, {24 * time.Hour, false}}},
		{"without use it ends at the idle limit", time.Hour, []step{{time.Hour, false}}},
		{"each use begins the idle time anew", time.Hour, []step{{59 * time.Minute, true}, {59 * time.Minute, true}, {time.Hour, false}}},
		{"use does not prolong it beyond its lifespan", 20 * time.Hour,
			[]step{{19 * time.Hour, true}, {4 * time.Hour, true}, {time.Hour, false}}},
		{"after the clock was set back the idle time counts from then", time.Hour,
			[]step{{50 * time.Minute, true}, {-40 * time.Minute, true}, {time.Hour, false}}},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			l := newLab(t)
			l.policy.Idle = c.idle
			_, p, k := l.issued("ada")
			for i, s := range c.steps {
				l.clock.Move(s.move)
				if got := l.signedIn(session.KindPasskey, p); got != s.alive {
					t.Fatalf("step %d: signed in %v, want %v", i+1, got, s.alive)
				}
				if got := l.signedIn(session.KindKratos, k); got != s.alive {
					t.Fatalf("step %d: the other view says %v", i+1, got)
				}
			}
		})
	}
}

func TestAnIdleLimitOfTheConfigurationCountsAtOnce(t *testing.T) {
	l := newLab(t)
	_, p, _ := l.issued("ada")
	l.clock.Move(2 * time.Hour)
	l.policy.Idle = time.Hour
	if l.signedIn(session.KindPasskey, p) {
		t.Error("two hours without use are fine under a limit of one")
	}
}

func TestFresh(t *testing.T) {
	p := session.Policy{PrivilegedAge: 15 * time.Minute}
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]bool{
		0: true, 15*time.Minute - 1: true, 15 * time.Minute: false, -time.Second: false, time.Hour: false,
	} {
		if got := session.Fresh(at, at.Add(age), p); got != want {
			t.Errorf("a proof of age %v is fresh: %v, want %v", age, got, want)
		}
	}
}

func TestEndingASessionEndsBothViewsAtOnce(t *testing.T) {
	l := newLab(t)
	l.policy.Idle = time.Hour
	s, p, k := l.issued("ada")
	_, other, _ := l.issued("ada")
	l.must(l.End(t.Context(), s.ID))
	if l.signedIn(session.KindPasskey, p) || l.signedIn(session.KindKratos, k) {
		t.Error("a view survives the end")
	}
	if !l.signedIn(session.KindPasskey, other) {
		t.Error("another session ended with it")
	}
	l.must(l.End(t.Context(), s.ID)) // twice is fine
	if err := l.End(t.Context(), "no-such-session"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	kept, err := l.store.Session(t.Context(), s.ID)
	l.must(err)
	if kept.EndedAt.IsZero() || kept.PasskeyToken != nil || kept.KratosToken != nil {
		t.Errorf("after the end it is %+v", kept)
	}
}

func TestASessionThatEndsWhileItIsSeenIsNotShown(t *testing.T) {
	l := newLab(t)
	l.policy.Idle = time.Hour
	s, p, _ := l.issued("ada")
	l.clock.Move(30 * time.Minute)
	l.Store = &endsBetween{l.store, func() { l.must(l.End(context.Background(), s.ID)) }}
	if l.signedIn(session.KindPasskey, p) {
		t.Error("a session that had ended was shown")
	}
	if kept, err := l.store.Session(t.Context(), s.ID); err != nil || kept.EndedAt.IsZero() {
		t.Errorf("it came to life again: %+v, %v", kept, err)
	}
}

// endsBetween does something between the reading of a session and its change.
type endsBetween struct {
	*store.Store
	between func()
}

func (e *endsBetween) SessionByToken(ctx context.Context, k session.Kind, hash []byte) (session.Session, error) {
	s, err := e.Store.SessionByToken(ctx, k, hash)
	e.between()
	return s, err
}

func TestEndOthersKeepsOne(t *testing.T) {
	l := newLab(t)
	keep, mine, _ := l.issued("ada")
	_, second, _ := l.issued("ada")
	_, eves, _ := l.issued("eve")
	ended, _, _ := l.issued("ada")
	l.must(l.End(t.Context(), ended.ID))
	n, err := l.EndOthers(t.Context(), "ada", keep.ID)
	if err != nil || n != 1 {
		t.Errorf("ended %d (%v), want 1", n, err)
	}
	if !l.signedIn(session.KindPasskey, mine) || l.signedIn(session.KindPasskey, second) || !l.signedIn(session.KindPasskey, eves) {
		t.Error("the wrong ones ended")
	}
	if n, err = l.EndOthers(t.Context(), "ada", ""); err != nil || n != 1 {
		t.Errorf("ended %d (%v) when none is kept, want 1", n, err)
	}
	living, err := l.Living(t.Context(), "ada")
	if err != nil || len(living) != 0 {
		t.Errorf("%d are living (%v)", len(living), err)
	}
}

func TestIssueEndsWhatItReplaces(t *testing.T) {
	l := newLab(t)
	sub := events.Subscribe[session.Changed](t.Context(), l.Bus)
	old, before, kratos := l.issued("ada")
	now, after, _ := l.issued("ada", old.ID, "one that never was")
	if l.signedIn(session.KindPasskey, before) || l.signedIn(session.KindKratos, kratos) {
		t.Error("a token from before the sign-in is good after it")
	}
	if !l.signedIn(session.KindPasskey, after) {
		t.Error("the new one is dead")
	}
	living, err := l.Living(t.Context(), "ada")
	l.must(err)
	if len(living) != 1 || living[0].ID != now.ID {
		t.Errorf("%d are living", len(living))
	}
	for _, want := range []session.Changed{{ID: old.ID, IdentityID: "ada", What: "created"}, {ID: old.ID, What: "ended"}} {
		if got := <-sub.C; got != want {
			t.Errorf("published %+v, want %+v", got, want)
		}
	}
}

func TestLivingListsTheNewestFirst(t *testing.T) {
	l := newLab(t)
	var want []session.ID
	for range 3 {
		s, _, _ := l.issued("ada")
		want = append([]session.ID{s.ID}, want...)
		l.clock.Move(time.Minute)
	}
	living, err := l.Living(t.Context(), "ada")
	l.must(err)
	for i, s := range living {
		if s.ID != want[i] {
			t.Errorf("number %d is %s, want %s", i, s.ID, want[i])
		}
	}
}

func TestADamagedRecordIsNobodysSessionAndStopsNoOther(t *testing.T) {
	l := newLab(t)
	_, token, _ := l.issued("ada")
	l.Store = &damagedRows{l.store}
	_, err := l.ByToken(t.Context(), session.KindPasskey, token)
	if !errors.Is(err, session.ErrNone) || !errors.Is(err, session.ErrDamaged) || !strings.Contains(fault.From(err).Hint, "damaged") {
		t.Errorf("got %v", err)
	}
}

// damagedRows is a store whose sessions can't be read any more.
type damagedRows struct{ *store.Store }

func (damagedRows) SessionByToken(context.Context, session.Kind, []byte) (session.Session, error) {
	return session.Session{}, session.ErrDamaged
}
