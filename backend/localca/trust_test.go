package localca_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/localca"
)

// person is a home folder with browsers, and the lab's authority.
type person struct {
	t    *testing.T
	home string
	o    localca.Options
	m    *machine
	ca   *localca.Authority
}

func newPerson(t *testing.T) *person {
	t.Helper()
	o, m := options(t)
	o.Home = t.TempDir()
	return &person{t: t, home: o.Home, o: o, m: m, ca: open(t, o)}
}

func (p *person) path(rel string) string { return filepath.Join(p.home, filepath.FromSlash(rel)) }

func (p *person) certutil(args ...string) string {
	p.t.Helper()
	out, err := exec.CommandContext(p.t.Context(), "certutil", args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("certutil %v: %v: %s", args, err, out)
	}
	return string(out)
}

// database makes a browser's store.
func (p *person) database(rel string) {
	p.t.Helper()
	if err := os.MkdirAll(p.path(rel), 0o700); err != nil {
		p.t.Fatal(err)
	}
	p.certutil("-N", "-d", "sql:"+p.path(rel), "--empty-password")
}

// listed returns the store's table of certificates, without its head.
func (p *person) listed(rel string) []string {
	p.t.Helper()
	var out []string
	for line := range strings.Lines(p.certutil("-L", "-d", "sql:"+p.path(rel))) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.Contains(line, "Trust Attributes") && !strings.HasPrefix(line, "SSL,") {
			out = append(out, line)
		}
	}
	return out
}

func (p *person) trust(o localca.TrustOptions) localca.Report {
	p.t.Helper()
	r, err := p.ca.Trust(p.t.Context(), o)
	if err != nil {
		p.t.Fatalf("Trust: %v", err)
	}
	return r
}

func (p *person) untrust() localca.Report {
	p.t.Helper()
	r, err := p.ca.Untrust(p.t.Context(), browsers)
	if err != nil {
		p.t.Fatalf("Untrust: %v", err)
	}
	return r
}

var (
	browsers = localca.TrustOptions{Scope: localca.Scope{Browsers: true}}
	dryRun   = localca.TrustOptions{Scope: localca.Scope{Browsers: true}, DryRun: true}
)

// lines shortens reports to what a person reads.
func (p *person) lines(stores []localca.StoreReport) []string {
	var out []string
	for _, s := range stores {
		rel, err := filepath.Rel(p.home, s.Path)
		if err != nil {
			p.t.Fatal(err)
		}
		out = append(out, strings.Join([]string{rel, string(s.Before), string(s.After), s.Note}, " | "))
	}
	return out
}

const restart = "restart the browser: it reads its store when it starts"

func TestTrustMakesChromiumsStoreWhereThereIsNone(t *testing.T) {
	p := newPerson(t)
	const store = ".local/share/pki/nssdb"
	got := p.lines(p.trust(browsers).Stores)
	if diff := cmp.Diff([]string{store + " | absent | trusted | " + restart}, got); diff != "" {
		t.Errorf("first (-want +got):\n%s", diff)
	}
	if got := p.listed(store); len(got) != 1 || !strings.HasPrefix(got[0], "STING Companion local CA ") || !strings.HasSuffix(got[0], "C,,") {
		t.Errorf("the store holds %q", got)
	}
	if _, err := os.Stat(p.path(".pki")); err == nil {
		t.Error("~/.pki was made, which would hide the store that Chromium makes itself")
	}
	if got := mode(t, p.path(store)); got != 0o700 {
		t.Errorf("the store has mode %04o, want 0700", got)
	}

	got = p.lines(p.trust(browsers).Stores)
	if diff := cmp.Diff([]string{store + " | trusted | trusted | already trusted"}, got); diff != "" {
		t.Errorf("second (-want +got):\n%s", diff)
	}
	got = p.lines(p.untrust().Stores)
	if diff := cmp.Diff([]string{store + " | trusted | absent | " + restart}, got); diff != "" {
		t.Errorf("untrust (-want +got):\n%s", diff)
	}
	if got := p.listed(store); len(got) > 0 {
		t.Errorf("after untrust the store holds %q", got)
	}
	got = p.lines(p.untrust().Stores)
	if diff := cmp.Diff([]string{store + " | absent | absent | was not there"}, got); diff != "" {
		t.Errorf("second untrust (-want +got):\n%s", diff)
	}
}

func TestTrustFindsEveryBrowser(t *testing.T) {
	p := newPerson(t)
	stores := []string{
		".pki/nssdb",
		"snap/chromium/current/.pki/nssdb",
		".var/app/org.chromium.Chromium/data/pki/nssdb",
		".var/app/com.brave.Browser/.pki/nssdb",
		".mozilla/firefox/abcd.default-esr",
		".config/mozilla/firefox/efgh.default release",
		"snap/firefox/common/.mozilla/firefox/ijkl.default",
		".var/app/org.mozilla.firefox/.mozilla/firefox/mnop.default",
		".var/app/org.mozilla.firefox/config/mozilla/firefox/qrst.default",
	}
	for _, s := range stores {
		p.database(s)
	}
	// These do not count: hidden by an older layout, no profile, no browser.
	p.database(".local/share/pki/nssdb")
	p.database(".var/app/com.brave.Browser/data/pki/nssdb")
	p.database(".var/app/org.example.Mail/data/pki/nssdb")
	if err := os.MkdirAll(p.path(".mozilla/firefox/Crash Reports"), 0o700); err != nil {
		t.Fatal(err)
	}
	var got, names []string
	for _, s := range p.trust(browsers).Stores {
		rel, _ := filepath.Rel(p.home, s.Path)
		got, names = append(got, rel), append(names, s.Name)
		if s.After != localca.Trusted || s.Problem != nil {
			t.Errorf("%s: %s, %v", rel, s.After, s.Problem)
		}
		if strings.Contains(s.Name, "Firefox") && s.Note != "restart Firefox" {
			t.Errorf("%s: note %q", rel, s.Note)
		}
	}
	if diff := cmp.Diff(stores, got); diff != "" {
		t.Errorf("stores (-want +got):\n%s", diff)
	}
	if !slices.Contains(names, "Firefox (abcd.default-esr)") || !slices.Contains(names, "chromium (snap)") {
		t.Errorf("names %q", names)
	}
	for _, s := range []string{".local/share/pki/nssdb", ".var/app/org.example.Mail/data/pki/nssdb"} {
		if got := p.listed(s); len(got) > 0 {
			t.Errorf("%s holds %q, though no browser reads it", s, got)
		}
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	p := newPerson(t)
	p.database(".mozilla/firefox/a.default")
	want := []string{
		".local/share/pki/nssdb | absent | absent | would be made, and the authority added",
		".mozilla/firefox/a.default | absent | absent | would be added",
	}
	if diff := cmp.Diff(want, p.lines(p.trust(dryRun).Stores)); diff != "" {
		t.Errorf("dry run (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(p.path(".local")); err == nil {
		t.Error("a dry run made Chromium's store")
	}
	if got := p.listed(".mozilla/firefox/a.default"); len(got) > 0 {
		t.Errorf("a dry run left %q", got)
	}
	p.trust(browsers)
	stores, err := p.ca.Stores(t.Context(), localca.Scope{Browsers: true})
	if err != nil || len(stores) != 2 || stores[0].Before != localca.Trusted || stores[1].After != localca.Trusted {
		t.Errorf("Stores: %+v, want both trusted", stores)
	}
}

func TestTrustReplacesAnOlderAuthorityAndUntrustForgetsNone(t *testing.T) {
	p := newPerson(t)
	const chromium, firefox = ".pki/nssdb", ".mozilla/firefox/a.default"
	p.database(chromium)
	p.database(firefox)
	p.trust(browsers)
	before := p.listed(chromium)

	p.ca.SetHosts([]string{"lab.test"})
	r := p.trust(dryRun)
	if !strings.Contains(r.Renewed, "lab.test") || p.ca.Status().Hosts[1] == "lab.test" {
		t.Errorf("a dry run's reason %q; it must name the host and renew nothing", r.Renewed)
	}
	r = p.trust(browsers)
	want := []string{
		chromium + " | older | trusted | " + restart,
		firefox + " | older | trusted | restart Firefox",
	}
	if diff := cmp.Diff(want, p.lines(r.Stores)); diff != "" || !strings.Contains(r.Renewed, "lab.test") {
		t.Errorf("renewed %q (-want +got):\n%s", r.Renewed, diff)
	}
	if got := p.listed(chromium); len(got) != 1 || got[0] == before[0] {
		t.Errorf("the store holds %q, want the new authority alone; before %q", got, before)
	}
	if err := p.ca.Probe(t.Context()); err != nil {
		t.Error(err)
	}

	// An authority that Trust has not replaced yet goes as well.
	if err := p.ca.Renew(); err != nil {
		t.Fatal(err)
	}
	p.untrust()
	if left := append(p.listed(chromium), p.listed(firefox)...); len(left) > 0 {
		t.Errorf("untrust left %q", left)
	}
}

func TestUntrustTouchesNoOtherCertificate(t *testing.T) {
	p, other := newPerson(t), newPerson(t)
	const store = ".pki/nssdb"
	p.database(store)
	db := "sql:" + p.path(store)
	p.certutil("-A", "-d", db, "-n", "STING Companion local CA of somebody else", "-t", "C,,", "-i", other.ca.CertificatePath())
	want := p.listed(store)
	p.trust(browsers)
	if got := p.listed(store); len(got) != 2 {
		t.Fatalf("the store holds %q, want both", got)
	}
	p.untrust()
	if diff := cmp.Diff(want, p.listed(store)); diff != "" {
		t.Errorf("untrust changed what isn't ours (-want +got):\n%s", diff)
	}
}

// NSS files certificates of one subject under one nickname, and removes by it.
func TestUntrustRemovesNothingWhereAnotherCertificateHasOurNickname(t *testing.T) {
	p := newPerson(t)
	const store = ".pki/nssdb"
	p.database(store)
	p.trust(browsers)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	twin := &x509.Certificate{SerialNumber: big.NewInt(7), RawSubject: authority(t, p.ca).RawSubject, NotBefore: noon,
		NotAfter: noon.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, twin, twin, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "twin.der")
	writeFile(t, file, der)
	p.certutil("-A", "-d", "sql:"+p.path(store), "-n", "twin", "-t", ",,", "-i", file)
	before := p.listed(store)

	r, err := p.ca.Untrust(t.Context(), browsers)
	if !errors.Is(err, localca.ErrIncomplete) || !strings.Contains(r.Stores[0].Problem.Hint, p.ca.Status().CA.Fingerprint) {
		t.Errorf("Untrust: %v, %+v, want TRUST_INCOMPLETE with our fingerprint in the hint", err, r.Stores)
	}
	if diff := cmp.Diff(before, p.listed(store)); diff != "" {
		t.Errorf("the store changed (-before +after):\n%s", diff)
	}
}

func TestTrustMarksAnAuthorityThatAPersonImported(t *testing.T) {
	p := newPerson(t)
	const store, name = ".pki/nssdb", "STING Companion local CA (me@here, 1) - STING Companion"
	p.database(store)
	p.certutil("-A", "-d", "sql:"+p.path(store), "-n", name, "-t", ",,", "-i", p.ca.CertificatePath())
	got := p.lines(p.trust(browsers).Stores)
	if diff := cmp.Diff([]string{store + " | absent | trusted | " + restart}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := p.listed(store); len(got) != 1 || !strings.HasPrefix(got[0], name) {
		t.Errorf("the store holds %q", got)
	}
}

func TestUntrustFindsTheStoreThatANewerLayoutLeftBehind(t *testing.T) {
	p := newPerson(t)
	p.trust(browsers) // into ~/.local/share
	p.database(".pki/nssdb")
	p.untrust()
	if got := p.listed(".local/share/pki/nssdb"); len(got) > 0 {
		t.Errorf("the former store still holds %q", got)
	}
}
