package softkey

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// seedVersion is the form of the JSON below. Another one is refused.
const seedVersion = 1

type seed struct {
	Version        int              `json:"version"`
	AAGUID         string           `json:"aaguid"`
	UserPresent    bool             `json:"userPresent"`
	UserVerified   bool             `json:"userVerified"`
	BackupEligible bool             `json:"backupEligible"`
	BackupState    bool             `json:"backupState"`
	Attachment     string           `json:"attachment,omitempty"`
	Transports     []string         `json:"transports,omitempty"`
	Attestation    string           `json:"attestation,omitempty"`
	CounterStep    uint32           `json:"counterStep"`
	IDLength       int              `json:"idLength,omitempty"`
	Algorithms     []Algorithm      `json:"algorithms,omitempty"`
	AnyOrigin      bool             `json:"anyOrigin,omitempty"`
	Credentials    []seedCredential `json:"credentials"`
}

type seedCredential struct {
	ID             string    `json:"id"`
	RPID           string    `json:"rpId"`
	UserHandle     string    `json:"userHandle"`
	UserName       string    `json:"userName"`
	DisplayName    string    `json:"displayName"`
	Algorithm      Algorithm `json:"algorithm"`
	Counter        uint32    `json:"counter"`
	BackupEligible bool      `json:"backupEligible"`
	PrivateKey     string    `json:"privateKey"` // PKCS #8
}

// MarshalJSON exports the settings and the credentials, with their private
// keys, the oldest first. Whoever has the result can sign in. Choose and Rand
// stay behind. Binary members are base64url without padding.
func (a *Authenticator) MarshalJSON() ([]byte, error) {
	s := seed{
		Version: seedVersion, AAGUID: hex.EncodeToString(a.AAGUID[:]),
		UserPresent: a.UserPresent, UserVerified: a.UserVerified,
		BackupEligible: a.BackupEligible, BackupState: a.BackupState,
		Attachment: a.Attachment, Transports: a.Transports, Attestation: a.Attestation,
		CounterStep: a.CounterStep, IDLength: a.IDLength, Algorithms: a.Algorithms,
		AnyOrigin: a.AnyOrigin, Credentials: []seedCredential{},
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.list(func(*entry) bool { return true }) {
		private, err := x509.MarshalPKCS8PrivateKey(a.byID[string(c.ID)].key.signer)
		if err != nil {
			return nil, fmt.Errorf("export a private key: %w", err)
		}
		text := base64.RawURLEncoding.EncodeToString
		s.Credentials = append(s.Credentials, seedCredential{
			ID: text(c.ID), RPID: c.RPID, UserHandle: text(c.UserHandle),
			UserName: c.UserName, DisplayName: c.DisplayName, Algorithm: c.Algorithm,
			Counter: c.Counter, BackupEligible: c.BackupEligible, PrivateKey: text(private),
		})
	}
	return json.Marshal(s)
}

// UnmarshalJSON imports what MarshalJSON exported. It replaces the settings and
// every credential, or changes nothing and says what is wrong.
func (a *Authenticator) UnmarshalJSON(data []byte) error {
	var s seed
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return fmt.Errorf("read the authenticator: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("read the authenticator: something follows it")
	}
	if s.Version != seedVersion {
		return fmt.Errorf("read the authenticator: version %d; this program reads %d", s.Version, seedVersion)
	}
	aaguid, err := hex.DecodeString(s.AAGUID)
	if err != nil || len(aaguid) != 16 {
		return errors.New("read the authenticator: aaguid is not 32 hexadecimal digits")
	}
	entries, err := s.entries()
	if err != nil {
		return err
	}
	a.settle(s, [16]byte(aaguid))
	for _, e := range entries {
		a.keep(e)
	}
	return nil
}

func (a *Authenticator) settle(s seed, aaguid [16]byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.AAGUID = aaguid
	a.UserPresent, a.UserVerified = s.UserPresent, s.UserVerified
	a.BackupEligible, a.BackupState = s.BackupEligible, s.BackupState
	a.Attachment, a.Transports, a.Attestation = s.Attachment, s.Transports, s.Attestation
	a.CounterStep, a.IDLength = s.CounterStep, s.IDLength
	a.Algorithms, a.AnyOrigin = s.Algorithms, s.AnyOrigin
	a.byID, a.byUser = nil, nil
}

// entries returns the credentials, each with an ID and an account of its own.
func (s seed) entries() ([]*entry, error) {
	entries := make([]*entry, 0, len(s.Credentials))
	ids, accounts := map[string]bool{}, map[account]bool{}
	for i, c := range s.Credentials {
		e, err := c.entry()
		if err != nil {
			return nil, fmt.Errorf("read credential %d: %w", i, err)
		}
		if ids[c.ID] || accounts[e.account()] {
			return nil, fmt.Errorf("read credential %d: its ID or its account appears twice", i)
		}
		ids[c.ID], accounts[e.account()] = true, true
		entries = append(entries, e)
	}
	return entries, nil
}

func (c seedCredential) entry() (*entry, error) {
	id, err := decodeMember("id", c.ID)
	if err != nil {
		return nil, err
	}
	handle, err := decodeMember("userHandle", c.UserHandle)
	if err != nil {
		return nil, err
	}
	private, err := decodeMember("privateKey", c.PrivateKey)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("privateKey is not PKCS #8: %w", err)
	}
	if c.RPID == "" || !fits(c.Algorithm, parsed) {
		return nil, fmt.Errorf("rpId is missing, or privateKey is not one for %s", c.Algorithm)
	}
	return &entry{
		key: key{c.Algorithm, parsed.(crypto.Signer)},
		Credential: Credential{
			ID: id, RPID: c.RPID, UserHandle: handle, UserName: c.UserName, DisplayName: c.DisplayName,
			Algorithm: c.Algorithm, Counter: c.Counter, BackupEligible: c.BackupEligible,
		},
	}, nil
}

func decodeMember(name, text string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil, fmt.Errorf("%s is empty or not base64url without padding", name)
	}
	return b, nil
}

// fits reports whether a private key is one for the algorithm.
func fits(a Algorithm, private any) bool {
	curve, _, _ := a.curve()
	switch private := private.(type) {
	case *ecdsa.PrivateKey:
		return curve != nil && private.Curve == curve
	case ed25519.PrivateKey:
		return a == EdDSA
	case *rsa.PrivateKey:
		return a == RS256 || a == PS256
	}
	return false
}
