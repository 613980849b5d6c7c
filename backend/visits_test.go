package backend_test

import (
	"strings"
	"testing"

	"sting/backend/labtest"
)

func TestTheDoctorKnowsTheBrowserThatWasHereLast(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	tell := func(body string) {
		t.Helper()
		if a := b.Do("POST", "/api/browser-check", body, "Cookie", "sting_check=1"); a.Status != 200 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
	}
	one := func(id, verdict, cause string) {
		t.Helper()
		r, err := lab.Examine(t.Context(), id, nil)
		done(t, err)
		if f := findingOf(t, r, id); f.Verdict != verdict || !strings.Contains(f.Cause, cause) {
			t.Errorf("%s is %s: %q; want %s, %q", id, f.Verdict, f.Cause, verdict, cause)
		}
	}
	one("BR-01", "skipped", "no browser")
	tell(`{"secure_context":false,"webauthn":false,"cookies":true}`)
	blames(t, examined(t, lab), "BR-01", "no secure context", "BR-02")
	tell(`{"secure_context":true,"webauthn":false,"cookies":true}`)
	one("BR-01", "failed", "no passkey API")
	tell(`{"secure_context":true,"webauthn":true,"cookies":false}`)
	one("BR-01", "failed", "no cookies")
	tell(`{"secure_context":true,"webauthn":true,"cookies":true,"platform_authenticator":false}`)
	blames(t, examined(t, lab), "BR-02", "no PIN")
	tell(`{"secure_context":true,"webauthn":true,"cookies":true,"platform_authenticator":false,"capabilities":{"hybridTransport":true}}`)
	one("BR-02", "warning", "no PIN")
	tell(`{"secure_context":true,"webauthn":true,"cookies":true}`)
	one("BR-02", "skipped", "couldn't say")
	tell(`{"secure_context":true,"webauthn":true,"cookies":true,"platform_authenticator":true,"capabilities":{"relatedOrigins":true}}`)
	well(t, examined(t, lab))

	if a := b.Do("POST", "/api/browser-check", `{"secure_context":true,"webauthn":true,"cookies":true,"host_cookie":true}`, "Cookie",
		"sting_check=1"); !strings.Contains(string(a.Body), `"cookie":true,"host_cookie":false`) {
		t.Errorf("a cookie that didn't come back: %s", a.Body)
	}
	if list, _ := lab.Browsers(t.Context()); !list[0].Cookies || *list[0].HostCookie {
		t.Errorf("the page's word was taken for its cookies: %+v", list[0])
	}
	tell(`{"secure_context":true,"webauthn":true,"cookies":true,"platform_authenticator":true,"capabilities":{"relatedOrigins":true}}`)

	list, err := lab.Browsers(t.Context())
	if err != nil || len(list) != 1 || list[0].UserAgent != "labtest" || !list[0].Capabilities["relatedOrigins"] {
		t.Errorf("%+v, %v", list, err)
	}
	many := `{"capabilities":{"` + strings.Repeat("x", 65) + `":true}}`
	if a := b.Do("POST", "/api/browser-check", many); a.Code() != "INVALID_FIELD" {
		t.Errorf("a long name: %d %s", a.Status, a.Body)
	}
}
