package passkey_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
)

// THREATS T11: replay, mix-up, expiry.

func TestOfFiftySimultaneousPostsOfOneSignInOneIsAccepted(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New()
	c := l.registered(ada, k)
	b := l.beginSignIn("")
	raw := l.get(k, b)
	accepted := together(50, func() error {
		_, err := l.finishSignIn(b.ChallengeID, raw)
		return err
	}, t)
	if accepted != 1 {
		t.Errorf("%d of fifty were accepted, want 1", accepted)
	}
	if got := l.stored(c.ID); got.UsageCount != 1 {
		t.Errorf("the credential counts %d uses, want 1", got.UsageCount)
	}
}

func TestOfFiftySimultaneousPostsOfOneRegistrationOneIsAccepted(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	b := l.beginRegistration(ada)
	raw := l.create(softkey.New(), b)
	accepted := together(50, func() error {
		_, err := l.finishRegistration(ada, b.ChallengeID, raw)
		return err
	}, t)
	own, err := l.Own(t.Context(), ada.ID)
	l.must(err)
	if accepted != 1 || len(own) != 1 {
		t.Errorf("%d of fifty were accepted and %d are kept, want 1 and 1", accepted, len(own))
	}
}

// together calls f n times at once and returns how many succeeded; every other
// one has to be an expired challenge.
func together(n int, f func() error, t *testing.T) int {
	t.Helper()
	results := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			<-start
			results[i] = f()
		})
	}
	close(start)
	wg.Wait()
	accepted := 0
	for _, err := range results {
		if err == nil {
			accepted++
			continue
		}
		refused(t, err, "EXPIRED_CHALLENGE")
	}
	return accepted
}

func TestAChallengeIsGoodForOneAnswerOfTheOneWhoBegan(t *testing.T) {
	registration, signIn := "Registration session expired or invalid", "No authentication session found or session expired"
	type world struct {
		*lab
		ada, eve identity.Identity
		key      *softkey.Authenticator
	}
	cases := []struct {
		claim, says string
		finish      func(w world) error
	}{
		{"an unknown one, at registration", registration, func(w world) error {
			_, err := w.finishRegistration(w.ada, "bm9ib2R5IGJlZ2FuIHRoaXM", w.create(softkey.New(), w.beginRegistration(w.ada)))
			return err
		}},
		{"an unknown one, at sign-in", signIn, func(w world) error {
			_, err := w.finishSignIn("bm9ib2R5IGJlZ2FuIHRoaXM", w.get(w.key, w.beginSignIn("")))
			return err
		}},
		{"an id that is far too long", signIn, func(w world) error {
			_, err := w.finishSignIn(string(make([]byte, 40_000)), w.get(w.key, w.beginSignIn("")))
			return err
		}},
		{"used twice, at registration", registration, func(w world) error {
			b := w.beginRegistration(w.ada)
			raw := w.create(softkey.New(), b)
			_, err := w.finishRegistration(w.ada, b.ChallengeID, raw)
			w.must(err)
			_, err = w.finishRegistration(w.ada, b.ChallengeID, raw)
			return err
		}},
		{"used up by an answer that was refused", signIn, func(w world) error {
			b := w.beginSignIn("")
			raw := w.get(w.key, b)
			_, err := w.finishSignIn(b.ChallengeID, []byte(`{}`))
			refused(w.t, err, "MALFORMED")
			_, err = w.finishSignIn(b.ChallengeID, raw)
			return err
		}},
		{"another browser's, at registration", registration, func(w world) error {
			b := w.beginRegistration(w.ada)
			w.browser = []byte("another browser of this machine.")
			_, err := w.finishRegistration(w.ada, b.ChallengeID, w.create(softkey.New(), b))
			return err
		}},
		{"another browser's, at sign-in", signIn, func(w world) error {
			b := w.beginSignIn("")
			w.browser = nil
			_, err := w.finishSignIn(b.ChallengeID, w.get(w.key, b))
			return err
		}},
		{"another browser's, found by its challenge", signIn, func(w world) error {
			b := w.beginSignIn("")
			w.browser = []byte("another browser of this machine.")
			_, err := w.finishSignIn("", w.get(w.key, b))
			return err
		}},
		{"another person's", registration, func(w world) error {
			b := w.beginRegistration(w.ada)
			_, err := w.finishRegistration(w.eve, b.ChallengeID, w.create(softkey.New(), b))
			return err
		}},
		{"a sign-in's, at registration", registration, func(w world) error {
			s := w.beginSignIn("")
			_, err := w.finishRegistration(w.ada, s.ChallengeID, w.create(softkey.New(), w.beginRegistration(w.ada)))
			return err
		}},
		{"a registration's, at sign-in", signIn, func(w world) error {
			r := w.beginRegistration(w.ada)
			_, err := w.finishSignIn(r.ChallengeID, w.get(w.key, w.beginSignIn("")))
			return err
		}},
		{"ten minutes old, at registration", registration, func(w world) error {
			b := w.beginRegistration(w.ada)
			w.clock.Move(passkey.RegistrationLifetime)
			_, err := w.finishRegistration(w.ada, b.ChallengeID, w.create(softkey.New(), b))
			return err
		}},
		{"five minutes old, at sign-in", signIn, func(w world) error {
			b := w.beginSignIn("")
			w.clock.Move(passkey.SignInLifetime)
			_, err := w.finishSignIn(b.ChallengeID, w.get(w.key, b))
			return err
		}},
		{"from before the clock was set back", signIn, func(w world) error {
			b := w.beginSignIn("")
			w.clock.Move(-time.Hour)
			_, err := w.finishSignIn(b.ChallengeID, w.get(w.key, b))
			return err
		}},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			w := world{lab: newLab(t), key: softkey.New()}
			w.ada, w.eve = w.person("ada@example.test"), w.person("eve@example.test")
			w.registered(w.ada, w.key)
			before := len(w.entries.all())
			f := refused(t, c.finish(w), "EXPIRED_CHALLENGE")
			if f.Message != c.says {
				t.Errorf("says %q, want %q", f.Message, c.says)
			}
			if f.Err == nil {
				t.Error("the record does not say which of the reasons it was")
			}
			if len(w.entries.all()) <= before {
				t.Error("nothing was recorded")
			}
			w.recorded(f.CeremonyID, "EXPIRED_CHALLENGE")
		})
	}
}

func TestAnAnswerInTimeIsAccepted(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New()
	b := l.beginRegistration(ada)
	l.clock.Move(passkey.RegistrationLifetime - time.Nanosecond)
	_, err := l.finishRegistration(ada, b.ChallengeID, l.create(k, b))
	l.must(err)
	s := l.beginSignIn("")
	l.clock.Move(passkey.SignInLifetime - time.Nanosecond)
	_, err = l.finishSignIn(s.ChallengeID, l.get(k, s))
	l.must(err)
	s = l.beginSignIn("")
	l.clock.Move(-time.Second) // a small correction of the machine's clock
	_, err = l.finishSignIn(s.ChallengeID, l.get(k, s))
	l.must(err)
}

func TestAnOpenCeremonySurvivesARestart(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New()
	b := l.beginRegistration(ada)
	l.restart()
	_, err := l.finishRegistration(ada, b.ChallengeID, l.create(k, b))
	l.must(err)
	s := l.beginSignIn("ada@example.test")
	l.restart()
	_, err = l.finishSignIn(s.ChallengeID, l.get(k, s))
	l.must(err)
}

func TestASignInWithoutAChallengeIDIsFoundByItsChallenge(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New()
	l.registered(ada, k)
	b := l.beginSignIn("")
	l.beginSignIn("") // another one is open
	raw := l.get(k, b)
	_, err := l.finishSignIn("", raw)
	l.must(err)
	_, err = l.finishSignIn("", raw)
	refused(t, err, "EXPIRED_CHALLENGE")
}

func TestTwoSignInsAtOnceLoseNoUse(t *testing.T) {
	for claim, c := range map[string]struct {
		key      *softkey.Authenticator
		accepted int // of eight that are committed in reverse
	}{
		"a device-bound one refuses the overtaken": {softkey.New(), 1},
		"a synced one takes all":                   {softkey.New(softkey.Synced()), 8},
	} {
		t.Run(claim, func(t *testing.T) {
			l := newLab(t)
			cred := l.registered(l.person("ada@example.test"), c.key)
			var verified []passkey.Verified
			for range 8 {
				b := l.beginSignIn("")
				v, err := l.FinishAuthentication(t.Context(), passkey.Answer{ChallengeID: b.ChallengeID, Credential: l.get(c.key, b), From: l.from()})
				l.must(err)
				verified = append(verified, v)
			}
			_, err := l.commit(verified[7])
			l.must(err)
			accepted := 1
			var mu sync.Mutex
			var wg sync.WaitGroup
			for _, v := range verified[:7] {
				wg.Go(func() {
					_, err := l.commit(v)
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						accepted++
					} else if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != "COUNTER_REGRESSED" {
						t.Errorf("got %v", err)
					}
				})
			}
			wg.Wait()
			if got := l.stored(cred.ID); accepted != c.accepted || got.UsageCount != accepted || len(got.Counters) != accepted {
				t.Errorf("%d accepted, want %d; %d uses and %d in the history", accepted, c.accepted, got.UsageCount, len(got.Counters))
			}
		})
	}
}

func TestAChallengeIsBoundToItsRelyingParty(t *testing.T) {
	l := newLab(t)
	ada, k := l.person("ada@example.test"), softkey.New()
	l.registered(ada, k)
	other := l.rp
	other.ID, other.Origins = "sting.localhost", []string{"https://sting.localhost:8443"}
	begun := l.beginSignIn("")
	answer := passkey.Answer{ChallengeID: begun.ChallengeID, Credential: l.get(k, begun), From: l.from()}
	_, err := l.Ceremonies.FinishAuthentication(t.Context(), other, answer)
	if f := refused(t, err, "ORIGIN_MISMATCH"); !strings.Contains(f.Message,
		"issued for the relying party localhost, and the answer came to sting.localhost") {
		t.Errorf("it says %q", f.Message)
	}
	_, err = l.FinishAuthentication(t.Context(), answer)
	refused(t, err, "EXPIRED_CHALLENGE")

	more := softkey.New()
	begun = l.beginRegistration(ada)
	answer = passkey.Answer{ChallengeID: begun.ChallengeID, Credential: l.create(more, begun), IdentityID: ada.ID, From: l.from()}
	l.unchanged(func() {
		_, err = l.Ceremonies.FinishRegistration(t.Context(), other, answer)
		refused(t, err, "ORIGIN_MISMATCH")
	})
	begun = l.beginRegistration(ada)
	_, err = l.Ceremonies.Report(t.Context(), other, begun.ChallengeID, passkey.Exception{Name: "NotAllowedError"}, l.from())
	refused(t, err, "ORIGIN_MISMATCH")
}
