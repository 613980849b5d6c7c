package backend_test

import (
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// The hint of every 401 sends a developer to /api/auth/status.
func TestTheStatusTellsWhatBecameOfAnEarlierSession(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "session: {lifespan: 1h, idle: 10m}\n")
	earlier := func(b *labtest.Browser) string { return b.Must("GET", "/api/auth/status", nil).Text("earlier") }
	b, other := lab.Browser(), lab.Browser()
	if said := earlier(b); said != "" {
		t.Errorf("of a browser that never was here: %q", said)
	}
	b.Register("kim@example.com")
	if said := earlier(b); said != "" {
		t.Errorf("of one that is signed in: %q", said)
	}
	other.Must("POST", "/api/auth/login", map[string]any{"email": "kim@example.com", "password": labtest.Password})
	sessions, err := lab.Sessions(t.Context(), api.Query{})
	if err != nil || len(sessions.Items) != 2 {
		t.Fatalf("%+v, %v", sessions, err)
	}
	for _, s := range sessions.Items {
		if err := lab.EndSession(t.Context(), s.ID); err != nil {
			t.Fatal(err)
		}
	}
	if said := earlier(b); !strings.Contains(said, "was ended at 20") {
		t.Errorf("of one that was ended: %q", said)
	}
	other.Must("POST", "/api/auth/login", map[string]any{"email": "kim@example.com", "password": labtest.Password})
	move(t, lab, "+11m")
	if said := earlier(other); !strings.Contains(said, "session.idle (10m0s)") {
		t.Errorf("of one that was idle: %q", said)
	}
	move(t, lab, "+2h")
	if said := earlier(other); !strings.Contains(said, "expired at 20") || !strings.Contains(said, "session.lifespan") {
		t.Errorf("of one that is too old: %q", said)
	}
	a := other.Must("GET", "/api/auth/status", nil)
	if !strings.Contains(string(a.Member("notes")), "expired at 20") || strings.Contains(string(a.Body), "kim@") {
		t.Errorf("the notes: %s", a.Body)
	}
}

// A page that says "a code is on its way" has to know when none is.
func TestThePagesAreToldThatMailsDontArrive(t *testing.T) {
	t.Parallel()
	trouble := func(lab *labtest.Lab) (problem, fix string) {
		a := lab.Browser().Must("GET", "/api/lab", nil)
		return a.Text("mail_problem"), a.Text("mail_fix")
	}
	lab := labtest.Start(t, "")
	if problem, fix := trouble(lab); problem != "" || fix != "" {
		t.Errorf("with nothing wrong: %q, %q", problem, fix)
	}
	if err := lab.StopService(t.Context(), "mail"); err != nil {
		t.Fatal(err)
	}
	if problem, fix := trouble(lab); !strings.Contains(problem, "stopped") || !strings.Contains(fix, "`sting start mail`") {
		t.Errorf("stopped: %q, %q", problem, fix)
	}
	if err := lab.StartService(t.Context(), "mail"); err != nil { // the fix, to the letter
		t.Fatal(err)
	}
	if problem, _ := trouble(lab); problem != "" {
		t.Errorf("started again: %q", problem)
	}
	off := labtest.Start(t, "ports: {smtp: off}\ncourier: {smtp: {connection_uri: \"smtp://test:test@mailpit:1025/?skip_ssl_verify=true\"}}\n")
	if problem, fix := trouble(off); !strings.Contains(problem, "off at the port") || !strings.Contains(fix, "ports.smtp") {
		t.Errorf("off: %q, %q", problem, fix)
	}
}

func TestAReportIsAnsweredWithWhatTheRecordKnows(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "webauthn: {user_verification: required}\n")
	b := lab.Browser()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	a := b.Must("POST", "/api/webauthn/report", map[string]any{
		"challenge_id": begun.Text("challenge_id"), "name": "NotAllowedError", "elapsed_ms": 5000,
		"replaced": []string{"navigator.credentials.get"},
	})
	for _, want := range []string{"could not be verified", "navigator.credentials.get was not the browser's own"} {
		if !strings.Contains(a.Text("cause"), want) {
			t.Errorf("the cause doesn't say %q: %s", want, a.Body)
		}
	}
	if a.Text("fix") == "" {
		t.Errorf("no fix: %s", a.Body)
	}
	begun = b.Must("POST", "/api/webauthn/authentication/begin", nil)
	a = b.Must("POST", "/api/webauthn/report",
		map[string]any{"challenge_id": begun.Text("challenge_id"), "name": "TimeoutError", "elapsed_ms": 63000})
	if !strings.Contains(a.Text("cause"), "never answered") || !strings.Contains(a.Text("fix"), "sting open register --virtual") {
		t.Errorf("a call that never was answered: %s", a.Body)
	}
}
