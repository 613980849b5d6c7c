package passkey

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/identity"
)

// Answer is what came back from a browser.
type Answer struct {
	ChallengeID string          // may be "" at a sign-in: the client data's challenge counts
	Credential  json.RawMessage // PublicKeyCredential.toJSON(), whole
	Name        string          // of the passkey to be; may be ""
	IdentityID  identity.ID     // who is signed in; a registration needs it
	From        From
	Ignored     []string // members of the request that nobody reads
}

// Verified is a sign-in that the authenticator proved. It is not a session yet:
// Use has to be committed together with one.
type Verified struct {
	Credential Credential // as it was before
	Use        func(*Credential) error
	rp         RelyingParty
	entry      Entry
}

// FinishRegistration verifies an answer that came to rp and stores the new
// credential.
func (s *Ceremonies) FinishRegistration(ctx context.Context, rp RelyingParty, a Answer) (Credential, error) {
	e := Entry{Ceremony: Ceremony{Kind: Registration}, From: a.From, Credential: a.Credential, Ignored: a.Ignored}
	c, err := s.register(ctx, rp, a, &e)
	if err != nil {
		return Credential{}, s.reject(rp, e, err)
	}
	e.After = &c
	s.prove(ctx, e.Ceremony)
	s.conclude(e)
	events.Publish(s.Bus, Changed{ID: c.ID, IdentityID: c.IdentityID, What: "created"})
	return c, nil
}

func (s *Ceremonies) register(ctx context.Context, rp RelyingParty, a Answer, e *Entry) (Credential, error) {
	if err := presentable(a); err != nil {
		return Credential{}, err
	}
	if a.ChallengeID == "" {
		return Credential{}, ErrNoChallengeID
	}
	name, err := CleanName(a.Name, true)
	if err != nil {
		return Credential{}, err
	}
	cer, err := s.take(ctx, rp, Registration, a.ChallengeID, a, e)
	if err != nil {
		return Credential{}, err
	}
	if cer.IdentityID != a.IdentityID {
		return Credential{}, ErrExpiredRegistration.Because(errors.New("the challenge was issued to somebody else"))
	}
	person, err := s.People.Identity(ctx, cer.IdentityID)
	if err != nil {
		return Credential{}, err
	}
	e.Email = person.Email()
	got, err := verifyRegistration(cer, person, a.Credential)
	if err != nil {
		return Credential{}, err
	}
	if name == "" {
		name = cer.Name
	}
	if isDecoy(s.DecoySecret, got.ID) {
		return Credential{}, ErrCredentialKnown.Because(errors.New("the credential ID is one that the lab made up for an address without passkeys"))
	}
	c := s.record(cer, person, got, name)
	if err := s.Credentials.Mint(c.RPID, c.CredentialID, c.UserHandle); err != nil {
		return Credential{}, err
	}
	return c, s.Credentials.AddCredential(ctx, c)
}

// record makes the credential record of Web Authentication Level 3, section 7.1
// step 27.
func (s *Ceremonies) record(cer Ceremony, person identity.Identity, got *webauthn.Credential, name string) Credential {
	now := s.Now()
	c := Credential{
		ID: uuid.NewString(), CredentialID: got.ID, IdentityID: person.ID, UserHandle: person.UserHandle,
		RPID: cer.RP.ID, Name: name, PublicKey: got.PublicKey, AAGUID: got.Authenticator.AAGUID,
		Attachment: string(got.Authenticator.Attachment), AttestationFormat: got.AttestationFormat,
		AttestationObject: got.Attestation.Object, ClientDataJSON: got.Attestation.ClientDataJSON,
		Discoverable: got.Extensions.RK, BackupEligible: got.Flags.BackupEligible, BackupState: got.Flags.BackupState,
		UserVerified: got.Flags.UserVerified, SignCount: got.Authenticator.SignCount,
		Transports: []string{}, CreatedAt: now, UpdatedAt: now,
	}
	c.Algorithm, _ = algorithmOf(got.PublicKey) // it was checked before
	for _, t := range got.Transport {
		c.Transports = append(c.Transports, string(t))
	}
	slices.Sort(c.Transports)
	if c.Name == "" {
		c.Name = defaultName(c.Attachment)
	}
	return c
}

func defaultName(attachment string) string {
	switch attachment {
	case "platform":
		return "This device"
	case "cross-platform":
		return "Security key"
	}
	return "Passkey"
}

func verifyRegistration(cer Ceremony, person identity.Identity, raw json.RawMessage) (*webauthn.Credential, error) {
	ans, err := readAnswer(Registration, raw)
	if err != nil {
		return nil, err
	}
	if err := checkClientData(ans.clientData, Registration, cer.Challenge, cer.RP); err != nil {
		return nil, err
	}
	session, w, err := library(cer)
	if err != nil {
		return nil, err
	}
	parsed, err := parseRegistration(raw)
	if err != nil {
		return nil, err
	}
	object := parsed.Raw.AttestationResponse.AttestationObject
	if err := checkObject(object, parsed.Response.AttestationObject); err != nil {
		return nil, err
	}
	data := parsed.Response.AttestationObject.AuthData
	if err := checkAuthenticatorData(data, cer.RP.ID, session.UserVerification); err != nil {
		return nil, err
	}
	if !bytes.Equal(data.AttData.CredentialID, ans.id) {
		return nil, malformed("credential.id", "it is not the id in the authenticator data")
	}
	if err := keyForm(attestedKey(object)); err != nil {
		return nil, badKey("it does not decode: %v", err)
	}
	if err := checkOffered(data.AttData.CredentialPublicKey, session.CredParams); err != nil {
		return nil, err
	}
	if _, err := checkKey(data.AttData.CredentialPublicKey); err != nil {
		return nil, err
	}
	got, err := w.CreateCredential(user{person: person}, session, parsed)
	if err != nil {
		return nil, fromAttestation(err, parsed.Response.AttestationObject)
	}
	return got, nil
}

// checkOffered verifies that the algorithm is one of those in the options: step
// 7.1.20. It reads the options as they were sent, not as a client may repeat
// them (THREATS T21).
func checkOffered(cose []byte, offered []protocol.CredentialParameter) error {
	alg, err := algorithmOf(cose)
	if err != nil {
		return err
	}
	for _, p := range offered {
		if int(p.Algorithm) == alg {
			return nil
		}
	}
	return ErrAlgorithm.Hinting("The passkey uses the COSE algorithm %d, which was not offered.", alg)
}

// FinishAuthentication verifies an answer that came to rp. The caller commits
// Verified.Use together with a session, and then calls Conclude.
func (s *Ceremonies) FinishAuthentication(ctx context.Context, rp RelyingParty, a Answer) (Verified, error) {
	e := Entry{Ceremony: Ceremony{Kind: Authentication}, From: a.From, Credential: a.Credential, Ignored: a.Ignored}
	v, err := s.authenticate(ctx, rp, a, &e)
	if err != nil {
		return Verified{}, s.reject(rp, e, err)
	}
	s.prove(ctx, e.Ceremony)
	v.rp, v.entry = rp, e
	return v, nil
}

// prove remembers that a ceremony's browser finished one. Where that can't be
// written, its next ceremony has a stranger's room: no reason to refuse this one.
func (s *Ceremonies) prove(ctx context.Context, c Ceremony) {
	if len(c.Browser) == 0 {
		return
	}
	if err := s.Challenges.ProveBrowser(ctx, c.Browser, s.Now()); err != nil {
		s.Log.Warn("a browser that finished a ceremony is not remembered", "err", err)
	}
}

func (s *Ceremonies) authenticate(ctx context.Context, rp RelyingParty, a Answer, e *Entry) (Verified, error) {
	if err := presentable(a); err != nil {
		return Verified{}, err
	}
	id, err := s.challengeOf(ctx, a)
	if err != nil {
		return Verified{}, err
	}
	cer, err := s.take(ctx, rp, Authentication, id, a, e)
	if err != nil {
		return Verified{}, err
	}
	ans, err := readAnswer(Authentication, a.Credential)
	if err != nil {
		return Verified{}, err
	}
	c, person, err := s.owner(ctx, cer, ans, e)
	if err != nil {
		return Verified{}, s.afterEqualWork(rp, cer, a.Credential, err)
	}
	use, err := verifyAuthentication(cer, person, c, ans, a.Credential)
	if err != nil {
		return Verified{}, err
	}
	use.At = s.Now()
	return Verified{Credential: c, Use: func(now *Credential) error {
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
	c, err := s.Credentials.CredentialByCredentialID(ctx, ans.id)
	if errors.Is(err, ErrUnknownCredential) {
		err = s.astray(ctx, ErrUnknownCredential, cer, ans, "Nobody here has, or had, the credential ID "+base64.RawURLEncoding.EncodeToString(ans.id))
	}
	if err != nil {
		return c, identity.Identity{}, err
	}
	e.Before = &c
	person, lookup := s.People.Identity(ctx, c.IdentityID)
	e.Email = person.Email() // the record says whose it was, also where it is refused
	if !c.Active() {
		return c, identity.Identity{}, s.astray(ctx, ErrRemovedCredential, cer, ans, fmt.Sprintf("%q was removed here at %s", c.Name, c.RevokedAt.UTC().Format(time.RFC3339)))
	}
	if cer.Decoy || (cer.IdentityID != "" && c.IdentityID != cer.IdentityID) || c.RPID != cer.RP.ID {
		return c, identity.Identity{}, ErrUnknownCredential.Because(errors.New("the credential was not allowed in this ceremony"))
	}
	if lookup != nil {
		return c, person, ErrUnknownCredential.Because(lookup)
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

func verifyAuthentication(cer Ceremony, person identity.Identity, c Credential, ans answer, raw json.RawMessage) (Use, error) {
	if err := checkClientData(ans.clientData, Authentication, cer.Challenge, cer.RP); err != nil {
		return Use{}, err
	}
	session, w, err := library(cer)
	if err != nil {
		return Use{}, err
	}
	parsed, err := parseAuthentication(raw)
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

func library(cer Ceremony) (webauthn.SessionData, *webauthn.WebAuthn, error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(cer.Session, &session); err != nil {
		return session, nil, fmt.Errorf("decode the ceremony's session: %w", err)
	}
	w, err := relyingParty(cer.RP)
	return session, w, err
}

// reject records a failed answer and returns the fault with the record's id.
func (s *Ceremonies) reject(rp RelyingParty, e Entry, err error) error {
	f := fault.From(err)
	if e.Ceremony.Record == "" {
		e.Ceremony.Record, e.Ceremony.RP, e.Ceremony.BeganAt = newRecordID(), rp, s.Now()
	}
	e.State, e.EndedAt, e.Fault = Rejected, s.Now(), f
	s.Recorder.Record(e)
	return s.outside(rp, e.Ceremony, f).Of(e.Ceremony.Record)
}

func (s *Ceremonies) conclude(e Entry) {
	e.State, e.EndedAt = Accepted, s.Now()
	s.Recorder.Record(e)
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
