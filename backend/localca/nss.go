package localca

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// nss edits NSS databases with certutil.
type nss struct {
	certutil string
	ca       string // the file with the authority's certificate
	verb     string // what the person types again once a store is mended
}

// held is a certificate of ours in a database.
type held struct {
	nickname string
	trusted  bool // as an authority for TLS servers
	der      []byte
	alone    bool // nothing that isn't ours has this nickname
}

// findNSS looks for certutil. Windows has another program of that name, and
// no browser with an NSS store that we know of.
func findNSS(ca, verb string) (nss, error) {
	path, err := exec.LookPath("certutil")
	if err != nil {
		return nss{}, ErrCertutil.Hinting("Install it, then run `%s` again: %s.", verb, certutilPackage()).Because(err)
	}
	return nss{certutil: path, ca: ca, verb: verb}, nil
}

// certutilPackage says how this system's package with certutil is installed.
func certutilPackage() string {
	for _, m := range []struct{ manager, how string }{
		{"apt-get", "`sudo apt-get install libnss3-tools`"},
		{"dnf", "`sudo dnf install nss-tools`"},
		{"yum", "`sudo yum install nss-tools`"},
		{"zypper", "`sudo zypper install mozilla-nss-tools`"},
		{"pacman", "`sudo pacman -S nss`"},
		{"apk", "`sudo apk add nss-tools`"},
		{"brew", "`brew install nss`"},
	} {
		if _, err := exec.LookPath(m.manager); err == nil {
			return m.how
		}
	}
	return "the package is called libnss3-tools (Debian, Ubuntu), nss-tools (Fedora) or nss (Arch)"
}

// patience is how long certutil may take: it needs milliseconds, and on some damaged
// stores it never ends.
const patience = 8 * time.Second

// run runs certutil on the database in dir. It never asks for a password: the
// empty file given as one makes a locked store fail at once.
func (n nss) run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, n.certutil, append(args, "-d", "sql:"+dir, "-f", os.DevNull)...)
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err == nil {
		return out.Bytes(), nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return nil, n.refusal(dir, args, err, errs.Bytes())
}

// create makes an empty database without a password, as Chromium does.
func (n nss) create(ctx context.Context, dir string) error {
	if exists(filepath.Join(dir, "key4.db")) {
		return ErrStore.Saying("The trust store %s is damaged: its cert9.db is missing.", dir).Hinting("%s", n.putAside(dir))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ErrStore.Saying("%s can't be made.", dir).Because(err)
	}
	_, err := n.run(ctx, dir, "-N", "--empty-password")
	return err
}

// ours returns the certificates in dir that the ledger knows.
func (n nss) ours(ctx context.Context, dir string, l ledger) ([]held, error) {
	list, err := n.run(ctx, dir, "-L")
	if err != nil {
		return nil, err
	}
	var out []held
	for nickname, flags := range nicknames(list) {
		raw, err := n.run(ctx, dir, "-L", "-n", nickname, "-a")
		if err != nil {
			return nil, err
		}
		alone := true
		var found []held
		for _, der := range certificates(raw) {
			if l.knows(der) {
				found = append(found, held{nickname: nickname, trusted: strings.Contains(flags, "C"), der: der})
				continue
			}
			alone = false
		}
		for _, h := range found {
			h.alone = alone
			out = append(out, h)
		}
	}
	return out, nil
}

// add puts the authority into the database in dir and marks it as trusted.
func (n nss) add(ctx context.Context, dir string, e entry, before []held) error {
	for _, h := range before {
		if bytes.Equal(h.der, e.Certificate) {
			_, err := n.run(ctx, dir, "-M", "-n", h.nickname, "-t", "C,,")
			return err
		}
	}
	_, err := n.run(ctx, dir, "-A", "-n", e.nickname(), "-t", "C,,", "-i", n.ca)
	if err != nil {
		// A locked store keeps the certificate and refuses the mark of trust.
		_, _ = n.run(ctx, dir, "-D", "-n", e.nickname())
	}
	return err
}

// remove takes h out of the database in dir.
func (n nss) remove(ctx context.Context, dir string, h held) error {
	if !h.alone {
		return ErrStore.Saying("Another certificate in %s has the nickname %q too, so none was removed.", dir, h.nickname).
			Hinting("Remove it in the browser's own settings: the fingerprint is %s.", fingerprint(h.der))
	}
	_, err := n.run(ctx, dir, "-D", "-n", h.nickname)
	return err
}

// nicknames reads certutil's table: nicknames of ours with their trust flags.
// Browsers that import a file call it by its common name, which begins as
// our nicknames do.
func nicknames(table []byte) map[string]string {
	row := regexp.MustCompile(`^(.*\S)\s+([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$`)
	out := make(map[string]string)
	for line := range strings.Lines(string(table)) {
		m := row.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m != nil && strings.HasPrefix(m[1], nicknamePrefix) {
			out[m[1]] = m[2]
		}
	}
	return out
}

// certificates returns the DER of each certificate in raw, which is PEM.
func certificates(raw []byte) [][]byte {
	var out [][]byte
	for {
		block, rest := pem.Decode(raw)
		if block == nil {
			return out
		}
		if _, err := x509.ParseCertificate(block.Bytes); block.Type == "CERTIFICATE" && err == nil {
			out = append(out, block.Bytes)
		}
		raw = rest
	}
}

// stateOf says what found means for the authority with this certificate.
func stateOf(found []held, der []byte) State {
	state := Absent
	for _, h := range found {
		switch {
		case !bytes.Equal(h.der, der):
			if state == Absent {
				state = Older
			}
		case h.trusted:
			state = Trusted
		}
	}
	return state
}
