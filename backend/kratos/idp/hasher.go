package idp

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/bcrypt"

	"sting/backend/identity"
)

// Cost is what one password hash costs: argon2id, RFC 9106.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// ProductionCost is OWASP's first choice for argon2id: 19 MiB, two passes, one
// lane; about 35 hashes a second on the machine of the README.
func ProductionCost() Cost { return Cost{MemoryKiB: 19 * 1024, Passes: 2, Lanes: 1} }

// TestCost hashes in well under a millisecond. It protects nothing.
func TestCost() Cost { return Cost{MemoryKiB: 8, Passes: 1, Lanes: 1} }

// Hasher hashes passwords, at most one for each processor at a time: a crowd
// waits in line instead of taking all the memory.
type Hasher struct {
	params  argon2id.Params
	slots   chan struct{}
	heavy   chan struct{} // one place for what takes much memory
	decoy   func() (string, error)
	compare func(password, hash string) (bool, error) // with argon2id; a test counts the calls
}

// NewHasher returns a Hasher of that cost.
func NewHasher(c Cost) *Hasher {
	h := &Hasher{
		params: argon2id.Params{Memory: c.MemoryKiB, Iterations: c.Passes, Parallelism: c.Lanes, SaltLength: 16, KeyLength: 32},
		slots:  make(chan struct{}, runtime.NumCPU()), compare: argon2id.ComparePasswordAndHash,
		heavy: make(chan struct{}, 1),
	}
	h.decoy = sync.OnceValues(func() (string, error) { return argon2id.CreateHash("nobody's password", &h.params) })
	return h
}

// Hash returns the PHC string of a password. It waits for a place until ctx
// ends.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx, h.slots)
	if err != nil {
		return "", err
	}
	defer leave()
	hash, err := argon2id.CreateHash(password, &h.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Verify reports whether password belongs to hash. An empty hash belongs to
// nothing, and takes as long to say so: who has an account is not to be told
// by a clock. A hash that costs more than one request may is never computed:
// identity.ErrPasswordHash.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (bool, error) {
	if hash != "" {
		if why := hashProblem(hash); why != "" {
			return false, identity.ErrPasswordHash.Because(errors.New(why)).
				Hinting("Of the hash that is kept for it: %s. Sign in with a passkey, or set a new password: /recovery sends a code by mail.", why)
		}
	}
	if heavy(hash) {
		leave, err := h.enter(ctx, h.heavy)
		if err != nil {
			return false, err
		}
		defer leave()
	}
	leave, err := h.enter(ctx, h.slots)
	if err != nil {
		return false, err
	}
	defer leave()
	if hash == "" {
		decoy, err := h.decoy()
		if err == nil {
			_, err = h.compare(password, decoy)
		}
		return false, err
	}
	if isBcrypt(hash) {
		return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil, nil
	}
	ok, err := h.compare(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return ok, nil
}

// Current reports whether hash is what Hash would make today.
func (h *Hasher) Current(hash string) bool {
	p, _, _, err := argon2id.DecodeHash(hash)
	return err == nil && p.Memory == h.params.Memory && p.Iterations == h.params.Iterations && p.Parallelism == h.params.Parallelism
}

func (h *Hasher) enter(ctx context.Context, places chan struct{}) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func isBcrypt(hash string) bool {
	return strings.HasPrefix(hash, "$2a$") || strings.HasPrefix(hash, "$2b$") || strings.HasPrefix(hash, "$2y$")
}
