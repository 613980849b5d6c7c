package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sting/backend/apps/front"
	"sting/backend/config"
	"sting/backend/health"
)

// siteChecks ask the site as a browser would, before anybody signs in.
func (e *examination) siteChecks() []health.Check {
	return []health.Check{
		{ID: "TLS-05", Title: "Every address speaks what its scheme says", Patience: 8 * time.Second, Needs: []string{"RP-12", "SV-04"},
			Run: e.checkSchemes},
		{ID: "TLS-01", Title: "The pages are a secure context", Needs: []string{"SV-01"}, Run: e.checkSecure},
		{ID: "RP-05", Title: "Pages at an address move to the name", Needs: []string{"TLS-01", "RP-02"}, Run: e.checkAddresses},
		e.visitors.CheckMistakes(e.parties.Origins(), e.config.Hosts()),
		{ID: "RP-15", Title: "The front end that the site hands on to answers", Needs: []string{"SV-01"}, Run: e.checkFront},
	}
}

// checkFront asks the server that front.url names.
func (e *examination) checkFront(ctx context.Context) health.Result {
	at := e.config.Front.URL
	if at == "" {
		return health.Pass("front.url names none: the site serves the lab's pages alone")
	}
	said, err := front.Probe(ctx, e.config.Front)
	if err != nil {
		return health.Blame(err, at)
	}
	return health.Pass(fmt.Sprintf("%s says %s, and the site hands on to it", at, said))
}

// checkSchemes says a TLS hello to every address and looks whether TLS answers.
// One where nothing listens is a stopped service's, not a scheme's.
func (e *examination) checkSchemes(ctx context.Context) health.Result {
	var seen []string
	for _, raw := range e.addresses() {
		u, err := url.Parse(raw)
		if err != nil {
			return health.Fail(raw+" is no address.", "Correct it in "+e.config.File()+".", "sting config check")
		}
		soon, cancel := context.WithTimeout(ctx, sayingTime) // one that is silent is a service's trouble, not a scheme's
		speaksTLS, err := speaks(soon, u.Host)
		cancel()
		if err != nil {
			seen = append(seen, raw+": "+err.Error())
			continue
		}
		says := map[bool]string{true: "TLS", false: "plain HTTP"}[speaksTLS]
		seen = append(seen, raw+" speaks "+says)
		if speaksTLS != (u.Scheme == "https") && !(u.Port() == e.config.Ports.Mail.String()) { // the mailbox speaks both
			return health.Fail(fmt.Sprintf("%s speaks %s: a browser gets ERR_SSL_PROTOCOL_ERROR, or nothing that it can read.", raw, says),
				fmt.Sprintf("Write the other scheme in %s, or put the right program behind the address.", e.config.File()), "sting config check",
				seen...)
		}
	}
	return health.Pass(seen...)
}

// sayingTime is how long an address may be silent.
const sayingTime = 2 * time.Second

// addresses are the URLs that the lab gives to others.
func (e *examination) addresses() []string {
	c := e.config
	list := []string{fmt.Sprintf("https://localhost:%s", c.Ports.Site)}
	if c.Kratos.Mode == config.KratosExternal || c.Ports.KratosPublic.Open() {
		list = append(list, c.Kratos.PublicURL)
	}
	if u := c.MailURL(); u != "" {
		list = append(list, u)
	}
	return list
}

// speaks reports whether a TLS hello is answered by TLS.
func speaks(ctx context.Context, host string) (bool, error) {
	if _, _, err := net.SplitHostPort(host); err != nil {
		host += ":443"
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	client := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}) // whose it is is TLS-02's
	err = client.HandshakeContext(ctx)
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	return !plain && !errors.Is(err, io.EOF), ctx.Err() // an alert is TLS too: which, is TLS-04's
}

// checkSecure gets a page over https, and looks that http shows none: browsers
// hide navigator.credentials from pages that are not a secure context.
func (e *examination) checkSecure(ctx context.Context) health.Result {
	origin := e.config.Origin()
	if p, ok := config.InsecureOrigin(e.report); ok {
		return health.Fail(fmt.Sprintf("Pages at %s are no secure context: browsers hide the passkey API from them.", p.Value), p.Fix,
			"sting config check",
			fmt.Sprintf("%s, line %d", e.config.File(), p.Line))
	}
	b, err := e.self.browser()
	if err != nil {
		return health.Blame(err)
	}
	defer b.close()
	page, err := b.ask(ctx, http.MethodGet, "/login", nil)
	if err != nil {
		return health.Fail("The sign-in page doesn't come over HTTPS.", "Restart the site.", "sting restart site", err.Error())
	}
	seen := []string{origin + " is https, or a name under localhost", page.what + " over " + "https"}
	plain, err := overHTTP(ctx, origin)
	if err == nil && plain/100 == 2 {
		return health.Fail("The page also comes over http, where browsers hide the passkey API.", "Take away what forwards http to the site.",
			"", append(seen, fmt.Sprintf("http: %d", plain))...)
	}
	return health.Pass(append(seen, fmt.Sprintf("the same port over http: %d, no page", plain))...)
}

// overHTTP asks the site's port without TLS.
func overHTTP(ctx context.Context, origin string) (status int, err error) {
	u, err := url.Parse(origin)
	if err != nil {
		return 0, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", u.Port()))
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := fmt.Fprintf(conn, "GET /login HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", u.Host); err != nil {
		return 0, err
	}
	raw, err := io.ReadAll(io.LimitReader(conn, 1<<10))
	if err != nil {
		return 0, err
	}
	_, err = fmt.Sscanf(string(raw), "HTTP/1.1 %d", &status)
	if err != nil {
		_, err = fmt.Sscanf(string(raw), "HTTP/1.0 %d", &status)
	}
	return status, err
}

// checkAddresses opens a page at the loopback addresses, where no passkey can
// ever work, and looks where that leads.
func (e *examination) checkAddresses(ctx context.Context) health.Result {
	if host, local := e.page(); !local {
		return health.Skip("%s is not this machine's by nature, so nobody is sent there from an address", host)
	}
	listening := e.lab.Addresses()
	if len(listening) == 0 {
		return health.Skip("the site has not answered at any address yet")
	}
	var seen []string
	for _, at := range listening {
		b, err := e.self.browser()
		if err != nil {
			return health.Blame(err)
		}
		b.origin = "https://" + at.String()
		page, err := b.ask(ctx, http.MethodGet, "/login", nil)
		b.close()
		if err != nil {
			return health.Fail(fmt.Sprintf("The site doesn't answer at %s.", at), "Restart the site.", "sting restart site",
				append(seen, err.Error())...)
		}
		to := page.header.Get("Location")
		seen = append(seen, fmt.Sprintf("%s/login: %d to %q", b.origin, page.status, to))
		if !strings.HasPrefix(to, e.config.Origin()+"/") {
			return health.Fail(fmt.Sprintf("A page at %s stays there: to a browser that is another host than %s, and it has no passkeys.",
				b.origin, e.config.Origin()),
				"Open the pages at the name.", "sting open login", seen...)
		}
	}
	return health.Pass(seen...)
}
