package host

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sting/backend/disk"
	"sting/backend/fault"
)

// ErrAccepted means that the accepted certificates can't be read or written.
var ErrAccepted = fault.New(fault.Unavailable, "APP_CERTIFICATES_UNREADABLE",
	"The certificates of apps that were accepted can't be read or written.",
	"Look at certificates.json in the home folder. To be asked about each again, move that file away.")

// Accepted are the certificates of apps that the person looked at and accepted for the
// lab browser: at most one an origin. They are kept in a file of the home folder.
type Accepted struct {
	Home string

	mu sync.Mutex
}

// acceptedFile is the file's name, longestAccepted its bound in bytes.
const (
	acceptedFile    = "certificates.json"
	longestAccepted = 1 << 20
)

// acceptance is one that was accepted.
type acceptance struct {
	Origin     string   `json:"origin"`
	SPKI       string   `json:"spki"`
	Names      []string `json:"names"`
	Issuer     string   `json:"issuer"`
	NotAfter   string   `json:"not_after"`
	AcceptedAt string   `json:"accepted_at"`
}

// pin returns the key that was accepted for an origin, "" for none.
func (a *Accepted) pin(at string) (string, error) {
	found, err := a.pins(func(other string) bool { return other == at })
	return strings.Join(found, ""), err // at most one
}

// pins returns the keys that were accepted for origins that are wanted.
func (a *Accepted) pins(wanted func(at string) bool) ([]string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	list, err := a.read()
	var out []string
	for _, c := range list {
		if wanted(c.Origin) {
			out = append(out, c.SPKI)
		}
	}
	return out, err
}

// keep puts a certificate in the place of the one of its origin.
func (a *Accepted) keep(c acceptance) error {
	return a.change(func(list []acceptance) []acceptance {
		return append(slices.DeleteFunc(list, func(old acceptance) bool { return old.Origin == c.Origin }), c)
	})
}

// forget drops what was accepted for origins that are unwanted.
func (a *Accepted) forget(unwanted func(at string) bool) error {
	return a.change(func(list []acceptance) []acceptance {
		return slices.DeleteFunc(list, func(c acceptance) bool { return unwanted(c.Origin) })
	})
}

func (a *Accepted) change(f func([]acceptance) []acceptance) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	list, err := a.read()
	if err != nil {
		return err
	}
	before := len(list)
	if list = f(list); len(list) == 0 && before == 0 {
		return nil
	}
	raw, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return ErrAccepted.Because(err)
	}
	if err := disk.Replace(filepath.Join(a.Home, acceptedFile), append(raw, '\n')); err != nil {
		return ErrAccepted.Because(err)
	}
	return nil
}

func (a *Accepted) read() ([]acceptance, error) {
	raw, err := disk.Read(filepath.Join(a.Home, acceptedFile), longestAccepted)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, ErrAccepted.Because(err)
	}
	var list []acceptance
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, ErrAccepted.Saying("certificates.json in the home folder is damaged.").Because(err)
	}
	return list, nil
}
