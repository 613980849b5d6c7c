package config_test

import (
	"slices"
	"strings"
	"testing"

	"sting/backend/config"
)

func TestAFurtherRelyingPartyHasItsOriginHostAndCertificate(t *testing.T) {
	const text = "webauthn:\n  additional_rps:\n    - {id: sting.localhost, display_name: Second}\n    - id: shop.localhost\n" +
		"      origins: [https://shop.localhost:8443, https://www.shop.localhost:9000]\n"
	c, r := load(t, text, nil)
	if p := r.Errors(); len(p) > 0 {
		t.Fatal(p)
	}
	second, third := c.WebAuthn.Additional[0], c.WebAuthn.Additional[1]
	if second.DisplayName != "Second" || !slices.Equal(second.Origins, []string{"https://sting.localhost:8443"}) || second.Line != 3 {
		t.Errorf("%+v", second)
	}
	if third.DisplayName != c.WebAuthn.RP.DisplayName || len(third.Origins) != 2 || third.Line != 5 {
		t.Errorf("%+v", third)
	}
	for _, host := range []string{"sting.localhost", "shop.localhost", "www.shop.localhost"} {
		if !slices.Contains(c.Hosts(), host) || !slices.Contains(c.CertificateHosts(), host) {
			t.Errorf("%s is missing in %v or %v", host, c.Hosts(), c.CertificateHosts())
		}
	}
	if to, ok := c.SafeReturnTo("https://www.shop.localhost:9000/x"); !ok || to != "https://www.shop.localhost:9000/x" {
		t.Errorf("nobody may return to a page of the third: %q", to)
	}
	shown, err := config.Show(c, r)
	if err != nil {
		t.Fatal(err)
	}
	again, report := load(t, strings.Replace(string(shown), ":***@", ":test@", 1), nil)
	if got := again.WebAuthn.Additional; len(report.Errors()) > 0 || len(got) != 2 || !slices.Equal(got[1].Origins, third.Origins) ||
		got[0].DisplayName != "Second" {
		t.Errorf("read back: %+v %v\n%s", got, report.Problems, shown)
	}
}

func TestEveryProblemOfFurtherRelyingPartiesIsSaidAtOnce(t *testing.T) {
	const text = `webauthn:
  additional_rps:
    - {id: 127.0.0.1}
    - {id: localhost}
    - {id: good.localhost, origins: [https://evil.example, https://good.localhost:8443, https://sub.good.localhost:8443]}
    - {id: good.localhost}
    - {id: bad.localhost, orgins: []}
    - {display_name: Nobody}
    - {id: sub.good.localhost}
    - text
    - {id: GREAT.localhost}
`
	c, r := load(t, text, nil)
	said := map[string]string{}
	for _, p := range r.Problems {
		said[p.Path] = p.Meaning + " " + p.Fix
		if p.Line == 0 || p.Fix == "" {
			t.Errorf("%+v has no line or no fix", p)
		}
	}
	for path, want := range map[string]string{
		"webauthn.additional_rps[0].id":         "The relying party is left out",
		"webauthn.additional_rps[1].id":         "There is a relying party localhost already",
		"webauthn.additional_rps[2].origins[0]": "It is left out",
		"webauthn.additional_rps[3].id":         "There is a relying party good.localhost already",
		"webauthn.additional_rps[4].orgins":     "Did you mean origins?",
		"webauthn.additional_rps[5].id":         "The relying party is left out",
		"webauthn.additional_rps[6].id":         "is an origin of the relying party good.localhost",
		"webauthn.additional_rps[7]":            "A relying party belongs here",
		"webauthn.additional_rps[8].id":         "great.localhost is used",
	} {
		if !strings.Contains(said[path], want) {
			t.Errorf("%s: %q, want %q", path, said[path], want)
		}
	}
	if got := c.WebAuthn.Additional; len(got) != 2 || got[0].ID != "good.localhost" || got[1].ID != "great.localhost" {
		t.Errorf("in force: %+v", got)
	}
	if t.Failed() {
		t.Log(r)
	}
}
