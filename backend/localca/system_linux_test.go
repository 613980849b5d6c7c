package localca_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/child"
	"sting/backend/localca"
)

var system = localca.TrustOptions{Scope: localca.Scope{System: true}}

// inPrivateSystem runs the calling test again where /etc, /usr/local/share and
// /var/lib are copies that nobody else sees, and returns true in there. That
// takes root's rights and Linux' mount namespaces.
func inPrivateSystem(t *testing.T) bool {
	t.Helper()
	if os.Getenv("STING_TEST_PRIVATE_SYSTEM") != "" {
		return true
	}
	if os.Geteuid() != 0 {
		t.Skip("a private system needs root: run the tests as root to cover the system's trust store")
	}
	const script = `mount -t tmpfs tmpfs "$1" || exit 77
for d in /etc /usr/local/share /var/lib; do
	mkdir -p "$1/up$d" "$1/work$d" &&
	mount -t overlay overlay -o "lowerdir=$d,upperdir=$1/up$d,workdir=$1/work$d" "$d" || exit 77
done
exec "$2" -test.run "^$3\$" -test.v`
	if err := exec.CommandContext(t.Context(), "unshare", "--mount", "true").Run(); err != nil {
		t.Skipf("a private system needs mount namespaces, which this machine refuses: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "--mount", "sh", "-c", script, "sh", t.TempDir(), os.Args[0], t.Name())
	cmd.Env = append(os.Environ(), "STING_TEST_PRIVATE_SYSTEM=1")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if cmd.ProcessState.ExitCode() == 77 {
		t.Skip("a private system needs overlay mounts, which this machine refuses")
	}
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Fatalf("in the private system: %v", err)
	}
	return false
}

func TestTheSystemsStoreAndJavasHoldTheAuthorityAndForgetIt(t *testing.T) {
	if !inPrivateSystem(t) {
		return
	}
	p := newPerson(t)
	verify := func() bool { // as any program that uses openssl does
		return exec.Command("openssl", "verify", "-CApath", "/etc/ssl/certs", "-CAfile", "/etc/ssl/certs/ca-certificates.crt",
			"-no_check_time", filepath.Join(p.o.Dir, "leaf.pem")).Run() == nil
	}
	before := systemFiles(t)
	if verify() {
		t.Fatal("the leaf is trusted before anybody trusted it")
	}
	check := func(verb string, r localca.Report, from, to localca.State) {
		t.Helper()
		for _, s := range r.Stores {
			t.Logf("%s: %+v", verb, s)
			// Debian fills Java's store while it rebuilds the system's.
			if s.Problem != nil || s.After != to || s.Kind == localca.KindSystem && s.Before != from {
				t.Errorf("%s: %s %s to %s, %v; want %s to %s", verb, s.Kind, s.Before, s.After, s.Problem, from, to)
			}
		}
		if verify() != (to == localca.Trusted) {
			t.Errorf("after %s openssl trusts the leaf: %v", verb, verify())
		}
	}
	check("trust", p.trust(system), localca.Absent, localca.Trusted)
	check("a second trust", p.trust(system), localca.Trusted, localca.Trusted)
	if err := p.ca.Renew(); err != nil {
		t.Fatal(err)
	}
	check("trust of a new one", p.trust(system), localca.Older, localca.Trusted)
	if err := p.ca.Renew(); err != nil {
		t.Fatal(err)
	}
	check("trust of a new one by browsers", p.trust(browsers), localca.Older, localca.Trusted)
	r, err := p.ca.Untrust(t.Context(), system)
	if err != nil {
		t.Fatal(err)
	}
	check("untrust", r, localca.Trusted, localca.Absent)
	if after := systemFiles(t); after != before {
		t.Errorf("files left behind; before:\n%s\nafter:\n%s", before, after)
	}
}

// systemFiles lists what may hold traces of a certificate of ours.
func systemFiles(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("sh", "-c", `ls /usr/local/share/ca-certificates; ls /etc/ssl/certs; sha256sum < `+
		`/etc/ssl/certs/ca-certificates.crt
[ ! -e /etc/ssl/certs/java/cacerts ] || keytool -list -keystore /etc/ssl/certs/java/cacerts -storepass changeit 2>/dev/null | grep -i `+
		`sting || true`).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// user is a person whose process isn't root's, on a system without Java, whose
// store this process might be able to write to after all.
func user(t *testing.T) *person {
	t.Helper()
	p := newPerson(t)
	p.ca.ActAsUser()
	t.Setenv("PATH", t.TempDir())
	t.Setenv("JAVA_HOME", "")
	return p
}

func TestWithoutRootTheCommandToRunIsNamed(t *testing.T) {
	p := user(t)
	r, err := p.ca.Trust(t.Context(), system)
	if !errors.Is(err, localca.ErrIncomplete) || len(r.Stores) != 1 {
		t.Fatalf("Trust: %v, want TRUST_INCOMPLETE", err)
	}
	s := r.Stores[0]
	if !errors.Is(s.Problem, localca.ErrNeedsRoot) || s.After != localca.Absent {
		t.Errorf("the system's store: %+v, want TRUST_NEEDS_ROOT and absent", s)
	}
	if want := "sudo " + child.Quote(s.Command...); !strings.Contains(s.Problem.Hint, want) ||
		!strings.Contains(want, p.ca.CertificatePath()) {
		t.Errorf("hint %q, want it to name %q with the certificate in it", s.Problem.Hint, want)
	}
}

func TestElevationIsAskedForOnceAndItsResultIsNotBelieved(t *testing.T) {
	p := user(t)
	var asked [][]string
	o := system
	o.Elevate = func(_ context.Context, argv []string) error {
		asked = append(asked, argv)
		return nil // and does nothing
	}
	r, err := p.ca.Trust(t.Context(), o)
	if !errors.Is(err, localca.ErrIncomplete) || !errors.Is(r.Stores[0].Problem, localca.ErrStore) {
		t.Errorf("Trust: %v, %v, want TRUST_STORE_FAILED: the store does not hold it", err, r.Stores[0].Problem)
	}
	if len(asked) != 1 || asked[0][0] != "sh" || !strings.Contains(asked[0][2], "install -m 644 ") {
		t.Errorf("asked for %q", asked)
	}
	o.Elevate = func(context.Context, []string) error { return errors.New("dismissed") }
	if r, _ = p.ca.Trust(t.Context(), o); !errors.Is(r.Stores[0].Problem, localca.ErrNeedsRoot) {
		t.Errorf("after a refusal: %v, want TRUST_NEEDS_ROOT", r.Stores[0].Problem)
	}
	asked = nil
	o.DryRun = true
	if _, err = p.ca.Trust(t.Context(), o); err != nil || len(asked) > 0 {
		t.Errorf("a dry run: %v, asked %q", err, asked)
	}
}
