package backend_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/labtest"
)

// followed runs the command of a finding as a person does who copies it.
func followed(t *testing.T, f api.Finding) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", f.Command).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", f.Command, err, out)
	}
}

// writeSchema puts an identity schema into a lab's home and starts it again.
func writeSchema(t *testing.T, lab *labtest.Lab, properties, more string) {
	t.Helper()
	const email = `"email": {"type": "string", "format": "email", "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}, ` +
		`"verification": {"via": "email"}, "recovery": {"via": "email"}}}`
	doc := fmt.Sprintf(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {"traits": {"type": `+
		`"object", "properties": {%s%s}%s}}}`, email, properties, more)
	done(t, os.WriteFile(filepath.Join(lab.Home, "identity.schema.json"), []byte(doc), 0o600))
	lab.Restart()
}

func TestWhatASchemaAsksForIsNoFailure(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	writeSchema(t, lab, `, "employee": {"type": "string", "pattern": "^[A-Z]{2}-\\d{4}$"}, "age": {"type": "integer", "minimum": 18},
		"team": {"enum": ["red", "blue"]}, "terms": {"type": "boolean", "const": true}, "born": {"type": "string", "format": "date"},
		"address": {"type": "object", "properties": {"zip": {"type": "string", "minLength": 5, "maxLength": 5}}, "required": ["zip"]}`,
		`, "required": ["email", "employee", "age", "team", "terms", "born", "address"]`)
	r := examined(t, lab)
	well(t, r)
	if v := findingOf(t, r, "LG-12"); v.Verdict != "ok" {
		t.Errorf("LG-12 is %s: %s", v.Verdict, v.Cause)
	}
}

func TestAnAddressOfOneDomainIsMadeUpAndItsMailIsSeenByNobody(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	writeSchema(t, lab, "", `, "required": ["email"]`)
	path := filepath.Join(lab.Home, "identity.schema.json")
	doc, err := os.ReadFile(path)
	done(t, err)
	done(t, os.WriteFile(path, []byte(strings.Replace(string(doc), `"format": "email"`, `"format": "email", "pattern": "@lab\\.test$"`, 1)),
		0o600))
	lab.Restart()
	r := examined(t, lab)
	well(t, r)
	if v := findingOf(t, r, "LG-12"); v.Verdict != "ok" {
		t.Errorf("LG-12 is %s: %s", v.Verdict, v.Cause)
	}
	if list, err := lab.Mails(t.Context(), api.Query{}); err != nil || len(list.Items) > 0 {
		t.Errorf("mails are left: %+v, %v", list, err)
	}
}

func TestASchemaThatNothingSatisfiesIsNoFailureOfTheLab(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	writeSchema(t, lab, `, "odd": {"type": "string", "pattern": "^a$", "minLength": 2}`, `, "required": ["email", "odd"]`)
	r := examined(t, lab)
	if f := findingOf(t, r, "LG-12"); f.Verdict != "skipped" || !strings.Contains(f.Cause, "traits.odd") ||
		!strings.Contains(f.Cause, "pattern ^a$") {
		t.Errorf("LG-12 is %s: %s", f.Verdict, f.Cause)
	}
	for _, f := range r.Findings {
		if f.Verdict == "failed" {
			t.Errorf("%s failed: %s", f.ID, f.Cause)
		}
	}
}

// What the virtual browser leaves in the home folder has the modes of a browser.
func TestTheProfileOfABrowserIsNoFailure(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	profile := filepath.Join(lab.Home, "virtual-profile", "Default")
	done(t, os.MkdirAll(profile, 0o755))
	done(t, os.WriteFile(filepath.Join(profile, "Cookies"), []byte("x"), 0o644))
	well(t, examined(t, lab))
}

// Nobody hears of the person of a self-test, and no log, count or outbox shows one.
func TestTheSelfTestIsNobodysNews(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: 0, kratos_public: 0, kratos_admin: %d, smtp: 0, smtp_plain: 0, mail: 0}\n", port))
	before, err := lab.Status(t.Context())
	done(t, err)
	logged := func() []api.LogLine {
		lines, err := lab.Logs(t.Context(), "", 1000)
		done(t, err)
		return lines
	}
	was := len(logged())
	ctx, cancel := context.WithCancel(t.Context())
	var heard []api.Event
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = lab.Events(ctx, func(e api.Event) { heard = append(heard, e) })
	}()
	for range 3 {
		well(t, examined(t, lab))
	}
	time.Sleep(300 * time.Millisecond) // what is late is heard too; a slow machine only hears less
	cancel()
	<-ended
	heard = slices.DeleteFunc(heard, func(e api.Event) bool { return e.Topic == "services" })
	if len(heard) > 0 {
		t.Errorf("heard %+v", heard)
	}
	if lines := logged(); len(lines) > was {
		t.Errorf("logged %+v", lines[was:])
	}
	after, err := lab.Status(t.Context())
	done(t, err)
	if after.Users != before.Users || after.Passkeys != before.Passkeys || after.Sessions != before.Sessions ||
		len(after.Warnings) != len(before.Warnings) {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if list, err := lab.Mails(t.Context(), api.Query{}); err != nil || len(list.Items) > 0 {
		t.Errorf("mails are left: %+v, %v", list, err)
	}
	if status, body := fetch(t, fmt.Sprintf("http://127.0.0.1:%d/admin/courier/messages", port), ""); status != 200 ||
		strings.TrimSpace(body) != "[]" {
		t.Errorf("in the outbox is %s", body)
	}
}

// With the passwords elsewhere a ceremony is looked at all the same.
func TestACeremonyIsLookedAtWithAKratosElsewhere(t *testing.T) {
	t.Parallel()
	kratos, lab := elsewhere(t)
	r := examined(t, lab)
	well(t, r)
	for _, f := range r.Findings {
		skippable := append([]string{"LG-12", "SS-10", "SS-07", "ML-08"}, honestly...)
		if f.Verdict == "skipped" && !slices.Contains(skippable, f.ID) {
			t.Errorf("%s was skipped: %s", f.ID, f.Cause)
		}
	}
	if f := findingOf(t, r, "LG-12"); !strings.Contains(strings.Join(f.Evidence, " "), "INVALID_CREDENTIALS") {
		t.Errorf("LG-12 saw %q", f.Evidence)
	}
	for name, l := range map[string]*labtest.Lab{"here": lab, "there": kratos} {
		if users, err := l.Users(t.Context(), api.Query{}); err != nil || len(users.Items) > 0 {
			t.Errorf("%s somebody is left: %+v, %v", name, users.Items, err)
		}
	}
}

// The cookies of a sign-in are looked at before it is signed out, however long that takes.
func TestNobodySignsOutWhileCookiesAreLookedAt(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: %d}\n", labtest.FreePort(t), port))
	out, signedOut := make(chan struct{}), sync.Once{}
	lab := labtest.StartWith(t, fmt.Sprintf("kratos: {mode: external, public_url: \"http://localhost:%d\"}\n", port),
		func(o *labtest.Options) {
			o.Between = func(rt http.RoundTripper) http.RoundTripper {
				return roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.URL.Path == "/api/auth/logout" {
						defer signedOut.Do(func() { close(out) })
					}
					if r.URL.Path == "/api/auth/me" {
						select {
						case <-out:
						case <-time.After(time.Second):
						}
					}
					return rt.RoundTrip(r)
				})
			}
		})
	well(t, examined(t, lab))
}
