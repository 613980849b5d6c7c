// Package localcatest plays the thief of an authority's key. Only tests import
// it.
package localcatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Stolen is an authority in the hands of somebody who read its key file.
type Stolen struct {
	Cert *x509.Certificate
	Key  *ecdsa.PrivateKey
}

// Steal reads the authority out of the folder `ca/`.
func Steal(dir string) (Stolen, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "ca-key.pem"))
	if err != nil {
		return Stolen{}, err
	}
	pair, err := tls.X509KeyPair(raw, raw)
	if err != nil {
		return Stolen{}, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return Stolen{}, errors.New("the authority's key is not an ECDSA key")
	}
	return Stolen{Cert: pair.Leaf, Key: key}, nil
}

// Forge signs a server certificate for names and addresses. ca makes it an
// authority as well.
func (s Stolen) Forge(now time.Time, commonName string, ca bool, hosts ...string) (Stolen, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Stolen{}, err
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: commonName},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		BasicConstraintsValid: true, IsCA: ca,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ca {
		t.KeyUsage = x509.KeyUsageCertSign
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
			continue
		}
		t.DNSNames = append(t.DNSNames, h)
	}
	der, err := x509.CreateCertificate(rand.Reader, t, s.Cert, &key.PublicKey, s.Key)
	if err != nil {
		return Stolen{}, err
	}
	cert, err := x509.ParseCertificate(der)
	return Stolen{Cert: cert, Key: key}, err
}

// PEM returns the certificate in PEM.
func (s Stolen) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Cert.Raw})
}

// TLS returns the certificate as a server's, so that a test can show it to a
// browser.
func (s Stolen) TLS() tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{s.Cert.Raw}, PrivateKey: s.Key, Leaf: s.Cert}
}
