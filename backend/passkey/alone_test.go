package passkey_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
)

// What stands here is refused by go-webauthn too, which may change its mind: the
// lab's own checks have to hold alone.

func TestTheLabsOwnChecksOfKeysHoldWithoutTheLibrary(t *testing.T) {
	p256, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point := p256.PublicKey().Bytes()[1:]
	off := bytes.Clone(point)
	off[63] ^= 1
	edPoint, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec := func(px, py []byte) error {
		return passkey.CheckEC(webauthncose.EC2PublicKeyData{
			PublicKeyData: webauthncose.PublicKeyData{KeyType: 2, Algorithm: -7}, Curve: 1, XCoord: px, YCoord: py,
		})
	}
	okp := func(algorithm, curve int64, px []byte) error {
		return passkey.CheckOKP(webauthncose.OKPPublicKeyData{PublicKeyData: webauthncose.PublicKeyData{KeyType: 1, Algorithm: algorithm},
			Curve: curve, XCoord: px})
	}
	rsa := func(n *big.Int, e ...byte) error {
		return passkey.CheckRSA(webauthncose.RSAPublicKeyData{
			PublicKeyData: webauthncose.PublicKeyData{KeyType: 3, Algorithm: -257}, Modulus: n.Bytes(), Exponent: e,
		})
	}
	for claim, err := range map[string]error{
		"a point": ec(point[:32], point[32:]), "a point of Ed25519": okp(-8, 6, edPoint),
		"RSA of 2048 bits": rsa(bits(2048), 1, 0, 1), "RSA of 16384 bits": rsa(bits(16384), 1, 0, 1),
		"an exponent of four bytes": rsa(bits(2048), 1, 0, 0, 1),
	} {
		if err != nil {
			t.Errorf("%s is refused: %v", claim, err)
		}
	}
	for claim, err := range map[string]error{
		"a point off the curve":        ec(off[:32], off[32:]),
		"a short x and a long y":       ec(point[:31], point[31:]),
		"a long x":                     ec(append([]byte{0}, point[:32]...), point[32:]),
		"a long y":                     ec(point[:32], append([]byte{0}, point[32:]...)),
		"no coordinates":               ec(nil, nil),
		"Ed25519 of another algorithm": okp(-7, 6, edPoint),
		"Ed25519 on another curve":     okp(-8, 4, edPoint),
		"31 bytes of Ed25519":          okp(-8, 6, edPoint[:31]),
		"no exponent":                  rsa(bits(2048)),
		"an exponent of five bytes":    rsa(bits(2048), 1, 0, 0, 0, 1),
		"RSA of 16385 bits":            rsa(bits(16385), 1, 0, 1),
		"RSA of 2047 bits":             rsa(bits(2047), 1, 0, 1),
	} {
		refused(t, err, "BAD_KEY")
		if t.Failed() {
			t.Fatalf("%s is taken", claim)
		}
	}
}

// Each body is refused by the reader itself, whatever the library makes of it.
func TestTheReaderOfAnswersRefusesAlone(t *testing.T) {
	const id, bytes64 = "AAAA", "AAAB"
	type m = map[string]any
	with := func(top, response m) string {
		r := m{"clientDataJSON": bytes64, "authenticatorData": bytes64, "signature": bytes64, "attestationObject": bytes64}
		for k, v := range response {
			if r[k] = v; v == nil {
				delete(r, k)
			}
		}
		a := m{"id": id, "rawId": id, "type": "public-key", "response": r}
		for k, v := range top {
			if a[k] = v; v == nil {
				delete(a, k)
			}
		}
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	long := base64.RawURLEncoding.EncodeToString(make([]byte, 1023))
	tooLong := base64.RawURLEncoding.EncodeToString(make([]byte, 1024))
	for claim, raw := range map[string]string{
		"as it should be": with(nil, nil), "an empty user handle": with(nil, m{"userHandle": ""}),
		"an id of 1023 bytes": with(m{"id": long, "rawId": long}, nil),
		"a null user handle": `{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"AAAB",` +
			`"authenticatorData":"AAAB","signature":"AAAB","attestationObject":"AAAB","userHandle":null}}`,
	} {
		for _, kind := range []passkey.Kind{passkey.Registration, passkey.Authentication} {
			if _, _, _, err := passkey.ReadAnswer(kind, []byte(raw)); err != nil {
				t.Errorf("%s, %s: %v", kind, claim, err)
			}
		}
	}
	both := map[string]string{
		"no type": with(m{"type": nil}, nil), "another type": with(m{"type": "password"}, nil), "a type that is no text": with(m{"type": 1}, nil),
		"a null type": with(m{"type": json.RawMessage("null")}, nil), "a null id": with(m{"id": json.RawMessage("null")}, nil),
		"null client data": with(nil, m{"clientDataJSON": json.RawMessage("null")}),
		"no id":            with(m{"id": nil}, nil), "an empty id": with(m{"id": "", "rawId": ""}, nil),
		"an id that is no base64url": with(m{"id": "A+A="}, nil),
		"an id of 1024 bytes":        with(m{"id": tooLong, "rawId": tooLong}, nil), "another rawId": with(m{"rawId": "AAAB"}, nil),
		"no rawId":       with(m{"rawId": nil}, nil),
		"no client data": with(nil, m{"clientDataJSON": nil}), "empty client data": with(nil, m{"clientDataJSON": ""}),
		"a user handle that is no base64url": with(nil, m{"userHandle": "?"}), "a user handle that is a number": with(nil, m{"userHandle": 7}),
		"no response": with(m{"response": nil}, nil), "a response that is a list": with(m{"response": []int{}}, nil),
		"a line break in the id": with(m{"id": "AA\nAA", "rawId": "AA\nAA"}, nil),
		"something behind it":    with(nil, nil) + "{}", "a comma behind it": with(nil, nil) + ",", "cut short": with(nil, nil)[:40],
		"a list": "[]", "nothing": "",
		"a member without a value": `{"id":`, "a key that is no text": `{1:2}`, "a value that is none": `{"id":nope}`, "no end": `{"id":"AAAA"`,
	}
	for claim, raw := range both {
		for _, kind := range []passkey.Kind{passkey.Registration, passkey.Authentication} {
			if _, _, _, err := passkey.ReadAnswer(kind, []byte(raw)); err == nil {
				t.Errorf("%s, %s: taken", kind, claim)
			} else {
				refused(t, err, "MALFORMED")
			}
		}
	}
	for name, kind := range map[string]passkey.Kind{"attestationObject": passkey.Registration, "authenticatorData": passkey.Authentication,
		"signature": passkey.Authentication} {
		for what, v := range map[string]any{"no": nil, "an empty": "", "a number for the": 1} {
			if _, _, _, err := passkey.ReadAnswer(kind, []byte(with(nil, m{name: v}))); err == nil {
				t.Errorf("%s %s: taken", what, name)
			}
		}
	}
	for range 50 { // of several that are missing it is always the same one
		_, _, _, err := passkey.ReadAnswer(passkey.Authentication, []byte(with(nil, m{"authenticatorData": nil, "signature": nil})))
		if err == nil || !strings.Contains(errors.Unwrap(err).Error(), "authenticatorData") {
			t.Fatalf("both missing: %v, %v", err, errors.Unwrap(err))
		}
	}
}

// failing counts calls of a store and fails at one of them, whichever it is. What
// was asked for comes along with the error, as from a bug of an adapter.
type failing struct{ at, calls int }

func (f *failing) call() error {
	if f.calls++; f.calls == f.at {
		return errors.New("the disk is gone")
	}
	return nil
}

// credentials is the interface under a name that none of its methods has.
type credentials = passkey.Credentials

type failingCredentials struct {
	credentials
	*failing
}

func (f failingCredentials) Credential(ctx context.Context, id string) (passkey.Credential, error) {
	c, err := f.credentials.Credential(ctx, id)
	return c, cmp.Or(f.call(), err)
}

func (f failingCredentials) CredentialByCredentialID(ctx context.Context, id []byte) (passkey.Credential, error) {
	c, err := f.credentials.CredentialByCredentialID(ctx, id)
	return c, cmp.Or(f.call(), err)
}

func (f failingCredentials) Owned(ctx context.Context, id []byte) (passkey.Owned, error) {
	o, err := f.credentials.Owned(ctx, id)
	return o, cmp.Or(f.call(), err)
}

func (f failingCredentials) CredentialsOf(ctx context.Context, id identity.ID) ([]passkey.Credential, error) {
	list, err := f.credentials.CredentialsOf(ctx, id)
	return list, cmp.Or(f.call(), err)
}

func (f failingCredentials) UpdateCredential(ctx context.Context, id string, change func(*passkey.Credential) error) (passkey.Credential,
	error) {
	c, err := f.credentials.UpdateCredential(ctx, id, change)
	return c, cmp.Or(f.call(), err)
}

type failingChallenges struct {
	passkey.Challenges
	*failing
}

func (f failingChallenges) PutCeremony(ctx context.Context, c passkey.Ceremony) error {
	return cmp.Or(f.call(), f.Challenges.PutCeremony(ctx, c))
}

func (f failingChallenges) TakeCeremony(ctx context.Context, id string) (passkey.Ceremony, error) {
	c, err := f.Challenges.TakeCeremony(ctx, id)
	return c, cmp.Or(f.call(), err)
}

func (f failingChallenges) CeremonyByChallenge(ctx context.Context, browser []byte, challenge string) (string, error) {
	id, err := f.Challenges.CeremonyByChallenge(ctx, browser, challenge)
	return id, cmp.Or(f.call(), err)
}

func (f failingChallenges) ExpireCeremonies(ctx context.Context, now time.Time, most int) ([]passkey.Ceremony, error) {
	list, err := f.Challenges.ExpireCeremonies(ctx, now, most)
	return list, cmp.Or(f.call(), err)
}

type failingPeople struct {
	passkey.People
	*failing
}

func (f failingPeople) Identity(ctx context.Context, id identity.ID) (identity.Identity, error) {
	i, err := f.People.Identity(ctx, id)
	return i, cmp.Or(f.call(), err)
}

func (f failingPeople) IdentityByIdentifier(ctx context.Context, name string) (identity.Identity, error) {
	i, err := f.People.IdentityByIdentifier(ctx, name)
	return i, cmp.Or(f.call(), err)
}

// Whoever looks at what came along with an error, and not at the error, goes on
// with what nobody vouches for.
func TestWhicheverCallOfTheStoreFailsTheStepFails(t *testing.T) {
	finishing := func(withID bool) func(*lab, identity.Identity, *softkey.Authenticator) func() error {
		return func(l *lab, _ identity.Identity, key *softkey.Authenticator) func() error {
			b := l.beginSignIn("")
			a := passkey.Answer{Credential: l.get(key, b), From: l.from()}
			if withID {
				a.ChallengeID = b.ChallengeID
			}
			return func() error { _, err := l.FinishAuthentication(t.Context(), a); return err }
		}
	}
	steps := map[string]func(*lab, identity.Identity, *softkey.Authenticator) func() error{
		"begin a registration": func(l *lab, ada identity.Identity, _ *softkey.Authenticator) func() error {
			return func() error { _, err := l.BeginRegistration(t.Context(), ada.ID, "", l.from()); return err }
		},
		"finish a registration": func(l *lab, ada identity.Identity, _ *softkey.Authenticator) func() error {
			b := l.beginRegistration(ada)
			raw := l.create(softkey.New(), b)
			return func() error { _, err := l.finishRegistration(ada, b.ChallengeID, raw); return err }
		},
		"begin a sign-in": func(l *lab, _ identity.Identity, _ *softkey.Authenticator) func() error {
			return func() error { _, err := l.BeginAuthentication(t.Context(), "ada@example.test", l.from()); return err }
		},
		"finish a sign-in":                        finishing(true),
		"finish a sign-in without a challenge_id": finishing(false),
		"rename": func(l *lab, ada identity.Identity, _ *softkey.Authenticator) func() error {
			own, err := l.Own(t.Context(), ada.ID)
			l.must(err)
			return func() error { _, err := l.Rename(t.Context(), ada.ID, own[0].ID, "Key"); return err }
		},
		"remove": func(l *lab, ada identity.Identity, _ *softkey.Authenticator) func() error {
			own, err := l.Own(t.Context(), ada.ID)
			l.must(err)
			return func() error { return l.Remove(t.Context(), ada.ID, own[0].ID, true) }
		},
		"list": func(l *lab, ada identity.Identity, _ *softkey.Authenticator) func() error {
			return func() error { _, err := l.Own(t.Context(), ada.ID); return err }
		},
		"expire": func(l *lab, _ identity.Identity, _ *softkey.Authenticator) func() error {
			return func() error { return l.Expire(t.Context()) }
		},
	}
	for name, prepare := range steps {
		for at := 1; ; at++ {
			l := newLab(t)
			ada, key := l.person("ada@example.test"), softkey.New()
			l.registered(ada, key)
			step := prepare(l, ada, key)
			f := &failing{at: at}
			l.Credentials, l.Challenges, l.People = failingCredentials{l.Credentials, f}, failingChallenges{l.Challenges, f},
				failingPeople{l.People, f}
			err := step()
			if f.calls < at {
				l.must(err)
				break
			}
			if err == nil {
				t.Errorf("%s, with call %d of the store failing: no error", name, at)
			}
		}
	}
}
