package idp

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"sting/backend/events"
	"sting/backend/identity"
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
func drawCode(f *Flow, address string, digits int) {
	f.State, f.Address = stateSent, address
	again := submit("code", "email", address, &labelResend)
	next := submit("code", "method", "code", &labelContinue)
	hidden := input("code", "method", "hidden", nil).valued("code")
	if f.Kind == RecoveryFlow {
		code := input("code", "code", "text", &labelRecoveryCode).required()
		code.Attributes.Pattern, code.Attributes.MaxLength = "[0-9]+", digits
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

// verifyNew sends a code to each address of a person that none was sent to yet,
// and says where the codes go.
func (x *exchange) verifyNew(from Flow, who identity.Identity) (identity.Identity, []any, error) {
	next := []any{}
	if x.Courier == nil {
		return who, next, nil
	}
	for _, a := range who.Addresses {
		if !a.Verify || a.Verified || a.Status != "pending" {
			continue
		}
		f := Flow{
			ID: uuid.NewString(), Kind: VerificationFlow, Type: from.Type, IssuedAt: x.now, UpdatedAt: x.now,
			ExpiresAt: x.now.Add(x.cfg.lifespan(VerificationFlow)), RequestURL: from.RequestURL, ReturnTo: x.afterVerification(from),
			Base: from.Base, Active: "code",
			IdentityID: who.ID,
		}
		x.own(&f)
		drawCode(&f, a.Value, codeDigits)
		if err := x.Store.CreateFlow(x.r.Context(), f); err != nil {
			return who, next, err
		}
		changed, err := x.sendVerification(f, who.ID, a.Value)
		if err != nil {
			return who, next, err
		}
		who = changed
		next = append(next, x.continueTo("show_verification_ui", f, map[string]any{"verifiable_address": a.Value}))
	}
	return who, next, nil
}

// afterVerification is where a person goes on once an address is verified that
// another flow made them verify: that flow's own return_to was used up by then.
func (x *exchange) afterVerification(from Flow) string {
	begun, err := url.Parse(from.RequestURL)
	if err != nil {
		return ""
	}
	wanted := begun.Query().Get("after_verification_return_to")
	if wanted == "" {
		return ""
	}
	to, ok := x.safeReturn(wanted)
	if !ok {
		return ""
	}
	return to
}

// sendVerification queues a code for an address and notes that it was sent.
func (x *exchange) sendVerification(f Flow, who identity.ID, address string) (identity.Identity, error) {
	ctx := x.r.Context()
	code, err := x.keepCode(ctx, f, who, address)
	if err != nil {
		return identity.Identity{}, err
	}
	if err := x.Courier.Queue(ctx, x.verificationMail(f, address, code)); err != nil {
		return identity.Identity{}, err
	}
	return x.Identities.UpdateIdentity(ctx, who, func(i *identity.Identity) error {
		for n := range i.Addresses {
			if a := &i.Addresses[n]; a.Value == address && a.Status == "pending" {
				a.Status, a.UpdatedAt = "sent", x.now
			}
		}
		return nil
	})
}

// beginCode begins a recovery or a verification.
func beginCode(k Kind) answer {
	return func(x *exchange) error {
		f, err := x.newFlow(k)
		if err != nil {
			return err
		}
		drawAddress(&f)
		return x.open(f)
	}
}

// openVerification follows the link in a mail: its code goes to the page, which
// asks before it uses it, since programs that look through mails follow links.
func (x *exchange) openVerification() error {
	q := x.r.URL.Query()
	if q.Get("code") == "" {
		return restart(VerificationFlow)(x)
	}
	x.redirect(x.cfg.page(VerificationFlow) + "?" + url.Values{"flow": {q.Get("flow")}, "code": {q.Get("code")}}.Encode())
	return nil
}

func (x *exchange) submitVerification() error {
	f, err := x.submitted(VerificationFlow)
	if err != nil {
		return err
	}
	if f.expired(x.now) {
		return x.replaceVerification(f)
	}
	form, err := x.codeForm(f, errNoVerifyMethod)
	if err != nil || form == nil {
		return err
	}
	if code := text1(form, "code"); code != "" {
		return x.verify(f, code)
	}
	address := identity.Fold(text1(form, "email"))
	if address == "" {
		return x.reject(f, func(f *Flow) { f.UI.say("email", missing("email")) })
	}
	who, found, err := x.holder(address, func(a identity.Address) bool { return a.Verify })
	if err != nil {
		return err
	}
	return x.sendCode(f, who, found, address)
}

// replaceVerification sends an app on to a new flow with 303, as Kratos does.
func (x *exchange) replaceVerification(f Flow) error {
	if f.browser() {
		return x.replace(f)
	}
	next, err := x.successor(f)
	if err != nil {
		return err
	}
	x.note("The flow was over; the app was sent to a new one.", "flow", f.ID, "kind", string(f.Kind))
	x.renewCSRF()
	x.redirect(fmt.Sprintf("%s/self-service/verification/flows?id=%s", f.Base, next.ID))
	return nil
}

// codeForm reads and guards a form of recovery or verification. A nil form was
// answered already.
func (x *exchange) codeForm(f Flow, noMethod text) (map[string]any, error) {
	form, err := x.form()
	if errors.Is(err, errForm) {
		return nil, x.reject(f, func(f *Flow) { f.UI.say("", errUndecodable) })
	}
	if err != nil {
		return nil, err
	}
	if err := x.guard(f, form); err != nil {
		return nil, err
	}
	if m := text1(form, "method"); m != "" && m != "code" || m == "" && form["email"] == nil && form["code"] == nil {
		return nil, x.reject(f, func(f *Flow) { f.UI.say("", noMethod) })
	}
	return form, nil
}

// sendCode sends a code to the holder of an address. Where there is none it
// answers alike: who has an account is nobody's business.
func (x *exchange) sendCode(f Flow, who identity.Identity, found bool, address string) error {
	digits := codeDigits
	switch {
	case !found || x.Courier == nil:
		code, err := x.keepCode(x.r.Context(), f, "", address)
		if err != nil {
			return err
		}
		digits = len(code)
	case f.Kind == VerificationFlow:
		if _, err := x.sendVerification(f, who.ID, address); err != nil {
			return err
		}
	default:
		code, err := x.keepCode(x.r.Context(), f, who.ID, address)
		if err != nil {
			return err
		}
		if err := x.Courier.Queue(x.r.Context(), x.recoveryMail(address, code)); err != nil {
			return err
		}
		digits = len(code)
	}
	kept, err := x.Store.UpdateFlow(x.r.Context(), f.Kind, f.ID, func(f *Flow) error {
		f.UI.clear()
		drawCode(f, address, digits)
		f.UpdatedAt = x.now
		return nil
	})
	if err != nil {
		return err
	}
	return x.showAgain(http.StatusOK, kept)
}

// verify tries a code: the address is its person's then.
func (x *exchange) verify(f Flow, typed string) error {
	c, err := x.useCode(x.r.Context(), f, typed)
	switch {
	case errors.Is(err, ErrCodeWrong), errors.Is(err, ErrCodeUsed), errors.Is(err, ErrCodeExpired):
		return x.codeRefused(f, errVerificationCode)
	case errors.Is(err, ErrCodeTries):
		return x.codeRefused(f, errTooManyTries)
	case err != nil:
		return err
	}
	if err := x.markVerified(c); err != nil {
		return err
	}
	to := x.landing(f)
	kept, err := x.Store.UpdateFlow(x.r.Context(), f.Kind, f.ID, func(f *Flow) error {
		f.State, f.UpdatedAt, f.Transient = statePassed, x.now, false
		f.UI = ui{Action: to, Method: http.MethodGet, Messages: []text{msgVerified}, Nodes: []node{csrfNode(), {
			Type: "a", Group: "code", Messages: []text{}, Meta: meta{Label: &labelContinue},
			Attributes: attributes{NodeType: "a", ID: "continue", Href: to, Title: &labelContinue},
		}}}
		return nil
	})
	if err != nil {
		return err
	}
	return x.showAgain(http.StatusOK, kept)
}

// codeRefused shows the form again. Kratos answers a wrong code with 200.
func (x *exchange) codeRefused(f Flow, why text) error {
	kept, err := x.Store.UpdateFlow(x.r.Context(), f.Kind, f.ID, func(f *Flow) error {
		f.UI.clear()
		f.UI.say("", why)
		f.UpdatedAt, f.Transient = x.now, true
		return nil
	})
	if err != nil {
		return err
	}
	if x.subject == "" {
		x.about(f.Address)
	}
	x.noteFlow(kept)
	return x.showAgain(http.StatusOK, kept)
}

// markVerified notes that a person reads the mails of an address.
func (x *exchange) markVerified(c Code) error {
	who, err := x.Identities.UpdateIdentity(x.r.Context(), c.IdentityID, func(i *identity.Identity) error {
		for n := range i.Addresses {
			if a := &i.Addresses[n]; a.Value == c.Address && !a.Verified {
				a.Verified, a.VerifiedAt, a.UpdatedAt, a.Status = true, x.now, x.now, "completed"
			}
		}
		return nil
	})
	if err == nil {
		events.Publish(x.Bus, identity.Changed{ID: who.ID, What: "updated"})
	}
	return err
}
