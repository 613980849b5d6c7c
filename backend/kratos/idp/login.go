package idp

import (
	"context"
	"errors"
	"net/http"

	"sting/backend/identity"
	"sting/backend/session"
)

func (f Flow) aal() string {
	if f.Second {
		return "aal2"
	}
	return "aal1"
}

func (x *exchange) beginLogin() error {
	f, err := x.newFlow(LoginFlow)
	if err != nil {
		return err
	}
	q := x.r.URL.Query()
	f.Refresh, f.Second = q.Get("refresh") == "true", q.Get("aal") == "aal2"
	me, err := x.who()
	switch {
	case errors.Is(err, session.ErrNone):
		if f.Second {
			return &failure{
				status: http.StatusUnauthorized, id: "session_aal1_required",
				message: "aal2 and aal3 can only be requested if a session exists already",
				reason:  "You can not requested a higher AAL (AAL2/AAL3) without an active session.",
			}
		}
		f.Refresh = false
	case err != nil:
		return err
	case !f.Refresh && !f.Second:
		return x.already(f, alreadyIn())
	default:
		f.IdentityID, f.Prior = me.person.ID, me.session.ID
	}
	if err := x.drawLogin(&f); err != nil {
		return err
	}
	return x.open(f)
}

// already answers somebody who is signed in and wants to sign in or up.
func (x *exchange) already(f Flow, told *failure) error {
	if f.browser() && !x.wantsJSON() {
		x.redirect(x.landing(f))
		return nil
	}
	return told
}

// alreadyOr is already, or why that can't be told.
func (x *exchange) alreadyOr(f Flow, err error) error {
	if err != nil {
		return err
	}
	return x.already(f, alreadyIn())
}

// drawLogin asks for an identifier and a password, or, of somebody who is
// signed in, for the password again.
func (x *exchange) drawLogin(f *Flow) error {
	f.UI.Nodes = []node{csrfNode()}
	switch {
	case f.Second: // no second factor can be set up here
		f.UI.Messages = []text{msgSecondFactor}
	case f.Refresh:
		who, err := x.Identities.Identity(x.r.Context(), f.IdentityID)
		if err != nil {
			return err
		}
		f.UI.Messages = []text{msgConfirm}
		f.UI.Nodes = append(f.UI.Nodes, input("default", "identifier", "hidden", nil).valued(first(who.Identifiers)))
		if who.Password != nil {
			f.UI.Nodes = append(f.UI.Nodes, passwordNode(), submit("password", "method", "password", &labelSignIn))
		}
	default:
		f.UI.Nodes = append(f.UI.Nodes, x.schema.identifierNode(), passwordNode(), submit("password", "method", "password", &labelSignInPassword))
	}
	return nil
}

func passwordNode() node {
	return input("password", "password", "password", &labelPassword).required().completing("current-password")
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func (x *exchange) submitLogin() error {
	f, err := x.submitted(LoginFlow)
	if err != nil {
		return err
	}
	if ok, err := x.usable(f); !ok {
		return err
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
	if !f.Refresh {
		if in, err := x.anybody(); in || err != nil {
			return x.alreadyOr(f, err)
		}
	}
	if isOff(f, form) {
		return switchedOff()
	}
	if text1(form, "method") != "password" || f.Second {
		return x.reject(f, func(f *Flow) { f.UI.say("", errNoLoginMethod) })
	}
	return x.loginWithPassword(f, form)
}

func (x *exchange) loginWithPassword(f Flow, form map[string]any) error {
	typed, password := text1(form, "identifier"), text1(form, "password")
	if typed == "" {
		typed = text1(form, "password_identifier") // an older name for the same
	}
	if typed == "" || password == "" {
		return x.reject(f, func(f *Flow) {
			if typed == "" {
				f.UI.say("identifier", missing("identifier"))
			} else {
				f.UI.fill("identifier", typed)
			}
			if password == "" {
				f.UI.say("password", missing("password"))
			}
		})
	}
	who, ok, err := x.checkPassword(x.r.Context(), typed, password)
	if err != nil {
		return err
	}
	if !ok || f.Refresh && who.ID != f.IdentityID {
		return x.reject(f, func(f *Flow) { f.UI.fill("identifier", typed); f.UI.say("", errCredentials) })
	}
	if who.State == identity.Inactive {
		return disabled(who.ID)
	}
	x.rehash(who, password)
	if err := x.finish(f); errors.Is(err, errFinished) {
		f.Finished = true
		return x.replace(f)
	} else if err != nil {
		return err
	}
	return x.signIn(f, who, session.Password)
}

// checkPassword finds the person who has the identifier and the password. It
// takes as long where nobody has.
func (x *exchange) checkPassword(ctx context.Context, identifier, password string) (identity.Identity, bool, error) {
	who, err := x.Identities.IdentityByIdentifier(ctx, identity.Fold(identifier))
	if err != nil && !errors.Is(err, identity.ErrNotFound) {
		return identity.Identity{}, false, err
	}
	hash := ""
	if err == nil && who.Password != nil {
		hash = who.Password.Hash
	}
	ok, err := x.Hasher.Verify(ctx, password, hash)
	return who, ok, err
}

// rehash replaces an imported or an older hash while the password is known. A
// failure costs nothing but the next try.
func (x *exchange) rehash(who identity.Identity, password string) {
	old := who.Password.Hash
	if x.Hasher.Current(old) {
		return
	}
	hash, err := x.Hasher.Hash(x.r.Context(), password)
	if err == nil {
		_, err = x.Identities.UpdateIdentity(x.r.Context(), who.ID, func(i *identity.Identity) error {
			if i.Password != nil && i.Password.Hash == old { // not one that was set meanwhile
				i.Password.Hash = hash
			}
			return nil
		})
	}
	if err != nil {
		x.log().WarnContext(x.r.Context(), "password hash not renewed", "error", err)
	}
}

// signIn issues the session that a login was for, and answers with it.
func (x *exchange) signIn(f Flow, who identity.Identity, m session.Method) error {
	s, token := x.newSession(f, who.ID, m)
	var replaced []session.ID
	if f.Prior != "" { // a new id and a new token: a stolen old one is worth nothing after a fresh proof
		prior, err := x.Sessions.Store.Session(x.r.Context(), f.Prior)
		switch {
		case err == nil:
			s.Methods = append(prior.Methods[:len(prior.Methods):len(prior.Methods)], s.Methods...)
			replaced = append(replaced, prior.ID)
		case !errors.Is(err, session.ErrNotFound):
			x.reopen(f)
			return err // a session that can't be read can't be ended either
		}
	}
	if err := x.Sessions.Issue(x.r.Context(), s, replaced...); err != nil {
		x.reopen(f)
		return err
	}
	x.handOver(f, s, token)
	if f.browser() && !x.wantsJSON() {
		x.redirect(x.landing(f))
		return nil
	}
	v := map[string]any{"session": x.session(s, x.identity(who)), "continue_with": nil}
	if f.browser() {
		v["continue_with"] = []any{redirectTo(x.landing(f))}
	} else {
		v["session_token"] = token
	}
	return x.json(http.StatusOK, v)
}
