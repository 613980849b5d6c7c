package admin

import (
	"context"

	"sting/backend/api"
	"sting/backend/list"
	"sting/backend/session"
)

// Sessions lists the sessions of everybody, ended and expired ones too as long
// as they are kept.
func (l *Lab) Sessions(ctx context.Context, q api.Query) (api.Page[api.LabSession], error) {
	page, err := paged[session.Session, api.LabSession]{
		orders: []list.Order{list.Newest}, stretch: l.Issued.Store.ListSessions, find: l.Issued.Store.FindSessions,
		texts: func(s session.Session) []string {
			v := l.show(ctx, s)
			return []string{v.ID, v.Email, v.UserAgent, v.AuthMethod, v.State}
		},
		show: func(s session.Session) (api.LabSession, error) { return l.show(ctx, s), nil },
	}.page(ctx, q)
	return naming(ctx, l, "session", q, page, err)
}

func (l *Lab) show(ctx context.Context, s session.Session) api.LabSession {
	alive := s.Alive(l.Moving.Now(), l.Issued.Policy())
	return l.Wire.LabSession(s, l.emailOf(ctx, s.IdentityID), alive)
}

// Session finds a session by its id.
func (l *Lab) Session(ctx context.Context, id string) (api.LabSession, error) {
	s, err := l.Issued.Store.Session(ctx, session.ID(id))
	if err != nil {
		return api.LabSession{}, err
	}
	return l.show(ctx, s), nil
}

// EndSession signs a browser out: its next request is answered 401.
func (l *Lab) EndSession(ctx context.Context, id string) error {
	return l.Issued.End(ctx, session.ID(id))
}
