package inspect

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"sting/backend/decode"
)

// verifySafetyNet verifies the format of Level 2, section 8.5. Google has ended
// the service; what it signed can still be read.
func verifySafetyNet(st decode.Item, in subject) (outcome, error) {
	out := outcome{kind: "basic", shown: map[string]any{}, aging: true}
	ver, err := decode.Field(st, "ver", decode.Text)
	if err != nil {
		return out, err
	}
	response, err := decode.Field(st, "response", decode.Bytes)
	if err != nil {
		return out, err
	}
	token, err := decode.ParseSafetyNet(string(response.Raw))
	out.path = token.Certificates
	out.shown["ver"], out.shown["response"] = decode.Short(string(ver.Raw)), token.Payload
	if err != nil {
		return out, err
	}
	sum := sha256.Sum256(in.signed)
	if want := base64.StdEncoding.EncodeToString(sum[:]); token.Payload.Nonce != want {
		return out, differs(want, decode.Short(token.Payload.Nonce),
			"the nonce of the token is not the hash of authenticator data and client data")
	}
	leaf := token.Certificates[0]
	if err := leaf.VerifyHostname("attest.android.com"); err != nil {
		return out, differs("attest.android.com", nameOf(leaf), "the token is not signed by Google's service")
	}
	alg, ok := map[string]int64{"RS256": -257, "RS384": -258, "RS512": -259, "PS256": -37}[token.Algorithm]
	if !ok {
		return out, decode.Unsupported(fmt.Sprintf("The token's signature could not be checked: this explainer does not verify %s.",
			decode.Short(token.Algorithm)))
	}
	if err := checkStatement(leaf.PublicKey, alg, []byte(token.Signed), token.Signature, "the key of the token's certificate"); err != nil {
		return out, err
	}
	if !token.Payload.CTSProfileMatch {
		return out, differs("true", "false", "the device did not pass (ctsProfileMatch)")
	}
	out.doubts = []string{"Google has ended SafetyNet: no new answer can carry this attestation."}
	return out, nil
}
