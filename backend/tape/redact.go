package tape

import (
	"bytes"
	"encoding/json"
)

// Redact returns a credential without the secrets that extensions can carry: the
// results of PRF and hmac-secret, and the content of large blobs. Whatever has none of them
// comes back as it is, byte for byte.
func Redact(credential json.RawMessage) json.RawMessage {
	if !bytes.Contains(credential, []byte(`"prf"`)) && !bytes.Contains(credential, []byte(`"largeBlob"`)) &&
		!bytes.Contains(credential, []byte(`"hmacGetSecret"`)) {
		return credential
	}
	var c map[string]json.RawMessage
	if json.Unmarshal(credential, &c) != nil {
		return credential
	}
	var outputs map[string]json.RawMessage
	if json.Unmarshal(c["clientExtensionResults"], &outputs) != nil {
		return credential
	}
	outputs["prf"] = without(outputs["prf"], "results")
	outputs["largeBlob"] = without(outputs["largeBlob"], "blob")
	outputs["hmacGetSecret"] = without(without(outputs["hmacGetSecret"], "output1"), "output2")
	for name, v := range outputs {
		if v == nil {
			delete(outputs, name)
		}
	}
	raw, err := json.Marshal(outputs)
	if err != nil {
		return credential
	}
	c["clientExtensionResults"] = raw
	if raw, err = json.Marshal(c); err != nil {
		return credential
	}
	return raw
}

// without replaces a member of an object by a note that it was there.
func without(object json.RawMessage, member string) json.RawMessage {
	var m map[string]json.RawMessage
	if object == nil || json.Unmarshal(object, &m) != nil {
		return object
	}
	if _, there := m[member]; !there {
		return object
	}
	m[member] = json.RawMessage(`"redacted"`)
	raw, err := json.Marshal(m)
	if err != nil {
		return json.RawMessage(`{}`)
	}
	return raw
}
