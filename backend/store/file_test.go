package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// filled makes a home with some people in it and returns its folder.
func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	for i := range 300 {
		person(t, s, number(i))
	}
	must(t, s.PutCeremony(t.Context(), ceremony("one", "browser", 0)))
	done()
	return dir
}

func TestAFileThatCantBeUsedIsRefusedAndUntouched(t *testing.T) {
	cases := []struct {
		claim, code string
		spoil       func(t *testing.T, path string)
	}{
		{"empty", "STORE_DAMAGED", func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) }},
		{"cut to one page", "STORE_DAMAGED", func(t *testing.T, path string) { must(t, os.Truncate(path, 4096)) }},
		{"cut to the meta pages", "STORE_DAMAGED", func(t *testing.T, path string) { must(t, os.Truncate(path, 8192)) }},
		{"cut in the middle", "STORE_DAMAGED", func(t *testing.T, path string) {
			fi, err := os.Stat(path)
			must(t, err)
			must(t, os.Truncate(path, fi.Size()/2))
		}},
		{"a short text", "STORE_DAMAGED", func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("hello"), 0o600)) }},
		{"a long text", "STORE_DAMAGED", func(t *testing.T, path string) {
			must(t, os.WriteFile(path, bytes.Repeat([]byte("hello "), 10_000), 0o600))
		}},
		{"zeros", "STORE_DAMAGED", func(t *testing.T, path string) { must(t, os.WriteFile(path, make([]byte, 65536), 0o600)) }},
		{"both meta pages damaged", "STORE_DAMAGED", func(t *testing.T, path string) {
			raw, err := os.ReadFile(path)
			must(t, err)
			raw[16+50], raw[4096+16+50] = raw[16+50]^1, raw[4096+16+50]^1
			must(t, os.WriteFile(path, raw, 0o600))
		}},
		{"a folder", "STORE_DAMAGED", func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.Mkdir(path, 0o700))
		}},
		{"of a newer version", "STORE_NEWER", func(t *testing.T, path string) { setSchema(t, path, "4") }},
		{"of a version with two digits", "STORE_NEWER", func(t *testing.T, path string) { setSchema(t, path, "10") }},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			dir := filled(t)
			path := filepath.Join(dir, "sting.db")
			c.spoil(t, path)
			before, _ := os.ReadFile(path) // a folder has no bytes
			f := refused(t, openError(t, dir), c.code)
			if !strings.Contains(f.Hint, "--home") && !strings.Contains(f.Hint, path) {
				t.Errorf("the hint names neither the file nor a way out: %s", f.Hint)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the refused file was changed")
			}
		})
	}
}

func setSchema(t *testing.T, path, version string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	must(t, err)
	must(t, db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte(version)) }))
	must(t, db.Close())
}

func TestASymbolicLinkIsNotFollowed(t *testing.T) {
	for _, name := range []string{"sting.db", "tape.db"} {
		t.Run(name, func(t *testing.T) {
			dir, elsewhere := filled(t), filepath.Join(t.TempDir(), "victim")
			must(t, os.Rename(filepath.Join(dir, name), elsewhere))
			must(t, os.Symlink(elsewhere, filepath.Join(dir, name)))
			before, err := os.ReadFile(elsewhere)
			must(t, err)
			if err := openError(t, dir); name == "sting.db" {
				refused(t, err, "STORE_DAMAGED")
			} else {
				must(t, err) // put aside as it is, and a new one begun
			}
			after, err := os.ReadFile(elsewhere)
			must(t, err)
			if !bytes.Equal(before, after) {
				t.Error("the file behind the link was changed")
			}
		})
	}
}

func TestADamagedTapeIsPutAsideAndSaid(t *testing.T) {
	dir := filled(t)
	path := filepath.Join(dir, "tape.db")
	must(t, os.Truncate(path, 0))
	s, _ := storetest.Open(t, dir)
	if said := strings.Join(s.Notices(), " "); !strings.Contains(said, "tape.db") {
		t.Errorf("the notices are %q", said)
	}
	if _, err := os.Stat(path + ".damaged"); err != nil {
		t.Errorf("the damaged tape was not kept: %v", err)
	}
	_, err := s.TakeCeremony(t.Context(), "one")
	refused(t, err, "EXPIRED_CHALLENGE")
	must(t, s.PutCeremony(t.Context(), ceremony("two", "browser", 0)))
	if _, err := s.IdentityByIdentifier(t.Context(), number(7)); err != nil {
		t.Errorf("the people are gone with the tape: %v", err)
	}
}

func TestANewerTapeIsNotPutAside(t *testing.T) {
	dir := filled(t)
	setSchema(t, filepath.Join(dir, "tape.db"), "4")
	refused(t, openError(t, dir), "STORE_NEWER")
	if _, err := os.Stat(filepath.Join(dir, "tape.db.damaged")); err == nil {
		t.Error("a newer tape was put aside as damaged")
	}
	setSchema(t, filepath.Join(dir, "tape.db"), "3") // and sting.db was let go
	must(t, openError(t, dir))
}

func TestASecondOpenerIsToldWithinASecond(t *testing.T) {
	dir := t.TempDir()
	storetest.Open(t, dir)
	began := time.Now()
	f := refused(t, openError(t, dir), "STORE_LOCKED")
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
	if !strings.Contains(f.Hint, "sting stop") {
		t.Errorf("hints %q", f.Hint)
	}
}

func TestPermissionsThatAreTooWideAreMended(t *testing.T) {
	dir := filled(t)
	for _, name := range []string{"sting.db", "tape.db"} {
		must(t, os.Chmod(filepath.Join(dir, name), 0o644))
	}
	storetest.Open(t, dir)
	for _, name := range []string{"sting.db", "tape.db"} {
		fi, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if got := fi.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has mode %o", name, got)
		}
	}
}

func TestAFileThatIsCutWhileItIsOpenIsAnErrorNotTheEnd(t *testing.T) {
	dir := filled(t)
	s, err := store.Open(dir, store.Options{NoSync: true})
	must(t, err)
	must(t, os.Truncate(filepath.Join(dir, "sting.db"), 4096))
	errs := make(chan error, 2)
	go func() { // as a handler does: in a goroutine of its own
		_, err := s.Identities(t.Context(), "", 1000)
		errs <- err
		_, err = s.UpdateIdentity(t.Context(), "x", nil)
		errs <- err
	}()
	for range 2 {
		refused(t, <-errs, "STORE_DAMAGED")
	}
	_ = s.Close() // what it says of a file that is gone is not the claim
}

func TestProbeAndSecrets(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	must(t, s.Probe(t.Context(), start()))
	one, err := s.Secret(t.Context(), "one")
	must(t, err)
	two, err := s.Secret(t.Context(), "two")
	must(t, err)
	if len(one) != 32 || bytes.Equal(one, two) || bytes.Equal(one, make([]byte, 32)) {
		t.Errorf("secrets %x and %x", one, two)
	}
	done()
	if err := s.Probe(t.Context(), start()); err == nil {
		t.Error("the probe of a closed store succeeds")
	}
	s, _ = storetest.Open(t, dir)
	again, err := s.Secret(t.Context(), "one")
	must(t, err)
	if !bytes.Equal(one, again) {
		t.Error("the secret changed with a restart")
	}
}

// While people read and write, the file is cut. Everybody is answered, and the
// program goes on.
func TestAFileThatIsCutUnderWritersIsAFaultForEverybody(t *testing.T) {
	for name, size := range map[string]int64{"emptied": 0, "cut to one page": 4096, "cut in the middle": 200_000} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t)
			s, err := store.Open(dir, store.Options{NoSync: true})
			must(t, err)
			people, err := s.Identities(t.Context(), "", 1000)
			must(t, err)
			var all sync.WaitGroup
			var failed atomic.Int64
			work := func(once func(i int) error) {
				all.Go(func() {
					for i := 0; ; i++ {
						err := once(i)
						if err == nil {
							continue
						}
						if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != "STORE_DAMAGED" {
							t.Errorf("told %v", err)
						}
						if failed.Add(1); i > 3 {
							return
						}
					}
				})
			}
			for w := range 6 {
				work(func(i int) error {
					return s.CreateIdentity(t.Context(), identity.New(start(), "default", []byte(`{}`), fmt.Sprint(w, "-", i)))
				})
				work(func(i int) error {
					_, err := s.Identity(t.Context(), people[i%len(people)].ID)
					return err
				})
			}
			must(t, os.Truncate(filepath.Join(dir, "sting.db"), size))
			all.Wait()
			if failed.Load() == 0 {
				t.Error("nobody was told")
			}
			refused(t, s.Probe(t.Context(), start()), "STORE_DAMAGED")
			_ = s.Close() // what it says of a file that is gone is not the claim
		})
	}
}
