package inspect

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// seedsOf takes decoded parts of good ceremonies for the decoders.
func seedsOf(f *testing.F) (objects, datas, keys, clients [][]byte, files [][]byte) {
	f.Helper()
	for _, v := range seedVectors(f) {
		object, data := v.object, v.authData
		objects, datas, clients = append(objects, object), append(datas, data), append(clients, v.client)
		if a, err := authDataOf(data); err == nil && a.key != nil {
			keys = append(keys, a.key)
		}
		files = append(files, v.file)
	}
	return objects, datas, keys, clients, files
}

type seed struct{ object, authData, client, file []byte }

func seedVectors(f *testing.F) (list []seed) {
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
		object, err := decode64(r.AttestationObject)
		if err != nil {
			f.Fatal(err)
		}
		client, err := decode64(r.ClientDataJSON)
		if err != nil {
			f.Fatal(err)
		}
		it, _, err := walkAll(object)
		if err != nil {
			f.Fatal(err)
		}
		data, _ := it.text("authData")
		file, err := json.Marshal(map[string]any{
			"kind": "registration", "rp_id": v.RPID, "origins": []string{v.Origin}, "challenge": r.Challenge,
			"credential": map[string]any{"id": r.CredentialID, "rawId": r.CredentialID, "type": "public-key",
				"response": map[string]string{"clientDataJSON": r.ClientDataJSON, "attestationObject": r.AttestationObject}},
		})
		if err != nil {
			f.Fatal(err)
		}
		list = append(list, seed{object, data.raw, client, file})
	}
	return list
}

// FuzzCBOR holds our walker against another decoder: what it takes, the other
// one takes too, and their canonical forms agree.
func FuzzCBOR(f *testing.F) {
	objects, _, keys, _, _ := seedsOf(f)
	for _, s := range append(objects, keys...) {
		f.Add(s)
	}
	for _, s := range []string{"\xa0", "\xbf\xff", "\x18\x17", "\xc0\x00", "\xa2\x01\x02\x01\x02", "\x5b\x7f\xff\xff\xff\xff\xff\xff\xff", "\xf9\x00\x00", "\xf8\x20", "\x62\xff\xfe"} {
		f.Add([]byte(s))
	}
	strict, err := cbor.DecOptions{IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden, DupMapKey: cbor.DupMapKeyEnforcedAPF, MaxNestedLevels: 16}.DecMode()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		it, w, err := walk(data)
		if err != nil {
			return
		}
		if it.off != 0 || it.end != w.off || it.end > len(data) {
			t.Fatalf("a value from %d to %d, the walker is at %d of %d", it.off, it.end, w.off, len(data))
		}
		if err := strict.Wellformed(data[:it.end]); err != nil {
			t.Errorf("%x is walked, and the other decoder says %v", data[:it.end], err)
		}
		if end, err := skim(data, 0, 0); err != nil || end != it.end {
			t.Errorf("%x: skim ends at %d (%v), walk at %d", data, end, err, it.end)
		}
	})
}

// FuzzAuthenticatorData looks for panics, and for fields outside of the bytes.
func FuzzAuthenticatorData(f *testing.F) {
	_, datas, _, _, _ := seedsOf(f)
	for _, s := range datas {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := authDataOf(data)
		for _, r := range a.ranges {
			if r.Offset < 0 || r.Length < 0 || r.Offset+r.Length > len(data) {
				t.Errorf("%+v is outside of %d bytes", r, len(data))
			}
		}
		if _, jsonErr := json.Marshal(a.show()); jsonErr != nil {
			t.Error(jsonErr)
		}
		if err == nil && a.has(flagAT) != a.attested {
			t.Error("AT and attested data differ")
		}
	})
}

func FuzzPublicKey(f *testing.F) {
	_, _, keys, _, _ := seedsOf(f)
	for _, s := range keys {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := publicKeyOf(data)
		if err != nil && k.verifiable() && k.kty != 0 && k.pub != nil {
			t.Errorf("%x: a key that can't be used (%v) can verify", data, err)
		}
		if k.verifiable() {
			if checkSignature(k.pub, k.alg, data, []byte("no signature")) == nil {
				t.Errorf("%x: a text passes as a signature", data)
			}
		}
		if _, err := json.Marshal(k.params); err != nil {
			t.Error(err)
		}
	})
}

// FuzzClientData holds our reading of an object against encoding/json's.
func FuzzClientData(f *testing.F) {
	_, _, _, clients, _ := seedsOf(f)
	for _, s := range clients {
		f.Add(s)
	}
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Add([]byte(`{"a":{"b":[1,{"c":1,"c":2}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := objectOf(data)
		var m map[string]any
		if other := json.Unmarshal(data, &m); err == nil && other != nil {
			t.Errorf("%q is an object to us, and to encoding/json: %v", data, other)
		} else if err != nil && other == nil && m != nil {
			t.Errorf("%q is an object to encoding/json, and to us: %v", data, err)
		}
		if err == nil && !json.Valid(o.encode()) {
			t.Errorf("%q is written as %s", data, o.encode())
		}
		for _, r := range clientRanges(data) {
			if !json.Valid(data[r.Offset : r.Offset+r.Length]) {
				t.Errorf("%+v of %q is no value", r, data)
			}
		}
	})
}

func FuzzTPM(f *testing.F) {
	objects, _, _, _, _ := seedsOf(f)
	for _, s := range objects {
		it, _, _ := walkAll(s)
		st, _ := it.text("attStmt")
		for _, name := range []string{"certInfo", "pubArea"} {
			if part, ok := st.text(name); ok {
				f.Add(part.raw)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := certInfoOf(data); err == nil && len(c.name)+len(c.extraData) > len(data) {
			t.Error("certInfo holds more than came")
		}
		if a, err := pubAreaOf(data); err == nil && len(a.modulus)+len(a.x)+len(a.y) > len(data) {
			t.Error("pubArea holds more than came")
		}
	})
}

func FuzzAttestationObject(f *testing.F) {
	objects, _, _, _, files := seedsOf(f)
	for _, s := range objects {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := bytes.Replace(files[0], []byte(`"attestationObject":"`), []byte(`"attestationObject":"`+b64(data)+`","was":"`), 1)
		x, err := Explain(file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if x.Verdict == Accepted && x.Fault != "" || x.Verdict != Accepted && (x.Fault == "" || x.Cause == "" || x.Fix == "") {
			t.Errorf("%s with the fault %q, the cause %q and the fix %q", x.Verdict, x.Fault, x.Cause, x.Fix)
		}
	})
}

func FuzzKeyDescription(f *testing.F) {
	f.Add([]byte{0x30, 0x35, 2, 2, 1, 0x2c, 10, 1, 0, 2, 1, 0, 10, 1, 0, 4, 0, 4, 0, 0x30, 0, 0x30, 0})
	f.Add([]byte{0x30, 0x1e, 2, 1, 3, 10, 1, 1, 2, 1, 4, 10, 1, 1, 4, 0, 4, 0, 0x30, 5, 0xa1, 3, 0x31, 1, 0, 0x30, 5, 0xa3, 3, 2, 1, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := parseKeyDescription(data); err == nil && len(d.challenge) > len(data) {
			t.Error("the key description holds more than came")
		}
	})
}

func FuzzSafetyNet(f *testing.F) {
	f.Add("e30.e30.AA")
	f.Add("eyJhbGciOiJSUzI1NiIsIng1YyI6WyJBQUFBIl19.e30.AA")
	f.Fuzz(func(t *testing.T, text string) {
		if token, err := safetyNetOf(text); err == nil && len(token.x5c) == 0 {
			t.Error("a token without a certificate is taken")
		}
	})
}

// FuzzExplain looks for panics, and for explanations that can't be written.
func FuzzExplain(f *testing.F) {
	_, _, _, _, files := seedsOf(f)
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
