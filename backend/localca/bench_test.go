package localca_test

import (
	"path/filepath"
	"testing"
	"time"

	"sting/backend/localca"
)

// BenchmarkLeafOfAHandshake is what the authority adds to each handshake.
func BenchmarkLeafOfAHandshake(b *testing.B) {
	a, err := localca.Open(localca.Options{Dir: filepath.Join(b.TempDir(), "ca"), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.GetCertificate(nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkProbe is one look at the health of the certificate: a handshake for
// each of three hosts.
func BenchmarkProbe(b *testing.B) {
	a, err := localca.Open(localca.Options{Dir: filepath.Join(b.TempDir(), "ca"), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := a.Probe(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
