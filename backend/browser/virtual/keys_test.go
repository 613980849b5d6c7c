package virtual_test

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/browser/virtual"
	"sting/backend/fault"
)

// resting returns a Virtual that runs no browser, with virtual.json as given.
func resting(t *testing.T, file string) (*virtual.Virtual, string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "virtual.json")
	if file != "" {
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return virtual.New(virtual.Options{
		Dir: dir, Path: filepath.Join(dir, "no-such-browser"), Changed: func() {}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}), path
}

// twoKeys are kept keys with the ids YWFhYWFh (aaaaaa) and YWFhYWFi (aaaaab).
const twoKeys = `{"format": 1, "keys": [
 {"credentialId": "YWFhYWFh", "isResidentCredential": true, "rpId": "localhost", "privateKey": "c2VjcmV0", "userHandle": "dQ==", ` +
	`"signCount": 7, "backupEligibility": true, "backupState": true, "userName": "ada"},
 {"credentialId": "YWFhYWFi", "isResidentCredential": true, "rpId": "localhost", "privateKey": "c2VjcmV0", "signCount": 1, ` +
	`"backupEligibility": false, "backupState": false}
]}`

func keysOf(t *testing.T, v *virtual.Virtual) []virtual.Key {
	t.Helper()
	st, err := v.State()
	if err != nil {
		t.Fatal(err)
	}
	return st.Keys
}

func TestKeysCanBeChangedWithoutABrowser(t *testing.T) {
	first := base64.RawURLEncoding.EncodeToString([]byte("aaaaaa"))
	for name, tt := range map[string]struct {
		change virtual.Change
		want   func(*virtual.Key)
	}{
		"an eligible key stops to be, and to be backed up": {virtual.Change{Do: virtual.FlipBE, Key: first}, func(k *virtual.Key) {
			k.BackupEligibility, k.BackupState = false, false
		}},
		"a backed up key is not":  {virtual.Change{Do: virtual.FlipBS, Key: first}, func(k *virtual.Key) { k.BackupState = false }},
		"the counter is set back": {virtual.Change{Do: virtual.SetCounter, Key: first, Counter: 3}, func(k *virtual.Key) { k.SignCount = 3 }},
	} {
		t.Run(name, func(t *testing.T) {
			v, path := resting(t, twoKeys)
			want := keysOf(t, v)
			tt.want(&want[0])
			if err := v.Apply(t.Context(), tt.change); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, keysOf(t, v)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the file afterwards: %v, %v", info, err)
			}
		})
	}
}

func TestAForgottenKeyIsGoneAndTheOtherIsNot(t *testing.T) {
	v, _ := resting(t, twoKeys)
	want := keysOf(t, v)[1:]
	if err := v.Apply(t.Context(), virtual.Change{Do: virtual.Forget, Key: "YWFhYWFh"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, keysOf(t, v)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChangesThatMakeNoSenseAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		change virtual.Change
		want   error
	}{
		"an unknown key":                 {virtual.Change{Do: virtual.FlipBE, Key: "nope"}, fault.ErrNotFound},
		"no key":                         {virtual.Change{Do: virtual.Forget}, fault.ErrNotFound},
		"a beginning that two keys have": {virtual.Change{Do: virtual.Forget, Key: "YWFh"}, fault.ErrNotFound},
		"a counter beyond the protocol's": {virtual.Change{Do: virtual.SetCounter, Key: "YWFhYWFh", Counter: math.MaxInt32 + 1},
			fault.ErrInvalidField},
		"a verb that there isn't":         {virtual.Change{Do: "explode"}, fault.ErrInvalidField},
		"a mode that there isn't":         {virtual.Change{Do: virtual.SetUserPresence, To: "maybe"}, fault.ErrInvalidField},
		"a signature's mode for presence": {virtual.Change{Do: virtual.SetUserPresence, To: virtual.Bad}, fault.ErrInvalidField},
		"presence's mode for a signature": {virtual.Change{Do: virtual.SetSignature, To: virtual.Off}, fault.ErrInvalidField},
		"a mode while no browser runs":    {virtual.Change{Do: virtual.SetSignature, To: virtual.Bad}, virtual.ErrNotRunning},
		"closing what doesn't run":        {virtual.Change{Do: virtual.Close}, virtual.ErrNotRunning},
	} {
		t.Run(name, func(t *testing.T) {
			v, _ := resting(t, twoKeys)
			if err := v.Apply(t.Context(), tt.change); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if n := len(keysOf(t, v)); n != 2 {
				t.Errorf("%d keys are left of 2", n)
			}
		})
	}
}

func TestAFileThatCannotBeUsedIsSaidAndLeftAlone(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":       "{",
		"a newer format": `{"format": 2, "keys": []}`,
		"another file":   `{"pid": 1}`,
	} {
		t.Run(name, func(t *testing.T) {
			v, path := resting(t, text)
			if _, err := v.State(); !errors.Is(err, virtual.ErrKeys) {
				t.Errorf("State = %v", err)
			}
			if err := v.Apply(t.Context(), virtual.Change{Do: virtual.Forget, Key: "YWFhYWFh"}); !errors.Is(err, virtual.ErrKeys) {
				t.Errorf("Apply = %v", err)
			}
			if raw, err := os.ReadFile(path); err != nil || string(raw) != text {
				t.Errorf("the file is now %q, %v", raw, err)
			}
		})
	}
}

func TestAFileThatOthersCanReadIsClosedAndALinkIsNotFollowed(t *testing.T) {
	v, path := resting(t, twoKeys)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	keysOf(t, v)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	elsewhere := filepath.Join(t.TempDir(), "keys")
	if err := errors.Join(os.Rename(path, elsewhere), os.Symlink(elsewhere, path)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.State(); !errors.Is(err, virtual.ErrKeys) {
		t.Errorf("through a link: %v", err)
	}
}

func TestABrowserThatIsNotThereIsNamed(t *testing.T) {
	v, path := resting(t, "")
	err := v.Open(t.Context(), "https://localhost:8443/register")
	if !errors.Is(err, virtual.ErrNoBrowser) || !strings.Contains(err.Error(), "no-such-browser") {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) > 0 {
		t.Errorf("files were made: %v, %v", entries, err)
	}
}

func TestAProfileThatAKilledLabLeftIsThrownAway(t *testing.T) {
	v, path := resting(t, twoKeys)
	if err := os.MkdirAll(filepath.Join(filepath.Dir(path), "virtual-profile", "Default"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	v.Run(ctx)
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 || entries[0].Name() != "virtual.json" {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	if err := v.Open(t.Context(), "https://localhost:8443/"); !errors.Is(err, virtual.ErrNotRunning) {
		t.Errorf("Open after the end: %v", err)
	}
}
