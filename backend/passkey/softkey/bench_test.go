package softkey_test

import (
	"testing"

	"sting/backend/passkey/softkey"
)

func BenchmarkCreate(b *testing.B) {
	for _, algorithm := range []softkey.Algorithm{softkey.ES256, softkey.EdDSA} {
		b.Run(algorithm.String(), func(b *testing.B) {
			options, _ := newParty(b).beginRegistration(offering(algorithm))
			a := softkey.New()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Create(options, origin); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	for _, algorithm := range softkey.Algorithms() {
		b.Run(algorithm.String(), func(b *testing.B) {
			p, a := newParty(b), softkey.New()
			p.register(a, offering(algorithm))
			options, _ := p.beginLogin(false)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Get(options, origin); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
