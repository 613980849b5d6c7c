package passkey

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"sting/backend/events"
	"sting/backend/identity"
)

// BeginAuthentication issues a challenge for a sign-in. An empty username makes
// it discoverable: the authenticator says who it is.
func (s *Ceremonies) BeginAuthentication(ctx context.Context, rp RelyingParty, username string, from From) (Begun, error) {
	if rp.Problem != "" {
		return Begun{}, ErrOptions.Saying("Failed to generate authentication options").Hinting("%s %s", rp.Problem, rp.ProblemFix)
	}
	c := s.ceremony(Authentication, rp, from, SignInLifetime)
	person, allowed, err := s.allowed(ctx, rp, username)
	if err != nil {
		return Begun{}, err
	}
	c.IdentityID, c.Decoy = person.ID, username != "" && person.ID == ""
	c.Options, c.Session, c.Challenge, err = requestOptions(rp, person, allowed)
	if err != nil {
		return Begun{}, ErrOptions.Saying("Failed to generate authentication options").Because(err)
	}
	if err := s.Challenges.PutCeremony(ctx, c); err != nil {
		return Begun{}, err
	}
	s.Recorder.Record(Entry{Ceremony: c, State: Running, From: from, Email: username})
	return Begun{PublicKey: c.Options, ChallengeID: c.ID}, nil
}

// allowed returns whose sign-in it is and with which credentials. With
// enumeration mitigated, an unknown address gets made-up credentials and no
// person: the answers can't be told apart, and no such sign-in can succeed.
func (s *Ceremonies) allowed(ctx context.Context, rp RelyingParty, username string) (identity.Identity, []Descriptor, error) {
	username = identity.Fold(username)
	if username == "" {
		return identity.Identity{}, nil, nil
	}
	person, err := s.People.IdentityByIdentifier(ctx, username)
	if err != nil && !errors.Is(err, identity.ErrNotFound) {
		return identity.Identity{}, nil, err
	}
	var have []Credential
	if err == nil {
		if have, err = s.Credentials.CredentialsOf(ctx, person.ID); err != nil {
			return identity.Identity{}, nil, err
		}
		have = usableAt(rp, have)
	}
	if err == nil && len(have) == 0 && !rp.MitigateEnum {
		if n, err := s.Credentials.DamagedOf(ctx, person.ID); err != nil || n > 0 {
			return identity.Identity{}, nil, errors.Join(err, ErrDamaged)
		}
	}
	switch {
	case len(have) > 0:
		return person, describe(have), nil
	case rp.MitigateEnum:
		return identity.Identity{}, decoys(s.DecoySecret, rp.ID, username), nil
	case person.ID == "":
		return identity.Identity{}, nil, ErrNoAccount
	}
	return identity.Identity{}, nil, ErrNoPasskeys
}

// Verified is a sign-in that the authenticator proved. It is not a session yet:
// Use has to be committed together with one.
type Verified struct {
	Credential Credential // as it was before
	Person     identity.Identity
	Use        func(*Credential) error
	rp         RelyingParty
	entry      Entry
}

// FinishAuthentication verifies an answer that came to rp. The caller commits
// Verified.Use together with a session, and then calls Prove and Conclude.
func (s *Ceremonies) FinishAuthentication(ctx context.Context, rp RelyingParty, a Answer) (Verified, error) {
	e := Entry{Ceremony: Ceremony{Kind: Authentication}, From: a.From, Credential: a.Credential, Ignored: a.Ignored}
	v, err := s.authenticate(ctx, rp, a, &e)
	if err != nil {
		return Verified{}, s.reject(rp, e, err)
	}
	v.rp, v.entry = rp, e
	return v, nil
}

func (s *Ceremonies) authenticate(ctx context.Context, rp RelyingParty, a Answer, e *Entry) (Verified, error) {
	if err := presentable(a); err != nil {
		return Verified{}, err
	}
	ans, unreadable := readAnswer(Authentication, a.Credential)
	id := a.ChallengeID
	if id == "" && unreadable == nil {
		var err error
		if id, err = s.challengeOf(ctx, ans, a.From); err != nil {
			return Verified{}, err
		}
	}
	if id == "" {
		return Verified{}, unreadable
	}
	cer, err := s.take(ctx, rp, Authentication, id, a, e) // a bad answer costs the challenge too
	if err = cmp.Or(err, unreadable); err != nil {
		return Verified{}, err
	}
	c, person, err := s.owner(ctx, cer, ans, e)
	if err != nil {
		return Verified{}, s.afterEqualWork(rp, cer, ans, err)
	}
	use, err := verifyAuthentication(cer, person, c, ans)
	if err != nil {
		return Verified{}, err
	}
	use.At = s.Now()
	return Verified{Credential: c, Person: person, Use: func(now *Credential) error {
		// Asked again inside the transaction: a removal or another sign-in may
		// have come between.
		if !now.Active() {
			return ErrRemovedCredential
		}
		if err := checkCounter(*now, use.SignCount); err != nil {
			return err
		}
		*now = now.used(use)
		return nil
	}}, nil
}

// owner finds the credential record and the person, and makes sure that they
// belong together: steps 7.2.5 and 7.2.6. Tombstones are told apart in the
// record; outside, both sentences are the same.
func (s *Ceremonies) owner(ctx context.Context, cer Ceremony, ans answer, e *Entry) (Credential, identity.Identity, error) {
	owned, err := s.Credentials.Owned(ctx, ans.id)
	c, person := owned.Credential, owned.Person
	if errors.Is(err, ErrUnknownCredential) {
		err = s.unknown(ctx, ErrUnknownCredential, cer, ans,
			"Nobody here has, or had, the credential ID "+base64.RawURLEncoding.EncodeToString(ans.id))
	}
	if err != nil {
		return c, identity.Identity{}, err
	}
	e.Before = &c
	e.Email = person.Email() // the record says whose it was, also where it is refused
	if !c.Active() {
		return c, identity.Identity{}, s.unknown(ctx, ErrRemovedCredential, cer, ans,
			fmt.Sprintf("%q was removed here at %s", c.Name, c.RevokedAt.UTC().Format(time.RFC3339)))
	}
	if cer.Decoy || (cer.IdentityID != "" && c.IdentityID != cer.IdentityID) || c.RPID != cer.RP.ID {
		return c, identity.Identity{}, ErrUnknownCredential.Because(errors.New("the credential was not allowed in this ceremony"))
	}
	if owned.NoPerson != nil {
		return c, person, ErrUnknownCredential.Because(owned.NoPerson)
	}
	discoverable := cer.IdentityID == ""
	if discoverable && len(ans.userHandle) == 0 {
		return c, person, ErrUserHandle.Because(errors.New("a discoverable sign-in needs a user handle, and none came"))
	}
	if len(ans.userHandle) > 0 && !bytes.Equal(ans.userHandle, person.UserHandle) {
		return c, person, ErrUserHandle
	}
	return c, person, nil
}

func verifyAuthentication(cer Ceremony, person identity.Identity, c Credential, ans answer) (Use, error) {
	if err := checkClientData(ans.clientData, Authentication, cer.Challenge, cer.RP); err != nil {
		return Use{}, err
	}
	session, w, err := library(cer)
	if err != nil {
		return Use{}, err
	}
	parsed, err := ans.assertion()
	if err != nil {
		return Use{}, err
	}
	data := parsed.Response.AuthenticatorData
	app := appID(session, parsed)
	if err := checkAuthenticatorData(data, cmp.Or(app, cer.RP.ID), session.UserVerification); err != nil {
		return Use{}, err
	}
	if data.Flags.HasBackupEligible() != c.BackupEligible {
		return Use{}, ErrBackupEligibility
	}
	u := user{person, []webauthn.Credential{stored(c, app)}}
	if len(session.UserID) == 0 {
		_, _, err = w.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return u, nil }, session, parsed)
	} else {
		session.AllowedCredentialIDs = [][]byte{c.CredentialID} // owner saw to it that this one was allowed
		_, err = w.ValidateLogin(u, session, parsed)
	}
	if err != nil {
		return Use{}, fromAssertion(err)
	}
	if err := checkCounter(c, data.Counter); err != nil {
		return Use{}, err
	}
	return Use{SignCount: data.Counter, BackupState: data.Flags.HasBackupState(), UserVerified: data.Flags.HasUserVerified()}, nil
}

// Prove remembers that the browser of a verified sign-in finished a ceremony, and the
// tokens that it got by it, if any.
func (s *Ceremonies) Prove(ctx context.Context, v Verified, tokens ...string) error {
	return s.prove(ctx, v.entry.Ceremony, tokens...)
}

// Conclude records how a verified sign-in ended: with a session, or with an
// error of the commit.
func (s *Ceremonies) Conclude(v Verified, after Credential, sessionID string, err error) error {
	if err != nil {
		return s.reject(v.rp, v.entry, err)
	}
	e := v.entry
	e.After, e.SessionID = &after, sessionID
	s.conclude(e)
	events.Publish(s.Bus, Changed{ID: after.ID, IdentityID: after.IdentityID, What: "used"})
	return nil
}
