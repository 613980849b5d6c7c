package virtual

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sting/backend/disk"
)

// Key is one credential of the virtual authenticator. Its JSON is that of the
// protocol's WebAuthn.Credential.
type Key struct {
	CredentialID      []byte `json:"credentialId"`
	Resident          bool   `json:"isResidentCredential"`
	RPID              string `json:"rpId,omitempty"`
	PrivateKey        []byte `json:"privateKey"` // PKCS #8; never leaves this package and its file
	UserHandle        []byte `json:"userHandle,omitempty"`
	SignCount         uint32 `json:"signCount"` // of the last answer; the next one shows one more
	BackupEligibility bool   `json:"backupEligibility"`
	BackupState       bool   `json:"backupState"`
	UserName          string `json:"userName,omitempty"`
	UserDisplayName   string `json:"userDisplayName,omitempty"`
}

// ID is the credential id in base64url.
func (k Key) ID() string { return base64.RawURLEncoding.EncodeToString(k.CredentialID) }

// keyFile is the name of the file in the home folder, keyFormat what it says
// of itself, longestKeys its bound in bytes.
const (
	keyFile     = "virtual.json"
	keyFormat   = 1
	longestKeys = 64 << 20
)

type keyContent struct {
	Format int   `json:"format"`
	Keys   []Key `json:"keys"`
}

// keyring keeps the keys in a file of mode 0600. It reads the file each time
// that it is asked: the file is small, and what stands there is what counts.
type keyring struct {
	dir string
	mu  sync.Mutex
}

// all returns the keys, the oldest first.
func (r *keyring) all() ([]Key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.read()
}

func (r *keyring) read() ([]Key, error) {
	path := filepath.Join(r.dir, keyFile)
	raw, err := disk.Read(path, longestKeys)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, ErrKeys.Because(err)
	}
	info, err := os.Lstat(path)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		return nil, ErrKeys.Because(err)
	}
	var c keyContent
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, ErrKeys.Saying("virtual.json in the home folder is damaged.").Because(err)
	}
	if c.Format != keyFormat {
		return nil, ErrKeys.Saying("virtual.json in the home folder has the format %d; this program reads %d.", c.Format, keyFormat)
	}
	return c.Keys, nil
}

// write replaces the file at once: after a crash it holds the old keys or the
// new ones.
func (r *keyring) write(keys []Key) (err error) {
	raw, err := json.MarshalIndent(keyContent{keyFormat, slices.Concat([]Key{}, keys)}, "", "  ")
	if err != nil {
		return ErrKeys.Because(err)
	}
	if err := disk.Replace(filepath.Join(r.dir, keyFile), append(raw, '\n')); err != nil {
		return ErrKeys.Because(err)
	}
	return nil
}

// put keeps a key as the browser has it now. changed is false where it was
// known like that.
func (r *keyring) put(k Key) (changed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys, err := r.read()
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(keys, func(have Key) bool { return bytes.Equal(have.CredentialID, k.CredentialID) })
	switch {
	case i < 0:
		keys = append(keys, k)
	case same(keys[i], k):
		return false, nil
	default:
		keys[i] = k
	}
	return true, r.write(keys)
}

func same(a, b Key) bool {
	return bytes.Equal(a.PrivateKey, b.PrivateKey) && bytes.Equal(a.UserHandle, b.UserHandle) && a.RPID == b.RPID &&
		a.Resident == b.Resident && a.SignCount == b.SignCount && a.BackupEligibility == b.BackupEligibility &&
		a.BackupState == b.BackupState && a.UserName == b.UserName && a.UserDisplayName == b.UserDisplayName
}

// change runs f on the one key whose id begins with id, and keeps what f left;
// f returns false to forget the key.
func (r *keyring) change(id string, f func(*Key) (keep bool)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys, err := r.read()
	if err != nil {
		return err
	}
	i, err := pick(keys, id)
	if err != nil {
		return err
	}
	if !f(&keys[i]) {
		keys = slices.Delete(keys, i, i+1)
	}
	return r.write(keys)
}

// pick finds a key by its id, or by a beginning that only one has.
func pick(keys []Key, id string) (int, error) {
	found := -1
	for i, k := range keys {
		switch {
		case k.ID() == id:
			return i, nil
		case id == "" || !strings.HasPrefix(k.ID(), id):
		case found >= 0:
			return 0, errNoKey.Saying("More than one key begins with %s.", id)
		default:
			found = i
		}
	}
	if found < 0 {
		return 0, errNoKey
	}
	return found, nil
}
