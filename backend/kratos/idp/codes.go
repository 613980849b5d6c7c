package idp

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"

	"sting/backend/identity"
)

// Digits of a code: usually as Kratos has them, and where an address was guessed at
// too often, so many that guessing is hopeless.
const (
	codeDigits     = 6
	longCodeDigits = 12
)

// newCode draws a number of so many digits.
func newCode(digits int64) (string, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil))
	if err != nil {
		return "", fmt.Errorf("draw a code: %w", err)
	}
	return fmt.Sprintf("%0*d", int(digits), n), nil
}

// drawCodeFor draws a code for whom a Guessed names.
func (x *exchange) drawCodeFor(ctx context.Context, subject string) (string, error) {
	guessed, err := x.Store.Guessed(ctx, subject, x.now)
	if err != nil {
		return "", err
	}
	if guessed {
		return newCode(longCodeDigits)
	}
	return newCode(codeDigits)
}

// keepCode draws a code for a flow and keeps its keyed hash. With nobody to
// send it to, the code is one that nothing matches.
func (x *exchange) keepCode(ctx context.Context, f Flow, who identity.ID, address string) (string, error) {
	code, err := x.drawCodeFor(ctx, subjectOf(who, address))
	if err != nil {
		return "", err
	}
	return code, x.keepSecret(ctx, f, code, who, address)
}

// keepSecret keeps the keyed hash of a code or a link's token.
func (x *exchange) keepSecret(ctx context.Context, f Flow, secret string, who identity.ID, address string) error {
	c := Code{
		FlowID: f.ID, Kind: f.Kind, MAC: x.mac(string(f.Kind), f.ID, secret), IdentityID: who, Address: address,
		IssuedAt: x.now, ExpiresAt: f.ExpiresAt, Long: len(secret) >= longCodeDigits,
	}
	if who == "" {
		rand.Read(c.MAC)
	}
	return x.Store.CreateCode(ctx, c)
}

// useCode tries a code that somebody typed.
func (x *exchange) useCode(ctx context.Context, f Flow, typed string) (Code, error) {
	return x.Store.UseCode(ctx, f.ID, x.mac(string(f.Kind), f.ID, typed), x.now)
}
