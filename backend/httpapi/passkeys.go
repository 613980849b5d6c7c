package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
)

func (s *Site) beginRegistration(w http.ResponseWriter, r *http.Request) error {
	v, err := s.adding(r)
	if err != nil {
		return err
	}
	var body api.BeginRegistration
	if _, err := decode(w, r, &body, false); err != nil {
		return err
	}
	for _, name := range []string{body.Email, body.Username} {
		if name != "" && identity.Fold(name) != identity.Fold(v.Person.Email) {
			return passkey.ErrNotYourAccount
		}
	}
	b, err := s.begin(w, r, v, "")
	if err != nil {
		return err
	}
	flat, err := flatten(b)
	if err != nil {
		return err
	}
	return ok(w, flat)
}

// flatten puts the options beside the challenge_id, where the guide's client
// reads them, and again under publicKey, where the specification has them.
func flatten(b passkey.Begun) (map[string]json.RawMessage, error) {
	members := make(map[string]json.RawMessage)
	if err := json.Unmarshal(b.PublicKey, &members); err != nil {
		return nil, err
	}
	out := maps.Clone(members)
	out["publicKey"] = b.PublicKey
	id, err := json.Marshal(b.ChallengeID)
	out["challenge_id"] = id
	return out, err
}

func (s *Site) begin(w http.ResponseWriter, r *http.Request, v session.View, name string) (passkey.Begun, error) {
	browser := knowBrowser(w, r)
	return s.Ceremonies.BeginRegistration(r.Context(), rpOf(r), v.Person.ID, name, from(r, browser))
}

func (s *Site) completeRegistration(w http.ResponseWriter, r *http.Request) error {
	return s.completeCreation(w, r, "Passkey registered successfully")
}

func (s *Site) completeAdding(w http.ResponseWriter, r *http.Request) error {
	return s.completeCreation(w, r, "Passkey added successfully")
}

func (s *Site) completeCreation(w http.ResponseWriter, r *http.Request, message string) error {
	v, err := s.adding(r)
	if err != nil {
		return err
	}
	a, err := answerOf(w, r)
	if err != nil {
		return err
	}
	a.IdentityID = v.Person.ID
	c, err := s.Ceremonies.FinishRegistration(r.Context(), rpOf(r), a)
	if err != nil {
		return err
	}
	return ok(w, api.Registered{Verified: true, Message: message, Passkey: s.Wire.Passkey(c)})
}

func answerOf(w http.ResponseWriter, r *http.Request) (passkey.Answer, error) {
	var body api.Complete
	ignored, err := decode(w, r, &body, false)
	if err != nil {
		return passkey.Answer{}, err
	}
	slices.Sort(ignored)
	name := body.PasskeyName
	if name == "" {
		name = body.Name
	}
	return passkey.Answer{
		ChallengeID: body.ChallengeID, Credential: body.Credential, Name: name,
		From: from(r, browserOf(r)), Ignored: ignored,
	}, nil
}

func (s *Site) skipRegistration(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.acting(r); err != nil {
		return err
	}
	return ok(w, api.Skipped{
		Status: "success", Message: "Continuing without a passkey. You can add one in the settings at any time.",
		AuthMethod: "password_only", SetupURL: "/settings",
	})
}

func (s *Site) beginAuthentication(w http.ResponseWriter, r *http.Request) error {
	var body api.BeginAuthentication
	if _, err := decode(w, r, &body, false); err != nil {
		return err
	}
	browser := knowBrowser(w, r)
	b, err := s.Ceremonies.BeginAuthentication(r.Context(), rpOf(r), body.Username, from(r, browser))
	if err != nil {
		return err
	}
	return ok(w, api.BegunAuthentication{PublicKey: b.PublicKey, ChallengeID: b.ChallengeID})
}

func (s *Site) completeAuthentication(w http.ResponseWriter, r *http.Request) error {
	a, err := answerOf(w, r)
	if err != nil {
		return err
	}
	g, err := s.SignIn.Passkey(r.Context(), rpOf(r), a, presented(r))
	if err != nil {
		return err
	}
	left := g.Session.ExpiresAt.Sub(s.Now())
	http.SetCookie(w, cookie(cookieSession, g.PasskeyToken, left))
	if g.KratosToken != "" {
		http.SetCookie(w, cookie(cookieKratos, g.KratosToken, left))
	}
	p := session.Person{ID: g.Person.ID, Email: g.Person.Email(), Role: g.Person.Role, Traits: g.Person.Traits}
	return ok(w, api.SignedIn{
		Verified: true, Message: "Authentication successful", User: userOf(p),
		AuthMethod: string(session.Passkey), SessionID: string(g.Session.ID),
		Identity: api.PersonIdentity{
			ID: string(g.Person.ID), SchemaID: g.Person.SchemaID, State: string(g.Person.State), Traits: g.Person.Traits,
		},
	})
}

// longestOrigin is how many bytes of an origin that a page names are kept.
const longestOrigin = 300

// noLonger cuts what a page sent before it is written to the log.
func noLonger(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "?")
}

// report ends a ceremony that the browser refused before the server saw anything.
func (s *Site) report(w http.ResponseWriter, r *http.Request) error {
	var body api.ReportException
	if _, err := decode(w, r, &body, false); err != nil {
		return err
	}
	caller := from(r, browserOf(r))
	if body.Origin != "" && len(body.Origin) <= longestOrigin { // a proxy in between writes the header anew
		caller.Origin = strings.ToValidUTF8(body.Origin, "?")
	}
	id, err := s.Ceremonies.Report(r.Context(), rpOf(r), body.ChallengeID, passkey.Exception{
		Name: body.Name, Message: body.Message, Mediation: body.Mediation, RPID: body.RPID, Left: body.Left, Replaced: body.Replaced,
		Elapsed: time.Duration(min(max(body.ElapsedMS, 0), 3_600_000)) * time.Millisecond,
	}, caller)
	if err != nil {
		return err
	}
	s.Log.InfoContext(r.Context(), "the browser refused a ceremony", "exception", noLonger(body.Name, 64), "ceremony", id)
	out := api.Reported{Success: true, CeremonyID: id}
	if !body.Left { // who left reads no answer
		out.Cause, out.Fix = s.knownOf(r, id)
	}
	return ok(w, out)
}

func (s *Site) passkeys(w http.ResponseWriter, r *http.Request) error {
	v, err := s.signedIn(r)
	if err != nil {
		return err
	}
	list, err := s.Ceremonies.Own(r.Context(), v.Person.ID)
	if err != nil {
		return err
	}
	person, err := s.People.Identity(r.Context(), v.Person.ID)
	if err != nil {
		return err
	}
	out := api.Passkeys{
		Passkeys: make([]api.Passkey, 0, len(list)), Count: len(list),
		RPID: rpOf(r).ID, UserHandle: base64.RawURLEncoding.EncodeToString(person.UserHandle),
		OwnHandle: s.Ceremonies.Credentials.MintedHandle(person.UserHandle),
	}
	for _, c := range list {
		out.Passkeys = append(out.Passkeys, s.Wire.Passkey(c))
	}
	return ok(w, out)
}

func (s *Site) passkeyStats(w http.ResponseWriter, r *http.Request) error {
	v, err := s.signedIn(r)
	if err != nil {
		return err
	}
	list, err := s.Ceremonies.Own(r.Context(), v.Person.ID)
	if err != nil {
		return err
	}
	out := api.PasskeyStats{ActivePasskeys: len(list), MaxPasskeys: passkey.MaxPasskeys, CanAddMore: len(list) < passkey.MaxPasskeys}
	var last time.Time
	for _, c := range list {
		out.TotalUsage += c.UsageCount
		if c.LastUsedAt.After(last) {
			last = c.LastUsedAt
		}
	}
	if !last.IsZero() {
		t := s.Wire.Time(last)
		out.LastUsed = &t
	}
	return ok(w, out)
}

func (s *Site) beginAdding(w http.ResponseWriter, r *http.Request) error {
	v, err := s.adding(r)
	if err != nil {
		return err
	}
	var body api.Named
	if _, err := decode(w, r, &body, false); err != nil {
		return err
	}
	name, err := passkey.CleanName(body.Name, false)
	if err != nil {
		return err
	}
	b, err := s.begin(w, r, v, name)
	if err != nil {
		return err
	}
	return ok(w, api.BegunAdding{PublicKey: b.PublicKey, ChallengeID: b.ChallengeID, PasskeyName: b.Name})
}

func (s *Site) renamePasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := s.acting(r)
	if err != nil {
		return err
	}
	var body api.Named
	if _, err := decode(w, r, &body, false); err != nil {
		return err
	}
	c, err := s.Ceremonies.Rename(r.Context(), v.Person.ID, r.PathValue("id"), body.Name)
	if err != nil {
		return err
	}
	return ok(w, api.PasskeyChanged{Success: true, Message: "Passkey renamed successfully", Passkey: s.Wire.Passkey(c)})
}

func (s *Site) removePasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := s.fresh(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	made, err := s.madeBy(r, v, id)
	if err != nil {
		return err
	}
	if err := s.Ceremonies.Remove(r.Context(), v.Person.ID, id, s.PasswordElsewhere); err != nil {
		return err
	}
	out := api.PasskeyRemoved{Success: true, Message: "Passkey removed successfully", EndedSessions: made.others}
	if made.current != nil {
		if err := s.renew(w, r, *made.current); err != nil {
			return err
		}
	}
	s.Sessions.AnnounceEnded(v.Person.ID)
	if c, err := s.Ceremonies.Credentials.Credential(r.Context(), id); err == nil {
		out.Signal = admin.Signal(s.Ceremonies.Unknown(r.Context(), rpOf(r), c.RPID, c.CredentialID, c.UserHandle))
	}
	return ok(w, out)
}

// made is what a passkey made of the living sessions of a person.
type made struct {
	current *session.Session // the one of the request, if it is among them
	others  int
}

func (s *Site) madeBy(r *http.Request, v session.View, credentialID string) (m made, err error) {
	living, err := s.Sessions.Living(r.Context(), v.Person.ID)
	for _, x := range living {
		switch {
		case !x.MadeBy(credentialID):
		case x.ID == v.ID:
			m.current = &x
		default:
			m.others++
		}
	}
	return m, err
}

// renew keeps a browser signed in whose session a change of its own has ended, with
// new tokens.
func (s *Site) renew(w http.ResponseWriter, r *http.Request, ended session.Session) error {
	var views []session.Kind
	for kind, name := range map[session.Kind]string{session.KindPasskey: cookieSession, session.KindKratos: cookieKratos} {
		if valueOf(r, name) != "" {
			views = append(views, kind)
		}
	}
	next, err := s.Sessions.Renew(r.Context(), ended, views...)
	if err != nil {
		return err
	}
	left := next.ExpiresAt.Sub(s.Now())
	for name, token := range map[string]string{cookieSession: next.PasskeyToken, cookieKratos: next.KratosToken} {
		if token != "" {
			http.SetCookie(w, cookie(name, token, left))
		}
	}
	return nil
}

// count returns how many active passkeys a person has; none where the person is
// not one of ours yet.
func (s *Site) count(r *http.Request, v session.View) (int, error) {
	if n, known := v.Passkeys(); known {
		return n, nil
	}
	list, err := s.Ceremonies.Own(r.Context(), v.Person.ID)
	if errors.Is(err, identity.ErrNotFound) {
		return 0, nil
	}
	return len(list), err
}
