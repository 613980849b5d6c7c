package idp_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"sting/backend/kratos/idp"
)

func TestAPasswordBelongsToItsHash(t *testing.T) {
	h := idp.NewHasher(idp.TestCost())
	ctx := t.Context()
	a, err := h.Hash(ctx, "one")
	if err != nil {
		t.Fatal(err)
	}
	b, err := h.Hash(ctx, "one")
	if err != nil || a == b {
		t.Errorf("two hashes of one password are equal: %v", err)
	}
	for password, want := range map[string]bool{"one": true, "two": false, "": false} {
		if got, err := h.Verify(ctx, password, a); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	if got, err := h.Verify(ctx, "nobody's password", ""); err != nil || got {
		t.Errorf("no hash: %v, %v", got, err)
	}
	if _, err := h.Verify(ctx, "one", "$argon2id$broken"); err == nil {
		t.Error("a broken hash was compared")
	}
}

func TestWhoeverGaveUpIsNotHashedFor(t *testing.T) {
	h := idp.NewHasher(idp.TestCost())
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("hash: %v", err)
	}
	if _, err := h.Verify(ctx, "x", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("verify: %v", err)
	}
}

func TestACrowdIsServedInTheEnd(t *testing.T) {
	h := idp.NewHasher(idp.TestCost())
	hash, err := h.Hash(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			if ok, err := h.Verify(t.Context(), "one", hash); err != nil || !ok {
				t.Errorf("%v, %v", ok, err)
			}
		})
	}
	wg.Wait()
}
