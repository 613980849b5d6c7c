package decode

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// SafetyNet is the token that Google's service signed, in parts.
type SafetyNet struct {
	Signed       string // what the signature covers
	Signature    []byte
	Algorithm    string
	Certificates []*x509.Certificate
	Payload      struct {
		Nonce           string `json:"nonce"`
		TimestampMS     int64  `json:"timestampMs"`
		APKPackageName  string `json:"apkPackageName"`
		CTSProfileMatch bool   `json:"ctsProfileMatch"`
		BasicIntegrity  bool   `json:"basicIntegrity"`
	}
}

// ParseSafetyNet takes a compact JWS apart: RFC 7515, section 3.1.
func ParseSafetyNet(text string) (t SafetyNet, err error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return t, fmt.Errorf("the token is no compact JWS: it has %d parts, not 3", len(parts))
	}
	t.Signed = parts[0] + "." + parts[1]
	var raw [3][]byte
	for i, part := range parts {
		b, err := ParseBase64URL(part)
		if err != nil {
			return t, fmt.Errorf("part %d of the token is no base64url: %v", i+1, err)
		}
		raw[i] = b
	}
	t.Signature = raw[2]
	var head struct {
		Alg string   `json:"alg"`
		X5c [][]byte `json:"x5c"`
	}
	if err := json.Unmarshal(raw[0], &head); err != nil {
		return t, fmt.Errorf("the head of the token can't be read: %v", err)
	}
	if err := json.Unmarshal(raw[1], &t.Payload); err != nil {
		return t, fmt.Errorf("the body of the token can't be read: %v", err)
	}
	t.Algorithm = head.Alg
	for i, der := range head.X5c {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return t, fmt.Errorf("certificate %d of the token can't be read: %v", i+1, err)
		}
		t.Certificates = append(t.Certificates, c)
	}
	if len(t.Certificates) == 0 {
		return t, errors.New("the token has no certificates")
	}
	return t, nil
}
