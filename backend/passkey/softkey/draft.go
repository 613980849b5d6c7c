package softkey

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// Draft is an answer before it is signed. A Mutation may change anything in it.
type Draft struct {
	// Registration says whether this is Create's draft or Get's.
	Registration bool
	ClientData   ClientData
	AuthData     AuthData
	// Format is the attestation's, "none" or "packed". Create only.
	Format string
	// UserHandle is returned by Get.
	UserHandle []byte
	// Sign makes the signature over the authenticator data and the hash of the
	// client data.
	Sign func(message []byte) ([]byte, error)
	// After is called, in order, once the signature is made.
	After []func(*Answer)
	// Err ends the ceremony: a Mutation sets it when it can't do its work.
	Err error
}

// ClientData is what the browser says. Web Authentication Level 3, §5.8.1.
type ClientData struct {
	Type string
	// Challenge and Origin stand in the JSON as they stand here.
	Challenge, Origin string
	CrossOrigin       bool
	// TopOrigin is left out when empty.
	TopOrigin string
	// Extra follows the known members. A known name appears a second time.
	Extra []Member
	// Raw, when it is not nil, is sent in place of all the rest.
	Raw []byte
}

// Member is a name and a value, which is encoded as JSON.
type Member struct {
	Name  string
	Value any
}

// JSON serialises c in the order and with the escapes of Web Authentication
// Level 3, §5.8.1.1, which verifiers without a JSON parser rely on.
func (c ClientData) JSON() ([]byte, error) {
	if c.Raw != nil {
		return c.Raw, nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"type":%s,"challenge":%s,"origin":%s,"crossOrigin":%t`,
		quote(c.Type), quote(c.Challenge), quote(c.Origin), c.CrossOrigin)
	if c.TopOrigin != "" {
		fmt.Fprintf(&b, `,"topOrigin":%s`, quote(c.TopOrigin))
	}
	for _, m := range c.Extra {
		fmt.Fprintf(&b, `,%s:`, quote(m.Name))
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(m.Value); err != nil {
			return nil, fmt.Errorf("encode client data member %q: %w", m.Name, err)
		}
		b.Truncate(b.Len() - 1) // the encoder ends with a line break
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// quote is CCDToString of Web Authentication Level 3, §5.8.1.2.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Flags is the flags byte of authenticator data.
type Flags byte

// The flags. Web Authentication Level 3, §6.1.
const (
	FlagUP Flags = 1 << 0 // the user is present
	FlagUV Flags = 1 << 2 // the user is verified
	FlagBE Flags = 1 << 3 // the credential may be backed up
	FlagBS Flags = 1 << 4 // the credential is backed up
	FlagAT Flags = 1 << 6 // attested credential data follows
	FlagED Flags = 1 << 7 // extensions follow
)

// AuthData is what the authenticator says. Web Authentication Level 3, §6.1.
// What follows the counter is encoded when it is not nil, whatever Flags says.
type AuthData struct {
	RPIDHash   []byte
	Flags      Flags
	Counter    uint32
	Attested   *Attested
	Extensions map[string]any
	// Trailing is appended to the encoded data and signed with it.
	Trailing []byte
	// Raw, when it is not nil, is sent in place of all the rest.
	Raw []byte
}

// Attested is attested credential data. Web Authentication Level 3, §6.5.1.
type Attested struct {
	AAGUID       [16]byte
	CredentialID []byte
	// Key holds the members of the COSE key by label.
	Key map[int]any
	// RawKey, when it is not nil, is sent in place of Key.
	RawKey []byte
}

// Bytes encodes d.
func (d AuthData) Bytes() ([]byte, error) {
	if d.Raw != nil {
		return d.Raw, nil
	}
	b := bytes.Clone(d.RPIDHash)
	b = append(b, byte(d.Flags))
	b = binary.BigEndian.AppendUint32(b, d.Counter)
	if d.Attested != nil {
		b = append(b, d.Attested.AAGUID[:]...)
		b = binary.BigEndian.AppendUint16(b, uint16(len(d.Attested.CredentialID)))
		b = append(b, d.Attested.CredentialID...)
		encoded, err := d.Attested.key()
		if err != nil {
			return nil, err
		}
		b = append(b, encoded...)
	}
	if d.Extensions != nil {
		encoded, err := encodeCBOR(d.Extensions)
		if err != nil {
			return nil, err
		}
		b = append(b, encoded...)
	}
	return append(b, d.Trailing...), nil
}

func (t *Attested) key() ([]byte, error) {
	if t.RawKey != nil {
		return t.RawKey, nil
	}
	return encodeCBOR(t.Key)
}

// finish signs the draft and returns the answer before its hooks have run.
func (d *Draft) finish() (*Answer, error) {
	if d.Err != nil {
		return nil, d.Err
	}
	clientData, err := d.ClientData.JSON()
	if err != nil {
		return nil, err
	}
	authData, err := d.AuthData.Bytes()
	if err != nil {
		return nil, err
	}
	answer := &Answer{
		Registration: d.Registration, Type: publicKeyType, ClientData: clientData,
		AuthData: authData, Format: d.Format, UserHandle: d.UserHandle,
		Extensions: map[string]any{}, Encode: base64.RawURLEncoding.EncodeToString,
	}
	if d.Registration && d.Format == formatNone {
		return answer, nil
	}
	hash := sha256.Sum256(clientData)
	answer.Signature, err = d.Sign(append(bytes.Clone(authData), hash[:]...))
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return answer, nil
}

// encodeCBOR encodes v in the canonical form of CTAP2.
func encodeCBOR(v any) ([]byte, error) {
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		return nil, fmt.Errorf("prepare CBOR: %w", err)
	}
	b, err := mode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode CBOR: %w", err)
	}
	return b, nil
}
