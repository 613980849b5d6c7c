package inspect_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"sting/backend/api"

	"github.com/fxamacker/cbor/v2"
)

// maker makes registrations of kinds that no vector has.
type maker struct {
	t      testing.TB
	key    *ecdsa.PrivateKey
	flags  byte
	aaguid [16]byte
	cose   any    // in place of key's own
	ext    []byte // behind the attested data
	client []byte
}

func newMaker(t testing.TB) *maker {
	t.Helper()
	return &maker{t: t, key: newKey(t), flags: 0x45,
		client: []byte(`{"type":"webauthn.create","challenge":"MDEyMzQ1Njc4OWFiY2RlZg","origin":"https://example.org"}`)}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func canonical(t testing.TB, v any) []byte {
	t.Helper()
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := mode.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (m *maker) authData() []byte {
	hash := sha256.Sum256([]byte("example.org"))
	out := append(hash[:], m.flags, 0, 0, 0, 0)
	out = append(out, m.aaguid[:]...)
	out = binary.BigEndian.AppendUint16(out, 4)
	out = append(out, "cred"...)
	cose := m.cose
	if cose == nil {
		point, err := m.key.PublicKey.Bytes()
		if err != nil {
			m.t.Fatal(err)
		}
		cose = map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]}
	}
	return append(append(out, canonical(m.t, cose)...), m.ext...)
}

func (m *maker) clientHash() []byte { h := sha256.Sum256(m.client); return h[:] }

func (m *maker) signed() []byte { return append(m.authData(), m.clientHash()...) }

func (m *maker) sign(by crypto.Signer, data []byte) []byte {
	m.t.Helper()
	digest, opts := data, crypto.SignerOpts(crypto.Hash(0))
	if _, isEd := by.(ed25519.PrivateKey); !isEd {
		sum := sha256.Sum256(data)
		digest, opts = sum[:], crypto.SHA256
	}
	sig, err := by.Sign(rand.Reader, digest, opts)
	if err != nil {
		m.t.Fatal(err)
	}
	return sig
}

// file is the ceremony with a statement.
func (m *maker) file(format string, statement any) map[string]any {
	object := canonical(m.t, map[string]any{"fmt": format, "attStmt": statement, "authData": m.authData()})
	b64 := base64.RawURLEncoding.EncodeToString
	return map[string]any{
		"kind": "registration", "rp_id": "example.org", "origins": []string{"https://example.org"}, "challenge": "MDEyMzQ1Njc4OWFiY2RlZg",
		"user_verification": "preferred",
		"credential": map[string]any{"id": b64([]byte("cred")), "rawId": b64([]byte("cred")), "type": "public-key",
			"clientExtensionResults": map[string]any{},
			"response":               map[string]string{"clientDataJSON": b64(m.client), "attestationObject": b64(object)}},
	}
}

func (m *maker) explain(format string, statement any) api.Explanation {
	m.t.Helper()
	raw, err := json.Marshal(m.file(format, statement))
	if err != nil {
		m.t.Fatal(err)
	}
	return explain(m.t, raw)
}

// certify makes a certificate for a key, signed by itself.
func certify(t testing.TB, key crypto.Signer, change func(c *x509.Certificate)) []byte {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC),
		Subject: pkix.Name{Country: []string{"DE"}, Organization: []string{"Lab"},
			OrganizationalUnit: []string{"Authenticator Attestation"}, CommonName: "Model 1"},
		BasicConstraintsValid: true,
	}
	change(c)
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func extension(t testing.TB, id []int, critical bool, v any) pkix.Extension {
	t.Helper()
	der, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return pkix.Extension{Id: id, Critical: critical, Value: der}
}

func encode64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unbase64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
