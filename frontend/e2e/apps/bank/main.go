// A bank as people write one in Go: html/template, go-webauthn, a form that is posted and a redirect where it went well.
// AUTO presses its buttons, BREAK is one of the misconfigurations that people arrive at.
package main

import (
	"crypto/rand"
	_ "embed"
	"fmt"
	"html/template"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

//go:embed page.html
var source string

var page = template.Must(template.New("page").Parse(source))

// customer is a webauthn.User.
type customer struct {
	handle   []byte
	name     string
	passkeys []webauthn.Credential
}

func (c *customer) WebAuthnID() []byte                         { return c.handle }
func (c *customer) WebAuthnName() string                       { return c.name }
func (c *customer) WebAuthnDisplayName() string                { return c.name }
func (c *customer) WebAuthnCredentials() []webauthn.Credential { return c.passkeys }

// visit is what the bank knows of one browser.
type visit struct {
	pending *webauthn.SessionData
	who     *customer
	in      bool
}

type bank struct {
	*webauthn.WebAuthn
	broken    string
	mu        sync.Mutex
	customers []*customer
	visits    map[string]*visit
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	b, err := open(os.Getenv("BREAK"), l.Addr().(*net.TCPAddr).Port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ready http://localhost:%d\n", l.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(l, b.routes()))
}

func open(broken string, port int) (*bank, error) {
	c := &webauthn.Config{RPID: "localhost", RPDisplayName: "Bank", RPOrigins: []string{fmt.Sprintf("http://localhost:%d", port)}}
	switch broken {
	case "origin":
		c.RPOrigins = []string{fmt.Sprintf("http://localhost:%d", port+1)}
	case "http":
		c.RPOrigins = []string{fmt.Sprintf("https://localhost:%d", port)}
	case "rp-id":
		c.RPID = "bank.example"
	}
	c.AuthenticatorSelection.ResidentKey = protocol.ResidentKeyRequirementRequired
	c.AuthenticatorSelection.UserVerification = protocol.VerificationPreferred
	if broken == "uv" {
		c.AuthenticatorSelection.UserVerification = protocol.VerificationDiscouraged
	}
	w, err := webauthn.New(c)
	return &bank{WebAuthn: w, broken: broken, visits: make(map[string]*visit)}, err
}

func (b *bank) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", b.visited(func(w http.ResponseWriter, _ *http.Request, v *visit) error {
		return page.Execute(w, map[string]any{"In": v.in, "Who": v.who})
	}))
	mux.HandleFunc("GET /register/passkey", b.visited(b.askNew))
	mux.HandleFunc("POST /finish/register", b.visited(b.takeNew))
	mux.HandleFunc("GET /login/passkey", b.visited(b.ask))
	mux.HandleFunc("POST /finish/login", b.visited(b.take))
	return mux
}

// visited finds the visit of a cookie, one request at a time.
func (b *bank) visited(do func(http.ResponseWriter, *http.Request, *visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		c, err := r.Cookie("bank_visit")
		if err != nil || b.visits[c.Value] == nil {
			c = &http.Cookie{Name: "bank_visit", Value: rand.Text(), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
			if b.broken == "session" {
				c.Path = "" // the folder of the page that sets it
			}
			b.visits[c.Value] = new(visit)
			http.SetCookie(w, c)
		}
		if err := do(w, r, b.visits[c.Value]); err != nil {
			http.Error(w, said(err), http.StatusForbidden)
		}
	}
}

// said is an error with what the library keeps for developers.
func said(err error) string {
	if e, ok := err.(*protocol.Error); ok && e.DevInfo != "" {
		return e.Details + ": " + e.DevInfo
	}
	return err.Error()
}

func (b *bank) show(w http.ResponseWriter, act string, options any) error {
	w.Header().Set("Cache-Control", "no-store")
	return page.Execute(w, map[string]any{"Act": act, "Options": options, "Auto": os.Getenv("AUTO") != "", "Break": b.broken,
		"Watch": os.Getenv("WATCH")})
}

func (b *bank) askNew(w http.ResponseWriter, r *http.Request, v *visit) (err error) {
	name := r.FormValue("name")
	if name == "" {
		name = "ada@bank.example"
	}
	v.who = &customer{handle: []byte(rand.Text()), name: name}
	var options *protocol.CredentialCreation
	options, v.pending, err = b.BeginRegistration(v.who)
	if err != nil {
		return err
	}
	return b.show(w, "register", options.Response)
}

func (b *bank) takeNew(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.pending == nil {
		return fmt.Errorf("there is no session for this browser")
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes([]byte(r.FormValue("credential")))
	if err != nil {
		return err
	}
	passkey, err := b.CreateCredential(v.who, b.held(v), answer)
	if err != nil {
		return err
	}
	if b.broken == "counter" {
		passkey.Authenticator.SignCount += 700
	}
	v.who.passkeys = append(v.who.passkeys, *passkey)
	b.customers = append(b.customers, v.who)
	return enter(w, r, v)
}

func (b *bank) ask(w http.ResponseWriter, _ *http.Request, v *visit) (err error) {
	var options *protocol.CredentialAssertion
	options, v.pending, err = b.BeginDiscoverableLogin(webauthn.WithUserVerification(b.Config.AuthenticatorSelection.UserVerification))
	if err != nil {
		return err
	}
	return b.show(w, "login", options.Response)
}

func (b *bank) take(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.pending == nil {
		return fmt.Errorf("there is no session for this browser")
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(r.FormValue("credential")))
	if err != nil {
		return err
	}
	find := func(_, handle []byte) (webauthn.User, error) {
		for _, c := range b.customers {
			if string(c.handle) == string(handle) {
				return c, nil
			}
		}
		return nil, fmt.Errorf("no customer has this user handle")
	}
	who, passkey, err := b.ValidatePasskeyLogin(find, b.held(v), answer)
	if err != nil {
		return err
	}
	if passkey.Authenticator.CloneWarning {
		return fmt.Errorf("the sign count went back, this may be a cloned authenticator")
	}
	v.who = who.(*customer)
	for i, have := range v.who.passkeys {
		if string(have.ID) == string(passkey.ID) {
			v.who.passkeys[i] = *passkey
		}
	}
	return enter(w, r, v)
}

// held takes what was kept of the challenge; it is good once.
func (b *bank) held(v *visit) webauthn.SessionData {
	s := *v.pending
	v.pending = nil
	if b.broken == "uv" {
		s.UserVerification = protocol.VerificationRequired
	}
	return s
}

func enter(w http.ResponseWriter, r *http.Request, v *visit) error {
	v.in = true
	http.Redirect(w, r, "/?"+strings.TrimPrefix(r.URL.Path, "/finish/"), http.StatusSeeOther)
	return nil
}
