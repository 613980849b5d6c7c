package admin

import (
	"context"
	"encoding/base64"

	"sting/backend/api"
	"sting/backend/tape"
	"sting/backend/wire"
)

// VirtualBridge is what these verbs ask of the machine.
type VirtualBridge interface {
	// Show opens a page of the site. With a fault, that may be open all the same.
	Show(ctx context.Context, url string, on *api.Desktop) error
	// State leaves out what the lab knows of the keys: PasskeyID and Status.
	State(ctx context.Context) (api.Virtual, error)
	// Change takes a credential id for a key, or a beginning of one.
	Change(ctx context.Context, c api.VirtualChange) error
}

// VirtualChanged is published when the browser with the virtual authenticator,
// how that behaves, or one of its keys is not as it was.
type VirtualChanged struct{}

// OpenVirtual opens a page of the site in the browser with the virtual
// authenticator. Opened with an Error: it is open, and shows something else.
func (l *Lab) OpenVirtual(ctx context.Context, page string, on *api.Desktop) (api.Opened, error) {
	url, err := l.pageURL(page)
	if err != nil {
		return api.Opened{}, err
	}
	out := api.Opened{URL: url}
	why := l.Bridge.Show(ctx, url, on)
	if why != nil {
		e := Fault(why)
		out.Error = &e
	}
	st, err := l.Bridge.State(ctx)
	out.Opened = why == nil || err == nil && st.Running
	return out, nil
}

// Virtual tells what runs and which keys are kept.
func (l *Lab) Virtual(ctx context.Context) (api.Virtual, error) {
	out, err := l.Bridge.State(ctx)
	if err != nil {
		return api.Virtual{}, err
	}
	for i := range out.Keys {
		l.recognise(ctx, &out.Keys[i])
	}
	return out, nil
}

// recognise says which passkey of the lab a key is.
func (l *Lab) recognise(ctx context.Context, k *api.VirtualKey) {
	k.Status = "unknown here"
	id, err := base64.RawURLEncoding.DecodeString(k.ID)
	if err != nil {
		return
	}
	c, err := l.Credentials.CredentialByCredentialID(ctx, id)
	if err != nil {
		return
	}
	k.PasskeyID, k.Status = c.ID, "active"
	if !c.Active() {
		k.Status = "revoked"
	}
}

// ChangeVirtual does one thing to the virtual authenticator.
func (l *Lab) ChangeVirtual(ctx context.Context, c api.VirtualChange) (api.Virtual, error) {
	if known, err := l.Credentials.Credential(ctx, c.Key); c.Key != "" && err == nil {
		c.Key = base64.RawURLEncoding.EncodeToString(known.CredentialID)
	}
	if err := l.Bridge.Change(ctx, c); err != nil {
		return api.Virtual{}, err
	}
	return l.Virtual(ctx)
}

// summary is a line about a recorded ceremony, which says whether its passkey is
// a virtual authenticator's.
func (l *Lab) summary(ctx context.Context, r tape.Record) api.CeremonySummary {
	out := l.Wire.Ceremony(r)
	if r.CredentialID == "" {
		return out
	}
	c, err := l.Credentials.Credential(ctx, r.CredentialID)
	out.Virtual = err == nil && wire.Virtual(c)
	return out
}
