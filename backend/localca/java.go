package localca

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/smallstep/truststore"

	"sting/backend/child"
)

// debianJava is the keystore that Debian fills from the system's store and
// forgets to empty again.
const debianJava = "/etc/ssl/certs/java/cacerts"

// javaStore is the cacerts file of a Java runtime.
type javaStore struct{ keytool, cacerts string }

// javaStores returns the runtime of JAVA_HOME and Debian's, each once.
func javaStores() []javaStore {
	var out []javaStore
	seen := make(map[string]bool)
	add := func(keytool, cacerts string) {
		file, err := filepath.EvalSymlinks(cacerts)
		if err == nil && !seen[file] {
			seen[file] = true
			out = append(out, javaStore{keytool, file})
		}
	}
	if _, err := truststore.NewJavaTrust(); err == nil { // JAVA_HOME names a runtime with keytool
		home := os.Getenv("JAVA_HOME")
		for _, lib := range []string{filepath.Join("jre", "lib"), "lib"} {
			add(filepath.Join(home, "bin", "keytool"), filepath.Join(home, lib, "security", "cacerts"))
		}
	}
	if keytool, err := exec.LookPath("keytool"); err == nil {
		add(keytool, debianJava)
	}
	return out
}

func (w *work) java(ctx context.Context, j javaStore) StoreReport {
	r := StoreReport{Kind: KindJava, Name: "Java", Path: j.cacerts, Before: Unknown, After: Unknown}
	found, err := j.ours(ctx, w.ledger)
	if err != nil {
		r.fail(err)
		return r
	}
	r.Before = stateOf(found, w.entry.Certificate)
	r.After = r.Before
	var unwanted []held
	for _, h := range found {
		if w.remove || !bytes.Equal(h.der, w.entry.Certificate) {
			unwanted = append(unwanted, h)
		}
	}
	add := !w.remove && r.Before != Trusted
	if w.DryRun || !add && len(unwanted) == 0 {
		r.Note = w.note(add, len(unwanted))
		return r
	}
	r.Note = "restart programs that run on Java"
	if err = w.remember(place{KindJava, j.cacerts}); err == nil {
		err = w.editJava(ctx, j, &r, add, unwanted)
	}
	if found, askErr := j.ours(ctx, w.ledger); askErr == nil {
		r.After = stateOf(found, w.entry.Certificate)
		if err == nil && (w.remove && len(found) > 0 || !w.remove && r.After != Trusted) {
			err = ErrStore.Saying("keytool reported success, and %s is not as asked.", j.cacerts)
		}
	} else {
		r.After = Unknown
	}
	r.fail(err)
	return r
}

// editJava runs one command for all there is to do, so that a password is
// asked for once.
func (w *work) editJava(ctx context.Context, j javaStore, r *StoreReport, add bool, unwanted []held) error {
	var steps []string
	if add {
		steps = append(steps, child.Quote(j.args("-importcert", "-noprompt", "-alias", systemPrefix+w.entry.cert.SerialNumber.String(), "-file",
			w.CertificatePath())...))
	}
	for _, h := range unwanted {
		steps = append(steps, child.Quote(j.args("-delete", "-alias", h.nickname)...))
	}
	argv := []string{"sh", "-c", strings.Join(steps, " && ")}
	if f, err := os.OpenFile(j.cacerts, os.O_WRONLY, 0); err == nil {
		_ = f.Close()
		return runQuiet(ctx, argv)
	}
	return w.asRoot(ctx, r, argv)
}

func (j javaStore) args(command string, more ...string) []string {
	return append([]string{j.keytool, "-J-Duser.language=en", command, "-keystore", j.cacerts, "-storepass", truststore.JavaStorePass},
		more...)
}

// ours lists the entries that the ledger knows; nicknames are aliases here.
func (j javaStore) ours(ctx context.Context, l ledger) ([]held, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	argv := j.args("-list", "-rfc")
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return nil, ErrStore.Saying("keytool could not read %s: %s.", j.cacerts, lastLine(string(out), err)).
			Because(fmt.Errorf("keytool -list: %w: %s", err, bytes.TrimSpace(out)))
	}
	var found []held
	for part := range strings.SplitSeq(string(out), "Alias name: ") {
		alias, rest, _ := strings.Cut(part, "\n")
		for _, der := range certificates([]byte(rest)) {
			if l.knows(der) {
				found = append(found, held{nickname: strings.TrimSpace(alias), trusted: true, der: der})
			}
		}
	}
	return found, nil
}
