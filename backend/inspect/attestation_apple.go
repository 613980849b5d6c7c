package inspect

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"

	"sting/backend/decode"
)

var oidAppleNonce = asn1.ObjectIdentifier{1, 2, 840, 113635, 100, 8, 2}

// verifyApple verifies the format of section 8.8: the certificate itself is
// made for this one answer.
func verifyApple(st decode.Item, in subject) (out outcome, err error) {
	out = outcome{kind: "anonymization CA", aging: true}
	if out.path, err = decode.Certificates(st); err != nil {
		return out, err
	}
	leaf := out.path[0]
	want := sha256.Sum256(in.signed)
	for _, ext := range leaf.Extensions {
		if !ext.Id.Equal(oidAppleNonce) {
			continue
		}
		var nonce struct {
			Value []byte `asn1:"tag:1,explicit"`
		}
		if rest, err := asn1.Unmarshal(ext.Value, &nonce); err != nil || len(rest) > 0 {
			return out, invalid("the nonce of the first certificate can't be read: %v", err)
		}
		if !bytes.Equal(nonce.Value, want[:]) {
			return out, differs(decode.HexOf(want[:]), decode.HexOf(nonce.Value),
				"the nonce of the first certificate is not the hash of authenticator data and client data")
		}
		if !sameKey(leaf.PublicKey, in.key.Key) {
			return out, invalid("the first certificate is for another key than the credential's")
		}
		return out, nil
	}
	return out, invalid("the first certificate has no nonce (%s)", oidAppleNonce)
}
