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
	if err := json.Unmarshal(withoutUnasked(raw), &answer); err != nil {
		return nil, malformed("credential", "it does not decode")
	}
	whole := answer.AttestationResponse.ClientDataJSON
	answer.AttestationResponse.ClientDataJSON = bytes.TrimPrefix(whole, byteOrderMark)
	parsed, err := answer.Parse()
	if err != nil {
		return nil, unreadable(answer.AttestationResponse.AttestationObject)
	}
	parsed.Raw.AttestationResponse.ClientDataJSON = whole
	return parsed, nil
}

func parseAuthentication(raw json.RawMessage) (*protocol.ParsedCredentialAssertionData, error) {
	var answer protocol.CredentialAssertionResponse
	if err := json.Unmarshal(withoutUnasked(raw), &answer); err != nil {
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

// withoutUnasked returns an answer without the extension results that nobody here
// reads: an output that was not asked for, in whatever shape, refuses nothing, and
// the library decodes all of them. credProps and appid are read where they have
// their shape: Web Authentication Level 3, sections 10.1.1 and 10.1.3.
func withoutUnasked(raw json.RawMessage) json.RawMessage {
	var whole, results map[string]json.RawMessage
	if json.Unmarshal(raw, &whole) != nil || json.Unmarshal(whole["clientExtensionResults"], &results) != nil {
		return raw
	}
	kept := map[string]json.RawMessage{}
	var props struct {
		RK *bool `json:"rk"`
	}
	if v := results["credProps"]; json.Unmarshal(v, &props) == nil {
		kept["credProps"] = v
	}
	if v := results["appid"]; json.Unmarshal(v, new(bool)) == nil {
		kept["appid"] = v
	}
	var err error
	if whole["clientExtensionResults"], err = json.Marshal(kept); err != nil {
		return raw
	}
	out, err := json.Marshal(whole)
	if err != nil {
		return raw
	}
	return out
}
