package httpapi

import (
	"encoding/json"
	"net/http"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/session"
	"sting/backend/signin"
)

// seenOrMock is seen for the few routes that know the mock user: CONTRACT
// section 6. A real session, and a Kratos that can't be asked, go before it.
func (s *Site) seenOrMock(r *http.Request) session.Seen {
	seen := s.seen(r.Context(), r)
	if len(seen.Views) == 0 && len(seen.Unsure) == 0 {
		if v, on := s.Mock(); on {
			seen.Views = append(seen.Views, v)
		}
	}
	return seen
}

func (s *Site) session(w http.ResponseWriter, r *http.Request) error {
	seen := s.seenOrMock(r)
	if _, err := seen.Who(); err != nil && len(seen.Unsure) > 0 {
		return err // cannot tell is not signed out
	}
	return s.tell(w, r, seen)
}

func (s *Site) me(w http.ResponseWriter, r *http.Request) error {
	seen := s.seenOrMock(r)
	if _, err := seen.Who(); err != nil {
		return err
	}
	return s.tell(w, r, seen)
}

func (s *Site) tell(w http.ResponseWriter, r *http.Request, seen session.Seen) error {
	out, err := s.describe(r, seen)
	if err != nil {
		return err
	}
	if v, err := seen.Who(); err == nil {
		if out.SignedInHere, err = s.here(r, v); err != nil {
			return err
		}
	}
	if !out.Authenticated {
		out.Hint = s.nobody(r)
	}
	return ok(w, out)
}

// nobody says why a request that may be somebody's shows nobody, "" where nothing
// speaks for that.
func (s *Site) nobody(r *http.Request) string {
	if f := s.cookieless(r, session.ErrNone); f != session.ErrNone {
		return f.Hint
	}
	return ""
}

// describe tells everything about who a request belongs to: CONTRACT section 6.
func (s *Site) describe(r *http.Request, seen session.Seen) (api.AuthSession, error) {
	out := api.AuthSession{AuthMethods: []string{}, Sessions: s.views(seen), Agree: seen.Agree()}
	_, out.FlaskAuth = seen.View(session.KindPasskey)
	_, out.KratosAuth = seen.View(session.KindKratos)
	v, err := seen.Who()
	if err != nil {
		return out, nil
	}
	out.Authenticated, out.AuthMethod, out.SessionID = true, string(v.Method()), string(v.ID)
	for _, m := range v.Methods {
		out.AuthMethods = append(out.AuthMethods, string(m))
	}
	user := userOf(v.Person)
	out.User = &user
	out.Session = &api.SessionTimes{
		ID: string(v.ID), AuthenticatedAt: s.Wire.Time(v.AuthenticatedAt), ExpiresAt: s.Wire.Time(v.ExpiresAt), AAL: v.AAL,
	}
	n, err := s.count(r, v)
	if err != nil {
		return out, err
	}
	out.HasPasskey, out.PasskeyCount = n > 0, n
	return out, nil
}

func (s *Site) views(seen session.Seen) api.SessionViews {
	var out api.SessionViews
	if v, found := seen.View(session.KindPasskey); found {
		out.Passkey = s.Wire.View(v)
	}
	if v, found := seen.View(session.KindKratos); found {
		out.Kratos = s.Wire.View(v)
	}
	return out
}

func userOf(p session.Person) api.User {
	traits := p.Traits
	if len(traits) == 0 {
		traits = json.RawMessage("{}")
	}
	role := p.Role
	if role == "" {
		role = "user"
	}
	return api.User{ID: string(p.ID), Email: p.Email, Username: p.Email, Role: role, KratosID: string(p.ID), Traits: traits}
}

func (s *Site) status(w http.ResponseWriter, r *http.Request) error {
	seen := s.seenOrMock(r)
	out := api.AuthStatus{Sessions: s.views(seen), Agree: seen.Agree(), Unknown: []api.Unasked{}, Notes: []string{}}
	_, out.FlaskAuth = seen.View(session.KindPasskey)
	_, out.KratosAuth = seen.View(session.KindKratos)
	if v, err := seen.Who(); err == nil {
		out.Authenticated, out.AuthMethod = true, string(v.Method())
	}
	for kind, err := range seen.Unsure {
		f := fault.From(err)
		out.Unknown = append(out.Unknown, api.Unasked{Kind: string(kind), Error: f.Message, ErrorCode: f.Code, Hint: f.Hint})
	}
	out.Notes = append(out.Notes, s.notes(r, out)...)
	if !out.Authenticated && len(out.Unknown) == 0 {
		out.Earlier = s.earlier(r)
	}
	if out.Earlier != "" {
		out.Notes = append(out.Notes, out.Earlier)
	}
	return ok(w, out)
}

// earlier says what became of the session that a browser shows, "" where it shows
// none. The text names times and settings, nothing of a person.
func (s *Site) earlier(r *http.Request) string {
	said := ""
	for _, shown := range []struct {
		kind  session.Kind
		token string
	}{{session.KindPasskey, valueOf(r, cookieSession)}, {session.KindKratos, valueOf(r, cookieKratos)}} {
		if shown.token == "" {
			continue
		}
		became, known := s.Sessions.Became(r.Context(), shown.kind, shown.token)
		if known {
			return became
		}
		said = became
	}
	if said != "" && s.PasswordElsewhere {
		return "The session of this browser has ended, or Kratos, which keeps it, doesn't know it. Sign in at /login."
	}
	return said
}

// notes says in words what follows from the two kinds side by side.
func (s *Site) notes(r *http.Request, a api.AuthStatus) []string {
	var notes []string
	switch {
	case a.AuthMethod == string(session.Mock):
		notes = append(notes, "This is the mock user: nobody is signed in, and no other address knows them.")
	case !a.Agree:
		notes = append(notes, "The two sessions belong to different people. Sign out once to end both, then sign in as the person you mean.")
	case a.FlaskAuth && !a.KratosAuth && !s.SignIn.OneRow:
		notes = append(notes, "Signed in with a passkey: Kratos has no way to make a session of one, so Kratos' whoami answers 401.")
	case a.FlaskAuth && !a.KratosAuth:
		notes = append(notes, "Signed in with a passkey; the browser doesn't show Kratos' cookie, so Kratos' whoami answers 401. Sign in again "+
			"to get both.")
	case !a.FlaskAuth && a.KratosAuth:
		notes = append(notes, "Signed in with a password or a code; there is no passkey session.")
	case a.FlaskAuth && a.KratosAuth:
		notes = append(notes, "Both cookies show a session of the same person.")
	case len(a.Unknown) == 0:
		notes = append(notes, "Nobody is signed in.")
		if hint := s.nobody(r); hint != "" {
			notes = append(notes, hint)
		}
	}
	return notes
}

func (s *Site) register(w http.ResponseWriter, r *http.Request) error {
	var body api.Register
	if _, err := decode(w, r, &body, false); err != nil {
		return err
	}
	traits, err := traitsOf(body)
	if err != nil {
		return err
	}
	if body.Password == "" {
		return fault.ErrInvalidField.In("password").Saying("A password is needed.").Hinting("Send a password, at least 8 characters long.")
	}
	a, err := s.SignIn.Register(r.Context(), signin.Registration{
		Email: body.Email, Password: body.Password, Traits: traits, Device: device(r),
	}, presented(r))
	if err != nil {
		return err
	}
	return s.accepted(w, r, a, http.StatusCreated)
}

// traitsOf returns the traits with the e-mail address in them: they may repeat
// it, and may not contradict it.
func traitsOf(body api.Register) (json.RawMessage, error) {
	if identity.Fold(body.Email) == "" {
		return nil, fault.ErrInvalidField.In("email").Saying("An e-mail address is needed.").Hinting("Send it in the member \"email\".")
	}
	traits := make(map[string]json.RawMessage)
	if len(body.Traits) > 0 && string(body.Traits) != "null" {
		if err := json.Unmarshal(body.Traits, &traits); err != nil {
			return nil, fault.ErrInvalidField.In("traits").Saying("The traits are not a JSON object.").Because(err)
		}
	}
	if raw, given := traits["email"]; given {
		var email string
		if json.Unmarshal(raw, &email) != nil || identity.Fold(email) != identity.Fold(body.Email) {
			return nil, fault.ErrInvalidField.In("traits.email").Saying("traits.email differs from email.").Hinting("Send the same address in " +
				"both, or leave traits.email out.")
		}
	}
	email, err := json.Marshal(identity.Fold(body.Email))
	if err != nil {
		return nil, err
	}
	traits["email"] = email
	return json.Marshal(traits)
}

func (s *Site) login(w http.ResponseWriter, r *http.Request) error {
	var body api.Login
	if _, err := decode(w, r, &body, false); err != nil {
		return err
	}
	for field, value := range map[string]string{"email": body.Email, "password": body.Password} {
		if value == "" {
			return fault.ErrInvalidField.In(field).Saying("The %s is missing.", field).Hinting("Send both \"email\" and \"password\".")
		}
	}
	a, err := s.SignIn.Password(r.Context(), signin.Login{Email: body.Email, Password: body.Password, Device: device(r)}, presented(r))
	if err != nil {
		return err
	}
	return s.accepted(w, r, a, http.StatusOK)
}

// accepted hands Kratos' cookies on as they are, and takes back the one of an
// earlier passkey sign-in: its session has ended.
func (s *Site) accepted(w http.ResponseWriter, r *http.Request, a signin.Accepted, status int) error {
	for _, c := range a.Cookies {
		if session.OfTheLab(c.Name) {
			continue // a Kratos elsewhere that is a lab sets its own
		}
		if c.Name == cookieKratos {
			if err := s.signedInHere(w, r, c.Value); err != nil {
				return err
			}
		}
		http.SetCookie(w, c)
	}
	if valueOf(r, cookieSession) != "" {
		expire(w, cookieSession)
	}
	out, err := s.describe(r, session.Seen{Views: []session.View{a.View}})
	if err != nil {
		return err
	}
	out.VerificationFlow, out.SignedInHere = a.Verification, true
	encode(w, status, out)
	return nil
}

func (s *Site) logout(w http.ResponseWriter, r *http.Request) error {
	if _, err := decode(w, r, &struct{}{}, false); err != nil {
		return err
	}
	warning, err := s.SignIn.SignOut(r.Context(), presented(r))
	if err != nil {
		return err
	}
	expire(w, cookieSession, cookieKratos)
	out := api.Done{Success: true, Message: "Signed out."}
	if warning != nil {
		out.Warning = "Kratos could not be told: " + warning.Message + " Its session may live on there; the browser's cookie for it is gone."
	}
	return ok(w, out)
}

func (s *Site) ownSessions(w http.ResponseWriter, r *http.Request) error {
	v, err := s.signedIn(r)
	if err != nil {
		return err
	}
	list, err := s.Sessions.Living(r.Context(), v.Person.ID)
	if err != nil {
		return err
	}
	out := api.OwnSessions{Sessions: make([]api.OwnSession, 0, len(list)), Count: len(list)}
	for _, x := range list {
		out.Sessions = append(out.Sessions, s.Wire.Own(x, x.ID == v.ID))
	}
	return ok(w, out)
}

func (s *Site) endOwnSession(w http.ResponseWriter, r *http.Request) error {
	v, err := s.acting(r)
	if err != nil {
		return err
	}
	id := session.ID(r.PathValue("id"))
	x, err := s.Sessions.Store.Session(r.Context(), id)
	if err != nil {
		return err
	}
	if x.IdentityID != v.Person.ID {
		return session.ErrNotFound
	}
	if err := s.Sessions.End(r.Context(), id); err != nil {
		return err
	}
	if id == v.ID {
		expire(w, cookieSession, cookieKratos)
	}
	return ok(w, api.Done{Success: true, Message: "The session has ended."})
}
