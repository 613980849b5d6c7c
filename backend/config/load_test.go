package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/config"
)

// load reads a configuration whose file holds text, in a folder of its own.
func load(t *testing.T, text string, flags config.Overrides) (config.Config, config.Report) {
	t.Helper()
	c, r, err := config.Load(home(t, text), flags)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c, r
}

func home(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, config.FileName), text)
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// found is a problem without its sentences.
type found struct {
	Severity config.Severity
	Line     int
	Path     string
}

func list(ps []config.Problem) []found {
	var out []found
	for _, p := range ps {
		out = append(out, found{p.Severity, p.Line, p.Path})
	}
	return out
}

// sayAll checks that each problem says what it means and what to do.
func sayAll(t *testing.T, r config.Report) {
	t.Helper()
	for _, p := range r.Problems {
		if !strings.HasSuffix(p.Meaning, ".") || p.Fix == "" {
			t.Errorf("%s: the meaning %q or the fix %q is no sentence", p.Path, p.Meaning, p.Fix)
		}
	}
}

// guide is the YAML of the guide, as it stands there.
const guide = `# In kratos/main.kratos.yml
webauthn:
  enabled: true
  config:
    rp:
      id: yourdomain.com
      display_name: STING Authentication
      origins:
        - https://yourdomain.com
        - https://app.yourdomain.com
        - https://localhost:8443
    passwordless: true
`

// contract is the YAML that names every default.
const contract = `webauthn:
  enabled: true
  config:
    rp:
      id: localhost
      display_name: STING Authentication
      origins: [https://localhost:8443]
    passwordless: true
  timeout: 60s                       # of the browser
  user_verification: preferred
kratos:
  mode: embedded                     # embedded | managed | external; the URLs are read in external only
  public_url: http://localhost:4433
  admin_url: http://localhost:4434
courier:
  smtp:
    connection_uri: smtp://test:test@mailpit:1025/?skip_ssl_verify=true    # the host mailpit means our catcher
selfservice:
  allowed_return_urls: []            # besides our own origins
session: {lifespan: 24h, idle: 0s, privileged_age: 15m}
security: {account_enumeration: {mitigate: false}}
registration:
  steps: [details, password, passkey]
  identity_schema: identity.schema.json
tls: {hosts: []}
ports: {site: 8443, kratos_public: 4433, kratos_admin: 4434, smtp: 1025, smtp_plain: 1026, mail: 8025}
mock_user: {enabled: false}
`

func TestAConfigurationUnderAnotherNameIsFoundAndNotRead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "sting.yaml"), "ports: {site: 9443}\n")
	c, r, err := config.Load(dir, nil)
	if err != nil || c.Ports.Site != 8443 || len(r.Problems) != 1 || r.Problems[0].Severity != config.Warning ||
		!strings.Contains(r.Problems[0].Fix, "mv ") {
		t.Fatalf("site %s, %v, %v", c.Ports.Site, r.Problems, err)
	}
	write(t, filepath.Join(dir, config.FileName), "ports: {site: 9444}\n")
	if c, r, _ := config.Load(dir, nil); c.Ports.Site != 9444 || len(r.Problems) != 1 || strings.Contains(r.Problems[0].Fix, "mv ") {
		t.Errorf("beside the right one: site %s, %v", c.Ports.Site, r.Problems)
	}
}

func TestKeysThatBeginWithXAreAPlaceForAnchors(t *testing.T) {
	c, r := load(t, "x-rp: &rp {id: sting.localhost}\nx-any: [1, {a: b}]\nwebauthn: {config: {rp: *rp}}\n", nil)
	if len(r.Problems) > 0 || c.WebAuthn.RP.ID != "sting.localhost" {
		t.Errorf("id %s, %v", c.WebAuthn.RP.ID, r.Problems)
	}
	if _, r := load(t, "webauthn: {x-config: {}}\n", nil); len(r.Errors()) != 1 {
		t.Errorf("below another key: %v", r.Problems)
	}
}

func TestAHomeWithoutAFileHasTheDefaults(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not there")
	c, r, err := config.Load(dir, nil)
	if err != nil || r.Exists || len(r.Problems) > 0 {
		t.Fatalf("Load = %v, exists %t, problems %v", err, r.Exists, r.Problems)
	}
	want := config.Default()
	want.Home = dir
	if d := cmp.Diff(want, c); d != "" {
		t.Errorf("not the defaults (-want +got):\n%s", d)
	}
}

func TestTheFileThatNamesEveryDefaultChangesNothing(t *testing.T) {
	c, r := load(t, contract, nil)
	if len(r.Problems) > 0 {
		t.Errorf("it has problems:\n%s", r)
	}
	want := config.Default()
	want.Home, want.SelfService.AllowedReturnURLs, want.TLS.Hosts = c.Home, c.SelfService.AllowedReturnURLs, c.TLS.Hosts
	if d := cmp.Diff(want, c); d != "" {
		t.Errorf("not the defaults (-want +got):\n%s", d)
	}
}

func TestTheGuidesYAMLIsUnderstoodAsItStands(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		down int // lines that it stands lower
	}{
		"at the top":                {guide, 0},
		"under selfservice.methods": {"selfservice:\n  methods:\n" + strings.ReplaceAll("    "+guide, "\n", "\n    "), 2},
	} {
		t.Run(name, func(t *testing.T) {
			got, r := load(t, c.text, nil)
			want := config.RelyingParty{ID: "yourdomain.com", DisplayName: "STING Authentication",
				Origins: []string{"https://yourdomain.com", "https://app.yourdomain.com"}}
			if d := cmp.Diff(want, got.WebAuthn.RP); d != "" {
				t.Errorf("relying party (-want +got):\n%s", d)
			}
			if !got.WebAuthn.Enabled || !got.WebAuthn.Passwordless {
				t.Error("enabled or passwordless is lost")
			}
			sayAll(t, r)
			if errs := r.Errors(); len(errs) > 0 {
				t.Errorf("it has errors: %v", errs)
			}
			wantFound := []found{
				{config.Warning, 6 + c.down, "webauthn.config.rp.id"},         // outside of what the authority signs
				{config.Warning, 9 + c.down, "webauthn.config.rp.origins"},    // the site's own isn't on the list
				{config.Warning, 9 + c.down, "webauthn.config.rp.origins[0]"}, // names another port
				{config.Warning, 10 + c.down, "webauthn.config.rp.origins[1]"},
				{config.Warning, 11 + c.down, "webauthn.config.rp.origins[2]"}, // impossible
			}
			if d := cmp.Diff(wantFound, list(r.Problems)); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
		})
	}
}

func TestBothPlacesAndDifferentNamesBothLines(t *testing.T) {
	c, r := load(t, `webauthn:
  enabled: true
  config:
    rp: {id: app.localhost}
selfservice:
  methods:
    webauthn:
      enabled: true
      config:
        rp: {id: sting.localhost}
`, nil)
	if d := cmp.Diff([]found{{config.Error, 10, "webauthn.config.rp.id"}}, list(r.Problems)); d != "" {
		t.Fatalf("problems (-want +got):\n%s", d)
	}
	for _, want := range []string{"Line 4 ", "line 10 ", "app.localhost", "sting.localhost"} {
		if !strings.Contains(r.Problems[0].Meaning, want) {
			t.Errorf("the meaning does not name %q: %s", want, r.Problems[0].Meaning)
		}
	}
	if c.WebAuthn.RP.ID != "localhost" {
		t.Errorf("the relying party is %s, want the default where nobody knows which is meant", c.WebAuthn.RP.ID)
	}
}

func TestBothPlacesAndTheSameIsFine(t *testing.T) {
	c, r := load(t, `webauthn: {config: {rp: {id: sting.localhost, origins: ["https://sting.localhost:8443"]}}}
selfservice:
  methods:
    webauthn:
      config:
        rp:
          id: sting.localhost
          origins:
            - https://sting.localhost:8443
      timeout: 30s
`, nil)
	if len(r.Problems) > 0 {
		t.Errorf("problems:\n%s", r)
	}
	if c.WebAuthn.RP.ID != "sting.localhost" || c.WebAuthn.Timeout != 30*time.Second {
		t.Errorf("got %+v", c.WebAuthn)
	}
}

func TestEveryProblemIsReportedAtOnceWithItsLine(t *testing.T) {
	c, r := load(t, `webauthn:
  enabled: maybe
  config:
    rp:
      id: 127.0.0.1
      display_name: ""
      origins:
        - https://localhost:8443/login
        - https://me@localhost:8443
  timeout: 60
  user_verification: require
kratos: {mode: remote}
courier: {smtp: {connection_uri: "http://secret:hunter2@mail"}}
selfservice:
  allowed_return_urls: ["javascript:alert(1)"]
session:
  lifespan: 7d
  lifespam: 1h
  lifespan: 8h
registration: {steps: [passkey, details]}
tls: {hosts: [192.168.1.10]}
ports:
  site: https
  mail: 70000
mock_user: [yes]
colour: blue
`, nil)
	sayAll(t, r)
	want := []found{
		{config.Error, 2, "webauthn.enabled"},
		{config.Error, 5, "webauthn.config.rp.id"},
		{config.Error, 6, "webauthn.config.rp.display_name"},
		{config.Warning, 8, "webauthn.config.rp.origins[0]"},
		{config.Warning, 9, "webauthn.config.rp.origins[1]"},
		{config.Error, 10, "webauthn.timeout"},
		{config.Error, 11, "webauthn.user_verification"},
		{config.Error, 12, "kratos.mode"},
		{config.Error, 13, "courier.smtp.connection_uri"},
		{config.Error, 15, "selfservice.allowed_return_urls[0]"},
		{config.Error, 17, "session.lifespan"},
		{config.Error, 18, "session.lifespam"},
		{config.Error, 19, "session.lifespan"},
		{config.Error, 20, "registration.steps"},
		{config.Error, 21, "tls.hosts[0]"},
		{config.Error, 23, "ports.site"},
		{config.Error, 24, "ports.mail"},
		{config.Error, 25, "mock_user"},
		{config.Error, 26, "colour"},
	}
	if d := cmp.Diff(want, list(r.Problems)); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
	if strings.Contains(r.String(), "hunter2") {
		t.Error("the report shows a password")
	}
	if c.Session.Lifespan != 24*time.Hour || c.Ports.Site != 8443 || !c.WebAuthn.Enabled {
		t.Errorf("what can't be used does not keep its default: %+v", c)
	}
}

func TestAFileThatIsNoYAMLNamesTheLineAndTheDefaultsStand(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"a tab":               {"webauthn:\n\tenabled: true\n", 2},
		"an open bracket":     {"webauthn:\n  enabled: true\nports: [1, 2\n", 3},
		"an open quote":       {"session:\n  idle: \"0s\n", 2},
		"a colon too many":    {"session:\n  idle: 0s: 1s\n", 2},
		"a list":              {"- a\n- b\n", 1},
		"a word":              {"hello\n", 1},
		"not text":            {"\x00\x01", 1},
		"an unknown alias":    {"session: *nobody\n", 1},
		"a wrong indentation": {"session:\n    idle: 0s\n  lifespan: 1h\n", 3},
	} {
		t.Run(name, func(t *testing.T) {
			got, r, err := config.Load(home(t, c.text), config.Overrides{"ports.site": "9443"})
			if !errors.Is(err, config.ErrBroken) {
				t.Fatalf("Load = %v, want ErrBroken", err)
			}
			sayAll(t, r)
			if len(r.Errors()) == 0 || r.Problems[0].Line != c.line {
				t.Errorf("got %v, want an error at line %d", r.Problems, c.line)
			}
			if got.Ports.Site != 9443 || got.WebAuthn.RP.ID != "localhost" {
				t.Errorf("defaults and flags do not stand: %+v", got)
			}
		})
	}
}

func TestAllTabsAreNamed(t *testing.T) {
	_, r, _ := config.Load(home(t, "webauthn:\n\tenabled: true\n\n\ttimeout: 60s\n"), nil)
	if d := cmp.Diff([]found{{config.Error, 2, ""}, {config.Error, 4, ""}}, list(r.Problems)); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
}

func TestASecondDocumentIsReported(t *testing.T) {
	c, r := load(t, "session: {idle: 5m}\n---\nsession: {idle: 6m}\n", nil)
	if len(r.Errors()) != 1 || r.Problems[0].Line != 2 && r.Problems[0].Line != 3 || c.Session.Idle != 5*time.Minute {
		t.Errorf("idle %v, problems %v", c.Session.Idle, r.Problems)
	}
}

func TestUnknownKeysAreAnsweredWithTheOneThatWasMeant(t *testing.T) {
	for text, want := range map[string]string{
		"mock: {}":                               "Did you mean mock_user?",
		"web-authn: {}":                          "Did you mean webauthn?",
		"webauthn: {user_verifcation: required}": "Did you mean webauthn.user_verification?",
		"ports: {sites: 1}":                      "Did you mean ports.site?",
		"lifespan: 1h":                           "A key of this name is session.lifespan; mind the indentation.",
		"webauthn: {rp: {id: localhost}}":        "Put it below webauthn.config.",
		"webauthn: {config: {rp: {origin: x}}}":  "Write origins, with a list: [https://localhost:8443].",
		"identity: {schemas: []}":                "Write registration.identity_schema with the path of the schema.",
		"serve: {public: {port: 4433}}":          "Write ports.kratos_public and ports.kratos_admin for the ports.",
		"selfservice: {methods: {passkey: {}}}": "Write it as webauthn: its keys are the same, and its passkeys are what this lab " +
			"makes.",
		"selfservice: {methods: {webauthn: {enable: true}}}": "Did you mean selfservice.methods.webauthn.enabled?",
		"tls: {certificate: x}":                              "Take it out. Known here: hosts.",
	} {
		_, r := load(t, text, nil)
		if len(r.Problems) != 1 || r.Problems[0].Fix != want {
			t.Errorf("%s: got %v, want the fix %q", text, r.Problems, want)
		}
	}
}

func TestFlagsWinOverTheFileWhichWinsOverDefaults(t *testing.T) {
	c, r := load(t, "ports: {site: 9443, mail: 9025}\n", config.Overrides{"ports.site": "10443", "kratos.mode": "managed"})
	if c.Ports.Site != 10443 || c.Ports.Mail != 9025 || c.Ports.SMTP != 1025 || c.Kratos.Mode != "managed" {
		t.Errorf("got %+v, mode %s", c.Ports, c.Kratos.Mode)
	}
	for key, want := range map[string]string{"ports.site": "flag", "ports.mail": "sting.yml:1", "ports.smtp": "default",
		"kratos.mode": "flag", "webauthn.config.rp.origins": "follows", "kratos.public_url": "follows"} {
		if got := r.Sources[key].String(); got != want {
			t.Errorf("%s comes from %q, want %q", key, got, want)
		}
	}
}

func TestAWrongFlagIsReportedAndTheFileStands(t *testing.T) {
	_, r := load(t, "", config.Overrides{"ports.site": "all", "port": "1"})
	want := []found{{config.Error, 0, "port"}, {config.Error, 0, "ports.site"}}
	if d := cmp.Diff(want, list(r.Problems)); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
	sayAll(t, r)
}

func TestAFileThatMayNotBeReadIsSaid(t *testing.T) {
	dir := t.TempDir()
	real := filepath.Join(t.TempDir(), "elsewhere.yml")
	write(t, real, "ports: {site: 1}\n")
	if err := os.Symlink(real, filepath.Join(dir, config.FileName)); err != nil {
		t.Fatal(err)
	}
	c, _, err := config.Load(dir, nil)
	if !errors.Is(err, config.ErrUnreadable) || c.Ports.Site != 8443 {
		t.Errorf("a symbolic link: Load = %v, site %v", err, c.Ports.Site)
	}
	_, _, err = config.Load(home(t, "# "+strings.Repeat("x", 2<<20)), nil)
	if !errors.Is(err, config.ErrUnreadable) {
		t.Errorf("two megabytes: Load = %v", err)
	}
}
