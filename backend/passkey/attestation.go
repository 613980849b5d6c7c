package passkey

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// What follows judges the form of an attestation object where the library is
// silent, or says less than it could.

// unreadable says why an attestation object does not decode. A public key in a
// form that COSE forbids is named as that: the library only says that the whole
// can't be read.
func unreadable(object []byte) error {
	if err := keyForm(attestedKey(object)); err != nil {
		return badKey("it does not decode: %v", err)
	}
	var o struct {
		Format    string         `cbor:"fmt"`
		Statement map[string]any `cbor:"attStmt"`
	}
	if webauthncbor.Unmarshal(object, &o) == nil && o.Format == string(protocol.AttestationFormatCompound) {
		return ErrAttestation.Because(errors.New("a compound attestation is an array of statements, this one is a map"))
	}
	return malformed("credential.response.attestationObject", "it does not decode")
}

// attestedKey returns what stands behind the credential ID in an attestation
// object, nil where nothing does: Web Authentication Level 3, section 6.5.1.
func attestedKey(object []byte) []byte {
	const fixed = 37 + 16 + 2 // up to the length of the credential ID
	var o struct {
		AuthData []byte `cbor:"authData"`
	}
	if webauthncbor.Unmarshal(object, &o) != nil || len(o.AuthData) < fixed ||
		!protocol.AuthenticatorFlags(o.AuthData[32]).HasAttestedCredentialData() {
		return nil
	}
	n := int(binary.BigEndian.Uint16(o.AuthData[fixed-2:]))
	if len(o.AuthData)-fixed < n {
		return nil
	}
	return o.AuthData[fixed+n:]
}

// keyForm verifies that data begin with CBOR in CTAP2's canonical form. What is
// cut short or no CBOR at all is not the key's fault, and no error here.
func keyForm(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	var v any
	n, err := webauthncbor.UnmarshalFirst(data, &v)
	if err == nil {
		return canonicalForm(data[:n])
	}
	for _, phrase := range []string{"duplicate map key", "indefinite-length", "CBOR tag"} {
		if strings.Contains(err.Error(), phrase) {
			return fmt.Errorf("CTAP2's canonical form forbids this: %w", err)
		}
	}
	return nil
}

// canonicalForm refuses numbers and lengths that are written longer than they need
// be, which the library lets pass. The order of members, which real authenticators
// break, does not count.
func canonicalForm(data []byte) error {
	var v any
	if webauthncbor.Unmarshal(data, &v) != nil {
		return nil // said by who decodes it for good
	}
	again, err := webauthncbor.Marshal(v)
	if err == nil && len(again) < len(data) {
		return fmt.Errorf("%d bytes are written where CTAP2's canonical form has %d", len(data), len(again))
	}
	return nil
}

// checkObject verifies that an attestation object that decodes has its three
// members, and is in canonical form.
func checkObject(object []byte, o protocol.AttestationObject) error {
	const field = "credential.response.attestationObject"
	switch {
	case o.Format == "":
		return malformed(field, "fmt is empty or missing")
	case o.AttStatement == nil && o.Format != string(protocol.AttestationFormatCompound):
		return malformed(field, "attStmt is missing")
	}
	if err := canonicalForm(object); err != nil {
		return malformed(field, "%v", err)
	}
	return nil
}
