package idp

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"

	"sting/backend/identity"
)

// newCode draws six digits.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("draw a code: %w", err)
	}
	return fmt.Sprintf("%06d", n.Int64()), nil
}

// keepCode draws a code for a flow and keeps its keyed hash. With nobody to
// send it to, the code is one that nothing matches.
func (x *exchange) keepCode(ctx context.Context, f Flow, who identity.ID, address string) (string, error) {
	code, err := newCode()
	if err != nil {
		return "", err
	}
	return code, x.keepSecret(ctx, f, code, who, address)
}

// keepSecret keeps the keyed hash of a code or a link's token.
func (x *exchange) keepSecret(ctx context.Context, f Flow, secret string, who identity.ID, address string) error {
	c := Code{
		FlowID: f.ID, Kind: f.Kind, MAC: x.mac(string(f.Kind), f.ID, secret), IdentityID: who, Address: address,
		IssuedAt: x.now, ExpiresAt: f.ExpiresAt,
	}
	if latest := x.now.Add(x.cfg.lifespan(f.Kind)); address != "" && latest.After(c.ExpiresAt) {
		c.ExpiresAt = latest
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
