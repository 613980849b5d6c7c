package idp

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/bcrypt"
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
	decoy   func() (string, error)
	compare func(password, hash string) (bool, error) // with argon2id; a test counts the calls
}

// NewHasher returns a Hasher of that cost.
func NewHasher(c Cost) *Hasher {
	h := &Hasher{
		params: argon2id.Params{Memory: c.MemoryKiB, Iterations: c.Passes, Parallelism: c.Lanes, SaltLength: 16, KeyLength: 32},
		slots:  make(chan struct{}, runtime.NumCPU()), compare: argon2id.ComparePasswordAndHash,
	}
	h.decoy = sync.OnceValues(func() (string, error) { return argon2id.CreateHash("nobody's password", &h.params) })
	return h
}

// Hash returns the PHC string of a password. It waits for a place until ctx
// ends.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
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
// by a clock.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (bool, error) {
	leave, err := h.enter(ctx)
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

func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func isBcrypt(hash string) bool {
	return strings.HasPrefix(hash, "$2a$") || strings.HasPrefix(hash, "$2b$") || strings.HasPrefix(hash, "$2y$")
}

// knownHash reports whether an imported hash can be compared at a price that
// one request may cost.
func knownHash(hash string) bool {
	if isBcrypt(hash) {
		cost, err := bcrypt.Cost([]byte(hash))
		return err == nil && cost <= 15
	}
	p, _, _, err := argon2id.DecodeHash(hash)
	return err == nil && p.Memory <= 256*1024 && p.Iterations >= 1 && p.Iterations <= 16 && p.Parallelism >= 1
}
