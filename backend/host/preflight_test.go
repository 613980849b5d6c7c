package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/host"
)

func offline(t *testing.T, yml string) host.Offline {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "sting.yml"), []byte(yml), 0o600); err != nil {
		t.Fatal(err)
	}
	return host.Offline{Home: home}
}

// Without a running lab a page is judged by the relying party that it belongs to, and
// not by the first one of the file.
func TestAPageIsJudgedByItsOwnRelyingParty(t *testing.T) {
	off := offline(t, `webauthn: {additional_rps: [{id: sting.localhost}, {id: b.localhost, origins: ["https://b.localhost:8443"]}]}`)
	const depends = "depends" // Safari asks the system for names under localhost
	for claim, c := range map[string]struct {
		page, id      string // asked
		rpID, verdict string
		cookies       string // what becomes of them
	}{
		"nothing is named":               {"", "", "localhost", "works", "ok"},
		"a page of the second one":       {"https://sting.localhost:8443/login", "", "sting.localhost", depends, "ok"},
		"its ID alone":                   {"https://sting.localhost:8443", "sting.localhost", "sting.localhost", depends, "ok"},
		"the third one, with a list":     {"https://b.localhost:8443", "b.localhost", "b.localhost", depends, "ok"},
		"a port that its list lacks":     {"https://b.localhost:9000", "", "b.localhost", depends, "ok"},
		"a page of another one":          {"https://localhost:8443", "sting.localhost", "sting.localhost", "refused", "depends"},
		"somebody else's relying party":  {"https://localhost:8443", "shop.localhost", "shop.localhost", "refused", "ok"},
		"what the first one says of two": {"https://localhost:8443", "localhost", "localhost", "works", "ok"},
	} {
		p, err := off.Preflight(t.Context(), api.PreflightRequest{URL: c.page, RPID: c.id})
		if err != nil {
			t.Fatal(err)
		}
		cookies := ""
		for _, rule := range p.Rules {
			if rule.ID == "cookies" {
				cookies = rule.Outcome
			}
		}
		if p.RPID != c.rpID || p.Verdict != c.verdict || cookies != c.cookies {
			t.Errorf("%s: %s %s, cookies %q: %s", claim, p.RPID, p.Verdict, cookies, p.Says)
		}
		if strings.Contains(c.page, ":9000") && !strings.Contains(p.Fix, `origins: [https://b.localhost:8443, https://b.localhost:9000]`) {
			t.Errorf("%s: the fix is %q", claim, p.Fix)
		}
	}
}

func TestALabWithoutAPortSaysThatItsPagesAreNowhereYet(t *testing.T) {
	off := offline(t, "ports: {site: 0}\nwebauthn: {additional_rps: [{id: sting.localhost}]}\n")
	for _, id := range []string{"localhost", "sting.localhost"} {
		p, err := off.Preflight(t.Context(), api.PreflightRequest{URL: "https://" + id, RPID: id})
		if err != nil || p.Verdict != "refused" || !strings.Contains(p.Says, "drawn at the first start") {
			t.Errorf("%s: %s %s, %v", id, p.Verdict, p.Says, err)
		}
	}
}
