//go:build !linux

package localca

import (
	"context"
	"crypto/x509"

	"github.com/smallstep/truststore"
)

// systemStore leaves the keychain of macOS and the store of Windows to
// truststore, which asks for the rights itself. Nobody has tried it yet.
func (w *work) systemStore(context.Context) StoreReport {
	r := StoreReport{Kind: KindSystem, Name: "the system's store", Before: w.systemState()}
	r.After = r.Before
	add := !w.remove && r.Before != Trusted
	unwanted := len(w.ledger.Authorities)
	if !w.remove {
		unwanted = len(w.ledger.Authorities) - 1
	}
	if w.DryRun || !add && !w.remove {
		r.Note = w.note(add, max(unwanted, 0))
		return r
	}
	err := w.remember(place{KindSystem, ""})
	prefix := truststore.WithPrefix(systemPrefix)
	if err == nil && add {
		err = truststore.Install(w.entry.cert, prefix)
	}
	for _, e := range w.ledger.Authorities {
		if err == nil && (w.remove || e.Fingerprint != w.entry.Fingerprint) {
			err = truststore.Uninstall(e.cert, prefix)
		}
	}
	r.After = w.systemState()
	if want := map[bool]State{true: Absent, false: Trusted}[w.remove]; err == nil && r.After != want {
		err = ErrStore.Saying("The system's store is not as asked.")
	}
	r.fail(err)
	return r
}

// systemState asks the system's own verifier.
func (w *work) systemState() State {
	trusted := func(c *x509.Certificate) bool {
		_, err := c.Verify(x509.VerifyOptions{CurrentTime: w.now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		return err == nil
	}
	var found []held
	for _, e := range w.ledger.Authorities {
		if trusted(e.cert) {
			found = append(found, held{der: e.Certificate, trusted: true})
		}
	}
	return stateOf(found, w.entry.Certificate)
}
