package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend/config"
	"sting/backend/health"
)

// A further relying party is examined as the first one is, and named.
func TestEveryRelyingPartyIsExamined(t *testing.T) {
	for claim, c := range map[string]struct {
		further string // the list of webauthn.additional_rps
		id      string // of the check that fails, "": none does
		cause   string
		fix     string
	}{
		"nothing is wrong": {`[{id: sting.localhost}, {id: b.localhost, origins: ["https://b.localhost:8443"]}]`, "", "", ""},
		"an app's origin beside ours": {`[{id: b.localhost, origins: ["https://b.localhost:8443",` +
			` "android:apk-key-hash:` + hash + `"]}]`, "", "", ""},
		"an address": {`[{id: sting.localhost}, {id: 192.0.2.7}]`, "RP-04",
			"The relying party 192.0.2.7: An IP address", "Use localhost"},
		"a public suffix": {`[{id: co.uk}]`, "RP-01",
			"The relying party co.uk: This is a public suffix", "lab.co.uk"},
		"a single word": {`[{id: com}]`, "RP-01", "The relying party com: A single word", "com.localhost"},
		"no ID at all": {`[{display_name: x}]`, "RP-01",
			"The relying party webauthn.additional_rps[0]: A relying party ID can't be empty", "Write the host"},
		"the ID of another one": {`[{id: sting.localhost}, {id: sting.localhost}]`, "RP-01",
			"The relying party sting.localhost: There is a relying", "stands nowhere else"},
		"an origin of another host": {`[{id: b.localhost, origins: ["https://b.localhost:8443", "https://localhost:8443"]}]`, "RP-03",
			"The relying party b.localhost: Pages at localhost can't use passkeys of b.localhost", "Take the origin out"},
		"a list without the site's own pages": {`[{id: b.localhost, origins: ["https://b.localhost:5173"]}]`, "RP-02",
			"The relying party b.localhost: Pages at https://b.localhost:8443 send an origin that is not on the list", "https://b.localhost:8443"},
		"the same with a name of another machine's": {`[{id: b.test, origins: ["https://b.test:5173"]}]`, "RP-02",
			"The relying party b.test: Pages at https://b.test:8443", "Let the name b.test lead to this machine"},
		"the site's port with http": {`[{id: b.localhost, origins: ["http://b.localhost:8443"]}]`, "RP-02",
			"names the site's port with http", "line 1"},
	} {
		cfg, r := load(t, "webauthn: {additional_rps: "+c.further+"}\n", config.Overrides{})
		var failed []string
		for _, f := range health.Examine(t.Context(), config.Checks(cfg, r), time.Now, nil) {
			if f.Verdict != health.Failed {
				continue
			}
			failed = append(failed, f.ID)
			if f.ID == c.id && (!strings.Contains(f.Cause, c.cause) || !strings.Contains(f.Fix, c.fix)) {
				t.Errorf("%s: %s fails because %q, fix %q; want %q, %q", claim, f.ID, f.Cause, f.Fix, c.cause, c.fix)
			}
			if !slices.ContainsFunc(f.Evidence, func(seen string) bool { return strings.Contains(seen, "localhost") }) {
				t.Errorf("%s: what was seen of the first one is missing: %q", claim, f.Evidence)
			}
		}
		if want := slices.DeleteFunc([]string{c.id}, func(id string) bool { return id == "" }); !slices.Equal(failed, want) {
			t.Errorf("%s: %v fail, want %v; problems %+v", claim, failed, want, r.Problems)
		}
	}
}

const hash = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"

func TestAFurtherRelyingPartyWithoutPossibleOriginsStandsAtTheSite(t *testing.T) {
	cfg, r := load(t, `webauthn: {additional_rps: [{id: b.localhost, origins: ["http://b.test"]}]}`, config.Overrides{})
	for _, f := range health.Examine(t.Context(), config.Checks(cfg, r), time.Now, nil) {
		if f.ID == "RP-02" && f.Verdict == health.Failed || f.ID == "RP-03" && f.Verdict != health.OK {
			t.Errorf("%s is %s: %s", f.ID, f.Verdict, f.Cause)
		}
	}
	if p, found := config.InsecureOrigin(r); !found || p.Value != "http://b.test" || p.Path != "webauthn.additional_rps[0].origins[0]" {
		t.Errorf("it is TLS-01's, and it sees %+v", p)
	}
}
