package host_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/host"
	"sting/backend/labtest"
)

const twoApps = `apps:
  shop: {url: "https://shop.test:8000", hosts: {shop.test: 127.0.0.1, "id.shop.test:443": "127.0.0.1:8001"}}
  bank: {url: "https://bank.test:8000", hosts: {bank.test: 127.0.0.1}}
`

// What the lab browser kept for an app goes with it, whether a lab runs or not: its
// profiles, and the certificates of its page and of every host that it maps.
func TestNothingIsLeftOfAnAppThatIsRemoved(t *testing.T) {
	for claim, remove := range map[string]func(home string) error{
		"no lab": func(home string) error { return host.Offline{Home: home}.RemoveApp(t.Context(), "shop") },
		"a lab":  nil,
	} {
		var home string
		if remove == nil {
			lab := labtest.Start(t, twoApps)
			home, remove = lab.Home, func(string) error { return admin.RemoveApp.Do(context.Background(), lab, api.AppNamed{Name: "shop"}) }
		} else {
			home = offline(t, twoApps).Home
		}
		t.Setenv("HOME", t.TempDir())
		for _, profile := range []string{"shop", "shop_real", "bank", "shop2"} {
			if err := os.MkdirAll(filepath.Join(home, "browsers", profile, "Default"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		accepted := filepath.Join(home, "certificates.json")
		if err := os.WriteFile(accepted, []byte(`[{"origin":"https://shop.test:8000"},{"origin":"https://id.shop.test"},
			{"origin":"https://shop.test:9000"},{"origin":"https://bank.test:8000"},{"origin":"https://localhost:3000"}]`), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := remove(home); err != nil {
			t.Fatal(err)
		}
		for profile, there := range map[string]bool{"shop": false, "shop_real": false, "bank": true, "shop2": true} {
			if _, err := os.Stat(filepath.Join(home, "browsers", profile)); (err == nil) != there {
				t.Errorf("%s: the profile %s: %v", claim, profile, err)
			}
		}
		text, err := os.ReadFile(accepted)
		if err != nil || strings.Contains(string(text), "shop.test") || strings.Count(string(text), `"origin"`) != 2 {
			t.Errorf("%s: accepted are still %s, %v", claim, text, err)
		}
	}
}

func TestWhatIsLeftOfAnAppIsSaidAndKeepsNobodyFromRemovingIt(t *testing.T) {
	off := offline(t, twoApps)
	elsewhere := filepath.Join(t.TempDir(), "theirs.json")
	if err := os.WriteFile(elsewhere, []byte(`[]`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(off.Home, "certificates.json")); err != nil {
		t.Skip("no links here")
	}
	said := ""
	off.Tell = func(text string) { said += text }
	if err := off.RemoveApp(t.Context(), "shop"); err != nil || !strings.Contains(said, "shop") || !strings.Contains(said, "certificates") {
		t.Errorf("%v; it says %q", err, said)
	}
	if err := off.RemoveApp(t.Context(), "shop"); err == nil || !strings.Contains(err.Error(), `no app "shop"`) {
		t.Errorf("again: %v", err)
	}
}
