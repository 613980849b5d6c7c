package kratostest_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend/kratos/idp"
	"sting/backend/kratos/kratostest"
	"sting/backend/session"
)

// TestTheEmbeddedProviderIsCompatible runs the suite on the provider of this
// program, over HTTP.
func TestTheEmbeddedProviderIsCompatible(t *testing.T) {
	l := kratostest.New(t)
	var public, admin http.Handler
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { public.ServeHTTP(w, r) }))
	t.Cleanup(front.Close)
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { admin.ServeHTTP(w, r) }))
	t.Cleanup(back.Close)
	l.Configure(func(c *idp.Config, _ *session.Policy) { c.BaseURL, c.AdminURL = front.URL, back.URL })
	public, admin = l.Provider.Public(), l.Provider.Admin()
	kratostest.Run(t, kratostest.Target{
		Public: front.URL, Admin: back.URL, Site: "https://localhost:8443",
		Code: func(t testing.TB, address, word string) string {
			t.Helper()
			for _, m := range slices.Backward(l.Mails.To(address)) {
				if strings.Contains(m.Text, word) {
					return sixDigits.FindString(m.Text)
				}
			}
			t.Fatalf("no mail to %s to %s", address, word)
			return ""
		},
		Advance: func(d time.Duration) { l.Clock.Move(d) },
	})
}
