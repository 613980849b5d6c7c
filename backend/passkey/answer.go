package passkey

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// answer is a credential as it came, its binary members decoded. It is read
// more strictly than the library does: base64url without padding, no member
// twice or in another case, nothing behind the value.
type answer struct {
	id         []byte
	clientData []byte
	userHandle []byte
	members    map[string]json.RawMessage // all of the credential's, for the library
}

// credentialMembers and the others are the names of the specification: section
// 5.1 (PublicKeyCredential.toJSON), 5.8.1 (CollectedClientData).
var (
	credentialMembers = []string{"id", "rawId", "type", "response", "authenticatorAttachment", "clientExtensionResults"}
	responseMembers   = []string{"clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle", "transports",
		"publicKey", "publicKeyAlgorithm"}
	clientDataMembers = []string{"type", "challenge", "origin", "crossOrigin", "topOrigin", "tokenBinding"}
)

func readAnswer(kind Kind, raw json.RawMessage) (answer, error) {
	var a answer
	top, err := object(raw, credentialMembers)
	if err != nil {
		return a, malformed("credential", "%v", err)
	}
	a.members = top
	response, err := object(top["response"], responseMembers)
	if err != nil {
		return a, malformed("credential.response", "%v", err)
	}
	if t, ok := text(top["type"]); !ok || t != "public-key" {
		return a, malformed("credential.type", `it is not "public-key"`)
	}
	if a.id, err = decode64(top["id"]); err != nil || len(a.id) == 0 {
		return a, malformed("credential.id", "%v", orEmpty(err))
	}
	if len(a.id) > 1023 { // Web Authentication Level 3, section 7.1 step 25
		return a, malformed("credential.id", "it has %d bytes, at most 1023 are allowed", len(a.id))
	}
	if rawID, err := decode64(top["rawId"]); err != nil || !bytes.Equal(rawID, a.id) {
		return a, malformed("credential.rawId", "it is not the id")
	}
	if a.clientData, err = decode64(response["clientDataJSON"]); err != nil || len(a.clientData) == 0 {
		return a, malformed("credential.response.clientDataJSON", "%v", orEmpty(err))
	}
	needed := []string{"attestationObject"}
	if kind == Authentication {
		needed = []string{"authenticatorData", "signature"}
	}
	for _, name := range needed {
		if b, err := decode64(response[name]); err != nil || len(b) == 0 {
			return a, malformed("credential.response."+name, "%v", orEmpty(err))
		}
	}
	if v, ok := response["userHandle"]; ok && string(v) != "null" {
		if a.userHandle, err = decode64(v); err != nil {
			return a, malformed("credential.response.userHandle", "%v", err)
		}
	}
	return a, nil
}

func orEmpty(err error) error {
	if err == nil {
		return errors.New("it is missing or empty")
	}
	return err
}

func malformed(field, format string, args ...any) error {
	why := fmt.Sprintf(format, args...)
	return ErrMalformed.In(field).Because(fmt.Errorf("%s: %s", field, why)).
		Hinting("%s: %s. Send the credential as PublicKeyCredential.toJSON() gives it.", field, why)
}

// object reads a JSON object and nothing behind it. A member that comes twice,
// or a known one in another case, is an error: two readers could disagree about
// which counts.
func object(raw []byte, known []string) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("it is not a JSON object")
	}
	m := make(map[string]json.RawMessage)
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, errors.New("it is not valid JSON")
		}
		name := t.(string) // a key: Token returns nothing else here
		for _, k := range known {
			if name != k && strings.EqualFold(name, k) {
				return nil, fmt.Errorf("the member %q should be %q", name, k)
			}
		}
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("the member %q comes twice", name)
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, errors.New("it is not valid JSON")
		}
		m[name] = v
	}
	if _, err := d.Token(); err != nil {
		return nil, errors.New("it is not valid JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the value")
	}
	return m, nil
}

func text(raw json.RawMessage) (string, bool) {
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// decode64 reads base64url without padding; a last character with bits that mean
// nothing is refused, since it would give one value two spellings.
func decode64(raw json.RawMessage) ([]byte, error) {
	s, ok := text(raw)
	if !ok {
		return nil, errors.New("it is not a string")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		return nil, errors.New("it is not base64url without padding")
	}
	return b, nil
}
