package localca

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"sting/backend/disk"
)

// ledger lists every authority that was made in this folder, so that exactly
// these, and no other certificate, are ever removed from a store.
type ledger struct {
	Authorities []entry `json:"authorities"`
	Stores      []place `json:"stores"` // where one of them was put
}

// entry is one authority. Its certificate is all that is needed to find it.
type entry struct {
	Fingerprint string    `json:"fingerprint"`
	Certificate []byte    `json:"certificate"` // DER
	Made        time.Time `json:"made"`

	cert *x509.Certificate
}

// place is a store that Trust changed.
type place struct {
	Kind Kind   `json:"kind"`
	Path string `json:"path"`
}

// nickname is what NSS stores list the authority as.
func (e entry) nickname() string {
	key, ok := e.cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nicknamePrefix + " " + e.cert.SerialNumber.Text(16)
	}
	return nicknamePrefix + " " + shortID(key)
}

// readLedger returns the ledger, an empty one where there is none. a.mu is held.
func (a *Authority) readLedger() (ledger, error) {
	var l ledger
	raw, err := disk.Read(filepath.Join(a.dir, bookFile), maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return l, ErrLedger.Because(err)
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		return ledger{}, ErrLedger.Because(err)
	}
	for i := range l.Authorities {
		e := &l.Authorities[i]
		if e.cert, err = x509.ParseCertificate(e.Certificate); err != nil {
			return ledger{}, ErrLedger.Because(fmt.Errorf("entry %d: %w", i, err))
		}
		if e.Fingerprint != fingerprint(e.Certificate) {
			return ledger{}, ErrLedger.Because(fmt.Errorf("entry %d: the fingerprint is not the certificate's", i))
		}
	}
	return l, nil
}

func (a *Authority) writeLedger(l ledger) error {
	raw, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return ErrLedger.Because(err)
	}
	return a.write(bookFile, append(raw, '\n'))
}

// enter adds an authority to the ledger. a.mu is held.
func (a *Authority) enter(cert *x509.Certificate) error {
	l, err := a.readLedger()
	if err != nil {
		return err
	}
	if l.knows(cert.Raw) {
		return nil
	}
	l.Authorities = append(l.Authorities, entry{Fingerprint: fingerprint(cert.Raw), Certificate: cert.Raw, Made: a.now().UTC(), cert: cert})
	return a.writeLedger(l)
}

// knows reports whether the certificate is one of ours.
func (l ledger) knows(der []byte) bool {
	return slices.ContainsFunc(l.Authorities, func(e entry) bool { return bytes.Equal(e.Certificate, der) })
}
