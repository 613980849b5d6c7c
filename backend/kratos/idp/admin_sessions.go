package idp

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/session"
)

// allSessions lists the sessions of everybody, newest first.
func (x *exchange) allSessions() error {
	size, err := x.pageSize()
	if err != nil {
		return err
	}
	list, err := x.everySession()
	if err != nil {
		return err
	}
	total := len(list)
	if after := tokenID(x.r.URL.Query().Get("page_token")); after != "" {
		if at := slices.IndexFunc(list, func(s session.Session) bool { return string(s.ID) == after }); at >= 0 {
			list = list[at+1:]
		}
	}
	next := ""
	if len(list) > size {
		list = list[:size]
		next = idToken(string(list[size-1].ID))
	}
	out := make([]*wireSession, 0, len(list))
	for _, s := range list {
		w, err := x.expanded(s)
		if err != nil {
			return err
		}
		out = append(out, w)
	}
	x.w.Header().Set("X-Total-Count", strconv.Itoa(total))
	x.linked("/admin/sessions", size, idToken(firstPage), next)
	return x.json(http.StatusOK, out)
}

// everySession returns those that the query wants, newest first.
func (x *exchange) everySession() ([]session.Session, error) {
	var all []session.Session
	var after session.ID
	for {
		page, err := x.Sessions.Store.Sessions(x.r.Context(), after, maxPage)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		for _, s := range page {
			if x.wanted(s) {
				all = append(all, s)
			}
		}
		after = page[len(page)-1].ID
	}
	slices.SortStableFunc(all, func(a, b session.Session) int {
		return cmp.Or(b.IssuedAt.Compare(a.IssuedAt), strings.Compare(string(a.ID), string(b.ID)))
	})
	return all, nil
}

// wanted reports whether the query's `active` lets a session through.
func (x *exchange) wanted(s session.Session) bool {
	active := x.r.URL.Query().Get("active")
	return active == "" || (active == "true") == s.Alive(x.now, x.Sessions.Policy())
}

// expanded shows a session with what the query's `expand` names.
func (x *exchange) expanded(s session.Session) (*wireSession, error) {
	w := x.session(s, nil)
	expand := x.r.URL.Query()["expand"]
	if !slices.ContainsFunc(expand, func(e string) bool { return strings.EqualFold(e, "devices") }) {
		w.Devices = nil
	}
	if slices.ContainsFunc(expand, func(e string) bool { return strings.EqualFold(e, "identity") }) {
		i, err := x.Identities.Identity(x.r.Context(), s.IdentityID)
		if err != nil {
			return nil, err
		}
		w.Identity = x.identity(i)
	}
	return w, nil
}

func (x *exchange) oneSession() error {
	s, err := x.Sessions.Store.Session(x.r.Context(), session.ID(x.r.PathValue("id")))
	if err != nil {
		return err
	}
	w, err := x.expanded(s)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, w)
}

func (x *exchange) endSession() error {
	if err := x.Sessions.End(x.r.Context(), session.ID(x.r.PathValue("id"))); err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return x.none()
}

// extendSession gives a living session its whole life again, from now.
func (x *exchange) extendSession() error {
	policy := x.Sessions.Policy()
	s, err := x.Sessions.Store.UpdateSession(x.r.Context(), session.ID(x.r.PathValue("id")), func(s *session.Session) error {
		if !s.Alive(x.now, policy) {
			return notFound()
		}
		s.ExpiresAt = x.now.Add(policy.Lifespan)
		return nil
	})
	if err != nil {
		return err
	}
	events.Publish(x.Bus, session.Changed{ID: s.ID, IdentityID: s.IdentityID, What: "updated"})
	i, err := x.Identities.Identity(x.r.Context(), s.IdentityID)
	if err != nil {
		return err
	}
	w := x.session(s, x.identity(i))
	w.Devices = []wireDevice{}
	return x.json(http.StatusOK, w)
}

func (x *exchange) sessionsOfIdentity() error {
	i, err := x.named()
	if err != nil {
		return err
	}
	all, err := x.Sessions.Store.SessionsOf(x.r.Context(), i.ID)
	if err != nil {
		return err
	}
	out := make([]*wireSession, 0, len(all))
	for _, s := range all {
		if x.wanted(s) {
			out = append(out, x.session(s, brief(x.identity(i))))
		}
	}
	page, err := pageOf(x, "/admin/identities/"+string(i.ID)+"/sessions", out)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, page)
}

func (x *exchange) endSessionsOfIdentity() error {
	id := identity.ID(x.r.PathValue("id"))
	if _, err := x.named(); err != nil {
		return err
	}
	if _, err := x.Sessions.EndOthers(x.r.Context(), id, ""); err != nil {
		return err
	}
	return x.none()
}

// idToken and tokenID make and read the page tokens of lists by time.
func idToken(id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte("id=" + id))
}

func tokenID(token string) string {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return ""
	}
	id, ok := strings.CutPrefix(string(b), "id=")
	if !ok || id == firstPage {
		return ""
	}
	return id
}
