package virtual

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"sting/backend/fault"
)

// equip gives a page a virtual authenticator with all keys and the modes in
// force, in the place of the one that it had. A new one each time: one that
// refused a person may be locked, and there is no other way to set a counter.
func (b *bridge) equip(ctx context.Context, p *page) error {
	if p.authenticator == "" {
		if err := b.conn.call(ctx, p.session, "WebAuthn.enable", map[string]any{"enableUI": false}, nil); err != nil {
			return err
		}
	} else {
		was := p.authenticator
		p.authenticator = "" // what it still reports is not about a key of ours
		if err := b.conn.call(ctx, p.session, "WebAuthn.removeVirtualAuthenticator", map[string]any{"authenticatorId": was}, nil); err != nil {
			return err
		}
	}
	modes := b.inForce()
	var made struct {
		AuthenticatorID string `json:"authenticatorId"`
	}
	err := b.conn.call(ctx, p.session, "WebAuthn.addVirtualAuthenticator", map[string]any{"options": map[string]any{
		"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": true,
		"hasUserVerification": true, "isUserVerified": modes.UserVerification != Refuse,
		"automaticPresenceSimulation": modes.UserPresence != Refuse,
	}}, &made)
	if err != nil {
		return err
	}
	p.authenticator = made.AuthenticatorID
	return errors.Join(b.load(ctx, p), b.override(ctx, p, modes))
}

// load gives the authenticator of a page every key. One that the browser
// doesn't take keeps no other from it.
func (b *bridge) load(ctx context.Context, p *page) error {
	keys, err := b.keys.all()
	for _, k := range keys {
		err = errors.Join(err, b.add(ctx, p, k))
	}
	return err
}

func (b *bridge) add(ctx context.Context, p *page, k Key) error {
	return b.conn.call(ctx, p.session, "WebAuthn.addCredential", map[string]any{"authenticatorId": p.authenticator, "credential": k}, nil)
}

// override makes answers wrong on purpose.
func (b *bridge) override(ctx context.Context, p *page, m Modes) error {
	if m.UserVerification != Off && m.UserPresence != Off && m.Signature != Bad {
		return nil
	}
	return b.conn.call(ctx, p.session, "WebAuthn.setResponseOverrideBits", map[string]any{
		"authenticatorId": p.authenticator, "isBogusSignature": m.Signature == Bad,
		"isBadUV": m.UserVerification == Off, "isBadUP": m.UserPresence == Off,
	}, nil)
}

func (b *bridge) inForce() Modes {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.modes
}

// equipAll gives every page a new authenticator.
func (b *bridge) equipAll(ctx context.Context) error {
	var err error
	for _, p := range b.others("") {
		err = errors.Join(err, b.equip(ctx, p))
	}
	return err
}

// hearKey keeps what a page's authenticator did to a key, and tells those of
// the other pages.
func (b *bridge) hearKey(m message) {
	var e struct {
		AuthenticatorID string `json:"authenticatorId"`
		Credential      Key    `json:"credential"`
		CredentialID    []byte `json:"credentialId"`
	}
	p := b.pages[m.Session]
	if json.Unmarshal(m.Params, &e) != nil || p == nil || p.authenticator != e.AuthenticatorID {
		return
	}
	var changed bool
	var err error
	if m.Method == "WebAuthn.credentialDeleted" {
		err = b.keys.change(base64.RawURLEncoding.EncodeToString(e.CredentialID), func(*Key) bool { return false })
		changed = err == nil
	} else {
		changed, err = b.keys.put(e.Credential)
	}
	switch {
	case err != nil && !errors.Is(err, errNoKey):
		b.log.Error("a key of the virtual authenticator is not kept", "err", err)
		b.say(fault.From(err).Message + " " + fault.From(err).Hint)
	case changed:
		for _, other := range b.others(m.Session) {
			b.equipped(b.equip(context.Background(), other))
		}
		b.elsewhere()
		b.changed()
	}
}

// navigation says what it means that a page did not come up, nil if it did.
func navigation(errorText string) *fault.Error {
	switch {
	case errorText == "":
		return nil
	case strings.Contains(errorText, "ERR_CERT_"):
		return ErrUntrusted.Because(errors.New(errorText))
	}
	return ErrNotShown.Because(errors.New(errorText))
}
