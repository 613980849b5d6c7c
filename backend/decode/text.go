package decode

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// HexOf is how bytes are shown.
func HexOf(b []byte) string { return hex.EncodeToString(b) }

// Base64URL is how bytes stand on the wire.
func Base64URL(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

var strictBase64 = base64.RawURLEncoding.Strict()

// ParseBase64URL reads base64url without padding, and says how a text differs from
// it: the other alphabet, padding, blanks, bits that are left over.
func ParseBase64URL(s string) ([]byte, error) {
	switch {
	case strings.ContainsAny(s, "\r\n\t "):
		return nil, errors.New("it has blanks or line breaks in it")
	case strings.HasSuffix(s, "="):
		return nil, errors.New(`it is padded with "=", base64url on this wire is not`)
	case strings.ContainsAny(s, "+/"):
		return nil, errors.New(`it is in the alphabet of plain base64 ("+", "/"), not of base64url ("-", "_")`)
	}
	out, err := strictBase64.DecodeString(s)
	if err == nil {
		return out, nil
	}
	if _, loose := base64.RawURLEncoding.DecodeString(s); loose == nil {
		return nil, errors.New("its last character carries bits that belong to no byte")
	}
	if at, ok := errors.AsType[base64.CorruptInputError](err); ok && int(at) < len(s) {
		return nil, fmt.Errorf("%q at position %d is no character of base64url", s[at], int(at))
	}
	return nil, errors.New("it ends in the middle of a byte")
}

// LooseBase64 reads base64 of any dialect, for what only has to be compared.
func LooseBase64(s string) ([]byte, bool) {
	s = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_", "\n", "", "\r", "").Replace(s), "=")
	out, err := base64.RawURLEncoding.DecodeString(s)
	return out, err == nil
}

// Short cuts a text that came from outside to a length that a line can hold,
// and drops what would move a cursor.
func Short(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return '\uFFFD'
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 160 {
		return string(r[:120]) + fmt.Sprintf("... (%d characters)", len(r))
	}
	return s
}

// ByteCount says a count with its noun.
func ByteCount(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// Hex is bytes that people read: lower case hexadecimal in JSON.
type Hex []byte

// MarshalJSON implements json.Marshaler.
func (h Hex) MarshalJSON() ([]byte, error) { return json.Marshal(HexOf(h)) }
