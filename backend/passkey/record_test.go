package passkey_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
	"sting/backend/tape"
)

func TestWhatComesWithoutACredentialOrAChallengeIDIsMalformed(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	b := l.beginRegistration(ada)
	raw := l.create(softkey.New(), b)
	cases := []struct {
		claim, says, field string
		finish             func() error
	}{
		{"a registration without a credential", "Credential data is required", "credential", func() error {
			_, err := l.finishRegistration(ada, b.ChallengeID, nil)
			return err
		}},
		{"a registration without a challenge_id", "Challenge ID is required", "challenge_id", func() error {
			_, err := l.finishRegistration(ada, "", raw)
			return err
		}},
		{"a sign-in without a credential", "Credential data is required", "credential", func() error {
			_, err := l.finishSignIn("", []byte("null"))
			return err
		}},
		{"a sign-in without a challenge_id and without an answer", "The passkey's answer can't be read.", "credential", func() error {
			_, err := l.finishSignIn("", []byte("[]"))
			return err
		}},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			l.unchanged(func() {
				f := refused(t, c.finish(), "MALFORMED")
				if f.Message != c.says || f.Field != c.field {
					t.Errorf("says %q of %q, want %q of %q", f.Message, f.Field, c.says, c.field)
				}
				l.recorded(f.CeremonyID, "MALFORMED")
			})
		})
	}
	_, err := l.FinishRegistration(t.Context(), passkey.Answer{
		ChallengeID: b.ChallengeID, Credential: raw, IdentityID: ada.ID, From: l.from(), Name: strings.Repeat("x", 101),
	})
	refused(t, err, "INVALID_FIELD")
	_, err = l.finishRegistration(ada, b.ChallengeID, raw) // none of these was an answer: the challenge is still good
	l.must(err)
}

func TestARelyingPartyThatCantWorkSaysWhy(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	l.rp.Problem, l.rp.ProblemFix = "127.0.0.1 can never be an RP ID.", "Set webauthn.config.rp.id to localhost."
	_, err := l.BeginRegistration(t.Context(), ada.ID, "", l.from())
	if f := refused(t, err, "INTERNAL"); f.Message != "Failed to generate registration options" || !strings.Contains(f.Hint, "127.0.0.1") {
		t.Errorf("says %q, hints %q", f.Message, f.Hint)
	}
	_, err = l.BeginAuthentication(t.Context(), "", l.from())
	if f := refused(t, err, "INTERNAL"); !strings.Contains(f.Hint, "Set webauthn.config.rp.id") {
		t.Errorf("hints %q", f.Hint)
	}
	l.rp.Problem = ""
	_, err = l.BeginRegistration(t.Context(), identity.NewID(), "", l.from())
	refused(t, err, "INTERNAL")
}

// onTape is a Recorder that writes on a tape, as the lab's own does.
type onTape struct{ tape *tape.Tape }

func (r onTape) Record(e passkey.Entry) {
	rec := tape.Record{
		ID: e.Ceremony.Record, Kind: string(e.Ceremony.Kind), State: tape.State(e.State),
		RPID: e.Ceremony.RP.ID, Challenge: e.Ceremony.Challenge, Options: e.Ceremony.Options,
		Credential: e.Credential, BeganAt: e.Ceremony.BeganAt, EndedAt: e.EndedAt,
		UserAgent: e.From.UserAgent, Email: e.Email, SessionID: e.SessionID,
	}
	if e.Before != nil {
		rec.Stored = &tape.Stored{SignCount: e.Before.SignCount}
	}
	if e.After != nil {
		rec.After, rec.CredentialID = &tape.Stored{SignCount: e.After.SignCount}, e.After.ID
	}
	if e.Fault != nil {
		rec.Fault = e.Fault.Code
	}
	r.tape.Put(rec)
}

func TestEveryCeremonyLeavesARecordThatSurvivesARestart(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New()
	record := func() *tape.Tape {
		written := &tape.Tape{
			Store: l.store, Bounds: func() tape.Bounds { return tape.Bounds{Count: 100, Bytes: 1 << 20} },
			Bus: new(events.Bus), Log: slog.New(slog.DiscardHandler),
		}
		l.Recorder = onTape{written}
		return written
	}
	written := record()
	want := map[string]string{} // the record's state and fault by its purpose
	ids := map[string]string{}
	note := func(purpose, verdict string) {
		t.Helper()
		list, err := written.Records(t.Context(), "", 1)
		l.must(err)
		ids[purpose], want[purpose] = list[0].ID, verdict
	}
	l.registered(ada, k)
	note("a registration", "verified ")
	_, err := l.register(ada, softkey.New(), softkey.OffCurve())
	refused(t, err, "BAD_KEY")
	note("a refused registration", "rejected BAD_KEY")
	_, err = l.signIn("", k)
	l.must(err)
	note("a sign-in", "verified ")
	_, err = l.signIn("ada@example.test", k, softkey.BadSignature())
	refused(t, err, "BAD_SIGNATURE")
	note("a refused sign-in", "rejected BAD_SIGNATURE")
	_, err = l.finishSignIn("bm9ib2R5", l.get(k, l.beginSignIn("")))
	f := refused(t, err, "EXPIRED_CHALLENGE")
	ids["an answer to nothing"], want["an answer to nothing"] = f.CeremonyID, "rejected EXPIRED_CHALLENGE"
	l.beginSignIn("ada@example.test")
	note("an abandoned sign-in", "abandoned ")
	l.beginRegistration(ada)
	note("an abandoned registration", "abandoned ")
	if r, err := written.Record(t.Context(), ids["an abandoned registration"]); err != nil || r.State != tape.Running {
		t.Errorf("before it expires it is %s (%v)", r.State, err)
	}

	l.clock.Move(passkey.RegistrationLifetime + time.Second)
	l.must(l.Expire(t.Context()))
	written.Flush(t.Context())
	l.restart()
	written = record()
	for purpose, verdict := range want {
		r, err := written.Record(t.Context(), ids[purpose])
		if err != nil {
			t.Errorf("%s: %v", purpose, err)
			continue
		}
		if got := string(r.State) + " " + r.Fault; got != verdict || r.Kind == "" || r.EndedAt.IsZero() {
			t.Errorf("%s: got %q of kind %q, ended %v; want %q", purpose, got, r.Kind, r.EndedAt, verdict)
		}
		if r.State == tape.Rejected && len(r.Credential) == 0 {
			t.Errorf("%s: the answer was not kept", purpose)
		}
	}
	r, err := written.Record(t.Context(), ids["a sign-in"])
	l.must(err)
	if r.Email != "ada@example.test" || r.Stored == nil || r.After == nil || r.After.SignCount != 1 || r.SessionID == "" {
		t.Errorf("the sign-in's record is %+v", r)
	}
}

func TestExpireLeavesWhatIsStillOpen(t *testing.T) {
	l := newLab(t)
	l.beginSignIn("")
	l.clock.Move(passkey.SignInLifetime - time.Second)
	young := l.beginSignIn("")
	l.clock.Move(time.Minute)
	l.must(l.Expire(t.Context()))
	l.must(l.Expire(t.Context())) // nothing left to do
	var gone []string
	for _, e := range l.entries.all() {
		if e.State == passkey.Abandoned {
			gone = append(gone, e.Ceremony.ID)
		}
	}
	if len(gone) != 1 || gone[0] == young.ChallengeID {
		t.Errorf("expired %v, the young one is %s", gone, young.ChallengeID)
	}
	if _, err := l.store.TakeCeremony(t.Context(), young.ChallengeID); err != nil {
		t.Errorf("the young one is gone: %v", err)
	}
}

func TestChangesArePublished(t *testing.T) {
	l := newLab(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sub := events.Subscribe[passkey.Changed](ctx, l.Bus)
	ada := l.person("ada@example.test")
	k := softkey.New()
	c := l.registered(ada, k)
	_, err := l.signIn("", k)
	l.must(err)
	_, err = l.Rename(t.Context(), ada.ID, c.ID, "x")
	l.must(err)
	l.must(l.Remove(t.Context(), ada.ID, c.ID, true))
	for _, want := range []string{"created", "used", "updated", "removed"} {
		select {
		case got := <-sub.C:
			if got != (passkey.Changed{ID: c.ID, IdentityID: ada.ID, What: want}) {
				t.Errorf("got %+v, want %s", got, want)
			}
		default:
			t.Errorf("%s was not published", want)
		}
	}
}

// kept is passkey.Credentials under a name that none of its methods has.
type kept passkey.Credentials

// brokenStore fails as a full disk does.
type brokenStore struct{ kept }

func (brokenStore) AddCredential(context.Context, passkey.Credential) error {
	return fault.ErrStoreUnavailable.Because(errors.New("no space left on device"))
}

func TestAStoreThatFailsIsSaidAsSuchAndRecorded(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	l.Credentials = brokenStore{l.Credentials}
	_, err := l.register(ada, softkey.New())
	f := refused(t, err, "STORE_UNAVAILABLE")
	l.recorded(f.CeremonyID, "STORE_UNAVAILABLE")
}
