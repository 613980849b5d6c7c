package backend

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"

	"sting/backend/config"
	"sting/backend/httpapi"
	"sting/backend/kratos"
	"sting/backend/kratos/idp"
	"sting/backend/session"
	"sting/backend/signin"
)

// passwordSide is Kratos as the rest of the lab sees it.
type passwordSide struct {
	client    *kratos.Client
	passwords signin.Passwords
	source    session.Source
	handler   http.Handler                                  // Kratos' public API, mounted under /.ory/
	public    http.Handler                                  // the same for the port of its own; nil: that port is another process'
	admin     http.Handler                                  // Kratos' admin API; nil: that port is another process'
	oneRow    bool                                          // a passkey sign-in is a session of Kratos too
	run       func(ctx context.Context, ready func()) error // the process of a managed one; nil: there is none
}

// passwordSide makes the side of the passwords that the configuration asks for.
func (p *parts) passwordSide(ctx context.Context) (passwordSide, error) {
	switch p.settings.now().Kratos.Mode {
	case config.KratosManaged:
		return p.managed(ctx)
	case config.KratosExternal:
		return p.elsewhere()
	}
	return p.embedded(ctx)
}

// embedded makes the provider in this process and the client that the site
// speaks to it through: no port, no password on a wire. Whose a session is, which
// each request asks, the site reads in the rows that both share.
func (p *parts) embedded(ctx context.Context) (passwordSide, error) {
	secret, err := p.store.Secret(ctx, "kratos")
	if err != nil {
		return passwordSide{}, err
	}
	cost := idp.ProductionCost()
	if p.lab.opts.CheapPasswords {
		cost = idp.TestCost()
	}
	p.idp = &idp.Provider{
		Store: p.store, Identities: p.store, Sessions: p.sessions, Hasher: idp.NewHasher(cost), Schema: p.settings.schema,
		Config: p.idpConfig, Secret: secret, Bus: p.bus, Now: p.lab.clock.Now, Log: p.lab.logOf("kratos"),
		Courier: post{p.mails.courier}, Outbox: post{p.mails.courier},
	}
	client := kratos.New(p.origin()+"/.ory", kratos.InProcess(http.StripPrefix("/.ory", p.idp.Public())))
	return passwordSide{
		client: client, passwords: passwords{client}, source: p.own(session.KindKratos, kratos.SessionCookie), oneRow: true,
		handler: p.idp.Public(), public: p.idp.PublicAt(p.settings.now().Kratos.PublicURL),
		admin: p.idp.Admin(),
	}, nil
}

// own recognises the sessions that stand in our own store.
func (p *parts) own(view session.Kind, cookie string) session.Own {
	return session.Own{View: view, Cookie: cookie, Sessions: p.sessions, People: p.store}
}

// elsewhere makes the client of a Kratos that runs in another process. Its
// people get a row here as soon as they are seen, so that they can have
// passkeys; their passwords stay there.
func (p *parts) elsewhere() (passwordSide, error) {
	at, err := url.Parse(p.settings.now().Kratos.PublicURL)
	if err != nil {
		return passwordSide{}, kratos.ErrUnavailable.Hinting("kratos.public_url is not a URL: %v.", err).Because(err)
	}
	client := kratos.New(at.String(), nil)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(at)
			r.Out.Host = at.Host
			keepOwnCookies(r.Out)
		},
		// A page of another origin asks us, not that Kratos: our list decides.
		ModifyResponse: func(r *http.Response) error {
			maps.DeleteFunc(r.Header, func(name string, _ []string) bool { return strings.HasPrefix(name, "Access-Control-") })
			r.Header["Set-Cookie"] = slices.DeleteFunc(r.Header["Set-Cookie"], func(line string) bool {
				name, _, _ := strings.Cut(line, "=")
				return httpapi.OfTheLab(strings.TrimSpace(name))
			})
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			p.lab.logOf("kratos").Error("Kratos can't be reached", "err", err)
			status, why := http.StatusBadGateway, "Kratos can't be reached."
			if errors.Is(err, context.DeadlineExceeded) {
				status, why = http.StatusGatewayTimeout, fmt.Sprintf("Kratos did not answer within %s.", kratos.Patience)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"error":{"code":%d,"status":%q,"message":%q}}`, status, http.StatusText(status), why)
		},
	}
	return passwordSide{
		client: client, passwords: mirrored{passwords{client}, p.store, p.lab.clock.Now},
		source: mirroredSource{kratos.Source{Client: client}, p.store, p.lab.clock.Now}, handler: patient(proxy),
	}, nil
}

// keepOwnCookies takes the lab's own cookies out of a request to a Kratos
// elsewhere: they are secrets between the browser and the lab.
func keepOwnCookies(r *http.Request) {
	all := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range all {
		if !httpapi.OfTheLab(c.Name) {
			r.AddCookie(c)
		}
	}
}

// patient gives what h asks elsewhere kratos.Patience for the whole answer.
func patient(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), kratos.Patience)
		defer cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (p *parts) idpConfig() idp.Config {
	c := p.settings.now()
	return idp.Config{
		Site: c.Origin(), BaseURL: c.Origin() + "/.ory", Home: c.URL("/dashboard"),
		AllowedReturns: append(slices.Clone(c.WebAuthn.RP.Origins), c.SelfService.AllowedReturnURLs...),
		OneStep:        len(c.Registration.Pages) == 1, MinPassword: minPassword, AdminURL: c.Kratos.AdminURL,
	}
}

// passwords speaks to a Kratos for the sign-in desk.
type passwords struct{ client *kratos.Client }

// Register implements signin.Passwords.
func (p passwords) Register(ctx context.Context, r signin.Registration) (signin.Accepted, error) {
	in, err := p.client.Register(ctx, kratos.Registration(r))
	return signin.Accepted(in), err
}

// Login implements signin.Passwords.
func (p passwords) Login(ctx context.Context, l signin.Login) (signin.Accepted, error) {
	in, err := p.client.Login(ctx, kratos.Login(l))
	return signin.Accepted(in), err
}

// Logout implements signin.Passwords.
func (p passwords) Logout(ctx context.Context, cookie string) error {
	return p.client.Logout(ctx, cookie)
}

// probeKratos asks what every request asks: who is it. Nobody is the right
// answer to a token that was never issued.
func (p *parts) probeKratos(ctx context.Context, k passwordSide) error {
	if err := k.client.Ready(ctx); err != nil {
		return err
	}
	token, _ := session.NewToken()
	if _, err := k.client.Whoami(ctx, token); !errors.Is(err, session.ErrNone) {
		return kratos.ErrUnavailable.Saying("Kratos' whoami doesn't answer as it should.").Because(err)
	}
	return nil
}
