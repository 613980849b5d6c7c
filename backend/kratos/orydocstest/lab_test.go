package orydocstest_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"testing"
	"time"

	ory "github.com/ory/kratos-client-go"

	"sting/backend/labtest"
)

// TestAScriptOfOrysDocumentationRunsUnchanged runs the script on a whole lab:
// https://localhost:PORT/.ory, the admin port and the mailbox.
func TestAScriptOfOrysDocumentationRunsUnchanged(t *testing.T) {
	site, admin, mailbox := labtest.FreePort(t), labtest.FreePort(t), labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: %d, kratos_admin: %d, smtp: %d, smtp_plain: off, mail: %d}\n",
		site, labtest.FreePort(t), admin, labtest.FreePort(t), mailbox))
	s := script{
		public: lab.Origin + "/.ory", admin: fmt.Sprintf("http://localhost:%d", admin), mailbox: fmt.Sprintf("http://localhost:%d", mailbox),
		tls:  &tls.Config{RootCAs: lab.CA, MinVersion: tls.VersionTLS12},
		wait: func(d time.Duration) { lab.Clock.Move(d) },
	}
	for _, part := range []struct {
		claim string
		run   func(*testing.T, script)
	}{
		{"metadata and schemas", metadata},
		{"an app registers, signs in and out", appSignsUp},
		{"an app's mistakes come back in the flow", appMistakes},
		{"an app proves itself again", appRefreshes},
		{"an app keeps its sessions", appSessions},
		{"an app changes profile and password", appSettings},
		{"an app verifies an address by code", appVerifies},
		{"an app recovers by code", appRecovers},
		{"a browser registers in two steps and signs out", browserSignsUp},
		{"a browser signs in again", browserSignsIn},
		{"a browser changes profile and password", browserSettings},
		{"a browser recovers by code", browserRecovers},
		{"errors carry the documented ids", errorIDs},
		{"an administrator keeps identities", adminIdentities},
		{"an administrator goes through pages", adminPages},
		{"an administrator recovers an account", adminRecovery},
		{"an administrator keeps sessions and reads the courier", adminSessions},
		{"flows grow old", flowsExpire}, // last: it moves time
	} {
		t.Run(part.claim, func(t *testing.T) { part.run(t, s) })
	}
}

// script is what the script is told: addresses, and how they are trusted.
type script struct {
	public, admin, mailbox string
	tls                    *tls.Config
	wait                   func(time.Duration)
}

// app returns a client without cookies, as a native app has.
func (s script) app() *ory.APIClient { return s.client(s.public, nil) }

// browser returns a client that keeps cookies.
func (s script) browser(t *testing.T) *ory.APIClient {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return s.client(s.public, jar)
}

// administrator returns a client of the admin API.
func (s script) administrator() *ory.APIClient { return s.client(s.admin, nil) }

func (s script) client(url string, jar http.CookieJar) *ory.APIClient {
	configuration := ory.NewConfiguration()
	configuration.Servers = []ory.ServerConfiguration{{URL: url}}
	configuration.HTTPClient = &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: s.tls}}
	return ory.NewAPIClient(configuration)
}
