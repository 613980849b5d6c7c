package idp

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/bcrypt"
)

// What one comparison of a password may cost. A hash says itself how much memory
// and time it takes, and whoever can hand one in would end the process with four
// gibibytes, or hold a processor for hours.
const (
	maxMemoryKiB = 256 << 10 // RFC 9106's second choice takes 64 MiB, Kratos' own default 128
	heavyKiB     = 64 << 10  // above it one hash is made at a time
	maxPasses    = 16
	maxWorkKiB   = 1 << 20 // memory times passes
	maxLanes     = 64
	minSalt      = 8 // bytes: RFC 9106, section 3.1
	maxSalt      = 64
	minKey       = 16
	maxKey       = 64
	maxBcrypt    = 15
	bcryptLength = 60
)

// hashProblem says why a hash can't be compared at a price that one request may
// cost, or "". It never computes anything.
func hashProblem(hash string) string {
	switch {
	case isBcrypt(hash):
		return bcryptProblem(hash)
	case strings.HasPrefix(hash, "$argon2id$"):
		return argonProblem(hash)
	}
	return "it is in no format that is known here"
}

func bcryptProblem(hash string) string {
	if len(hash) != bcryptLength || strings.Trim(hash[7:], "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return "it is no whole bcrypt hash"
	}
	cost, err := bcrypt.Cost([]byte(hash))
	switch {
	case err != nil:
		return "it is no bcrypt hash"
	case cost > maxBcrypt:
		return fmt.Sprintf("its bcrypt cost is %d; at most %d is computed here", cost, maxBcrypt)
	}
	return ""
}

func argonProblem(hash string) string {
	if len(hash) > 512 {
		return "it is too long"
	}
	p, salt, key, err := argon2id.DecodeHash(hash)
	if err != nil {
		return "it is no argon2id hash in PHC format"
	}
	b64 := base64.RawStdEncoding
	if fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", p.Memory, p.Iterations, p.Parallelism, b64.EncodeToString(salt),
		b64.EncodeToString(key)) != hash {
		return "it is no argon2id hash in PHC format"
	}
	switch {
	case p.Memory > maxMemoryKiB:
		return fmt.Sprintf("it takes m=%d KiB of memory; at most %d are given to it here", p.Memory, maxMemoryKiB)
	case p.Iterations < 1 || p.Iterations > maxPasses || uint64(p.Memory)*uint64(p.Iterations) > maxWorkKiB:
		return fmt.Sprintf("it takes t=%d passes over m=%d KiB; 1 to %d are made here, over %d KiB in all", p.Iterations, p.Memory, maxPasses,
			maxWorkKiB)
	case p.Parallelism < 1 || p.Parallelism > maxLanes || p.Memory < 8*uint32(p.Parallelism):
		return fmt.Sprintf("it has p=%d lanes over m=%d KiB; 1 to %d are allowed, with 8 KiB for each", p.Parallelism, p.Memory, maxLanes)
	case len(salt) < minSalt || len(salt) > maxSalt:
		return fmt.Sprintf("its salt has %d bytes; %d to %d are allowed", len(salt), minSalt, maxSalt)
	case len(key) < minKey || len(key) > maxKey:
		return fmt.Sprintf("its key has %d bytes; %d to %d are allowed", len(key), minKey, maxKey)
	}
	return ""
}

// heavy reports whether comparing hash takes so much memory that only one may at
// a time.
func heavy(hash string) bool {
	p, _, _, err := argon2id.DecodeHash(hash)
	return err == nil && p.Memory > heavyKiB
}
