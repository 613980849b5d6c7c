package inspect

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// safetyNet is the token that Google's service signed, in parts.
type safetyNet struct {
	signed  string // what the signature covers
	sig     []byte
	alg     string
	x5c     []*x509.Certificate
	payload struct {
		Nonce           string `json:"nonce"`
		TimestampMS     int64  `json:"timestampMs"`
		APKPackageName  string `json:"apkPackageName"`
		CTSProfileMatch bool   `json:"ctsProfileMatch"`
		BasicIntegrity  bool   `json:"basicIntegrity"`
	}
}

// verifySafetyNet verifies the format of Level 2, section 8.5. Google has ended
// the service; what it signed can still be read.
func verifySafetyNet(st item, in subject) (outcome, error) {
	out := outcome{kind: "basic", shown: map[string]any{}, aging: true}
	ver, err := field(st, "ver", cborText)
	if err != nil {
		return out, err
	}
	response, err := field(st, "response", cborBytes)
	if err != nil {
		return out, err
	}
	token, err := safetyNetOf(string(response.raw))
	out.path = token.x5c
	out.shown["ver"], out.shown["response"] = short(string(ver.raw)), token.payload
	if err != nil {
		return out, err
	}
	sum := sha256.Sum256(in.signed)
	if want := base64.StdEncoding.EncodeToString(sum[:]); token.payload.Nonce != want {
		return out, differs(want, short(token.payload.Nonce), "the nonce of the token is not the hash of authenticator data and client data")
	}
	leaf := token.x5c[0]
	if err := leaf.VerifyHostname("attest.android.com"); err != nil {
		return out, differs("attest.android.com", nameOf(leaf), "the token is not signed by Google's service")
	}
	alg, ok := map[string]int64{"RS256": -257, "RS384": -258, "RS512": -259, "PS256": -37}[token.alg]
	if !ok {
		return out, unchecked(fmt.Sprintf("The token's signature could not be checked: this explainer does not verify %s.", short(token.alg)))
	}
	if err := checkStatement(leaf.PublicKey, alg, []byte(token.signed), token.sig, "the key of the token's certificate"); err != nil {
		return out, err
	}
	if !token.payload.CTSProfileMatch {
		return out, differs("true", "false", "the device did not pass (ctsProfileMatch)")
	}
	out.doubts = []string{"Google has ended SafetyNet: no new answer can carry this attestation."}
	return out, nil
}

// safetyNetOf takes a compact JWS apart: RFC 7515, section 3.1.
func safetyNetOf(text string) (t safetyNet, err error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return t, invalid("the token is no compact JWS: it has %d parts, not 3", len(parts))
	}
	t.signed = parts[0] + "." + parts[1]
	var raw [3][]byte
	for i, part := range parts {
		b, err := decode64(part)
		if err != nil {
			return t, invalid("part %d of the token is no base64url: %v", i+1, err)
		}
		raw[i] = b
	}
	t.sig = raw[2]
	var head struct {
		Alg string   `json:"alg"`
		X5c [][]byte `json:"x5c"`
	}
	if err := json.Unmarshal(raw[0], &head); err != nil {
		return t, invalid("the head of the token can't be read: %v", err)
	}
	if err := json.Unmarshal(raw[1], &t.payload); err != nil {
		return t, invalid("the body of the token can't be read: %v", err)
	}
	t.alg = head.Alg
	for i, der := range head.X5c {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return t, invalid("certificate %d of the token can't be read: %v", i+1, err)
		}
		t.x5c = append(t.x5c, c)
	}
	if len(t.x5c) == 0 {
		return t, invalid("the token has no certificates")
	}
	return t, nil
}
