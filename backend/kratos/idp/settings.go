package idp

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/session"
)

func (x *exchange) beginSettings() error {
	f, err := x.newFlow(SettingsFlow)
	if err != nil {
		return err
	}
	nobody := inactive(reasonNoSession)
	if !f.browser() {
		nobody = inactive(reasonSessionNeeded)
	}
	me, err := x.whoOr(nobody)
	if err != nil {
		if errors.Is(err, nobody) && f.browser() && !x.wantsJSON() {
			x.redirect(x.base + "/self-service/login/browser?" + url.Values{"return_to": {x.cfg.page(SettingsFlow)}}.Encode())
			return nil
		}
		return err
	}
	f.State, f.IdentityID = stateShow, me.person.ID
	x.drawSettings(&f, me.person)
	return x.open(f)
}

// drawSettings asks for what a person may change.
func (x *exchange) drawSettings(f *Flow, who identity.Identity) {
	f.UI.Nodes = append([]node{csrfNode()}, x.schema.nodes("profile")...)
	f.UI.fillTraits(decoded(who.Traits))
	f.UI.Nodes = append(f.UI.Nodes, submit("profile", "method", "profile", &labelSave),
		newPasswordNode(), submit("password", "method", "password", &labelSave))
}

// showSettings answers the page of settings: to the person who began the flow
// alone.
func (x *exchange) showSettings(f Flow) error {
	me, err := x.whoOr(unauthorized(reasonTokenMissing))
	if err != nil {
		return err
	}
	if me.person.ID != f.IdentityID {
		return othersFlow()
	}
	if f.expired(x.now) {
		return x.expiredToReader(f)
	}
	return x.show(http.StatusOK, f, nil)
}

func othersFlow() *failure {
	return forbidden("The request was made for another identity and has been blocked for security reasons.").
		named("security_identity_mismatch")
}

func (x *exchange) submitSettings() error {
	f, err := x.submitted(SettingsFlow)
	if err != nil {
		return err
	}
	me, err := x.whoOr(inactive(reasonNoSession))
	if err != nil {
		return err
	}
	if me.person.ID != f.IdentityID {
		return othersFlow()
	}
	if f.expired(x.now) {
		return x.replace(f)
	}
	form, err := x.form()
	if errors.Is(err, errForm) {
		return x.reject(f, func(f *Flow) { f.UI.say("", errUndecodable) })
	}
	if err != nil {
		return err
	}
	if err := x.guard(f, form); err != nil {
		return err
	}
	if isOff(f, form) {
		return switchedOff()
	}
	switch text1(form, "method") {
	case "profile":
		return x.changeProfile(f, me, form)
	case "password":
		return x.changePassword(f, me, form)
	}
	return x.reject(f, func(f *Flow) { f.UI.say("", errNoSettingsMethod) })
}

// fresh asks for a new proof of who it is where the last one is too old.
func (x *exchange) fresh(f Flow, me signedIn) error {
	if session.Fresh(me.session.AuthenticatedAt, x.now, x.Sessions.Policy()) {
		return nil
	}
	to := fmt.Sprintf("%s/self-service/login/browser?%s", f.Base, url.Values{
		"refresh": {"true"}, "return_to": {x.action(SettingsFlow, f.ID)},
	}.Encode())
	if f.browser() && !x.wantsJSON() {
		return &elsewhere{to}
	}
	return forbidden("The login session is too old and thus not allowed to update these fields. Please re-authenticate.").
		named("session_refresh_required").beside(map[string]any{"redirect_browser_to": to})
}

func (x *exchange) changePassword(f Flow, me signedIn, form map[string]any) error {
	if err := x.fresh(f, me); err != nil {
		return err
	}
	password := text1(form, "password")
	wrong := x.cfg.passwordFault(password, me.person.Identifiers)
	if password == "" {
		t := missing("password")
		wrong = &t
	}
	if wrong != nil {
		return x.reject(f, func(f *Flow) { f.UI.say("password", *wrong) })
	}
	hash, err := x.Hasher.Hash(x.r.Context(), password)
	if err != nil {
		return err
	}
	return x.change(f, me, func(i *identity.Identity) error {
		i.Password = &identity.Password{Hash: hash, SetAt: x.now}
		return nil
	})
}

func (x *exchange) changeProfile(f Flow, me signedIn, form map[string]any) error {
	traits, _ := x.traitsOf(form)
	if wrong := x.schema.validate(traits); len(wrong) > 0 {
		return x.reject(f, func(f *Flow) { f.UI.fillTraits(traits); f.complain(wrong) })
	}
	if x.protected(me.person, traits) {
		if err := x.fresh(f, me); err != nil {
			return err
		}
	}
	return x.change(f, me, func(i *identity.Identity) error {
		x.describe(i, traits)
		return nil
	})
}

// protected reports whether new traits change how a person signs in, or where
// their mails go.
func (x *exchange) protected(who identity.Identity, traits map[string]any) bool {
	verify, recover := x.schema.addresses(traits)
	oldVerify, oldRecover := x.schema.addresses(decoded(who.Traits))
	return !slices.Equal(x.schema.identifiers(traits), who.Identifiers) || !slices.Equal(verify, oldVerify) ||
		!slices.Equal(recover, oldRecover)
}

// describe gives an identity new traits, and what follows from them.
func (x *exchange) describe(i *identity.Identity, traits map[string]any) {
	i.Traits, i.Identifiers = raw(traits), x.schema.identifiers(traits)
	i.Addresses = x.addresses(traits, i.Addresses)
}

// change writes what a person changed, and shows the form again.
func (x *exchange) change(f Flow, me signedIn, how func(*identity.Identity) error) error {
	ctx := x.r.Context()
	others, err := x.others(me)
	if err != nil {
		return err
	}
	who, err := x.Identities.UpdateIdentity(ctx, me.person.ID, func(i *identity.Identity) error {
		i.UpdatedAt = x.now
		return how(i)
	})
	if errors.Is(err, identity.ErrEmailTaken) {
		return x.reject(f, func(f *Flow) { f.UI.say("", errDuplicate) })
	}
	if err != nil {
		return err
	}
	events.Publish(x.Bus, identity.Changed{ID: who.ID, What: "updated"})
	me, said, err := x.stay(me, others)
	if err != nil {
		return err
	}
	_, next, err := x.verifyNew(f, who)
	if err != nil { // the change stands; a mail that can't be queued is no reason to undo it
		x.log().ErrorContext(ctx, "verification mail not queued", "error", err)
	}
	kept, err := x.Store.UpdateFlow(ctx, f.Kind, f.ID, func(f *Flow) error {
		f.State, f.UpdatedAt = stateSuccess, x.now
		x.drawSettings(f, who)
		f.UI.Messages = append([]text{msgSaved}, said...)
		return nil
	})
	if err != nil {
		return err
	}
	return x.changed(kept, me, next)
}

func (x *exchange) changed(f Flow, me signedIn, next []any) error {
	to := x.pageOf(f)
	if f.ReturnTo != "" {
		to = f.ReturnTo
	}
	if me.cookie {
		x.setSessionCookie(me.session, me.token)
	}
	if f.browser() {
		if !x.wantsJSON() {
			x.redirect(to)
			return nil
		}
		next = append([]any{redirectTo(to)}, next...)
	}
	if len(next) == 0 {
		next = nil
	}
	return x.show(http.StatusOK, f, next)
}
