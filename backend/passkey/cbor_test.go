package passkey_test

import "github.com/fxamacker/cbor/v2"

// noneWithStatement is an attestation object whose format says that there is no
// statement beside one.
func noneWithStatement(authData []byte) []byte {
	return canonical(map[string]any{"fmt": "none", "attStmt": map[string]any{"alg": -7, "sig": []byte{1}}, "authData": authData})
}

// canonical encodes as CTAP2 asks; what these tests give it always encodes.
func canonical(v any) []byte {
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		panic(err)
	}
	b, err := mode.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
