package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"sting/backend/health"
)

// ceremonyChecks are the steps of a registration and a sign-in. Each needs the
// one before, so that the first that fails is the one that is shown.
func (e *examination) ceremonyChecks() []health.Check {
	step := func(id, title string, run func(context.Context) health.Result, needs ...string) health.Check {
		return health.Check{ID: id, Title: title, Needs: needs, Run: func(ctx context.Context) health.Result {
			return e.step(ctx, run)
		}}
	}
	registered, fresh, cookies := []string{"LG-12"}, []string{"SS-08"}, []string{"LG-12"}
	if e.self.elsewhere() { // there the cookies are those of the passkey
		registered = []string{"TLS-01", "RP-02"}
		fresh, cookies = registered, []string{"LG-03"}
	}
	return []health.Check{
		step("LG-12", "Somebody can register and sign in with a password", e.signInWithPassword, "TLS-01", "RP-02"),
		step("SS-09", "Cookies belong to this host alone", e.checkCookieScope, cookies...),
		step("SS-08", "Cookies arrive, and come back", e.checkCookiesArrive, "SS-09"),
		step("RG-03", "Without a session nobody can add a passkey", e.beginAsNobody, registered...),
		step("RG-04", "A fresh session may add a passkey", e.beginFresh, fresh...),
		step("RG-01", "The options of a registration can be made", e.checkOptions, "RG-04", "RP-01"),
		step("RG-02", "A challenge is good for one answer, in time", e.completeTwice, "RG-01"),
		step("LG-03", "A registered passkey signs in", e.signInWithPasskey, "RG-02"),
		{ID: "RP-07", Title: "No passkeys of an older relying party ID are left", Needs: []string{"SV-03", "RP-04"}, Run: e.leftBehind},
	}
}

// step runs one step of the self-test, with its person signed in.
func (e *examination) step(ctx context.Context, run func(context.Context) health.Result) health.Result {
	if why := e.self.possible(); why != "" {
		return health.Skip("%s", why)
	}
	if e.self.elsewhere() {
		if err := e.self.enter(ctx); err != nil {
			return health.Blame(err)
		}
	}
	return run(ctx)
}

// askElsewhere shows a Kratos that keeps the passwords one that nobody has: it has
// to refuse it. Nobody is registered there, since nobody could be removed again.
func (e *examination) askElsewhere(ctx context.Context) health.Result {
	b, err := e.self.browser()
	if err != nil {
		return health.Blame(err)
	}
	defer b.close()
	in, err := b.ask(ctx, http.MethodPost, "/api/auth/login", map[string]any{"email": e.self.email, "password": e.self.password})
	if err != nil {
		return health.Fail("The site doesn't answer a sign-in.", "Restart the site.", "sting restart site", err.Error())
	}
	if in.text("error_code") != "INVALID_CREDENTIALS" {
		return unlike(in, "A Kratos elsewhere keeps the passwords, and doesn't refuse a wrong one as it should.",
			"Look at what was logged of Kratos.", "sting logs kratos")
	}
	mode := e.config.Kratos.Mode
	if e.managesKratos() {
		return e.signInAtManaged(ctx, in.what)
	}
	return health.Skip("the passwords are kept by a Kratos of its own (%s): somebody who registers there "+
		"for a self-test could not be removed "+
		"again. It refuses a wrong password as it should; passkeys are tried with a person of the lab's own", mode).Seeing(in.what)
}

// unlike is a failure for an answer that is another one than expected.
func unlike(a selfAnswer, cause, fix, command string) health.Result {
	seen := []string{a.what}
	if message := a.text("error"); message != "" {
		seen = append(seen, message)
	}
	if hint := a.text("hint"); hint != "" {
		fix = hint
	}
	return health.Fail(cause, fix, command, seen...)
}

func (e *examination) signInWithPassword(ctx context.Context) health.Result {
	b, err := e.self.browser()
	if err != nil {
		return health.Blame(err)
	}
	if e.self.elsewhere() {
		b.close()
		return e.askElsewhere(ctx)
	}
	e.self.first = b
	const fix, command = "Look at what Kratos logged.", "sting logs kratos"
	who := map[string]any{"email": e.self.email, "password": e.self.password}
	registered, err := b.ask(ctx, http.MethodPost, "/api/auth/register", map[string]any{"email": e.self.email, "password": e.self.password,
		"traits": e.self.traits})
	if err != nil {
		return health.Fail("The site doesn't answer a registration.", "Restart the site.", "sting restart site", err.Error())
	}
	if registered.status != http.StatusCreated {
		return unlike(registered, "Nobody can register with a password.", fix, command)
	}
	in, err := b.ask(ctx, http.MethodPost, "/api/auth/login", who)
	if err != nil {
		return health.Fail("The site doesn't answer a sign-in.", "Restart the site.", "sting restart site", err.Error())
	}
	if in.status != http.StatusOK {
		return unlike(in, "Somebody who has just registered can't sign in with the password.", fix, command)
	}
	return health.Pass(registered.what, in.what)
}

// checkCookieScope reads the cookies as they were set: with a Domain a browser
// refuses them at localhost, or hands them to other hosts.
func (e *examination) checkCookieScope(context.Context) health.Result {
	set := e.self.last().set
	seen := []string{fmt.Sprintf("%d cookies were set", len(set))}
	for _, c := range set {
		if c.MaxAge < 0 {
			continue
		}
		seen = append(seen, fmt.Sprintf("%s: Domain %q, Path %q, Secure %t, HttpOnly %t", c.Name, c.Domain, c.Path, c.Secure, c.HttpOnly))
		if c.Domain != "" || c.Path != "/" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			return health.Fail(fmt.Sprintf("The cookie %s was set for Domain=%q, Path=%q: a browser drops it or shows it elsewhere, "+
				"and the person lands on the sign-in page again.", c.Name, c.Domain, c.Path),
				"The lab sets host-only cookies: take away what rewrites them in between, such as a proxy's cookie_domain.", "", seen...)
		}
	}
	return health.Pass(seen...)
}

func (e *examination) checkCookiesArrive(ctx context.Context) health.Result {
	const fix = "Take away what stands between: a proxy has to pass Cookie and Set-Cookie, and a script has to fetch with credentials."
	b := e.self.last()
	if len(b.set) == 0 {
		return health.Fail("A sign-in sets no cookie: Set-Cookie is lost on the way.", fix, "",
			"no answer to a registration and a sign-in had Set-Cookie")
	}
	me, err := b.ask(ctx, http.MethodGet, "/api/auth/me", nil)
	switch {
	case err != nil:
		return health.Fail("The site doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	case me.status == http.StatusUnauthorized:
		return unlike(me, "The cookie of a sign-in was set and doesn't come back, or isn't known.", fix, "")
	}
	return health.Pass(fmt.Sprintf("%d cookies were set", len(b.set)), me.what)
}

func (e *examination) beginAsNobody(ctx context.Context) health.Result {
	b, err := e.self.browser()
	if err != nil {
		return health.Blame(err)
	}
	defer b.close()
	a, err := b.ask(ctx, http.MethodPost, "/api/webauthn/registration/begin", map[string]any{})
	if err != nil {
		return health.Fail("The site doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	}
	if a.status != http.StatusUnauthorized {
		return health.Fail("A registration of a passkey begins without a session: it would belong to anybody.",
			"Take away what answers in the place of the site.", "", a.what)
	}
	return health.Pass(a.what + ", as it should be")
}

func (e *examination) beginFresh(ctx context.Context) health.Result {
	a, err := e.self.first.ask(ctx, http.MethodPost, "/api/webauthn/registration/begin", map[string]any{})
	if err != nil {
		return health.Fail("The site doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	}
	e.self.begun = a
	age := e.config.Session.PrivilegedAge
	if a.status == http.StatusForbidden || a.status == http.StatusUnauthorized {
		return health.Fail(fmt.Sprintf("A session of this very moment counts as too old to add a passkey (session.privileged_age is %v).", age),
			"Sign in again before adding a passkey, or raise session.privileged_age in "+e.config.File()+".", "sting clock", a.what)
	}
	return health.Pass(fmt.Sprintf("session.privileged_age is %v", age), a.what)
}

func (e *examination) checkOptions(context.Context) health.Result {
	a := e.self.begun
	if a.status != http.StatusOK {
		return unlike(a, "The options of a registration can't be made.", "Look at what the site logged.", "sting logs site")
	}
	seen := []string{a.what, "rp.id " + a.text("publicKey.rp.id")}
	for _, member := range []string{"challenge_id", "publicKey.challenge", "publicKey.rp.id", "publicKey.user.id", "challenge"} {
		if a.text(member) == "" {
			return health.Fail(fmt.Sprintf("The options have no %q: a page reads undefined.", member),
				"Take away what rewrites the answers of the site.", "", seen...)
		}
	}
	return health.Pass(seen...)
}

// completeTwice answers the challenge, and then once more: it was taken.
func (e *examination) completeTwice(ctx context.Context) health.Result {
	b, t := e.self.first, e.self
	credential, err := t.key.Create(t.begun.raw("publicKey"), b.origin)
	if err != nil {
		return health.Fail("An honest browser refuses these options.", "The refusal names the rule.", "", err.Error())
	}
	answer := map[string]any{"credential": json.RawMessage(credential), "challenge_id": t.begun.text("challenge_id"), "name": "Self-test"}
	done, err := b.ask(ctx, http.MethodPost, "/api/webauthn/registration/complete", answer)
	if err != nil {
		return health.Fail("The site doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	}
	if !done.is("verified") {
		return unlike(done, "A passkey was made and not accepted: "+done.text("error"), "Look at the ceremony.", "sting ceremonies")
	}
	again, err := b.ask(ctx, http.MethodPost, "/api/webauthn/registration/complete", answer)
	if err != nil {
		return health.Fail("The site doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	}
	if again.text("error_code") != "EXPIRED_CHALLENGE" {
		return health.Fail("The same answer is taken twice: a challenge that was used is still good.",
			"Take away what answers in the place of the site.", "", done.what, again.what)
	}
	return health.Pass(done.what, "the same once more: "+again.what)
}

// signInWithPasskey signs in in another browser, typing nothing.
func (e *examination) signInWithPasskey(ctx context.Context) health.Result {
	b, err := e.self.browser()
	if err != nil {
		return health.Blame(err)
	}
	e.self.second = b
	begun, err := b.ask(ctx, http.MethodPost, "/api/webauthn/authentication/begin", map[string]any{})
	if err != nil {
		return health.Fail("The site doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	}
	if begun.status != http.StatusOK {
		return unlike(begun, "The options of a sign-in can't be made.", "Look at what the site logged.", "sting logs site")
	}
	credential, err := e.self.key.Get(begun.raw("publicKey"), b.origin)
	if err != nil {
		return health.Fail("An honest browser finds no passkey for these options.", "The refusal names the rule.", "", err.Error())
	}
	done, err := b.ask(ctx, http.MethodPost, "/api/webauthn/authentication/complete",
		map[string]any{"credential": json.RawMessage(credential), "challenge_id": begun.text("challenge_id")})
	if err != nil {
		return health.Fail("The site doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	}
	if !done.is("verified") {
		return unlike(done, "A passkey that was just registered doesn't sign in: "+done.text("error"), "Look at the ceremony.",
			"sting ceremonies")
	}
	return health.Pass(begun.what, done.what)
}
