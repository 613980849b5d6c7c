package localca

import (
	"crypto/tls"
	"path/filepath"
	"time"

	"sting/backend/disk"
)

// TLSConfig returns a configuration for every listener of the lab: TLS 1.2 or
// later, HTTP/2 and HTTP/1.1, the leaf as it is at each handshake. Each call
// returns one of its own.
func (a *Authority) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: a.GetCertificate,
	}
}

// GetCertificate returns the leaf, for tls.Config. It makes a new one when
// less than a third of the leaf's life is left, or when the machine's clock
// was moved out of it. While one handshake does so the others go on with the
// old leaf, as long as that is valid.
func (a *Authority) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s, now := a.served.Load(), a.now()
	switch {
	case s == nil:
		return nil, a.unavailable()
	case !valid(s.leaf.Leaf.NotBefore, s.leaf.Leaf.NotAfter, now):
		a.mu.Lock()
	case !due(s, now) || !a.mu.TryLock():
		return s.leaf, nil
	}
	defer a.mu.Unlock()
	if s = a.served.Load(); s == nil {
		return nil, a.lastErr
	}
	if due(s, now) {
		a.serve(s.ca)
		s = a.served.Load()
	}
	return s.leaf, nil
}

func (a *Authority) unavailable() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lastErr != nil {
		return a.lastErr
	}
	return ErrDamaged.Saying("The certificate authority has not been loaded.")
}

func valid(begin, end, now time.Time) bool { return !now.Before(begin) && !now.After(end) }

// due reports whether a new leaf is better than the one that is served.
func due(s *served, now time.Time) bool {
	leaf := s.leaf.Leaf
	if !valid(leaf.NotBefore, leaf.NotAfter, now) {
		return true
	}
	if leaf.NotAfter.Sub(now) >= leaf.NotAfter.Sub(leaf.NotBefore)/3 {
		return false
	}
	// A leaf that ends with its authority can't be made to last longer.
	return s.ca.leafEnd(now).Sub(leaf.NotAfter) > time.Hour
}

// serve makes ca the authority: with the leaf on disk where that fits, else
// with a new one. a.mu is held.
func (a *Authority) serve(ca *pair) {
	want, refused := parseHosts(a.hosts)
	covered, uncovered := want.covered(ca.cert)
	next := &served{ca: ca, uncovered: uncovered, refused: refused}
	if leaf, ok := a.loadLeaf(ca, covered); ok {
		next.leaf = leaf
		if !due(next, a.now()) {
			a.served.Store(next)
			return
		}
	}
	made, err := ca.newLeaf(covered, a.now())
	if err != nil {
		// Only a broken source of randomness leads here; keep what is served.
		a.log.Error("make leaf", "err", err)
		return
	}
	next.leaf = &tls.Certificate{Certificate: [][]byte{made.cert.Raw}, PrivateKey: made.key, Leaf: made.cert}
	a.served.Store(next)
	a.notice("Made a certificate until " + made.cert.NotAfter.Format(time.RFC3339) + ".")
	if err := a.write(leafFile, made.pem()); err != nil {
		a.log.Error("keep leaf; it is served all the same", "err", err)
	}
}

// loadLeaf returns the leaf on disk if ca signed it for exactly n. Any other
// is silently replaced: nobody trusts a leaf.
func (a *Authority) loadLeaf(ca *pair, n names) (*tls.Certificate, bool) {
	raw, err := disk.Read(filepath.Join(a.dir, leafFile), maxFile)
	if err != nil {
		return nil, false
	}
	p, err := parsePair(raw)
	if err != nil || p.cert.CheckSignatureFrom(ca.cert) != nil {
		return nil, false
	}
	if !n.equal(names{dns: p.cert.DNSNames, ips: p.cert.IPAddresses}) {
		return nil, false
	}
	return &tls.Certificate{Certificate: [][]byte{p.cert.Raw}, PrivateKey: p.key, Leaf: p.cert}, true
}
