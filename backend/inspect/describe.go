package inspect

import (
	"crypto/x509"
	"encoding/pem"
)

// KeyText is a public key as other programs read it.
type KeyText struct {
	JWK map[string]string // RFC 7517, RFC 8037; nil where there is no form
	PEM string            // SubjectPublicKeyInfo; "" where Go knows no such key
}

// DescribeKey writes a COSE_Key in other forms. The error says why it is no key.
func DescribeKey(cose []byte) (KeyText, error) {
	k, err := publicKeyOf(cose)
	if err != nil {
		return KeyText{}, err
	}
	t := KeyText{JWK: k.jwk()}
	if k.pub == nil {
		return t, nil
	}
	der, err := x509.MarshalPKIXPublicKey(k.pub)
	if err != nil {
		return t, nil // a kind of key that has no such form
	}
	t.PEM = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	return t, nil
}
