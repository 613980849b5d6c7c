package passkey

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"sting/backend/identity"
)

// Descriptor names a credential that may be used.
type Descriptor struct {
	CredentialID []byte
	Transports   []string
}

func describe(list []Credential) []Descriptor {
	out := make([]Descriptor, 0, len(list))
	for _, c := range list {
		out = append(out, Descriptor{c.CredentialID, c.Transports})
	}
	return out
}

// decoys makes up the credentials of a person who has none: the same each time,
// also after a restart, so that asking twice tells nothing (THREATS T10). Each ID
// is its own seal, which isDecoy looks for.
func decoys(secret []byte, rpID, username string) []Descriptor {
	drawn := keyed(secret, "credential", rpID, username)[:decoyDrawn]
	return []Descriptor{{CredentialID: append(drawn, decoySeal(secret, drawn)...), Transports: []string{"hybrid", "internal"}}}
}

// decoyDrawn is how many bytes of a made-up ID come from whose it would be; as
// many follow that prove who made it.
const decoyDrawn = 16

func decoySeal(secret, drawn []byte) []byte { return keyed(secret, "seal", string(drawn))[:decoyDrawn] }

func keyed(secret []byte, parts ...string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(strings.Join(parts, "\x00")))
	return m.Sum(nil)
}

// isDecoy reports whether a credential ID is made up. Nobody may register one: a
// registration is refused for the ID of a known person's passkey, and where it was
// not for a made-up one, trying would tell them apart.
func isDecoy(secret, id []byte) bool {
	return len(id) == 2*decoyDrawn && hmac.Equal(id[decoyDrawn:], decoySeal(secret, id[:decoyDrawn]))
}

// relyingParty returns go-webauthn's idea of rp. Attestation "none" is asked
// for: without a metadata provider no attestation can say what a device is, and
// asking for it would only make browsers put a question to the person.
func relyingParty(rp RelyingParty) (*webauthn.WebAuthn, error) {
	requireKey := true
	timeout := webauthn.TimeoutConfig{Timeout: rp.Timeout, TimeoutUVD: rp.Timeout}
	return webauthn.New(&webauthn.Config{
		RPID: rp.ID, RPDisplayName: rp.Name, RPOrigins: rp.Origins,
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &requireKey,
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			UserVerification:   protocol.UserVerificationRequirement(rp.UserVerification),
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
		// An output that nobody asked for is noted, never a reason to fail.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
}

// user is a person as go-webauthn asks for them.
type user struct {
	person      identity.Identity
	credentials []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return u.person.UserHandle }
func (u user) WebAuthnName() string                       { return u.person.Email() }
func (u user) WebAuthnDisplayName() string                { return u.person.DisplayName() }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func creationOptions(rp RelyingParty, person identity.Identity, have []Credential) (options, session json.RawMessage, challenge string,
	err error) {
	w, err := relyingParty(rp)
	if err != nil {
		return nil, nil, "", err
	}
	creation, data, err := w.BeginRegistration(user{person: person},
		webauthn.WithExclusions(descriptors(describe(have))),
		webauthn.WithExtensions(webauthn.WithExtensionCredProps()))
	if err != nil {
		return nil, nil, "", err
	}
	// The list is there even when it is empty: clients read its members.
	sent := struct {
		protocol.PublicKeyCredentialCreationOptions
		Exclude []protocol.CredentialDescriptor `json:"excludeCredentials"`
	}{creation.Response, descriptors(describe(have))}
	if options, err = json.Marshal(sent); err != nil {
		return nil, nil, "", err
	}
	session, err = json.Marshal(data)
	return options, session, data.Challenge, err
}

func requestOptions(rp RelyingParty, person identity.Identity, allowed []Descriptor) (options, session json.RawMessage, challenge string,
	err error) {
	w, err := relyingParty(rp)
	if err != nil {
		return nil, nil, "", err
	}
	uv := webauthn.WithUserVerification(protocol.UserVerificationRequirement(rp.UserVerification))
	assertion, data, err := w.BeginDiscoverableLogin(uv)
	if err != nil {
		return nil, nil, "", err
	}
	if len(allowed) > 0 {
		assertion.Response.AllowedCredentials = descriptors(allowed)
		data.UserID = person.UserHandle
		for _, d := range allowed {
			data.AllowedCredentialIDs = append(data.AllowedCredentialIDs, d.CredentialID)
		}
	}
	if options, err = json.Marshal(assertion.Response); err != nil {
		return nil, nil, "", err
	}
	session, err = json.Marshal(data)
	return options, session, data.Challenge, err
}

func descriptors(list []Descriptor) []protocol.CredentialDescriptor {
	out := make([]protocol.CredentialDescriptor, 0, len(list))
	for _, d := range list {
		c := protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: d.CredentialID}
		for _, t := range d.Transports {
			c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
		}
		out = append(out, c)
	}
	return out
}

// stored returns a credential record as go-webauthn reads it. A clone warning is
// never fed back: it would lock the credential for ever. The attestation's format
// is only asked about with the extension appid, where the library knows keys of
// U2F alone, as points: it gets one exactly where appID found an AppID.
func stored(c Credential, app string) webauthn.Credential {
	format, key := "", c.PublicKey
	if app != "" {
		format, key = string(protocol.AttestationFormatFIDOUniversalSecondFactor), pointOf(c.PublicKey)
	}
	return webauthn.Credential{
		ID: c.CredentialID, PublicKey: key, AttestationFormat: format,
		Flags: webauthn.CredentialFlags{UserPresent: true, UserVerified: c.UserVerified, BackupEligible: c.BackupEligible,
			BackupState: c.BackupState},
		Authenticator: webauthn.Authenticator{AAGUID: c.AAGUID, SignCount: c.SignCount},
	}
}

// pointOf returns the uncompressed point of a COSE key, nil where it has none: U2F
// has keys on P-256 only, so nothing verifies with it then.
func pointOf(cose []byte) []byte {
	key, err := webauthncose.ParsePublicKey(cose)
	ec, ok := key.(webauthncose.EC2PublicKeyData)
	if err != nil || !ok {
		return nil
	}
	return slices.Concat([]byte{4}, ec.XCoord, ec.YCoord)
}

func library(cer Ceremony) (webauthn.SessionData, *webauthn.WebAuthn, error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(cer.Session, &session); err != nil {
		return session, nil, fmt.Errorf("decode the ceremony's session: %w", err)
	}
	w, err := relyingParty(cer.RP)
	return session, w, err
}

// byteOrderMark may stand before client data: "UTF-8 decode" of Web
// Authentication Level 3, sections 7.1 step 5 and 7.2 step 8, drops it, and
// go-webauthn does not know that. The hash is still that of all the bytes.
var byteOrderMark = []byte("\xef\xbb\xbf")

// attestation returns the answer of a registration as the library reads it.
func (a answer) attestation() (*protocol.ParsedCredentialCreationData, error) {
	var sent protocol.CredentialCreationResponse
	if err := a.fill(&sent.PublicKeyCredential); err != nil {
		return nil, err
	}
	if json.Unmarshal(a.members["response"], &sent.AttestationResponse) != nil {
		return nil, malformed("credential", "it does not decode")
	}
	sent.AttestationResponse.ClientDataJSON = bytes.TrimPrefix(a.clientData, byteOrderMark)
	parsed, err := sent.Parse()
	if err != nil {
		return nil, unreadable(sent.AttestationResponse.AttestationObject)
	}
	parsed.Raw.AttestationResponse.ClientDataJSON = a.clientData
	return parsed, nil
}

// assertion does the same at a sign-in.
func (a answer) assertion() (*protocol.ParsedCredentialAssertionData, error) {
	var sent protocol.CredentialAssertionResponse
	if err := a.fill(&sent.PublicKeyCredential); err != nil {
		return nil, err
	}
	sent.AssertionResponse = protocol.AuthenticatorAssertionResponse{
		AuthenticatorResponse: protocol.AuthenticatorResponse{ClientDataJSON: bytes.TrimPrefix(a.clientData, byteOrderMark)},
		AuthenticatorData:     a.signed, Signature: a.signature, UserHandle: a.userHandle,
	}
	parsed, err := sent.Parse()
	if err != nil {
		return nil, malformed("credential.response.authenticatorData", "it does not decode")
	}
	parsed.Raw.AssertionResponse.ClientDataJSON = a.clientData
	return parsed, nil
}

// fill gives the library the members that were taken apart, without the extension
// results that nobody here reads: an output that was not asked for, in whatever
// shape, refuses nothing, and the library decodes all of them. credProps and appid
// are read where they have their shape: Web Authentication Level 3, sections 10.1.1
// and 10.1.3.
func (a answer) fill(to *protocol.PublicKeyCredential) error {
	to.ID, to.Type, to.RawID = base64.RawURLEncoding.EncodeToString(a.id), string(protocol.PublicKeyCredentialType), a.id
	var results map[string]json.RawMessage
	var props struct {
		RK *bool `json:"rk"`
	}
	for name, into := range map[string]any{"authenticatorAttachment": &to.AuthenticatorAttachment, "clientExtensionResults": &results} {
		if v, ok := a.members[name]; ok && json.Unmarshal(v, into) != nil {
			return malformed("credential", "it does not decode")
		}
	}
	if len(results) == 0 {
		return nil
	}
	kept := map[string]json.RawMessage{}
	if v := results["credProps"]; json.Unmarshal(v, &props) == nil {
		kept["credProps"] = v
	}
	if v := results["appid"]; json.Unmarshal(v, new(bool)) == nil {
		kept["appid"] = v
	}
	asked, err := json.Marshal(kept)
	if err == nil {
		err = json.Unmarshal(asked, &to.ClientExtensionResults)
	}
	if err != nil {
		return malformed("credential", "it does not decode")
	}
	return nil
}
