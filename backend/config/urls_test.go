package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/config"
)

func TestURLsThatTheFileDoesNotNameFollowThePorts(t *testing.T) {
	c, r := load(t, "ports: {site: 9443, kratos_public: 5433, kratos_admin: 5434, smtp: 2025, smtp_plain: 2026, mail: 9025}\n", nil)
	got := []string{c.Origin(), c.WebAuthn.RP.Origins[0], c.Kratos.PublicURL, c.Kratos.AdminURL, c.SMTP().Addr(), c.MailURL(), c.URL("/login")}
	want := []string{"https://localhost:9443", "https://localhost:9443", "http://localhost:5433", "http://localhost:5434",
		"localhost:2025", "http://localhost:9025", "https://localhost:9443/login"}
	if d := cmp.Diff(want, got); d != "" || len(r.Problems) > 0 {
		t.Errorf("%v (-want +got):\n%s", r.Problems, d)
	}
}

func TestTheOriginFollowsTheRelyingPartyID(t *testing.T) {
	c, r := load(t, "webauthn: {config: {rp: {id: sting.localhost}}}\nports: {site: 443}\n", nil)
	if c.Origin() != "https://sting.localhost" || len(r.Problems) > 0 {
		t.Errorf("Origin() = %s, problems %v", c.Origin(), r.Problems)
	}
	if d := cmp.Diff([]string{"localhost", "127.0.0.1", "[::1]", "sting.localhost"}, c.Hosts()); d != "" {
		t.Errorf("hosts (-want +got):\n%s", d)
	}
}

func TestAnImpossibleRelyingPartyIDStopsTheCeremoniesAndNotTheProgram(t *testing.T) {
	for _, id := range []string{`127.0.0.1`, `"::1"`, `""`, ``, `intranet`, `co.uk`, `https://localhost`, `"localhost:8443"`, `"*.lab.test"`} {
		c, r := load(t, "webauthn:\n  config:\n    rp:\n      id: "+id+"\n      origins: [https://localhost:8443]\n", nil)
		p := c.WebAuthn.RP.Problem
		if p == nil || p.Line != 4 || p.Severity != config.Error || len(c.WebAuthn.RP.Origins) != 0 {
			t.Errorf("%s: problem %v, origins %v", id, p, c.WebAuthn.RP.Origins)
			continue
		}
		if c.Origin() != "https://localhost:8443" {
			t.Errorf("%s: the pages are at %s", id, c.Origin())
		}
		if strings.Contains(strings.Join(c.Hosts(), " "), "intranet") {
			t.Errorf("%s is a host that the site accepts", id)
		}
		sayAll(t, r)
	}
}

func TestAnImpossibleOriginIsAWarningAndLeftOut(t *testing.T) {
	for _, bad := range []string{"https://127.0.0.1:8443", "https://localhost:8443/", "https://me@localhost:8443",
		"https://app.localhost:8443",
		"http://example.com", "localhost:8443", "null", "https://*.localhost", "https://example.com"} {
		c, r := load(t, "webauthn:\n  config:\n    rp:\n      origins:\n      - https://localhost:8443\n      - '"+bad+"'\n", nil)
		if d := cmp.Diff([]found{{config.Warning, 6, "webauthn.config.rp.origins[1]"}}, list(r.Problems)); d != "" {
			t.Errorf("%s: problems (-want +got):\n%s", bad, d)
		}
		if d := cmp.Diff([]string{"https://localhost:8443"}, c.WebAuthn.RP.Origins); d != "" {
			t.Errorf("%s: origins (-want +got):\n%s", bad, d)
		}
		sayAll(t, r)
	}
}

func TestWithNoPossibleOriginTheSitesOwnIsAccepted(t *testing.T) {
	c, r := load(t, "webauthn: {config: {rp: {id: lab.localhost, origins: ['https://localhost:8443']}}}\n", nil)
	if c.Origin() != "https://lab.localhost:8443" || len(r.Warnings()) != 2 {
		t.Errorf("Origin() = %s, problems %v", c.Origin(), r.Problems)
	}
}

func TestAnOriginThatNamesAnotherPortIsReportedAndKept(t *testing.T) {
	c, r := load(t, "webauthn:\n  config:\n    rp:\n      origins: [https://localhost:9443, 'http://localhost:3000']\nports: {site: 9443}\n",
		nil)
	if d := cmp.Diff([]found{{config.Warning, 4, "webauthn.config.rp.origins[1]"}}, list(r.Problems)); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"https://localhost:9443", "http://localhost:3000"}, c.WebAuthn.RP.Origins); d != "" {
		t.Errorf("origins (-want +got):\n%s", d)
	}
	_, r = load(t, contract, config.Overrides{"ports.site": "9443"})
	if got := r.About("webauthn.config.rp.origins"); len(got) != 2 {
		t.Errorf("after a flag moved the site: %v, want the origin and the list reported", got)
	}
}

func TestTheHostMailpitIsOurCatcher(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "localhost:1025",
		"ports: {smtp: 2025}": "localhost:2025",
		uri("smtp://mailpit:1025/?disable_starttls=true"): "localhost:1026",
		uri("smtp://localhost:1025"):                      "localhost:1025",
		uri("smtps://mail.example"):                       "mail.example:465",
		uri("smtp://mail.example:587"):                    "mail.example:587",
	} {
		c, _ := load(t, text, nil)
		s := c.SMTP()
		if s.Addr() != want || s.Catcher != strings.HasPrefix(want, "localhost") {
			t.Errorf("%s: %s, catcher %t, want %s", text, s.Addr(), s.Catcher, want)
		}
	}
}

func uri(s string) string { return "courier: {smtp: {connection_uri: '" + s + "'}}" }

func TestNamesOutsideLocalhostAreTold(t *testing.T) {
	c, r := load(t, "webauthn: {config: {rp: {id: lab.example}}}\ntls: {hosts: [app.localhost, LAB2.example]}\n", nil)
	if d := cmp.Diff([]string{"lab.example", "lab2.example"}, c.HostsOutsideLocalhost()); d != "" {
		t.Errorf("outside (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"localhost", "lab.example", "app.localhost", "lab2.example"}, c.CertificateHosts()); d != "" {
		t.Errorf("certificate (-want +got):\n%s", d)
	}
	if w := r.Warnings(); len(w) != 1 || !strings.Contains(w[0].Fix, "sting trust") {
		t.Errorf("got %v, want one warning about the authority", w)
	}
}

func TestAPersonReturnsToAnAcceptedOriginOrToTheList(t *testing.T) {
	c, _ := load(t, "webauthn: {config: {rp: {origins: ['https://localhost:8443', 'http://localhost:3000']}}}\n"+
		"selfservice: {allowed_return_urls: ['https://app.example/in']}\n", nil)
	for raw, want := range map[string]string{
		"/dashboard":               "https://localhost:8443/dashboard",
		"http://localhost:3000/me": "http://localhost:3000/me",
		"https://app.example/in/x": "https://app.example/in/x",
		"https://app.example/out":  "",
		"http://localhost:3001/":   "",
		"//localhost:8443/":        "",
	} {
		if got, ok := c.SafeReturnTo(raw); got != want || ok != (want != "") {
			t.Errorf("SafeReturnTo(%q) = %q, %t, want %q", raw, got, ok, want)
		}
	}
}

func TestThePagesAreFoundOnThisMachineWhateverTheRelyingPartyIsCalled(t *testing.T) {
	for _, c := range []struct{ yaml, origin, address string }{
		{"", "https://localhost:8443", "https://localhost:8443"},
		{"ports: {site: 9443}\n", "https://localhost:9443", "https://localhost:9443"},
		{"webauthn: {config: {rp: {id: sting.localhost}}}\n", "https://sting.localhost:8443", "https://sting.localhost:8443"},
		{"webauthn: {config: {rp: {id: yourdomain.com, origins: [\"https://yourdomain.com\"]}}}\n", "https://yourdomain.com",
			"https://localhost:8443"},
		{"webauthn: {config: {rp: {id: lab.example, origins: [\"https://lab.example:8443\"]}}}\n", "https://lab.example:8443",
			"https://lab.example:8443"},
	} {
		got, _ := load(t, c.yaml, nil)
		if got.Origin() != c.origin || got.Address() != c.address {
			t.Errorf("%q: origin %s, address %s; want %s and %s", c.yaml, got.Origin(), got.Address(), c.origin, c.address)
		}
	}
}
