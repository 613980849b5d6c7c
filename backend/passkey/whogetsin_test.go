package passkey_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"sting/backend/fault"
	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
)

// Ten is a bound of the transaction: those who began while there was room for
// one race for it, and one gets it.
func TestOfManyWhoRaceForTheTenthPlaceOneGetsIt(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	for range passkey.MaxPasskeys - 1 {
		l.registered(ada, softkey.New())
	}
	const racers = 8
	answers := make([]passkey.Answer, racers)
	for i := range answers {
		begun := l.beginRegistration(ada)
		answers[i] = passkey.Answer{ChallengeID: begun.ChallengeID, Credential: l.create(softkey.New(), begun), IdentityID: ada.ID,
			From: l.from()}
	}
	errs := make([]error, racers)
	var race sync.WaitGroup
	for i, a := range answers {
		race.Go(func() { _, errs[i] = l.FinishRegistration(t.Context(), a) })
	}
	race.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, passkey.ErrTooMany) {
			t.Errorf("got %v, want ErrTooMany", err)
		}
	}
	own, err := l.Own(t.Context(), ada.ID)
	l.must(err)
	if won != 1 || len(own) != passkey.MaxPasskeys {
		t.Errorf("%d of %d got a place, %d passkeys in all", won, racers, len(own))
	}
}

// THREATS T24: each algorithm has one curve. The library looks at it too; that
// the lab's own look holds is decided without it.
func TestAForeignCurveIsRefusedWithoutTheLibrary(t *testing.T) {
	for _, own := range []struct {
		algorithm webauthncose.COSEAlgorithmIdentifier
		curve     webauthncose.COSEEllipticCurve
		point     ecdh.Curve
	}{
		{webauthncose.AlgES256, webauthncose.P256, ecdh.P256()},
		{webauthncose.AlgES384, webauthncose.P384, ecdh.P384()},
		{webauthncose.AlgES512, webauthncose.P521, ecdh.P521()},
	} {
		key, err := own.point.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		point := key.PublicKey().Bytes()[1:]
		for _, curve := range []webauthncose.COSEEllipticCurve{
			0, webauthncose.P256, webauthncose.P384, webauthncose.P521, webauthncose.X25519, webauthncose.Ed25519, webauthncose.Secp256k1, 99,
		} {
			err := passkey.CheckEC(webauthncose.EC2PublicKeyData{
				PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(own.algorithm)},
				Curve:         int64(curve), XCoord: point[:len(point)/2], YCoord: point[len(point)/2:],
			})
			if curve == own.curve {
				if err != nil {
					t.Errorf("algorithm %d on its own curve: %v", own.algorithm, err)
				}
				continue
			}
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Code != "BAD_KEY" || !strings.Contains(f.Hint, "does not belong to the algorithm") {
				t.Errorf("algorithm %d on curve %d: %v", own.algorithm, curve, err)
			}
		}
	}
}
