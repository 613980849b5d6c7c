package config_test

import (
	"slices"
	"strings"
	"testing"

	"sting/backend/config"
)

func TestOriginsOfAppsAndExtensionsAreAcceptedAsGiven(t *testing.T) {
	const app, extension = "android:apk-key-hash:Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8",
		"moz-extension://0f5c8f62-2a3b-4c5d-8e6f-708192a3b4c5"
	c, r := load(t, `webauthn: {config: {rp: {id: localhost, origins: ["`+app+`", "https://localhost:8443", "`+extension+`"]}}}`,
		config.Overrides{})
	if len(r.Problems) > 0 {
		t.Errorf("problems: %+v", r.Problems)
	}
	if want := []string{app, "https://localhost:8443", extension}; !slices.Equal(c.WebAuthn.RP.Origins, want) {
		t.Errorf("accepted are %q", c.WebAuthn.RP.Origins)
	}
	if c.Origin() != "https://localhost:8443" || slices.ContainsFunc(c.Hosts(), func(h string) bool { return strings.Contains(h, "0f5c") }) {
		t.Errorf("the pages are at %s, the hosts are %q", c.Origin(), c.Hosts())
	}
	if to, ok := c.SafeReturnTo(extension + "/page.html"); ok {
		t.Errorf("people are sent to %s", to)
	}
}

// What the check advised once, and what keytool prints.
func TestAdviceAboutTheOriginOfAnAppIsOneThatWorks(t *testing.T) {
	const app = "android:apk-key-hash:Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8"
	for raw, kept := range map[string]bool{"https://" + app: false, app + "=": true} {
		c, r := load(t, `webauthn: {config: {rp: {id: localhost, origins: ["https://localhost:8443", "`+raw+`"]}}}`, config.Overrides{})
		if len(r.Problems) != 1 || r.Problems[0].Fix != "Write "+app+"." || r.Problems[0].Severity != config.Warning {
			t.Errorf("%s: %+v", raw, r.Problems)
		}
		if slices.Contains(c.WebAuthn.RP.Origins, raw) != kept {
			t.Errorf("%s: accepted are %q", raw, c.WebAuthn.RP.Origins)
		}
	}
	c, r := load(t, `webauthn: {config: {rp: {id: localhost, origins: ["`+app+`"]}}}`, config.Overrides{})
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Meaning, "The lab's own pages") || c.Origin() != "https://localhost:8443" {
		t.Errorf("with the app alone the pages are at %s: %+v", c.Origin(), r.Problems)
	}
}
