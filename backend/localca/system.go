package localca

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"sting/backend/child"
)

// systemPrefix begins the file's name in the system's store; the serial
// number follows, as truststore does it.
const systemPrefix = "sting-companion-"

// rootTime is how long a command of root may take: rebuilding a bundle and a
// Java keystore takes seconds, a person who types a password more.
const rootTime = 3 * time.Minute

// system brings the system's store and those of Java into the state asked for.
func (w *work) system(ctx context.Context) []StoreReport {
	out := []StoreReport{w.systemStore(ctx)}
	// Java comes second: Debian fills its store from the system's.
	for _, j := range javaStores() {
		out = append(out, w.java(ctx, j))
	}
	return out
}

// asRoot runs argv as root: directly, or through Elevate. Otherwise the fault
// holds the one command to run.
func (w *work) asRoot(ctx context.Context, r *StoreReport, argv []string) error {
	ctx, cancel := context.WithTimeout(ctx, rootTime)
	defer cancel()
	if w.root {
		return runQuiet(ctx, argv)
	}
	r.Command = argv
	need := ErrNeedsRoot.Hinting("Run this in a terminal: sudo %s", child.Quote(argv...))
	if w.Elevate == nil {
		return need
	}
	if err := w.Elevate(ctx, argv); err != nil {
		return need.Because(err)
	}
	r.Command = nil
	return nil
}

// runQuiet runs argv and keeps what it says for the error.
func runQuiet(ctx context.Context, argv []string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	// The tools of the system are in folders that an ordinary PATH may lack.
	cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/local/sbin:/usr/sbin:/sbin")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		return ErrStore.Saying("A command on the system's trust store failed: %s.", lastLine(string(out), err)).
			Hinting("Run it yourself to see all it says: %s", child.Quote(argv...)).
			Because(fmt.Errorf("run %s: %w: %s", argv[0], err, bytes.TrimSpace(out)))
	}
	return nil
}
