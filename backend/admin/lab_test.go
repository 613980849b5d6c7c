package admin_test

import (
	"testing"

	"sting/backend/admin"
)

func TestOnlyAddressesOfTheSiteAreOpened(t *testing.T) {
	const origin = "https://localhost:8443"
	for address, want := range map[string]bool{
		"https://localhost:8443/verification?code=249583&flow=f": true,
		"https://localhost:8443/.ory/self-service/recovery?a=b":  true,
		"https://localhost:8443":                                 true,
		"https://localhost:8443@elsewhere.example/":              false,
		"https://ada@localhost:8443/":                            false,
		"https://localhost:8443.elsewhere.example/":              false,
		"https://localhost:84430/":                               false,
		"https://localhost/":                                     false,
		"http://localhost:8443/":                                 false,
		"https://elsewhere.example/#https://localhost:8443/":     false,
		"https:localhost:8443/":                                  false,
		"https://localhost:8443\\@elsewhere.example/":            false,
		"https://localhost:8443/a b":                             false,
		"https://localhost:8443/\n--new-window":                  false,
		"javascript:alert(1)":                                    false,
		"file:///etc/passwd":                                     false,
		"--version":                                              false,
		"":                                                       false,
	} {
		if got := admin.OnSite(origin, address); got != want {
			t.Errorf("%q: %v, want %v", address, got, want)
		}
	}
	if admin.OnSite("", "") {
		t.Error("a lab without a site opens an empty address")
	}
}
