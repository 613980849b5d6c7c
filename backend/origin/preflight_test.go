package origin_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sting/backend/origin"
)

var ownLab = origin.Party{ID: "localhost", Origins: []string{"https://localhost:8443", "https://localhost:5173"}}

func foreseen(t *testing.T, page, rpID string, lab origin.Party) origin.Preflight {
	t.Helper()
	p, err := origin.Foresee(origin.Question{Page: page, RPID: rpID, Lab: lab})
	if err != nil {
		t.Fatalf("Foresee(%q, %q): %v", page, rpID, err)
	}
	return p
}

func ruleOf(t *testing.T, p origin.Preflight, id string) origin.Rule {
	t.Helper()
	i := slices.IndexFunc(p.Rules, func(r origin.Rule) bool { return r.ID == id })
	if i < 0 {
		t.Fatalf("no rule %q was looked at", id)
	}
	return p.Rules[i]
}

func TestAPreflightNamesTheRuleThatDecides(t *testing.T) {
	for name, c := range map[string]struct {
		page, rpID string
		want       origin.Outcome
		rule       string // of Chromium, or of the lab
		gets       string // by Chromium
	}{
		"the lab's own page":                    {"", "", origin.Works, "", ""},
		"a page of the list, with a path":       {"https://localhost:5173/a/b?c#d", "", origin.Works, "", ""},
		"a page with userinfo":                  {"https://me:pw@localhost:8443/", "", origin.Works, "", ""},
		"another port of the same host":         {"https://localhost:3000", "", origin.Works, "lab", ""},
		"http at localhost, which isn't listed": {"http://localhost:3000", "", origin.Depends, "lab", ""}, // Safari
		"http at localhost of another server":   {"http://app.localhost:3000", "app.localhost", origin.Depends, "", ""},
		"http elsewhere":                        {"http://lab.test", "lab.test", origin.Refused, "secure_context", "no API"},
		"an address":                            {"https://127.0.0.1:8443", "localhost", origin.Refused, "host", "SecurityError"},
		"an address over http":                  {"http://127.0.0.1:8080", "", origin.Refused, "host", "SecurityError"},
		"an IPv6 address":                       {"https://[::1]:8443", "localhost", origin.Refused, "host", "SecurityError"},
		"a LAN address":                         {"https://192.168.1.10", "192.168.1.10", origin.Refused, "rp_id", "SecurityError"},
		"an address as the RP ID":               {"https://example.com", "127.0.0.1", origin.Refused, "rp_id", "SecurityError"},
		"a name under localhost, for localhost": {"https://sting.localhost:8443", "localhost", origin.Refused, "public_suffix",
			"SecurityError"},
		"the guide's own impossible pair":  {"https://localhost:8443", "yourdomain.com", origin.Refused, "host", "SecurityError"},
		"a subdomain":                      {"https://app.example.com", "example.com", origin.Works, "", ""},
		"a parent that is a public suffix": {"https://app.example.com", "com", origin.Refused, "public_suffix", "SecurityError"},
		"a private public suffix":          {"https://me.github.io", "github.io", origin.Refused, "public_suffix", "SecurityError"},
		"a public suffix that is the host": {"https://github.io", "github.io", origin.Works, "", ""},
		"a child of the page":              {"https://example.com", "app.example.com", origin.Depends, "host", "SecurityError"},
		"another site":                     {"https://example.net", "example.com", origin.Depends, "host", "SecurityError"},
		"another site, from an address":    {"https://10.0.0.1", "example.com", origin.Refused, "host", "SecurityError"},
		"another site, from a single word": {"https://intranet", "example.com", origin.Refused, "host", "SecurityError"},
		"an RP ID with a scheme":           {"https://example.com", "https://example.com", origin.Refused, "rp_id", "SecurityError"},
		"an RP ID with a port":             {"https://example.com", "example.com:443", origin.Refused, "rp_id", "SecurityError"},
		"an RP ID in upper case":           {"https://example.com", "Example.com", origin.Depends, "rp_id", "SecurityError"},
		"an international name as people write it": {"https://bücher.example", "xn--bcher-kva.example", origin.Depends, "certificate",
			"NotAllowedError"},
		"a name that only this machine knows":       {"https://lab.test", "lab.test", origin.Depends, "certificate", "NotAllowedError"},
		"a name under localhost with its own RP ID": {"https://sting.localhost:8443", "sting.localhost", origin.Depends, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := foreseen(t, c.page, c.rpID, ownLab)
			if p.Outcome != c.want || p.Says == "" || (p.Outcome != origin.Works || c.rule == "lab") != (p.Fix != "") {
				t.Errorf("%s, want %s; says %q, fix %q", p.Outcome, c.want, p.Says, p.Fix)
			}
			chromium := p.Families[0]
			switch {
			case c.rule == "lab":
				if ruleOf(t, p, "lab").Outcome != origin.Refused || chromium.Outcome != origin.Works {
					t.Errorf("the lab's rule is %+v, Chromium %s", ruleOf(t, p, "lab"), chromium.Outcome)
				}
			case chromium.Rule != c.rule || chromium.Gets != c.gets || chromium.Section == "" && c.rule != "":
				t.Errorf("Chromium: rule %q, gets %q, section %q; want %q, %q", chromium.Rule, chromium.Gets, chromium.Section, c.rule, c.gets)
			}
			for _, r := range p.Rules {
				if r.Says == "" || r.Section == "" || r.Title == "" {
					t.Errorf("the rule is not whole: %+v", r)
				}
			}
		})
	}
}

func TestOnlyThePortIsSaidToDiffer(t *testing.T) {
	if r := ruleOf(t, foreseen(t, "https://localhost:3000", "", ownLab), "port"); r.Outcome != origin.Refused ||
		!strings.Contains(r.Says, "everything but the port") {
		t.Errorf("%+v", r)
	}
	if r := ruleOf(t, foreseen(t, "http://localhost:3000", "", ownLab), "port"); r.Outcome != origin.OK {
		t.Errorf("the scheme differs too: %+v", r)
	}
}

func TestFamiliesDifferWhereNobodyIsSure(t *testing.T) {
	for _, c := range []struct {
		page, rpID                string
		chromium, firefox, safari origin.Outcome
	}{
		{"http://app.localhost:3000", "app.localhost", origin.Works, origin.Works, origin.Depends},
		{"https://sting.localhost:8443", "sting.localhost", origin.Works, origin.Works, origin.Depends},
		{"https://localhost:8443", "LOCALHOST", origin.Refused, origin.Depends, origin.Depends},
		{"http://lab.test", "lab.test", origin.Refused, origin.Refused, origin.Refused},
	} {
		p := foreseen(t, c.page, c.rpID, ownLab)
		got := [3]origin.Outcome{p.Families[0].Outcome, p.Families[1].Outcome, p.Families[2].Outcome}
		if got != [3]origin.Outcome{c.chromium, c.firefox, c.safari} {
			t.Errorf("%s for %s: %v", c.page, c.rpID, got)
		}
		for _, f := range p.Families {
			if f.Source == "" || len(f.Covers) == 0 || f.Tried != (f.ID == "chromium") {
				t.Errorf("%s doesn't say what it rests on: %+v", f.ID, f)
			}
		}
	}
}

func TestALabWithoutCeremoniesRefusesAndSaysWhy(t *testing.T) {
	p := foreseen(t, "https://localhost:8443", "", origin.Party{ID: "127.0.0.1", Problem: "An IP address.", Fix: "Use localhost."})
	if r := ruleOf(t, p, "lab"); r.Outcome != origin.Refused || r.Fix != "Use localhost." || p.Outcome != origin.Refused {
		t.Errorf("%+v", p)
	}
}

func TestWhatAilsTheLabIsNothingToAnAppOfSomebodyElse(t *testing.T) {
	ill := origin.Party{ID: "localhost", Origins: []string{"https://localhost:8443"}, Own: "https://localhost:8443", Problem: "Ill.",
		Fix: "Heal."}
	undrawn := origin.Party{ID: "localhost", Origins: []string{}, Own: "https://localhost:0", Problem: "Undrawn.", Fix: "Start."}
	for _, c := range []struct {
		page string
		lab  origin.Party
		want origin.Outcome
	}{
		{"https://localhost:8443", ill, origin.Refused},
		{"https://localhost:3000", ill, origin.Works},
		{"http://localhost:3000", ill, origin.Depends}, // on the browser
		{"https://localhost:8443", undrawn, origin.Refused},
		{"http://localhost:3000", undrawn, origin.Depends},
	} {
		p := foreseen(t, c.page, "", c.lab)
		if p.Outcome != c.want || ruleOf(t, p, "lab").Outcome != origin.Refused || !strings.Contains(p.Says, c.lab.Problem) {
			t.Errorf("%s: %s: %s", c.page, p.Outcome, p.Says)
		}
	}
}

func TestAPreflightWantsTheURLOfAPage(t *testing.T) {
	for _, page := range []string{"", "localhost:8443", "/login", "file:///home/ada/index.html", "Android:apk-key-hash:abc", "https://",
		"https://a b"} {
		p, err := origin.Foresee(origin.Question{Page: page, RPID: "localhost"})
		if why, ok := errors.AsType[*origin.Error](err); !ok || why.Fix == "" {
			t.Errorf("Foresee(%q) = %+v, %v", page, p, err)
		}
	}
}

func TestAPreflightOfAnAppOrAnExtensionJudgesWhatTheLabKnows(t *testing.T) {
	const app, extension = "android:apk-key-hash:Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8",
		"chrome-extension://abcdefghijklmnopabcdefghijklmnop"
	listed := origin.Party{ID: "localhost", Origins: []string{app, "https://localhost:8443", extension}}
	for _, c := range []struct {
		page     string
		lab      origin.Party
		want     origin.Outcome
		families int
		says     string
		fix      string
	}{
		{app, listed, origin.Depends, 0, "assetlinks.json", "record of the ceremony"},
		{app, ownLab, origin.Refused, 0, "not on its list",
			"`origins: [https://localhost:8443, https://localhost:5173, " + app + "]` under webauthn.config.rp"},
		{extension + "/popup.html", listed, origin.Depends, 1, "host permissions", "record of the ceremony"},
		{extension, ownLab, origin.Refused, 1, "not on its list", ", " + extension + "]`"},
		{"chrome-extension://abc", ownLab, origin.Refused, 1, "not on its list", ", chrome-extension://abc]`"},
	} {
		p := foreseen(t, c.page, "", c.lab)
		if p.Outcome != c.want || len(p.Families) != c.families || !strings.Contains(p.Says, c.says) || !strings.Contains(p.Fix, c.fix) {
			t.Errorf("%s: %s, %d families: %s / %s", c.page, p.Outcome, len(p.Families), p.Says, p.Fix)
		}
	}
	if p := foreseen(t, "", "", listed); p.Origin != "https://localhost:8443" || p.Outcome != origin.Works {
		t.Errorf("the lab's own page is %s: %s", p.Origin, p.Outcome)
	}
}

func TestTheFixOfAnHTTPPageDoesNotLeadToTheNextRefusal(t *testing.T) {
	for _, c := range []struct{ page, rpID, want string }{
		{"http://192.168.1.5:8443", "localhost", "Serve it over https, and open it at a name: https://localhost:8443."},
		{"http://lab.test:9080", "lab.test", "Serve it over https: https://lab.test:9080."},
		{"http://lab.test:9080", "localhost", "Serve it over https: https://lab.test:9080. That alone won't do: Use the relying party ID " +
			"lab.test for this page, or open the page at localhost."},
	} {
		if got := foreseen(t, c.page, c.rpID, ownLab).Fix; got != c.want {
			t.Errorf("%s for %s: %q, want %q", c.page, c.rpID, got, c.want)
		}
	}
}
