package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
	"sting/backend/identity"
)

// minted is the list of the passkeys and user handles that this lab made. Every
// program of a machine shares the RP ID localhost, so a passkey that the lab
// doesn't know may be anybody's: only what stands here may be told away.
//
// The list is a file of its own beside sting.db, so that no reset, restore or
// import touches it, and no snapshot or export carries it to another lab. A line is
// half a SHA-256 in hexadecimal digits; one that can't be read names nothing, which
// keeps a passkey where it is.
type minted struct {
	path   string
	noSync bool

	mu      sync.RWMutex      // held while a long list is read behind the back of those who wait for nothing of it
	read    []mark            // ascending: there may be millions
	have    map[mark]struct{} // those that came since
	bad     int               // lines that can't be read
	reading sync.WaitGroup
}

// mark stands for one passkey or one user handle.
type mark [sha256.Size / 2]byte

const mintedFile = "minted.list"

// keyMinted is set in a sting.db whose passkeys need not be taken into the list.
var keyMinted = []byte("minted")

// markOf hashes parts that can't run into each other.
func markOf(parts ...[]byte) (m mark) {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	copy(m[:], h.Sum(nil))
	return m
}

// markOfPasskey includes the user handle: somebody who registers another program's
// credential ID here doesn't make that passkey the lab's.
func markOfPasskey(rpID string, credentialID, userHandle []byte) mark {
	return markOf([]byte("passkey"), []byte(rpID), credentialID, userHandle)
}

func markOfHandle(userHandle []byte) mark { return markOf([]byte("handle"), userHandle) }

// Mint implements passkey.Credentials.
func (s *Store) Mint(rpID string, credentialID, userHandle []byte) error {
	return s.minted.add(markOfPasskey(rpID, credentialID, userHandle))
}

// Minted implements passkey.Credentials.
func (s *Store) Minted(rpID string, credentialID, userHandle []byte) bool {
	return len(userHandle) > 0 && s.minted.has(markOfPasskey(rpID, credentialID, userHandle))
}

// MintedHandle implements passkey.Credentials.
func (s *Store) MintedHandle(userHandle []byte) bool { return s.minted.has(markOfHandle(userHandle)) }

// mintHandle notes the user handle of somebody who was made here just now, and not
// read from an export.
func (s *Store) mintHandle(i identity.Identity) error {
	if !i.Made {
		return nil
	}
	return s.minted.add(markOfHandle(i.UserHandle))
}

func (m *minted) has(k mark) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.holds(k)
}

// holds is has for who has the lock.
func (m *minted) holds(k mark) bool {
	if _, found := m.have[k]; found {
		return true
	}
	_, found := slices.BinarySearchFunc(m.read, k, mark.compare)
	return found
}

func (k mark) compare(to mark) int { return bytes.Compare(k[:], to[:]) }

// add writes marks that are new behind the others, and flushes them.
func (m *minted) add(marks ...mark) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var lines []byte
	for _, k := range marks {
		if !m.holds(k) {
			lines = append(hex.AppendEncode(lines, k[:]), '\n')
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if err := m.append(lines); err != nil {
		return fault.ErrStoreUnavailable.Saying("The list of the lab's own passkeys can't be written.").Hinting("Look at %s: %v", m.path,
			err).Because(err)
	}
	for _, k := range marks {
		m.have[k] = struct{}{}
	}
	return nil
}

// append begins on a line of its own, whatever a write that was cut left behind.
func (m *minted) append(lines []byte) error {
	f, err := os.OpenFile(m.path, os.O_APPEND|os.O_CREATE|os.O_RDWR|noFollow, 0o600)
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			lines = append([]byte{'\n'}, lines...)
		}
	}
	_, err = f.Write(lines)
	if err == nil && !m.noSync {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// mintedAtOnce is how long a list is, in bytes, that is read before the start goes on.
const mintedAtOnce = 1 << 20

// openMinted reads the list. A data file from before there was one is looked
// through once: what a lab without a list had made counts as its own.
func (s *Store) openMinted(db *bolt.DB) error {
	m := &s.minted
	m.reading.Wait()
	m.mu.Lock()
	m.path, m.noSync = filepath.Join(s.dir, mintedFile), s.options.NoSync
	m.read, m.have, m.bad = nil, make(map[mark]struct{}), 0
	f, err := os.Open(m.path)
	isNew := errors.Is(err, fs.ErrNotExist)
	if err == nil {
		err = m.load(f)
	} else {
		m.mu.Unlock()
	}
	if err != nil && !isNew {
		return fault.ErrStoreUnavailable.Saying("The list of the lab's own passkeys can't be read.").Hinting("Look at %s: %v", m.path,
			err).Because(err)
	}
	known := false
	if err := db.View(func(tx *bolt.Tx) error {
		known = tx.Bucket(bucketMeta).Get(keyMinted) != nil
		return nil
	}); err != nil || known {
		return err
	}
	if isNew {
		if err := m.takeOver(db); err != nil {
			return err
		}
	}
	return db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketMeta).Put(keyMinted, []byte("1")) })
}

// load fills the list from its file and gives the lock back, which the caller holds:
// of a long one later, so that those wait who ask for it, and not the start.
func (m *minted) load(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Size() <= mintedAtOnce {
		defer m.mu.Unlock()
		return errors.Join(err, m.fill(f, info), f.Close())
	}
	m.reading.Go(func() {
		defer m.mu.Unlock()
		if err := errors.Join(m.fill(f, info), f.Close()); err != nil {
			m.bad++ // what can't be read names nothing
		}
	})
	return nil
}

func (m *minted) fill(f io.Reader, info fs.FileInfo) error {
	if info == nil {
		return nil
	}
	m.read = make([]mark, 0, info.Size()/int64(2*len(mark{})+1)+1)
	lines := bufio.NewReaderSize(f, wholePage)
	for {
		line, long, err := lines.ReadLine()
		for more := long; more && err == nil; {
			_, more, err = lines.ReadLine()
		}
		switch {
		case long:
			m.bad++
			continue
		case err == io.EOF:
			slices.SortFunc(m.read, mark.compare)
			return nil
		case err != nil:
			return err
		}
		var k mark
		if n, err := hex.Decode(k[:], line[:min(len(line), 2*len(k))]); err != nil || n != len(k) || len(line) != 2*len(k) {
			m.bad++
			continue
		}
		m.read = append(m.read, k)
	}
}

// takeOver takes every passkey of a data file into the list, those that were
// removed too, and every user handle.
func (m *minted) takeOver(db *bolt.DB) error {
	var marks []mark
	err := db.View(func(tx *bolt.Tx) error {
		return errors.Join(
			tx.Bucket(credentials.name).ForEach(func(k, v []byte) error {
				if c, err := credentials.decode(k, v); err == nil { // a damaged one can't be told from another program's
					marks = append(marks, markOfPasskey(c.RPID, c.CredentialID, c.UserHandle))
				}
				return nil
			}),
			tx.Bucket(userHandles.name).ForEach(func(handle, _ []byte) error {
				marks = append(marks, markOfHandle(handle))
				return nil
			}),
		)
	})
	if err != nil || len(marks) == 0 {
		return err
	}
	whole := minted{path: m.path + ".part", noSync: m.noSync, have: make(map[mark]struct{})}
	if err := os.Remove(whole.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := whole.add(marks...); err != nil {
		return err
	}
	if err := os.Rename(whole.path, m.path); err != nil { // in one step: half a list would never be completed
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.have = whole.have
	return nil
}

// notices says what of the list can't be read.
func (m *minted) notices() []string {
	if !m.mu.TryRLock() {
		return nil // it is read still, and asked for again
	}
	defer m.mu.RUnlock()
	if m.bad == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d lines of %s can't be read: the passkeys they stood for count as another program's, and stay in the "+
		"password manager", m.bad, m.path)}
}
