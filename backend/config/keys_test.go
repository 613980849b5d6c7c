package config_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"

	"sting/backend/config"
)

func TestEachKeySetsWhatItSays(t *testing.T) {
	tried := make(map[string]bool)
	for text, got := range map[string]func(config.Config) (got, want any){
		"webauthn: {enabled: false}": func(c config.Config) (any, any) { return c.WebAuthn.Enabled, false },
		"webauthn: {config: {rp: {id: sting.localhost}}}": func(c config.Config) (any, any) {
			return c.WebAuthn.RP.ID, "sting.localhost"
		},
		"webauthn: {config: {rp: {display_name: Lab}}}": func(c config.Config) (any, any) { return c.WebAuthn.RP.DisplayName, "Lab" },
		"webauthn: {config: {rp: {origins: ['http://localhost:3000']}}}": func(c config.Config) (any, any) {
			return c.WebAuthn.RP.Origins[0], "http://localhost:3000"
		},
		"webauthn: {config: {passwordless: false}}": func(c config.Config) (any, any) { return c.WebAuthn.Passwordless, false },
		"webauthn: {timeout: 2m}":                   func(c config.Config) (any, any) { return c.WebAuthn.Timeout, 2 * time.Minute },
		"webauthn: {user_verification: required}":   func(c config.Config) (any, any) { return c.WebAuthn.UserVerification, "required" },
		"kratos: {binary: /opt/kratos}":             func(c config.Config) (any, any) { return c.Kratos.Binary, "/opt/kratos" },
		"front: {url: 'http://localhost:5173'}":     func(c config.Config) (any, any) { return c.Front.URL, "http://localhost:5173" },
		"kratos: {mode: managed}":                   func(c config.Config) (any, any) { return c.Kratos.Mode, config.KratosManaged },
		"kratos: {mode: external, public_url: https://k.example/}": func(c config.Config) (any, any) {
			return c.Kratos.PublicURL, "https://k.example"
		},
		"kratos: {mode: external, admin_url: http://127.0.0.1:9999}": func(c config.Config) (any, any) {
			return c.Kratos.AdminURL, "http://127.0.0.1:9999"
		},
		"courier: {smtp: {connection_uri: smtp://localhost:2525}}": func(c config.Config) (any, any) {
			return c.SMTP(), config.SMTP{Host: "localhost", Port: 2525}
		},
		"selfservice: {allowed_return_urls: ['http://localhost:3000/app']}": func(c config.Config) (any, any) {
			return c.SelfService.AllowedReturnURLs[0], "http://localhost:3000/app"
		},
		"session: {lifespan: 8h}":       func(c config.Config) (any, any) { return c.Session.Lifespan, 8 * time.Hour },
		"session: {idle: 30m}":          func(c config.Config) (any, any) { return c.Session.Idle, 30 * time.Minute },
		"session: {privileged_age: 5m}": func(c config.Config) (any, any) { return c.Session.PrivilegedAge, 5 * time.Minute },
		"security: {account_enumeration: {mitigate: true}}": func(c config.Config) (any, any) {
			return c.Security.MitigateEnumeration, true
		},
		"tls: {hosts: [app.localhost]}": func(c config.Config) (any, any) { return strings.Join(c.TLS.Hosts, " "), "app.localhost" },
		"ports: {site: 9443}":           func(c config.Config) (any, any) { return c.Ports.Site, config.Port(9443) },
		"ports: {kratos_public: off}":   func(c config.Config) (any, any) { return c.Ports.KratosPublic, config.Off },
		"ports: {kratos_admin: Off}":    func(c config.Config) (any, any) { return c.Ports.KratosAdmin, config.Off },
		"ports: {smtp: 0}":              func(c config.Config) (any, any) { return c.Ports.SMTP, config.Port(0) },
		"ports: {smtp_plain: '2026'}":   func(c config.Config) (any, any) { return c.Ports.SMTPPlain, config.Port(2026) },
		"ports: {mail: false}":          func(c config.Config) (any, any) { return c.Ports.Mail, config.Off },
		"mock_user: {enabled: true}":    func(c config.Config) (any, any) { return c.MockUser.Enabled, true },
		"mock_user: {email: a@b.test}":  func(c config.Config) (any, any) { return c.MockUser.Email, "a@b.test" },
		"mock_user: {role: admin}":      func(c config.Config) (any, any) { return c.MockUser.Role, "admin" },
		"tape: {challenges: 99}":        func(c config.Config) (any, any) { return c.Tape.Challenges, 99 },
		"tape: {ceremonies: 98}":        func(c config.Config) (any, any) { return c.Tape.Ceremonies, 98 },
		"tape: {mails: 97}":             func(c config.Config) (any, any) { return c.Tape.Mails, 97 },
		"tape: {bytes: 8 MiB}":          func(c config.Config) (any, any) { return c.Tape.Bytes, int64(8 << 20) },
	} {
		c, r := load(t, text, nil)
		if errs := r.Errors(); len(errs) > 0 {
			t.Errorf("%s: %v", text, errs)
			continue
		}
		if got, want := got(c); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
		for _, key := range keysIn(t, text) {
			tried[key] = true
		}
	}
	// lists and objects, which have tests of their own
	for _, key := range []string{"webauthn.additional_rps", "registration.steps", "registration.identity_schema", "apps", "front.paths"} {
		tried[key] = true
	}
	for _, key := range config.KeyNames() {
		if !tried[key] {
			t.Errorf("nothing here sets %s", key)
		}
	}
}

// The page of the wire names every setting with its default.
func TestTheWireNamesEverySetting(t *testing.T) {
	raw, err := os.ReadFile("../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(raw), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	var shown map[string]any
	if err := yaml.Unmarshal([]byte(text), &shown); err != nil {
		t.Fatal(err)
	}
	for _, key := range config.KeyNames() {
		var at any = shown
		for _, member := range strings.Split(key, ".") {
			object, _ := at.(map[string]any)
			var ok bool
			if at, ok = object[member]; !ok {
				t.Errorf("docs/wire.md doesn't name %s", key)
				break
			}
		}
	}
	c, r := load(t, text, nil)
	if len(r.Problems) > 0 {
		t.Errorf("what docs/wire.md shows is not taken: %v", r.Problems)
	}
	c.Home = "" // wherever it is
	if d := cmp.Diff(config.Default(), c, cmp.AllowUnexported(config.Config{}), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("what docs/wire.md shows are not the defaults (-default +shown):\n%s", d)
	}
}

// keysIn returns the settings that a text of YAML names.
func keysIn(t *testing.T, text string) (keys []string) {
	t.Helper()
	var document map[string]any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		if object, ok := v.(map[string]any); ok {
			for name, inner := range object {
				walk(strings.TrimPrefix(at+"."+name, "."), inner)
			}
			return
		}
		keys = append(keys, at)
	}
	walk("", document)
	return keys
}

func TestTheStepsOfARegistrationHaveAnOrderAndPages(t *testing.T) {
	for text, want := range map[string][]config.Page{
		"[details, password, passkey]":     {{"details"}, {"password"}, {"passkey"}},
		"[password, details, passkey]":     {{"password"}, {"details"}, {"passkey"}},
		"[[details, password], passkey]":   {{"details", "password"}, {"passkey"}},
		"[details, password]":              {{"details"}, {"password"}},
		"[[password, details]]":            {{"password", "details"}},
		"[[details], password, [passkey]]": {{"details"}, {"password"}, {"passkey"}},
	} {
		c, r := load(t, "registration: {steps: "+text+"}", nil)
		if d := cmp.Diff(want, c.Registration.Pages); d != "" || len(r.Problems) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", text, r.Problems, d)
		}
		if got, want := c.Registration.OffersPasskey(), strings.Contains(text, "passkey"); got != want {
			t.Errorf("%s: offers a passkey: %t, want %t", text, got, want)
		}
	}
	for _, text := range []string{"[]", "details", "[details]", "[password, passkey]", "[passkey, details, password]",
		"[[details, password, passkey]]", "[details, details, password]", "[details, password, [], passkey]", "[details, password, picture]",
		"[{details: 1}, password]"} {
		c, r := load(t, "registration: {steps: "+text+"}", nil)
		if len(r.Errors()) == 0 || len(c.Registration.Pages) != 3 {
			t.Errorf("%s: got %v and no error", text, c.Registration.Pages)
		}
		sayAll(t, r)
	}
}

func TestWhatAFixOfATimeProposesIsTaken(t *testing.T) {
	proposed := regexp.MustCompile(`\b\d+[hms][0-9hms]*`)
	for _, key := range []string{"webauthn.timeout", "session.lifespan", "session.idle", "session.privileged_age"} {
		for _, value := range []string{"1", "24", "60", "90", "600", "1500", "60000", "3600000", "1d", "30d", "soon", "-5", "0.5", "1e12"} {
			_, r := load(t, "", config.Overrides{key: value})
			if len(r.Problems) == 0 {
				t.Errorf("%s: %s is taken", key, value)
				continue
			}
			fixes := proposed.FindAllString(r.Problems[0].Fix, -1)
			if len(fixes) == 0 {
				t.Errorf("%s: %s: the fix proposes nothing: %s", key, value, r.Problems[0].Fix)
			}
			for _, fix := range fixes {
				if _, r := load(t, "", config.Overrides{key: fix}); len(r.Errors()) > 0 {
					t.Errorf("%s: %s: the fix %q leads to %v", key, value, fix, r.Problems)
				}
			}
		}
	}
}

func TestTimesNeedAUnitAndBounds(t *testing.T) {
	for text, fix := range map[string]string{
		"webauthn: {timeout: 60}":       "Write 1m if these are seconds.",
		"webauthn: {timeout: 60000}":    "Write 1m if these are milliseconds.",
		"session: {lifespan: 24}":       "Write 24s if these are seconds, 24m if these are minutes, 24h if these are hours.",
		"webauthn: {timeout: 1e30}":     "Write a time from 1s to 10m.",
		"session: {lifespan: 9999d}":    "Write hours, up to 8760h.",
		"webauthn: {timeout: 0s}":       "Write a time from 1s to 10m.",
		"webauthn: {timeout: -1s}":      "Write a time from 1s to 10m.",
		"session: {lifespan: 1d}":       "Write 24h.",
		"session: {lifespan: for ever}": "Write a number and a unit, from 1s to 8760h, such as 15m.",
		"session: {lifespan: 9000h}":    "Write a time from 1s to 8760h.",
		"session: {idle: [1]}":          "Write a time such as 15m.",
	} {
		_, r := load(t, text, nil)
		if len(r.Problems) != 1 || r.Problems[0].Fix != fix {
			t.Errorf("%s: got %v, want the fix %q", text, r.Problems, fix)
		}
	}
}

func TestValuesThatContradictEachOtherAreWarnedOf(t *testing.T) {
	for text, path := range map[string]string{
		"session: {lifespan: 5m}":                       "session.privileged_age",
		"session: {idle: 48h}":                          "session.idle",
		"webauthn: {timeout: 6m}":                       "webauthn.timeout",
		"kratos: {public_url: 'http://localhost:5433'}": "kratos.public_url",
		"ports: {smtp: off}":                            "ports.smtp",
		"ports: {site: off}":                            "ports.site",
		"webauthn: {config: {passwordless: false}}":     "webauthn.config.passwordless",
		"tls: {hosts: [lab.example]}":                   "tls.hosts",
		"webauthn: {config: {rp: {id: LocalHost}}}":     "webauthn.config.rp.id",
		"courier: {smtp: {connection_uri: 'smtp://mailpit:1025/?skip_tls=true'}}":                  "courier.smtp.connection_uri",
		"courier: {smtp: {connection_uri: 'smtp://localhost:1025/?disable_starttls=true'}}":        "courier.smtp.connection_uri",
		"kratos: {mode: external, public_url: 'http://k.example', admin_url: 'https://k.example'}": "kratos.public_url",
	} {
		_, r := load(t, text, nil)
		if len(r.Warnings()) != 1 || r.Warnings()[0].Path != path || len(r.Errors()) > 0 {
			t.Errorf("%s: got %v, want one warning at %s", text, r.Problems, path)
		}
		sayAll(t, r)
	}
}

func TestAnAnchorStandsForItsValueAndOneThatContainsItselfEndsNowhere(t *testing.T) {
	c, r := load(t, "webauthn: &w\n  config: {rp: {id: sting.localhost}}\nselfservice: {methods: {webauthn: *w}}\n", nil)
	if c.WebAuthn.RP.ID != "sting.localhost" || len(r.Problems) > 0 {
		t.Errorf("got %s, %v", c.WebAuthn.RP.ID, r.Problems)
	}
	_, r = load(t, "webauthn: &w\n  config: *w\n", nil)
	if len(r.Errors()) == 0 {
		t.Error("a value that contains itself is no problem")
	}
	_, r = load(t, "webauthn:\n  <<: {enabled: false}\n", nil)
	if len(r.Errors()) != 1 || r.Errors()[0].Line != 2 {
		t.Errorf("a merge key: %v", r.Problems)
	}
}
