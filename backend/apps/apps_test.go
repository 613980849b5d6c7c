package apps_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/apps"
	"sting/backend/origin"
)

func TestEverythingThatIsWrongWithAnAppIsSaidAtOnce(t *testing.T) {
	bad := apps.App{
		Name: "My Shop", URL: "ftp://localhost", Login: "login", Register: "//evil.test/",
		Hosts: map[string]string{"bank.test": "192.0.2.1", "127.0.0.1": "127.0.0.1"},
	}
	var got []string
	for _, p := range bad.Examine() {
		got = append(got, p.Where)
		if p.What == "" || p.Fix == "" {
			t.Errorf("%s: %q, %q", p.Where, p.What, p.Fix)
		}
	}
	if diff := cmp.Diff([]string{"name", "url", "login", "register", "hosts.127.0.0.1", "hosts.bank.test"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, good := range []apps.App{
		{Name: "shop", URL: "http://localhost:3000", Login: "/login?x=1", Register: "/signup"},
		{Name: "bank", URL: "https://bank.test:8000/app", Hosts: map[string]string{"bank.test": "127.0.0.1", "api.bank.test:443": "[::1]:8443"}},
	} {
		if ps := good.Examine(); len(ps) > 0 {
			t.Errorf("%s: %s", good.Name, ps.Text())
		}
	}
	for _, name := range []string{"lab", "login", "", strings.Repeat("a", 33), "-x"} {
		if ps := (apps.App{Name: name, URL: "http://localhost:3000"}).Examine(); len(ps) != 1 {
			t.Errorf("the name %q: %v", name, ps)
		}
	}
	for _, raw := range []string{"", "localhost:3000", "http://u@localhost", "http://localhost/?a=1", "http://localhost/#a",
		"http://loc alhost"} {
		if ps := (apps.App{Name: "shop", URL: raw}).Examine(); len(ps) != 1 {
			t.Errorf("the url %q: %v", raw, ps)
		}
	}
}

func registry() apps.Registry {
	return apps.Registry{
		{Name: "shop", URL: "http://localhost:3000/start", Login: "/login"},
		{Name: "bank", URL: "https://bank.test:8000", Hosts: map[string]string{"bank.test": "127.0.0.1", "sso.bank.test:443": "127.0.0.1:8444"}},
		{Name: "far", URL: "https://staging.example.com"},
	}
}

func TestWhereTheLabMayGo(t *testing.T) {
	for page, want := range map[string]error{
		"http://localhost:1/":                 nil,
		"https://a.b.localhost/x":             nil,
		"http://127.4.5.6:80":                 nil,
		"http://[::1]:3000/":                  nil,
		"https://bank.test:8000/a":            nil,
		"https://sso.bank.test/":              nil,
		"https://staging.example.com/x":       nil,
		"https://staging.example.com:8443/x":  nil,
		"https://sso.bank.test:444/":          apps.ErrElsewhere,
		"https://example.com":                 apps.ErrElsewhere,
		"http://192.168.1.1/":                 apps.ErrElsewhere,
		"http://localhost.example.com/":       apps.ErrElsewhere,
		"http://localhost:3000@evil.test/":    apps.ErrNoPage,
		"http://localhost:3000\\@evil.test/":  apps.ErrNoPage,
		"file:///etc/passwd":                  apps.ErrNoPage,
		"javascript:alert(1)":                 apps.ErrNoPage,
		"http://localhost:3000/\n--flag":      apps.ErrNoPage,
		"http://localhost/" + long:            apps.ErrNoPage,
		"chrome://settings":                   apps.ErrNoPage,
		"http://0x7f000001/":                  apps.ErrNoPage, // browsers read it as 127.0.0.1; who means that writes it
		"http://169.254.169.254/latest/meta/": apps.ErrElsewhere,
	} {
		if _, err := registry().May(page); !errors.Is(err, want) {
			t.Errorf("May(%.60s) = %v, want %v", page, err, want)
		}
	}
}

var long = strings.Repeat("a", 2000)

func TestAPageIsFoundByItsNameOrPath(t *testing.T) {
	shop := registry()[0]
	for page, want := range map[string]string{
		"": "http://localhost:3000/start", "login": "http://localhost:3000/login", "register": "http://localhost:3000/start",
		"/cart?n=1": "http://localhost:3000/cart?n=1",
	} {
		if got, err := shop.Page(page); got != want || err != nil {
			t.Errorf("Page(%q) = %q, %v, want %q", page, got, err, want)
		}
	}
	for _, page := range []string{"cart", "//evil.test", "/\\evil.test", "http://evil.test", "@evil.test/"} {
		if got, err := shop.Page(page); !errors.Is(err, apps.ErrNoPage) {
			t.Errorf("Page(%q) = %q, %v", page, got, err)
		}
	}
}

func TestAnAppIsFoundByItsOriginAndItsHosts(t *testing.T) {
	for page, want := range map[string]string{
		"http://localhost:3000": "shop", "https://sso.bank.test": "bank", "https://bank.test:1": "bank", "http://localhost:3001": "",
	} {
		at, err := origin.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if a, ok := registry().Of(at); a.Name != want || ok != (want != "") {
			t.Errorf("%s is a page of %q", page, a.Name)
		}
	}
	bank := registry()[1]
	for page, want := range map[string]string{
		"https://bank.test:8000": "127.0.0.1:8000", "https://sso.bank.test": "127.0.0.1:8444", "http://localhost:3000": "localhost:3000",
	} {
		at, _ := origin.Parse(page)
		if got := bank.Address(at); got != want {
			t.Errorf("%s is asked for at %s, want %s", page, got, want)
		}
	}
	if got, want := bank.HostRules(), "MAP bank.test 127.0.0.1, MAP sso.bank.test:443 127.0.0.1:8444"; got != want {
		t.Errorf("HostRules = %q", got)
	}
}
