package inspect_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"testing"

	"sting/backend/inspect"
)

// tpmParts are the structures of a TPM for an RSA credential, to be spoiled.
type tpmParts struct {
	modulus  []byte
	exponent uint32
	cert     func(c *x509.Certificate)
}

func sized(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

// rsaPubArea is TPMT_PUBLIC of an RSA key that signs with RSASSA and SHA-256.
func (p tpmParts) rsaPubArea() []byte {
	out := []byte{0, 1, 0, 0x0b, 0, 6, 4, 0x72}
	out = append(out, sized(nil)...)                     // authPolicy
	out = append(out, 0, 0x10, 0, 0x14, 0, 0x0b, 8, 0)   // no symmetric cipher; RSASSA, SHA-256; 2048 bits
	out = binary.BigEndian.AppendUint32(out, p.exponent) // 0 means 65537
	return append(out, sized(p.modulus)...)
}

func (p tpmParts) certInfo(extra []byte) []byte {
	name := sha256.Sum256(p.rsaPubArea())
	out := []byte{0xff, 'T', 'C', 'G', 0x80, 0x17}
	out = append(out, sized(nil)...)
	out = append(out, sized(extra)...)
	out = append(out, make([]byte, 17+8)...)
	out = append(out, sized(append([]byte{0, 0x0b}, name[:]...))...)
	return append(out, sized(nil)...)
}

// aik is a certificate of an attestation identity key.
func aik(t *testing.T, change func(c *x509.Certificate)) func(c *x509.Certificate) {
	t.Helper()
	var set pkix.RelativeDistinguishedNameSET
	for i, text := range []string{"id:FFFFF1D0", "Model", "id:13"} {
		set = append(set, pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 23, 133, 2, i + 1}, Value: text})
	}
	name, err := asn1.Marshal(pkix.RDNSequence{set})
	if err != nil {
		t.Fatal(err)
	}
	san, err := asn1.Marshal([]asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: name}})
	if err != nil {
		t.Fatal(err)
	}
	return func(c *x509.Certificate) {
		c.Subject = pkix.Name{}
		c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{2, 23, 133, 8, 3}}
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Critical: true, Value: san}}
		change(c)
	}
}

func TestATPMAttestsAnRSAKey(t *testing.T) {
	credential, cose := rsaKey(t)
	good := func(*x509.Certificate) {}
	refused := func(says string) want { return want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", says} }
	for name, c := range map[string]struct {
		spoil func(p *tpmParts)
		want  want
	}{
		"all is well":              {func(*tpmParts) {}, want{inspect.Accepted, "", "", ""}},
		"the exponent written out": {func(p *tpmParts) { p.exponent = 65537 }, want{inspect.Accepted, "", "", ""}},
		"another exponent":         {func(p *tpmParts) { p.exponent = 3 }, refused("the exponent differs")},
		"another modulus":          {func(p *tpmParts) { p.modulus = append([]byte{1}, p.modulus...) }, refused("the modulus differs")},
		"a subject": {func(p *tpmParts) {
			p.cert = func(c *x509.Certificate) { c.Subject.CommonName = "x" }
		}, refused("not empty")},
		"no name of the TPM": {func(p *tpmParts) { p.cert = func(c *x509.Certificate) { c.ExtraExtensions = nil } }, refused("manufacturer")},
		"another usage": {func(p *tpmParts) {
			p.cert = func(c *x509.Certificate) { c.UnknownExtKeyUsage = nil }
		}, refused("extended key usage")},
		"an authority": {func(p *tpmParts) { p.cert = func(c *x509.Certificate) { c.IsCA = true } }, refused("authority")},
	} {
		t.Run(name, func(t *testing.T) {
			p := tpmParts{modulus: credential.N.Bytes(), cert: good}
			c.spoil(&p)
			m, issuer := newMaker(t), newKey(t)
			m.cose = cose
			extra := sha256.Sum256(m.signed())
			info := p.certInfo(extra[:])
			c.want.check(t, m.explain("tpm", map[string]any{
				"ver": "2.0", "alg": -7, "sig": m.sign(issuer, info), "certInfo": info, "pubArea": p.rsaPubArea(),
				"x5c": [][]byte{certify(t, issuer, aik(t, p.cert))},
			}))
		})
	}
}

// Each RSA algorithm signs with its own hash and padding, and with no other.
func TestEveryRSAAlgorithmIsVerified(t *testing.T) {
	key, cose := rsaKey(t)
	all := map[int]crypto.SignerOpts{-65535: crypto.SHA1, -257: crypto.SHA256, -258: crypto.SHA384, -259: crypto.SHA512}
	for alg, h := range map[int]crypto.Hash{-37: crypto.SHA256, -38: crypto.SHA384, -39: crypto.SHA512} {
		all[alg] = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}
	}
	for signed, opts := range all {
		for named := range all {
			m := newMaker(t)
			own := map[int]any{1: 3, 3: named, -1: cose[-1], -2: cose[-2]}
			m.cose = own
			h := opts.HashFunc().New()
			h.Write(m.signed())
			sig, err := key.Sign(rand.Reader, h.Sum(nil), opts)
			if err != nil {
				t.Fatal(err)
			}
			file := m.file("packed", map[string]any{"alg": named, "sig": sig})
			file["algorithms"] = []int{named}
			x := explain(t, vector{file: file}.encode(t))
			if (x.Verdict == inspect.Accepted) != (signed == named) {
				t.Errorf("signed as %d, named %d: %s (%s)", signed, named, x.Verdict, x.Cause)
			}
		}
	}
}

// A key in another form than CTAP2's is a bad key, not the end of the reading.
func TestAKeyOutsideOfTheCanonicalFormIsABadKey(t *testing.T) {
	m := newMaker(t)
	data := m.authData()
	at := 55 + 4 // behind the credential ID
	if data[at] != 0xa5 {
		t.Fatalf("the key begins with %#x", data[at])
	}
	open := append(append(append([]byte{}, data[:at]...), 0xbf), append(data[at+1:], 0xff)...)
	file := m.file("none", map[string]any{})
	s := &specimen{t, file}
	s.set("attestationObject", canonical(t, map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": open}))
	want{inspect.Refused, "BAD_KEY", "key", "left open"}.check(t, explain(t, vector{file: file}.encode(t)))
}
