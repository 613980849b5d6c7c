package backend_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/api"
	"sting/backend/labtest"
)

// warns fails unless a check, asked for alone, is a warning with everything that
// a person needs.
func warns(t *testing.T, lab *labtest.Lab, id, cause string) api.Finding {
	t.Helper()
	f := looked(t, lab, id)
	if f.Verdict != "warning" || !strings.Contains(f.Cause, cause) || f.Fix == "" || len(f.Evidence) == 0 {
		t.Errorf("%s is %s: %q, want a warning with the cause %q; saw %q, fix %q", id, f.Verdict, f.Cause, cause, f.Evidence, f.Fix)
	}
	return f
}

// looked runs one check.
func looked(t *testing.T, lab *labtest.Lab, id string) api.Finding {
	t.Helper()
	r, err := lab.Examine(t.Context(), id, nil)
	if err != nil {
		t.Fatal(err)
	}
	return findingOf(t, r, id)
}

// quiet fails unless a check is ok and says what it saw.
func quiet(t *testing.T, lab *labtest.Lab, id string) {
	t.Helper()
	if f := looked(t, lab, id); f.Verdict != "ok" || len(f.Evidence) == 0 {
		t.Errorf("%s is %s: %q; saw %q", id, f.Verdict, f.Cause, f.Evidence)
	}
}

// hidden fails unless checks are skipped because of what they need.
func hidden(t *testing.T, lab *labtest.Lab, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if f := looked(t, lab, id); f.Verdict != "skipped" || !strings.HasPrefix(f.Cause, "needs ") {
			t.Errorf("%s is %s: %q, though what it needs failed", id, f.Verdict, f.Cause)
		}
	}
}

func TestCookiesThatOtherPortsPlantedAreNamedAndNeverTheirValues(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org") // whose cookies are the lab's own
	b.Must("GET", "/api/auth/session", nil)
	quiet(t, lab, "SS-12")

	b.Do("GET", "/login", nil, "Cookie", "connect.sid=a-secret-value; sting_check=1; "+strings.Repeat("n", 200)+"=2")
	b.Do("GET", "/login", nil, "Cookie", "connect.sid=a-secret-value")
	f := warns(t, lab, "SS-12", "share the cookies of a host between all of its ports")
	seen := strings.Join(f.Evidence, "\n")
	if !strings.Contains(seen, "connect.sid: in 2 requests") || !strings.Contains(seen, strings.Repeat("n", 64)+": in 1") {
		t.Errorf("saw %q", seen)
	}
	if strings.Contains(fmt.Sprint(f), "a-secret-value") || strings.Contains(seen, "sting_check") || strings.Contains(seen, "ory_kratos") {
		t.Errorf("a value, or a cookie of the lab's own, is named: %+v", f)
	}
	if !strings.Contains(f.Fix, "webauthn.config.rp.id: sting.localhost") ||
		!strings.Contains(f.Command, "preflight https://sting.localhost:") {
		t.Errorf("the fix is %q, the command %q", f.Fix, f.Command)
	}
	if r := examined(t, lab); !r.Well {
		t.Error("a warning makes the lab ill")
	}

	for i := range 100 {
		b.Do("GET", "/login", nil, "Cookie", fmt.Sprintf("c%d=1", i))
	}
	if f := warns(t, lab, "SS-12", ""); len(f.Evidence) != 33 || !strings.Contains(f.Evidence[32], "not listed") {
		t.Errorf("%d names are kept: %q", len(f.Evidence), f.Evidence)
	}

	done(t, lab.StopService(t.Context(), "kratos"))
	hidden(t, lab, "SS-12")
	done(t, lab.StartService(t.Context(), "kratos"))

	// the way out, taken: a host of the lab's own
	config := "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n" +
		"webauthn: {config: {rp: {id: sting.localhost}}}\n"
	done(t, os.WriteFile(filepath.Join(lab.Home, "sting.yml"), []byte(config), 0o600))
	lab.Restart()
	quiet(t, lab, "SS-12")
	if p, err := lab.Preflight(t.Context(), api.PreflightRequest{}); err != nil || p.RPID != "sting.localhost" ||
		p.Families[0].Verdict != "works" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestAPasskeyThatTheLabHasNoMoreIsSeenWhenItIsOffered(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	quiet(t, lab, "BR-04")
	offer := func() {
		t.Helper()
		begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
		if a := b.Do("POST", "/api/webauthn/authentication/complete", b.Get(begun)); a.Status != 400 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
	}
	keys, err := lab.Passkeys(t.Context(), api.Query{})
	done(t, err)
	done(t, lab.RemovePasskey(t.Context(), keys.Items[0].ID))
	offer()
	f := warns(t, lab, "BR-04", "that was removed here")
	if seen := strings.Join(f.Evidence, "\n"); !strings.Contains(seen, "REMOVED_CREDENTIAL in ") ||
		!strings.Contains(seen, "ann@example.org") || !strings.Contains(seen, "by labtest") {
		t.Errorf("saw %q", seen)
	}
	_, err = lab.Reset(t.Context(), api.ResetRequest{})
	done(t, err)
	quiet(t, lab, "BR-04") // the tape is empty too
	offer()
	warns(t, lab, "BR-04", "never had, or had before a reset")
	lab.Clock.Move(2 * time.Hour)
	quiet(t, lab, "BR-04")
}

func TestWhatTheTapeTellsIsHiddenWhenTheStoreFails(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	done(t, lab.StopService(t.Context(), "store"))
	db, err := bolt.Open(filepath.Join(lab.Home, "sting.db"), 0o600, nil)
	done(t, err)
	if err := lab.StartService(t.Context(), "store"); err == nil {
		t.Error("the store starts with a file that another has")
	}
	hidden(t, lab, "BR-03", "BR-04", "RP-07")
	done(t, db.Close())
	again(t, lab)
	for _, id := range []string{"BR-03", "BR-04", "RP-07"} {
		quiet(t, lab, id)
	}
}

func TestPasskeysOfAnOlderRelyingPartyAreGoneOnceTheyAreRemoved(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	config := "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n" +
		"webauthn: {config: {rp: {id: sting.localhost}}}\n"
	done(t, os.WriteFile(filepath.Join(lab.Home, "sting.yml"), []byte(config), 0o600))
	lab.Restart()
	f := blames(t, examined(t, lab), "RP-07", "1 of localhost")
	if !slices.Contains(f.Evidence, "localhost: of ann@example.org") {
		t.Errorf("saw %q", f.Evidence)
	}
	keys, err := lab.Passkeys(t.Context(), api.Query{})
	done(t, err)
	done(t, lab.RemovePasskey(t.Context(), keys.Items[0].ID))
	well(t, examined(t, lab))
}

// TestASiteThatHangsIsTooSlowAndNotAFailure lets the way to the site hang: what
// the self-test asks gets no answer, and the rest of the doctor does.
func TestASiteThatHangsIsTooSlowAndNotAFailure(t *testing.T) {
	t.Parallel()
	lab := labtest.StartWith(t, "", func(o *labtest.Options) {
		o.Patience = 10 * time.Second // the other checks have to be done by then, on a busy machine too
		o.Between = func(rt http.RoundTripper) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/api/auth/register" {
					<-r.Context().Done()
					return nil, io.ErrUnexpectedEOF
				}
				return rt.RoundTrip(r)
			})
		}
	})
	r := examined(t, lab)
	if f := findingOf(t, r, "LG-12"); f.Verdict != "skipped" || !strings.HasPrefix(f.Cause, "too slow: no verdict within 10s") {
		t.Errorf("LG-12 is %s: %q", f.Verdict, f.Cause)
	}
	if f := findingOf(t, r, "LG-03"); f.Verdict != "skipped" || !strings.HasPrefix(f.Cause, "needs ") {
		t.Errorf("LG-03 is %s: %q", f.Verdict, f.Cause)
	}
	if f := findingOf(t, r, "RP-04"); f.Verdict != "ok" {
		t.Errorf("RP-04 is %s: %q", f.Verdict, f.Cause)
	}
}
