package backend

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/session"
)

// mockID is the id of the mock user: a UUID that no person can have.
const mockID = "00000000-0000-4000-8000-000000000000"

// mockUser returns the mock user while it is on: for front-end work without a
// ceremony. It is off unless the configuration or a verb asks for it; what a verb
// said ends with the program.
func (p *parts) mockUser() *config.MockUser {
	if m := p.mocked.Load(); m != nil {
		if m.Enabled {
			return m
		}
		return nil
	}
	if m := p.settings.now().MockUser; m.Enabled {
		return &m
	}
	return nil
}

// mockView shows the mock user as if they had a session. An admin role opens
// nothing here; it is a label for front ends.
func (p *parts) mockView() (session.View, bool) {
	m := p.mockUser()
	if m == nil {
		return session.View{}, false
	}
	traits, err := json.Marshal(map[string]string{"email": m.Email})
	if err != nil {
		return session.View{}, false
	}
	now := p.lab.clock.Now()
	return session.View{
		Kind: session.KindMock, ID: mockID, Methods: []session.Method{session.Mock},
		AuthenticatedAt: now, ExpiresAt: now.Add(p.policy().Lifespan), AAL: "aal1",
		Person: session.Person{ID: identity.ID(mockID), Email: m.Email, Role: m.Role, Traits: traits},
	}, true
}

func (p *parts) mockWarnings() []string {
	m := p.mockUser()
	if m == nil {
		return nil
	}
	return []string{fmt.Sprintf("The mock user %s is on: every browser is shown as signed in. `sting mock off` ends it; so does mock_user.enabled: false in sting.yml.", m.Email)}
}

var _ admin.Mocking = (*state)(nil)

// Mock implements admin.Mocking.
func (s *state) Mock(_ context.Context, r api.MockRequest) (api.MockRequest, error) {
	p := (*parts)(s)
	m := config.Default().MockUser
	if file := p.settings.now().MockUser; file.Email != "" {
		m = file
	}
	m.Enabled = r.On
	if r.Email != "" {
		m.Email = identity.Fold(r.Email)
	}
	if r.Role != "" {
		m.Role = r.Role
	}
	if r.On && (!strings.Contains(m.Email, "@") || len(m.Email) > 320) {
		return api.MockRequest{}, fault.ErrInvalidField.In("email").Saying("The mock user needs an e-mail address.")
	}
	p.mocked.Store(&m)
	p.lab.log.Warn("mock user", "on", m.Enabled, "email", m.Email)
	s.tellEverybody()
	return api.MockRequest{On: m.Enabled, Email: m.Email, Role: m.Role}, nil
}
