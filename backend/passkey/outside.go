package passkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"sync"

	"sting/backend/fault"
)

// errAlike is what the outside is told of every refused sign-in while enumeration
// is mitigated.
var errAlike = ErrUnknownCredential.Hinting("Every refused sign-in is answered alike here: security.account_enumeration.mitigate is on. " +
	"`sting ceremonies ID` says on the lab's machine what it was; the person who holds the passkey reads it in the record.")

// outside returns what a refused answer is told as. While enumeration is
// mitigated, no refusal of a sign-in may depend on what the lab knows of the
// address that it began with, or of the credential ID that was sent back: each is
// that of an unknown credential, and the record alone has the reason (THREATS T10).
// A challenge that was used or has run out says nothing of anybody and keeps its
// words, and so does a lab that can't work.
func (s *Ceremonies) outside(rp RelyingParty, c Ceremony, f *fault.Error) *fault.Error {
	if c.Kind != Authentication || c.ID == "" || f.Code == ErrExpiredChallenge.Code || !mitigates(rp, c) {
		return f
	}
	switch f.Kind {
	case fault.Invalid, fault.NotFound, fault.Forbidden:
		return errAlike.InPlace(f)
	}
	return f
}

func mitigates(rp RelyingParty, c Ceremony) bool { return c.RP.MitigateEnum || rp.MitigateEnum }

// afterEqualWork returns err, having checked a signature before it says that a
// credential is unknown: a clock is not to tell it from a known one.
func (s *Ceremonies) afterEqualWork(rp RelyingParty, c Ceremony, ans answer, err error) error {
	if mitigates(rp, c) {
		verifyNobodys(ans)
	}
	return err
}

// nobodysKey is drawn at the first need and thrown away with the process.
var nobodysKey = sync.OnceValues(func() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
})

// verifyNobodys checks the signature of an answer against a key that is nobody's.
// What comes out of it is of no interest.
func verifyNobodys(ans answer) {
	parsed, err := ans.assertion()
	key, drawn := nobodysKey()
	if err != nil || drawn != nil {
		return
	}
	client := sha256.Sum256(parsed.Raw.AssertionResponse.ClientDataJSON)
	signed := append(append([]byte{}, parsed.Raw.AssertionResponse.AuthenticatorData...), client[:]...)
	digest := sha256.Sum256(signed)
	_ = ecdsa.VerifyASN1(&key.PublicKey, digest[:], parsed.Response.Signature)
}
