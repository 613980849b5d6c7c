package backend_test

import (
	"net/http"
	"net/url"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// putInto puts the cookies of one browser into another, as a program at another port
// of the host can.
func putInto(t *testing.T, lab *labtest.Lab, from, into *labtest.Browser, names ...string) {
	t.Helper()
	at, err := url.Parse(lab.Origin)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		into.Jar().SetCookies(at, []*http.Cookie{{Name: name, Value: from.Cookies()[name], Path: "/", Secure: true}})
	}
}

func whoIs(t *testing.T, b *labtest.Browser) (who api.AuthSession) {
	t.Helper()
	b.Must("GET", "/api/auth/session", nil).Into(t, &who)
	return who
}

// THREATS T29.
func TestNothingIsAddedToAnAccountThatThisBrowserDidNotSignInTo(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	eve := lab.Browser()
	eve.Register("eve@example.org")
	eve.AddPasskey()
	eve.SignIn()
	for claim, c := range map[string]struct {
		names []string
		known bool // the victim was here before
	}{
		"the session of a password":                       {[]string{"ory_kratos_session"}, true},
		"the session of a passkey":                        {[]string{"__Host-sting_session", "ory_kratos_session"}, true},
		"a session in a browser that has never been here": {[]string{"__Host-sting_session"}, false},
	} {
		t.Run(claim, func(t *testing.T) {
			victim := lab.Browser()
			if c.known {
				victim.Register("v" + c.names[0] + "@example.org")
			}
			putInto(t, lab, eve, victim, c.names...)
			if who := whoIs(t, victim); who.User == nil || who.User.Email != "eve@example.org" || who.SignedInHere {
				t.Fatalf("the victim's browser shows %+v, signed in here: %v", who.User, who.SignedInHere)
			}
			for path, body := range map[string]any{
				"/api/webauthn/registration/begin":    nil,
				"/api/webauthn/registration/complete": map[string]any{},
				"/api/webauthn/passkeys/add/begin":    map[string]any{"name": "mine"},
				"/api/webauthn/passkeys/add/complete": map[string]any{},
			} {
				if a := victim.Do("POST", path, body); a.Status != 403 || a.Code() != "NOT_SIGNED_IN_HERE" {
					t.Errorf("POST %s: %d %s", path, a.Status, a.Body)
				}
			}
			if a := victim.Do("POST", "/.ory/self-service/settings?flow=any",
				map[string]any{"method": "password", "password": labtest.Password}); a.Status != 403 && victim.Cookies()["ory_kratos_session"] != "" ||
				a.Status/100 == 2 {
				t.Errorf("a password by Kratos' settings: %d %s", a.Status, a.Body)
			}
			victim.Must("POST", "/api/auth/logout", map[string]any{})
			if who := whoIs(t, victim); who.Authenticated {
				t.Error("signing out is no way to be rid of it")
			}
			eve.SignIn() // the sign-out ended hers
		})
	}
}

func TestWhoSignedInHereAddsWhatTheyLike(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	if !whoIs(t, b).SignedInHere && whoIs(t, b).Authenticated {
		t.Error("nobody is somebody")
	}
	b.Register("ann@example.org")
	b.AddPasskey()
	b.Must("POST", "/api/auth/logout", map[string]any{})
	b.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	lab.Restart()
	if !whoIs(t, b).SignedInHere {
		t.Error("a restart forgets who signed in here")
	}
	b.Must("POST", "/api/webauthn/passkeys/add/begin", map[string]any{"name": "second"})
	b.SignIn()
	if !whoIs(t, b).SignedInHere {
		t.Error("a passkey's sign-in doesn't count")
	}
	b.Must("POST", "/api/webauthn/passkeys/add/begin", map[string]any{"name": "third"})
}

func TestAProgramThatIsNoBrowserIsNotAsked(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b, program := lab.Browser(), lab.Browser()
	b.Register("ann@example.org")
	putInto(t, lab, b, program, "ory_kratos_session") // all that a script keeps
	if a := program.Do("POST", "/api/webauthn/registration/begin", nil, "Origin", "", "Sec-Fetch-Site", ""); a.Status != 200 {
		t.Errorf("registration/begin: %d %s", a.Status, a.Body)
	}
}

func TestASignInAtKratosCountsForTheBrowserAndAPlantedOneIsSentToProveItself(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.Must("POST", "/api/auth/logout", map[string]any{})
	var flow struct {
		ID string `json:"id"`
		UI struct {
			Nodes []struct {
				Attributes struct {
					Name  string
					Value any
				} `json:"attributes"`
			} `json:"nodes"`
		} `json:"ui"`
	}
	accept := []string{"Accept", "application/json"}
	b.Do("GET", "/.ory/self-service/login/browser", nil, accept...).Into(t, &flow)
	token := ""
	for _, n := range flow.UI.Nodes {
		if n.Attributes.Name == "csrf_token" {
			token, _ = n.Attributes.Value.(string)
		}
	}
	a := b.Do("POST", "/.ory/self-service/login?flow="+flow.ID, map[string]any{
		"method": "password", "identifier": "ann@example.org", "password": labtest.Password, "csrf_token": token,
	}, accept...)
	if a.Status != 200 {
		t.Fatalf("sign in at Kratos: %d %s", a.Status, a.Body)
	}
	if !whoIs(t, b).SignedInHere {
		t.Error("a sign-in at Kratos doesn't count")
	}
	b.AddPasskey()

	victim := lab.Browser()
	putInto(t, lab, b, victim, "ory_kratos_session")
	a = victim.Do("POST", "/.ory/self-service/settings?flow=any", map[string]any{"method": "profile"}, accept...)
	if a.Status != 403 || a.Text("redirect_browser_to") == "" {
		t.Errorf("settings with a planted session: %d %s", a.Status, a.Body)
	}
	a = victim.Do("POST", "/.ory/self-service/settings?flow=any", map[string]any{"method": "profile"}, "Accept", "application/json", "Origin",
		"", "Sec-Fetch-Site", "")
	if a.Text("redirect_browser_to") != "" {
		t.Errorf("a program that is no browser is sent to sign in: %s", a.Body)
	}
}
