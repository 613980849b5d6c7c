package store_test

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"sting/backend/passkey"
	"sting/backend/store"
)

// BenchmarkGrant is the durable half of a sign-in: counter and session in one
// flushed commit, by so many writers at once.
func BenchmarkGrant(b *testing.B) {
	for _, writers := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("%d_writers", writers), func(b *testing.B) {
			s, err := store.Open(b.TempDir(), store.Options{})
			must(b, err)
			defer func() { must(b, s.Close()) }()
			keys := make([]passkey.Credential, writers)
			for i := range keys {
				keys[i] = credential(b, s, person(b, s, number(i)))
			}
			b.ReportAllocs()
			var next atomic.Int64
			b.SetParallelism(max(1, writers/runtime.GOMAXPROCS(0)))
			b.RunParallel(func(pb *testing.PB) {
				c := keys[int(next.Add(1))%writers]
				for pb.Next() {
					v, _ := newSession(c.IdentityID)
					_, err := s.Grant(b.Context(), c.ID, func(c *passkey.Credential) error { c.SignCount++; return nil }, v)
					if err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
