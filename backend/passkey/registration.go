package passkey

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"sting/backend/events"
	"sting/backend/identity"
)

// BeginRegistration issues a challenge for a new passkey of a person. name may
// be "": the passkey is then named after the authenticator's kind.
func (s *Ceremonies) BeginRegistration(ctx context.Context, rp RelyingParty, id identity.ID, name string, from From) (Begun, error) {
	name, err := CleanName(name, true)
	if err != nil {
		return Begun{}, err
	}
	if rp.Problem != "" {
		return Begun{}, ErrOptions.Hinting("%s %s", rp.Problem, rp.ProblemFix)
	}
	person, err := s.People.Identity(ctx, id)
	if err != nil {
		return Begun{}, ErrOptions.Because(err)
	}
	have, err := s.Credentials.CredentialsOf(ctx, id)
	if err != nil {
		return Begun{}, ErrOptions.Because(err)
	}
	have = living(have)
	if len(have) >= MaxPasskeys {
		return Begun{}, ErrTooMany
	}
	options, session, challenge, err := creationOptions(rp, person, usableAt(rp, have))
	if err != nil {
		return Begun{}, ErrOptions.Because(err)
	}
	c := s.ceremony(Registration, rp, from, RegistrationLifetime)
	c.IdentityID, c.Name, c.Options, c.Session, c.Challenge = id, name, options, session, challenge
	if err := s.Challenges.PutCeremony(ctx, c); err != nil {
		return Begun{}, ErrOptions.Because(err)
	}
	s.Recorder.Record(Entry{Ceremony: c, State: Running, From: from, Email: person.Email()})
	return Begun{PublicKey: options, ChallengeID: c.ID, Name: name}, nil
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
	_ = s.prove(ctx, e.Ceremony)
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
	ans, err := readAnswer(Registration, a.Credential)
	if err != nil {
		return Credential{}, err
	}
	got, err := verifyRegistration(cer, person, ans)
	if err != nil {
		return Credential{}, err
	}
	if name == "" {
		name = cer.Name
	}
	if isDecoy(s.DecoySecret, got.ID) {
		return Credential{}, ErrCredentialKnown.Because(
			errors.New("the credential ID is one that the lab made up for an address without passkeys"))
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

func verifyRegistration(cer Ceremony, person identity.Identity, ans answer) (*webauthn.Credential, error) {
	if err := checkClientData(ans.clientData, Registration, cer.Challenge, cer.RP); err != nil {
		return nil, err
	}
	session, w, err := library(cer)
	if err != nil {
		return nil, err
	}
	parsed, err := ans.attestation()
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
