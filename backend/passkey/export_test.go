package passkey

import (
	"encoding/json"

	"github.com/go-webauthn/webauthn/webauthn"

	"sting/backend/identity"
)

// What the tests of vectors and the fuzz targets reach into.
var (
	CheckKey = checkKey
	CheckEC  = checkEC
	Object   = object
)

// VerifyAnswerOf does what FinishRegistration does once the challenge is taken.
func VerifyAnswerOf(cer Ceremony, person identity.Identity, raw json.RawMessage) (*webauthn.Credential, error) {
	ans, err := readAnswer(Registration, raw)
	if err != nil {
		return nil, err
	}
	return verifyRegistration(cer, person, ans)
}

// VerifySignIn does what FinishAuthentication does once the credential is found.
func VerifySignIn(cer Ceremony, person identity.Identity, c Credential, raw json.RawMessage) (Use, error) {
	ans, err := readAnswer(Authentication, raw)
	if err != nil {
		return Use{}, err
	}
	return verifyAuthentication(cer, person, c, ans)
}

// ReadAnswer returns the members of an answer that count.
func ReadAnswer(k Kind, raw []byte) (id, clientData, userHandle []byte, err error) {
	a, err := readAnswer(k, raw)
	return a.id, a.clientData, a.userHandle, err
}

// CheckClientData is checkClientData.
func CheckClientData(raw []byte, k Kind, challenge string, rp RelyingParty) error {
	return checkClientData(raw, k, challenge, rp)
}

// BegunWith returns a ceremony as Begin stores it, but for its challenge and,
// where algorithms are given, what it offers.
func BegunWith(k Kind, rp RelyingParty, person identity.Identity, allowed []Credential, challenge string) (Ceremony, error) {
	c := Ceremony{Kind: k, RP: rp, Challenge: challenge, IdentityID: person.ID}
	var session json.RawMessage
	var err error
	if k == Registration {
		_, session, _, err = creationOptions(rp, person, nil)
	} else {
		_, session, _, err = requestOptions(rp, person, describe(allowed))
	}
	if err != nil {
		return c, err
	}
	var data webauthn.SessionData
	if err := json.Unmarshal(session, &data); err != nil {
		return c, err
	}
	data.Challenge = challenge
	c.Session, err = json.Marshal(data)
	return c, err
}

// The checks of keys that the library looks at too.
var (
	CheckOKP = checkOKP
	CheckRSA = checkRSA
)

// IsDecoy and DecoyIDs are what is made up for an address without passkeys.
var IsDecoy = isDecoy

func DecoyIDs(secret []byte, rpID, username string) (ids [][]byte) {
	for _, d := range decoys(secret, rpID, username) {
		ids = append(ids, d.CredentialID)
	}
	return ids
}

// AppID is appID.
var AppID = appID
