package idp_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"sting/backend/identity"
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

// THREATS T28: a hash says itself what it costs.
func TestAHashThatCostsTooMuchIsNeverComputed(t *testing.T) {
	h := idp.NewHasher(idp.TestCost())
	key := strings.Repeat("A", 43)
	for _, hash := range []string{
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$" + key, "$argon2id$v=19$m=262145,t=1,p=1$c2FsdHNhbHQ$" + key,
		"$argon2id$v=19$m=8,t=4294967295,p=1$c2FsdHNhbHQ$" + key, "$argon2id$v=19$m=262144,t=16,p=1$c2FsdHNhbHQ$" + key,
		"$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$" + key, "$argon2id$v=19$m=8,t=1,p=0$c2FsdHNhbHQ$" + key,
		"$argon2id$v=19$m=8,t=1,p=2$c2FsdHNhbHQ$" + key, "$argon2id$v=19$m=8,t=1,p=1$$" + key, "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$",
		"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 400), "$argon2id$v=19$m=8,t=1,p=1x$c2FsdHNhbHQ$" + key,
		"$2a$31$" + strings.Repeat("a", 53), "$2b$16$" + strings.Repeat("a", 53), "$2a$10$short", "$1$md5", "plain",
	} {
		if _, err := h.Verify(t.Context(), "x", hash); !errors.Is(err, identity.ErrPasswordHash) {
			t.Errorf("%s: %v", hash, err)
		}
		if len(idp.ExamineHash(&identity.Password{Hash: hash})) != 1 {
			t.Errorf("%s: an import takes it", hash)
		}
	}
	for _, hash := range []string{
		"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + key, "$argon2id$v=19$m=131072,t=1,p=4$c2FsdHNhbHQ$" + key,
		"$2y$04$" + strings.Repeat("a", 53),
	} {
		if ok, err := h.Verify(t.Context(), "x", hash); ok || err != nil {
			t.Errorf("%s: %v, %v", hash, ok, err)
		}
	}
}
