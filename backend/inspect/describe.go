package inspect

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
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

// Redact returns a credential without the secrets that extensions can carry:
// the results of PRF and the content of large blobs. Whatever has none of them
// comes back as it is, byte for byte.
func Redact(credential json.RawMessage) json.RawMessage {
	if !bytes.Contains(credential, []byte(`"prf"`)) && !bytes.Contains(credential, []byte(`"largeBlob"`)) {
		return credential
	}
	var c map[string]json.RawMessage
	if json.Unmarshal(credential, &c) != nil {
		return credential
	}
	var outputs map[string]json.RawMessage
	if json.Unmarshal(c["clientExtensionResults"], &outputs) != nil {
		return credential
	}
	outputs["prf"] = without(outputs["prf"], "results")
	outputs["largeBlob"] = without(outputs["largeBlob"], "blob")
	for name, v := range outputs {
		if v == nil {
			delete(outputs, name)
		}
	}
	raw, err := json.Marshal(outputs)
	if err != nil {
		return credential
	}
	c["clientExtensionResults"] = raw
	if raw, err = json.Marshal(c); err != nil {
		return credential
	}
	return raw
}

// without replaces a member of an object by a note that it was there.
func without(object json.RawMessage, member string) json.RawMessage {
	var m map[string]json.RawMessage
	if object == nil || json.Unmarshal(object, &m) != nil {
		return object
	}
	if _, there := m[member]; !there {
		return object
	}
	m[member] = json.RawMessage(`"redacted"`)
	raw, err := json.Marshal(m)
	if err != nil {
		return json.RawMessage(`{}`)
	}
	return raw
}
