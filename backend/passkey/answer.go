package passkey

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// answer is a credential as it came, its binary members decoded. It is read
// more strictly than the library does: base64url without padding, no member
// twice or in another case, nothing behind the value.
type answer struct {
	id         []byte
	clientData []byte
	userHandle []byte
	signed     []byte                     // the authenticator data of a sign-in
	signature  []byte                     // over them and the client data
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
	type member struct { // in the order in which they are complained of
		name string
		to   *[]byte
	}
	needed := []member{{"attestationObject", new([]byte)}}
	if kind == Authentication {
		needed = []member{{"authenticatorData", &a.signed}, {"signature", &a.signature}}
	}
	for _, m := range needed {
		if *m.to, err = decode64(response[m.name]); err != nil || len(*m.to) == 0 {
			return a, malformed("credential.response."+m.name, "%v", orEmpty(err))
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
// which counts. The values are parts of raw.
func object(raw []byte, known []string) (map[string]json.RawMessage, error) {
	rest := bytes.TrimLeft(raw, jsonSpace)
	if len(rest) == 0 || rest[0] != '{' {
		return nil, errors.New("it is not a JSON object")
	}
	whole := json.Valid(raw)
	if !whole { // there may be an object, and something behind it
		var first json.RawMessage
		if json.NewDecoder(bytes.NewReader(raw)).Decode(&first) != nil {
			return nil, errors.New("it is not valid JSON")
		}
		rest = first
	}
	m := make(map[string]json.RawMessage, len(known))
	for {
		var name, value []byte
		if name, rest = nextValue(rest[1:]); len(name) == 0 { // behind "{" or ","
			break
		}
		value, rest = nextValue(rest[1:]) // behind ":"
		if err := addMember(m, name, value, known); err != nil {
			return nil, err
		}
		if rest[0] == '}' {
			break
		}
	}
	if !whole {
		return nil, errors.New("something stands behind the value")
	}
	return m, nil
}

func addMember(m map[string]json.RawMessage, quoted, value []byte, known []string) error {
	name, _ := text(quoted)
	for _, k := range known {
		if name != k && strings.EqualFold(name, k) {
			return fmt.Errorf("the member %q should be %q", name, k)
		}
	}
	if _, twice := m[name]; twice {
		return fmt.Errorf("the member %q comes twice", name)
	}
	m[name] = value
	return nil
}

const jsonSpace = " \t\r\n"

// nextValue cuts the value at the beginning of valid JSON off: it ends before the ":",
// ",", "}" or "]" that rest begins with.
func nextValue(raw []byte) (value, rest []byte) {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ':' || c == ',' || c == '}' || c == ']'):
			return bytes.Trim(raw[:i], jsonSpace), raw[i:]
		case c == '}' || c == ']':
			depth--
		}
	}
	return bytes.Trim(raw, jsonSpace), nil
}

func text(raw json.RawMessage) (string, bool) {
	if plain, ok := plainText(raw); ok {
		return string(plain), true
	}
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// plainText returns what stands between the quotes of a JSON string that says it as it
// is: ASCII without an escape.
func plainText(raw []byte) (plain []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return nil, false
	}
	plain = raw[1 : len(raw)-1]
	for _, c := range plain {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return nil, false
		}
	}
	return plain, true
}

var strict64 = base64.RawURLEncoding.Strict()

// decode64 reads base64url without padding; a last character with bits that mean
// nothing is refused, since it would give one value two spellings.
func decode64(raw json.RawMessage) ([]byte, error) {
	s, ok := plainText(raw)
	if !ok {
		t, isText := text(raw)
		if !isText {
			return nil, errors.New("it is not a string")
		}
		s = []byte(t)
	}
	b := make([]byte, strict64.DecodedLen(len(s)))
	n, err := strict64.Decode(b, s)
	if err != nil || bytes.ContainsAny(s, "\r\n") {
		return nil, errors.New("it is not base64url without padding")
	}
	return b[:n], nil
}
