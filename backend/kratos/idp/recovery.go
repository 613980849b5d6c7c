package idp

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"sting/backend/identity"
	"sting/backend/session"
)

func (x *exchange) submitRecovery() error {
	f, err := x.submitted(RecoveryFlow)
	if err != nil {
		return err
	}
	if f.expired(x.now) {
		return x.replace(f)
	}
	form, err := x.codeForm(f, errNoRecoveryMethod)
	if err != nil || form == nil {
		return err
	}
	address := identity.Fold(text1(form, "email"))
	switch code := text1(form, "code"); {
	case address == "" && f.State != stateChoose:
		return x.recover(f, code)
	case address == "": // a code before any was asked for
		return x.reject(f, func(f *Flow) { f.UI.say("email", missing("email")) })
	case f.State == statePassed:
		return x.recoverAnew(f, reasonPassed)
	}
	// With an address the form asks for a new code, whatever else it holds: as in Kratos, whose
	// button "Resend code" sends what was typed as a code along.
	who, found, err := x.holder(address, func(a identity.Address) bool { return a.Recover })
	if err != nil {
		return err
	}
	return x.sendCode(f, who, found, address)
}

// holder finds the person whose address it is. Addresses that are no
// identifiers have no index: everybody is asked then, whoever it is.
func (x *exchange) holder(address string, fits func(identity.Address) bool) (identity.Identity, bool, error) {
	has := func(i identity.Identity) bool {
		return slices.ContainsFunc(i.Addresses, func(a identity.Address) bool { return a.Value == address && fits(a) })
	}
	if x.schema.addressesAreIdentifiers() {
		who, err := x.Identities.IdentityByIdentifier(x.r.Context(), address)
		if errors.Is(err, identity.ErrNotFound) {
			return identity.Identity{}, false, nil
		}
		return who, err == nil && has(who), err
	}
	var after, none identity.ID
	var holder identity.Identity
	for {
		page, err := x.Identities.Identities(x.r.Context(), after, maxPage)
		if err != nil || len(page) == 0 {
			return holder, holder.ID != none, err
		}
		for _, i := range page {
			if has(i) {
				holder = i
			}
		}
		after = page[len(page)-1].ID
	}
}

// recover tries a code: its holder is signed in, and sent to set a new
// password.
func (x *exchange) recover(f Flow, typed string) error {
	before, err := x.who()
	if err != nil && !errors.Is(err, session.ErrNone) {
		return err // asked before the code is used up: what can't be looked up can't be ended
	}
	c, err := x.useCode(x.r.Context(), f, typed)
	switch {
	case errors.Is(err, ErrCodeWrong):
		return x.codeRefused(f, errRecoveryCode)
	case errors.Is(err, ErrCodeUsed):
		return x.recoverAnew(f, reasonCodeUsed)
	case errors.Is(err, ErrCodeTries):
		return x.recoverAnew(f, "The request was submitted too often. Please request another code.")
	case errors.Is(err, ErrCodeExpired):
		return x.recoverAnew(f, "The recovery code has expired. Please request another code.")
	case err != nil:
		return err
	}
	who, err := x.Identities.Identity(x.r.Context(), c.IdentityID)
	if err != nil {
		return err
	}
	if who.State == identity.Inactive {
		return disabled(who.ID)
	}
	if c.Address != "" {
		if err := x.markVerified(c); err != nil {
			return err
		}
	}
	return x.recovered(f, who, before)
}

func disabled(id identity.ID) *failure {
	return (&failure{status: http.StatusUnauthorized, message: "identity is disabled", reason: "This account was disabled."}).
		with(map[string]any{"identity_id": id})
}

// recoverAnew answers a code that can't be used any more with a new flow.
func (x *exchange) recoverAnew(f Flow, why string) error {
	f.ExpiresAt = x.now
	f.Finished = true
	next, err := x.successor(f)
	if err != nil {
		return err
	}
	if f.browser() && !x.wantsJSON() {
		x.note(why+" The browser was sent to a new flow.", "flow", f.ID, "kind", string(f.Kind))
		x.redirect(x.pageOf(next))
		return nil
	}
	if !f.browser() {
		x.renewCSRF() // as Kratos does, even for an app
	}
	return badRequest("%s", why).with(map[string]any{"continue_with": []any{x.continueTo("show_recovery_ui", next, nil)}})
}

// recovered signs a person in who has proved to read their mails. before is who the
// browser was signed in as.
func (x *exchange) recovered(f Flow, who identity.Identity, before signedIn) error {
	s, token := x.newSession(f, who.ID, session.Code)
	// Whoever had to recover may have lost the account to somebody: nobody else stays signed in (THREATS T30).
	living, err := x.Sessions.Living(x.r.Context(), who.ID)
	if err != nil {
		return err
	}
	var replaced []session.ID
	for _, other := range living {
		replaced = append(replaced, other.ID)
	}
	if f.browser() && before.session.ID != "" && before.person.ID != who.ID { // its cookie is overwritten
		replaced = append(replaced, before.session.ID)
	}
	if err := x.Sessions.Issue(x.r.Context(), s, replaced...); err != nil {
		return err
	}
	x.handOver(f, s, token)
	settings, err := x.settingsAfterRecovery(f, who, len(living))
	if err != nil {
		return err
	}
	kept, err := x.Store.UpdateFlow(x.r.Context(), f.Kind, f.ID, func(f *Flow) error {
		f.UI.clear()
		f.State, f.UpdatedAt, f.Transient = statePassed, x.now, true
		return nil
	})
	if err != nil {
		return err
	}
	if f.browser() && !x.wantsJSON() {
		x.redirect(x.pageOf(settings))
		return nil
	}
	ui := map[string]any{"action": "show_settings_ui", "flow": map[string]any{"id": settings.ID, "url": x.pageOf(settings)}}
	next := []any{ui}
	if !f.browser() {
		next = []any{setToken(token), ui}
	}
	return x.show(http.StatusOK, kept, next)
}

// settingsAfterRecovery begins the flow in which a person sets a new password.
func (x *exchange) settingsAfterRecovery(from Flow, who identity.Identity, ended int) (Flow, error) {
	f := Flow{
		ID: uuid.NewString(), Kind: SettingsFlow, Type: from.Type, State: stateShow, IssuedAt: x.now, UpdatedAt: x.now,
		ExpiresAt: x.now.Add(x.cfg.lifespan(SettingsFlow)), RequestURL: from.RequestURL, ReturnTo: from.ReturnTo, Base: from.Base,
		IdentityID: who.ID,
	}
	x.own(&f)
	x.drawSettings(&f, who)
	said := msgRecovered
	said.Text = fmt.Sprintf(said.Text, fmt.Sprintf("%.2f", x.Sessions.Policy().PrivilegedAge.Minutes()))
	said.Context = map[string]any{"privilegedSessionExpiresAt": x.now.Add(x.Sessions.Policy().PrivilegedAge)}
	f.UI.Messages = append([]text{said}, endedOthers(ended)...)
	return f, x.Store.CreateFlow(x.r.Context(), f)
}
