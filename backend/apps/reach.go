package apps

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"sting/backend/origin"
)

// Answer is what came of asking an app for a page.
type Answer struct {
	Answers     bool
	Status      int
	Took        time.Duration
	Says        string
	Fix         string
	Certificate *Certificate // nil without TLS
}

// Certificate is what a server shows to browsers.
type Certificate struct {
	Names               []string
	Issuer              string
	NotBefore, NotAfter time.Time
	SPKI                string // base64 of the SHA-256 of its key, as Chromium's --ignore-certificate-errors-spki-list reads it
	Why                 string // why this machine doesn't trust it, "" where it does
}

// patience is how long an app may take to answer.
const patience = 5 * time.Second

// Reach asks an app for a page, without a cookie, and follows no redirect. Whatever
// certificate it shows is looked at and believed for this request alone.
func (a App) Reach(ctx context.Context, page string) Answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var out Answer
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return Answer{Says: "This is not the address of a page.", Fix: "Correct its url in sting.yml."}
	}
	at, err := origin.Parse(r.URL.Scheme + "://" + r.URL.Host)
	if err != nil {
		return Answer{Says: "This is not the address of a page.", Fix: "Correct its url in sting.yml."}
	}
	address := a.Address(at)
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
		TLSClientConfig: looking(at, func(c *Certificate) { out.Certificate = c }),
	}
	began := time.Now()
	answer, err := transport.RoundTrip(r)
	out.Took = time.Since(began)
	if err != nil {
		out.Says, out.Fix = silent(err, at, address)
		return out
	}
	_ = answer.Body.Close()
	out.Answers, out.Status = true, answer.StatusCode
	out.Says = "It answers with " + answer.Status + "."
	if answer.StatusCode >= http.StatusInternalServerError {
		out.Fix = "Look at what the app logged."
	}
	return out
}

// Certificate is what the server at an origin of the app shows, nil where it shows none.
// No page is asked for: the address of one can be good for one time.
func (a App) Certificate(ctx context.Context, at origin.Origin) *Certificate {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var out *Certificate
	dialer := tls.Dialer{Config: looking(at, func(c *Certificate) { out = c })}
	if conn, err := dialer.DialContext(ctx, "tcp", a.Address(at)); err == nil {
		_ = conn.Close()
	}
	return out
}

// looking believes whatever certificate an origin shows, and tells of it.
func looking(at origin.Origin, tell func(*Certificate)) *tls.Config {
	host := strings.Trim(at.Host, "[]")
	return &tls.Config{
		ServerName:         host,
		InsecureSkipVerify: true, // what it shows is the question
		VerifyConnection: func(s tls.ConnectionState) error {
			tell(shown(s, host))
			return nil
		},
	}
}

// silent says why nothing came, and what to do.
func silent(err error, at origin.Origin, address string) (says, fix string) {
	var unknown *net.DNSError
	var notTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		return "The name " + at.Host + " leads nowhere on this machine.",
			"Write where it is: hosts: {" + at.Host + ": 127.0.0.1} of the app in sting.yml. No hosts file is needed for the lab browser."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Nothing listens at " + address + ".", "Start the app, or correct its url in sting.yml."
	case errors.As(err, &notTLS):
		return "What listens at " + address + " doesn't speak https.", "Write http:// in its url, or let the app speak https."
	case errors.Is(err, context.DeadlineExceeded):
		return "Nothing came from " + address + " in " + patience.String() + ".", "See whether the app hangs."
	}
	return "No answer came from " + address + ": " + err.Error() + ".", "See whether the app speaks " + at.Scheme + " there."
}

// shown is a certificate as a browser judges it at a host: a name or an address.
func shown(s tls.ConnectionState, host string) *Certificate {
	leaf := s.PeerCertificates[0]
	spki := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	out := &Certificate{
		Names: slices.Clone(leaf.DNSNames), Issuer: leaf.Issuer.String(), NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter,
		SPKI: base64.StdEncoding.EncodeToString(spki[:]),
	}
	for _, ip := range leaf.IPAddresses {
		out.Names = append(out.Names, ip.String())
	}
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Intermediates: between}); err != nil {
		out.Why = err.Error()
	}
	return out
}
