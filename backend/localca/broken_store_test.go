//go:build unix

package localca_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"sting/backend/health"
	"sting/backend/localca"
)

// asNobody runs the calling test again as the user nobody where it is root's, whom no
// mode keeps from writing, and returns true in there.
func asNobody(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	const nobody = 65534
	dir, err := os.MkdirTemp("/tmp", "sting-nobody")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "test")
	if err := errors.Join(os.WriteFile(exe, program, 0o755), os.Chown(dir, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if errors.Is(err, fs.ErrPermission) {
		t.Skipf("this machine runs nothing as nobody: %v", err)
	}
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("as nobody: %v", err)
	}
	return false
}

// follow runs the first command that the hint names, as it stands there.
func follow(t *testing.T, hint string) {
	t.Helper()
	m := regexp.MustCompile("`([^`]+)`").FindStringSubmatch(hint)
	if m == nil {
		t.Fatalf("the hint %q names no command", hint)
	}
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", m[1]).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", m[1], err, out)
	}
}

const profile = ".mozilla/firefox/it's mine.default"

// refused runs a verb over a good store of Chromium and a bad profile of Firefox, and
// returns what is wrong with the latter.
func (p *person) refused(verb string, r localca.Report, err error, cause string) localca.StoreReport {
	p.t.Helper()
	if verb != "dry run" && (!errors.Is(err, localca.ErrIncomplete) || !strings.Contains(err.Error(), "1 of 2")) {
		p.t.Errorf("%s: %v, want TRUST_INCOMPLETE, 1 of 2", verb, err)
	}
	if len(r.Stores) != 2 || r.Stores[0].Problem != nil {
		p.t.Fatalf("%s: %+v, want the good store well", verb, r.Stores)
	}
	bad := r.Stores[1]
	if bad.Problem == nil || !strings.Contains(bad.Problem.Message, cause) || !strings.Contains(bad.Problem.Message, bad.Path) {
		p.t.Fatalf("%s: problem %+v, want the path and %q", verb, bad.Problem, cause)
	}
	return bad
}

// everywhere holds that each verb and the doctor see what is wrong, and returns it.
func (p *person) everywhere(cause string) localca.StoreReport {
	p.t.Helper()
	r, err := p.ca.Trust(p.t.Context(), dryRun)
	p.refused("dry run", r, err, cause)
	r, err = p.ca.Trust(p.t.Context(), browsers)
	bad := p.refused("trust", r, err, cause)
	if r.Stores[0].After != localca.Trusted {
		p.t.Errorf("the good store is %s", r.Stores[0].After)
	}
	for _, c := range p.ca.Checks("localhost", true) {
		if c.ID != "TLS-02" {
			continue
		}
		got := c.Run(p.t.Context())
		if got.Verdict != health.Warning || !strings.Contains(got.Fix, bad.Problem.Hint) {
			p.t.Errorf("the doctor: %+v, want a warning with %q", got, bad.Problem.Hint)
		}
	}
	return bad
}

// mended holds that the profile takes the authority and gives it back.
func (p *person) mended() {
	p.t.Helper()
	if r := p.trust(browsers); r.Stores[1].After != localca.Trusted {
		p.t.Errorf("after the fix: %+v", r.Stores[1])
	}
	p.untrust()
}

func TestADamagedStoreIsPutAsideByOneCommandAndTrustedAfterwards(t *testing.T) {
	t.Parallel() // it waits for certutil
	junk := []byte(strings.Repeat("no database ", 1000))
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"junk in cert9.db": func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, "cert9.db"), junk) },
		"junk in key4.db":  func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, "key4.db"), junk) },
		"empty cert9.db":   func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, "cert9.db"), nil) },
		"overwritten pages of cert9.db": func(t *testing.T, dir string) {
			raw, err := os.ReadFile(filepath.Join(dir, "cert9.db"))
			if err != nil {
				t.Fatal(err)
			}
			clear(raw[4096:])
			writeFile(t, filepath.Join(dir, "cert9.db"), raw)
		},
		"cut cert9.db": func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, "cert9.db"), 9000); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t)
			p.database(".pki/nssdb")
			p.database(profile)
			spoil(t, p.path(profile))
			bad := p.everywhere("is damaged")
			r, err := p.ca.Untrust(t.Context(), browsers)
			if got := p.refused("untrust", r, err, "is damaged"); !strings.Contains(got.Problem.Hint, "`sting untrust` again") {
				t.Errorf("untrust: hint %q", got.Problem.Hint)
			}
			follow(t, bad.Problem.Hint)
			for _, f := range []string{"cert9.db", "key4.db", "pkcs11.txt"} {
				if _, err := os.Stat(p.path(profile + "/damaged/" + f)); err != nil {
					t.Error(err)
				}
			}
			p.database(profile) // as the browser does when it starts
			p.mended()
		})
	}
}

func TestAKeyDatabaseWithoutItsCertificatesIsNamedAndNeverAskedForAPassword(t *testing.T) {
	p := newPerson(t)
	const store = ".pki/nssdb"
	p.database(store)
	if err := os.Remove(p.path(store + "/cert9.db")); err != nil {
		t.Fatal(err)
	}
	r, err := p.ca.Trust(t.Context(), browsers)
	if !errors.Is(err, localca.ErrIncomplete) || !strings.Contains(r.Stores[0].Problem.Message, "cert9.db is missing") {
		t.Fatalf("Trust: %v, %+v", err, r.Stores)
	}
	follow(t, r.Stores[0].Problem.Hint)
	p.trust(browsers)
}

func TestAReadOnlyStoreIsNamedAndItsCommandMendsIt(t *testing.T) {
	t.Parallel() // it waits for certutil
	if !asNobody(t) {
		return
	}
	for _, c := range []struct {
		file  string
		mode  fs.FileMode
		cause string
		fix   string
	}{
		{"cert9.db", 0o444, "read-only", "chmod u+w "},
		{"key4.db", 0o444, "read-only", "chmod u+w "},
		{".", 0o555, "read-only", "chmod u+w "},
		{"cert9.db", 0, "not readable", "chmod u+rwX "},
		{".", 0, "not readable", "chmod u+rwX "},
	} {
		t.Run(fmt.Sprintf("%s %04o", c.file, c.mode), func(t *testing.T) {
			t.Parallel()
			p := newPerson(t)
			p.database(".pki/nssdb")
			p.database(profile)
			path := filepath.Join(p.path(profile), c.file)
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(p.path(profile), 0o700) })
			bad := p.everywhere(c.cause)
			if !strings.Contains(bad.Problem.Hint, "`"+c.fix) {
				t.Errorf("hint %q, want %q", bad.Problem.Hint, c.fix)
			}
			follow(t, bad.Problem.Hint)
			p.mended()
		})
	}
}

func TestALockedStoreIsNamedByADryRunToo(t *testing.T) {
	p := newPerson(t)
	p.database(".pki/nssdb")
	secret := filepath.Join(t.TempDir(), "password")
	writeFile(t, secret, []byte("primary password\n"))
	if err := os.MkdirAll(p.path(profile), 0o700); err != nil {
		t.Fatal(err)
	}
	p.certutil("-N", "-d", "sql:"+p.path(profile), "-f", secret)
	r, err := p.ca.Trust(t.Context(), dryRun)
	bad := p.refused("dry run", r, err, "primary password")
	if !errors.Is(bad.Problem, localca.ErrStoreLocked) || bad.Before != localca.Absent {
		t.Errorf("got %+v", bad)
	}
}

func TestAnotherUsersStoreIsNamedWithTheCommandThatGivesItBack(t *testing.T) {
	const variable, store = "STING_TEST_FOREIGN_HOME", ".pki/nssdb"
	if want, given := os.Getenv("STING_TEST_WANT"), os.Getenv(variable); given != "" {
		foreignStore(t, given, filepath.Join(given, store), want)
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("giving a store to somebody else takes root: run the tests as root to cover it")
	}
	home, err := os.MkdirTemp("/tmp", "sting-foreign")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	(&person{t: t, home: home}).database(store)
	if err := errors.Join(os.Chown(home, 65534, 65534), os.Chown(filepath.Join(home, ".pki"), 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	t.Setenv(variable, home)
	t.Setenv("STING_TEST_WANT", "refused")
	asNobody(t)
	// What the hint says, by root, who needs no sudo.
	if out, err := exec.CommandContext(t.Context(), "chown", "-R", "65534", filepath.Join(home, store)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Setenv("STING_TEST_WANT", "trusted")
	asNobody(t)
}

// foreignStore is that test as nobody, before and after the store was given back.
func foreignStore(t *testing.T, home, store, want string) {
	t.Helper()
	o, _ := options(t)
	o.Home = home
	r, err := open(t, o).Trust(t.Context(), browsers)
	if want == "trusted" {
		if err != nil {
			t.Errorf("after the fix: %v, %+v", err, r.Stores)
		}
		return
	}
	if len(r.Stores) != 1 || r.Stores[0].Problem == nil {
		t.Fatalf("%v, %+v", err, r.Stores)
	}
	p := r.Stores[0].Problem
	if !strings.Contains(p.Message, store+" belongs to another user") || !strings.Contains(p.Hint, "`sudo chown -R 65534 "+store+"`") {
		t.Errorf("%s %s", p.Message, p.Hint)
	}
}
