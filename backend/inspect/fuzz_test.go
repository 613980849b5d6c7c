package inspect

import (
	"bytes"
	"encoding/json"
	"testing"

	"sting/backend/decode"
)

// filesOf are the specification's registrations as ceremonies, and their
// attestation objects.
func filesOf(f *testing.F) (files, objects [][]byte) {
	f.Helper()
	var w struct {
		Vectors []struct {
			RPID, Origin string
			Registration struct{ Challenge, CredentialID, ClientDataJSON, AttestationObject string }
		}
	}
	if err := json.Unmarshal(mustRead(f, "testdata/w3c.json"), &w); err != nil {
		f.Fatal(err)
	}
	for _, v := range w.Vectors {
		r := v.Registration
		object, err := decode.ParseBase64URL(r.AttestationObject)
		if err != nil {
			f.Fatal(err)
		}
		file, err := json.Marshal(map[string]any{
			"kind": "registration", "rp_id": v.RPID, "origins": []string{v.Origin}, "challenge": r.Challenge,
			"credential": map[string]any{"id": r.CredentialID, "rawId": r.CredentialID, "type": "public-key",
				"response": map[string]string{"clientDataJSON": r.ClientDataJSON, "attestationObject": r.AttestationObject}},
		})
		if err != nil {
			f.Fatal(err)
		}
		files, objects = append(files, file), append(objects, object)
	}
	return files, objects
}

// FuzzSignature looks for a key for which a text that nobody signed passes.
func FuzzSignature(f *testing.F) {
	_, objects := filesOf(f)
	for _, s := range objects {
		it, _, _ := decode.ParseCBOR(s)
		data, _ := it.Member("authData")
		if a, err := decode.ParseAuthenticatorData(data.Raw); err == nil {
			f.Add(a.Key)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if k, _ := decode.ParseCOSEKey(data); k.Verifiable() && checkSignature(k.Key, k.Algorithm, data, []byte("no signature")) == nil {
			t.Errorf("%x: a text passes as a signature", data)
		}
	})
}

func FuzzAttestationObject(f *testing.F) {
	files, objects := filesOf(f)
	for _, s := range objects {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := bytes.Replace(files[0], []byte(`"attestationObject":"`), []byte(`"attestationObject":"`+decode.Base64URL(data)+`","was":"`), 1)
		x, err := Explain(file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if x.Verdict == Accepted && x.Fault != "" || x.Verdict != Accepted && (x.Fault == "" || x.Cause == "" || x.Fix == "") {
			t.Errorf("%s with the fault %q, the cause %q and the fix %q", x.Verdict, x.Fault, x.Cause, x.Fix)
		}
	})
}

// FuzzExplain looks for panics, and for explanations that can't be written.
func FuzzExplain(f *testing.F) {
	files, _ := filesOf(f)
	for _, s := range files {
		f.Add(s)
	}
	f.Add([]byte(`{"kind":"authentication","credential":{"response":{"clientDataJSON":"e30"}},"stored":{"public_key":"oA"}}`))
	f.Add([]byte(`{"response":{"clientDataJSON":[1],"signature":{"0":1}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := Explain(data, Options{})
		if err != nil {
			return
		}
		if _, err := json.Marshal(x); err != nil {
			t.Error(err)
		}
		if first, failed := x.FirstFailed(); failed != (x.Verdict == Refused) || failed && first.Fault != x.Fault {
			t.Errorf("%s %s, first failed %s %s", x.Verdict, x.Fault, first.ID, first.Fault)
		}
	})
}
