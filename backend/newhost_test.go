package backend_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend"
	"sting/backend/api"
	"sting/backend/labtest"
)

// moveTo writes a relying party at host into sting.yml of a lab that runs, and
// returns the origin of its pages there.
func moveTo(t *testing.T, lab *labtest.Lab, host string) string {
	t.Helper()
	file := filepath.Join(lab.Home, "sting.yml")
	old, err := os.ReadFile(file)
	done(t, err)
	at := "https://" + host + lab.Origin[strings.LastIndex(lab.Origin, ":"):]
	more := "webauthn: {config: {rp: {id: " + host + ", origins: ['" + at + "']}}}\n"
	done(t, os.WriteFile(file, append(old, more...), 0o600))
	return at
}

// comes waits until what happens after a change of the file has happened.
func comes(t *testing.T, what string, happened func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(20 * time.Second); !happened(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it never comes: " + what)
		}
	}
}

// shake holds a TLS handshake with the site as a browser at host does.
func shake(t *testing.T, lab *labtest.Lab, host string, roots *x509.CertPool) error {
	t.Helper()
	port := lab.Origin[strings.LastIndex(lab.Origin, ":"):]
	conn, err := (&tls.Dialer{Config: &tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS12}}).DialContext(t.Context(),
		"tcp", "127.0.0.1"+port)
	if err != nil {
		return err
	}
	return conn.Close()
}

func movedTo(t *testing.T, lab *labtest.Lab, origin string) {
	t.Helper()
	comes(t, "the origin "+origin, func() bool {
		st, err := lab.Status(t.Context())
		done(t, err)
		return st.Origin == origin
	})
}

func TestAPasskeyIsMadeAtAHostThatCameWhileTheLabRuns(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	at := moveTo(t, lab, "sting.localhost")
	movedTo(t, lab, at)
	if err := shake(t, lab, "sting.localhost", lab.CA); err != nil {
		t.Fatalf("at the moment at which the status names the host: %v", err)
	}
	cert, err := lab.Certificate(t.Context())
	done(t, err)
	if !slices.Contains(cert.LeafHosts, "sting.localhost") || len(cert.Problems) > 0 {
		t.Errorf("the certificate is %+v", cert)
	}
	b := lab.Browser()
	b.Origin = at
	b.Register("ada@example.com")
	b.AddPasskey()
	comes(t, "a healthy lab", func() bool {
		st, err := lab.Status(t.Context())
		done(t, err)
		return !slices.ContainsFunc(st.Services, func(s api.Service) bool { return s.State != "Healthy" })
	})
}

func TestAHostOutsideOfLocalhostIsSaidUntilTrustHasReplacedTheAuthority(t *testing.T) {
	lab := labtest.Start(t, "")
	door, home := hereOf(t, lab)
	if _, err := door.Trust(t.Context(), api.TrustRequest{Browsers: true}); err != nil {
		t.Fatal(err)
	}
	movedTo(t, lab, moveTo(t, lab, "lab.test"))
	warnsOf(t, lab, false, "lab.test", "`sting trust`")
	cert, err := lab.Certificate(t.Context())
	done(t, err)
	if len(cert.Problems) != 1 || cert.Problems[0].ErrorCode != "CA_HOST_NOT_COVERED" {
		t.Errorf("sting cert says %+v", cert.Problems)
	}
	dry, err := door.Trust(t.Context(), api.TrustRequest{Browsers: true, DryRun: true})
	done(t, err)
	for _, s := range dry.Stores {
		if s.Before != "older" || !strings.Contains(s.Note, "lab.test") {
			t.Errorf("a dry run says of %s: %s, %q", s.Path, s.Before, s.Note)
		}
	}

	names := func(verdict string) {
		t.Helper()
		for where, examine := range map[string]func(context.Context, string, func(api.Finding)) (api.DoctorReport, error){
			"the lab": lab.Examine, "no lab": backend.Offline{Home: lab.Home}.Examine,
		} {
			r, err := examine(t.Context(), "TLS-03", nil)
			done(t, err)
			if !slices.ContainsFunc(r.Findings, func(f api.Finding) bool { return f.ID == "TLS-03" && f.Verdict == verdict }) {
				t.Errorf("TLS-03 of %s is not %s: %+v", where, verdict, r.Findings)
			}
		}
	}
	names("failed")

	report, err := door.Trust(t.Context(), api.TrustRequest{Browsers: true})
	done(t, err)
	names("ok")
	if len(report.Certificate.Problems) > 0 || !slices.Contains(report.Certificate.LeafHosts, "lab.test") || len(report.Stores) == 0 {
		t.Errorf("after trust: %+v", report)
	}
	for _, s := range report.Stores {
		if s.Before != "older" || s.After != "trusted" {
			t.Errorf("%s: %s to %s, home %s", s.Path, s.Before, s.After, home)
		}
	}
	pem, err := os.ReadFile(report.Certificate.CAPath)
	done(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	if err := shake(t, lab, "lab.test", roots); err != nil {
		t.Errorf("after trust: %v", err)
	}
	warnsOf(t, lab, true, "`sting trust`")
	for name, show := range map[string]func(context.Context) (api.ConfigReport, error){
		"the lab": lab.Config, "no lab": backend.Offline{Home: lab.Home}.Config,
	} {
		c, err := show(t.Context())
		done(t, err)
		for _, p := range c.Problems {
			if strings.Contains(p.Fix, "`sting trust`") {
				t.Errorf("%s still says %q", name, p.Fix)
			}
		}
	}
}

func TestTrustRightAfterAChangeOfTheFileWaitsForNoReading(t *testing.T) {
	lab := labtest.Start(t, "")
	door, _ := hereOf(t, lab)
	moveTo(t, lab, "lab.test")
	report, err := door.Trust(t.Context(), api.TrustRequest{Browsers: true})
	done(t, err)
	if !slices.Contains(report.Certificate.LeafHosts, "lab.test") {
		t.Errorf("the lab serves %v", report.Certificate.LeafHosts)
	}
	cert, err := lab.Certificate(t.Context())
	done(t, err)
	if cert.CAFingerprint != report.Certificate.CAFingerprint || !slices.Contains(cert.LeafHosts, "lab.test") {
		t.Errorf("the lab serves %s for %v, trusted is %s", cert.CAFingerprint, cert.LeafHosts, report.Certificate.CAFingerprint)
	}
}

func TestAnotherNameOfTheCertificateNeedsNoRestart(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	file := filepath.Join(lab.Home, "sting.yml")
	old, err := os.ReadFile(file)
	done(t, err)
	for _, host := range []string{"app.localhost", "other.localhost"} {
		done(t, os.WriteFile(file, append(slices.Clone(old), "tls: {hosts: ["+host+"]}\n"...), 0o600))
		comes(t, "a certificate for "+host, func() bool { return shake(t, lab, host, lab.CA) == nil })
	}
	if shake(t, lab, "app.localhost", lab.CA) == nil {
		t.Error("a name that is gone is still in the certificate")
	}
	warnsOf(t, lab, true, "tls.hosts")
}
