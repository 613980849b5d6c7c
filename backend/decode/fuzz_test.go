package decode

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// seedsOf takes parts of the specification's registrations for the decoders.
func seedsOf(t testing.TB) (objects, datas, keys, clients [][]byte) {
	t.Helper()
	var w struct {
		Vectors []struct {
			Registration struct{ ClientDataJSON, AttestationObject string }
		}
	}
	raw, err := os.ReadFile("../inspect/testdata/w3c.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		t.Fatal(err)
	}
	for _, v := range w.Vectors {
		object, err := ParseBase64URL(v.Registration.AttestationObject)
		if err != nil {
			t.Fatal(err)
		}
		client, err := ParseBase64URL(v.Registration.ClientDataJSON)
		if err != nil {
			t.Fatal(err)
		}
		it, _, err := ParseCBOR(object)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := it.Member("authData")
		objects, datas, clients = append(objects, object), append(datas, data.Raw), append(clients, client)
		if a, err := ParseAuthenticatorData(data.Raw); err == nil && a.Key != nil {
			keys = append(keys, a.Key)
		}
	}
	return objects, datas, keys, clients
}

// FuzzCBOR holds our walker against another decoder: what it takes, the other
// one takes too, and their canonical forms agree.
func FuzzCBOR(f *testing.F) {
	objects, _, keys, _ := seedsOf(f)
	for _, s := range append(objects, keys...) {
		f.Add(s)
	}
	for _, s := range []string{"\xa0", "\xbf\xff", "\x18\x17", "\xc0\x00", "\xa2\x01\x02\x01\x02", "\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
		"\xf9\x00\x00", "\xf8\x20", "\x62\xff\xfe"} {
		f.Add([]byte(s))
	}
	strict, err := cbor.DecOptions{IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden, DupMapKey: cbor.DupMapKeyEnforcedAPF,
		MaxNestedLevels: 16}.DecMode()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		it, w, err := walk(data)
		if err != nil {
			return
		}
		if it.Offset != 0 || it.End != w.off || it.End > len(data) {
			t.Fatalf("a value from %d to %d, the walker is at %d of %d", it.Offset, it.End, w.off, len(data))
		}
		if err := strict.Wellformed(data[:it.End]); err != nil {
			t.Errorf("%x is walked, and the other decoder says %v", data[:it.End], err)
		}
		if end, err := skim(data, 0, 0); err != nil || end != it.End {
			t.Errorf("%x: skim ends at %d (%v), walk at %d", data, end, err, it.End)
		}
	})
}

// FuzzAuthenticatorData looks for panics, and for fields outside of the bytes.
func FuzzAuthenticatorData(f *testing.F) {
	_, datas, _, _ := seedsOf(f)
	for _, s := range datas {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ParseAuthenticatorData(data)
		for _, r := range a.Spans {
			if r.Offset < 0 || r.Length < 0 || r.Offset+r.Length > len(data) {
				t.Errorf("%+v is outside of %d bytes", r, len(data))
			}
		}
		if err == nil && a.Has(AT) != a.Attested {
			t.Error("AT and attested data differ")
		}
	})
}

func FuzzPublicKey(f *testing.F) {
	_, _, keys, _ := seedsOf(f)
	for _, s := range keys {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := ParseCOSEKey(data)
		if err != nil && k.Verifiable() && k.KeyType != 0 && k.Key != nil {
			t.Errorf("%x: a key that can't be used (%v) can verify", data, err)
		}
		if _, err := json.Marshal(k.Parameters); err != nil {
			t.Error(err)
		}
	})
}

// FuzzClientData holds our reading of an object against encoding/json's.
func FuzzClientData(f *testing.F) {
	_, _, _, clients := seedsOf(f)
	for _, s := range clients {
		f.Add(s)
	}
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Add([]byte(`{"a":{"b":[1,{"c":1,"c":2}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := ParseObject(data)
		var m map[string]any
		if other := json.Unmarshal(data, &m); err == nil && other != nil {
			t.Errorf("%q is an object to us, and to encoding/json: %v", data, other)
		} else if err != nil && other == nil && m != nil {
			t.Errorf("%q is an object to encoding/json, and to us: %v", data, err)
		}
		if err == nil && !json.Valid(o.Encode()) {
			t.Errorf("%q is written as %s", data, o.Encode())
		}
		for _, r := range ClientDataSpans(data) {
			if !json.Valid(data[r.Offset : r.Offset+r.Length]) {
				t.Errorf("%+v of %q is no value", r, data)
			}
		}
	})
}

func FuzzTPM(f *testing.F) {
	objects, _, _, _ := seedsOf(f)
	for _, s := range objects {
		it, _, _ := ParseCBOR(s)
		st, _ := it.Member("attStmt")
		for _, name := range []string{"certInfo", "pubArea"} {
			if part, ok := st.Member(name); ok {
				f.Add(part.Raw)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := ParseCertInfo(data); err == nil && len(c.Name)+len(c.ExtraData) > len(data) {
			t.Error("certInfo holds more than came")
		}
		if a, err := ParsePubArea(data); err == nil && len(a.Modulus)+len(a.X)+len(a.Y) > len(data) {
			t.Error("pubArea holds more than came")
		}
	})
}

func FuzzKeyDescription(f *testing.F) {
	f.Add([]byte{0x30, 0x35, 2, 2, 1, 0x2c, 10, 1, 0, 2, 1, 0, 10, 1, 0, 4, 0, 4, 0, 0x30, 0, 0x30, 0})
	f.Add([]byte{0x30, 0x1e, 2, 1, 3, 10, 1, 1, 2, 1, 4, 10, 1, 1, 4, 0, 4, 0, 0x30, 5, 0xa1, 3, 0x31, 1, 0, 0x30, 5, 0xa3, 3, 2, 1, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := parseKeyDescriptionDER(data); err == nil && len(d.Challenge) > len(data) {
			t.Error("the key description holds more than came")
		}
	})
}

func FuzzSafetyNet(f *testing.F) {
	f.Add("e30.e30.AA")
	f.Add("eyJhbGciOiJSUzI1NiIsIng1YyI6WyJBQUFBIl19.e30.AA")
	f.Fuzz(func(t *testing.T, text string) {
		if token, err := ParseSafetyNet(text); err == nil && len(token.Certificates) == 0 {
			t.Error("a token without a certificate is taken")
		}
	})
}
