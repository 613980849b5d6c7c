package virtual_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend/browser/virtual"
)

// alone is a browser without a lab.
func alone(t *testing.T) *desk {
	t.Helper()
	chromium := os.Getenv("STING_CHROMIUM")
	if chromium == "" {
		t.Skip("STING_CHROMIUM names no browser to drive: build/test runs this with one")
	}
	t.Setenv("HOME", t.TempDir())
	d := &desk{t: t, dir: t.TempDir(), news: make(chan struct{}, 1)}
	d.run(chromium)
	t.Cleanup(func() { d.stop() })
	return d
}

// app is a web app that answers everywhere with the host that it was asked for.
func app(t *testing.T, start func(*httptest.Server)) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<title>%s</title>", r.Host)
	}))
	start(s)
	t.Cleanup(s.Close)
	return s
}

func (d *desk) visit(w virtual.Visit) {
	d.t.Helper()
	if err := d.Visit(d.t.Context(), w); err != nil {
		d.t.Fatalf("%+v: %v", w, err)
	}
}

func (d *desk) shows(expression, want string) {
	d.t.Helper()
	const loaded = `new Promise((done) => document.readyState === "complete" ? done() : addEventListener("load", done))`
	raw, err := d.Evaluate(d.t.Context(), loaded+".then(() => "+expression+")")
	if err != nil || string(raw) != want {
		d.t.Errorf("%s is %s, %v, want %s", expression, raw, err, want)
	}
}

func TestAnAppHasAProfileThatIsKept(t *testing.T) {
	d, page := alone(t), app(t, (*httptest.Server).Start).URL
	d.visit(virtual.Visit{URL: page, App: "shop"})
	d.shows(`(document.cookie = "kept=yes; max-age=3600", localStorage.setItem("kept", "yes"), document.cookie)`, `"kept=yes"`)
	if err := d.Apply(t.Context(), virtual.Change{Do: virtual.Close}); err != nil {
		t.Fatal(err)
	}
	d.visit(virtual.Visit{URL: page, App: "shop"})
	d.shows("localStorage.getItem('kept')", `"yes"`)
	for what, w := range map[string]virtual.Visit{
		"a new profile": {URL: page, App: "shop", New: true}, "another app": {URL: page, App: "bank"}, "the lab's own": {URL: page},
	} {
		d.visit(w)
		if d.shows("localStorage.getItem('kept')", "null"); t.Failed() {
			t.Fatalf("%s shares the profile", what)
		}
	}
	if st := d.state(); len(st.Browsers) != 4 || st.Pages != 4 {
		t.Errorf("the state is %+v", st)
	}
	if err := d.Forget("shop"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "browsers", "shop")); err == nil || len(d.state().Browsers) != 2 {
		t.Errorf("the profile of a forgotten app: %v, and %+v", err, d.state())
	}
}

func TestAnAppIsFoundUnderItsNameWithAPinnedCertificateAlone(t *testing.T) {
	d, s := alone(t), app(t, (*httptest.Server).StartTLS)
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	spki := sha256.Sum256(s.Certificate().RawSubjectPublicKeyInfo)
	w := virtual.Visit{URL: "https://bank.test/", App: "bank", HostRules: "MAP bank.test:443 " + at.Host}
	if err := d.Visit(t.Context(), w); !errors.Is(err, virtual.ErrUntrusted) {
		t.Fatalf("without a pin: %v", err)
	}
	w.Pins = []string{base64.StdEncoding.EncodeToString(spki[:])}
	d.visit(w) // which starts the browser again
	d.shows("[document.title, isSecureContext].join()", `"bank.test,true"`)
	if st := d.state(); len(st.Browsers) != 1 || st.Note != "" {
		t.Errorf("the state is %+v", st)
	}
}

func TestTheKeysAreSharedAndARealAuthenticatorIsNotOurs(t *testing.T) {
	d := alone(t)
	page := strings.Replace(app(t, (*httptest.Server).Start).URL, "127.0.0.1", "localhost", 1)
	const available = "PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()"
	d.visit(virtual.Visit{URL: page, App: "shop", Real: true})
	d.shows(available, "false")
	d.visit(virtual.Visit{URL: page, App: "bank"})
	d.shows(available, "true")
	d.visit(virtual.Visit{URL: page, App: "shop"})
	d.shows(`navigator.credentials.create({publicKey: {
		challenge: new Uint8Array(16), rp: {name: "x"}, pubKeyCredParams: [{type: "public-key", alg: -7}],
		user: {id: new Uint8Array(16), name: "ada", displayName: "Ada"}, authenticatorSelection: {residentKey: "required"}}}).then((c) => `+
		`c.type)`, `"public-key"`)
	if err := d.Forget("shop"); err != nil {
		t.Fatal(err)
	}
	// The tab of the other app is left, and has the key that was made beside it.
	d.shows(`navigator.credentials.get({publicKey: {challenge: new Uint8Array(16)}}).then((c) => c.type)`, `"public-key"`)
}

func TestABrowserThatCrashesIsNoticed(t *testing.T) {
	d, page := alone(t), app(t, (*httptest.Server).Start).URL
	d.visit(virtual.Visit{URL: page, App: "shop"})
	ended := d.Ended()
	p, err := os.FindProcess(d.state().PID)
	if err != nil || p.Kill() != nil {
		t.Fatal(err)
	}
	<-ended
	if st := d.state(); st.Running || !strings.Contains(st.Note, "ended by itself (signal: killed)") {
		t.Errorf("the state is %+v", st)
	}
	d.visit(virtual.Visit{URL: page, App: "shop"})
	if st := d.state(); st.Note != "" {
		t.Errorf("the note stays: %q", st.Note)
	}
	if err := d.Visit(t.Context(), virtual.Visit{URL: "chrome://crash", App: "shop"}); err != nil {
		t.Logf("the tab says: %v", err)
	}
	until(t, func() bool { return strings.Contains(d.state().Note, "A tab crashed") })
}

func TestAnAppThatDoesNotAnswerIsSaid(t *testing.T) {
	d := alone(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	_ = l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := d.Visit(ctx, virtual.Visit{URL: address, App: "shop"}); !errors.Is(err, virtual.ErrNotShown) {
		t.Errorf("got %v", err)
	}
}
