package softkey_test

import (
	"encoding/base64"
	"errors"
	"maps"
	"strings"
	"testing"

	"sting/backend/passkey/softkey"
)

// creation returns valid options, changed at the top level; nil removes.
func creation(tb testing.TB, changes map[string]any) []byte {
	tb.Helper()
	options := map[string]any{
		"rp":        map[string]any{"id": rpID, "name": "Example"},
		"user":      map[string]any{"id": b64([]byte("ada")), "name": "ada", "displayName": "Ada"},
		"challenge": b64([]byte("challenge")), "pubKeyCredParams": []any{},
	}
	maps.Copy(options, changes)
	maps.DeleteFunc(options, func(_ string, v any) bool { return v == nil })
	return marshal(tb, options)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unb64(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestCreateRefusesAsABrowserDoes(t *testing.T) {
	kept := softkey.New()
	if _, err := kept.Create(creation(t, nil), origin); err != nil {
		t.Fatal(err)
	}
	id := b64(kept.Credentials()[0].ID)
	unverified := softkey.New()
	unverified.UserVerified = false
	selection := func(member, value string) map[string]any {
		return map[string]any{"authenticatorSelection": map[string]any{member: value}}
	}
	user := func(id string) map[string]any {
		return map[string]any{"user": map[string]any{"id": id, "name": "ada", "displayName": "Ada"}}
	}
	for name, c := range map[string]struct {
		a       *softkey.Authenticator
		changes map[string]any
		want    error
	}{
		"an excluded credential": {kept, map[string]any{
			"excludeCredentials": []any{map[string]any{"type": "public-key", "id": id}}}, softkey.ErrExcluded},
		"verification required and nobody verified": {unverified, selection("userVerification", "required"), softkey.ErrNotAllowed},
		"another attachment":                        {kept, selection("authenticatorAttachment", "cross-platform"), softkey.ErrNotAllowed},
		"no known algorithm": {kept, map[string]any{
			"pubKeyCredParams": []any{map[string]any{"type": "public-key", "alg": -65535}}}, softkey.ErrNotSupported},
		"a foreign RP ID":       {kept, map[string]any{"rp": map[string]any{"id": "other.test", "name": "x"}}, softkey.ErrSecurity},
		"a public suffix":       {kept, map[string]any{"rp": map[string]any{"id": "test", "name": "x"}}, softkey.ErrSecurity},
		"a padded challenge":    {kept, map[string]any{"challenge": "AA=="}, softkey.ErrEncoding},
		"a plain base64 handle": {kept, user("++++"), softkey.ErrEncoding},
		"an empty user handle":  {kept, user(""), softkey.ErrType},
		"a handle of 65 bytes":  {kept, user(b64(make([]byte, 65))), softkey.ErrType},
		"no challenge":          {kept, map[string]any{"challenge": nil}, softkey.ErrType},
		"no parameters":         {kept, map[string]any{"pubKeyCredParams": nil}, softkey.ErrType},
		"no relying party":      {kept, map[string]any{"rp": nil}, softkey.ErrType},
		"a challenge of bytes":  {kept, map[string]any{"challenge": []int{1}}, softkey.ErrType},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(c.a.Credentials())
			_, err := c.a.Create(creation(t, c.changes), origin)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if err != nil && !strings.HasPrefix(err.Error(), c.want.Error()+": ") {
				t.Errorf("%q gives no reason", err)
			}
			if after := len(c.a.Credentials()); after != before {
				t.Errorf("a refusal left %d credentials behind", after-before)
			}
		})
	}
}

func TestOriginsThatMayNotUseTheRPID(t *testing.T) {
	for _, bad := range []string{
		"http://example.test", "https://example.test/path", "https://ada@example.test", "https://notexample.test",
		"https://example.test.evil.test", "https://127.0.0.1:8443", "https://[::1]", "example.test", "",
	} {
		if _, err := softkey.New().Create(creation(t, nil), bad); !errors.Is(err, softkey.ErrSecurity) {
			t.Errorf("%q: got %v, want SecurityError", bad, err)
		}
	}
}

func TestAnyOriginLetsANativeAppRegister(t *testing.T) {
	a := softkey.New()
	a.AnyOrigin = true
	app := "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"
	if _, err := a.Create(creation(t, nil), app); err != nil {
		t.Fatal(err)
	}
	if got := a.Credentials()[0].RPID; got != rpID {
		t.Errorf("got %q, want %q", got, rpID)
	}
}

func TestGetRefusesAsABrowserDoes(t *testing.T) {
	a := softkey.New()
	if _, err := a.Create(creation(t, nil), origin); err != nil {
		t.Fatal(err)
	}
	decline := func([]softkey.Credential) int { return -1 }
	for name, c := range map[string]struct {
		request  string
		declines bool
		verified bool
		want     error
	}{
		"a credential of nobody": {`{"challenge":"AAAA","rpId":"example.test","allowCredentials":[{"type":"public-key","id":"AAAA"}]}`,
			false, true, softkey.ErrNotAllowed},
		"another relying party": {`{"challenge":"AAAA","rpId":"login.example.test"}`, false, true, softkey.ErrNotAllowed},
		"a person who declines": {`{"challenge":"AAAA","rpId":"example.test"}`, true, true, softkey.ErrNotAllowed},
		"verification required and nobody verified": {`{"challenge":"AAAA","rpId":"example.test","userVerification":"required"}`,
			false, false, softkey.ErrNotAllowed},
		"a foreign RP ID": {`{"challenge":"AAAA","rpId":"other.test"}`, false, true, softkey.ErrSecurity},
		"no challenge":    {`{"rpId":"example.test"}`, false, true, softkey.ErrType},
		"no object":       {`[]`, false, true, softkey.ErrType},
		"padding":         {`{"challenge":"AA==","rpId":"example.test"}`, false, true, softkey.ErrEncoding},
	} {
		t.Run(name, func(t *testing.T) {
			a.UserVerified, a.Choose = c.verified, nil
			if c.declines {
				a.Choose = decline
			}
			if _, err := a.Get([]byte(c.request), origin); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestAPasskeyIsUnknownToOtherRelyingParties(t *testing.T) {
	a := softkey.New()
	if _, err := a.Create(creation(t, nil), origin); err != nil {
		t.Fatal(err)
	}
	listed := []any{map[string]any{"type": "public-key", "id": b64(a.Credentials()[0].ID)}}
	other := "login.example.test"
	request := map[string]any{"challenge": "AAAA", "rpId": other, "allowCredentials": listed}
	if _, err := a.Get(marshal(t, request), origin); !errors.Is(err, softkey.ErrNotAllowed) {
		t.Errorf("sign-in: got %v, want NotAllowedError", err)
	}
	if _, err := a.Create(creation(t, map[string]any{
		"rp": map[string]any{"id": other, "name": "Other"}, "excludeCredentials": listed,
	}), origin); err != nil {
		t.Errorf("registration: got %v, want none", err)
	}
}

func TestAForgottenPasskeyIsGone(t *testing.T) {
	p, a := newParty(t), softkey.New()
	credential := p.register(a)
	if !a.Forget(credential.ID) || a.Forget(credential.ID) {
		t.Error("Forget does not say what was there")
	}
	options, _ := p.beginLogin(true)
	if _, err := a.Get(options, origin); !errors.Is(err, softkey.ErrNotAllowed) {
		t.Errorf("got %v, want NotAllowedError", err)
	}
}

func FuzzOptions(f *testing.F) {
	f.Add(creation(f, nil))
	f.Add([]byte(`{"publicKey":{"challenge":"AAAA","allowCredentials":[{"id":"AA","type":"public-key"}]}}`))
	f.Add([]byte(`{"publicKey":null,"rp":[]}`))
	f.Fuzz(func(t *testing.T, options []byte) {
		a := softkey.New()
		a.Algorithms = []softkey.Algorithm{softkey.ES256}
		_, createErr := a.Create(options, origin)
		_, getErr := a.Get(options, origin)
		for _, err := range []error{createErr, getErr} {
			if _, refused := errors.AsType[*softkey.Exception](err); err != nil && !refused {
				t.Errorf("%v is not an Exception", err)
			}
		}
	})
}
