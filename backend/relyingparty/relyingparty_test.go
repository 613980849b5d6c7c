package relyingparty_test

import (
	"slices"
	"testing"

	"sting/backend/origin"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
)

var two = relyingparty.Registry{
	{ID: "localhost", Origins: []string{"https://localhost:8443", "http://localhost:5173", "https://a.sting.localhost:9443"}},
	{ID: "sting.localhost", Origins: []string{"https://sting.localhost:8443", "https://app.example:9000"}},
}

func TestARequestBelongsToOneRelyingParty(t *testing.T) {
	for name, c := range map[string]struct{ from, asked, want string }{
		"the page is listed, wherever it asks":         {"https://app.example:9000", "https://localhost:8443", "sting.localhost"},
		"no page: the host that was asked, listed":     {"", "https://sting.localhost:8443", "sting.localhost"},
		"no page: the host of the default":             {"", "https://localhost:8443", "localhost"},
		"a host under both: the longer RP ID":          {"", "https://b.sting.localhost:8443", "sting.localhost"},
		"a host under both that the other one lists":   {"", "https://a.sting.localhost:9443", "localhost"},
		"a page that nobody lists: the host":           {"https://evil.example", "https://sting.localhost:8443", "sting.localhost"},
		"the end of a name alone is not under it":      {"", "https://notsting.localhost:8443", "localhost"},
		"an address is the default's":                  {"", "https://127.0.0.1:8443", "localhost"},
		"a front end of the default at the other host": {"http://localhost:5173", "https://sting.localhost:8443", "localhost"},
	} {
		asked, err := origin.Parse(c.asked)
		if err != nil {
			t.Fatal(err)
		}
		if got := two.Of(c.from, asked).ID; got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		if got := two[:1].Of(c.from, asked).ID; got != "localhost" {
			t.Errorf("%s: one relying party alone, and it belongs to %s", name, got)
		}
	}
}

func TestWhatNobodyIsCalledIsLeftBehind(t *testing.T) {
	if rp, ok := two.ByID("sting.localhost"); !ok || rp.ID != "sting.localhost" {
		t.Errorf("got %+v, %t", rp, ok)
	}
	if rp, ok := two.ByID("old.localhost"); ok || rp.ID != "" {
		t.Errorf("got %+v, %t", rp, ok)
	}
	if got := two.IDs(); !slices.Equal(got, []string{"localhost", "sting.localhost"}) {
		t.Errorf("got %v", got)
	}
	if got := two.Origins(); len(got) != 5 || got[0] != "https://localhost:8443" || got[4] != "https://app.example:9000" {
		t.Errorf("got %v", got)
	}
	if got := relyingparty.Registry([]passkey.RelyingParty{two[1], two[0]}).Default().ID; got != "sting.localhost" {
		t.Errorf("the first one is the default, got %s", got)
	}
}
