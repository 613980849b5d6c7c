package config_test

import (
	"path/filepath"
	"testing"

	"sting/backend/config"
)

func FuzzLoad(f *testing.F) {
	for _, s := range []string{guide, contract, "a: &a [*a]", "webauthn: &w {config: *w}", "? [x]\n: y", "ports: {site: 0x50, mail: off}",
		"registration: {steps: [[details, password], passkey]}", "<<: {a: 1}", "\t", "---\n...\n---", "webauthn: !!binary x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, config.FileName), text)
		c, r, err := config.Load(dir, nil)
		sayAll(t, r)
		if err != nil && len(r.Errors()) == 0 {
			t.Errorf("%v, and no problem says why", err)
		}
		if c.WebAuthn.RP.Problem == nil && len(c.WebAuthn.RP.Origins) == 0 {
			t.Error("ceremonies without an origin")
		}
		if c.Session.Lifespan <= 0 || c.WebAuthn.Timeout <= 0 || len(c.Registration.Pages) == 0 || c.Kratos.PublicURL == "" {
			t.Errorf("not a Config that can run: %+v", c)
		}
		if _, err := config.Show(c, r); err != nil {
			t.Errorf("it can't be shown: %v", err)
		}
	})
}
