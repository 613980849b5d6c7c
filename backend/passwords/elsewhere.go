package passwords

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"

	"sting/backend/kratos"
	"sting/backend/session"
)

// openElsewhere makes the client of a Kratos that runs in another process. Its
// people get a row here as soon as they are seen, so that they can have
// passkeys; their passwords stay there.
func openElsewhere(n Needs) (*Side, error) {
	at, err := url.Parse(n.Config().Kratos.PublicURL)
	if err != nil {
		return nil, kratos.ErrUnavailable.Hinting("kratos.public_url is not a URL: %v.", err).Because(err)
	}
	c := kratos.New(at.String(), nil)
	people := provisioning{n.Store, n.Now}
	return &Side{
		Passwords: provisioned{client{c}, people}, Source: provisionedSource{kratos.Source{Client: c}, people},
		Handler: patient(proxyTo(at, n.Log)), needs: n, client: c,
	}, nil
}

// proxyTo hands requests on to a Kratos, without the lab's own cookies: they are
// secrets between the browser and the lab.
func proxyTo(at *url.URL, log *slog.Logger) http.Handler {
	return &httputil.ReverseProxy{
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
				return session.OfTheLab(strings.TrimSpace(name))
			})
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			log.Error("Kratos can't be reached", "err", err)
			status, why := http.StatusBadGateway, "Kratos can't be reached."
			if errors.Is(err, context.DeadlineExceeded) {
				status, why = http.StatusGatewayTimeout, fmt.Sprintf("Kratos did not answer within %s.", kratos.Patience)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"error":{"code":%d,"status":%q,"message":%q}}`, status, http.StatusText(status), why)
		},
	}
}

func keepOwnCookies(r *http.Request) {
	all := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range all {
		if !session.OfTheLab(c.Name) {
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
