package signin_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"sting/backend/clock"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
	"sting/backend/session"
	"sting/backend/signin"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

const origin = "https://localhost:8443"

type lab struct {
	*signin.Service
	t       testing.TB
	store   *store.Store
	rp      passkey.RelyingParty
	clock   *clock.Clock
	mu      sync.Mutex
	entries []passkey.Entry
	browser []byte
	ada     identity.Identity
	key     *softkey.Authenticator
	passkey passkey.Credential
}

func (l *lab) Record(e passkey.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
}

func (l *lab) last() passkey.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entries[len(l.entries)-1]
}

// newLab is a desk over a real store, and Ada, who has a passkey.
func newLab(t testing.TB) *lab {
	t.Helper()
	begin := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := &lab{t: t, store: storetest.New(t), clock: clock.New(func() time.Time {
		return begin
	}), browser: []byte("browser"), key: softkey.New()}
	bus := new(events.Bus)
	l.rp = passkey.RelyingParty{ID: "localhost", Name: "STING", Origins: []string{origin}, UserVerification: "preferred", Timeout: time.Minute}
	l.Service = &signin.Service{
		Store: l.store, OneRow: true,
		Ceremonies: &passkey.Ceremonies{
			Credentials: l.store, Challenges: l.store, People: l.store,
			Recorder: l, Now: l.clock.Now, Bus: bus, Log: slog.New(slog.DiscardHandler), DecoySecret: make([]byte, 32),
		},
		Sessions: &session.Sessions{
			Store: l.store, Now: l.clock.Now, Bus: bus,
			Policy: func() session.Policy { return session.Policy{Lifespan: 24 * time.Hour} },
		},
	}
	traits, err := json.Marshal(map[string]string{"email": "ada@example.test"})
	l.must(err)
	l.ada = identity.New(begin, "default", traits, "ada@example.test")
	l.must(l.store.CreateIdentity(t.Context(), l.ada))
	b, err := l.Ceremonies.BeginRegistration(t.Context(), l.rp, l.ada.ID, "", l.from())
	l.must(err)
	raw, err := l.key.Create(b.PublicKey, origin)
	l.must(err)
	l.passkey, err = l.Ceremonies.FinishRegistration(t.Context(), l.rp,
		passkey.Answer{ChallengeID: b.ChallengeID, Credential: raw, IdentityID: l.ada.ID, From: l.from()})
	l.must(err)
	return l
}

func (l *lab) from() passkey.From { return passkey.From{Browser: l.browser} }

func (l *lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) answer(muts ...softkey.Mutation) passkey.Answer {
	l.t.Helper()
	b, err := l.Ceremonies.BeginAuthentication(l.t.Context(), l.rp, "", l.from())
	l.must(err)
	raw, err := l.key.Get(b.PublicKey, origin, muts...)
	l.must(err)
	return passkey.Answer{ChallengeID: b.ChallengeID, Credential: raw, From: l.from()}
}

func (l *lab) signedIn(k session.Kind, token string) bool {
	l.t.Helper()
	_, err := l.Sessions.ByToken(l.t.Context(), k, token)
	if err != nil && !errors.Is(err, session.ErrNone) {
		l.t.Fatal(err)
	}
	return err == nil
}

func (l *lab) sessions() int {
	l.t.Helper()
	list, err := l.store.SessionsOf(l.t.Context(), l.ada.ID)
	l.must(err)
	return len(list)
}

func TestASignInIsOneRowWithTwoViews(t *testing.T) {
	l := newLab(t)
	g, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{Device: session.Device{UserAgent: "test", Address: "127.0.0.1"}})
	l.must(err)
	for k, token := range map[session.Kind]string{session.KindPasskey: g.PasskeyToken, session.KindKratos: g.KratosToken} {
		s, err := l.Sessions.ByToken(t.Context(), k, token)
		l.must(err)
		if s.ID != g.Session.ID || s.IdentityID != l.ada.ID || s.Method() != session.Passkey || s.Methods[0].CredentialID != l.passkey.ID ||
			s.Device.UserAgent != "test" {
			t.Errorf("the %s view shows %+v", k, s)
		}
	}
	if g.Person.ID != l.ada.ID || g.Credential.UsageCount != 1 || g.Credential.SignCount != 1 {
		t.Errorf("granted %+v", g.Credential)
	}
	e := l.last()
	if e.State != passkey.Accepted || e.SessionID != string(g.Session.ID) || e.Before.SignCount != 0 || e.After.SignCount != 1 {
		t.Errorf("recorded %s with session %q", e.State, e.SessionID)
	}
}

func TestWhereKratosIsElsewhereOnlyOurOwnViewIsMade(t *testing.T) {
	l := newLab(t)
	l.OneRow = false
	g, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
	l.must(err)
	if g.KratosToken != "" || g.Session.KratosToken != nil || !l.signedIn(session.KindPasskey, g.PasskeyToken) {
		t.Errorf("a Kratos token %q was made", g.KratosToken)
	}
}

// THREATS T09: fixation.
func TestASignInEndsWhatTheBrowserShowedBefore(t *testing.T) {
	l := newLab(t)
	first, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
	l.must(err)
	elsewhere, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
	l.must(err)
	second, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{PasskeyToken: first.PasskeyToken, KratosToken: first.KratosToken})
	l.must(err)
	if second.Session.ID == first.Session.ID || second.PasskeyToken == first.PasskeyToken || second.KratosToken == first.KratosToken {
		t.Error("id or token stay the same")
	}
	if l.signedIn(session.KindPasskey, first.PasskeyToken) || l.signedIn(session.KindKratos, first.KratosToken) {
		t.Error("a token from before the sign-in is good after it")
	}
	if !l.signedIn(session.KindPasskey, second.PasskeyToken) || !l.signedIn(session.KindPasskey, elsewhere.PasskeyToken) {
		t.Error("the new session, or one of another browser, is dead")
	}
	third, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{PasskeyToken: "made up", KratosToken: elsewhere.KratosToken})
	l.must(err)
	if third.PasskeyToken == "made up" || l.signedIn(session.KindPasskey, elsewhere.PasskeyToken) {
		t.Error("a token of the browser's own choice was kept, or the row behind the other survived")
	}
}

func TestTheEndOfARowThatBothTokensShowIsToldOnce(t *testing.T) {
	l := newLab(t)
	first, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
	l.must(err)
	ctx, cancel := context.WithCancel(t.Context())
	news := events.Subscribe[session.Changed](ctx, l.Sessions.Bus)
	_, err = l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{PasskeyToken: first.PasskeyToken, KratosToken: first.KratosToken})
	l.must(err)
	cancel()
	ended := 0
	for c := range news.C {
		if c.What == "ended" && c.ID == first.Session.ID {
			ended++
		}
	}
	if ended != 1 {
		t.Errorf("it was told %d times", ended)
	}
}

func TestARefusedSignInLeavesNoSessionAndEndsNone(t *testing.T) {
	cases := map[string]struct {
		code string
		mut  softkey.Mutation
		do   func(l *lab)
	}{
		"forged":          {"BAD_SIGNATURE", softkey.BadSignature(), nil},
		"of a clone":      {"COUNTER_REGRESSED", softkey.WithCounter(1), nil},
		"of another page": {"ORIGIN_MISMATCH", softkey.WithOrigin("https://evil.example"), nil},
		"of a removed passkey": {"REMOVED_CREDENTIAL", softkey.WithCounter(9), func(l *lab) {
			l.must(l.Ceremonies.Remove(l.t.Context(), "", l.passkey.ID, true))
		}},
		"of somebody inactive":   {"UNKNOWN_CREDENTIAL", softkey.WithCounter(9), func(l *lab) { l.state(identity.Inactive) }},
		"while the disk is full": {"STORE_UNAVAILABLE", softkey.WithCounter(9), func(l *lab) { l.Store = full{l.store} }},
	}
	for claim, c := range cases {
		t.Run(claim, func(t *testing.T) {
			l := newLab(t)
			before, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
			l.must(err)
			if c.do != nil {
				c.do(l)
			}
			g, err := l.Passkey(t.Context(), l.rp, l.answer(c.mut), signin.Presented{PasskeyToken: before.PasskeyToken})
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Code != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			if g.PasskeyToken != "" || g.KratosToken != "" || l.sessions() != 1 {
				t.Errorf("a refused sign-in left tokens or one of %d sessions", l.sessions())
			}
			ended := claim == "of a removed passkey" || claim == "of somebody inactive" // by what was done, not by the sign-in
			if l.signedIn(session.KindPasskey, before.PasskeyToken) == ended {
				t.Errorf("the session before a refused sign-in is over: %v, want %v", !ended, ended)
			}
			got, err := l.store.Credential(t.Context(), l.passkey.ID)
			l.must(err)
			if got.SignCount != 1 || got.UsageCount != 1 {
				t.Errorf("a refused sign-in counts: counter %d, %d uses", got.SignCount, got.UsageCount)
			}
			if e := l.last(); e.State != passkey.Rejected || e.Fault == nil || e.Fault.Code != c.code || f.CeremonyID != e.Ceremony.Record {
				t.Errorf("recorded %s with %v", e.State, e.Fault)
			}
		})
	}
}

func (l *lab) state(s identity.State) {
	l.t.Helper()
	_, err := l.store.UpdateIdentity(l.t.Context(), l.ada.ID, func(i *identity.Identity) error {
		i.State = s
		return nil
	})
	l.must(err)
}

// full is a store whose disk is full at the commit.
type full struct{ *store.Store }

func (full) Grant(context.Context, string, func(*passkey.Credential) error, session.Session, ...session.ID) (passkey.Credential, error) {
	return passkey.Credential{}, fault.ErrStoreUnavailable
}

func TestOfFiftySimultaneousSignInsWithOneAnswerOneGetsASession(t *testing.T) {
	l := newLab(t)
	a := l.answer()
	errs := make([]error, 50)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = l.Passkey(t.Context(), l.rp, a, signin.Presented{}) })
	}
	wg.Wait()
	granted := len(slices.DeleteFunc(errs, func(err error) bool { return err != nil }))
	if granted != 1 || l.sessions() != 1 {
		t.Errorf("%d were granted and %d sessions are kept, want one", granted, l.sessions())
	}
}

func TestEndPresentedEndsBothRowsButTheOneToKeep(t *testing.T) {
	l := newLab(t)
	one, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
	l.must(err)
	two, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
	l.must(err)
	shown := signin.Presented{PasskeyToken: one.PasskeyToken, KratosToken: two.KratosToken}
	l.must(l.EndPresented(t.Context(), shown, two.Session.ID))
	if l.signedIn(session.KindPasskey, one.PasskeyToken) || !l.signedIn(session.KindPasskey, two.PasskeyToken) {
		t.Error("the wrong one ended")
	}
	l.must(l.EndPresented(t.Context(), shown, ""))
	if l.signedIn(session.KindPasskey, two.PasskeyToken) {
		t.Error("the other one is still good")
	}
}
