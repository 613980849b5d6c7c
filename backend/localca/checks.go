package localca

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sting/backend/fault"
	"sting/backend/health"
)

// Checks examines the authority and its leaf for the pages at host. local says
// that browsers hold ceremonies there behind a certificate that they don't trust,
// as they do at localhost.
func (a *Authority) Checks(host string, local bool) []health.Check {
	return []health.Check{
		{ID: "TLS-04", Title: "The certificate is valid at this machine's time",
			Run: func(context.Context) health.Result { return a.checkTimes() }, Fix: a.fixTimes},
		{ID: "TLS-03", Title: "The certificate names every host that the site answers for", Needs: []string{"TLS-04"},
			Run: func(context.Context) health.Result { return a.checkNames(host) }},
		{ID: "TLS-02", Title: "The browsers of this machine trust the certificate", Needs: []string{"TLS-03"},
			Run: func(ctx context.Context) health.Result { return a.checkTrust(ctx, local) }},
	}
}

func (a *Authority) checkTimes() health.Result {
	st, now := a.Status(), a.now()
	if st.CA.Subject == "" {
		return health.Blame(st.Problems[0])
	}
	day := func(t time.Time) string { return t.Format("2006-01-02 15:04") }
	seen := []string{
		"the machine's clock says " + day(now),
		fmt.Sprintf("authority %s to %s", day(st.CA.NotBefore), day(st.CA.NotAfter)),
		fmt.Sprintf("leaf %s to %s", day(st.Leaf.NotBefore), day(st.Leaf.NotAfter)),
	}
	for _, p := range st.Problems {
		if p.Is(ErrNotYetValid) {
			return health.Skip("the machine's clock stands before the certificate's beginning: SV-11 is about that").Seeing(seen...)
		}
		if p.Is(ErrExpired) {
			return health.Blame(p, seen...)
		}
	}
	if err := a.onDisk(); err != nil {
		return health.Fail("The files of the authority are gone or changed under the running lab, which serves it from memory: the next start "+
			"finds it damaged. "+fault.From(err).Message,
			"Let the lab write them again from what it serves.", "sting doctor --fix TLS-04", seen...)
	}
	return health.Pass(seen...)
}

// onDisk returns why the authority that is served isn't that of the folder.
func (a *Authority) onDisk() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.served.Load()
	if s == nil {
		return a.lastErr
	}
	ca, err := a.loadAuthority()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return damaged("%s and %s are missing", keyFile, certFile)
	case err != nil:
		return err
	case !ca.cert.Equal(s.ca.cert):
		return damaged("%s holds another authority than the one that is served", keyFile)
	}
	return nil
}

// putBack writes the authority that is served into the folder again. What lies there
// in its place is put aside.
func (a *Authority) putBack() (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.served.Load()
	if err := a.prepareFolder(); err != nil {
		return "", err
	}
	if _, err := os.Lstat(filepath.Join(a.dir, keyFile)); err == nil {
		if err := a.putAside(keyFile); err != nil {
			return "", err
		}
	}
	if err := a.write(keyFile, s.ca.pem()); err != nil {
		return "", err
	}
	return "Wrote the files of the certificate authority again from what the lab serves.", a.publishCertificate(s.ca)
}

// fixTimes replaces an authority that no browser takes any more.
func (a *Authority) fixTimes(context.Context) (string, error) {
	if s := a.served.Load(); s != nil && !a.now().After(s.ca.cert.NotAfter) && a.onDisk() != nil {
		return a.putBack()
	}
	if err := a.Renew(); err != nil {
		return "", err
	}
	return "Made a new certificate authority in place of the one that had run out; `sting trust` lets the browsers trust it.", nil
}

func (a *Authority) checkNames(host string) health.Result {
	s, st := a.served.Load(), a.Status()
	if s == nil {
		return health.Blame(a.unavailable())
	}
	seen := "the leaf names " + strings.Join(st.Hosts, ", ")
	for _, p := range st.Problems {
		if p.Is(ErrNotCovered) || p.Is(ErrHostRefused) {
			return health.Blame(p, seen)
		}
	}
	for _, want := range []string{"localhost", "127.0.0.1", "::1", host} {
		if err := s.leaf.Leaf.VerifyHostname(want); err != nil {
			return health.Blame(ErrNotCovered.Saying("The certificate doesn't name %s.", want).Because(err), seen)
		}
	}
	return health.Pass(seen)
}

// checkTrust asks the stores of the browsers.
func (a *Authority) checkTrust(ctx context.Context, local bool) health.Result {
	stores, err := a.Stores(ctx, Scope{Browsers: true})
	if err != nil {
		return health.Blame(err)
	}
	var seen, missing []string
	trusted := false
	var broken *fault.Error
	for _, s := range stores {
		line := fmt.Sprintf("%s: %s", s.Name, s.Before)
		if s.Problem != nil {
			if broken == nil && s.Problem.Is(ErrStore) {
				broken = s.Problem
			}
			line += ". " + s.Problem.Message + " " + s.Problem.Hint
		}
		seen = append(seen, line)
		trusted = trusted || s.Before == Trusted
		if s.Before != Trusted {
			missing = append(missing, s.Name)
		}
	}
	fix, command := "Put it into their stores; close the browser first.", "sting trust"
	if broken != nil { // `sting trust` alone would lead nowhere
		fix, command = broken.Message+" "+broken.Hint, ""
	}
	switch {
	case !local && !trusted:
		return health.Fail("No store of this machine trusts the lab's authority, and Chromium refuses passkeys behind a certificate error but "+
			"for localhost.", fix, command, seen...)
	case !trusted && broken == nil:
		return health.Skip("nobody has trusted the authority yet. At localhost passkeys work behind the browser's warning; `sting trust` ends " +
			"the warning").Seeing(seen...)
	case len(missing) > 0: // also where none trusts it and a store is broken
		r := health.Fail("Some browsers don't trust the lab's authority: "+strings.Join(slices.Compact(missing), ", ")+".", fix, command, seen...)
		r.Verdict = health.Warning
		return r
	}
	return health.Pass(seen...)
}
