package localca

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/user"
	"strings"
	"time"
)

// pair is a certificate and the key that belongs to it.
type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// pem returns the key and then the certificate, in PEM.
func (p *pair) pem() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		panic(err) // a P-256 key always has an encoding
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return append(out, certPEM(p.cert)...)
}

func certPEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// parsePair reads what pem wrote, and refuses a key that isn't the certificate's.
func parsePair(raw []byte) (*pair, error) {
	var p pair
	for {
		block, rest := pem.Decode(raw)
		if block == nil {
			break
		}
		raw = rest
		switch block.Type {
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("read key: %w", err)
			}
			ec, ok := key.(*ecdsa.PrivateKey)
			if !ok {
				return nil, errors.New("the key is not an ECDSA key")
			}
			p.key = ec
		case "CERTIFICATE":
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("read certificate: %w", err)
			}
			p.cert = cert
		}
	}
	if p.key == nil || p.cert == nil || len(bytes.TrimSpace(raw)) > 0 {
		return nil, errors.New("it does not hold one key and one certificate")
	}
	if !p.key.PublicKey.Equal(p.cert.PublicKey) {
		return nil, errors.New("the key and the certificate do not belong together")
	}
	return &p, nil
}

// newAuthority makes an authority for n that is valid from a little before now.
func newAuthority(n names, now time.Time) (*pair, error) {
	key, serial, err := newKey()
	if err != nil {
		return nil, err
	}
	dns, ips := n.constraints()
	begin := now.Add(-backdate).UTC().Truncate(time.Second)
	t := &x509.Certificate{
		SerialNumber:                serial,
		Subject:                     pkix.Name{Organization: []string{"STING Companion"}, CommonName: authorityName(&key.PublicKey)},
		NotBefore:                   begin,
		NotAfter:                    begin.Add(caLife - time.Second), // both ends are included
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true, // the whole extension, addresses included
		PermittedDNSDomains:         dns,
		PermittedIPRanges:           ips,
	}
	return sign(t, t, key, key)
}

// newLeaf makes a leaf for n. It ends with its authority, as long as that has
// not ended already.
func (p *pair) newLeaf(n names, now time.Time) (*pair, error) {
	key, serial, err := newKey()
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "STING Companion on this machine"},
		NotBefore:             now.Add(-backdate).UTC().Truncate(time.Second),
		NotAfter:              p.leafEnd(now),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:              n.dns,
		IPAddresses:           n.ips,
	}
	return sign(t, p.cert, key, p.key)
}

// leafEnd returns when a leaf that is made now will end.
func (p *pair) leafEnd(now time.Time) time.Time {
	end := now.Add(leafLife - backdate - time.Second).UTC().Truncate(time.Second)
	if now.Before(p.cert.NotAfter) && p.cert.NotAfter.Before(end) {
		return p.cert.NotAfter
	}
	return end
}

func sign(t, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (*pair, error) {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, fmt.Errorf("sign certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	return &pair{cert: cert, key: key}, nil
}

func newKey() (*ecdsa.PrivateKey, *big.Int, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return nil, nil, fmt.Errorf("make serial number: %w", err)
	}
	b[0] = b[0]&0x7f | 0x40 // positive, always 16 bytes
	return key, new(big.Int).SetBytes(b), nil
}

// authorityName says in a browser's list whose authority this is. A common
// name holds 64 characters at most (RFC 5280, appendix A.1).
func authorityName(key *ecdsa.PublicKey) string {
	who := "user"
	if u, err := user.Current(); err == nil && u.Username != "" {
		who = u.Username
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "machine"
	}
	return fmt.Sprintf("%s (%s, %s)", nicknamePrefix, plain(who+"@"+host, 27), shortID(key))
}

const nicknamePrefix = "STING Companion local CA"

// shortID is the beginning of the hash of the public key.
func shortID(key *ecdsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err) // a P-256 key always has an encoding
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:4])
}

// plain keeps what reads the same in every tool's list.
func plain(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("@._-", r):
			return r
		}
		return '-'
	}, s)
	return s[:min(len(s), limit)]
}
