package apps_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"sting/backend/apps"
	"sting/backend/origin"
)

func TestACertificateIsLookedAtWithoutAPageBeingAskedFor(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	at, err := origin.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := apps.App{}.Certificate(t.Context(), at)
	if c == nil || c.SPKI == "" || c.Why == "" {
		t.Fatalf("the certificate is %+v", c)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the app was asked for %d pages, the address of which may be good for one time", n)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	if at, err = origin.Parse(strings.Replace(plain.URL, "http:", "https:", 1)); err != nil {
		t.Fatal(err)
	}
	if c := (apps.App{}).Certificate(t.Context(), at); c != nil {
		t.Errorf("a server without TLS shows %+v", c)
	}
}
