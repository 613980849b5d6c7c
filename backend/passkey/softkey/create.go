package softkey

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
)

// Create makes a passkey, as navigator.credentials.create() does on a page of
// origin (scheme, host and port). options is
// PublicKeyCredentialCreationOptionsJSON, or an object that holds one as
// publicKey. It returns RegistrationResponseJSON, changed by muts in order.
//
// A refusal is an *Exception: ErrExcluded, ErrNotAllowed, ErrSecurity,
// ErrNotSupported, ErrEncoding or ErrType. The new passkey replaces the one
// that the same user handle had at the same relying party, and is kept as it
// would be without the mutations. Web Authentication Level 3, §5.1.3 and §6.3.2.
func (a *Authenticator) Create(options []byte, origin string, muts ...Mutation) ([]byte, error) {
	o, err := parseCreation(options)
	if err != nil {
		return nil, err
	}
	rpID, err := a.relyingParty(o.RP.ID, origin)
	if err != nil {
		return nil, err
	}
	algorithm, err := o.algorithm(a)
	if err != nil {
		return nil, err
	}
	if err := a.admits(o, rpID); err != nil {
		return nil, err
	}
	e, err := a.newEntry(o, rpID, algorithm)
	if err != nil {
		return nil, err
	}
	answer, err := a.register(o, e, origin, muts)
	if err != nil {
		return nil, err
	}
	a.keep(e)
	return answer, nil
}

// admits refuses a registration that doesn't suit this authenticator.
func (a *Authenticator) admits(o *creationOptions, rpID string) error {
	if wanted := o.Selection.Attachment; wanted != "" && wanted != a.attachment() {
		return ErrNotAllowed.because("a %s authenticator is asked for and this is a %s one", wanted, a.attachment())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range o.Exclude {
		if e, ok := a.byID[string(d.ID)]; ok && d.Type == publicKeyType && e.RPID == rpID {
			return ErrExcluded.because("a passkey of excludeCredentials lives here already")
		}
	}
	return a.verified(o.Selection.UserVerification)
}

func (a *Authenticator) newEntry(o *creationOptions, rpID string, algorithm Algorithm) (*entry, error) {
	length := a.IDLength
	if length == 0 {
		length = 32
	}
	if length < 1 || length > 1023 {
		return nil, fmt.Errorf("make a credential ID of %d bytes: 1 to 1023 are allowed", length)
	}
	id := make([]byte, length)
	if _, err := io.ReadFull(a.random(), id); err != nil {
		return nil, fmt.Errorf("make a credential ID: %w", err)
	}
	k, err := newKey(algorithm, a.random())
	if err != nil {
		return nil, err
	}
	return &entry{key: k, Credential: Credential{
		ID: id, RPID: rpID, UserHandle: *o.User.ID,
		UserName: *o.User.Name, DisplayName: *o.User.DisplayName,
		Algorithm: algorithm, BackupEligible: a.BackupEligible,
	}}, nil
}

func (a *Authenticator) register(o *creationOptions, e *entry, origin string, muts []Mutation) ([]byte, error) {
	cose, err := e.key.cose()
	if err != nil {
		return nil, err
	}
	spki, err := x509.MarshalPKIXPublicKey(e.key.signer.Public())
	if err != nil {
		return nil, fmt.Errorf("encode the public key: %w", err)
	}
	d := newDraft("webauthn.create", *o.Challenge, origin, e)
	d.Registration = true
	d.Format = a.format(o.Attestation)
	d.AuthData.Flags = a.flags(e.BackupEligible) | FlagAT
	d.AuthData.Attested = &Attested{AAGUID: a.AAGUID, CredentialID: bytes.Clone(e.ID), Key: cose}
	answer, err := d.apply(muts)
	if err != nil {
		return nil, err
	}
	answer.identify(e, a.attachment())
	answer.Algorithm, answer.PublicKeyAlgorithm = e.Algorithm, e.Algorithm
	answer.PublicKey = spki
	answer.Transports = a.transports()
	if o.Extensions.CredProps {
		answer.Extensions["credProps"] = map[string]any{"rk": true}
	}
	return answer.complete(d.After)
}

// format is the attestation format for a conveyance preference.
// Web Authentication Level 3, §5.4.7.
func (a *Authenticator) format(conveyance string) string {
	switch {
	case a.Attestation != "":
		return a.Attestation
	case conveyance == "" || conveyance == "none":
		return formatNone
	}
	return formatPacked
}

func newDraft(ceremony string, challenge []byte, origin string, e *entry) *Draft {
	hash := sha256.Sum256([]byte(e.RPID))
	return &Draft{
		ClientData: ClientData{
			Type: ceremony, Challenge: base64.RawURLEncoding.EncodeToString(challenge), Origin: origin,
		},
		AuthData: AuthData{RPIDHash: hash[:], Counter: e.Counter},
		Sign:     e.key.sign,
	}
}

func (d *Draft) apply(muts []Mutation) (*Answer, error) {
	for _, mutate := range muts {
		mutate(d)
	}
	return d.finish()
}

func (a *Answer) identify(e *entry, attachment string) {
	a.ID = base64.RawURLEncoding.EncodeToString(e.ID)
	a.RawID = bytes.Clone(e.ID)
	a.Attachment = attachment
}
