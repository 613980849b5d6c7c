package loopback

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"
)

// Client is how something in the lab asks the lab's own listeners: it trusts the
// authorities of Roots alone, and none of the machine's.
type Client struct {
	Roots *x509.CertPool
	Now   func() time.Time // at which certificates are valid; nil: now
}

// TLS returns the configuration of a connection to host; "" where whoever dials fills
// it in.
func (c Client) TLS(host string) *tls.Config {
	return &tls.Config{ServerName: host, RootCAs: c.Roots, Time: c.Now, MinVersion: tls.VersionTLS12}
}

// Transport carries requests, by no proxy. at returns the address that is dialled for
// the one that was asked for, "localhost:8443"; nil: that one.
func (c Client) Transport(at func(asked string) string) *http.Transport {
	return &http.Transport{
		TLSClientConfig: c.TLS(""), ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if at != nil {
				address = at(address)
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}
}
