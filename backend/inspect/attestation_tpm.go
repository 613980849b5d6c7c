package inspect

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
)

var (
	oidSAN             = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidAIK             = asn1.ObjectIdentifier{2, 23, 133, 8, 3}
	oidTPMManufacturer = asn1.ObjectIdentifier{2, 23, 133, 2, 1}
	oidTPMModel        = asn1.ObjectIdentifier{2, 23, 133, 2, 2}
	oidTPMVersion      = asn1.ObjectIdentifier{2, 23, 133, 2, 3}
)

// verifyTPM verifies the format of section 8.3.
func verifyTPM(st item, in subject) (outcome, error) {
	out := outcome{kind: "attestation CA", shown: map[string]any{}}
	s, err := readTPMStatement(st)
	if err != nil {
		return out, err
	}
	out.shown["ver"], out.shown["alg"] = s.version, algName(s.alg)
	if s.version != "2.0" {
		return out, differs("2.0", short(s.version), "the TPM is of version %q, and only 2.0 is known", short(s.version))
	}
	area, err := pubAreaOf(s.pubArea)
	if err != nil {
		return out, invalid("pubArea can't be read: %v", err)
	}
	out.shown["pubArea"] = area.show()
	if err := area.matches(in.key); err != nil {
		return out, err
	}
	info, err := certInfoOf(s.certInfo)
	if err != nil {
		return out, invalid("certInfo can't be read: %v", err)
	}
	out.shown["certInfo"] = info.show()
	if err := info.examine(s, area, in.signed); err != nil {
		return out, err
	}
	if out.path, err = certificates(st); err != nil {
		return out, err
	}
	leaf := out.path[0]
	if err := checkStatement(leaf.PublicKey, s.alg, s.certInfo, s.sig, "the attestation identity key"); err != nil {
		return out, err
	}
	vendor, err := aikCertificate(leaf, in.auth.aaguid)
	out.shown["tpm"] = vendor
	return out, err
}

type tpmStatement struct {
	version                string
	alg                    int64
	sig, certInfo, pubArea []byte
}

func readTPMStatement(st item) (s tpmStatement, err error) {
	ver, err := field(st, "ver", cborText)
	if err != nil {
		return s, err
	}
	s.version = string(ver.raw)
	if s.alg, err = fieldAlg(st); err != nil {
		return s, err
	}
	for _, f := range []struct {
		name string
		into *[]byte
	}{{"sig", &s.sig}, {"certInfo", &s.certInfo}, {"pubArea", &s.pubArea}} {
		it, err := field(st, f.name, cborBytes)
		if err != nil {
			return s, err
		}
		*f.into = it.raw
	}
	return s, nil
}

// examine holds certInfo against what it should certify.
func (c certInfo) examine(s tpmStatement, area pubArea, signed []byte) error {
	if c.magic != tpmGenerated {
		return differs(fmt.Sprintf("0x%08x", uint32(tpmGenerated)), fmt.Sprintf("0x%08x", c.magic), "magic of certInfo is not TPM_GENERATED_VALUE: no TPM made it")
	}
	if c.kind != tpmAttestCertify {
		return differs(fmt.Sprintf("0x%04x", uint16(tpmAttestCertify)), fmt.Sprintf("0x%04x", c.kind), "type of certInfo is not TPM_ST_ATTEST_CERTIFY")
	}
	a, ok := algorithmOf(s.alg)
	if !ok || a.hash == 0 {
		return unchecked(fmt.Sprintf("The attestation could not be checked: nothing here knows the hash of %s.", algName(s.alg)))
	}
	if want := digest(a.hash, signed); !bytes.Equal(want, c.extraData) {
		return differs(hexOf(want), hexOf(c.extraData), "extraData of certInfo is not the hash of authenticator data and client data")
	}
	h, ok := tpmHash(area.nameAlg)
	if !ok {
		return unchecked(fmt.Sprintf("The attestation could not be checked: nothing here knows the hash 0x%04x of the TPM.", area.nameAlg))
	}
	want := append([]byte{byte(area.nameAlg >> 8), byte(area.nameAlg)}, digest(h, s.pubArea)...)
	if !bytes.Equal(want, c.name) {
		return differs(hexOf(want), hexOf(c.name), "certInfo certifies another key than pubArea describes")
	}
	return nil
}

func tpmHash(id uint16) (crypto.Hash, bool) {
	h, ok := map[uint16]crypto.Hash{0x0004: crypto.SHA1, 0x000b: crypto.SHA256, 0x000c: crypto.SHA384, 0x000d: crypto.SHA512}[id]
	return h, ok
}

// matches compares the TPM's own description of the key with the credential's.
func (a pubArea) matches(k publicKey) error {
	bad := func(what string) error {
		return invalid("pubArea describes another key than the credential's: the %s differs", what)
	}
	same := func(x, y []byte) bool { return new(big.Int).SetBytes(x).Cmp(new(big.Int).SetBytes(y)) == 0 }
	switch a.kind {
	case tpmRSA:
		if k.kty != ktyRSA {
			return bad("kind")
		}
		exponent := a.exponent
		if exponent == 0 { // the TPM's way to say 65537
			exponent = 65537
		}
		if !same(a.modulus, k.n) {
			return bad("modulus")
		}
		if new(big.Int).SetBytes(k.e).Cmp(big.NewInt(int64(exponent))) != 0 {
			return bad("exponent")
		}
	case tpmECC:
		if k.kty != ktyEC2 {
			return bad("kind")
		}
		if crv, ok := map[uint16]int64{3: 1, 4: 2, 5: 3}[a.curve]; !ok || crv != k.crv {
			return bad("curve")
		}
		if !same(a.x, k.x) || !same(a.y, k.y) {
			return bad("point")
		}
	default:
		return unchecked(fmt.Sprintf("The attestation could not be checked: keys of the TPM's kind 0x%04x are not known here.", a.kind))
	}
	return nil
}

// aikCertificate holds a leaf against section 8.3.1, and reads out what it says
// of the TPM.
func aikCertificate(c *x509.Certificate, aaguid []byte) (vendor map[string]string, err error) {
	vendor = map[string]string{}
	if c.Version != 3 {
		return vendor, differs("3", fmt.Sprint(c.Version), "the identity key's certificate is of version %d, not 3", c.Version)
	}
	if len(c.Subject.Names) > 0 {
		return vendor, differs("an empty subject", short(c.Subject.String()), "the subject of the identity key's certificate is not empty")
	}
	if vendor, err = tpmVendor(c); err != nil {
		return vendor, err
	}
	aik := false
	for _, usage := range c.UnknownExtKeyUsage {
		aik = aik || usage.Equal(oidAIK)
	}
	if !aik {
		return vendor, differs(oidAIK.String(), fmt.Sprint(c.UnknownExtKeyUsage), "the certificate is not one for an identity key of a TPM (extended key usage)")
	}
	if c.IsCA {
		return vendor, invalid("the identity key's certificate is one of an authority (basic constraints, CA true)")
	}
	return vendor, certificateAAGUID(c, aaguid)
}

// tpmVendor reads the subject alternative name: TPM 2.0 EK profile, section
// 3.2.9.
func tpmVendor(c *x509.Certificate) (map[string]string, error) {
	vendor := map[string]string{}
	for _, ext := range c.Extensions {
		if !ext.Id.Equal(oidSAN) {
			continue
		}
		var general []asn1.RawValue
		if rest, err := asn1.Unmarshal(ext.Value, &general); err != nil || len(rest) > 0 {
			return vendor, invalid("the subject alternative name of the identity key's certificate can't be read: %v", err)
		}
		for _, name := range general {
			var directory pkix.RDNSequence
			if name.Tag != 4 {
				continue
			}
			if _, err := asn1.Unmarshal(name.Bytes, &directory); err != nil {
				return vendor, invalid("the subject alternative name of the identity key's certificate can't be read: %v", err)
			}
			for _, set := range directory {
				takeVendor(vendor, set)
			}
		}
	}
	for _, name := range []string{"manufacturer", "model", "version"} {
		if vendor[name] == "" {
			return vendor, invalid("the identity key's certificate does not name the TPM's %s in its subject alternative name", name)
		}
	}
	return vendor, nil
}

func takeVendor(vendor map[string]string, set pkix.RelativeDistinguishedNameSET) {
	for _, att := range set {
		text, _ := att.Value.(string)
		switch {
		case att.Type.Equal(oidTPMManufacturer):
			vendor["manufacturer"] = short(text)
		case att.Type.Equal(oidTPMModel):
			vendor["model"] = short(text)
		case att.Type.Equal(oidTPMVersion):
			vendor["version"] = short(text)
		}
	}
}
