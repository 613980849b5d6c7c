package localca

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/smallstep/truststore"

	"sting/backend/child"
)

// systemStore puts the authority into the system's store, or takes it out.
//
// truststore knows where each distribution keeps its store and which command
// rebuilds it. The commands are run here: the library calls sudo even as root,
// and several times.
func (w *work) systemStore(ctx context.Context) StoreReport {
	r := StoreReport{Kind: KindSystem, Name: "the system's store", Before: Unknown, After: Unknown}
	if truststore.SystemTrustCommand == nil {
		r.Problem = ErrNoSystemStore
		return r
	}
	r.Path = filepath.Dir(truststore.SystemTrustFilename)
	if w.entry.cert != nil {
		r.Path = w.entry.systemFile()
	}
	r.Before = w.systemState()
	r.After = r.Before
	old, current := w.systemFiles()
	add := !w.remove && r.Before != Trusted
	if w.DryRun || !add && len(old) == 0 {
		r.Note = w.note(add, len(old))
		return r
	}
	script := removeScript(old)
	if add {
		script = "install -m 644 " + child.Quote(w.CertificatePath()) + " " + child.Quote(current) + " && " + script
	}
	r.Note = "for curl and its like; browsers on Linux read stores of their own"
	err := w.remember(place{KindSystem, r.Path})
	if err == nil {
		err = w.asRoot(ctx, &r, []string{"sh", "-c", script})
	}
	r.After = w.systemState()
	if left, _ := w.systemFiles(); err == nil && (!w.remove && r.After != Trusted || w.remove && (r.After != Absent || len(left) > 0)) {
		err = ErrStore.Saying("The command on the system's store reported success, and the store is not as asked.")
	}
	r.fail(err)
	return r
}

// systemFile is where the authority's certificate stands in the store, as
// truststore names it.
func (e entry) systemFile() string {
	return fmt.Sprintf(truststore.SystemTrustFilename, systemPrefix+e.cert.SerialNumber.String())
}

// systemFiles returns our files in the store that should go, and the one of
// the authority as it is.
func (w *work) systemFiles() (old []string, current string) {
	for _, e := range w.ledger.Authorities {
		path := e.systemFile()
		if !w.remove && bytes.Equal(e.Certificate, w.entry.Certificate) {
			current = path
			continue
		}
		if _, err := os.Lstat(path); err == nil {
			old = append(old, path)
		}
	}
	return old, current
}

// removeScript removes files from the store and rebuilds what is made of it.
// Debian's command leaves links to a removed file behind, so they go as well.
func removeScript(files []string) string {
	rebuild := child.Quote(truststore.SystemTrustCommand...)
	if len(files) == 0 {
		return rebuild
	}
	script := "rm -f " + child.Quote(files...) + " && " + rebuild
	if truststore.SystemTrustCommand[0] != "update-ca-certificates" {
		return script
	}
	for _, f := range files {
		link := strings.TrimSuffix(filepath.Base(f), ".crt") + ".pem"
		script += " && find /etc/ssl/certs -type l -lname " + child.Quote(link) + " -delete && rm -f " + child.Quote("/etc/ssl/certs/"+link)
	}
	return script
}

// systemState reads the bundle that programs read; where none is known, the
// files of the store.
func (w *work) systemState() State {
	var found []held
	bundle, known := systemBundle()
	if known {
		for _, der := range certificates(bundle) {
			if w.ledger.knows(der) {
				found = append(found, held{der: der, trusted: true})
			}
		}
		return stateOf(found, w.entry.Certificate)
	}
	for _, e := range w.ledger.Authorities {
		if raw, err := os.ReadFile(e.systemFile()); err == nil && bytes.Equal(raw, certPEM(e.cert)) {
			found = append(found, held{der: e.Certificate, trusted: true})
		}
	}
	return stateOf(found, w.entry.Certificate)
}

func systemBundle() ([]byte, bool) {
	for _, path := range []string{
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Alpine, Arch
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora
		"/etc/ca-certificates/extracted/tls-ca-bundle.pem",  // Arch
		"/var/lib/ca-certificates/ca-bundle.pem",            // openSUSE
	} {
		if raw, err := os.ReadFile(path); err == nil {
			return raw, true
		}
	}
	return nil, false
}
