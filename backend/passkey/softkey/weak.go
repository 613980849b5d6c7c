package softkey

import (
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// WeakRSA replaces a credential's key with an RSA key of that size in bits (512
// to 4096) and public exponent (1, or an odd number from 3), under RS256. The
// signatures are right, so only a verifier that judges the key refuses it; with
// the exponent 1 anybody can make them. One WeakRSA is one key: the same value
// at Create and at Get belongs together. A key that can't be made is reported
// by the ceremony.
func WeakRSA(bits int, exponent int64) Mutation {
	k, err := newBareRSA(bits, exponent)
	return func(d *Draft) {
		if err != nil {
			d.Err = err
			return
		}
		d.Sign = k.sign
		if d.AuthData.Attested != nil {
			d.AuthData.Attested.Key = coseRSAKey(RS256, k.n, exponent)
			d.After = append(d.After, func(a *Answer) { a.Algorithm = RS256 })
		}
	}
}

// bareRSA is RSA without the standard library's care: crypto/rsa makes neither
// keys under 1024 bits nor keys with the exponent 1.
type bareRSA struct{ n, d *big.Int }

func newBareRSA(bits int, exponent int64) (*bareRSA, error) {
	if bits < 512 || bits > 4096 || exponent < 1 || exponent%2 == 0 {
		return nil, fmt.Errorf("make an RSA key of %d bits with the exponent %d: out of range", bits, exponent)
	}
	one, e := big.NewInt(1), big.NewInt(exponent)
	for range 1000 {
		p, err := rand.Prime(rand.Reader, bits-bits/2)
		if err != nil {
			return nil, fmt.Errorf("draw a prime: %w", err)
		}
		q, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			return nil, fmt.Errorf("draw a prime: %w", err)
		}
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d != nil && p.Cmp(q) != 0 {
			return &bareRSA{n: new(big.Int).Mul(p, q), d: d}, nil
		}
	}
	return nil, errors.New("make an RSA key: the exponent fits no modulus")
}

// sha256Prefix is the DigestInfo of SHA-256. RFC 8017 §9.2 note 1.
const sha256Prefix = "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"

// sign is RSASSA-PKCS1-v1_5 with SHA-256. RFC 8017 §8.2.1.
func (k *bareRSA) sign(message []byte) ([]byte, error) {
	info := slices.Concat([]byte(sha256Prefix), digest(crypto.SHA256, message))
	block := make([]byte, (k.n.BitLen()+7)/8)
	for i := range block {
		block[i] = 0xff
	}
	block[0], block[1], block[len(block)-len(info)-1] = 0, 1, 0
	copy(block[len(block)-len(info):], info)
	signed := new(big.Int).Exp(new(big.Int).SetBytes(block), k.d, k.n)
	return signed.FillBytes(block), nil
}
