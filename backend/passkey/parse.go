package passkey

import (
	"bytes"
	"encoding/json"

	"github.com/go-webauthn/webauthn/protocol"
)

// byteOrderMark may stand before client data: "UTF-8 decode" of Web
// Authentication Level 3, sections 7.1 step 5 and 7.2 step 8, drops it, and
// go-webauthn does not know that. The hash is still that of all the bytes.
var byteOrderMark = []byte("\xef\xbb\xbf")

func parseRegistration(raw json.RawMessage) (*protocol.ParsedCredentialCreationData, error) {
	var answer protocol.CredentialCreationResponse
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, malformed("credential", "it does not decode")
	}
	whole := answer.AttestationResponse.ClientDataJSON
	answer.AttestationResponse.ClientDataJSON = bytes.TrimPrefix(whole, byteOrderMark)
	parsed, err := answer.Parse()
	if err != nil {
		return nil, malformed("credential.response.attestationObject", "it does not decode")
	}
	parsed.Raw.AttestationResponse.ClientDataJSON = whole
	return parsed, nil
}

func parseAuthentication(raw json.RawMessage) (*protocol.ParsedCredentialAssertionData, error) {
	var answer protocol.CredentialAssertionResponse
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, malformed("credential", "it does not decode")
	}
	whole := answer.AssertionResponse.ClientDataJSON
	answer.AssertionResponse.ClientDataJSON = bytes.TrimPrefix(whole, byteOrderMark)
	parsed, err := answer.Parse()
	if err != nil {
		return nil, malformed("credential.response.authenticatorData", "it does not decode")
	}
	parsed.Raw.AssertionResponse.ClientDataJSON = whole
	return parsed, nil
}

// signed reports whether an attestation statement carries a signature at all.
// Without one it is the statement that is wrong, not the signature.
func signed(o protocol.AttestationObject) bool {
	signature, _ := o.AttStatement["sig"].([]byte)
	return len(signature) > 0
}
