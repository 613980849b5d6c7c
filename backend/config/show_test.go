package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sting/backend/config"
)

func TestWhatIsShownSaysWhereItComesFromAndHidesPasswords(t *testing.T) {
	c, r := load(t, "session: {idle: 1h}\n"+uri("smtp://me:hunter2@mail.example:587")+"\nports: {mail: off}\n",
		config.Overrides{"ports.site": "9443"})
	text, err := config.Show(c, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  idle: 1h # sting.yml:1\n",
		"  lifespan: 24h # default\n",
		"  site: 9443 # flag\n",
		"  mail: off # sting.yml:3\n",
		"      origins: ['https://localhost:9443'] # follows\n",
		"    connection_uri: smtp://me:***@mail.example:587 # sting.yml:2\n",
		"  steps: [details, password, passkey] # default\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if strings.Contains(string(text), "hunter2") {
		t.Error("it shows the password")
	}
	if t.Failed() {
		t.Logf("%s", text)
	}
}

func TestWhatIsShownCanBeReadBack(t *testing.T) {
	for _, text := range []string{"", contract,
		"ports: {kratos_admin: off, site: 9443}\nregistration: {steps: [[password, details]]}\nsession: {idle: 90m}\n" +
			"webauthn: {config: {rp: {id: sting.localhost, display_name: 'on: #1'}}}\n" + uri("smtp://localhost:1025")} {
		c, r := load(t, text, nil)
		shown, err := config.Show(c, r)
		if err != nil {
			t.Fatal(err)
		}
		again, report := load(t, strings.Replace(string(shown), ":***@", ":test@", 1), nil)
		if d := cmp.Diff(c, again, cmpopts.IgnoreFields(config.Config{}, "Home"), cmpopts.EquateEmpty()); d != "" || len(report.Problems) > 0 {
			t.Errorf("%v (-was +read back):\n%s\n%s", report.Problems, d, shown)
		}
	}
}

func TestEverySettingSaysWhatItIsAndWhetherItIsLive(t *testing.T) {
	c, r := load(t, "", nil)
	live := map[string]bool{}
	for _, s := range config.Settings(c, r) {
		if s.About == "" || s.Source.Kind == "" || s.Value == nil {
			t.Errorf("%s: %+v", s.Key, s)
		}
		live[s.Key] = s.Live
	}
	for key, want := range map[string]bool{"webauthn.config.rp.id": true, "session.lifespan": true, "registration.steps": true,
		"mock_user.enabled":                     true,
		"security.account_enumeration.mitigate": true, "selfservice.allowed_return_urls": true,
		"ports.site": false, "tls.hosts": true, "kratos.mode": false, "kratos.public_url": false} {
		if got, ok := live[key]; !ok || got != want {
			t.Errorf("%s: live %t (there: %t), want %t", key, got, ok, want)
		}
	}
}
