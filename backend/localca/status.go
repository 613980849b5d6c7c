package localca

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"net"
	"strings"
	"time"

	"sting/backend/fault"
)

// Certificate is what there is to say about one certificate.
type Certificate struct {
	Subject     string
	Serial      string // hexadecimal
	NotBefore   time.Time
	NotAfter    time.Time
	DaysLeft    int    // whole days, negative once it has run out
	Fingerprint string // SHA-256 of the certificate, upper-case hexadecimal with colons, as browsers show it
	SPKI        string // base64 of the SHA-256 of the public key, as Chromium's --ignore-certificate-errors-spki-list reads it
}

// Status is the state of the authority at one moment.
type Status struct {
	CA        Certificate
	Leaf      Certificate
	CAPath    string         // the authority's certificate in PEM
	Hosts     []string       // what the leaf is for
	Permitted []string       // what the authority may vouch for: domains with all that is below them, addresses
	Problems  []*fault.Error // why browsers will not take it, each with its fix; empty: nothing is wrong
	Notices   []string       // what was mended without being asked
}

// Status returns the state. Without an authority it holds the problem alone.
func (a *Authority) Status() Status {
	now := a.now()
	st := Status{CAPath: a.CertificatePath(), Notices: a.Notices()}
	s := a.served.Load()
	if s == nil {
		st.Problems = []*fault.Error{fault.From(a.unavailable())}
		return st
	}
	st.CA, st.Leaf = describe(s.ca.cert, now), describe(s.leaf.Leaf, now)
	st.Hosts = names{dns: s.leaf.Leaf.DNSNames, ips: s.leaf.Leaf.IPAddresses}.list()
	st.Permitted = append(st.Permitted, s.ca.cert.PermittedDNSDomains...)
	for _, r := range s.ca.cert.PermittedIPRanges {
		st.Permitted = append(st.Permitted, r.IP.String())
	}
	st.Problems = problems(s, now)
	return st
}

func problems(s *served, now time.Time) []*fault.Error {
	var out []*fault.Error
	ca := s.ca.cert
	if now.After(ca.NotAfter) {
		out = append(out, ErrExpired.Saying("The certificate authority ran out on %s: browsers refuse its certificates.",
			ca.NotAfter.Format(time.DateOnly)))
	}
	if now.Before(ca.NotBefore) {
		out = append(out, ErrNotYetValid.Saying("The machine's clock says %s, and the certificate authority begins on %s.",
			now.Format(time.DateOnly), ca.NotBefore.Format(time.DateOnly)))
	}
	if len(s.uncovered) > 0 {
		out = append(out, ErrNotCovered.Saying("The certificate authority was not made for %s.", strings.Join(s.uncovered, ", ")))
	}
	return append(out, s.refused...)
}

// needsRenewal reports whether Trust has to make a new authority first.
func (a *Authority) needsRenewal() bool {
	s, now := a.served.Load(), a.now()
	if s == nil {
		return true
	}
	return len(s.uncovered) > 0 || now.Before(s.ca.cert.NotBefore) || s.ca.cert.NotAfter.Sub(now) < caSoon
}

// Pin is the key of the leaf that is served, as Certificate has it in SPKI; "" while
// there is none.
func (a *Authority) Pin() string { return a.Status().Leaf.SPKI }

func describe(c *x509.Certificate, now time.Time) Certificate {
	spki := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return Certificate{
		Subject: c.Subject.CommonName, Serial: c.SerialNumber.Text(16),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter,
		DaysLeft:    int(math.Floor(c.NotAfter.Sub(now).Hours() / 24)),
		Fingerprint: fingerprint(c.Raw),
		SPKI:        base64.StdEncoding.EncodeToString(spki[:]),
	}
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(parts, ":")
}

// Probe does what a browser does: a whole handshake with the served leaf for
// each of its hosts, verified up to the authority at the machine's time. Its
// error is one of the problems of Status, or ErrHandshake.
func (a *Authority) Probe(ctx context.Context) error {
	if _, err := a.GetCertificate(nil); err != nil {
		return err
	}
	st := a.Status()
	if len(st.Problems) > 0 {
		return st.Problems[0]
	}
	for _, host := range st.Hosts {
		if err := a.handshake(ctx, strings.Replace(host, "*.", "any.", 1)); err != nil {
			return ErrHandshake.Saying("A TLS handshake with our own certificate for %s failed.", host).Because(err)
		}
	}
	return nil
}

func (a *Authority) handshake(ctx context.Context, host string) error {
	ours, theirs := net.Pipe()
	conf := a.TLSConfig()
	conf.SessionTicketsDisabled = true // nobody reads them
	server := tls.Server(ours, conf)
	client := tls.Client(theirs, a.Client().TLS(host))
	done := make(chan error, 1)
	go func() {
		err := server.HandshakeContext(ctx)
		_ = ours.Close()
		done <- err
	}()
	err := client.HandshakeContext(ctx)
	_ = theirs.Close()
	if serverErr := <-done; err == nil && serverErr != nil {
		return fmt.Errorf("serve: %w", serverErr)
	}
	return err
}
