package localca

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sting/backend/child"
)

// storeFiles are the files of an NSS store.
func storeFiles() []string { return []string{"cert9.db", "key4.db", "pkcs11.txt"} }

// refusal returns why certutil failed on the store in dir with err and words, and how
// that is mended.
func (n nss) refusal(dir string, args []string, err error, words []byte) error {
	last := lastLine(string(words), err)
	cause := fmt.Errorf("certutil %s: %w: %s", args[0], err, last)
	if why := blocked(dir, args[0] != "-L"); why != nil {
		return why
	}
	if pid := holder(dir); pid != 0 {
		return ErrStore.Saying("The trust store %s is in use: process %d holds it locked.", dir, pid).
			Hinting("End the browser (`ps -p %d` names it) and run `%s` again.", pid, n.verb).Because(cause)
	}
	switch {
	case bytes.Contains(words, []byte("SEC_ERROR_BAD_PASSWORD")):
		return ErrStoreLocked.Saying("The trust store %s is locked with a primary password.", dir).Because(cause)
	case errors.Is(err, context.DeadlineExceeded):
		return ErrStore.Saying("certutil gave no answer about %s in %s: another program holds the store, or it is damaged.", dir, patience).
			Hinting("End the browser and run `%s` again. If that doesn't help: %s", n.verb, n.putAside(dir)).Because(cause)
	case damagedStore(words):
		return ErrStore.Saying("The trust store %s is damaged (certutil: %s).", dir, last).Hinting("%s", n.putAside(dir)).Because(cause)
	}
	return ErrStore.Saying("certutil could not work on %s: %s.", dir, last).
		Hinting("Close the browser it belongs to and run `%s` again.", n.verb).Because(cause)
}

// damagedStore reports whether certutil's words are those for a database that can't be
// read. It calls a damaged key4.db a general error of PKCS #11.
func damagedStore(words []byte) bool {
	for _, code := range []string{"SEC_ERROR_BAD_DATABASE", "SEC_ERROR_PKCS11_GENERAL_ERROR", "SEC_ERROR_LEGACY_DATABASE",
		"SEC_ERROR_INVALID_ARGS", "SEC_ERROR_PKCS11_DEVICE_ERROR"} {
		if bytes.Contains(words, []byte(code)) {
			return true
		}
	}
	return false
}

// putAside says how the damaged store in dir is put aside. All of its files go: beside
// a key4.db that stays, no new store can be made.
func (n nss) putAside(dir string) string {
	aside := filepath.Join(dir, "damaged")
	for i := 2; exists(aside); i++ {
		aside = filepath.Join(dir, fmt.Sprintf("damaged-%d", i))
	}
	move := []string{"mv"}
	for _, name := range storeFiles() {
		if path := filepath.Join(dir, name); exists(path) {
			move = append(move, path)
		}
	}
	hint := fmt.Sprintf("End the browser, put its store aside with `%s && %s`, start the browser and run `%s` again.",
		child.Quote("mkdir", aside), child.Quote(append(move, aside)...), n.verb)
	if exists(filepath.Join(dir, "logins.json")) {
		hint += " Keep the folder: the passwords that Firefox saved can only be read with its key4.db."
	}
	return hint
}

// locked returns ErrStoreLocked where the store in dir has a primary password.
func (n nss) locked(ctx context.Context, dir string) error {
	// It fails as well where there is no key, as in every store that is well.
	if _, err := n.run(ctx, dir, "-K"); errors.Is(err, ErrStoreLocked) {
		return err
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func lastLine(text string, err error) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return strings.TrimSuffix(strings.TrimPrefix(last, "certutil: "), ".")
	}
	return err.Error()
}
