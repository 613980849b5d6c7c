package idp

import (
	"sting/backend/identity"

	"github.com/google/uuid"
)

// drawAddress asks for an e-mail address, of recovery and verification.
func drawAddress(f *Flow) {
	f.Active = "code"
	email := input("code", "email", "email", &labelEmail).required()
	next := submit("code", "method", "code", &labelContinue)
	switch {
	case f.Kind == RecoveryFlow:
		f.UI.Nodes = []node{csrfNode(), email, next}
	case f.browser():
		f.UI.Nodes = []node{email, next, csrfNode()}
	default:
		f.UI.Nodes = []node{email, next}
	}
}

// drawCode asks for the code that was sent.
func drawCode(f *Flow, address string) {
	f.State, f.Address = stateSent, address
	again := submit("code", "email", address, &labelResend)
	next := submit("code", "method", "code", &labelContinue)
	hidden := input("code", "method", "hidden", nil).valued("code")
	if f.Kind == RecoveryFlow {
		code := input("code", "code", "text", &labelRecoveryCode).required()
		code.Attributes.Pattern, code.Attributes.MaxLength = "[0-9]+", 6
		f.Transient = true
		f.UI.Nodes = []node{csrfNode(), code, hidden, next, again}
		f.UI.Messages = []text{msgRecoverySent}
		return
	}
	f.UI.Nodes = []node{hidden, input("code", "code", "text", &labelVerifyCode).required(), next, again}
	if f.browser() {
		f.UI.Nodes = append(f.UI.Nodes, csrfNode())
	}
	f.UI.Messages = []text{msgVerificationSent}
}

// verifyAtRegistration sends the first verification mail of a new person, and
// says where its code goes.
func (x *exchange) verifyAtRegistration(from Flow, who identity.Identity) (identity.Identity, []any, error) {
	next := []any{}
	if x.Courier == nil {
		return who, next, nil
	}
	for _, a := range who.Addresses {
		if !a.Verify || a.Verified {
			continue
		}
		f := Flow{
			ID: uuid.NewString(), Kind: VerificationFlow, Type: from.Type, IssuedAt: x.now, UpdatedAt: x.now,
			ExpiresAt: x.now.Add(x.cfg.lifespan(VerificationFlow)), RequestURL: from.RequestURL, ReturnTo: from.ReturnTo, Base: from.Base, Active: "code",
		}
		x.own(&f)
		drawCode(&f, a.Value)
		if err := x.Store.CreateFlow(x.r.Context(), f); err != nil {
			return who, next, err
		}
		changed, err := x.sendVerification(f, who, a.Value)
		if err != nil {
			return who, next, err
		}
		who = changed
		next = append(next, x.continueTo("show_verification_ui", f, map[string]any{"verifiable_address": a.Value}))
	}
	return who, next, nil
}

// sendVerification queues a code for an address and notes that it was sent.
func (x *exchange) sendVerification(f Flow, who identity.Identity, address string) (identity.Identity, error) {
	ctx := x.r.Context()
	code, err := x.keepCode(ctx, f, who.ID, address)
	if err != nil {
		return who, err
	}
	if err := x.Courier.Queue(ctx, x.verificationMail(f, address, code)); err != nil {
		return who, err
	}
	return x.Identities.UpdateIdentity(ctx, who.ID, func(i *identity.Identity) error {
		for n := range i.Addresses {
			if a := &i.Addresses[n]; a.Value == address && a.Status == "pending" {
				a.Status, a.UpdatedAt = "sent", x.now
			}
		}
		return nil
	})
}
