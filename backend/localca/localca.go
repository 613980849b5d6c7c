// Package localca is the lab's certificate authority: it makes the authority
// and its leaves, serves them, and puts the authority into the trust stores of
// this machine and takes it out again.
//
// Its one invariant: whoever steals the authority's key can impersonate
// nothing but the names that the lab itself serves on this machine, and for a
// year at most. The names are critical constraints inside the certificate
// (RFC 5280, section 4.2.1.10), the path length is zero, and a new authority
// is made only where somebody asked for one.
package localca

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sting/backend/disk"
	"sting/backend/fault"
	"sting/backend/loopback"
)

const (
	caLife   = 365 * 24 * time.Hour // notBefore to notAfter
	leafLife = 30 * 24 * time.Hour
	backdate = time.Hour           // for browsers whose clock is a little behind
	caSoon   = 30 * 24 * time.Hour // less than this left: Trust makes a new authority

	keyFile  = "ca-key.pem"  // the authority: its key and its certificate in one file, so that one rename replaces both
	certFile = "ca.pem"      // a copy of its certificate, for people and for other programs
	leafFile = "leaf.pem"    // the leaf: its key and its certificate
	bookFile = "ledger.json" // the authorities made here, and where they were trusted
)

// Options say where the authority lives and what it is for.
type Options struct {
	Dir   string           // the folder `ca/` of the home; made with mode 0700
	Hosts []string         // names and addresses to serve besides localhost, 127.0.0.1 and ::1
	Home  string           // the person's home folder with the browsers' stores; empty: the one of the environment
	Now   func() time.Time // the machine's time: TLS does not follow the lab's clock; nil panics
	Log   *slog.Logger     // nil discards
}

// Authority is the certificate authority of one home folder and the leaf that
// the listeners serve. It is safe for concurrent use; two processes must not
// share a folder.
type Authority struct {
	dir, home string
	now       func() time.Time
	log       *slog.Logger
	root      bool // this process may change the system's store by itself

	served atomic.Pointer[served]

	mu      sync.Mutex // held by whoever changes the fields below or the folder
	hosts   []string
	notices []string
	lastErr error // why there is no authority

	trusting sync.Mutex // one change of trust stores at a time
}

// served is what a handshake needs. It is never changed, only replaced.
type served struct {
	ca        *pair
	leaf      *tls.Certificate // Leaf is parsed
	uncovered []string         // hosts that this authority may not vouch for
	refused   []*fault.Error   // hosts that no authority of ours would
}

// New returns an authority that has touched nothing yet: Open loads it.
func New(o Options) *Authority {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		panic("localca: Options.Now is nil")
	}
	return &Authority{dir: o.Dir, home: o.Home, now: o.Now, log: o.Log, hosts: o.Hosts, root: os.Geteuid() == 0}
}

// Open is New followed by Authority.Open.
func Open(o Options) (*Authority, error) {
	a := New(o)
	if err := a.Open(); err != nil {
		return nil, err
	}
	return a, nil
}

// Open loads the authority from its folder, or makes one where there is none,
// and sees to a leaf that fits. It may be called again after a failure.
//
// Errors: ErrFolder when the folder can't be used, ErrDamaged when the
// authority's files are missing in part, changed or unreadable. Then nothing
// is served and nothing is overwritten; Renew, and so Trust, puts the damaged
// files aside and makes a new authority. An authority that has run out, or
// that doesn't cover a configured host, is no error here: Status tells.
func (a *Authority) Open() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.open()
	a.lastErr = err
	if err != nil {
		a.served.Store(nil)
	}
	return err
}

func (a *Authority) open() error {
	if err := a.prepareFolder(); err != nil {
		return err
	}
	ca, err := a.loadAuthority()
	if errors.Is(err, fs.ErrNotExist) {
		ca, err = a.makeAuthority()
	}
	if err != nil {
		return err
	}
	if err := a.publishCertificate(ca); err != nil {
		return err
	}
	a.serve(ca)
	return nil
}

// SetHosts replaces the hosts of Options: the next handshake gets a leaf for
// them, and the same ones change nothing. Hosts that the authority doesn't cover are in Status.
func (a *Authority) SetHosts(hosts []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if slices.Equal(a.hosts, hosts) {
		return
	}
	a.hosts = slices.Clone(hosts)
	if s := a.served.Load(); s != nil {
		a.serve(s.ca)
	}
}

// Renew makes a new authority for the hosts as configured, with a leaf of its
// own, in one atomic step; files of a damaged one are put aside under another
// name. Every store has to trust the new one before browsers take it: call
// Trust, which renews by itself where that is needed.
func (a *Authority) Renew() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.renew()
	if err == nil {
		a.lastErr = nil
	}
	return err
}

func (a *Authority) renew() error {
	if err := a.prepareFolder(); err != nil {
		return err
	}
	old, err := a.loadAuthority()
	switch {
	case err == nil:
		err = a.enter(old.cert) // so that it can be removed from the stores
	case !errors.Is(err, fs.ErrNotExist):
		err = a.putAside(keyFile, certFile)
	default:
		err = nil
	}
	if err != nil {
		return err
	}
	ca, err := a.makeAuthority()
	if err != nil {
		return err
	}
	if err := a.publishCertificate(ca); err != nil {
		return err
	}
	a.serve(ca)
	return nil
}

// CertificatePath returns where the authority's certificate stands, in PEM.
func (a *Authority) CertificatePath() string { return filepath.Join(a.dir, certFile) }

// Covers reports whether the authority of the folder dir may vouch for every one of
// hosts. It changes nothing; where there is no authority it is false.
func Covers(dir string, hosts []string) bool {
	raw, err := os.ReadFile(filepath.Join(dir, certFile))
	if err != nil {
		return false
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return false
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return false
	}
	want, _ := parseHosts(hosts)
	_, uncovered := want.covered(cert)
	return len(uncovered) == 0
}

// Client returns a client of ours, which trusts this authority alone, and nobody
// while there is none.
func (a *Authority) Client() loopback.Client {
	pool := x509.NewCertPool()
	if s := a.served.Load(); s != nil {
		pool.AddCert(s.ca.cert)
	}
	return loopback.Client{Roots: pool, Now: a.now}
}

// Notices returns, oldest first, what was done to the folder without being
// asked: modes narrowed, damaged files replaced, certificates made.
func (a *Authority) Notices() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.notices...)
}

// notice says msg in the log and keeps it for Notices. a.mu is held.
func (a *Authority) notice(msg string) {
	const keep = 50
	a.log.Info("certificate authority", "notice", msg)
	a.notices = append(a.notices, msg)
	if len(a.notices) > keep {
		a.notices = a.notices[len(a.notices)-keep:]
	}
}

// loadAuthority reads the authority. The error is fs.ErrNotExist where none
// was ever made, else ErrDamaged.
func (a *Authority) loadAuthority() (*pair, error) {
	raw, err := disk.Read(filepath.Join(a.dir, keyFile), maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(filepath.Join(a.dir, certFile)); err == nil {
			return nil, damaged("%s is missing, and %s says there was an authority", keyFile, certFile)
		}
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, damaged("%s can't be read: %v", keyFile, err).Because(err)
	}
	ca, err := parsePair(raw)
	if err != nil {
		return nil, damaged("%s: %v", keyFile, err).Because(err)
	}
	if !ca.cert.IsCA || !ca.cert.PermittedDNSDomainsCritical {
		return nil, damaged("%s holds a certificate that is no constrained authority", keyFile)
	}
	return ca, nil
}

func (a *Authority) makeAuthority() (*pair, error) {
	names, _ := parseHosts(a.hosts)
	ca, err := newAuthority(names, a.now())
	if err != nil {
		return nil, fault.ErrInternal.Because(err)
	}
	// The ledger goes first: an authority that is in a store and in no ledger
	// could never be removed.
	if err := a.enter(ca.cert); err != nil {
		return nil, err
	}
	if err := a.write(keyFile, ca.pem()); err != nil {
		return nil, err
	}
	a.notice("Made a certificate authority: " + ca.cert.Subject.CommonName + ".")
	return ca, nil
}

// publishCertificate sees to it that the copy of the certificate is the
// authority's.
func (a *Authority) publishCertificate(ca *pair) error {
	want := certPEM(ca.cert)
	got, err := disk.Read(filepath.Join(a.dir, certFile), maxFile)
	if err == nil && string(got) == string(want) {
		return nil
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		a.notice("Wrote " + certFile + " anew: it was not the authority's certificate.")
	}
	return a.write(certFile, want)
}
