package backend_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"sting/backend"
	"sting/backend/api"
	"sting/backend/labtest"
	"sting/backend/localca"
)

func TestADamagedAuthorityIsAnErrorOfTheStart(t *testing.T) {
	lab := labtest.Start(t, "")
	lab.Stop()
	ca := filepath.Join(lab.Home, "ca", "ca-key.pem")
	if err := os.WriteFile(ca, []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // a lab that starts after all runs until then
	defer cancel()
	for range 2 { // the second finds neither a locked store nor a half-made home
		err := backend.New(labtest.Cheap(backend.Options{Home: lab.Home, Pages: labtest.Pages()})).Run(ctx)
		if !errors.Is(err, localca.ErrDamaged) {
			t.Fatalf("got %v, want %v", err, localca.ErrDamaged)
		}
	}
	if got, err := os.ReadFile(ca); err != nil || string(got) != "garbage" {
		t.Errorf("the damaged file is now %q (%v), want it as it was", got, err)
	}
}

func TestASilentKratosIsAnsweredForWithinThreeSeconds(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // connects, and nobody ever reads
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	url := "http://" + silent.Addr().String()
	lab := labtest.Start(t, "kratos: {mode: external, public_url: \""+url+"\", admin_url: \""+url+"\"}\n")
	for name, ask := range map[string]struct {
		method, path string
		body         any
		status       int
		says         string
	}{
		"through the site's Kratos path": {"GET", "/.ory/sessions/whoami", nil, http.StatusGatewayTimeout, "did not answer"},
		"who is signed in":               {"GET", "/api/auth/session", nil, http.StatusServiceUnavailable, "KRATOS_UNAVAILABLE"},
		"the dashboard":                  {"GET", "/dashboard", nil, http.StatusOK, ""},
		"a password": {"POST", "/api/auth/login", map[string]string{"email": "ann@example.org", "password": "correct horse battery"},
			http.StatusServiceUnavailable, "KRATOS_UNAVAILABLE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			got := lab.Browser().Do(ask.method, ask.path, ask.body, "Cookie", "ory_kratos_session=x")
			if got.Status != ask.status || !strings.Contains(string(got.Body), ask.says) {
				t.Errorf("got %d %s, want %d and %q", got.Status, got.Body, ask.status, ask.says)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %s, want an answer within 3s", took)
			}
		})
	}
}

func TestATakenSitePortLeavesTheRestAndTheSiteComesOnceItIsFree(t *testing.T) {
	holder, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = holder.Close() })
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d}\n", holder.Addr().(*net.TCPAddr).Port))
	site := serviceOf(t, lab, "site")
	if site.State != api.Unhealthy || site.Error == nil || site.Error.ErrorCode != "PORT_TAKEN" {
		t.Fatalf("the site is %+v, want it Unhealthy with PORT_TAKEN", site)
	}
	if runtime.GOOS == "linux" && !strings.Contains(site.Error.Error, fmt.Sprintf("(process %d)", os.Getpid())) {
		t.Errorf("got %q, want the process that holds the port", site.Error.Error)
	}
	for _, name := range []string{"store", "certificate", "kratos", "mail"} {
		if got := serviceOf(t, lab, name); got.State != api.Healthy {
			t.Errorf("%s is %+v, want it Healthy", name, got)
		}
	}
	blames(t, examined(t, lab), "SV-04", "which site needs")
	if err := holder.Close(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); serviceOf(t, lab, "site").State != api.Healthy; {
		if time.Now().After(deadline) {
			t.Fatalf("the port is free and the site is %+v", serviceOf(t, lab, "site"))
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got := lab.Browser().Do("GET", "/api/lab", nil); got.Status != http.StatusOK {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}
