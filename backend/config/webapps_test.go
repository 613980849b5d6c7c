package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/apps"
	"sting/backend/config"
	"sting/backend/fault"
)

func TestAppsAreReadAndWhatIsWrongWithThemIsSaidAtOnce(t *testing.T) {
	c, r := load(t, `apps:
  shop: {url: http://localhost:3000, login: /login, register: /signup}
  bank: {url: "https://bank.test:8000", hosts: {bank.test: 127.0.0.1}}
  Big: {url: http://localhost:3001}
  far: {url: http://localhost:3002, logn: /x, hosts: {a.test: 10.0.0.1}}
  same: {url: "http://LOCALHOST:3000/"}
  none:
  shop: {url: http://localhost:3005}
`, config.Overrides{})
	want := []apps.App{
		{Name: "shop", URL: "http://localhost:3000", Login: "/login", Register: "/signup"},
		{Name: "bank", URL: "https://bank.test:8000", Hosts: map[string]string{"bank.test": "127.0.0.1"}},
	}
	if diff := cmp.Diff(want, c.Apps); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var got []string
	for _, p := range r.Problems {
		got = append(got, p.Path)
		if p.Line == 0 || p.Meaning == "" || p.Fix == "" {
			t.Errorf("%+v", p)
		}
	}
	wrong := []string{"apps.Big", "apps.far.logn", "apps.far.hosts.a.test", "apps.same.url", "apps.none", "apps.shop"}
	if diff := cmp.Diff(wrong, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if shown, err := config.Show(c, r); err != nil {
		t.Fatal(err)
	} else if again, r := load(t, string(shown), config.Overrides{}); len(r.About("apps")) > 0 || len(again.Apps) != len(c.Apps) {
		t.Errorf("what is shown reads back as %v, %v\n%s", again.Apps, r.Problems, shown)
	}
}

func TestAnAppThatIsTheLabItselfIsSaid(t *testing.T) {
	_, r := load(t, "apps: {mine: {url: \"https://localhost:8443\"}}", config.Overrides{})
	if len(r.Problems) != 1 || r.Problems[0].Severity != config.Warning || r.Problems[0].Path != "apps" {
		t.Errorf("problems: %+v", r.Problems)
	}
}

// An edit and what becomes of the file; every byte counts.
func TestACommandChangesItsAppAlone(t *testing.T) {
	shop := apps.App{Name: "shop", URL: "http://localhost:3000", Login: "/login"}
	const commented = "apps:\n    # the bank\n    bank:\n        url: https://bank.localhost # tls\n        # more\n        login: /in\n"
	const entry = "shop: {login: /login, url: 'http://localhost:3000'}"
	for name, c := range map[string]struct{ before, after string }{
		"no file":             {"", "apps:\n  " + entry + "\n"},
		"a file without apps": {"# mine\nports:\n  site: 8443 # here\n", "# mine\nports:\n  site: 8443 # here\napps:\n  " + entry + "\n"},
		"no line end":         {"ports: {site: 8443}", "ports: {site: 8443}\napps:\n  " + entry + "\n"},
		"apps without one":    {"apps: # mine\ntls: {hosts: []}\n", "apps: # mine\n  " + entry + "\ntls: {hosts: []}\n"},
		"others, with comments": {
			commented + "\n# tls\ntls: {hosts: []}\n",
			commented + "    " + entry + "\n\n# tls\ntls: {hosts: []}\n",
		},
		"braces": {"apps: {bank: {url: https://bank.localhost}} # two\n",
			"apps: {" + entry + ", bank: {url: https://bank.localhost}} # two\n"},
		"empty braces":  {"apps: {}\n", "apps: {" + entry + "}\n"},
		"windows lines": {"tls: {hosts: []}\r\n", "tls: {hosts: []}\r\napps:\r\n  " + entry + "\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			home := homeWith(t, c.before)
			if err := config.AddApp(home, shop); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.after, text(t, home)); diff != "" {
				t.Errorf("added (-want +got):\n%s", diff)
			}
			if err := config.AddApp(home, shop); !errors.Is(err, apps.ErrExists) {
				t.Errorf("again: %v", err)
			}
			if err := config.RemoveApp(home, "shop"); err != nil {
				t.Fatal(err)
			}
			cfg, r, err := config.Load(home, nil)
			if _, there := (apps.Registry(cfg.Apps)).ByName("shop"); err != nil || !errors.Is(there, apps.ErrUnknown) || len(r.Problems) > 0 {
				t.Errorf("%v, %v, %v", cfg.Apps, r.Problems, err)
			}
			if strings.Contains(name, "comments") && text(t, home) != c.before {
				t.Errorf("removed:\n%s", text(t, home))
			}
			if err := config.RemoveApp(home, "shop"); !errors.Is(err, apps.ErrUnknown) {
				t.Errorf("again: %v", err)
			}
		})
	}
}

func TestAnAppGoesWithTheCommentsRightAboveIt(t *testing.T) {
	const b = "  # about b\n  # two lines\n  b:\n    url: http://localhost:2\n\n    # inside\n    login: /x\n"
	home := homeWith(t, "apps:\n  a: {url: http://localhost:1}\n"+b+"  # about c\n  c: {url: http://localhost:3}\n")
	if err := config.RemoveApp(home, "b"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("apps:\n  a: {url: http://localhost:1}\n  # about c\n  c: {url: http://localhost:3}\n", text(t, home)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnAppInBracesGoesAndTheOthersStayLetterByLetter(t *testing.T) {
	const a, b, c = `"a":   {url: 'http://localhost:1' }`, `b: {url: "http://localhost:2",login: /x}`, `c: { url: http://localhost:3 }`
	for name, test := range map[string]struct{ before, app, after string }{
		"the first":        {"apps: { " + a + ",  " + b + " , " + c + " } # three\n", "a", "apps: { " + b + " , " + c + " } # three\n"},
		"one between":      {"apps: { " + a + ",  " + b + " , " + c + " } # three\n", "b", "apps: { " + a + ",  " + c + " } # three\n"},
		"the last":         {"apps: { " + a + ",  " + b + " , " + c + " } # three\n", "c", "apps: { " + a + ",  " + b + "  } # three\n"},
		"the only one":     {"apps: { " + a + " }\nports: {site: 8443}\n", "a", "apps: {}\nports: {site: 8443}\n"},
		"on several lines": {"apps: {\n  " + a + ",\n  " + b + "\n  }\n", "b", "apps: {\n  " + a + "\n  }\n"},
		"a comma behind":   {"apps: {" + a + ", " + b + ", }\n", "b", "apps: {" + a + " }\n"},
	} {
		home := homeWith(t, test.before)
		if err := config.RemoveApp(home, test.app); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.after, text(t, home)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatCannotBeEditedStaysAsItIs(t *testing.T) {
	shop := apps.App{Name: "shop", URL: "http://localhost:3000"}
	for name, c := range map[string]struct {
		before string
		want   error
	}{
		"not YAML":      {"apps: [\n", config.ErrBroken},
		"an alias":      {"x-apps: &apps {bank: {url: http://localhost:1}}\napps: *apps\n", config.ErrNotEdited},
		"a list":        {"apps: [1]\n", config.ErrNotEdited},
		"two documents": {"ports: {site: 8443}\n---\nmore: 1\n", config.ErrNotEdited},
	} {
		home := homeWith(t, c.before)
		if err := config.AddApp(home, shop); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if got := text(t, home); got != c.before {
			t.Errorf("%s: the file is now %q", name, got)
		}
	}
	if err := config.AddApp(homeWith(t, ""), apps.App{Name: "Shop", URL: "x"}); !errors.Is(err, fault.ErrInvalidField) {
		t.Errorf("a wrong app: %v", err)
	}
}

func homeWith(t *testing.T, content string) string {
	t.Helper()
	home := t.TempDir()
	if content != "" {
		if err := os.WriteFile(filepath.Join(home, config.FileName), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

func text(t *testing.T, home string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(home, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
