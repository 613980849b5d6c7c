package softkey

import (
	"encoding/json"
	"fmt"
)

// The attestation formats. Web Authentication Level 3, §8.2 and §8.7.
const (
	formatNone   = "none"
	formatPacked = "packed"
)

// Answer is a signed answer before it becomes JSON: what stands here is not
// covered by the signature any more.
type Answer struct {
	// Registration says whether this is Create's answer or Get's.
	Registration bool
	// ID is sent as it is. RawID is the credential's ID in bytes.
	ID    string
	RawID []byte
	// Type is "public-key".
	Type       string
	Attachment string
	// ClientData and AuthData are the bytes that were signed.
	ClientData, AuthData []byte
	// Signature is Get's, or the one of a packed attestation.
	Signature []byte
	// Format and Algorithm head the attestation. Create only.
	Format    string
	Algorithm Algorithm
	// AttestationObject is nil while the hooks run, and then encoded from
	// Format, Algorithm, Signature and AuthData; bytes set here are sent in its
	// place. Create only.
	AttestationObject []byte
	// AttestationTrailing follows the attestation object. Create only.
	AttestationTrailing []byte
	// Transports, PublicKey (SPKI in DER) and PublicKeyAlgorithm are the
	// browser's own reading of the new credential. Create only.
	Transports         []string
	PublicKey          []byte
	PublicKeyAlgorithm Algorithm
	// UserHandle is left out when nil. Get only.
	UserHandle []byte
	// Extensions are the client extension outputs.
	Extensions map[string]any
	// Encode writes bytes as text: base64url without padding.
	Encode func([]byte) string
	// Trailing follows the JSON.
	Trailing []byte
}

// The JSON of PublicKeyCredential.toJSON(). Web Authentication Level 3, §5.1.
type credentialJSON struct {
	ID         string         `json:"id"`
	RawID      string         `json:"rawId"`
	Response   any            `json:"response"`
	Attachment string         `json:"authenticatorAttachment,omitempty"`
	Extensions map[string]any `json:"clientExtensionResults"`
	Type       string         `json:"type"`
}

type attestationJSON struct {
	ClientData        string    `json:"clientDataJSON"`
	AuthData          string    `json:"authenticatorData"`
	Transports        []string  `json:"transports"`
	PublicKey         string    `json:"publicKey,omitempty"`
	Algorithm         Algorithm `json:"publicKeyAlgorithm"`
	AttestationObject string    `json:"attestationObject"`
}

type assertionJSON struct {
	ClientData string  `json:"clientDataJSON"`
	AuthData   string  `json:"authenticatorData"`
	Signature  string  `json:"signature"`
	UserHandle *string `json:"userHandle,omitempty"`
}

// complete runs the hooks and encodes the answer.
func (a *Answer) complete(hooks []func(*Answer)) ([]byte, error) {
	for _, hook := range hooks {
		hook(a)
	}
	response, err := a.response()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(credentialJSON{
		ID: a.ID, RawID: a.Encode(a.RawID), Response: response,
		Attachment: a.Attachment, Extensions: a.Extensions, Type: a.Type,
	})
	if err != nil {
		return nil, fmt.Errorf("encode the credential: %w", err)
	}
	return append(text, a.Trailing...), nil
}

func (a *Answer) response() (any, error) {
	if !a.Registration {
		out := assertionJSON{
			ClientData: a.Encode(a.ClientData), AuthData: a.Encode(a.AuthData), Signature: a.Encode(a.Signature),
		}
		if a.UserHandle != nil {
			handle := a.Encode(a.UserHandle)
			out.UserHandle = &handle
		}
		return out, nil
	}
	object, err := a.attestation()
	if err != nil {
		return nil, err
	}
	return attestationJSON{
		ClientData: a.Encode(a.ClientData), AuthData: a.Encode(a.AuthData),
		Transports: append([]string{}, a.Transports...), PublicKey: a.Encode(a.PublicKey),
		Algorithm:         a.PublicKeyAlgorithm,
		AttestationObject: a.Encode(append(object, a.AttestationTrailing...)),
	}, nil
}

// attestation encodes the attestation object. Web Authentication Level 3, §6.5.4.
func (a *Answer) attestation() ([]byte, error) {
	if a.AttestationObject != nil {
		return append([]byte{}, a.AttestationObject...), nil
	}
	statement := map[string]any{}
	if a.Format != formatNone {
		statement["alg"], statement["sig"] = int64(a.Algorithm), a.Signature
	}
	return encodeCBOR(map[string]any{"fmt": a.Format, "attStmt": statement, "authData": a.AuthData})
}
