package localca_test

import (
	"crypto/x509"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sting/backend/localca/localcatest"
)

// THREATS.md, T05: what the authority's key is worth to whoever steals it.
func TestAStolenKeyVouchesForNothingElse(t *testing.T) {
	const day = 24 * time.Hour
	tests := []struct {
		name       string
		commonName string
		hosts      []string
		host       string
		after      time.Duration
		want       bool // accepted
	}{
		{name: "localhost is accepted, so that the rest means something", commonName: "x", hosts: []string{"localhost"}, host: "localhost",
			want: true},
		{name: "a name below localhost is accepted", commonName: "x", hosts: []string{"sting.localhost"}, host: "sting.localhost", want: true},
		{name: "a name of the world", commonName: "x", hosts: []string{"example.com"}, host: "example.com"},
		{name: "a name of the world beside localhost", commonName: "x", hosts: []string{"localhost", "example.com"}, host: "localhost"},
		{name: "a name that only ends like localhost", commonName: "x", hosts: []string{"notlocalhost"}, host: "notlocalhost"},
		{name: "a name of the world that begins like localhost", commonName: "x", hosts: []string{"localhost.example.com"},
			host: "localhost.example.com"},
		{name: "a wildcard", commonName: "x", hosts: []string{"*.example.com"}, host: "www.example.com"},
		{name: "an address of the network", commonName: "x", hosts: []string{"192.0.2.1"}, host: "192.0.2.1"},
		{name: "another loopback address", commonName: "x", hosts: []string{"127.0.0.2"}, host: "127.0.0.2"},
		{name: "the common name alone", commonName: "example.com", host: "example.com"},
		{name: "localhost after the authority's year", commonName: "x", hosts: []string{"localhost"}, host: "localhost", after: 366 * day},
	}
	o, _ := options(t)
	ca := open(t, o).CertificatePath()
	stolen, err := localcatest.Steal(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at := noon.Add(tt.after)
			forged, err := stolen.Forge(at, tt.commonName, false, tt.hosts...)
			if err != nil {
				t.Fatal(err)
			}
			if got := goAccepts(stolen, forged, nil, tt.host, at); got != tt.want {
				t.Errorf("Go accepts it: %v, want %v", got, tt.want)
			}
			if got := opensslAccepts(t, ca, forged, nil, tt.host, at); got != tt.want {
				t.Errorf("openssl accepts it: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAStolenKeyMakesNoFurtherAuthorities(t *testing.T) {
	o, _ := options(t)
	ca := open(t, o).CertificatePath()
	stolen, err := localcatest.Steal(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	middle, err := stolen.Forge(noon, "an authority below", true)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := middle.Forge(noon, "x", false, "localhost")
	if err != nil {
		t.Fatal(err)
	}
	if goAccepts(stolen, forged, &middle, "localhost", noon) {
		t.Error("Go accepts a chain longer than the path length")
	}
	if opensslAccepts(t, ca, forged, &middle, "localhost", noon) {
		t.Error("openssl accepts a chain longer than the path length")
	}
}

func goAccepts(root, leaf localcatest.Stolen, middle *localcatest.Stolen, host string, at time.Time) bool {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root.Cert)
	if middle != nil {
		between.AddCert(middle.Cert)
	}
	_, err := leaf.Cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: host, CurrentTime: at})
	return err == nil
}

// opensslAccepts asks the openssl of this machine, without which this test fails.
func opensslAccepts(t *testing.T, ca string, leaf localcatest.Stolen, middle *localcatest.Stolen, host string, at time.Time) bool {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "leaf.pem")
	writeFile(t, file, leaf.PEM())
	check := "-verify_hostname"
	if len(leaf.Cert.IPAddresses) > 0 {
		check = "-verify_ip"
	}
	args := []string{"verify", "-CAfile", ca, "-purpose", "sslserver", "-attime", strconv.FormatInt(at.Unix(), 10), check, host}
	if middle != nil {
		writeFile(t, filepath.Join(dir, "middle.pem"), middle.PEM())
		args = append(args, "-untrusted", filepath.Join(dir, "middle.pem"))
	}
	out, err := exec.CommandContext(t.Context(), "openssl", append(args, file)...).CombinedOutput()
	if _, ran := err.(*exec.ExitError); err != nil && !ran {
		t.Fatalf("run openssl: %v", err)
	}
	t.Logf("openssl: %s", out)
	return err == nil
}
