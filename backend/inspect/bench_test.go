package inspect_test

import (
	"testing"

	"sting/backend/inspect"
)

func BenchmarkExplain(b *testing.B) {
	for _, name := range []string{"none.ES256 registration", "packed.ES256 registration", "tpm.ES256 registration",
		"none.ES256 authentication"} {
		b.Run(name, func(b *testing.B) {
			raw := newSpecimenFile(b, name)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := inspect.Explain(raw, inspect.Options{Now: today()}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
