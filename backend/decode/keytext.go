package decode

import (
	"crypto/x509"
	"encoding/pem"
)

// KeyText is a public key as other programs read it.
type KeyText struct {
	JWK  map[string]string // RFC 7517, RFC 8037; nil where there is no form
	PEM  string            // SubjectPublicKeyInfo; "" where Go knows no such key
	SPKI []byte            // the same, in DER
}

// DescribeKey writes a COSE_Key in other forms. The error says why it is no key.
func DescribeKey(cose []byte) (KeyText, error) {
	k, err := ParseCOSEKey(cose)
	if err != nil {
		return KeyText{}, err
	}
	return k.Text(), nil
}

// Text writes the key in other forms.
func (k *PublicKey) Text() KeyText {
	t := KeyText{JWK: k.jwk()}
	if k.Key == nil {
		return t
	}
	der, err := x509.MarshalPKIXPublicKey(k.Key)
	if err != nil {
		return t // a kind of key that has no such form
	}
	t.SPKI, t.PEM = der, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	return t
}

// jwk writes the key for the web: RFC 7517, RFC 8037.
func (k *PublicKey) jwk() map[string]string {
	switch {
	case k.KeyType == EC2 && k.Y != nil:
		return map[string]string{"kty": "EC", "crv": CurveName(k.Curve), "x": Base64URL(k.X), "y": Base64URL(k.Y)}
	case k.KeyType == OKP && k.X != nil:
		return map[string]string{"kty": "OKP", "crv": CurveName(k.Curve), "x": Base64URL(k.X)}
	case k.KeyType == RSA && k.Modulus != nil:
		return map[string]string{"kty": "RSA", "n": Base64URL(k.Modulus), "e": Base64URL(k.Exponent)}
	}
	return nil
}
