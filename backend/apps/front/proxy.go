package front

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"sting/backend/fault"
	"sting/backend/origin"
)

// ErrDown means that the server of the front end doesn't answer.
var ErrDown = fault.New(fault.Unavailable, "FRONT_DOWN", "The front end doesn't answer.",
	"Start its development server, or correct front.url in sting.yml.")

// Proxy hands requests on to the server of a front end. A nil one has none.
type Proxy struct {
	end       func() End
	ours      func(cookie string) bool
	transport *http.Transport
}

// New returns a Proxy to whatever end says at each request. ours tells the lab's
// cookies by their names.
func New(end func() End, ours func(cookie string) bool) *Proxy {
	return &Proxy{end: end, ours: ours, transport: newTransport()}
}

func newTransport() *http.Transport {
	return &http.Transport{
		DialContext: dial,
		// Development servers sign for themselves, and dial goes to this machine alone.
		TLSClientConfig:    &tls.Config{InsecureSkipVerify: true},
		DisableCompression: true, // the browser's affair
		IdleConnTimeout:    10 * time.Second,
	}
}

// dial connects to this machine. Its names are looked up nowhere: what a resolver says
// of them can't lead elsewhere, and a server on one of the two addresses is found.
func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if !origin.IsLocalName(host) {
		if !(origin.Origin{Host: host}).IsLoopback() {
			return nil, fmt.Errorf("%s is not this machine", host)
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	if err == nil {
		return conn, nil
	}
	conn, err6 := new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("::1", port))
	return conn, errors.Join(err, err6)
}

// End is the front end as it is now.
func (p *Proxy) End() End {
	if p == nil {
		return End{}
	}
	return p.end()
}

// Serve hands a request on, web sockets too, and gives back the answer with the headers
// that the front end's server set: the lab's policy is for its own pages. It returns
// ErrDown where that server doesn't answer, and has written nothing then.
func (p *Proxy) Serve(w http.ResponseWriter, r *http.Request) error {
	at, err := Parse(p.End().URL)
	if err != nil {
		return ErrDown.Because(err) // it was taken away just now
	}
	before := w.Header().Clone()
	maps.DeleteFunc(w.Header(), func(name string, _ []string) bool { return name != "X-Request-Id" })
	var failed error
	proxy := httputil.ReverseProxy{
		Transport: final{p.transport},
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.SetURL(&url.URL{Scheme: at.Scheme, Host: at.HostPort()})
			pr.Out.URL.RawQuery = pr.In.URL.RawQuery // as it came: bundlers write what is no query
			pr.SetXForwarded()
			p.withoutOurs(pr.Out.Header, "Cookie", ";")
		},
		ModifyResponse: func(res *http.Response) error {
			p.answer(res, at, r.Host)
			return nil
		},
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err },
		ErrorLog:     log.New(io.Discard, "", 0), // an answer that ends early is cut off for the browser too
	}
	proxy.ServeHTTP(w, r)
	if failed == nil {
		return nil
	}
	maps.Copy(w.Header(), before)
	return ErrDown.Saying("The front end at %s doesn't answer.", at).Because(failed)
}

// final hands on no answer but the last: what comes before it (103 Early Hints) would
// pass by what answer takes away.
type final struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (f final) RoundTrip(r *http.Request) (*http.Response, error) {
	if t := httptrace.ContextClientTrace(r.Context()); t != nil {
		t.Got1xxResponse = nil
	}
	return f.RoundTripper.RoundTrip(r)
}

// answer makes the answer of the front end's server one of the lab's origin.
func (p *Proxy) answer(res *http.Response, at origin.Origin, own string) {
	h := res.Header
	p.withoutOurs(h, "Set-Cookie", "")
	h.Del("Strict-Transport-Security") // it would count for every port of the host
	h.Del("Alt-Svc")
	h.Del("X-Request-Id")
	for name, value := range map[string]string{"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff"} {
		if h.Get(name) == "" {
			h.Set(name, value)
		}
	}
	to, err := url.Parse(h.Get("Location"))
	if err != nil || to.Host == "" {
		return
	}
	if o, err := origin.Parse(to.Scheme + "://" + to.Host); err == nil && o == at {
		to.Scheme, to.Host = "https", own
		h.Set("Location", to.String())
	}
}

// withoutOurs drops the lab's cookies of a header, whose lines hold one, or more with a
// separator between them. One without a name counts by what servers read in it.
func (p *Proxy) withoutOurs(h http.Header, header, separator string) {
	lines := h.Values(header)
	if separator != "" {
		lines = strings.Split(strings.Join(lines, separator), separator)
	}
	var rest []string
	for _, line := range lines {
		name, _, _ := strings.Cut(strings.TrimLeft(line, "= \t"), "=")
		if !p.ours(strings.TrimSpace(name)) && strings.TrimSpace(line) != "" {
			rest = append(rest, strings.TrimSpace(line))
		}
	}
	h.Del(header)
	switch {
	case len(rest) == 0:
	case separator != "":
		h.Set(header, strings.Join(rest, separator+" "))
	default:
		h[header] = rest
	}
}

// Probe asks the server of a front end for its first page, and returns the status that
// it says. Its error is ErrDown.
func Probe(ctx context.Context, e End) (status string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.URL+"/", nil)
	if err != nil {
		return "", ErrDown.Because(err)
	}
	transport := newTransport()
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(req)
	if err != nil {
		return "", ErrDown.Saying("The front end at %s doesn't answer.", e.URL).Because(err)
	}
	return res.Status, res.Body.Close()
}
