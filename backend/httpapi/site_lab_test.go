package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/httpapi"
	"sting/backend/kratos"
	"sting/backend/kratos/idp"
	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
	"sting/backend/relyingparty"
	"sting/backend/session"
	"sting/backend/signin"
	"sting/backend/store/storetest"
	"sting/backend/tape"
	"sting/backend/visitors"
	"sting/backend/wire"
)

const siteOrigin = "https://localhost:8443"

// siteLab is the site with a store, ceremonies and a Kratos in the process, and
// nothing that listens.
type siteLab struct {
	*httpapi.Site
	t       *testing.T
	handler http.Handler
	policy  session.Policy

	mu      sync.Mutex
	records map[string]tape.Record
	mock    bool
	began   []string // transactions: the file, and whether it is written
}

func (l *siteLab) transaction(file string, writes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.began = append(l.began, fmt.Sprintf("%s %v", file, writes))
}

func newSiteLab(t *testing.T) *siteLab {
	t.Helper()
	l := &siteLab{t: t, records: map[string]tape.Record{}, policy: session.Policy{Lifespan: time.Hour, PrivilegedAge: time.Hour}}
	st, bus, log := storetest.Watched(t, l.transaction), &events.Bus{}, slog.New(slog.DiscardHandler)
	policy := func() session.Policy { return l.policy }
	rp := passkey.RelyingParty{
		ID: "localhost", Name: "STING", Origins: []string{siteOrigin}, UserVerification: "preferred", Timeout: time.Minute,
	}
	schema, err := idp.ParseSchema("default", config.DefaultSchema())
	if err != nil {
		t.Fatal(err)
	}
	sessions := &session.Sessions{Store: st, Now: time.Now, Policy: policy, Bus: bus}
	provider := &idp.Provider{
		Store: st, Identities: st, Sessions: sessions, Hasher: idp.NewHasher(idp.TestCost()),
		Schema: func() *idp.Schema { return schema },
		Config: func() idp.Config { return idp.Config{Site: siteOrigin, BaseURL: siteOrigin + "/.ory"} },
		Secret: make([]byte, 32), Bus: bus, Now: time.Now, Log: log,
	}
	client := kratos.New(siteOrigin+"/.ory", kratos.InProcess(http.StripPrefix("/.ory", provider.Public())))
	ceremonies := &passkey.Ceremonies{
		Credentials: st, Challenges: st, People: st,
		Recorder: l, Now: time.Now, Bus: bus, Log: log, DecoySecret: make([]byte, 32),
	}
	l.Site = &httpapi.Site{
		Log: log, Origin: func(passkey.RelyingParty) string { return siteOrigin },
		Parties:    func() relyingparty.Registry { return relyingparty.Registry{rp} },
		Ceremonies: ceremonies, Sessions: sessions,
		Sources: session.Sources{
			session.Own{View: session.KindPasskey, Cookie: session.CookieName, Sessions: sessions},
			session.Own{View: session.KindKratos, Cookie: session.KratosCookie, Sessions: sessions},
		},
		Browsers: st, Mock: l.mockView, People: st, Kratos: provider.Public(),
		SignIn: &signin.Service{Store: st, Ceremonies: ceremonies, Sessions: sessions, Passwords: passwordsOf{client}, OneRow: true},
		Pages: fstest.MapFS{
			"browser.html":    {Data: []byte("<!doctype html><title>STING</title>")},
			"assets/a-1.js":   {Data: []byte("1")},
			"favicon.svg":     {Data: []byte("<svg/>")},
			"assets/b-2.woff": {Data: []byte("w")},
		},
		Facts: func(passkey.RelyingParty) api.LabFacts { return api.LabFacts{Origin: siteOrigin} },
		Form:  func() api.RegistrationForm { return api.RegistrationForm{Steps: []string{"password"}} },
		Help: func(code string) (api.HelpEntry, bool) {
			return api.HelpEntry{Code: code, Title: "A code."}, code == "BAD_KEY"
		},
		ReturnTo: func(to string) (string, bool) { return to, strings.HasPrefix(to, siteOrigin+"/") },
		Wire:     wire.Translator{Authenticator: func(string) string { return "" }},
		Now:      time.Now, Policy: policy,
		Visitors:   &visitors.Visitors{Now: time.Now, Machine: time.Now, Log: log},
		LeftBehind: func(context.Context) []string { return nil },
		Tape:       siteTape{l},
		Show: func(_ context.Context, r tape.Record) (api.Ceremony, error) {
			return api.Ceremony{Record: json.RawMessage(`{"id":"` + r.ID + `"}`)}, nil
		},
	}
	l.handler = l.Handler()
	return l
}

func (l *siteLab) mockView() (session.View, bool) {
	return session.View{
		Kind: session.KindMock, Methods: []session.Method{session.Mock}, Person: session.Person{ID: "mock", Email: "mock@lab.local"},
	}, l.mock
}

// Record implements passkey.Recorder.
func (l *siteLab) Record(e passkey.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := e.Ceremony
	l.records[c.Record] = tape.Record{
		ID: c.Record, Kind: string(c.Kind), Browser: c.Browser, IdentityID: string(c.IdentityID), State: tape.State(e.State),
	}
}

// siteTape shows the records of a siteLab.
type siteTape struct{ *siteLab }

func (l siteTape) Record(_ context.Context, id string) (tape.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, found := l.records[id]
	if !found {
		return r, tape.ErrNotFound
	}
	return r, nil
}

// passwordsOf speaks to a Kratos.
type passwordsOf struct{ client *kratos.Client }

func (p passwordsOf) Register(ctx context.Context, r signin.Registration) (signin.Accepted, error) {
	in, err := p.client.Register(ctx, kratos.Registration(r))
	return signin.Accepted(in), err
}

func (p passwordsOf) Login(ctx context.Context, r signin.Login) (signin.Accepted, error) {
	in, err := p.client.Login(ctx, kratos.Login(r))
	return signin.Accepted(in), err
}

func (p passwordsOf) Logout(ctx context.Context, cookie string) error {
	return p.client.Logout(ctx, cookie)
}

// page is a page of the site in a browser with cookies and an authenticator.
type page struct {
	*siteLab
	cookies map[string]string
	key     *softkey.Authenticator
}

func (l *siteLab) page() *page {
	return &page{siteLab: l, cookies: map[string]string{}, key: softkey.New()}
}

// ask sends a request and wants a status; body is nil or becomes JSON.
func (p *page) ask(want int, method, path string, body any, header ...string) map[string]any {
	p.t.Helper()
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			p.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, siteOrigin+path, &sent)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", siteOrigin)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if p.cookies[c.Name] = c.Value; c.MaxAge < 0 || c.Value == "" {
			delete(p.cookies, c.Name)
		}
	}
	if w.Code != want {
		p.t.Errorf("%s %s: %d, want %d: %s", method, path, w.Code, want, w.Body)
	}
	out := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil && strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		p.t.Errorf("%s %s: %v: %s", method, path, err, w.Body)
	}
	return out
}

// refused wants a fault.
func (p *page) refused(status int, code, method, path string, body any) {
	p.t.Helper()
	if got := p.ask(status, method, path, body)["error_code"]; got != code {
		p.t.Errorf("%s %s: %v, want %s", method, path, got, code)
	}
}

// answer makes the authenticator's answer to what begin said.
func (p *page) answer(begun map[string]any, ask func([]byte, string, ...softkey.Mutation) ([]byte, error)) map[string]any {
	p.t.Helper()
	options, err := json.Marshal(begun["publicKey"])
	if err != nil {
		p.t.Fatal(err)
	}
	credential, err := ask(options, siteOrigin)
	if err != nil {
		p.t.Fatal(err)
	}
	return map[string]any{"credential": json.RawMessage(credential), "challenge_id": begun["challenge_id"]}
}
