package localca_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sting/backend/fault"
	"sting/backend/localca"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// machine is a clock that a test moves.
type machine struct {
	mu sync.Mutex
	t  time.Time
}

func (m *machine) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.t
}

func (m *machine) move(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.t = m.t.Add(d)
}

func options(t *testing.T, hosts ...string) (localca.Options, *machine) {
	t.Helper()
	m := &machine{t: noon}
	return localca.Options{Dir: filepath.Join(t.TempDir(), "home", "ca"), Hosts: hosts, Now: m.now}, m
}

func open(t *testing.T, o localca.Options) *localca.Authority {
	t.Helper()
	a, err := localca.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func leaf(t *testing.T, a *localca.Authority) *x509.Certificate {
	t.Helper()
	c, err := a.GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf
}

func authority(t *testing.T, a *localca.Authority) *x509.Certificate {
	t.Helper()
	return readCertificate(t, a.CertificatePath())
}

func TestTheAuthorityIsConstrainedToThisMachineForAYear(t *testing.T) {
	o, _ := options(t)
	ca := authority(t, open(t, o))
	if !ca.IsCA || ca.MaxPathLen != 0 || !ca.MaxPathLenZero {
		t.Errorf("IsCA %v, path length %d, want an authority of path length 0", ca.IsCA, ca.MaxPathLen)
	}
	if !ca.PermittedDNSDomainsCritical {
		t.Error("the name constraints are not critical")
	}
	if got := ca.PermittedDNSDomains; !slices.Equal(got, []string{"localhost"}) {
		t.Errorf("permitted domains %v, want localhost", got)
	}
	var ips []string
	for _, r := range ca.PermittedIPRanges {
		ips = append(ips, r.String())
	}
	if !slices.Equal(ips, []string{"127.0.0.1/32", "::1/128"}) {
		t.Errorf("permitted addresses %v, want the two loopback ones", ips)
	}
	if life := ca.NotAfter.Sub(ca.NotBefore); life > 365*24*time.Hour {
		t.Errorf("it lives %v, want a year at most", life)
	}
	if got := ca.Subject.CommonName; !strings.HasPrefix(got, "STING Companion local CA (") || len(got) > 64 {
		t.Errorf("it is called %q", got)
	}
}

func TestTheLeafIsForTheLoopbackNamesAndTheConfiguredHostsForThirtyDays(t *testing.T) {
	o, _ := options(t, "sting.localhost", "LAB.Example.TEST.", "192.168.7.9")
	l := leaf(t, open(t, o))
	if want := []string{"localhost", "sting.localhost", "lab.example.test"}; !slices.Equal(l.DNSNames, want) {
		t.Errorf("names %v, want %v", l.DNSNames, want)
	}
	var ips []string
	for _, ip := range l.IPAddresses {
		ips = append(ips, ip.String())
	}
	if want := []string{"127.0.0.1", "::1", "192.168.7.9"}; !slices.Equal(ips, want) {
		t.Errorf("addresses %v, want %v", ips, want)
	}
	if life := l.NotAfter.Sub(l.NotBefore); life > 30*24*time.Hour {
		t.Errorf("it lives %v, want 30 days at most", life)
	}
	if !slices.Equal(l.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}) || l.IsCA {
		t.Errorf("extended key usage %v, IsCA %v, want server authentication only", l.ExtKeyUsage, l.IsCA)
	}
}

func TestAProbeShakesHandsForEveryHost(t *testing.T) {
	o, m := options(t, "sting.localhost", "*.lab.test")
	a := open(t, o)
	if err := a.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.move(-48 * time.Hour)
	if err := a.Probe(t.Context()); !errors.Is(err, localca.ErrNotYetValid) {
		t.Errorf("before its beginning Probe = %v, want CA_NOT_YET_VALID", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.move(48 * time.Hour)
	if err := a.Probe(ctx); err == nil {
		t.Error("a cancelled probe is a success")
	}
}

func TestASecondOpenKeepsTheAuthorityAndTheLeaf(t *testing.T) {
	o, _ := options(t)
	first := open(t, o).Status()
	second := open(t, o)
	if got := second.Status(); got.CA != first.CA || got.Leaf != first.Leaf {
		t.Errorf("got %+v, want %+v", got, first)
	}
	if got := second.Notices(); len(got) > 0 {
		t.Errorf("notices %q, want none", got)
	}
}

func TestTheLeafIsRenewedWhileRunning(t *testing.T) {
	const day = 24 * time.Hour
	tests := []struct {
		name  string
		moves time.Duration
		want  bool
	}{
		{"with more than a third of its life left it stays", 19 * day, false},
		{"with less than a third left it is replaced", 21 * day, true},
		{"after its end it is replaced", 31 * day, true},
		{"before its beginning it is replaced", -2 * day, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, m := options(t)
			a := open(t, o)
			before := leaf(t, a)
			m.move(tt.moves)
			after := leaf(t, a)
			if got := !after.Equal(before); got != tt.want {
				t.Fatalf("replaced: %v, want %v", got, tt.want)
			}
			if m.now().Before(after.NotBefore) || m.now().After(after.NotAfter) {
				t.Errorf("the leaf of %v to %v is not valid at %v", after.NotBefore, after.NotAfter, m.now())
			}
			if !leaf(t, open(t, o)).Equal(after) {
				t.Error("the new leaf is not the one on disk")
			}
		})
	}
}

func TestALeafNeverOutlivesItsAuthorityAndIsNotRemadeForNothing(t *testing.T) {
	o, m := options(t)
	a := open(t, o)
	ca := authority(t, a)
	m.move(360 * 24 * time.Hour)
	last := leaf(t, a)
	if !last.NotAfter.Equal(ca.NotAfter) {
		t.Errorf("the leaf ends %v, the authority %v", last.NotAfter, ca.NotAfter)
	}
	m.move(4 * 24 * time.Hour)
	if !leaf(t, a).Equal(last) {
		t.Error("a leaf that could not last longer was made again")
	}
	m.move(10 * 24 * time.Hour)
	if st := a.Status(); len(st.Problems) != 1 || !errors.Is(st.Problems[0], localca.ErrExpired) || st.CA.DaysLeft >= 0 {
		t.Errorf("problems %v, days left %d, want CA_EXPIRED", st.Problems, st.CA.DaysLeft)
	}
	expired := leaf(t, a)
	if !leaf(t, a).Equal(expired) {
		t.Error("behind an authority that has run out every handshake makes a leaf")
	}
}

func TestManyHandshakesRenewOnce(t *testing.T) {
	o, m := options(t)
	a := open(t, o)
	m.move(31 * 24 * time.Hour)
	var wg sync.WaitGroup
	serials := make([]string, 16)
	for i := range serials {
		wg.Go(func() {
			if c, err := a.GetCertificate(nil); err == nil {
				serials[i] = c.Leaf.SerialNumber.String()
			}
		})
	}
	wg.Wait()
	if got := slices.Compact(serials); len(got) != 1 || got[0] == "" {
		t.Errorf("handshakes saw the leaves %v, want one", got)
	}
}

func TestANewHostBelowLocalhostNeedsNoNewAuthority(t *testing.T) {
	o, _ := options(t)
	a := open(t, o)
	before := a.Status().CA
	a.SetHosts([]string{"sting.localhost"})
	if got := leaf(t, a).DNSNames; !slices.Contains(got, "sting.localhost") {
		t.Errorf("the leaf is for %v", got)
	}
	if st := a.Status(); st.CA != before || len(st.Problems) > 0 {
		t.Errorf("problems %v, want none and the same authority", st.Problems)
	}
}

func TestAHostOutsideTheConstraintsIsReportedAndTheRestStillWorks(t *testing.T) {
	o, _ := options(t)
	open(t, o)
	o.Hosts = []string{"lab.test"}
	a := open(t, o)
	st := a.Status()
	if len(st.Problems) != 1 || !errors.Is(st.Problems[0], localca.ErrNotCovered) {
		t.Fatalf("problems %v, want CA_HOST_NOT_COVERED", st.Problems)
	}
	if !strings.Contains(st.Problems[0].Message, "lab.test") || !strings.Contains(st.Problems[0].Hint, "sting trust") {
		t.Errorf("the fault names neither host nor fix: %s %s", st.Problems[0].Message, st.Problems[0].Hint)
	}
	if slices.Contains(st.Hosts, "lab.test") {
		t.Error("a name outside the constraints is in the leaf: it would make the whole leaf invalid")
	}
	before := st.CA
	if err := a.Renew(); err != nil {
		t.Fatal(err)
	}
	if st = a.Status(); len(st.Problems) > 0 || !slices.Contains(st.Hosts, "lab.test") || st.CA == before {
		t.Errorf("after Renew: hosts %v, problems %v", st.Hosts, st.Problems)
	}
	if err := a.Probe(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestHostsThatNoAuthorityMayCoverAreRefused(t *testing.T) {
	for _, host := range []string{"com", "co.uk", "github.io", "*.com", "*.localhost", "https://lab.test", "lab.test:8443", "a b", "",
		"user@lab.test", "lab.*.test", "a..b", "-a.test", strings.Repeat("a", 64) + ".test"} {
		t.Run(host, func(t *testing.T) {
			o, _ := options(t, host)
			st := open(t, o).Status()
			if len(st.Problems) != 1 || !errors.Is(st.Problems[0], localca.ErrHostRefused) {
				t.Errorf("problems %v, want CA_HOST_REFUSED", st.Problems)
			}
			if len(st.Hosts) != 3 || len(st.Permitted) != 3 {
				t.Errorf("hosts %v, permitted %v, want the loopback ones only", st.Hosts, st.Permitted)
			}
		})
	}
}

func TestDamagedFilesAreAFaultAndStayAsTheyAre(t *testing.T) {
	other := open(t, func() localca.Options { o, _ := options(t); return o }())
	otherKey := readFile(t, filepath.Join(filepath.Dir(other.CertificatePath()), "ca-key.pem"))
	tests := []struct {
		name   string
		damage func(t *testing.T, key, cert string)
	}{
		{"the key file is empty", func(t *testing.T, key, _ string) { writeFile(t, key, nil) }},
		{"the key file is cut in the middle", func(t *testing.T, key, _ string) {
			writeFile(t, key, readFile(t, key)[:300])
		}},
		{"the key file holds something else", func(t *testing.T, key, _ string) { writeFile(t, key, []byte("hello")) }},
		{"the key is another authority's", func(t *testing.T, key, cert string) {
			block := strings.SplitAfter(string(otherKey), "-----END PRIVATE KEY-----\n")[0]
			writeFile(t, key, append([]byte(block), readFile(t, cert)...))
		}},
		{"the key file is missing", func(t *testing.T, key, _ string) { remove(t, key) }},
		{"the key file is a link", func(t *testing.T, key, _ string) {
			if err := errors.Join(os.Rename(key, key+".real"), os.Symlink(key+".real", key)); err != nil {
				t.Fatal(err)
			}
		}},
		{"the certificate is no authority's", func(t *testing.T, key, _ string) {
			writeFile(t, key, readFile(t, filepath.Join(filepath.Dir(key), "leaf.pem")))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, _ := options(t)
			a := open(t, o)
			key := filepath.Join(o.Dir, "ca-key.pem")
			tt.damage(t, key, a.CertificatePath())
			was, _ := os.ReadFile(key)

			err := a.Open()
			if !errors.Is(err, localca.ErrDamaged) || fault.From(err).Hint == "" {
				t.Fatalf("Open() = %v, want CA_DAMAGED with a hint", err)
			}
			if now, _ := os.ReadFile(key); string(now) != string(was) {
				t.Error("Open changed the damaged file")
			}
			if _, err := a.GetCertificate(nil); !errors.Is(err, localca.ErrDamaged) {
				t.Errorf("a handshake gives %v, want CA_DAMAGED", err)
			}
			if st := a.Status(); len(st.Problems) != 1 || !errors.Is(st.Problems[0], localca.ErrDamaged) {
				t.Errorf("problems %v, want CA_DAMAGED", st.Problems)
			}

			if err := a.Renew(); err != nil {
				t.Fatal(err)
			}
			if err := a.Probe(t.Context()); err != nil {
				t.Errorf("after Renew: %v", err)
			}
			if was != nil && !aside(t, o.Dir) {
				t.Error("the damaged file is gone")
			}
		})
	}
}

func TestADamagedLeafOrCopyIsReplacedAndSaid(t *testing.T) {
	o, _ := options(t)
	a := open(t, o)
	before := a.Status().CA
	writeFile(t, filepath.Join(o.Dir, "leaf.pem"), []byte("cut"))
	writeFile(t, a.CertificatePath(), []byte("cut"))
	writeFile(t, filepath.Join(o.Dir, ".writing-1234"), []byte("half a key"))
	again := open(t, o)
	if err := again.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	if got := again.Status(); got.CA != before || len(got.Notices) != 2 {
		t.Errorf("notices %q, want two and the same authority", got.Notices)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, ".writing-1234")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("what an interrupted write left is still there")
	}
}

func aside(t *testing.T, dir string) bool {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.damaged-*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(found) > 0
}
