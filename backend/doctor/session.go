package doctor

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sting/backend/health"
)

// sessionChecks look at what a sign-in leaves behind.
func (e *examination) sessionChecks() []health.Check {
	step := func(id, title string, run func(context.Context) health.Result, needs ...string) health.Check {
		return health.Check{ID: id, Title: title, Needs: needs, Run: func(ctx context.Context) health.Result {
			return e.step(ctx, run)
		}}
	}
	signedIn, out := []string{"LG-03"}, "SS-07"
	if e.self.elsewhere() { // where no session of Kratos is made, none can be compared
		signedIn, out = []string{"LG-03", "SS-08"}, "SS-01" // SS-08 looks at the same browser's cookies
	}
	return []health.Check{
		step("SS-02", "The session endpoint answers as the contract says", e.checkShape, signedIn...),
		step("SS-01", "Each way to sign in leaves a session that is recognised", e.checkRecognised, "SS-02"),
		step("SS-10", "Both sessions are the same person's", e.checkAgree, "SS-01"),
		step("SS-07", "Both sessions end at the same time", e.checkEnds, "SS-10"),
		step("SS-03", "The dashboard opens", e.checkDashboard, "SS-01"),
		step("SS-05", "A restart signs nobody out", e.checkSecrets, "SV-01"),
		step("SS-06", "A sign-out ends every view of the session", e.checkSignOut, out),
		e.visitors.CheckCookies(e.config.Origin()),
	}
}

// sessionShape are the members that a page reads: CONTRACT section 6.
const sessionShape = "authenticated auth_method auth_methods user.id user.email user.username user.role user.kratos_id user.traits " +
	"session_id session.id session.authenticated_at session.expires_at session.aal sessions.passkey sessions.kratos agree " +
	"flask_auth kratos_auth has_passkey passkey_count"

func (e *examination) askSession(ctx context.Context, b *selfBrowser) (selfAnswer, *health.Result) {
	a, err := b.ask(ctx, http.MethodGet, "/api/auth/session", nil)
	if err != nil {
		r := health.Fail("The session endpoint doesn't answer: the backend knows a person that no page sees.", "Restart the site.",
			"sting restart site", err.Error())
		return a, &r
	}
	return a, nil
}

func (e *examination) checkShape(ctx context.Context) health.Result {
	const path = "/api/auth/session"
	a, bad := e.askSession(ctx, e.self.second)
	if bad != nil {
		return *bad
	}
	if a.status != http.StatusOK {
		return unlike(a, path+" is blocked or not the lab's: pages take the person for signed out.",
			"Take away what stands between the browser and "+path+".", "")
	}
	var missing []string
	for _, member := range strings.Fields(sessionShape) {
		if _, ok := a.at(member); !ok && (a.is("authenticated") || !strings.Contains(member, ".")) {
			missing = append(missing, member)
		}
	}
	if len(missing) > 0 {
		return health.Fail("The answer of "+path+" lacks "+strings.Join(missing, ", ")+".",
			"Take away what rewrites the answers of the site.", "", a.what)
	}
	return health.Pass(a.what, fmt.Sprintf("all %d members are there", len(strings.Fields(sessionShape))))
}

// wayIn is a browser and how it signed in.
type wayIn struct {
	name string
	in   *selfBrowser
}

// twoSessions says why there are none to compare, or "".
func (e *examination) twoSessions() string {
	if e.self.elsewhere() {
		return "a sign-in with a passkey makes no session in a Kratos of its own (" + e.config.Kratos.Mode + "), so there are no two to compare"
	}
	return ""
}

func (e *examination) checkRecognised(ctx context.Context) health.Result {
	var seen []string
	ways := []wayIn{{"password", e.self.first}, {"passkey", e.self.second}}
	if e.self.elsewhere() {
		ways = ways[1:]
	}
	for _, way := range ways {
		a, bad := e.askSession(ctx, way.in)
		if bad != nil {
			return *bad
		}
		seen = append(seen, fmt.Sprintf("after a sign-in with a %s: authenticated %t, auth_method %q", way.name, a.is("authenticated"),
			a.text("auth_method")))
		if !a.is("authenticated") || a.text("auth_method") != way.name {
			return health.Fail(fmt.Sprintf("A sign-in with a %s is accepted, and the next page takes the person for signed out.", way.name),
				fmt.Sprintf("Look at session.lifespan and session.idle in %s (now %v and %v), and at the lab's clock.", e.config.File(),
					e.config.Session.Lifespan, e.config.Session.Idle),
				"sting clock", seen...)
		}
	}
	return health.Pass(seen...)
}

func (e *examination) checkAgree(ctx context.Context) health.Result {
	if why := e.twoSessions(); why != "" {
		return health.Skip("%s", why)
	}
	a, bad := e.askSession(ctx, e.self.second)
	if bad != nil {
		return *bad
	}
	who, err := e.self.second.ask(ctx, http.MethodGet, "/.ory/sessions/whoami", nil)
	if err != nil {
		return health.Fail("Kratos' whoami doesn't answer.", "Restart Kratos.", "sting restart kratos", err.Error())
	}
	seen := []string{"the site says " + a.text("user.id"), "whoami says " + who.text("identity.id"),
		fmt.Sprintf("agree is %t", a.is("agree"))}
	if !a.is("agree") || who.text("identity.id") != a.text("user.id") {
		return health.Fail("The passkey's session and Kratos' are not the same person's, so nothing can be changed (SESSIONS_DISAGREE).",
			"Sign out once, which ends both, then sign in again.", "sting sessions", seen...)
	}
	return health.Pass(seen...)
}

func (e *examination) checkEnds(ctx context.Context) health.Result {
	a, bad := e.askSession(ctx, e.self.second)
	if bad != nil {
		return *bad
	}
	who, err := e.self.second.ask(ctx, http.MethodGet, "/.ory/sessions/whoami", nil)
	if err != nil {
		return health.Fail("Kratos' whoami doesn't answer.", "Restart Kratos.", "sting restart kratos", err.Error())
	}
	ours, err := time.Parse(time.RFC3339, a.text("session.expires_at"))
	if err != nil {
		return health.Fail("The session says no time at which it ends.", "Take away what rewrites the answers of the site.", "", a.what)
	}
	theirs, err := time.Parse(time.RFC3339, who.text("expires_at"))
	seen := []string{"the site: " + a.text("session.expires_at"), "whoami: " + who.text("expires_at")}
	if err != nil || ours.Sub(theirs).Abs() > 2*time.Second {
		return health.Fail("One view of the session ends before the other: then one is alive and the other dead.",
			"Sign out once, which ends both, then sign in again.", "sting sessions", seen...)
	}
	return health.Pass(seen...)
}

// checkDashboard opens the page with the cookies of a sign-in, and without any.
// The browser of the passkey signs out meanwhile.
func (e *examination) checkDashboard(ctx context.Context) health.Result {
	page, err := e.self.first.ask(ctx, http.MethodGet, "/dashboard", nil)
	if err != nil {
		return health.Fail("The dashboard doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	}
	switch {
	case page.status == http.StatusServiceUnavailable && bytes.Contains(page.body, []byte("no pages")):
		return health.Fail("This build has no pages.", "Build the frontend into the program: `build/run` does.", "build/run", page.what)
	case page.status/100 == 3:
		return health.Fail("The dashboard sends somebody who is signed in to "+page.header.Get("Location")+".",
			"Clear the cookies and the site data of this host in the browser, then sign in again.", "sting open login", page.what)
	case page.status != http.StatusOK:
		return unlike(page, "The dashboard doesn't open.", "Look at what the site logged.", "sting logs site")
	}
	nobody, err := e.self.browser()
	if err != nil {
		return health.Blame(err)
	}
	defer nobody.close()
	away, err := nobody.ask(ctx, http.MethodGet, "/dashboard", nil)
	if err != nil {
		return health.Fail("The dashboard doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	}
	return health.Pass(page.what, "without a session: "+away.what+" to "+away.header.Get("Location"))
}

// checkSecrets compares the secrets that the lab runs with and those that it
// would start with.
func (e *examination) checkSecrets(ctx context.Context) health.Result {
	for name, running := range e.lab.Secrets {
		kept, err := e.lab.Store.Secret(ctx, name)
		if err != nil {
			return health.Blame(err)
		}
		if !bytes.Equal(kept, running) {
			return health.Fail("The secret "+name+" in sting.db is another one than the lab runs with: it was deleted or exchanged. "+
				"After the next start, forms and cookies of before are stale.",
				"Restart the lab now, so that it goes by what is kept.", "sting restart", "compared the secret "+name)
		}
	}
	return health.Pass("the secrets in sting.db are those that the lab runs with", "sessions are rows of sting.db")
}

// checkSignOut signs out, and shows the old cookies once more.
func (e *examination) checkSignOut(ctx context.Context) health.Result {
	b := e.self.second
	old := make(map[string]string)
	for _, c := range b.set {
		if c.MaxAge >= 0 && c.Value != "" {
			old[c.Name] = c.Value
		}
	}
	out, err := b.ask(ctx, http.MethodPost, "/api/auth/logout", map[string]any{})
	if err != nil {
		return health.Fail("The sign-out doesn't answer.", "Restart the site.", "sting restart site", err.Error())
	}
	seen := []string{out.what}
	paths := []string{"/api/auth/me", "/.ory/sessions/whoami"}
	if e.self.elsewhere() {
		paths = paths[:1]
	}
	for _, path := range paths {
		status, err := e.askWith(ctx, path, old)
		if err != nil {
			return health.Fail("The site doesn't answer.", "Restart the site.", "sting restart site", err.Error())
		}
		seen = append(seen, fmt.Sprintf("GET %s with the old cookies: %d", path, status))
		if status != http.StatusUnauthorized {
			return health.Fail("After a sign-out "+path+" still knows the person.",
				"End the session, and take away what answers in the place of the site.", "sting sessions", seen...)
		}
	}
	return health.Pass(seen...)
}

// askWith asks with cookies of one's own.
func (e *examination) askWith(ctx context.Context, path string, cookies map[string]string) (status int, err error) {
	b, err := e.self.browser()
	if err != nil {
		return 0, err
	}
	defer b.close()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.origin+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("User-Agent", b.agent)
	for name, value := range cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}
