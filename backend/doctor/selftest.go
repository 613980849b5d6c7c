package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"

	"sting/backend/config"
	"sting/backend/identity"
	"sting/backend/passkey/softkey"
	"sting/backend/session"
)

// selfTest is a person who registers and signs in over HTTPS, through the real
// routes, and is removed without a trace afterwards. The checks of one
// examination share the person; they come one after the other, since each needs
// the one before.
type selfTest struct {
	lab      *Lab
	config   config.Config
	traits   json.RawMessage // of the person, as the identity schema wants them
	noTraits error           // why there are none
	email    string
	password string
	agent    string // of its browsers, and of nobody else's
	key      *softkey.Authenticator

	first  *selfBrowser // registered the person with a password
	second *selfBrowser // signed in with the passkey
	begun  selfAnswer   // the options of the registration of the passkey

	entering sync.Once // where a Kratos elsewhere has the passwords
	entered  error
	known    known
}

// newSelfTest touches nothing. The mails to its person are the probe's: nobody
// sees them.
func newSelfTest(lab *Lab, c config.Config) *selfTest {
	t := &selfTest{lab: lab, config: c, key: softkey.New()}
	if lab != nil {
		t.email, t.password, t.agent = lab.Mails.Box.Probe, rand.Text()+"-"+rand.Text(), "STING doctor "+rand.Text()
		t.noTraits = t.makeUp()
	}
	return t
}

// makeUp makes the traits up. Where the schema wants an address of a certain kind,
// one of that kind is drawn, whose mails nobody sees.
func (t *selfTest) makeUp() error {
	traits, err := t.lab.Traits(t.email)
	if err != nil {
		return err
	}
	if own, ok := traits["email"].(string); ok && identity.Fold(own) != identity.Fold(t.email) {
		if !t.lab.Mails.Server().Ours {
			return fmt.Errorf("the identity schema wants an address such as %s, and mails to it would leave this machine", own)
		}
		t.email = identity.Fold(own)
		t.lab.Mails.Box.Hide(t.email)
	}
	t.traits, err = json.Marshal(traits)
	return err
}

// possible says why the self-test can't run, or "".
func (t *selfTest) possible() string {
	switch {
	case t.lab == nil:
		return "no lab runs"
	case t.noTraits != nil:
		return "no person could be made up for a self-test: " + t.noTraits.Error()
	}
	return ""
}

// elsewhere reports whether another Kratos keeps the passwords: a person who
// registered there could not be removed again.
func (t *selfTest) elsewhere() bool {
	return t.lab != nil && t.config.Kratos.Mode != config.KratosEmbedded
}

// enter signs the person of a self-test in, without the Kratos that keeps the
// passwords: a row and a session of the lab's own, as after a passkey.
func (t *selfTest) enter(ctx context.Context) error {
	t.entering.Do(func() { t.entered = t.signIn(ctx) })
	return t.entered
}

func (t *selfTest) signIn(ctx context.Context) error {
	lab := t.lab
	b, err := t.browser()
	if err != nil {
		return err
	}
	t.first = b
	i := identity.New(lab.Clock.Now(), "default", t.traits, t.email)
	if err := lab.Store.CreateIdentity(ctx, i); err != nil {
		return err
	}
	s := session.New(lab.Clock.Now(), lab.Sessions.Policy(), i.ID, session.Proof{Method: session.Passkey},
		session.Device{UserAgent: t.agent, Address: "127.0.0.1"})
	var token string
	token, s.PasskeyToken = session.NewToken()
	if err := lab.Sessions.Issue(ctx, s); err != nil {
		return err
	}
	at, err := url.Parse(b.origin)
	if err != nil {
		return err
	}
	known := make([]byte, 16)
	if _, err := rand.Read(known); err != nil {
		return err
	}
	browser := base64.RawURLEncoding.EncodeToString(known)
	if err := lab.Store.SignedIn(ctx, session.Hash(browser), lab.Clock.Now(), token); err != nil {
		return err
	}
	b.client.Jar.SetCookies(at, []*http.Cookie{
		{Name: session.CookieName, Value: token, Path: "/", Secure: true},
		{Name: session.BrowserCookie, Value: browser, Path: "/", Secure: true},
	})
	return nil
}

// last is the browser that signed in last through the site's own routes.
func (t *selfTest) last() *selfBrowser {
	if t.elsewhere() {
		return t.second
	}
	return t.first
}

// cleanUp removes the person.
func (t *selfTest) cleanUp(ctx context.Context) error {
	if t.lab == nil || t.first == nil {
		return nil
	}
	t.first.close()
	if t.second != nil {
		t.second.close()
	}
	t.lab.Tape.Flush(ctx)
	mails := errors.Join(t.lab.Store.ForgetMessages(ctx, t.email), t.lab.Mails.Box.Forget(ctx, t.email))
	i, err := t.lab.Store.IdentityByIdentifier(ctx, identity.Fold(t.email))
	if errors.Is(err, identity.ErrNotFound) {
		return mails
	}
	if err != nil {
		return errors.Join(mails, err)
	}
	return errors.Join(mails, t.lab.Store.Forget(ctx, i.ID, t.agent))
}

// selfBrowser is a browser without a window: cookies, and the headers that a page
// of the site sends.
type selfBrowser struct {
	origin    string
	agent     string
	client    *http.Client
	transport *http.Transport
	set       []*http.Cookie // every cookie that an answer has set, as it was set
}

// browser returns a browser that has never been here.
func (t *selfTest) browser() (*selfBrowser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := &selfBrowser{origin: t.config.Origin(), agent: t.agent, transport: t.lab.transport()}
	var way http.RoundTripper = b.transport
	if t.lab.Between != nil {
		way = t.lab.Between(way)
	}
	b.client = &http.Client{
		Jar: jar, Transport: way,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return b, nil
}

// transport goes to the site's own listener, whatever name a request is for,
// trusting the lab's authority alone; for an address of the loopback to that.
func (l *Lab) transport() *http.Transport {
	return l.Authority.Client().Transport(func(asked string) string {
		host, _, err := net.SplitHostPort(asked)
		if list := l.Addresses(); err == nil && net.ParseIP(host) == nil && len(list) > 0 {
			return list[0].String()
		}
		return asked
	})
}

func (b *selfBrowser) close() { b.transport.CloseIdleConnections() }

// selfAnswer is what the site said.
type selfAnswer struct {
	what   string // "POST /api/auth/login: 200"
	status int
	header http.Header
	body   []byte
}

// ask sends a request as a page of the site does.
func (b *selfBrowser) ask(ctx context.Context, method, path string, body any) (selfAnswer, error) {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return selfAnswer{}, err
		}
		sent = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, b.origin+path, sent)
	if err != nil {
		return selfAnswer{}, err
	}
	req.Header.Set("Origin", b.origin)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("User-Agent", b.agent)
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return selfAnswer{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return selfAnswer{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	b.set = append(b.set, resp.Cookies()...)
	a := selfAnswer{what: fmt.Sprintf("%s %s: %d", method, path, resp.StatusCode), status: resp.StatusCode, header: resp.Header, body: raw}
	if code := a.text("error_code"); code != "" {
		a.what += " " + code
	}
	return a, nil
}

// at returns a member of the answer: a path such as "user.id".
func (a selfAnswer) at(path string) (any, bool) {
	var v any
	if json.Unmarshal(a.body, &v) != nil {
		return nil, false
	}
	for _, name := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[name]; !ok {
			return nil, false
		}
	}
	return v, true
}

func (a selfAnswer) text(path string) string {
	v, _ := a.at(path)
	s, _ := v.(string)
	return s
}

func (a selfAnswer) is(path string) bool {
	v, _ := a.at(path)
	yes, _ := v.(bool)
	return yes
}

func (a selfAnswer) raw(member string) json.RawMessage {
	var m map[string]json.RawMessage
	_ = json.Unmarshal(a.body, &m) // no object has no such member
	return m[member]
}
