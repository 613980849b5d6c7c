package inspect

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"

	"sting/backend/decode"
)

// oidAIK is the extended key usage of an attestation identity key.
var oidAIK = asn1.ObjectIdentifier{2, 23, 133, 8, 3}

// verifyTPM verifies the format of section 8.3.
func verifyTPM(st decode.Item, in subject) (outcome, error) {
	out := outcome{kind: "attestation CA", shown: map[string]any{}}
	s, err := decode.ParseTPMStatement(st)
	if err != nil {
		return out, err
	}
	out.shown["ver"], out.shown["alg"] = s.Version, decode.AlgorithmName(s.Algorithm)
	if s.Version != "2.0" {
		return out, differs("2.0", decode.Short(s.Version), "the TPM is of version %q, and only 2.0 is known", decode.Short(s.Version))
	}
	area, err := decode.ParsePubArea(s.PubArea)
	if err != nil {
		return out, invalid("pubArea can't be read: %v", err)
	}
	out.shown["pubArea"] = area.Show()
	if err := sameTPMKey(area, in.key); err != nil {
		return out, err
	}
	info, err := decode.ParseCertInfo(s.CertInfo)
	if err != nil {
		return out, invalid("certInfo can't be read: %v", err)
	}
	out.shown["certInfo"] = info.Show()
	if err := examineCertInfo(info, s, area, in.signed); err != nil {
		return out, err
	}
	if out.path, err = decode.Certificates(st); err != nil {
		return out, err
	}
	leaf := out.path[0]
	if err := checkStatement(leaf.PublicKey, s.Algorithm, s.CertInfo, s.Signature, "the attestation identity key"); err != nil {
		return out, err
	}
	vendor, err := aikCertificate(leaf, in.auth.AAGUID)
	out.shown["tpm"] = vendor
	return out, err
}

// examineCertInfo holds certInfo against what it should certify.
func examineCertInfo(c decode.CertInfo, s decode.TPMStatement, area decode.PubArea, signed []byte) error {
	if c.Magic != decode.TPMGenerated {
		return differs(fmt.Sprintf("0x%08x", uint32(decode.TPMGenerated)), fmt.Sprintf("0x%08x", c.Magic),
			"magic of certInfo is not TPM_GENERATED_VALUE: no TPM made it")
	}
	if c.Kind != decode.TPMAttestCertify {
		return differs(fmt.Sprintf("0x%04x", uint16(decode.TPMAttestCertify)), fmt.Sprintf("0x%04x", c.Kind),
			"type of certInfo is not TPM_ST_ATTEST_CERTIFY")
	}
	a, ok := decode.AlgorithmOf(s.Algorithm)
	if !ok || a.Hash == 0 {
		return decode.Unsupported(fmt.Sprintf("The attestation could not be checked: nothing here knows the hash of %s.",
			decode.AlgorithmName(s.Algorithm)))
	}
	if want := digest(a.Hash, signed); !bytes.Equal(want, c.ExtraData) {
		return differs(decode.HexOf(want), decode.HexOf(c.ExtraData),
			"extraData of certInfo is not the hash of authenticator data and client data")
	}
	h, ok := tpmHash(area.NameAlg)
	if !ok {
		return decode.Unsupported(fmt.Sprintf("The attestation could not be checked: nothing here knows the hash 0x%04x of the TPM.",
			area.NameAlg))
	}
	want := append([]byte{byte(area.NameAlg >> 8), byte(area.NameAlg)}, digest(h, s.PubArea)...)
	if !bytes.Equal(want, c.Name) {
		return differs(decode.HexOf(want), decode.HexOf(c.Name), "certInfo certifies another key than pubArea describes")
	}
	return nil
}

func tpmHash(id uint16) (crypto.Hash, bool) {
	h, ok := map[uint16]crypto.Hash{0x0004: crypto.SHA1, 0x000b: crypto.SHA256, 0x000c: crypto.SHA384, 0x000d: crypto.SHA512}[id]
	return h, ok
}

// sameTPMKey compares the TPM's own description of the key with the credential's.
func sameTPMKey(a decode.PubArea, k decode.PublicKey) error {
	bad := func(what string) error {
		return invalid("pubArea describes another key than the credential's: the %s differs", what)
	}
	same := func(x, y []byte) bool { return new(big.Int).SetBytes(x).Cmp(new(big.Int).SetBytes(y)) == 0 }
	switch a.Kind {
	case decode.TPMRSA:
		if k.KeyType != decode.RSA {
			return bad("kind")
		}
		exponent := a.Exponent
		if exponent == 0 { // the TPM's way to say 65537
			exponent = 65537
		}
		if !same(a.Modulus, k.Modulus) {
			return bad("modulus")
		}
		if new(big.Int).SetBytes(k.Exponent).Cmp(big.NewInt(int64(exponent))) != 0 {
			return bad("exponent")
		}
	case decode.TPMECC:
		if k.KeyType != decode.EC2 {
			return bad("kind")
		}
		if crv, ok := map[uint16]int64{3: 1, 4: 2, 5: 3}[a.Curve]; !ok || crv != k.Curve {
			return bad("curve")
		}
		if !same(a.X, k.X) || !same(a.Y, k.Y) {
			return bad("point")
		}
	default:
		return decode.Unsupported(fmt.Sprintf("The attestation could not be checked: keys of the TPM's kind 0x%04x are not known here.", a.Kind))
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
		return vendor, differs("an empty subject", decode.Short(c.Subject.String()), "the subject of the identity key's certificate is not empty")
	}
	if vendor, err = decode.TPMVendor(c); err != nil {
		return vendor, err
	}
	aik := false
	for _, usage := range c.UnknownExtKeyUsage {
		aik = aik || usage.Equal(oidAIK)
	}
	if !aik {
		return vendor, differs(oidAIK.String(), fmt.Sprint(c.UnknownExtKeyUsage),
			"the certificate is not one for an identity key of a TPM (extended key usage)")
	}
	if c.IsCA {
		return vendor, invalid("the identity key's certificate is one of an authority (basic constraints, CA true)")
	}
	return vendor, certificateAAGUID(c, aaguid)
}
