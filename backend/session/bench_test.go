package session_test

import (
	"testing"

	"sting/backend/identity"
	"sting/backend/session"
)

// One request's look at its session, among ten thousand.
func BenchmarkByTokenAmong10000(b *testing.B) {
	l := newLab(b)
	var token string
	for i := range 10_000 {
		_, p, _ := l.issued(identity.ID(string(rune('a' + i%26))))
		if i == 5_000 {
			token = p
		}
	}
	b.Run("one reader", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := l.ByToken(b.Context(), session.KindPasskey, token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("many readers", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := l.ByToken(b.Context(), session.KindPasskey, token); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}
